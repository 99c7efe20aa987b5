//! Tests that transient failures of a source are distinguished from permanent ones.

use std::future::IntoFuture;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use aliyun_dbs::credentials::{
    Credentials, CredentialsError, CredentialsProvider, DefaultChain, EcsRamRoleProvider, Io,
    RamRoleProvider, RoleSession, UriProvider,
};
use aliyun_dbs::fake::FakeClock;
use aliyun_dbs::operations::DescribeRegions;
use aliyun_dbs::transport::{ScriptedTransport, TransportError};
use aliyun_dbs::{Client, Clock, Region};
use time::format_description::well_known::Rfc3339;

use super::environment::{io, keys};

fn unreachable_host() -> TransportError {
    TransportError::not_sent("no route to host")
}

fn scripted(script: &ScriptedTransport) -> Io {
    io(&[], &[]).with_transport(script.clone())
}

async fn error_of(provider: impl CredentialsProvider) -> CredentialsError {
    provider.credentials().await.unwrap_err()
}

#[tokio::test]
async fn distinguishes_transient_from_permanent_failures() {
    let new = ScriptedTransport::new;
    for (script, transient) in [
        (new().fail(unreachable_host()), true),
        (new().fail(TransportError::interrupted("the connection broke")), true),
        (new().fail(TransportError::not_sent("a wrong certificate").permanent()), false),
        (new().respond(503, "{}"), true),
        (new().respond(429, "{}"), true),
        (new().respond(403, "{}"), false),
        (new().respond(200, "{}"), false),
    ] {
        let error = error_of(UriProvider::new("http://keys.example/", scripted(&script))).await;
        assert_eq!(error.is_transient(), transient, "{error}");
    }
    let throttled = new().respond(400, r#"{"RequestId":"R","Code":"Throttling.User"}"#);
    let by = Credentials::new("id", "secret");
    let role = RoleSession::new("acs:ram::1:role/r");
    let inner = RamRoleProvider::new(by, role.clone(), scripted(&throttled));
    let outer = RamRoleProvider::new(inner, role, scripted(&new()));
    let error = error_of(outer).await;
    assert!(error.is_transient() && error.to_string().contains("Throttling.User"), "{error}");
}

#[tokio::test]
async fn metadata_service_found_once_fails_as_transient() {
    let role = |name: Option<&str>, script: &ScriptedTransport| {
        EcsRamRoleProvider::new(name.map(str::to_owned), scripted(script))
    };
    let named = error_of(role(
        Some("r"),
        &ScriptedTransport::new().fail(unreachable_host()).fail(unreachable_host()),
    ))
    .await;
    assert!(named.is_transient() && !named.is_not_configured(), "{named}");
    let unnamed = error_of(role(
        None,
        &ScriptedTransport::new().fail(unreachable_host()).fail(unreachable_host()),
    ))
    .await;
    assert!(unnamed.is_transient() && unnamed.is_not_configured(), "{unnamed}");

    let clock = Arc::new(FakeClock::seeded(1));
    let soon = (clock.now() + time::Duration::MINUTE).format(&Rfc3339).unwrap();
    let script = ScriptedTransport::new()
        .respond(200, "meta-token")
        .respond(200, "role")
        .respond(200, "meta-token")
        .respond(200, keys("Success", &soon))
        .fail(unreachable_host())
        .fail(unreachable_host());
    let chain = DefaultChain::builder()
        .io(scripted(&script).with_clock(clock.clone()))
        .without_cli_profile()
        .without_ini_file()
        .build();
    assert_eq!(chain.credentials().await.unwrap().access_key_id(), "STS.meta");
    clock.advance(Duration::from_secs(120));
    let error = chain.credentials().await.unwrap_err();
    assert!(error.is_transient() && error.to_string().contains("selected earlier"), "{error}");
    script.assert_finished();
}

#[test]
fn provider_outside_a_runtime_fails_without_panic() {
    let by = Credentials::new("id", "secret");
    let role = RamRoleProvider::new(by, RoleSession::new("acs:ram::1:role/r"), io(&[], &[]));
    let client = Client::builder().region(Region::Hangzhou).credentials(role).build().unwrap();
    let call = pin!(client.send(DescribeRegions::builder().build()).into_future());
    let Poll::Ready(outcome) = call.poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("the call waits instead of failing");
    };
    let error = outcome.unwrap_err();
    assert!(
        !error.is_retryable() && error.to_string().contains("could not be established"),
        "{error}"
    );
}
