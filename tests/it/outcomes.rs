//! Tests of failed calls: what may have executed, what to do, and how long to wait.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::support::{configure, create};
use aliyun_dbs::credentials::{Cached, Credentials, CredentialsError, CredentialsProvider};
use aliyun_dbs::fake::{FakeClock, FakeDbs};
use aliyun_dbs::observe::{Observer, Retried};
use aliyun_dbs::operations::{DescribeRegions, StopBackupPlan};
use aliyun_dbs::transport::{ScriptedTransport, Transport, TransportError};
use aliyun_dbs::types::{ErrorCode, StopMethod};
use aliyun_dbs::{
    Client, ClientBuilder, Clock, Error, ErrorKind, RawRequest, Region, RetryBudget, RetryPolicy,
};
use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::Barrier;

fn on(dbs: &FakeDbs) -> ClientBuilder {
    Client::builder().region(Region::Hangzhou).credentials(dbs.credentials()).transport(dbs.clone())
}

/// Returns a client that receives this response to its first request, and no other.
fn client_receiving(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> Client {
    let mut response = http::Response::new(Bytes::from(body.to_owned()));
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
    for (name, value) in headers {
        response.headers_mut().insert(*name, http::HeaderValue::from_static(value));
    }
    Client::builder()
        .region(Region::Hangzhou)
        .credentials(Credentials::new("id", "secret-1"))
        .transport(ScriptedTransport::new().respond_with(response))
        .retry(RetryPolicy::never())
        .build()
        .unwrap()
}

fn stop() -> StopBackupPlan {
    StopBackupPlan::builder()
        .backup_plan_id("dbs1".parse().unwrap())
        .stop_method(StopMethod::All)
        .build()
}

#[tokio::test]
async fn ambiguous_purchase_error_names_the_token() {
    let dbs = FakeDbs::new();
    dbs.faults().drop_after_processing("CreateBackupPlan").always();
    let client = on(&dbs).build().unwrap();
    let call = client.send(create()).client_token("order-4711".parse().unwrap());
    let error = call.await.unwrap_err().to_string();
    assert!(error.contains("send it again with client token `order-4711`"), "{error}");

    dbs.faults().clear();
    dbs.faults().refuse_connection("CreateBackupPlan").always();
    let error = client.send(create()).await.unwrap_err().to_string();
    assert!(error.contains("nothing was sent") && !error.contains("token"), "{error}");
}

#[tokio::test]
async fn unsent_last_attempt_keeps_earlier_uncertainty() {
    let dbs = FakeDbs::new();
    dbs.faults().drop_after_processing("CreateBackupPlan");
    dbs.faults().refuse_connection("CreateBackupPlan").always();
    let error = on(&dbs).build().unwrap().send(create()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    let text = error.to_string().to_lowercase();
    assert!(error.may_have_executed() && !text.contains("nothing was sent"), "{text}");
    assert!(text.contains("check the endpoint"), "{text}");
}

#[tokio::test]
async fn failed_read_does_not_mention_execution() {
    let dbs = FakeDbs::new();
    dbs.faults().drop_before_processing("DescribeRegions").always();
    let client = on(&dbs).build().unwrap();
    let error = client.send(DescribeRegions::builder().build()).await.unwrap_err().to_string();
    assert!(!error.contains("executed"), "{error}");
}

#[tokio::test]
async fn excessive_retry_delay_is_explained_with_a_hint() {
    let dbs = FakeDbs::new();
    dbs.faults().throttle("CreateBackupPlan", Duration::from_secs(90));
    let error = on(&dbs).build().unwrap().send(create()).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(90)));
    let text = error.to_string();
    assert!(text.contains("call it less often"), "{text}");
    assert!(text.contains("asks to retry after 90s") && text.contains("timeout of 60s"), "{text}");
}

#[tokio::test]
async fn undecodable_success_is_a_response_error() {
    let body = r#"{"RequestId":"R","Success":true,"Code":"200","Message":"fine"}"#;
    let error = client_receiving(200, &[], body).send(create()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Response, "{error}");
    assert!(error.may_have_executed(), "{error}");
}

