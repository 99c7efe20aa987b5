//! Calls from outside: retries, tokens, deadlines, clocks and faults, against the fake.

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
use bytes::Bytes;

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
async fn a_plan_settles_is_configured_and_passes_its_pre_check() {
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
        assert_eq!(row.backup_plan_name, "orders");
        assert_eq!(row.source_endpoint_user_name.as_deref(), Some("dbs"));
    }
}

#[tokio::test]
async fn all_attempts_carry_one_token_and_nothing_else_twice() {
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
async fn a_token_with_other_parameters_is_refused() {
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
async fn an_unknown_outcome_is_remembered_after_a_harmless_last_failure() {
    let dbs = FakeDbs::new();
    dbs.faults().drop_after_processing("CreateBackupPlan");
    dbs.faults().refuse_connection("CreateBackupPlan").always();
    let error = client(&dbs).send(create()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 4));
    assert!(error.may_have_executed() && error.is_retryable());
    assert!(error.client_token().is_some());
}

#[tokio::test]
async fn what_is_mutating_is_sent_again_only_if_it_was_not_executed() {
    let dbs = FakeDbs::new();
    dbs.faults().drop_before_processing("ReleaseBackupPlan").nth(3);
    dbs.faults().refuse_connection("ReleaseBackupPlan");
    dbs.faults().http_status("ReleaseBackupPlan", 503);
    let error = client(&dbs).send(RawRequest::new("ReleaseBackupPlan")).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Interrupted, 3));
    assert!(error.may_have_executed());
    assert!(error.to_string().contains("executed twice"), "{error}");
}

#[tokio::test]
async fn a_throttled_call_waits_as_it_is_told() {
    let dbs = FakeDbs::new();
    dbs.faults().throttle("DescribeBackupPlanList", Duration::from_secs(7)).times(2);
    let started = dbs.clock().elapsed();
    let list = client(&dbs).send(DescribeBackupPlanList::builder().build()).await.unwrap();
    assert_eq!(list.attempts(), 3);
    assert!(dbs.clock().elapsed().checked_sub(started).unwrap() >= Duration::from_secs(14));

    dbs.faults().throttle("DescribeBackupPlanList", Duration::from_secs(90));
    let error = client(&dbs).send(DescribeBackupPlanList::builder().build()).await.unwrap_err();
    assert!(error.is_throttling() && error.is_retryable() && !error.may_have_executed());
    assert_eq!(error.attempts(), 1, "a wait beyond the deadline is not begun");
}

#[tokio::test]
async fn slow_answers_end_at_the_attempts_limit_and_calls_at_theirs() {
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
async fn a_clock_that_is_off_is_corrected_once() {
    let dbs = FakeDbs::new();
    // The service lives an hour ahead of the client.
    let behind = Arc::new(aliyun_dbs::fake::FakeClock::starting_at(
        dbs.clock().now() - time::Duration::hours(1),
    ));
    let client = on(&dbs).clock(behind).build().unwrap();
    let first = client.send(create()).await.unwrap();
    assert_eq!(first.attempts(), 2);
    let second = client.send(create()).await.unwrap();
    assert_eq!(second.attempts(), 1, "the correction is kept");
}

#[tokio::test]
async fn the_budget_is_shared_by_calls() {
    let dbs = FakeDbs::new();
    dbs.faults().refuse_connection("*").always();
    let client = on(&dbs).retry_budget(Arc::new(RetryBudget::new(4))).build().unwrap();
    let attempts = async || client.send(create()).await.unwrap_err().attempts();
    assert_eq!([attempts().await, attempts().await, attempts().await], [4, 2, 1]);
    let error = client.send(create()).retry(RetryPolicy::never()).await.unwrap_err();
    assert_eq!(error.attempts(), 1);
}

#[tokio::test]
async fn broken_answers_are_told_apart_and_buy_once() {
    let dbs = FakeDbs::new();
    dbs.faults().truncate_body("CreateBackupPlan").times(1);
    dbs.faults().replace_body("CreateBackupPlan", "").nth(1);
    dbs.faults().replace_body("CreateBackupPlan", &b"\xff\xfe"[..]);
    let plan = client(&dbs).send(create()).await.unwrap();
    assert_eq!(plan.attempts(), 4);
    assert_eq!(dbs.plans().len(), 1);

    for (body, says) in [("", "empty"), ("<html>", "a web page"), ("{\"a", "cut short")] {
        dbs.faults().replace_body("CreateBackupPlan", body);
        let error = client(&dbs).send(create()).retry(RetryPolicy::never()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Response);
        assert!(error.to_string().contains(says) && error.may_have_executed(), "{error}");
    }
}

#[tokio::test]
async fn credentials_that_do_not_fit_say_what_to_fix() {
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
                Credentials::new("nobody", "s"),
                "InvalidAccessKeyId.NotFound",
                "Check the access key",
            ),
            (expired.clone(), "InvalidSecurityToken.Expired", "fetch new ones"),
        ] {
            let client =
                on(&dbs).credentials(credentials).signature_version(version).build().unwrap();
            let error = client.send(create()).await.unwrap_err();
            assert_eq!(error.code().unwrap(), code);
            assert!(error.to_string().contains(says), "{error}");
            assert!(!error.to_string().contains("InstanceClass"), "an echo: {error}");
            assert!(!error.may_have_executed());
        }
        let broken = on(&dbs).credentials(Credentials::new("id\n", "s")).build().unwrap();
        if version == SignatureVersion::Acs3 {
            let error = broken.send(create()).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Credentials);
            assert!(error.to_string().contains("line break"), "{error}");
        }
    }
}

