//! The tests of the real HTTP stack with `HyperTransport`.

#![cfg(feature = "hyper")]

use aliyun_dbs::transport::{HttpLibrary, HyperTransport};

/// The library of the default transport.
const LIBRARY: HttpLibrary = HttpLibrary::Hyper;

fn transport() -> HyperTransport {
    HyperTransport::new().unwrap()
}

/// Returns a transport that uses HTTP/2 without TLS.
fn http2_transport() -> HyperTransport {
    HyperTransport::builder().no_proxy().http2_without_tls().build().unwrap()
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