#[tokio::test]
async fn gateway_rejection_is_detected_at_any_status() {
    let body = r#"{"RequestId":"R","Code":"Throttling.User","Message":"slow down"}"#;
    let raw = client_receiving(200, &[], body).send(RawRequest::new("StopBackupPlan")).await;
    let typed = client_receiving(200, &[], body).send(stop()).await;
    for error in [raw.unwrap_err(), typed.unwrap_err()] {
        assert!(error.is_throttling() && !error.may_have_executed(), "{error}");
    }
    let fine = r#"{"RequestId":"R","Code":"200","Message":"fine"}"#;
    client_receiving(200, &[], fine).send(RawRequest::new("StopBackupPlan")).await.unwrap();
}

#[tokio::test]
async fn numeric_success_flag_is_a_rejection() {
    let body = r#"{"RequestId":"R","Success":0,"ErrCode":"BackupPlanNotCreate"}"#;
    let error = client_receiving(200, &[], body).send(create()).await.unwrap_err();
    assert!(error.is(ErrorCode::BackupPlanNotCreate), "{error}");
    assert!(!error.may_have_executed());
}

#[tokio::test]
async fn service_side_timeout_may_have_executed() {
    let body = r#"{"RequestId":"R","Code":"RequestTimeout","Message":"m"}"#;
    let client = client_receiving(408, &[("x-acs-retry-after", "1000")], body);
    let error = client.send(RawRequest::new("ReleaseBackupPlan")).await.unwrap_err();
    assert!(error.may_have_executed(), "{error}");
}

#[tokio::test]
async fn job_status_hint_depends_on_the_operation() {
    let dbs = FakeDbs::new();
    let client = on(&dbs).build().unwrap();
    let plan = client.send(create()).await.unwrap();
    let early = client.send(configure(&plan.backup_plan_id, "hunter2")).await.unwrap_err();
    assert!(early.to_string().contains("five seconds"), "{early}");
    let mut stop = stop();
    stop.backup_plan_id = plan.backup_plan_id.clone();
    let refused = client.send(stop).await.unwrap_err();
    assert!(refused.to_string().contains("only a running plan"), "{refused}");
}

#[tokio::test]
async fn zero_attempt_timeout_is_rejected() {
    let dbs = FakeDbs::new();
    let call = on(&dbs).build().unwrap().send(create()).attempt_timeout(Duration::ZERO);
    let error = call.await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Request, 0), "{error}");
    assert!(!error.may_have_executed() && error.to_string().contains("attempt_timeout"), "{error}");
}

#[tokio::test]
async fn invalid_raw_requests_are_not_sent() {
    let dbs = FakeDbs::new();
    let client = on(&dbs).build().unwrap();
    let nameless = client.send(RawRequest::new(" ")).await.unwrap_err();
    assert_eq!((nameless.kind(), nameless.attempts()), (ErrorKind::Request, 0), "{nameless}");
    for name in ["ClientToken", "Signature", "AccessKeyId"] {
        let request = RawRequest::new("StopBackupPlan").secret_parameter(name, "hunter2");
        let error = client.send(request).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Request, 0), "{name}: {error}");
        assert!(error.to_string().contains(name), "{error}");
    }
}

/// A transport that delivers the first three requests together.
#[derive(Debug)]
struct SimultaneousStart {
    dbs: FakeDbs,
    start: Barrier,
    sent: AtomicUsize,
}

#[async_trait]
impl Transport for SimultaneousStart {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        if self.sent.fetch_add(1, Ordering::SeqCst) < 3 {
            self.start.wait().await;
        }
        self.dbs.send(request).await
    }
}

#[tokio::test]
async fn corrects_clock_skew_for_all_calls_in_flight() {
    let dbs = FakeDbs::new();
    let behind = dbs.clock().now() - time::Duration::hours(1);
    let transport =
        SimultaneousStart { dbs: dbs.clone(), start: Barrier::new(3), sent: AtomicUsize::new(0) };
    let client = on(&dbs)
        .transport(transport)
        .clock(Arc::new(FakeClock::starting_at(behind)))
        .build()
        .unwrap();
    let call = || client.send(create()).into_future();
    let (first, second, third) = tokio::join!(call(), call(), call());
    for outcome in [first, second, third] {
        assert_eq!(outcome.unwrap().attempts(), 2);
    }
    assert_eq!(
        client.send(create()).await.unwrap().attempts(),
        1,
        "the client keeps the correction"
    );
}

/// Fails a number of times, then returns valid credentials.
struct FlakyCredentials {
    dbs: FakeDbs,
    fails: AtomicUsize,
    error: CredentialsError,
}

