//! What a failed call says: what was done or not, what to do next, and for how long to wait.

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

/// A client that gets this answer to its first request, and none to others.
fn answered(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> Client {
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
async fn what_may_have_been_bought_is_said_with_its_token() {
    let dbs = FakeDbs::new();
    dbs.faults().drop_after_processing("CreateBackupPlan").always();
    let client = on(&dbs).build().unwrap();
    let call = client.send(create()).client_token("order-4711".parse().unwrap());
    let error = call.await.unwrap_err().to_string();
    assert!(error.contains("Send it again with client token order-4711"), "{error}");

    dbs.faults().clear();
    dbs.faults().refuse_connection("CreateBackupPlan").always();
    let error = client.send(create()).await.unwrap_err().to_string();
    assert!(error.contains("nothing was sent") && !error.contains("token"), "{error}");
}

#[tokio::test]
async fn an_attempt_that_sent_nothing_does_not_speak_for_those_before_it() {
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
async fn a_read_is_not_said_to_have_been_executed() {
    let dbs = FakeDbs::new();
    dbs.faults().drop_before_processing("DescribeRegions").always();
    let client = on(&dbs).build().unwrap();
    let error = client.send(DescribeRegions::builder().build()).await.unwrap_err().to_string();
    assert!(!error.contains("executed"), "{error}");
}

#[tokio::test]
async fn a_wait_that_is_too_long_is_said_next_to_what_to_do() {
    let dbs = FakeDbs::new();
    dbs.faults().throttle("CreateBackupPlan", Duration::from_secs(90));
    let error = on(&dbs).build().unwrap().send(create()).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(90)));
    let text = error.to_string();
    assert!(text.contains("Send less often"), "{text}");
    assert!(text.contains("asks to wait 90s") && text.contains("time limit of 60s"), "{text}");
}

#[tokio::test]
async fn a_success_that_does_not_fit_is_no_refusal() {
    let body = r#"{"RequestId":"R","Success":true,"Code":"200","Message":"fine"}"#;
    let error = answered(200, &[], body).send(create()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Response, "{error}");
    assert!(error.may_have_executed(), "{error}");
}

#[tokio::test]
async fn a_gateways_refusal_is_one_whatever_its_status_and_the_type_of_the_answer() {
    let body = r#"{"RequestId":"R","Code":"Throttling.User","Message":"slow down"}"#;
    let raw = answered(200, &[], body).send(RawRequest::new("StopBackupPlan")).await;
    let typed = answered(200, &[], body).send(stop()).await;
    for error in [raw.unwrap_err(), typed.unwrap_err()] {
        assert!(error.is_throttling() && !error.may_have_executed(), "{error}");
    }
    let fine = r#"{"RequestId":"R","Code":"200","Message":"fine"}"#;
    answered(200, &[], fine).send(RawRequest::new("StopBackupPlan")).await.unwrap();
}

#[tokio::test]
async fn a_refusal_in_numbers_is_one() {
    let body = r#"{"RequestId":"R","Success":0,"ErrCode":"BackupPlanNotCreate"}"#;
    let error = answered(200, &[], body).send(create()).await.unwrap_err();
    assert!(error.is(ErrorCode::BackupPlanNotCreate), "{error}");
    assert!(!error.may_have_executed());
}

#[tokio::test]
async fn a_request_that_timed_out_at_the_service_may_have_been_executed() {
    let body = r#"{"RequestId":"R","Code":"RequestTimeout","Message":"m"}"#;
    let client = answered(408, &[("x-acs-retry-after", "1000")], body);
    let error = client.send(RawRequest::new("ReleaseBackupPlan")).await.unwrap_err();
    assert!(error.may_have_executed(), "{error}");
}

#[tokio::test]
async fn a_state_that_forbids_is_explained_by_operation() {
    let dbs = FakeDbs::new();
    let client = on(&dbs).build().unwrap();
    let plan = client.send(create()).await.unwrap();
    let early = client.send(configure(&plan.backup_plan_id, "hunter2")).await.unwrap_err();
    assert!(early.to_string().contains("five seconds"), "{early}");
    let mut stop = stop();
    stop.backup_plan_id = plan.backup_plan_id.clone();
    let refused = client.send(stop).await.unwrap_err();
    assert!(refused.to_string().contains("while it runs"), "{refused}");
}

#[tokio::test]
async fn an_attempt_needs_time() {
    let dbs = FakeDbs::new();
    let call = on(&dbs).build().unwrap().send(create()).attempt_timeout(Duration::ZERO);
    let error = call.await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Request, 0), "{error}");
    assert!(!error.may_have_executed() && error.to_string().contains("attempt_timeout"), "{error}");
}

