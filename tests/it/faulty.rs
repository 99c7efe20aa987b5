//! Tests of `Faulty`, which injects faults into any transport.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::transport::{
    FaultRule, Faults, Faulty, ScriptedTransport, Transport, TransportError,
};
use aliyun_dbs::{
    Client, Clock, Error, ErrorKind, RawRequest, Region, RetryPolicy, Safety, SignatureVersion,
};
use bytes::Bytes;
use http::Request;

use crate::support::create;

const READ: &str = "DescribeRegions";
const BODY: &str = r#"{"RequestId":"R","Success":true,"Word":"unchanged"}"#;

fn client(transport: impl Transport + 'static) -> Client {
    Client::builder()
        .region(Region::Hangzhou)
        .credentials(Credentials::new("id", "secret"))
        .transport(transport)
        .retry(RetryPolicy::never())
        .build()
        .unwrap()
}

fn client_of(dbs: &FakeDbs, transport: impl Transport + 'static) -> Client {
    let builder = Client::builder().region(Region::Hangzhou).credentials(dbs.credentials());
    builder.transport(transport).build().unwrap()
}

/// Returns a script of two responses.
fn script() -> ScriptedTransport {
    ScriptedTransport::new().respond(200, BODY).respond(200, BODY)
}

async fn read(client: &Client) -> Result<String, Error> {
    let response = client.send(RawRequest::new(READ).safety(Safety::ReadOnly)).await?;
    Ok(response.get("Word").unwrap_or_default())
}

/// Returns the result of a read under one rule, and how many requests the script received.
async fn read_under(rule: impl Fn(&Faults) -> FaultRule) -> (Result<String, Error>, usize) {
    let script = script();
    let transport = Faulty::new(script.clone());
    rule(transport.faults());
    let client = client(transport);
    let result = read(&client).await;
    let sent = script.requests().len();
    if sent < 2 {
        assert_eq!(read(&client).await.unwrap(), "unchanged", "the rule applies once");
    }
    (result, sent)
}

