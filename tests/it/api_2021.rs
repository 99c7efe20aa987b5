//! Tests of API version 2021-01-01 through the client: envelope, query, pages and raw requests.

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::operations::{DescribeBackupPlanList, ram};
use aliyun_dbs::transport::{ScriptedTransport, TransportError};
use aliyun_dbs::types::BackupSetId;
use aliyun_dbs::v2021_01_01::operations::{
    ALL, CreateDownload, DeleteSandboxInstance, DescribeDownloadBackupSetStorageInfo,
    DescribeDownloadSupport, DescribeDownloadTask, UNTYPED,
};
use aliyun_dbs::v2021_01_01::types::{DownloadFormat, DownloadTarget, DownloadTaskId};
use aliyun_dbs::{
    Client, Dbs20210101, Error, ErrorKind, Operation, RawRequest, Region, RetryPolicy, Safety,
    SignatureVersion,
};
use serde_json::{Value, json};

const INSTANCE: &str = "rm-bp1imnmcjxdz7";
const CHECK: &str = "find the task with `DescribeDownloadTask` before you send it again";

fn client_with(script: &ScriptedTransport, signature: SignatureVersion) -> Client {
    Client::builder()
        .region(Region::Hangzhou)
        .credentials(Credentials::new("id", "secret"))
        .transport(script.clone())
        .signature_version(signature)
        .clock(std::sync::Arc::new(aliyun_dbs::fake::FakeClock::seeded(1)))
        .build()
        .unwrap()
}

fn client(script: &ScriptedTransport) -> Client {
    client_with(script, SignatureVersion::default())
}

fn support() -> DescribeDownloadSupport {
    DescribeDownloadSupport::builder()
        .region_code(Region::Hangzhou)
        .instance_name(INSTANCE.parse().unwrap())
        .build()
}

fn create() -> CreateDownload {
    CreateDownload::builder()
        .region_code(Region::Hangzhou)
        .instance_name(INSTANCE.parse().unwrap())
        .source(BackupSetId::new("1460051234").unwrap())
        .format(DownloadFormat::Csv)
        .target(DownloadTarget::Url)
        .build()
}

async fn supported(status: u16, body: &str) -> Result<Option<bool>, Error> {
    let script = ScriptedTransport::new().respond(status, body.to_owned());
    let call = client(&script).send(support()).retry(RetryPolicy::never());
    call.await.map(|response| response.supported)
}

#[tokio::test]
async fn success_is_read_in_each_spelling() {
    for success in [json!("true"), json!("True"), json!(true)] {
        let body = json!({ "RequestId": "R", "Success": success, "Data": "true" });
        assert_eq!(supported(200, &body.to_string()).await.unwrap(), Some(true), "{success}");
    }
}

#[tokio::test]
async fn code_beside_success_is_no_error() {
    for code in ["Success", "", "DBS.ParamIsInValid"] {
        let body = json!({
            "RequestId": "R", "Success": "true", "Code": code, "ErrCode": code,
            "Message": "fine", "ErrMessage": "fine", "Data": "false",
        });
        assert_eq!(supported(200, &body.to_string()).await.unwrap(), Some(false), "{code}");
    }
}

#[tokio::test]
async fn failure_has_either_code() {
    for (name, message) in [("Code", "Message"), ("ErrCode", "ErrMessage")] {
        let body = json!({
            "RequestId": "R", "Success": "false", name: "DBS.ParamIsInValid", message: "no region",
        });
        let error = supported(200, &body.to_string()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Service);
        assert_eq!((error.code(), error.message()), (Some("DBS.ParamIsInValid"), "no region"));
        assert!(error.hint().unwrap().contains("parameter") && !error.may_have_executed());
    }
}

#[tokio::test]
async fn recorded_failure_is_read() {
    let body = include_str!("../../src/fake/samples/2021-01-01/_failure.json");
    let error = supported(200, body).await.unwrap_err();
    assert!(error.is("DBS.ParamIsInValid"), "{error}");
    assert_eq!(error.message(), "Argument: regionCode Must not be empty");
    assert_eq!(error.request_id(), Some("4F1888AC-1138-4995-B9FE-D2734F61C099"));
}