#[async_trait]
impl CredentialsProvider for FlakyCredentials {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        let left = self.fails.load(Ordering::SeqCst);
        if left == 0 {
            return Ok(self.dbs.credentials());
        }
        self.fails.store(left - 1, Ordering::SeqCst);
        Err(self.error.clone())
    }
}

impl std::fmt::Debug for FlakyCredentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FlakyCredentials")
    }
}

async fn with_credentials_that_fail(times: usize, error: CredentialsError) -> Result<u32, Error> {
    let dbs = FakeDbs::new();
    let flaky = FlakyCredentials { dbs: dbs.clone(), fails: AtomicUsize::new(times), error };
    let client = on(&dbs).credentials(flaky).build().unwrap();
    client.send(create()).await.map(|plan| plan.attempts())
}

#[tokio::test]
async fn retries_transient_credentials_errors_for_a_while() {
    let transient = || CredentialsError::transient("STS is unreachable");
    assert_eq!(with_credentials_that_fail(3, transient()).await.unwrap(), 1);
    let error = with_credentials_that_fail(usize::MAX, transient()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Credentials, 0));
    assert!(error.is_retryable() && !error.may_have_executed(), "{error}");
    let lasting = CredentialsError::new("the profile is wrong");
    let error = with_credentials_that_fail(1, lasting).await.unwrap_err();
    assert!(!error.is_retryable(), "{error}");
}

/// Returns credentials at once, valid for an hour; later fetches take a minute.
#[derive(Debug)]
struct SlowRefresh {
    dbs: FakeDbs,
    clock: Arc<dyn Clock>,
    fetches: AtomicUsize,
}

#[async_trait]
impl CredentialsProvider for SlowRefresh {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        if self.fetches.fetch_add(1, Ordering::SeqCst) > 0 {
            self.clock.sleep(Duration::from_secs(60)).await;
        }
        let expiration = self.clock.now() + time::Duration::hours(1);
        Ok(self.dbs.credentials().with_expiration(expiration))
    }
}

#[tokio::test]
async fn short_timeout_does_not_wait_for_an_early_refresh() {
    let dbs = FakeDbs::new();
    let clock: Arc<dyn Clock> = dbs.clock().clone();
    let slow = SlowRefresh { dbs: dbs.clone(), clock: clock.clone(), fetches: AtomicUsize::new(0) };
    let client = on(&dbs).credentials(Cached::new(slow, clock)).build().unwrap();
    client.send(create()).await.unwrap();
    dbs.clock().advance(Duration::from_secs(50 * 60));
    let call = client.send(create()).timeout(Duration::from_secs(1));
    assert_eq!(call.await.unwrap().attempts(), 1);
}

#[derive(Clone, Debug, Default)]
struct Retries(Arc<Mutex<Vec<String>>>);

impl Observer for Retries {
    fn retried(&self, event: &Retried<'_>) {
        self.0.lock().unwrap().push(event.reason.to_owned());
    }
}

/// Returns wrong credentials until `refresh` is called.
#[derive(Debug)]
struct StaleCredentials(FakeDbs);

#[async_trait]
impl CredentialsProvider for StaleCredentials {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        Ok(Credentials::new("LTAI-stale", "stale"))
    }

    async fn refresh(&self, _: &Credentials) -> Result<Credentials, CredentialsError> {
        Ok(self.0.credentials())
    }
}

#[tokio::test]
async fn observer_sees_the_retry_with_new_credentials() {
    let dbs = FakeDbs::new();
    let retries = Retries::default();
    let client =
        on(&dbs).credentials(StaleCredentials(dbs.clone())).observer(retries.clone()).build();
    assert_eq!(client.unwrap().send(create()).await.unwrap().attempts(), 2);
    let heard = retries.0.lock().unwrap();
    assert_eq!(heard.len(), 1);
    assert!(heard[0].contains("InvalidAccessKeyId.NotFound"), "{heard:?}");
}

#[tokio::test]
async fn query_length_is_measured_after_encoding() {
    let dbs = FakeDbs::new();
    let client = on(&dbs).build().unwrap();
    for (value, in_body) in [("é".repeat(2000), true), ("e".repeat(4000), false)] {
        let request = RawRequest::new("DescribeRegions").parameter("Note", &value);
        // The response of the fake does not matter.
        let _ = client.send(request).await;
        let sent = dbs.requests().pop().unwrap();
        let query = sent.uri().query().unwrap_or_default().len();
        assert_eq!(query < 100, in_body, "{query}");
    }
}

