//! The settings of the built-in HTTP transport.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;

use super::proxy_url::ProxyUrl;
use crate::rpc::value::Secret;

/// The settings of the built-in transport.
#[derive(Clone)]
pub(crate) struct HttpOptions {
    pub(crate) connect_timeout: Duration,
    pub(crate) proxy: ProxyChoice,
    /// PEM strings with one or more certificates each.
    pub(crate) root_certificates: Vec<Bytes>,
    pub(crate) keep_alive: KeepAlive,
    /// Whether each write uses a new connection.
    pub(crate) fresh_for_writes: bool,
    /// How long an idle connection is kept.
    #[cfg_attr(not(feature = "_http"), expect(dead_code, reason = "as `keep_alive`"))]
    pub(crate) idle_timeout: Duration,
    /// The maximum size of a response, in bytes.
    #[cfg_attr(not(feature = "_http"), expect(dead_code, reason = "as `keep_alive`"))]
    pub(crate) max_response_size: usize,
    /// The library of the transport, or `None` for the default.
    #[cfg(feature = "_http")]
    pub(crate) library: Option<HttpLibrary>,
    #[cfg(test)]
    pub(crate) tls: Option<TlsBackend>,
}

/// An HTTP library of a built-in transport, for tests that compare them.
#[cfg(feature = "_http")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpLibrary {
    /// `ReqwestTransport`.
    #[cfg(feature = "_reqwest")]
    Reqwest,
    /// `HyperTransport`.
    #[cfg(feature = "hyper")]
    Hyper,
}

/// A TLS library of reqwest, for tests that compare them.
#[cfg(test)]
#[derive(Clone, Copy, Debug)]
pub(crate) enum TlsBackend {
    #[cfg(feature = "rustls")]
    Rustls,
    #[cfg(feature = "native-tls")]
    Native,
}

/// The pings that detect a dead HTTP/2 connection.
///
/// With the defaults, a connection that delivers nothing is closed after 9 seconds, before an attempt
/// times out.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(
    not(feature = "_http"),
    expect(dead_code, reason = "only the built-in transport reads them")
)]
pub(crate) struct KeepAlive {
    /// How long a connection may be silent before a ping.
    pub(crate) interval: Duration,
    /// How long the response to a ping may take.
    pub(crate) timeout: Duration,
    /// Uses HTTP/2 without TLS, for tests.
    pub(crate) without_tls: bool,
}

impl Default for KeepAlive {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(5),
            timeout: Duration::from_secs(4),
            without_tls: false,
        }
    }
}

/// The proxy that requests go through.
#[derive(Clone, Default)]
pub(crate) enum ProxyChoice {
    /// The proxy of the environment variables.
    #[default]
    Environment,
    None,
    /// The proxy at a URL, which may contain a password.
    Url(Secret),
}

impl HttpOptions {
    /// The default connect timeout: 5 seconds.
    pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

    /// The default time that an idle connection is kept: 10 seconds.
    pub(crate) const IDLE_TIMEOUT: Duration = Duration::from_secs(10);

    /// The default maximum size of a response: 16 MiB.
    pub(crate) const MAX_RESPONSE_SIZE: usize = 16 << 20;

    /// Returns the builder method of the first setting that only the built-in transport supports.
    pub(crate) fn first_custom_setting(&self) -> Option<&'static str> {
        match self.proxy {
            ProxyChoice::Url(_) => return Some("proxy"),
            ProxyChoice::None => return Some("no_proxy"),
            ProxyChoice::Environment => {}
        }
        if self.fresh_for_writes {
            return Some("fresh_connections_for_writes");
        }
        (!self.root_certificates.is_empty()).then_some("root_certificate_pem")
    }
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Self::CONNECT_TIMEOUT,
            proxy: ProxyChoice::default(),
            root_certificates: Vec::new(),
            keep_alive: KeepAlive::default(),
            fresh_for_writes: false,
            idle_timeout: Self::IDLE_TIMEOUT,
            max_response_size: Self::MAX_RESPONSE_SIZE,
            #[cfg(feature = "_http")]
            library: None,
            #[cfg(test)]
            tls: None,
        }
    }
}

impl fmt::Debug for HttpOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpOptions")
            .field("connect_timeout", &self.connect_timeout)
            .field("proxy", &self.proxy)
            .field("root_certificates", &self.root_certificates.len())
            .field("keep_alive", &self.keep_alive)
            .field("fresh_for_writes", &self.fresh_for_writes)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ProxyChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment => f.write_str("Environment"),
            Self::None => f.write_str("None"),
            Self::Url(url) => f.write_str(&redact_proxy(url.expose())),
        }
    }
}

/// Returns the URL of a proxy without its user and password.
fn redact_proxy(text: &str) -> String {
    ProxyUrl::parse(text).map_or_else(|_| "(invalid)".to_owned(), |proxy| proxy.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_and_errors_hide_the_proxy_password() {
        for text in ["http://me:hunter2@proxy:3128", "http://me:hunter2@", "me:hunter2@proxy:3128"]
        {
            let options =
                HttpOptions { proxy: ProxyChoice::Url(text.into()), ..HttpOptions::default() };
            assert!(!format!("{options:?}").contains("hunter2"));
            let error = ProxyUrl::parse(text).err();
            assert!(!error.is_some_and(|error| error.contains("hunter2")), "{text}");
        }
        let valid = ProxyChoice::Url("http://me:hunter2@proxy:3128".into());
        assert_eq!(format!("{valid:?}"), "http://proxy:3128");
    }
}
