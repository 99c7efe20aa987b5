//! Runs the check on the built-in transports, and compares their errors.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::*;
use crate::rpc::transport::options::{HttpOptions, ProxyChoice};
#[cfg(feature = "_reqwest")]
use crate::rpc::transport::{ReqwestTransport, options::TlsBackend};

type Built = Result<Option<Arc<dyn Transport>>, TransportError>;

fn options(setup: &TransportSetup) -> HttpOptions {
    HttpOptions {
        connect_timeout: setup.connect_timeout,
        max_response_size: setup.max_response_size,
        root_certificates: setup.root_certificate_pem.into_iter().map(Bytes::from).collect(),
        proxy: match &setup.proxy {
            Some(proxy) => ProxyChoice::Url(proxy.as_str().into()),
            None => ProxyChoice::None,
        },
        ..HttpOptions::default()
    }
}

#[cfg(feature = "_reqwest")]
fn reqwest(setup: &TransportSetup, tls: TlsBackend) -> Built {
    let options = HttpOptions { tls: Some(tls), ..options(setup) };
    Ok(Some(Arc::new(ReqwestTransport::with_options(&options, &|_| None)?)))
}

#[cfg(feature = "rustls")]
fn reqwest_with_rustls(setup: &TransportSetup) -> Built {
    reqwest(setup, TlsBackend::Rustls)
}

/// The feature of reqwest that negotiates HTTP/2 with the TLS library of the system is off, and OpenSSL
/// is set to accept the end of TLS without its last message.
#[cfg(feature = "native-tls")]
fn reqwest_with_native_tls(setup: &TransportSetup) -> Built {
    match setup.need {
        TransportNeed::TlsTruncation | TransportNeed::Http2 | TransportNeed::LeavesStalled => {
            Ok(None)
        }
        _ => reqwest(setup, TlsBackend::Native),
    }
}

#[cfg(feature = "hyper")]
fn hyper(setup: &TransportSetup) -> Built {
    let options = options(setup);
    Ok(Some(Arc::new(crate::rpc::transport::HyperTransport::with_options(&options, &|_| None)?)))
}

/// Runs the check, and returns the rules that were skipped.
async fn skipped(build: impl Fn(&TransportSetup) -> Built) -> Vec<String> {
    let begun = Instant::now();
    let check = check_transport(build).await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    assert_eq!(check.rules().len(), RULES.len());
    let skipped = check.rules().iter().filter(|rule| rule.is_skipped());
    skipped.map(|rule| rule.rule().to_owned()).collect()
}

#[cfg(feature = "hyper")]
#[tokio::test]
async fn hyper_keeps_every_rule() {
    assert_eq!(skipped(hyper).await, Vec::<String>::new());
}

#[cfg(feature = "rustls")]
#[tokio::test]
async fn reqwest_with_rustls_keeps_every_rule() {
    assert_eq!(skipped(reqwest_with_rustls).await, Vec::<String>::new());
}

#[cfg(feature = "native-tls")]
#[tokio::test]
async fn reqwest_with_native_tls_keeps_its_rules() {
    let skipped = skipped(reqwest_with_native_tls).await;
    let lacks = ["HTTP/2", "is left", "last message of TLS"];
    assert!(skipped.iter().all(|rule| lacks.iter().any(|lack| rule.contains(lack))), "{skipped:?}");
}

#[cfg(all(feature = "hyper", feature = "rustls"))]
#[tokio::test]
async fn built_in_transports_have_the_same_outcomes() {
    let one = check_transport(reqwest_with_rustls).await.unwrap();
    let other = check_transport(hyper).await.unwrap();
    let mut outcomes = 0;
    for (one, other) in one.rules().iter().zip(other.rules()) {
        outcomes += one.outcomes().len();
        assert_eq!(one.outcomes(), other.outcomes(), "{}", one.rule());
    }
    assert!(outcomes > 50, "only {outcomes} errors were compared");
}
