//! `HyperTransportBuilder`: the settings of a `HyperTransport`.

use std::time::Duration;

use bytes::Bytes;

use crate::rpc::transport::options::{HttpOptions, ProxyChoice};

/// Builds a [`HyperTransport`](super::HyperTransport).
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use aliyun_dbs::transport::HyperTransport;
///
/// let transport = HyperTransport::builder()
///     .connect_timeout(Duration::from_secs(2))
///     .no_proxy()
///     .build()?;
/// # Ok::<(), aliyun_dbs::transport::TransportError>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct HyperTransportBuilder {
    pub(super) options: HttpOptions,
}

impl HyperTransportBuilder {
    /// Sets the timeout of connecting. Defaults to 5 seconds.
    ///
    /// It includes DNS, TCP, the tunnel of a proxy, and TLS.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.options.connect_timeout = timeout;
        self
    }

    /// Sets how long an idle connection is kept. Defaults to 10 seconds.
    ///
    /// A request on a connection that the service is closing fails, so it should be shorter than the
    /// service's own limit.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.options.idle_timeout = timeout;
        self
    }

    /// Sets the maximum size of a response in bytes. Defaults to 16 MiB.
    pub fn max_response_size(mut self, bytes: usize) -> Self {
        self.options.max_response_size = bytes;
        self
    }

    /// Sets the proxy for all requests, as `http://host:port` or `http://user:password@host:port`.
    ///
    /// Defaults to the proxies of the [environment variables](crate::ClientBuilder::proxy). A proxy
    /// can read requests without TLS.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.options.proxy = ProxyChoice::Url(url.into().into());
        self
    }

    /// Disables the proxy, whatever the environment variables say.
    pub fn no_proxy(mut self) -> Self {
        self.options.proxy = ProxyChoice::None;
        self
    }

    /// Adds trusted root certificates in PEM format to those of the system.
    ///
    /// Each call adds to the earlier ones. On Android, connections with TLS fail then.
    pub fn root_certificate_pem(mut self, pem: impl Into<Bytes>) -> Self {
        self.options.root_certificates.push(pem.into());
        self
    }

    /// Uses HTTP/2 without TLS, for tests.
    #[doc(hidden)]
    pub fn http2_without_tls(mut self) -> Self {
        self.options.keep_alive.without_tls = true;
        self
    }
}
