//! `TransportSetup`: what a transport under test must be able to do.

use std::time::Duration;

/// What the transport under test must be able to do.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TransportSetup {
    /// The ability that the rules of this transport need.
    pub need: TransportNeed,
    /// A root certificate to trust, beside those of the system.
    ///
    /// `None` for [`Http`](TransportNeed::Http), [`ConnectTimeout`](TransportNeed::ConnectTimeout) and
    /// [`SizeLimit`](TransportNeed::SizeLimit).
    pub root_certificate_pem: Option<&'static str>,
    /// The proxy for all requests, as `http://user:password@host:port`.
    ///
    /// `None`, except for [`Proxy`](TransportNeed::Proxy): the transport must use no proxy.
    pub proxy: Option<String>,
    /// The timeout of DNS, TCP and TLS: 500 ms for [`ConnectTimeout`](TransportNeed::ConnectTimeout),
    /// and otherwise 2 seconds.
    pub connect_timeout: Duration,
    /// The maximum size of a response in bytes: 1 MiB.
    pub max_response_size: usize,
}

/// An ability that a transport may lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportNeed {
    /// HTTP/1.1 without TLS.
    Http,
    /// A connect timeout.
    ConnectTimeout,
    /// A maximum size of responses.
    SizeLimit,
    /// HTTP/1.1 with TLS, and a root certificate of its own.
    Tls,
    /// An error if TLS ends without its last message, `close_notify`.
    ///
    /// rustls reports it. OpenSSL does not, as the feature `native-tls` sets it up, so a body without a
    /// length that was cut is complete.
    TlsTruncation,
    /// A proxy with a user and a password, for HTTP and HTTPS.
    Proxy,
    /// HTTP/2, which TLS selects by ALPN.
    Http2,
    /// A new HTTP/2 connection after a cancelled request on one that stalled.
    LeavesStalled,
}

impl TransportSetup {
    pub(super) fn new(need: TransportNeed, root: &'static str, proxy: Option<String>) -> Self {
        let uses_tls = match need {
            TransportNeed::Http | TransportNeed::ConnectTimeout | TransportNeed::SizeLimit => false,
            TransportNeed::Tls
            | TransportNeed::TlsTruncation
            | TransportNeed::Proxy
            | TransportNeed::Http2
            | TransportNeed::LeavesStalled => true,
        };
        Self {
            need,
            root_certificate_pem: uses_tls.then_some(root),
            proxy,
            connect_timeout: match need {
                TransportNeed::ConnectTimeout => Duration::from_millis(500),
                // Enough for a handshake on a busy machine.
                _ => Duration::from_secs(2),
            },
            max_response_size: 1 << 20,
        }
    }
}