#[tokio::test]
async fn what_cannot_be_sent_is_not() {
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

/// Lets the first requests go together, and all others as they come.
#[derive(Debug)]
struct Together {
    dbs: FakeDbs,
    start: Barrier,
    sent: AtomicUsize,
}

#[async_trait]
impl Transport for Together {
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
async fn a_clock_that_is_off_is_corrected_for_all_calls_that_are_on_their_way() {
    let dbs = FakeDbs::new();
    let behind = dbs.clock().now() - time::Duration::hours(1);
    let transport =
        Together { dbs: dbs.clone(), start: Barrier::new(3), sent: AtomicUsize::new(0) };
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
    assert_eq!(client.send(create()).await.unwrap().attempts(), 1, "the correction is kept");
}

/// Fails some times, then gives good credentials.
struct Shaky {
    dbs: FakeDbs,
    fails: AtomicUsize,
    error: CredentialsError,
}

#[async_trait]
impl CredentialsProvider for Shaky {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        let left = self.fails.load(Ordering::SeqCst);
        if left == 0 {
            return Ok(self.dbs.credentials());
        }
        self.fails.store(left - 1, Ordering::SeqCst);
        Err(self.error.clone())
    }
}

impl std::fmt::Debug for Shaky {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shaky")
    }
}

async fn with_credentials_that_fail(times: usize, error: CredentialsError) -> Result<u32, Error> {
    let dbs = FakeDbs::new();
    let shaky = Shaky { dbs: dbs.clone(), fails: AtomicUsize::new(times), error };
    let client = on(&dbs).credentials(shaky).build().unwrap();
    client.send(create()).await.map(|plan| plan.attempts())
}

#[tokio::test]
async fn credentials_that_are_late_are_asked_for_again_and_not_for_ever() {
    let transient = || CredentialsError::transient("STS is away");
    assert_eq!(with_credentials_that_fail(3, transient()).await.unwrap(), 1);
    let error = with_credentials_that_fail(usize::MAX, transient()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Credentials, 0));
    assert!(error.is_retryable() && !error.may_have_executed(), "{error}");
    let lasting = CredentialsError::new("the profile is wrong");
    let error = with_credentials_that_fail(1, lasting).await.unwrap_err();
    assert!(!error.is_retryable(), "{error}");
}

/// Gives credentials for an hour at once, and others after a minute.
#[derive(Debug)]
struct Slow {
    dbs: FakeDbs,
    clock: Arc<dyn Clock>,
    asked: AtomicUsize,
}

#[async_trait]
impl CredentialsProvider for Slow {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        if self.asked.fetch_add(1, Ordering::SeqCst) > 0 {
            self.clock.sleep(Duration::from_secs(60)).await;
        }
        let expiration = self.clock.now() + time::Duration::hours(1);
        Ok(self.dbs.credentials().with_expiration(expiration))
    }
}

#[tokio::test]
async fn a_short_call_does_not_fail_for_renewing_what_is_still_valid() {
    let dbs = FakeDbs::new();
    let clock: Arc<dyn Clock> = dbs.clock().clone();
    let slow = Slow { dbs: dbs.clone(), clock: clock.clone(), asked: AtomicUsize::new(0) };
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

/// Gives wrong credentials until it is told that they are refused.
#[derive(Debug)]
struct Stale(FakeDbs);

#[async_trait]
impl CredentialsProvider for Stale {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        Ok(Credentials::new("LTAI-stale", "stale"))
    }

    async fn refresh(&self, _: &Credentials) -> Result<Credentials, CredentialsError> {
        Ok(self.0.credentials())
    }
}

