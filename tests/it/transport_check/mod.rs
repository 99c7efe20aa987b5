//! Runs `check_transport` on transports of users, and on ones with a planted fault.

#![cfg(all(feature = "transport-check", feature = "hyper", feature = "rustls"))]

mod planted;
mod tiny;

use std::time::{Duration, Instant};

use aliyun_dbs::transport::{
    HyperTransport, HyperTransportBuilder, ReqwestTransport, Transport, TransportCheck,
    TransportError, TransportNeed, TransportSetup, check_transport,
};

use self::tiny::Tiny;

/// Returns the builder of a transport for a setup.
fn hyper(setup: &TransportSetup) -> HyperTransportBuilder {
    let mut builder = HyperTransport::builder()
        .connect_timeout(setup.connect_timeout)
        .max_response_size(setup.max_response_size);
    if let Some(root) = setup.root_certificate_pem {
        builder = builder.root_certificate_pem(root);
    }
    match &setup.proxy {
        Some(proxy) => builder.proxy(proxy),
        None => builder.no_proxy(),
    }
}

fn is_http(setup: &TransportSetup) -> bool {
    setup.need == TransportNeed::Http
}

async fn keeps_all<T: Transport + 'static>(
    build: impl Fn(&TransportSetup) -> Result<Option<T>, TransportError>,
) -> TransportCheck {
    let begun = Instant::now();
    let check = check_transport(build).await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    check
}

#[tokio::test]
async fn hyper_transport_keeps_every_rule() {
    let check = keeps_all(|setup| hyper(setup).build().map(Some)).await;
    let skipped: Vec<_> = check.rules().iter().filter(|rule| rule.is_skipped()).collect();
    assert!(skipped.is_empty(), "{skipped:?}");
    // Each rule has a transport that breaks it.
    let mut rules: Vec<_> = check.rules().iter().map(|rule| rule.rule().to_owned()).collect();
    rules.sort();
    assert_eq!(planted::rules(), rules);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hyper_transport_keeps_rules_on_two_threads() {
    keeps_all(|setup| hyper(setup).build().map(Some)).await;
}

/// A transport on sockets, which shares no code with the built-in ones.
#[tokio::test]
async fn transport_on_sockets_keeps_its_rules() {
    let check = keeps_all(|setup| Ok(is_http(setup).then(Tiny::default))).await;
    for rule in check.rules() {
        assert!(rule.is_skipped() || !rule.rule().contains("TLS"), "{rule:?}");
    }
    assert!(check.rules().iter().any(|rule| !rule.outcomes().is_empty()));
}

/// Returns the client of a user for a setup.
fn reqwest_client(setup: &TransportSetup) -> reqwest::ClientBuilder {
    let mut builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .tls_backend_rustls()
        .connect_timeout(setup.connect_timeout)
        .no_proxy();
    if let Some(root) = setup.root_certificate_pem {
        let root = reqwest::Certificate::from_pem(root.as_bytes()).unwrap();
        builder = builder.tls_certs_merge([root]);
    }
    if let Some(proxy) = &setup.proxy {
        builder = builder.proxy(reqwest::Proxy::all(proxy).unwrap());
    }
    builder
}

#[tokio::test]
async fn reqwest_client_of_a_user_keeps_its_rules() {
    let check = keeps_all(|setup| match setup.need {
        // The transport knows no proxy of the client, and cannot replace its connections.
        TransportNeed::Proxy | TransportNeed::LeavesStalled => Ok(None),
        _ => Ok(Some(from_client(setup))),
    })
    .await;
    for rule in check.rules() {
        let is_lacking = ["proxy", "is left"].iter().any(|lack| rule.rule().contains(lack));
        assert_eq!(rule.is_skipped(), is_lacking, "{rule:?}");
    }
}

fn from_client(setup: &TransportSetup) -> ReqwestTransport {
    let client = reqwest_client(setup).build().unwrap();
    ReqwestTransport::from_client(client).max_response_size(setup.max_response_size)
}

#[tokio::test]
async fn proxy_of_a_reqwest_client_is_known_for_tunnels() {
    let violation = check_transport(|setup| {
        Ok((setup.need == TransportNeed::Proxy).then(|| from_client(setup)))
    })
    .await
    .unwrap_err();
    // Without TLS, the status 407 could also come from the service.
    let line = violation.to_string();
    assert!(line.contains("rejects its user"), "{line}");
    assert!(line.contains("HTTP: expected an error, got HTTP 407"), "{line}");
}

#[tokio::test]
async fn error_of_build_is_returned() {
    let build = |_: &TransportSetup| Err::<Option<Tiny>, _>(TransportError::not_sent("no library"));
    let violation = check_transport(build).await.unwrap_err();
    let line = violation.to_string();
    assert!(line.ends_with("expected a transport, got not_sent: no library"), "{line}");
    assert_eq!(format!("{violation:?}"), line);
}
