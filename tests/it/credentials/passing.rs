//! Failures that pass are told from those that last, whatever stands between.

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

use super::world::{io, keys};

fn away() -> TransportError {
    TransportError::not_sent("no route to host")
}

fn scripted(script: &ScriptedTransport) -> Io {
    io(&[], &[]).with_transport(script.clone())
}

async fn error_of(provider: impl CredentialsProvider) -> CredentialsError {
    provider.credentials().await.unwrap_err()
}

#[tokio::test]
async fn a_source_that_is_away_is_told_from_one_that_is_wrong() {
    let new = ScriptedTransport::new;
    for (script, transient) in [
        (new().fail(away()), true),
        (new().fail(TransportError::ambiguous("the connection broke")), true),
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
async fn the_metadata_service_is_absent_until_it_was_found() {
    let role = |name: Option<&str>, script: &ScriptedTransport| {
        EcsRamRoleProvider::new(name.map(str::to_owned), scripted(script))
    };
    let named =
        error_of(role(Some("r"), &ScriptedTransport::new().fail(away()).fail(away()))).await;
    assert!(named.is_transient() && !named.is_not_configured(), "{named}");
    let unnamed = error_of(role(None, &ScriptedTransport::new().fail(away()).fail(away()))).await;
    assert!(unnamed.is_transient() && unnamed.is_not_configured(), "{unnamed}");

    let clock = Arc::new(FakeClock::seeded(1));
    let soon = (clock.now() + time::Duration::MINUTE).format(&Rfc3339).unwrap();
    let script = ScriptedTransport::new()
        .respond(200, "meta-token")
        .respond(200, "role")
        .respond(200, "meta-token")
        .respond(200, keys("Success", &soon))
        .fail(away())
        .fail(away());
    let chain = DefaultChain::builder()
        .io(scripted(&script).with_clock(clock.clone()))
        .without_cli_profile()
        .without_ini_file()
        .build();
    assert_eq!(chain.credentials().await.unwrap().access_key_id(), "STS.meta");
    clock.advance(Duration::from_secs(120));
    let error = chain.credentials().await.unwrap_err();
    assert!(error.is_transient() && error.to_string().contains("found earlier"), "{error}");
    script.assert_finished();
}

#[test]
fn outside_a_runtime_a_source_gives_an_error_and_no_panic() {
    let by = Credentials::new("id", "secret");
    let role = RamRoleProvider::new(by, RoleSession::new("acs:ram::1:role/r"), io(&[], &[]));
    let client = Client::builder().region(Region::Hangzhou).credentials(role).build().unwrap();
    let call = pin!(client.send(DescribeRegions::builder().build()).into_future());
    let Poll::Ready(outcome) = call.poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("it waits for something");
    };
    let error = outcome.unwrap_err();
    assert!(!error.is_retryable() && error.to_string().contains("cannot be reached"), "{error}");
}
