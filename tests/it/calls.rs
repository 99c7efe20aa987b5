//! Tests of single calls against the fake: retries, tokens, timeouts, clocks and faults.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crate::support::{configure, create};
use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::{CreateBackupPlan, DescribeBackupPlanList};
use aliyun_dbs::transport::{ScriptedTransport, Transport, TransportError};
use aliyun_dbs::types::{BackupPlanStatus, ErrorCode, InstanceClass, page_size};
use aliyun_dbs::{
    Client, ClientBuilder, Clock, ErrorKind, RawRequest, Region, RetryBudget, RetryPolicy,
    SignatureVersion,
};
use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderName, Method, Request, Response};

fn on(dbs: &FakeDbs) -> ClientBuilder {
    Client::builder().region(Region::Hangzhou).credentials(dbs.credentials()).transport(dbs.clone())
}

fn client(dbs: &FakeDbs) -> Client {
    on(dbs).build().unwrap()
}

fn is(error: &aliyun_dbs::Error, code: ErrorCode) -> bool {
    error.is(code)
}

#[tokio::test]
async fn new_plan_settles_configures_and_passes_pre_check() {
    for version in [SignatureVersion::Acs3, SignatureVersion::RpcV1] {
        let dbs = FakeDbs::new();
        let client = on(&dbs).signature_version(version).build().unwrap();
        let plan = client.send(create()).await.unwrap();
        let early = client.send(configure(&plan.backup_plan_id, "hunter2")).await.unwrap_err();
        assert!(is(&early, ErrorCode::OperationDeniedJobStatus), "{early}");
        assert!(!early.may_have_executed());
        assert_eq!(dbs.plans()[0].status, BackupPlanStatus::Wait);

        dbs.clock().advance(CreateBackupPlan::SETTLING_TIME);
        client.send(configure(&plan.backup_plan_id, "hunter2")).await.unwrap();
        dbs.clock().advance(Duration::from_secs(60));
        let list = client.send(DescribeBackupPlanList::builder().build()).await.unwrap();
        let row = &list.items[0];
        assert_eq!(row.backup_plan_status, BackupPlanStatus::CheckPass);
        assert_eq!(row.backup_plan_name.as_deref(), Some("orders"));
        assert_eq!(row.source_endpoint_user_name.as_deref(), Some("dbs"));
    }
}

#[tokio::test]
async fn attempts_share_only_the_client_token() {
    let dbs = FakeDbs::new();
    dbs.faults().drop_after_processing("CreateBackupPlan").times(2);
    dbs.faults().refuse_connection("CreateBackupPlan");
    let plan = client(&dbs).send(create()).await.unwrap();
    assert_eq!(plan.attempts(), 4);
    assert_eq!(dbs.plans().len(), 1);
    let requests = dbs.requests();
    let distinct = |read: &dyn Fn(&aliyun_dbs::transport::RecordedRequest) -> String| {
        let mut values: Vec<_> = requests.iter().map(read).collect();
        values.sort();
        values.dedup();
        values.len()
    };
    assert_eq!(distinct(&|sent| sent.parameter("ClientToken").unwrap().to_owned()), 1);
    assert_eq!(distinct(&|sent| sent.header("x-acs-signature-nonce").unwrap().to_owned()), 4);
    assert_eq!(distinct(&|sent| sent.header("authorization").unwrap().to_owned()), 4);
    assert_eq!(
        plan.client_token().unwrap().as_str(),
        requests[0].parameter("ClientToken").unwrap()
    );
}

#[tokio::test]
async fn rejects_a_token_reused_with_other_parameters() {
    let dbs = FakeDbs::new();
    let client = client(&dbs);
    let token = || "order-1".parse().unwrap();
    let first = client.send(create()).client_token(token()).await.unwrap();
    let again = client.send(create()).client_token(token()).await.unwrap();
    assert_eq!(first.backup_plan_id, again.backup_plan_id);
    let mut other = create();
    other.instance_class = InstanceClass::Large;
    let error = client.send(other).client_token(token()).await.unwrap_err();
    assert!(is(&error, ErrorCode::IdempotentParameterMismatch), "{error}");
    assert_eq!(dbs.plans().len(), 1);
}