#[tokio::test]
async fn gateway_errors_are_those_of_every_version() {
    let body = json!({
        "RequestId": "R", "HostId": "dbs-api.cn-hangzhou.aliyuncs.com",
        "Code": "Forbidden.RAM", "Message": "User not authorized",
    });
    let error = supported(403, &body.to_string()).await.unwrap_err();
    assert!(error.is("Forbidden.RAM") && !error.may_have_executed(), "{error}");
    assert!(error.hint().unwrap().contains("dbs:DescribeDownloadSupport"), "{error}");
}

#[tokio::test]
async fn response_without_clear_success_is_unreadable() {
    for body in [json!({ "RequestId": "R", "Success": "maybe", "Data": "true" }), json!({ "X": 1 })]
    {
        let error = supported(200, &body.to_string()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Response, "{body}: {error}");
    }
    let data = json!({ "RequestId": "R", "Data": "true" });
    assert_eq!(supported(200, &data.to_string()).await.unwrap(), Some(true), "it has the value");
}

#[tokio::test]
async fn success_without_data_is_an_unknown_outcome() {
    let script = ScriptedTransport::new().respond(200, r#"{"RequestId":"R","Success":"true"}"#);
    let error = client(&script).send(create()).await.unwrap_err();
    assert!(error.kind() == ErrorKind::Response && error.may_have_executed(), "{error}");
    assert_eq!(script.requests().len(), 1);
}

#[tokio::test]
async fn parameters_are_in_the_query_only() {
    for signature in [SignatureVersion::Acs3, SignatureVersion::RpcV1] {
        let script = ScriptedTransport::new();
        let script = (0..2).fold(script, |script, _| {
            script.respond(200, r#"{"RequestId":"R","Success":"true","Data":"true"}"#)
        });
        let client = client_with(&script, signature);
        client.send(support()).await.unwrap();
        let long = "x".repeat(10 * 1024);
        let raw = RawRequest::for_api::<Dbs20210101>("ModifyBackupPolicy");
        client.send(raw.parameter("Long", &long)).await.unwrap();
        let requests = script.requests();
        assert!(requests.iter().all(|request| request.body().is_empty()), "{signature:?}");
        assert_eq!(requests[0].parameter("InstanceName"), Some(INSTANCE));
        assert_eq!(requests[1].parameter("Long"), Some(long.as_str()));
    }
}

#[tokio::test]
async fn secret_of_a_raw_request_is_not_sent() {
    let script = ScriptedTransport::new();
    let raw = RawRequest::for_api::<Dbs20210101>("ModifyBackupPolicy");
    let error = client(&script).send(raw.secret_parameter("Key", "hunter2")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Request);
    assert!(!error.to_string().contains("hunter2") && script.requests().is_empty(), "{error}");
}

#[tokio::test]
async fn one_client_counts_pages_from_1_and_from_0() {
    let script = ScriptedTransport::new()
        .respond(
            200,
            r#"{"RequestId":"R","Success":"true","Data":{"TotalElements":2,
                "Content":{"List":[{"TaskId":"dt-1"}]}}}"#,
        )
        .respond(
            200,
            r#"{"RequestId":"R","Success":"true","Data":{"TotalElements":2,
                "Content":{"List":[{"TaskId":"dt-2"}]}}}"#,
        )
        .respond(200, r#"{"RequestId":"R","Success":true,"TotalElements":0,"Items":{}}"#);
    let client = client(&script);
    let tasks = DescribeDownloadTask::builder()
        .region_code(Region::Hangzhou)
        .instance_name(INSTANCE.parse().unwrap())
        .build();
    assert_eq!(client.items(tasks).collect().await.unwrap().len(), 2);
    client.items(DescribeBackupPlanList::builder().build()).collect().await.unwrap();
    let requests = script.requests();
    let page = |request: usize, name| requests[request].parameter(name).map(str::to_owned);
    assert_eq!(page(0, "CurrentPage").as_deref(), Some("1"));
    assert_eq!(page(1, "CurrentPage").as_deref(), Some("2"));
    assert_eq!(page(2, "PageNum").as_deref(), Some("0"));
    let versions: Vec<_> =
        requests.iter().filter_map(|sent| sent.header("x-acs-version")).collect();
    assert_eq!(versions, ["2021-01-01", "2021-01-01", "2019-03-06"]);
}

