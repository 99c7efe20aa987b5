//! Tests of requests in the formats of other SDKs: GET, forms, XML.

use aliyun_dbs::unversioned::sign::rpc_v1;
use aliyun_dbs::unversioned::wire::canonical_query;

use super::{EmulatorWorld, RawResponse, world};

/// Returns a query string that is signed with version 1.
fn v1(world: &EmulatorWorld, method: &str, own: &[(&str, &str)]) -> String {
    let key = world.dbs.credentials();
    let timestamp = aliyun_dbs::unversioned::sign::timestamp(time::OffsetDateTime::now_utc());
    let nonce = format!("{:?}-{}", std::time::Instant::now(), unique_number());
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

/// Returns a number that is unique in this process.
fn unique_number() -> u64 {
    static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
}

async fn get(world: &EmulatorWorld, own: &[(&str, &str)]) -> RawResponse {
    let query = v1(world, "GET", own);
    world.http(&format!("GET /?{query}"), "", "").await
}

#[tokio::test]
async fn responds_in_xml_by_default() {
    let world = world().await;
    let response = get(&world, &[("Action", "DescribeRegions")]).await;
    assert_eq!(response.status, 200, "{response:?}");
    assert!(response.head.contains("content-type: text/xml;charset=utf-8"), "{}", response.head);
    assert!(response.head.contains("x-acs-request-id: "), "{}", response.head);
    assert!(response.head.contains("date: "), "{}", response.head);
    let body = response.body;
    assert!(body.starts_with("<?xml version='1.0' encoding='UTF-8'?><DescribeRegionsResponse>"));
    assert!(body.contains("<Success>true</Success>"), "{body}");
    let region = "<RegionCode>cn-hangzhou</RegionCode>";
    assert!(body.matches("<RegionCode>").count() > 5 && body.contains(region), "{body}");

    let response = get(&world, &[("Action", "Describe<Regions>"), ("Format", "XML")]).await;
    assert_eq!(response.status, 404, "{response:?}");
    assert!(response.body.contains("<Error><"), "{response:?}");
    assert!(response.body.contains("<Code>InvalidAction.NotFound</Code>"), "{response:?}");
}

#[tokio::test]
async fn accepts_form_parameters_like_a_query() {
    let world = world().await;
    let form = v1(&world, "POST", &[("Action", "DescribeRegions"), ("Format", "json")]);
    let headers = "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n";
    let response = world.http("POST /", headers, &form).await;
    assert_eq!((response.status, &response.json()["Success"]), (200, &true.into()));
    // The same bytes again reuse the nonce.
    let response = world.http("POST /", headers, &form).await;
    assert_eq!((response.status, &response.json()["Code"]), (400, &"SignatureNonceUsed".into()));
}

#[tokio::test]
async fn v1_signature_with_v3_headers_is_accepted() {
    // As the vendor's Python SDK sends version 1.
    let world = world().await;
    let query = v1(&world, "POST", &[("Action", "DescribeRegions"), ("Format", "json")]);
    let headers = "x-acs-action: DescribeRegions\r\nx-acs-version: 2019-03-06\r\n";
    let response = world.http(&format!("POST /?{query}"), headers, "").await;
    assert_eq!((response.status, &response.json()["Success"]), (200, &true.into()));
    // The signed action decides, not the header.
    let query = v1(&world, "POST", &[("Action", "DescribeRegions"), ("Format", "json")]);
    let headers = "x-acs-action: DescribeNodeCidrList\r\n";
    let response = world.http(&format!("POST /?{query}"), headers, "").await;
    assert!(response.json()["Regions"].is_object(), "{response:?}");
}

#[tokio::test]
async fn service_errors_are_xml_responses() {
    let world = world().await;
    let start = [("Action", "StartBackupPlan"), ("BackupPlanId", "<no&plan>")];
    let response = get(&world, &start).await;
    assert_eq!(response.status, 200);
    assert!(response.body.contains("<StartBackupPlanResponse>"), "{response:?}");
    assert!(response.body.contains("<Success>false</Success>"), "{response:?}");
    assert!(response.body.contains("<ErrCode>"), "{response:?}");
}

#[tokio::test]
async fn content_type_of_empty_body_needs_no_signature() {
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
    let response = world.http("POST /", &head, "").await;
    assert_eq!(response.status, 200, "{response:?}");
}