#[tokio::test]
async fn unknown_outcome_survives_a_harmless_last_failure() {
    let dbs = FakeDbs::new();
    dbs.faults().drop_after_processing("CreateBackupPlan");
    dbs.faults().refuse_connection("CreateBackupPlan").always();
    let error = client(&dbs).send(create()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 4));
    assert!(error.may_have_executed() && error.is_retryable());
    assert!(error.client_token().is_some());
}

#[tokio::test]
async fn retries_mutating_calls_only_if_not_executed() {
    let dbs = FakeDbs::new();
    dbs.faults().drop_before_processing("ReleaseBackupPlan").nth(3);
    dbs.faults().refuse_connection("ReleaseBackupPlan");
    dbs.faults().gateway_error("ReleaseBackupPlan", 503, "ServiceUnavailable", "later");
    let error = client(&dbs).send(RawRequest::new("ReleaseBackupPlan")).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Interrupted, 3));
    assert!(error.may_have_executed());
    assert!(error.to_string().contains("could run twice"), "{error}");
}

#[tokio::test]
async fn throttled_call_waits_as_long_as_the_service_asks() {
    let dbs = FakeDbs::new();
    dbs.faults().throttle("DescribeBackupPlanList", Duration::from_secs(7)).times(2);
    let started = dbs.clock().elapsed();
    let list = client(&dbs).send(DescribeBackupPlanList::builder().build()).await.unwrap();
    assert_eq!(list.attempts(), 3);
    assert!(dbs.clock().elapsed().checked_sub(started).unwrap() >= Duration::from_secs(14));

    dbs.faults().throttle("DescribeBackupPlanList", Duration::from_secs(90));
    let error = client(&dbs).send(DescribeBackupPlanList::builder().build()).await.unwrap_err();
    assert!(error.is_throttling() && error.is_retryable() && !error.may_have_executed());
    assert_eq!(error.attempts(), 1, "does not start a wait beyond the deadline");
}

#[tokio::test]
async fn slow_responses_hit_attempt_and_call_timeouts() {
    let dbs = FakeDbs::new();
    dbs.faults().delay("CreateBackupPlan", Duration::from_secs(3600)).always();
    let started = dbs.clock().elapsed();
    let error = client(&dbs).send(create()).timeout(Duration::from_secs(25)).await.unwrap_err();
    assert!(error.is_timeout() && error.may_have_executed(), "{error}");
    let took = dbs.clock().elapsed().checked_sub(started).unwrap();
    assert!(took <= Duration::from_secs(25), "{took:?}");
    assert!(error.attempts() >= 2, "{error}");
    assert_eq!(dbs.plans().len(), 1);
}

#[tokio::test]
async fn corrects_clock_skew_once() {
    let dbs = FakeDbs::new();
    // The service's clock is one hour ahead of the client's.
    let behind = Arc::new(aliyun_dbs::fake::FakeClock::starting_at(
        dbs.clock().now() - time::Duration::hours(1),
    ));
    let client = on(&dbs).clock(behind).build().unwrap();
    let first = client.send(create()).await.unwrap();
    assert_eq!(first.attempts(), 2);
    let second = client.send(create()).await.unwrap();
    assert_eq!(second.attempts(), 1, "the client keeps the correction");
}

#[tokio::test]
async fn calls_share_the_retry_budget() {
    let dbs = FakeDbs::new();
    dbs.faults().refuse_connection("*").always();
    let client = on(&dbs).retry_budget(Arc::new(RetryBudget::new(4))).build().unwrap();
    let attempts = async || client.send(create()).await.unwrap_err().attempts();
    assert_eq!([attempts().await, attempts().await, attempts().await], [4, 2, 1]);
    let error = client.send(create()).retry(RetryPolicy::never()).await.unwrap_err();
    assert_eq!(error.attempts(), 1);
}

#[tokio::test]
async fn broken_responses_are_classified_and_buy_once() {
    let dbs = FakeDbs::new();
    dbs.faults().truncate_body("CreateBackupPlan").times(1);
    dbs.faults().replace_body("CreateBackupPlan", "").nth(1);
    dbs.faults().replace_body("CreateBackupPlan", &b"\xff\xfe"[..]);
    let plan = client(&dbs).send(create()).await.unwrap();
    assert_eq!(plan.attempts(), 4);
    assert_eq!(dbs.plans().len(), 1);

    for (body, says) in [("", "empty"), ("<html>", "a web page"), ("{\"a", "the body ends")] {
        dbs.faults().replace_body("CreateBackupPlan", body);
        let error = client(&dbs).send(create()).retry(RetryPolicy::never()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Response);
        assert!(error.to_string().contains(says) && error.may_have_executed(), "{error}");
    }
}