#[tokio::test]
async fn an_observer_hears_of_other_credentials() {
    let dbs = FakeDbs::new();
    let retries = Retries::default();
    let client = on(&dbs).credentials(Stale(dbs.clone())).observer(retries.clone()).build();
    assert_eq!(client.unwrap().send(create()).await.unwrap().attempts(), 2);
    let heard = retries.0.lock().unwrap();
    assert_eq!(heard.len(), 1);
    assert!(heard[0].contains("InvalidAccessKeyId.NotFound"), "{heard:?}");
}

#[tokio::test]
async fn a_query_is_measured_as_it_travels() {
    let dbs = FakeDbs::new();
    let client = on(&dbs).build().unwrap();
    for (value, in_body) in [("é".repeat(2000), true), ("e".repeat(4000), false)] {
        let request = RawRequest::new("DescribeRegions").parameter("Note", &value);
        // Whether the fake likes it does not matter.
        let _ = client.send(request).await;
        let sent = dbs.requests().pop().unwrap();
        let query = sent.uri().query().unwrap_or_default().len();
        assert_eq!(query < 100, in_body, "{query}");
    }
}

#[tokio::test]
async fn a_token_that_is_empty_is_not_signed() {
    let dbs = FakeDbs::new();
    let empty = dbs.credentials().with_security_token(" ");
    let error = on(&dbs).credentials(empty).build().unwrap().send(create()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Credentials, 0), "{error}");
    assert!(error.to_string().contains("security token is empty"), "{error}");
}

#[tokio::test]
async fn nothing_was_sent_is_said_of_no_call_that_was_answered() {
    let dbs = FakeDbs::new();
    dbs.faults().throttle("CreateBackupPlan", Duration::from_secs(1));
    dbs.faults().refuse_connection("CreateBackupPlan").always();
    let error = on(&dbs).build().unwrap().send(create()).await.unwrap_err();
    assert!(!error.may_have_executed() && error.attempts() == 4, "{error}");
    assert!(!error.to_string().contains("nothing was sent"), "{error}");
}

#[tokio::test]
async fn a_refusal_with_a_code_of_the_gateway_keeps_it_next_to_a_success_of_no() {
    let refusal = |code: &str| {
        let body = format!(r#"{{"RequestId":"R","Success":false,"Code":"{code}","Message":"m"}}"#);
        answered(200, &[], &body).send(RawRequest::new("ReleaseBackupPlan"))
    };
    let error = refusal("InternalError").await.unwrap_err();
    assert!(error.is(ErrorCode::InternalError), "{error}");
    assert!(error.may_have_executed(), "{error}");
    assert!(refusal("Throttling.User").await.unwrap_err().is_throttling());
}

#[tokio::test]
async fn a_call_that_needed_several_tries_gives_no_retry_back() {
    let dbs = FakeDbs::new();
    let error = CredentialsError::transient("STS is away");
    let shaky = Shaky { dbs: dbs.clone(), fails: AtomicUsize::new(1), error };
    let budget = Arc::new(RetryBudget::new(10));
    let client = on(&dbs).credentials(shaky).retry_budget(budget.clone()).build().unwrap();
    client.send(create()).await.unwrap();
    for _ in 0..9 {
        client.send(create()).await.unwrap();
    }
    assert_eq!(budget.available(), 9, "nine tenths were given back");
}

#[tokio::test]
async fn a_write_is_not_repeated_for_a_refusal_that_proves_nothing() {
    let release = || RawRequest::new("ReleaseBackupPlan");
    for (status, attempts) in [(404, 2), (500, 1)] {
        let dbs = FakeDbs::new();
        let code = "InvalidAccessKeyId.NotFound";
        dbs.faults().gateway_error("ReleaseBackupPlan", status, code, "refused").always();
        let client = on(&dbs).credentials(Stale(dbs.clone())).build().unwrap();
        let error = client.send(release()).await.unwrap_err();
        assert_eq!((error.attempts(), dbs.requests().len()), (attempts, attempts as usize));
        assert_eq!(error.may_have_executed(), status == 500, "{error}");
    }
    for (status, attempts) in [(400, 2), (500, 1)] {
        let body = r#"{"RequestId":"R","Code":"InvalidTimeStamp.Expired","Message":"m"}"#;
        let client = answered(status, &[("date", "Tue, 14 Nov 2000 22:13:20 GMT")], body);
        let error = client.send(release()).await.unwrap_err();
        assert_eq!(error.attempts(), attempts, "{error}");
    }
}
