//! The tests of the real HTTP stack with `ReqwestTransport`.

#![cfg(feature = "_reqwest")]

use aliyun_dbs::transport::{HttpLibrary, ReqwestTransport};

/// The library of the default transport.
const LIBRARY: HttpLibrary = HttpLibrary::Reqwest;

fn transport() -> ReqwestTransport {
    ReqwestTransport::new().unwrap()
}

/// Returns a transport that uses HTTP/2 without TLS.
fn http2_transport() -> ReqwestTransport {
    let http = reqwest::Client::builder()
        .http2_prior_knowledge()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .build()
        .unwrap();
    ReqwestTransport::from_client(http)
}

#[path = "http2.rs"]
mod http2;
#[path = "loopback.rs"]
mod loopback;
#[path = "proxy.rs"]
mod proxy;
#[path = "proxy_responses.rs"]
mod proxy_responses;
#[path = "redaction.rs"]
mod redaction;
#[path = "stray_responses.rs"]
mod stray_responses;