#[tokio::test]
async fn rejected_credentials_explain_what_to_fix() {
    let dbs = FakeDbs::new();
    let id = dbs.credentials().access_key_id().to_owned();
    let expired = Credentials::new("STS.1", "s")
        .with_security_token("t")
        .with_expiration(dbs.clock().now() - time::Duration::HOUR);
    dbs.add_credentials(expired.clone());
    for version in [SignatureVersion::Acs3, SignatureVersion::RpcV1] {
        for (credentials, code, says) in [
            (Credentials::new(&*id, "wrong"), "SignatureDoesNotMatch", "signed the same string"),
            (
                Credentials::new("unknown", "s"),
                "InvalidAccessKeyId.NotFound",
                "check the access key",
            ),
            (expired.clone(), "InvalidSecurityToken.Expired", "get new ones"),
        ] {
            let client =
                on(&dbs).credentials(credentials).signature_version(version).build().unwrap();
            let error = client.send(create()).await.unwrap_err();
            assert_eq!(error.code().unwrap(), code);
            assert!(error.to_string().contains(says), "{error}");
            assert!(!error.to_string().contains("InstanceClass"), "echoes a parameter: {error}");
            assert!(!error.may_have_executed());
        }
        for (id, secret, says) in [
            ("i\nd", "s", "id contains a space, a line break"),
            ("i d", "s", "id contains a space"),
            ("id", "s\nt", "secret contains a line break"),
            (" \t", "s", "the access key id is empty"),
            ("id", "\n", "the access key secret is empty"),
        ] {
            let broken = on(&dbs).credentials(Credentials::new(id, secret));
            let broken = broken.signature_version(version).build().unwrap();
            let error = broken.send(create()).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Credentials);
            assert!(error.to_string().contains(says), "{error}");
        }
        // Line breaks at the ends, as of a variable that was read from a file, are removed.
        let (id, secret) = (format!("{id}\n"), dbs.credentials());
        let secret = format!("{}\r\n", secret.access_key_secret().expose());
        let padded = on(&dbs).credentials(Credentials::new(id, secret));
        padded.signature_version(version).build().unwrap().send(create()).await.unwrap();
    }
}

#[tokio::test]
async fn fake_rejects_what_the_service_rejects() {
    let dbs = FakeDbs::new();
    let client = client(&dbs);
    for (request, code) in [
        (RawRequest::new("CreateBackupPlan"), "MissingBackupMethod"),
        (
            RawRequest::new("CreateBackupPlan")
                .parameter("BackupMethod", "logical")
                .parameter("DatabaseType", "MySQL")
                .parameter("InstanceClass", "small")
                .parameter("Region", "cn-hangzhou")
                .parameter("Period", "Month")
                .parameter("UsedTime", 12),
            "InvalidParameterValid",
        ),
        (RawRequest::new("Nonsense"), "InvalidAction.NotFound"),
        (
            RawRequest::new("DescribeBackupPlanList").parameter("PageSize", 101),
            "InvalidParameterValid",
        ),
    ] {
        let error = client.send(request).await.unwrap_err();
        assert_eq!(error.code().unwrap(), code, "{error}");
    }
    let nowhere = client.send(configure(&"dbs404".parse().unwrap(), "hunter2")).await.unwrap_err();
    assert!(is(&nowhere, ErrorCode::InvalidJobId), "{nowhere}");
    assert_eq!(dbs.plans().len(), 0);
}

#[tokio::test]
async fn list_pages_start_at_zero() {
    let dbs = FakeDbs::new();
    let client = client(&dbs);
    for _ in 0..5 {
        client.send(create()).await.unwrap();
    }
    let page = |number| {
        DescribeBackupPlanList::builder().page_num(number).page_size(page_size!(2)).build()
    };
    for (number, rows) in [(0, 2), (1, 2), (2, 1), (3, 0)] {
        let list = client.send(page(number)).await.unwrap();
        assert_eq!((list.items.len(), list.total_elements), (rows, Some(5)));
        assert_eq!(list.total_pages, Some(3));
    }
}

