//! Calls, presigned URLs and responses.

use std::future::IntoFuture;
use std::sync::Arc;
use std::time::Duration;

use aliyun_dbs::credentials::{Credentials, CredentialsError, CredentialsProvider};
use aliyun_dbs::fake::{FakeClock, FakeDbs};
use aliyun_dbs::operations::{
    DescribeBackupPlanList, DescribeRegions, EnableBackupLog, StartBackupPlan, StopBackupPlan,
};
use aliyun_dbs::transport::{ScriptedTransport, TransportError};
use aliyun_dbs::types::{BackupPlanId, StopMethod};
use aliyun_dbs::{
    ApiRequest, Client, ClientBuilder, RawRequest, Region, RetryBudget, RetryPolicy, Safety,
};
use async_trait::async_trait;
use bytes::Bytes;

use super::Catalog;
use crate::support::{configure, create};

fn builder() -> ClientBuilder {
    Client::builder()
        .environment(|_| None)
        .region(Region::Hangzhou)
        .credentials(Credentials::new("id", "secret"))
        .clock(Arc::new(FakeClock::seeded(1)))
        .retry(RetryPolicy::never())
}

fn client(transport: ScriptedTransport) -> Client {
    builder().transport(transport).build().unwrap()
}

async fn fails<R: ApiRequest + 'static>(
    catalog: &mut Catalog,
    cause: &str,
    client: &Client,
    request: R,
) {
    let call = client.send(request).client_token("order-4711".parse().unwrap());
    match call.await {
        Err(error) => catalog.add(cause, error),
        Ok(_) => panic!("{cause} succeeds"),
    }
}

async fn raw(catalog: &mut Catalog, cause: &str, request: RawRequest) {
    match client(ScriptedTransport::new()).send(request).await {
        Err(error) => catalog.add(cause, error),
        Ok(_) => panic!("{cause} succeeds"),
    }
}

fn plan() -> BackupPlanId {
    "dbs1".parse().unwrap()
}