#[tokio::test]
async fn each_rule_injects_its_fault() {
    type AddRule<'a> = &'a dyn Fn(&Faults) -> FaultRule;
    let wait = Duration::from_millis(1);
    let failing: [(AddRule<'_>, (ErrorKind, bool, usize), &str); 8] = [
        (&|faults| faults.refuse_connection(READ), (ErrorKind::Connect, false, 0), "refused"),
        (&|faults| faults.drop_before_processing(READ), (ErrorKind::Interrupted, true, 0), "lost"),
        (&|faults| faults.drop_after_processing(READ), (ErrorKind::Interrupted, true, 1), "lost"),
        (&|faults| faults.http_status(READ, 502), (ErrorKind::Response, true, 0), "HTTP 502"),
        (&|faults| faults.throttle(READ, wait), (ErrorKind::Service, false, 0), "Throttling.User"),
        (
            &|faults| faults.gateway_error(READ, 403, "Forbidden.RAM", "not permitted"),
            (ErrorKind::Service, false, 0),
            "not permitted",
        ),
        (
            &|faults| faults.business_error(READ, "InvalidParameter", "not possible"),
            (ErrorKind::Service, false, 0),
            "not possible",
        ),
        (&|faults| faults.truncate_body(READ), (ErrorKind::Response, true, 1), "HTTP 200"),
    ];
    let (mut got, mut expected) = (Vec::new(), Vec::new());
    for (rule, outcome, message) in failing {
        let (result, sent) = read_under(rule).await;
        let error = result.unwrap_err();
        got.push((error.kind(), error.may_have_executed(), sent));
        expected.push(outcome);
        assert!(error.to_string().contains(message), "{error}");
    }
    assert_eq!(got, expected);
    let other = r#"{"RequestId":"R","Success":true,"Word":"replaced"}"#;
    let passing: [(AddRule<'_>, usize, &str); 3] = [
        (&|faults| faults.deliver_twice(READ), 2, "unchanged"),
        (&|faults| faults.delay(READ, wait), 1, "unchanged"),
        (&|faults| faults.replace_body(READ, other), 1, "replaced"),
    ];
    for (rule, expected, word) in passing {
        let (result, sent) = read_under(rule).await;
        assert_eq!((result.unwrap().as_str(), sent), (word, expected));
    }
}

#[tokio::test]
async fn second_response_of_two_deliveries_arrives() {
    let second = r#"{"RequestId":"R","Success":true,"Word":"second"}"#;
    let lost = TransportError::not_sent("the first is lost");
    for script in
        [ScriptedTransport::new().respond(500, "first"), ScriptedTransport::new().fail(lost)]
    {
        let script = script.respond(200, second);
        let transport = Faulty::new(script.clone());
        transport.faults().deliver_twice("*");
        assert_eq!(read(&client(transport)).await.unwrap(), "second");
        let requests = script.requests();
        assert_eq!(requests[0].uri(), requests[1].uri());
        assert_eq!(requests[0].headers(), requests[1].headers());
        script.assert_finished();
    }
}

#[tokio::test]
async fn injected_errors_look_like_the_gateway() {
    let transport = Faulty::new(ScriptedTransport::new());
    transport.faults().throttle(READ, Duration::from_millis(1500));
    transport.faults().business_error(READ, "C", "m");
    let request = || {
        let request = Request::get(format!("https://api.example/?Action={READ}"));
        request.body(Bytes::new()).unwrap()
    };
    let response = transport.send(request()).await.unwrap();
    assert_eq!(response.status(), 400);
    assert_eq!(response.headers()["x-acs-retry-after"], "1500");
    let body: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
    assert_eq!(
        (&body["Code"], &body["HostId"]),
        (&"Throttling.User".into(), &"api.example".into())
    );
    assert_eq!(response.headers()["x-acs-request-id"], body["RequestId"].as_str().unwrap());
    assert_eq!(body["RequestId"].as_str().unwrap().len(), 36);
    let response = transport.send(request()).await.unwrap();
    assert_eq!(response.status(), 200);
    let body: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
    assert_eq!((&body["Success"], &body["ErrCode"]), (&false.into(), &"C".into()));
}

#[tokio::test]
async fn rules_select_requests_by_operation_and_number() {
    for version in [SignatureVersion::Acs3, SignatureVersion::RpcV1] {
        let script = (0..4).fold(ScriptedTransport::new(), |script, _| script.respond(200, BODY));
        let transport = Faulty::new(script.clone());
        let faults = transport.faults().clone();
        let client = Client::builder()
            .region(Region::Hangzhou)
            .credentials(Credentials::new("id", "secret"))
            .transport(transport)
            .signature_version(version)
            .retry(RetryPolicy::never())
            .build()
            .unwrap();
        faults.refuse_connection("StartBackupPlan").always();
        faults.refuse_connection(READ).nth(2).times(2);
        let mut outcomes = Vec::new();
        for _ in 0..4 {
            outcomes.push(read(&client).await.is_ok());
        }
        assert_eq!(outcomes, [true, false, false, true], "{version:?}");
        let start = client.send(RawRequest::new("StartBackupPlan")).await;
        assert_eq!(start.unwrap_err().kind(), ErrorKind::Connect);
        faults.refuse_connection("*").always();
        assert!(read(&client).await.is_err());
        faults.clear();
        assert!(read(&client).await.is_ok());
        client.send(RawRequest::new("StartBackupPlan")).await.unwrap();
        script.assert_finished();
    }
}

#[tokio::test]
async fn error_of_the_inner_transport_is_kept() {
    let script = ScriptedTransport::new().fail(TransportError::not_sent("no route"));
    let transport = Faulty::new(script.clone());
    transport.faults().drop_after_processing("*");
    let error = read(&client(transport)).await.unwrap_err();
    assert!(!error.may_have_executed() && error.to_string().contains("no route"), "{error}");
    script.assert_finished();
}

#[tokio::test]
async fn request_is_executed_once_and_its_response_lost() {
    let dbs = FakeDbs::with_seed(1);
    let transport = Faulty::new(dbs.clone());
    transport.faults().drop_after_processing("CreateBackupPlan").times(2);
    let plan = client_of(&dbs, transport).send(create()).await.unwrap();
    assert_eq!((plan.attempts(), dbs.requests().len(), dbs.plans().len()), (3, 3, 1));
    assert_eq!(dbs.plans()[0].backup_plan_id, plan.backup_plan_id);
}

#[tokio::test]
async fn request_delivered_twice_buys_one_plan() {
    for rules_of in ["transport", "fake"] {
        let dbs = FakeDbs::with_seed(1);
        let transport = Faulty::new(dbs.clone());
        let faults = if rules_of == "fake" { dbs.faults() } else { transport.faults() };
        faults.deliver_twice("CreateBackupPlan");
        let client = client_of(&dbs, transport);
        let purchase = client.send(create()).retry(RetryPolicy::never());
        let error = purchase.client_token("t-1".parse().unwrap()).await.unwrap_err();
        assert_eq!(error.code(), Some("SignatureNonceUsed"), "{rules_of}");
        assert!(error.may_have_executed(), "{rules_of}");
        assert_eq!((dbs.requests().len(), dbs.plans().len()), (2, 1), "{rules_of}");

        let dbs = FakeDbs::with_seed(1);
        let transport = Faulty::new(Arc::new(dbs.clone()));
        let faults = if rules_of == "fake" { dbs.faults() } else { transport.faults() };
        faults.deliver_twice("CreateBackupPlan");
        let plan = client_of(&dbs, transport).send(create()).await.unwrap();
        assert_eq!((plan.attempts(), dbs.requests().len(), dbs.plans().len()), (2, 3, 1));
        assert_eq!(dbs.plans()[0].backup_plan_id, plan.backup_plan_id);
    }
}

#[tokio::test]
async fn delay_passes_on_the_clock_of_the_fake() {
    let dbs = FakeDbs::with_seed(1);
    let transport = Faulty::new(dbs.clone());
    transport.faults().delay(READ, Duration::from_secs(5));
    let client = client_of(&dbs, transport);
    let (started, since) = (Instant::now(), dbs.clock().elapsed());
    client.send(RawRequest::new(READ).safety(Safety::ReadOnly)).await.unwrap();
    assert!(dbs.clock().elapsed() >= since + Duration::from_secs(5));
    assert!(started.elapsed() < Duration::from_secs(5), "waits by the clock of the fake");
}