#[tokio::test]
async fn call_accepts_parameters_without_a_field() {
    let dbs = FakeDbs::new();
    let client = client(&dbs);
    client.send(create()).parameter("OwnerId", 7).await.unwrap();
    assert_eq!(dbs.requests()[0].parameter("OwnerId"), Some("7"));
    let error = client.send(create()).parameter("Signature", "x").await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Request, 0));
    assert!(error.to_string().contains("invalid parameter `Signature`"), "{error}");
}

#[tokio::test]
async fn sends_passwords_in_the_query_only_if_enabled() {
    for version in [SignatureVersion::Acs3, SignatureVersion::RpcV1] {
        for in_query in [false, true] {
            let dbs = FakeDbs::new();
            let mut builder = on(&dbs).signature_version(version);
            if in_query {
                builder = builder.secrets_in_query();
            }
            let client = builder.build().unwrap();
            let plan = client.send(create()).await.unwrap();
            dbs.clock().advance(CreateBackupPlan::SETTLING_TIME);
            client.send(configure(&plan.backup_plan_id, "hunter2")).await.unwrap();
            let sent = dbs.requests().pop().unwrap();
            assert_eq!(sent.uri().to_string().contains("hunter2"), in_query);
            assert_eq!(sent.parameter("SourceEndpointPassword"), Some("hunter2"));
        }
    }
}

#[tokio::test]
async fn sends_long_requests_in_the_body() {
    let dbs = FakeDbs::new();
    let client = client(&dbs);
    let mut request = create();
    request.storage_type = Some("x".repeat(100_000));
    client.send(request).await.unwrap();
    let sent = dbs.requests().pop().unwrap();
    assert_eq!(sent.uri().query(), None);
    assert_eq!(sent.parameter("Region"), Some("cn-hangzhou"));
    assert_eq!(dbs.plans().len(), 1);
}

#[test]
fn builder_rejects_unusable_settings() {
    let credentials = || Credentials::new("id", "s");
    for (builder, says) in [
        (Client::builder().credentials(credentials()), "no region"),
        (Client::builder().region(Region::Hangzhou), "no credentials"),
        (Client::builder().endpoint("http://dbs.example").credentials(credentials()), "encrypted"),
        // The proxy is another machine for the keys, even if the endpoint is not.
        (
            Client::builder()
                .endpoint("http://127.0.0.1")
                .proxy("http://proxy.example:3128")
                .credentials(credentials()),
            "encrypted",
        ),
        (Client::builder().endpoint("not a host").credentials(credentials()), "https://host"),
        (
            Client::builder()
                .region(Region::Hangzhou)
                .credentials(credentials())
                .user_agent_suffix("a\nb"),
            "user_agent_suffix",
        ),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains(says), "{error}");
    }
}

/// A transport that delivers every request twice and returns the second response.
#[derive(Debug)]
struct Duplicating(FakeDbs);

#[async_trait::async_trait]
impl Transport for Duplicating {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        self.0.send(request.clone()).await?;
        self.0.send(request).await
    }

    fn clock(&self) -> Option<Arc<dyn Clock>> {
        Transport::clock(&self.0)
    }
}

#[tokio::test]
async fn duplicated_request_executes_once_and_says_so() {
    let dbs = FakeDbs::new();
    let client = on(&dbs).transport(Duplicating(dbs.clone())).build().unwrap();
    let error = client.send(create()).await.unwrap_err();
    assert!(is(&error, ErrorCode::SignatureNonceUsed), "{error}");
    assert!(error.may_have_executed());
    assert_eq!((error.attempts(), dbs.plans().len()), (4, 1));
}

#[tokio::test]
async fn script_says_how_a_request_differs() {
    let script = ScriptedTransport::new()
        .expect("ConfigureBackupPlan", [("BackupPlanId", "dbs1"), ("SslCaPem", "x")])
        .respond(200, "{}");
    let client = Client::builder()
        .region(Region::Hangzhou)
        .credentials(Credentials::new("id", "s"))
        .transport(script.clone())
        .build()
        .unwrap();
    let error =
        client.send(configure(&"dbs2".parse().unwrap(), "hunter2")).await.unwrap_err().to_string();
    for says in [
        "request 1: `ConfigureBackupPlan`: parameter `BackupPlanId`: expected `dbs1`, got `dbs2`",
        "parameter `SslCaPem`: expected a value, got none",
        "parameter `BackupPlanName`: expected none, got a value",
    ] {
        assert!(error.contains(says), "{error}");
    }
    assert!(!error.contains("hunter2"));
    let error = client.send(create()).await.unwrap_err().to_string();
    let says = "request 2: expected the end of the script, got `CreateBackupPlan`";
    assert!(error.contains(says), "{error}");
}