async fn refusals(catalog: &mut Catalog) {
    catalog.section("Calls: rejected", "The service or the gateway rejects a call.");
    let coded = |code: &str| {
        format!(r#"{{"Code":"{code}","Message":"The request was rejected.","RequestId":"R-1"}}"#)
    };
    for (status, code) in [
        (403, "Request.Forbidden"),
        (403, "NoPermission"),
        (404, "InvalidAccessKeyId.NotFound"),
        (400, "InvalidAccessKeyId.Inactive"),
        (400, "IncompleteSignature"),
        (400, "SignatureDoesNotMatch"),
        (400, "SignatureNonceUsed"),
        (400, "InvalidTimeStamp.Expired"),
        (400, "InvalidSecurityToken.Expired"),
        (400, "InvalidSecurityToken.Malformed"),
        (404, "InvalidAction.NotFound"),
        (404, "InvalidVersion"),
        (400, "InvalidProtocol.NeedSsl"),
        (400, "IdempotentParameterMismatch"),
        (400, "Throttling.User"),
        (400, "MissingParameter"),
        (500, "InternalError"),
        (503, "ServiceUnavailable"),
        (400, "SomethingElse"),
    ] {
        let answer = ScriptedTransport::new().respond(status, coded(code));
        fails(catalog, &format!("HTTP {status} with `{code}`"), &client(answer), create()).await;
    }
    let refused = |code: &str, message: &str| {
        let body = format!(
            r#"{{"Success":false,"ErrCode":"{code}","ErrMessage":"{message}","RequestId":"R-1"}}"#
        );
        client(ScriptedTransport::new().respond(200, body))
    };
    for code in
        ["BackupPlanNotCreate", "Param.NotFound", "InvalidParameterValid", "InvalidParameter"]
    {
        let cause = format!("`Success` false with `{code}`");
        fails(catalog, &cause, &refused(code, "The plan is not ready."), create()).await;
    }
    let (cause, client) =
        ("`BackupPlanNotConfigure`", refused("BackupPlanNotConfigure", "not now"));
    fails(catalog, cause, &client, configure(&plan(), "x")).await;
    fails(catalog, "no code and no message", &refused("", ""), create()).await;
    let stop =
        StopBackupPlan::builder().backup_plan_id(plan()).stop_method(StopMethod::All).build();
    let start = StartBackupPlan::builder().backup_plan_id(plan()).build();
    let log = EnableBackupLog::builder().backup_plan_id(plan()).build();
    for code in ["InvalidParameter", "OperationDenied.JobStatus"] {
        let cause = format!("`{code}` to StopBackupPlan");
        fails(catalog, &cause, &refused(code, "wrong state"), stop.clone()).await;
        let cause = format!("`{code}` to StartBackupPlan");
        fails(catalog, &cause, &refused(code, "wrong state"), start.clone()).await;
    }
    fails(
        catalog,
        "`InvalidParameter` to EnableBackupLog",
        &refused("InvalidParameter", "wrong state"),
        log,
    )
    .await;
    let mut throttled = http::Response::new(Bytes::from(coded("Throttling.User")));
    *throttled.status_mut() = http::StatusCode::TOO_MANY_REQUESTS;
    throttled.headers_mut().insert("retry-after", http::HeaderValue::from_static("90"));
    let answer = ScriptedTransport::new().respond_with(throttled);
    fails(catalog, "throttled, with `Retry-After`", &self::client(answer), create()).await;
    let body = coded("SignatureDoesNotMatch")
        .replace("was rejected.", "was rejected. server string to sign is:GET");
    let answer = ScriptedTransport::new().respond(400, body);
    fails(catalog, "the server signed another string", &self::client(answer), create()).await;
}

async fn limits(catalog: &mut Catalog) {
    catalog.section("Calls: limits of the client", "The client stops a call by its own limits.");
    let failing = || TransportError::interrupted("connection reset");
    let retrying = || builder().retry(RetryPolicy::standard());
    let none = retrying()
        .retry_budget(Arc::new(RetryBudget::new(0)))
        .transport(ScriptedTransport::new().fail(failing()))
        .build()
        .unwrap();
    fails(catalog, "no retry budget", &none, create()).await;
    let body = r#"{"Code":"Throttling.User","Message":"Slow down.","RequestId":"R-1"}"#;
    let mut throttled = http::Response::new(Bytes::from(body));
    *throttled.status_mut() = http::StatusCode::TOO_MANY_REQUESTS;
    throttled.headers_mut().insert("retry-after", http::HeaderValue::from_static("90"));
    let patient =
        retrying().transport(ScriptedTransport::new().respond_with(throttled)).build().unwrap();
    fails(catalog, "a delay beyond the timeout", &patient, create()).await;

    let dbs = FakeDbs::with_seed(1);
    let service = || {
        Client::builder()
            .region(Region::Hangzhou)
            .credentials(dbs.credentials())
            .transport(dbs.clone())
    };
    let limited = service().rate_limiting(true).timeout(Duration::from_secs(5)).build().unwrap();
    let start = || StartBackupPlan::builder().backup_plan_id(plan()).build();
    let mut last = String::new();
    for _ in 0..20 {
        last = limited.send(start()).await.unwrap_err().to_string();
        if !last.contains("does not exist") {
            break;
        }
    }
    catalog.add("the published rate limit", last);

    dbs.faults().delay("CreateBackupPlan", Duration::from_secs(60)).always();
    let narrow = service().max_concurrent_calls(1).build().unwrap();
    let occupying = narrow.send(create()).into_future();
    let waiting = narrow.send(create()).timeout(Duration::from_secs(5)).into_future();
    let (_, error) = tokio::join!(occupying, waiting);
    catalog.add("no free slot", error.unwrap_err());
}

async fn responses(catalog: &mut Catalog) {
    catalog.section("Calls: unreadable responses", "The client cannot read the response.");
    for (cause, status, body) in [
        ("a web page", 200, "<html>login</html>"),
        ("a web page with HTTP 502", 502, "<html>bad gateway</html>"),
        ("an empty body", 200, ""),
        ("a truncated body", 200, r#"{"RequestId":"R-1","#),
        ("not JSON", 200, "hello"),
        ("a missing required field", 200, r#"{"RequestId":"R-1","Success":true}"#),
        (
            "an unclear `Success`",
            200,
            r#"{"RequestId":"R-1","Success":"maybe","BackupPlanId":"dbs1"}"#,
        ),
        ("a list in place of an object", 200, "[]"),
    ] {
        let answer = ScriptedTransport::new().respond(status, body);
        fails(catalog, cause, &client(answer), create()).await;
    }
    let bytes = ScriptedTransport::new().respond(200, vec![0xff, 0xfe]);
    fails(catalog, "not UTF-8", &client(bytes), create()).await;
    let mut redirect = http::Response::new(Bytes::new());
    *redirect.status_mut() = http::StatusCode::FOUND;
    redirect
        .headers_mut()
        .insert("location", http::HeaderValue::from_static("https://login.example/"));
    let answer = ScriptedTransport::new().respond_with(redirect);
    fails(catalog, "a redirect", &client(answer), create()).await;
    let answer = ScriptedTransport::new().respond(200, "[1]");
    fails(
        catalog,
        "a raw request, a list in place of an object",
        &client(answer),
        RawRequest::new("X"),
    )
    .await;
    let answer = ScriptedTransport::new()
        .respond(200, r#"{"RequestId":"R-1","Items":[{"BackupPlanId":[1]}]}"#);
    let list = DescribeBackupPlanList::builder().build();
    fails(catalog, "a read, a list in place of an identifier", &client(answer), list).await;
}

type Reason = fn() -> TransportError;

async fn transports(catalog: &mut Catalog) {
    catalog.section("Calls: no response", "The transport fails, or the call times out.");
    let reasons: [(&str, Reason); 6] = [
        ("no connection", || TransportError::not_sent("connection refused")),
        ("no connection, permanently", || {
            TransportError::not_sent("invalid certificate").permanent()
        }),
        ("a broken connection", || TransportError::interrupted("connection reset")),
        ("a timeout", || TransportError::timeout("no response within 10s")),
        ("an invalid response", || TransportError::invalid_response("invalid header")),
        ("an invalid response, permanently", || {
            TransportError::invalid_response("too large").permanent()
        }),
    ];
    for (cause, error) in reasons {
        let transport = ScriptedTransport::new().fail(error());
        fails(catalog, cause, &client(transport), create()).await;
    }
    let transport = ScriptedTransport::new().fail(TransportError::interrupted("connection reset"));
    fails(
        catalog,
        "a broken connection, of a read",
        &client(transport),
        DescribeRegions::builder().build(),
    )
    .await;
    let transport = ScriptedTransport::new().fail(TransportError::interrupted("connection reset"));
    let once = RawRequest::new("Change").safety(Safety::Mutating);
    let error = client(transport).send(once).await.unwrap_err();
    catalog.add("a broken connection, of a write without client token", error);

    let dbs = FakeDbs::with_seed(1);
    dbs.faults().delay("CreateBackupPlan", Duration::from_secs(3600)).always();
    let slow = Client::builder()
        .region(Region::Hangzhou)
        .credentials(dbs.credentials())
        .transport(dbs.clone())
        .build()
        .unwrap();
    fails(catalog, "every attempt times out", &slow, create()).await;
    let call = slow.send(create()).timeout(Duration::from_secs(5));
    let error = call.client_token("order-4711".parse().unwrap()).await.unwrap_err();
    catalog.add("the call times out", error);
}

#[derive(Debug)]
struct Never;

#[async_trait]
impl CredentialsProvider for Never {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        std::future::pending().await
    }
}

#[derive(Debug)]
struct Broken(bool);

#[async_trait]
impl CredentialsProvider for Broken {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        Err(if self.0 {
            CredentialsError::transient("the vault is sealed")
        } else {
            CredentialsError::new("the vault has no such secret")
        })
    }
}

async fn credentials(catalog: &mut Catalog) {
    catalog.section("Calls: credentials", "A call gets no usable credentials.");
    let with = |provider: Arc<dyn CredentialsProvider>| {
        builder().credentials(provider).transport(ScriptedTransport::new()).build().unwrap()
    };
    for (cause, provider) in [
        ("a provider that fails", Arc::new(Broken(false)) as Arc<dyn CredentialsProvider>),
        ("a provider that is temporarily unavailable", Arc::new(Broken(true))),
        ("a provider that takes too long", Arc::new(Never)),
        ("an empty id", Arc::new(Credentials::new("", "secret"))),
        ("an empty secret", Arc::new(Credentials::new("id", ""))),
        ("an empty token", Arc::new(Credentials::new("id", "secret").with_security_token(""))),
        ("a line break in the id", Arc::new(Credentials::new("i\nd", "secret"))),
        ("a line break in the secret", Arc::new(Credentials::new("id", "sec\nret"))),
        (
            "a line break in the token",
            Arc::new(Credentials::new("id", "secret").with_security_token("a\nb")),
        ),
    ] {
        fails(catalog, cause, &with(provider), create()).await;
    }
}

async fn requests(catalog: &mut Catalog) {
    catalog.section("Calls: invalid requests", "The client rejects a request before it is sent.");
    let new = |name: &'static str| RawRequest::new(name);
    raw(catalog, "no name", new(" ")).await;
    raw(catalog, "no version", new("X").version("")).await;
    raw(catalog, "a line break in the name", new("A\nB")).await;
    raw(catalog, "a line break in the version", new("X").version("a\nb")).await;
    raw(catalog, "a parameter of the signature", new("X").parameter("Signature", "s")).await;
    raw(catalog, "a secret client token", new("X").secret_parameter("ClientToken", "t")).await;
    let client = client(ScriptedTransport::new());
    let error = client.send(create()).attempt_timeout(Duration::ZERO).await.unwrap_err();
    catalog.add("`attempt_timeout(Duration::ZERO)`", error);

    catalog.section("Presigned URLs", "`Client::presign`.");
    let read = || RawRequest::new("GetX").safety(Safety::ReadOnly);
    for (cause, request) in [
        ("a write", RawRequest::new("X").safety(Safety::Mutating)),
        ("a secret", read().secret_parameter("Password", "hunter2")),
        ("a parameter of the signature", read().parameter("Signature", "s")),
        ("a long URL", read().parameter("Long", "x".repeat(9000))),
    ] {
        let error = client.presign(request).await.unwrap_err();
        catalog.add(cause, error);
    }
    let error = client.presign(read()).expires_in(Duration::from_secs(3600)).await.unwrap_err();
    catalog.add("an hour", error);
    let temporary = Credentials::new("id", "secret").with_security_token("token");
    let client =
        builder().credentials(temporary).transport(ScriptedTransport::new()).build().unwrap();
    catalog.add("a temporary key", client.presign(read()).await.unwrap_err());
    let slow = builder().credentials(Never).transport(ScriptedTransport::new()).build().unwrap();
    catalog.add("a provider that takes too long", slow.presign(read()).await.unwrap_err());
}

pub(super) async fn print(catalog: &mut Catalog) {
    refusals(catalog).await;
    responses(catalog).await;
    transports(catalog).await;
    limits(catalog).await;
    credentials(catalog).await;
    requests(catalog).await;
}
