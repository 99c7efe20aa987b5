//! Tests of attempts whose outcome is unknown: foreign responses, tokens in use, dropped calls.

use std::future::IntoFuture;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Waker};
use std::time::Duration;

use crate::support::create;
use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::DescribeRegions;
use aliyun_dbs::transport::{ScriptedTransport, Transport, TransportError};
use aliyun_dbs::{
    Client, ClientBuilder, Clock, Error, ErrorKind, RawRequest, Region, RetryPolicy, Safety,
};
use async_trait::async_trait;
use bytes::Bytes;

const CREATED: &str = r#"{"RequestId":"R","Success":true,"BackupPlanId":"dbs1","OrderId":"7"}"#;

fn on(dbs: &FakeDbs) -> ClientBuilder {
    Client::builder().region(Region::Hangzhou).credentials(dbs.credentials()).transport(dbs.clone())
}

fn scripted(script: &ScriptedTransport) -> Client {
    Client::builder()
        .region(Region::Hangzhou)
        .credentials(Credentials::new("id", "secret"))
        .transport(script.clone())
        .retry(RetryPolicy::standard().base_delay(Duration::ZERO))
        .build()
        .unwrap()
}

fn response(status: u16, body: &str) -> http::Response<Bytes> {
    let mut response = http::Response::new(Bytes::from(body.to_owned()));
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
    let login = http::HeaderValue::from_static("https://login.example/");
    response.headers_mut().insert(http::header::LOCATION, login);
    response
}

