//! Requests as other SDKs write them: GET, forms, XML.

use aliyun_dbs::unversioned::sign::rpc_v1;
use aliyun_dbs::unversioned::wire::canonical_query;

use super::{Answer, World, world};

/// A request of signature version 1, signed, as a query.
fn v1(world: &World, method: &str, own: &[(&str, &str)]) -> String {
    let key = world.dbs.credentials();
    let timestamp = aliyun_dbs::unversioned::sign::timestamp(time::OffsetDateTime::now_utc());
    let nonce = format!("{:?}-{}", std::time::Instant::now(), number());
    let mut parameters = vec![
        ("AccessKeyId", key.access_key_id()),
        ("SignatureMethod", "HMAC-SHA1"),
        ("SignatureNonce", &nonce),
        ("SignatureVersion", "1.0"),
        ("Timestamp", &timestamp),
        ("Version", "2019-03-06"),
    ];
    parameters.extend_from_slice(own);
    let query = canonical_query(parameters.iter().copied());
    let string = rpc_v1::string_to_sign(method, &query);
    let signature = rpc_v1::signature(key.access_key_secret().expose(), &string);
    format!("{query}&{}", canonical_query([("Signature", signature.as_str())]))
}

/// A number that no other request of this process has.
fn number() -> u64 {
    static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
}

async fn get(world: &World, own: &[(&str, &str)]) -> Answer {
    let query = v1(world, "GET", own);
    world.http(&format!("GET /?{query}"), "", "").await
}

#[tokio::test]
async fn xml_is_what_no_format_means() {
    let world = world().await;
    let answer = get(&world, &[("Action", "DescribeRegions")]).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.head.contains("content-type: text/xml;charset=utf-8"), "{}", answer.head);
    assert!(answer.head.contains("x-acs-request-id: "), "{}", answer.head);
    assert!(answer.head.contains("date: "), "{}", answer.head);
    let body = answer.body;
    assert!(body.starts_with("<?xml version='1.0' encoding='UTF-8'?><DescribeRegionsResponse>"));
    assert!(body.contains("<Success>true</Success>"), "{body}");
    let region = "<RegionCode>cn-hangzhou</RegionCode>";
    assert!(body.matches("<RegionCode>").count() > 5 && body.contains(region), "{body}");

    let answer = get(&world, &[("Action", "Describe<Regions>"), ("Format", "XML")]).await;
    assert_eq!(answer.status, 404, "{answer:?}");
    assert!(answer.body.contains("<Error><"), "{answer:?}");
    assert!(answer.body.contains("<Code>InvalidAction.NotFound</Code>"), "{answer:?}");
}

#[tokio::test]
async fn a_form_is_as_good_as_a_query() {
    let world = world().await;
    let form = v1(&world, "POST", &[("Action", "DescribeRegions"), ("Format", "json")]);
    let headers = "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n";
    let answer = world.http("POST /", headers, &form).await;
    assert_eq!((answer.status, &answer.json()["Success"]), (200, &true.into()));
    // The same bytes again are a repetition.
    let answer = world.http("POST /", headers, &form).await;
    assert_eq!((answer.status, &answer.json()["Code"]), (400, &"SignatureNonceUsed".into()));
}

#[tokio::test]
async fn headers_of_version_3_do_not_make_a_signature_of_version_3() {
    // As the vendor's Python SDK sends version 1.
    let world = world().await;
    let query = v1(&world, "POST", &[("Action", "DescribeRegions"), ("Format", "json")]);
    let headers = "x-acs-action: DescribeRegions\r\nx-acs-version: 2019-03-06\r\n";
    let answer = world.http(&format!("POST /?{query}"), headers, "").await;
    assert_eq!((answer.status, &answer.json()["Success"]), (200, &true.into()));
    // What is signed decides.
    let query = v1(&world, "POST", &[("Action", "DescribeRegions"), ("Format", "json")]);
    let headers = "x-acs-action: DescribeNodeCidrList\r\n";
    let answer = world.http(&format!("POST /?{query}"), headers, "").await;
    assert!(answer.json()["Regions"].is_object(), "{answer:?}");
}

#[tokio::test]
async fn refusals_of_the_service_are_answers_in_xml() {
    let world = world().await;
    let start = [("Action", "StartBackupPlan"), ("BackupPlanId", "<no&plan>")];
    let answer = get(&world, &start).await;
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("<StartBackupPlanResponse>"), "{answer:?}");
    assert!(answer.body.contains("<Success>false</Success>"), "{answer:?}");
    assert!(answer.body.contains("<ErrCode>"), "{answer:?}");
}

#[tokio::test]
async fn the_type_of_a_body_that_is_not_there_needs_no_signature() {
    use aliyun_dbs::unversioned::sign::acs3;
    let world = world().await;
    let key = world.dbs.credentials();
    let timestamp = aliyun_dbs::unversioned::sign::timestamp(time::OffsetDateTime::now_utc());
    let host = world.address.to_string();
    let hash = acs3::payload_hash(b"");
    let headers = [
        ("host", host.as_str()),
        ("x-acs-action", "DescribeRegions"),
        ("x-acs-content-sha256", &hash),
        ("x-acs-date", &timestamp),
        ("x-acs-signature-nonce", "n-1"),
        ("x-acs-version", "2019-03-06"),
    ];
    let canonical = acs3::CanonicalRequest::new("POST", "", &headers, &hash);
    let signature = canonical.signature(key.access_key_secret().expose());
    let names: Vec<_> = headers.iter().map(|(name, _)| *name).collect();
    let mut head = format!(
        "Content-Type: application/octet-stream\r\nAuthorization: ACS3-HMAC-SHA256 \
         Credential={},SignedHeaders={},Signature={signature}\r\n",
        key.access_key_id(),
        names.join(";"),
    );
    for (name, value) in &headers[1..] {
        head.extend([name, ": ", value, "\r\n"]);
    }
    let answer = world.http("POST /", &head, "").await;
    assert_eq!(answer.status, 200, "{answer:?}");
}