/// Returns a script with one response.
fn responds(
    status: u16,
    headers: &[(&'static str, &'static str)],
    body: &str,
) -> ScriptedTransport {
    let mut response = Response::new(Bytes::from(body.to_owned()));
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
    for (name, value) in headers {
        response.headers_mut().insert(*name, http::HeaderValue::from_static(value));
    }
    ScriptedTransport::new().respond_with(response)
}

fn scripted(script: &ScriptedTransport) -> Client {
    Client::builder()
        .region(Region::Hangzhou)
        .credentials(Credentials::new("id", "secret-1"))
        .transport(script.clone())
        .build()
        .unwrap()
}

#[tokio::test]
async fn absurd_retry_after_fails_the_call_without_panic() {
    for (name, value) in [
        ("retry-after", "18446744073709551615"),
        ("x-acs-retry-after", "18446744073709551615"),
        ("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT"),
    ] {
        let script = responds(503, &[(name, value)], "{}");
        let error = scripted(&script).send(create()).await.unwrap_err();
        assert_eq!(error.attempts(), 1);
        assert!(error.to_string().contains("timeout of 60s"), "{error}");
    }
}

#[tokio::test]
async fn rejects_an_invalid_client_token_before_sending() {
    for token in ["", "é"] {
        let script = ScriptedTransport::new();
        let request = RawRequest::new("StopBackupPlan")
            .safety(aliyun_dbs::Safety::IdempotentByToken)
            .parameter("ClientToken", token);
        let error = scripted(&script).send(request).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Request, 0), "{error}");
        assert!(error.to_string().contains("1 to 64"), "{error}");
        assert_eq!(script.requests().len(), 0);
    }
}

#[tokio::test]
async fn server_error_with_retry_after_may_have_executed() {
    let body = r#"{"RequestId":"R","Code":"InternalError","Message":"m"}"#;
    let script = responds(500, &[("x-acs-retry-after", "5")], body);
    let error = scripted(&script).send(RawRequest::new("ReleaseBackupPlan")).await.unwrap_err();
    assert!(error.is_throttling() && error.may_have_executed(), "{error}");
    assert_eq!(error.attempts(), 1, "a retry could execute it twice");
}

#[tokio::test]
async fn unreadable_success_flag_is_a_response_error() {
    for (success, fine) in [
        ("true", true),
        ("\"TRUE\"", true),
        ("1", true),
        ("null", true),
        ("\"perhaps\"", false),
        ("2", false),
        ("0", false),
    ] {
        let body = format!(r#"{{"RequestId":"R","Success":{success},"BackupPlanId":"dbs1"}}"#);
        let call = scripted(&responds(200, &[], &body)).send(create()).retry(RetryPolicy::never());
        assert_eq!(call.await.is_ok(), fine, "{success}");
    }
    let body = r#"{"RequestId":"R","Success":"perhaps","BackupPlanId":"dbs1"}"#;
    let call = scripted(&responds(200, &[], body)).send(create()).retry(RetryPolicy::never());
    let error = call.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Response);
    assert!(error.may_have_executed() && error.to_string().contains("Success"), "{error}");
}

/// Changes each request before the fake receives it, which checks signatures as the gateway does.
#[derive(Debug)]
struct Tampering(FakeDbs, fn(&mut Request<Bytes>));

#[async_trait]
impl Transport for Tampering {
    async fn send(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        self.1(&mut request);
        self.0.send(request).await
    }

    fn inner(&self) -> Option<&dyn Transport> {
        Some(&self.0)
    }
}

fn change_header(request: &mut Request<Bytes>, name: &str) {
    let value = format!("{}0", request.headers()[name].to_str().unwrap());
    request.headers_mut().insert(HeaderName::try_from(name).unwrap(), value.parse().unwrap());
}