#[tokio::test]
async fn the_fake_refuses_what_the_service_would() {
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
async fn lists_are_paged_from_zero() {
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
        assert_eq!((list.items.len(), list.total_elements), (rows, 5));
        assert_eq!(list.total_pages, 3);
    }
}

#[tokio::test]
async fn a_call_takes_parameters_that_its_type_does_not_have() {
    let dbs = FakeDbs::new();
    let client = client(&dbs);
    client.send(create()).parameter("OwnerId", 7).await.unwrap();
    assert_eq!(dbs.requests()[0].parameter("OwnerId"), Some("7"));
    let error = client.send(create()).parameter("Signature", "x").await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Request, 0));
    assert!(error.to_string().contains("set by the client"), "{error}");
}

#[tokio::test]
async fn passwords_are_in_the_query_only_when_asked() {
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
async fn a_request_too_long_for_a_url_travels_in_the_body() {
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
fn a_client_that_cannot_work_is_not_built() {
    let credentials = || Credentials::new("id", "s");
    for (builder, says) in [
        (Client::builder().credentials(credentials()), "no region"),
        (Client::builder().region(Region::Hangzhou), "no credentials"),
        (Client::builder().endpoint("http://dbs.example").credentials(credentials()), "encrypted"),
        (Client::builder().endpoint("not a host").credentials(credentials()), "https://host"),
        (
            Client::builder()
                .region(Region::Hangzhou)
                .credentials(credentials())
                .user_agent_suffix("a\nb"),
            "user agent",
        ),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains(says), "{error}");
    }
}

/// A network that delivers every request twice and answers the second copy.
#[derive(Debug)]
struct Duplicating(FakeDbs);

#[async_trait::async_trait]
impl Transport for Duplicating {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        self.0.send(request.clone()).await?;
        self.0.send(request).await
    }

    fn clock(&self) -> Option<Arc<dyn Clock>> {
        Transport::clock(&self.0)
    }
}

#[tokio::test]
async fn a_request_that_is_delivered_twice_runs_once_and_is_not_called_unexecuted() {
    let dbs = FakeDbs::new();
    let client = on(&dbs).transport(Duplicating(dbs.clone())).build().unwrap();
    let error = client.send(create()).await.unwrap_err();
    assert!(is(&error, ErrorCode::SignatureNonceUsed), "{error}");
    assert!(error.may_have_executed());
    assert_eq!((error.attempts(), dbs.plans().len()), (4, 1));
}

#[tokio::test]
async fn a_script_says_how_a_request_differs_without_its_values() {
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
    for says in ["BackupPlanId has another value", "SslCaPem is missing", "Name was not expected"] {
        assert!(error.contains(says), "{error}");
    }
    assert!(!error.contains("hunter2"));
    let client = client.send(create()).await.unwrap_err().to_string();
    assert!(client.contains("after the end of the script"), "{client}");
}

/// One answer of a status, with headers.
fn answers(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> ScriptedTransport {
    let mut response = http::Response::new(Bytes::from(body.to_owned()));
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
async fn an_absurd_wait_ends_the_call_and_nothing_else() {
    for (name, value) in [
        ("retry-after", "18446744073709551615"),
        ("x-acs-retry-after", "18446744073709551615"),
        ("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT"),
    ] {
        let script = answers(503, &[(name, value)], "{}");
        let error = scripted(&script).send(create()).await.unwrap_err();
        assert_eq!(error.attempts(), 1);
        assert!(error.to_string().contains("time limit"), "{error}");
    }
}

#[tokio::test]
async fn a_token_that_protects_nothing_is_not_sent() {
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
async fn a_failed_service_that_asks_to_wait_may_have_executed() {
    let body = r#"{"RequestId":"R","Code":"InternalError","Message":"m"}"#;
    let script = answers(500, &[("x-acs-retry-after", "5")], body);
    let error = scripted(&script).send(RawRequest::new("ReleaseBackupPlan")).await.unwrap_err();
    assert!(error.is_throttling() && error.may_have_executed(), "{error}");
    assert_eq!(error.attempts(), 1, "it could then be executed twice");
}

#[tokio::test]
async fn a_success_that_cannot_be_read_is_none() {
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
        let call = scripted(&answers(200, &[], &body)).send(create()).retry(RetryPolicy::never());
        assert_eq!(call.await.is_ok(), fine, "{success}");
    }
    let body = r#"{"RequestId":"R","Success":"perhaps","BackupPlanId":"dbs1"}"#;
    let call = scripted(&answers(200, &[], body)).send(create()).retry(RetryPolicy::never());
    let error = call.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Response);
    assert!(error.may_have_executed() && error.to_string().contains("Success"), "{error}");
}

#[tokio::test]
async fn a_call_without_time_says_so_and_may_be_made_again() {
    let dbs = FakeDbs::new();
    let error = client(&dbs).send(create()).timeout(Duration::ZERO).await.unwrap_err();
    assert!(error.is_timeout() && error.is_retryable() && !error.may_have_executed(), "{error}");
    assert_eq!((error.attempts(), dbs.requests().len()), (0, 0));
}

#[tokio::test]
async fn a_refusal_without_a_reason_says_that_there_is_none() {
    for refusal in [
        r#"{"Success":false}"#,
        r#"{"Success":"false","ErrCode":"","ErrMessage":null}"#,
        r#"{"Success":false,"ErrCode":" \n","ErrMessage":"\t"}"#,
    ] {
        let client = scripted(&answers(200, &[], refusal));
        let error = client.send(RawRequest::new("DescribeRegions")).await.unwrap_err();
        assert_eq!(error.code(), None, "{refusal}");
        assert_eq!(error.message(), "the service refused, and gave no reason", "{refusal}");
    }
}
