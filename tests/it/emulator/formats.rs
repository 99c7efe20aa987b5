//! Tests of requests in the formats of other SDKs: GET, forms, XML.

use aliyun_dbs::Region;
use aliyun_dbs::fake::InstanceEngine;
use aliyun_dbs::unversioned::sign::rpc_v1;
use aliyun_dbs::unversioned::wire::canonical_query;
use serde_json::Value;

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
    ];
    if own.iter().all(|(name, _)| *name != "Version") {
        parameters.push(("Version", "2019-03-06"));
    }
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

const V2021: (&str, &str) = ("Version", "2021-01-01");

/// Adds an instance, and returns the parameters that name it.
fn instance(world: &EmulatorWorld) -> [(&'static str, &'static str); 3] {
    let id = "rm-orders".parse().unwrap();
    world.dbs.add_instance(Region::Hangzhou, id, InstanceEngine::RdsMySql);
    [V2021, ("RegionCode", "cn-hangzhou"), ("InstanceName", "rm-orders")]
}

#[tokio::test]
async fn version_2021_responds_in_xml() {
    let world = world().await;
    let mut own = vec![("Action", "DescribeDownloadSupport")];
    own.extend(instance(&world));
    let body = get(&world, &own).await.body;
    for part in [
        "<DescribeDownloadSupportResponse>",
        "<Success>true</Success>",
        "<Data>true</Data>",
        "<Code></Code>",
        "<ErrCode></ErrCode>",
    ] {
        assert!(body.contains(part), "{part}: {body}");
    }
    own.truncate(3);
    let body = get(&world, &own).await.body;
    assert!(body.contains("<Code>DBS.ParamIsInValid</Code>"), "{body}");
}

#[tokio::test]
async fn each_version_has_its_envelope() {
    let world = world().await;
    let instance = instance(&world);
    let names = |body: &Value| {
        let names = body.as_object().unwrap().keys().map(String::as_str);
        names.filter(|name| *name != "RequestId").collect::<Vec<_>>().join(" ")
    };
    let send = async |action: &str, own: &[(&str, &str)]| {
        let mut all = vec![("Action", action), ("Format", "JSON")];
        all.extend_from_slice(own);
        get(&world, &all).await.json()
    };
    let codes = "Code Data ErrCode ErrMessage Message Success";
    let support = send("DescribeDownloadSupport", &instance).await;
    assert_eq!(names(&support), codes);
    assert_eq!(support["Success"], "true");
    assert_eq!((&support["Code"], &support["ErrCode"]), (&"".into(), &"".into()));
    let task = world.dbs.instances()[0].backup_sets[0].id.to_string();
    let mut create = instance.to_vec();
    create.extend([("BakSetType", "full"), ("BakSetId", &task), ("FormatType", "CSV")]);
    create.push(("TargetType", "URL"));
    world.dbs.fail_next_download();
    let created = send("CreateDownload", &create).await;
    assert!(created["Data"]["GmtCreate"].is_number(), "{created}");
    world.dbs.clock().advance(std::time::Duration::from_secs(40));
    let id = created["Data"]["TaskId"].as_str().unwrap();
    let mut retry = instance.to_vec();
    retry.push(("TaskId", id));
    let retried = send("RetryDownloadTask", &retry).await;
    assert_eq!(names(&retried), codes);
    assert_eq!((&retried["Success"], &retried["Code"]), (&"True".into(), &"Success".into()));
    // A second one is refused by the service.
    let refused = send("RetryDownloadTask", &retry).await;
    assert_eq!(names(&refused), "Code ErrCode ErrMessage Message Success");
    assert_eq!((&refused["Success"], &refused["Code"]), (&"false".into(), &refused["ErrCode"]));
    assert_eq!(refused["Message"], refused["ErrMessage"]);

    world.dbs.faults().business_error("*", "DBS.InternalError", "failed").always();
    let injected = send("DescribeDownloadSupport", &instance).await;
    assert_eq!(names(&injected), "Code ErrCode ErrMessage Message Success");
    assert_eq!((&injected["Success"], &injected["Code"]), (&"false".into(), &injected["ErrCode"]));
    let injected = send("DescribeRegions", &[]).await;
    assert_eq!(names(&injected), "ErrCode ErrMessage HttpStatusCode Success");
    assert_eq!(injected["Success"], false);

    // Codes of successful responses are no errors in the log of calls.
    let calls = world.control("GET /_emulator/requests", "").await.json();
    let logged = |index: usize| {
        let call = &calls["requests"][index];
        [&call["operation"], &call["version"], &call["outcome"]]
            .map(|field| field.as_str().unwrap())
    };
    assert_eq!(logged(0), ["DescribeDownloadSupport", "2021-01-01", "ok"]);
    assert_eq!(logged(2), ["RetryDownloadTask", "2021-01-01", "ok"]);
    assert_eq!(logged(3), ["RetryDownloadTask", "2021-01-01", "DBS.ParamIsInValid"]);
    assert_eq!(logged(5), ["DescribeRegions", "2019-03-06", "DBS.InternalError"]);
}