/// Sends a password, so that the request has a query and a body.
#[tokio::test]
async fn changed_requests_are_rejected() {
    type Change = fn(&mut Request<Bytes>);
    let changes: [(&str, Change); 3] = [
        ("method", |request| *request.method_mut() = Method::PUT),
        ("query", |request| {
            let uri = request.uri().to_string().replacen("orders", "others", 1);
            *request.uri_mut() = uri.parse().unwrap();
        }),
        ("body", |request| *request.body_mut() = "SourceEndpointPassword=another".into()),
    ];
    let headers: [(&str, Change); 6] = [
        ("host", |request| change_header(request, "host")),
        ("x-acs-action", |request| change_header(request, "x-acs-action")),
        ("x-acs-version", |request| change_header(request, "x-acs-version")),
        ("x-acs-signature-nonce", |request| change_header(request, "x-acs-signature-nonce")),
        ("x-acs-security-token", |request| change_header(request, "x-acs-security-token")),
        ("x-acs-content-sha256", |request| change_header(request, "x-acs-content-sha256")),
    ];
    for version in [SignatureVersion::Acs3, SignatureVersion::RpcV1] {
        let dbs = FakeDbs::new();
        let key = Credentials::new("STS.id", "a key").with_security_token("a token");
        dbs.add_credentials(key.clone());
        let signing = || on(&dbs).credentials(key.clone()).signature_version(version);
        let client = signing().retry(RetryPolicy::never()).build().unwrap();
        let plan = client.send(create()).await.unwrap();
        dbs.clock().advance(CreateBackupPlan::SETTLING_TIME);
        let headers = headers.iter().filter(|_| version == SignatureVersion::Acs3);
        for (part, change) in changes.iter().chain(headers) {
            let builder = signing().transport(Tampering(dbs.clone(), *change));
            let client = builder.retry(RetryPolicy::never()).build().unwrap();
            let sent = client.send(configure(&plan.backup_plan_id, "hunter2")).await;
            assert!(sent.is_err(), "{version:?}: the {part} is not signed");
            assert_eq!(dbs.plans()[0].status, BackupPlanStatus::Wait, "{version:?} {part}");
        }
        client.send(configure(&plan.backup_plan_id, "hunter2")).await.unwrap();
    }
}

/// All headers that the client sets are signed, except the signature.
#[tokio::test]
async fn headers_of_acs3_are_signed() {
    let dbs = FakeDbs::new();
    let key = Credentials::new("STS.id", "a key").with_security_token("a token");
    dbs.add_credentials(key.clone());
    let client = on(&dbs).credentials(key).retry(RetryPolicy::never()).build().unwrap();
    let _ = client.send(configure(&"dbs1".parse().unwrap(), "hunter2")).await;
    let sent = dbs.requests().pop().unwrap();
    let authorization = sent.header("authorization").unwrap();
    let signed = authorization.split(',').find_map(|part| part.strip_prefix("SignedHeaders="));
    let signed: BTreeSet<_> = signed.unwrap().split(';').collect();
    let all: BTreeSet<_> = sent.headers().keys().map(HeaderName::as_str).collect();
    let unsigned: Vec<_> = all.difference(&signed).collect();
    assert_eq!(unsigned, [&"accept", &"authorization", &"user-agent"]);
}

#[tokio::test]
async fn zero_timeout_fails_retryable_without_sending() {
    let dbs = FakeDbs::new();
    let error = client(&dbs).send(create()).timeout(Duration::ZERO).await.unwrap_err();
    assert!(error.is_timeout() && error.is_retryable() && !error.may_have_executed(), "{error}");
    assert_eq!((error.attempts(), dbs.requests().len()), (0, 0));
}

#[tokio::test]
async fn rejection_without_a_reason_has_a_message() {
    for refusal in [
        r#"{"Success":false}"#,
        r#"{"Success":"false","ErrCode":"","ErrMessage":null}"#,
        r#"{"Success":false,"ErrCode":" \n","ErrMessage":"\t"}"#,
    ] {
        let client = scripted(&responds(200, &[], refusal));
        let error = client.send(RawRequest::new("DescribeRegions")).await.unwrap_err();
        assert_eq!(error.code(), None, "{refusal}");
        assert_eq!(
            error.message(),
            "the service rejected the request without a reason",
            "{refusal}"
        );
    }
}