fn internal_error() -> ScriptedTransport {
    ScriptedTransport::new()
        .respond(200, r#"{"RequestId":"R","Success":"false","ErrCode":"DBS.InternalError"}"#)
}

#[tokio::test]
async fn internal_error_of_a_write_may_have_executed() {
    let script = internal_error();
    let error = client(&script).send(create()).await.unwrap_err();
    assert!(error.may_have_executed() && script.requests().len() == 1, "{error}");
    assert!(error.to_string().contains(CHECK), "{error}");
}

#[tokio::test]
async fn internal_error_of_a_read_is_not_retried() {
    let script = internal_error();
    let error = client(&script).send(support()).await.unwrap_err();
    assert!(error.is("DBS.InternalError") && script.requests().len() == 1, "{error}");
    assert!(!error.to_string().contains("before you send it again"), "{error}");
}

#[tokio::test]
async fn lost_write_names_the_check() {
    let sandbox = DeleteSandboxInstance::builder()
        .backup_plan_id("1h".parse::<aliyun_dbs::types::BackupPlanId>().unwrap())
        .instance_id("1jsandbox9one".parse().unwrap())
        .build();
    let script = ScriptedTransport::new().fail(TransportError::interrupted("reset"));
    let error = client(&script).send(sandbox).await.unwrap_err();
    assert!(error.to_string().contains("list the sandboxes with `DescribeSandboxInstances`"));

    let lost = || ScriptedTransport::new().fail(TransportError::timeout("no response"));
    let script = lost();
    let error = client(&script).send(create()).await.unwrap_err();
    assert!(error.is_timeout() && error.may_have_executed(), "{error}");
    assert_eq!(script.requests().len(), 1);
    assert!(error.hint().unwrap().ends_with(CHECK), "{error}");
    let shown = error.to_string();
    assert!(shown.lines().count() == 1 && shown.contains(CHECK), "{shown}");

    let script = lost();
    let raw = RawRequest::for_api::<Dbs20210101>("CreateDownload");
    let error = client(&script).send(raw).await.unwrap_err();
    assert!(error.hint().unwrap().ends_with(CHECK), "{error}");
}

#[tokio::test]
async fn untyped_operations_are_sent_raw() {
    for operation in UNTYPED {
        let script = ScriptedTransport::new()
            .respond(200, r#"{"RequestId":"R","Success":"true","Code":"Success","Data":"{}"}"#);
        let raw = RawRequest::for_api::<Dbs20210101>(operation.action)
            .safety(operation.safety)
            .parameter("RegionCode", "cn-hangzhou");
        let response = client(&script).send(raw).await.unwrap();
        assert_eq!(response.get("Data").as_deref(), Some("{}"), "{}", operation.action);
        assert_eq!(response.get("Code"), None, "belongs to the envelope");
        let sent = &script.requests()[0];
        assert_eq!(sent.operation(), operation.action);
        assert_eq!(sent.header("x-acs-version"), Some("2021-01-01"));
    }
}

#[tokio::test]
async fn version_of_a_raw_request_keeps_the_envelope() {
    let body = r#"{"RequestId":"R","Success":"true","Code":"Success","Data":"x"}"#;
    let script = ScriptedTransport::new().respond(200, body);
    let raw = RawRequest::new("DescribeBackupPolicy").version("2021-01-01");
    let response = client(&script).send(raw.safety(Safety::ReadOnly)).await.unwrap();
    assert_eq!(script.requests()[0].header("x-acs-version"), Some("2021-01-01"));
    assert_eq!(response.get("Code").as_deref(), Some("Success"), "no field of that envelope");
}

#[test]
fn policy_limits_instances() {
    let policy = ram::policy([CreateDownload::RAM, DescribeDownloadSupport::RAM])
        .in_region(Region::Hangzhou)
        .for_instance(INSTANCE.parse().unwrap())
        .for_instance("pgm-1".parse().unwrap());
    let json = serde_json::to_value(&policy).unwrap();
    let statements = json["Statement"].as_array().unwrap();
    let of = |action: &str| {
        statements.iter().find(|one| one["Action"] == json!([action])).unwrap()["Resource"].clone()
    };
    assert_eq!(
        of("dbs:CreateDownload"),
        json!([
            "acs:rds:cn-hangzhou:*:dbinstance/pgm-1",
            format!("acs:rds:cn-hangzhou:*:dbinstance/{INSTANCE}"),
        ])
    );
    assert_eq!(of("dbs:DescribeDownloadSupport"), json!(["acs:dbs:cn-hangzhou:*:backupplan/*"]));
    let all = ram::policy(ALL.iter().map(|info| info.ram)).to_string();
    assert!(!all.contains('#'), "{all}");
}

const SIGNED: &str = "https://dbs.example/dt-1/set.csv?Expires=1&Signature=hunter2%2Fsigned";

fn addresses() -> DescribeDownloadBackupSetStorageInfo {
    DescribeDownloadBackupSetStorageInfo::builder()
        .region_code(Region::Hangzhou)
        .selection(DownloadTaskId::new("dt-1").unwrap())
        .build()
}

#[tokio::test]
async fn signature_is_in_no_output_but_the_value() {
    let body = json!({
        "RequestId": "R", "Success": "true",
        "Data": { "PublicUrl": SIGNED, "ExpirationTime": "1661373070" },
    });
    let script = ScriptedTransport::new().respond(200, body.to_string());
    let response = client(&script).send(addresses()).await.unwrap();
    assert_eq!(response.public_url.as_ref().unwrap().expose(), SIGNED);
    let shown = format!("{response:?} {response:#?} {script:?}");
    assert!(!shown.contains("hunter2") && shown.contains("dbs.example/dt-1/set.csv"), "{shown}");
}

#[tokio::test]
async fn signature_is_in_no_error() {
    let whole = json!({ "RequestId": "R", "Success": "true", "Data": { "PublicUrl": SIGNED } });
    let whole = whole.to_string();
    for (body, kind) in [
        (whole[..whole.len() - 2].to_owned(), ErrorKind::Response),
        (format!("{whole}{whole}"), ErrorKind::Response),
        (
            json!({ "RequestId": "R", "Success": "true", "Data": SIGNED }).to_string(),
            ErrorKind::Response,
        ),
        (json!({ "RequestId": "R", "Success": SIGNED }).to_string(), ErrorKind::Response),
        (format!("<html>{SIGNED}</html>"), ErrorKind::Response),
    ] {
        let script = ScriptedTransport::new().respond(200, body.clone());
        let call = client(&script).send(addresses()).retry(RetryPolicy::never());
        let error = call.await.unwrap_err();
        assert_eq!(error.kind(), kind, "{body}: {error}");
        let shown = format!("{error} {error:?} {error:#?}");
        assert!(!shown.contains("hunter2"), "{body}: {shown}");
    }
}

#[tokio::test]
async fn raw_output_hides_signatures() {
    let url = "https://oss.example/dt-1.csv?Expires=1&Signature=abcdef";
    let body = json!({ "Success": "true", "RequestId": "R", "Data": { "PublicUrl": url } });
    let script = ScriptedTransport::new().respond(200, body.to_string());
    let request = RawRequest::for_api::<Dbs20210101>("DescribeDownloadBackupSetStorageInfo");
    let response = client(&script).send(request.safety(Safety::ReadOnly)).await.unwrap();
    for shown in [format!("{response:?}"), format!("{response:#?}"), format!("{response:#}")] {
        assert!(shown.contains("dt-1.csv") && !shown.contains("abcdef"), "{shown}");
    }
    let json: Value = serde_json::from_str(&response.to_string()).unwrap();
    assert_eq!(json["Data"]["PublicUrl"], url.replace("abcdef", "(secret)"));
    // A caller who asks for the value receives it.
    assert_eq!(response.decode::<Value>().unwrap()["Data"]["PublicUrl"], url);
    assert_eq!(serde_json::to_value(&*response).unwrap()["Data"]["PublicUrl"], url);
    // The error of a wrong type quotes the value.
    let error = response.decode::<std::collections::BTreeMap<String, Vec<u8>>>().unwrap_err();
    assert!(!format!("{error} {error:?}").contains("abcdef"), "{error}");
    let flat = ScriptedTransport::new()
        .respond(200, json!({ "Success": "true", "RequestId": "R", "PublicUrl": url }).to_string());
    let request = RawRequest::for_api::<Dbs20210101>("X").safety(Safety::ReadOnly);
    let response = client(&flat).send(request).await.unwrap();
    let error = response.decode::<std::collections::BTreeMap<String, u8>>().unwrap_err();
    assert!(error.to_string().contains("dt-1.csv"), "it quotes the value: {error}");
    assert!(!format!("{error} {error:?}").contains("abcdef"), "{error}");
}