#[tokio::test]
async fn empty_security_token_is_rejected() {
    let dbs = FakeDbs::new();
    let empty = dbs.credentials().with_security_token(" ");
    let error = on(&dbs).credentials(empty).build().unwrap().send(create()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Credentials, 0), "{error}");
    assert!(error.to_string().contains("security token is empty"), "{error}");
}

#[tokio::test]
async fn received_response_excludes_nothing_was_sent() {
    let dbs = FakeDbs::new();
    dbs.faults().throttle("CreateBackupPlan", Duration::from_secs(1));
    dbs.faults().refuse_connection("CreateBackupPlan").always();
    let error = on(&dbs).build().unwrap().send(create()).await.unwrap_err();
    assert!(!error.may_have_executed() && error.attempts() == 4, "{error}");
    assert!(!error.to_string().contains("nothing was sent"), "{error}");
}

#[tokio::test]
async fn gateway_code_survives_a_false_success_flag() {
    let refusal = |code: &str| {
        let body = format!(r#"{{"RequestId":"R","Success":false,"Code":"{code}","Message":"m"}}"#);
        client_receiving(200, &[], &body).send(RawRequest::new("ReleaseBackupPlan"))
    };
    let error = refusal("InternalError").await.unwrap_err();
    assert!(error.is(ErrorCode::InternalError), "{error}");
    assert!(error.may_have_executed(), "{error}");
    assert!(refusal("Throttling.User").await.unwrap_err().is_throttling());
}

#[tokio::test]
async fn retried_call_does_not_refill_the_retry_budget() {
    let dbs = FakeDbs::new();
    let error = CredentialsError::transient("STS is unreachable");
    let flaky = FlakyCredentials { dbs: dbs.clone(), fails: AtomicUsize::new(1), error };
    let budget = Arc::new(RetryBudget::new(10));
    let client = on(&dbs).credentials(flaky).retry_budget(budget.clone()).build().unwrap();
    client.send(create()).await.unwrap();
    for _ in 0..9 {
        client.send(create()).await.unwrap();
    }
    assert_eq!(budget.available(), 9, "only the nine later calls refill a tenth each");
}

#[tokio::test]
async fn ambiguous_rejection_does_not_repeat_a_write() {
    let release = || RawRequest::new("ReleaseBackupPlan");
    for (status, attempts) in [(404, 2), (500, 1)] {
        let dbs = FakeDbs::new();
        let code = "InvalidAccessKeyId.NotFound";
        dbs.faults().gateway_error("ReleaseBackupPlan", status, code, "refused").always();
        let client = on(&dbs).credentials(StaleCredentials(dbs.clone())).build().unwrap();
        let error = client.send(release()).await.unwrap_err();
        assert_eq!((error.attempts(), dbs.requests().len()), (attempts, attempts as usize));
        assert_eq!(error.may_have_executed(), status == 500, "{error}");
    }
    for (status, attempts) in [(400, 2), (500, 1)] {
        let body = r#"{"RequestId":"R","Code":"InvalidTimeStamp.Expired","Message":"m"}"#;
        let client = client_receiving(status, &[("date", "Tue, 14 Nov 2000 22:13:20 GMT")], body);
        let error = client.send(release()).await.unwrap_err();
        assert_eq!(error.attempts(), attempts, "{error}");
    }
}

#[tokio::test]
async fn error_lines_escape_control_characters() {
    let json = r#"{"BackupPlanId":"dbs1","StopMethod":"ALL","Bad\nname":"x"}"#;
    let unknown = aliyun_dbs::operations::from_json::<StopBackupPlan>(json).unwrap_err();
    let client = client_receiving(200, &[], "{}");
    let name = RawRequest::new("Get\r\nX").safety(aliyun_dbs::Safety::ReadOnly);
    let presigned = client.presign(name.clone().secret_parameter("Pass\nword", "s")).await;
    let sent = client.send(name.parameter("Note", "a")).await;
    for error in [unknown, presigned.unwrap_err(), sent.unwrap_err()] {
        let line = error.to_string();
        assert!(!line.contains(char::is_control) && line.contains("\\n"), "{line:?}");
    }
}