/// Responses that something on the way may send after the service has executed the request.
const FOREIGN: [(u16, &str); 11] = [
    (503, "upstream connect error or disconnect/reset before headers"),
    (503, ""),
    (429, "rate limited"),
    (403, "<html><h1>Forbidden</h1></html>"),
    (404, "404 page not found"),
    (400, r#"{"code":403,"message":"denied by the mesh"}"#),
    (502, "<html><h1>Bad Gateway</h1></html>"),
    (302, ""),
    (301, "<html>moved</html>"),
    (200, "<html>please log in</html>"),
    (200, r#"{"Code":"Forbidden","Message":"proxy says no"}"#),
];

#[tokio::test]
async fn foreign_response_leaves_the_outcome_unknown() {
    for (status, body) in FOREIGN {
        let script = ScriptedTransport::new().respond_with(response(status, body));
        let client = scripted(&script);
        let error = client.send(RawRequest::new("ReleaseBackupPlan")).await.unwrap_err();
        let text = error.to_string();
        assert!(error.may_have_executed() && error.attempts() == 1, "{status}: {text}");
        assert!(text.contains("may have been executed") && text.contains("run twice"), "{text}");

        let script =
            ScriptedTransport::new().respond_with(response(status, body)).respond(200, CREATED);
        let plan = scripted(&script).send(create()).await.unwrap();
        assert_eq!(plan.attempts(), 2, "{status}: {body}");
        let tokens: Vec<_> = script
            .requests()
            .iter()
            .map(|sent| sent.parameter("ClientToken").map(str::to_owned))
            .collect();
        assert!(tokens[0].is_some() && tokens[0] == tokens[1], "{tokens:?}");

        let script = ScriptedTransport::new().respond_with(response(status, body));
        let call = scripted(&script).send(create()).retry(RetryPolicy::never());
        let token = call.token().unwrap();
        let text = call.await.unwrap_err().to_string();
        assert!(text.contains("may have been executed") && text.contains(token.as_str()), "{text}");
    }
}

#[tokio::test]
async fn proxy_that_wants_a_password_is_asked_once() {
    let script = ScriptedTransport::new().respond(407, "<html>proxy authentication</html>");
    let error = scripted(&script).send(create()).await.unwrap_err();
    assert!(error.attempts() == 1 && error.may_have_executed(), "{error}");
}

#[tokio::test]
async fn refusal_of_the_gateway_proves_nothing_ran() {
    for (status, code) in [
        (503, "ServiceUnavailable"),
        (503, "Other"),
        (429, "Other"),
        (400, "Throttling.User"),
        (200, "Throttling.User"),
    ] {
        let body = format!(r#"{{"RequestId":"R","Code":"{code}","Message":"m"}}"#);
        let script = ScriptedTransport::new()
            .respond(status, body.clone())
            .respond(200, r#"{"RequestId":"R","Success":true}"#);
        let released = scripted(&script).send(RawRequest::new("ReleaseBackupPlan")).await.unwrap();
        assert_eq!(released.attempts(), 2, "{status} {code}");
        let script = ScriptedTransport::new().respond(status, body);
        let call = scripted(&script).send(RawRequest::new("ReleaseBackupPlan"));
        let error = call.retry(RetryPolicy::never()).await.unwrap_err();
        assert!(!error.may_have_executed(), "{error}");
    }
}

#[tokio::test]
async fn failure_of_the_service_proves_nothing() {
    for (status, code) in [(503, "Other"), (429, "Other"), (400, "ServiceUnavailable")] {
        let body = format!(r#"{{"RequestId":"R","Success":false,"ErrCode":"{code}"}}"#);
        let script = ScriptedTransport::new().respond(status, body);
        let error = scripted(&script).send(RawRequest::new("StopBackupPlan")).await.unwrap_err();
        assert!(error.may_have_executed() && error.attempts() == 1, "{error}");
    }
}

const TOKEN_IN_USE: [&str; 2] = ["LastTokenProcessing", "IdempotenceProcessing"];
const BUSY: [&str; 2] = ["OperationConflict", "SystemBusy"];

#[tokio::test]
async fn waits_while_the_first_request_is_running() {
    for code in [TOKEN_IN_USE, BUSY].concat() {
        for status in [400, 409] {
            let dbs = FakeDbs::new();
            dbs.faults().drop_after_processing("CreateBackupPlan");
            dbs.faults().gateway_error("CreateBackupPlan", status, code, "busy").times(6);
            let started = dbs.clock().elapsed();
            let plan = on(&dbs).build().unwrap().send(create()).await.unwrap();
            assert_eq!((plan.attempts(), dbs.plans().len()), (8, 1), "{code}");
            let waited = dbs.clock().elapsed().checked_sub(started).unwrap();
            assert!(waited >= Duration::from_secs(3), "{code}: {waited:?}");
        }
    }
}

#[tokio::test]
async fn token_of_another_call_is_waited_for() {
    for code in TOKEN_IN_USE {
        let dbs = FakeDbs::new();
        dbs.faults().gateway_error("CreateBackupPlan", 409, code, "busy").times(5);
        let plan = on(&dbs).build().unwrap().send(create()).await.unwrap();
        assert_eq!((plan.attempts(), dbs.plans().len()), (6, 1), "{code}");
    }
}

#[tokio::test]
async fn busy_plan_is_an_error_and_a_busy_system_is_not() {
    for (code, attempts) in [("OperationConflict", None), ("SystemBusy", Some(6))] {
        let dbs = FakeDbs::new();
        dbs.faults().gateway_error("CreateBackupPlan", 409, code, "busy").times(5);
        match (on(&dbs).build().unwrap().send(create()).await, attempts) {
            (Ok(plan), Some(attempts)) => {
                assert_eq!((plan.attempts(), dbs.plans().len()), (attempts, 1), "{code}");
            }
            (Err(error), None) => {
                assert!(error.attempts() == 1 && !error.may_have_executed(), "{error}");
            }
            (result, _) => panic!("{code}: {result:?}"),
        }
    }
}

#[tokio::test]
async fn wait_for_a_running_request_ends_at_the_deadline() {
    let dbs = FakeDbs::new();
    dbs.faults().drop_after_processing("CreateBackupPlan");
    dbs.faults().gateway_error("CreateBackupPlan", 409, "LastTokenProcessing", "busy").always();
    let client = on(&dbs).build().unwrap();
    let started = dbs.clock().elapsed();
    let error = client.send(create()).timeout(Duration::from_secs(30)).await.unwrap_err();
    let waited = dbs.clock().elapsed().checked_sub(started).unwrap();
    assert!(waited <= Duration::from_secs(30), "{waited:?}");
    assert!(error.may_have_executed() && error.is_retryable(), "{error}");
    let text = error.to_string();
    assert!(text.contains("is still running") && text.contains("send it again with"), "{text}");

    let call = client.send(create()).retry(RetryPolicy::never());
    assert_eq!(call.await.unwrap_err().attempts(), 1);
    let request = RawRequest::new("CreateBackupPlan").parameter("ClientToken", "t");
    let error = client.send(request.safety(Safety::Mutating)).await.unwrap_err();
    assert_eq!(error.attempts(), 1, "only the caller knows whether a repetition is harmless");
}

/// Executes the first request, and never delivers its response.
#[derive(Debug)]
struct LosesFirst {
    dbs: FakeDbs,
    lost: AtomicBool,
}

#[async_trait]
impl Transport for LosesFirst {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let response = self.dbs.send(request).await;
        if !self.lost.swap(true, Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        response
    }

    fn clock(&self) -> Option<Arc<dyn Clock>> {
        Transport::clock(&self.dbs)
    }
}

#[tokio::test]
async fn dropped_call_is_repeated_with_its_token() {
    let dbs = FakeDbs::new();
    let transport = LosesFirst { dbs: dbs.clone(), lost: AtomicBool::new(false) };
    let client = on(&dbs).transport(transport).build().unwrap();
    let call = client.send(create());
    let token = call.token().unwrap();
    let mut sending = call.into_future();
    assert!(sending.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    drop(sending);
    assert_eq!(dbs.plans().len(), 1, "the dropped call has bought the plan");

    let plan = client.send(create()).client_token(token.clone()).await.unwrap();
    assert_eq!((dbs.plans().len(), plan.client_token()), (1, Some(&token)));
}

#[tokio::test]
async fn call_tells_the_token_that_it_sends() {
    let dbs = FakeDbs::new();
    let client = on(&dbs).build().unwrap();
    let sent_token = || dbs.requests().pop().unwrap().parameter("ClientToken").map(str::to_owned);
    let mut own = create();
    own.client_token = Some("of-request".parse().unwrap());
    for (call, expected) in [
        (client.send(own.clone()), Some("of-request")),
        (client.send(own).client_token("of-call".parse().unwrap()), Some("of-call")),
        (client.send(create()).parameter("ClientToken", "extra"), Some("extra")),
        (client.send(create()), None),
    ] {
        let token = call.token().unwrap();
        assert_eq!(call.token().as_ref(), Some(&token), "the token does not change");
        assert!(expected.is_none_or(|expected| expected == token.as_str()), "{token}");
        let _ = call.await;
        assert_eq!(sent_token().as_deref(), Some(token.as_str()));
    }
    assert_ne!(client.send(create()).token(), client.send(create()).token());
    assert_eq!(client.send(DescribeRegions::builder().build()).token(), None);
}

#[tokio::test]
async fn response_with_too_many_values_is_not_decoded() {
    let rows = format!(r#"{{"Success":true,"Items":[{}{{}}]}}"#, "{},".repeat(5 << 20));
    let script = ScriptedTransport::new().respond(200, rows);
    let error = scripted(&script).send(DescribeRegions::builder().build()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Response, 1), "{error}");
    assert!(error.to_string().contains("more than 100000 JSON values"), "{error}");
}

async fn fails_within(timeout: Duration, first_attempt: Duration) -> Error {
    let dbs = FakeDbs::new();
    dbs.faults().delay("CreateBackupPlan", Duration::from_secs(3600)).always();
    let retry = RetryPolicy::standard().base_delay(Duration::ZERO);
    let client = on(&dbs).retry(retry).build().unwrap();
    client.send(create()).timeout(timeout).attempt_timeout(first_attempt).await.unwrap_err()
}

#[tokio::test]
async fn no_attempt_starts_in_the_last_moment() {
    let millis = Duration::from_millis;
    for (timeout, first_attempt, attempts) in [
        (millis(2000), millis(1950), 1),
        (millis(2000), millis(1800), 2),
        (millis(20), millis(19), 1),
        (millis(20), millis(15), 2),
    ] {
        let error = fails_within(timeout, first_attempt).await;
        assert_eq!(error.attempts(), attempts, "{timeout:?}: {error}");
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    }
}
