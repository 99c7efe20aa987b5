//! `Connector`: connects to a service, directly or through a proxy, with or without TLS.

use std::fmt;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use http::uri::Scheme;
use hyper::rt::{Read, Write};
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::legacy::connect::{Connection, HttpConnector};
use rustls::ClientConfig;
use tower_service::Service;

use super::stream::{FirstHop, Stream};
use super::tls::{BoxError, LazyTls};
use crate::rpc::transport::TransportError;
use crate::rpc::transport::http::connect_error::SettingError;
use crate::rpc::transport::http::exchange::permanent;
use crate::rpc::transport::http::proxies::Proxies;
use crate::rpc::transport::options::HttpOptions;
use crate::rpc::transport::proxy_url::ProxyUrl;

/// Connects to services. A clone shares the settings.
#[derive(Clone)]
pub(super) struct Connector(Arc<ConnectorSettings>);

struct ConnectorSettings {
    http: HttpConnector,
    proxies: Proxies,
    tls: LazyTls,
    timeout: Duration,
}

impl Connector {
    pub(super) fn new(options: &HttpOptions, proxies: Proxies) -> Result<Self, TransportError> {
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_connect_timeout(Some(options.connect_timeout));
        http.set_nodelay(true);
        http.set_keepalive(Some(Duration::from_secs(15)));
        http.set_keepalive_interval(Some(Duration::from_secs(15)));
        http.set_keepalive_retries(Some(3));
        #[cfg(target_os = "linux")]
        http.set_tcp_user_timeout(Some(Duration::from_secs(30)));
        let tls = LazyTls::new(&options.root_certificates)?;
        let timeout = options.connect_timeout;
        Ok(Self(Arc::new(ConnectorSettings { http, proxies, tls, timeout })))
    }

    /// Returns the proxy for a request.
    pub(super) fn proxy(&self, uri: &Uri) -> Result<Option<&ProxyUrl>, TransportError> {
        self.0.proxies.for_uri(uri).map_err(permanent)
    }

    /// Connects to the host of a URL.
    pub(super) async fn connect(&self, destination: Uri) -> Result<Stream, BoxError> {
        let connecting = self.0.connect(destination);
        tokio::time::timeout(self.0.timeout, connecting).await.map_err(|_| ConnectTimeout)?
    }
}

impl ConnectorSettings {
    async fn connect(&self, destination: Uri) -> Result<Stream, BoxError> {
        let is_https = destination.scheme() == Some(&Scheme::HTTPS);
        let proxy = self.proxies.for_uri(&destination).map_err(SettingError::new)?;
        // Begins before the connection, so that both take place at the same time.
        let tls = is_https.then(|| self.tls.start());
        let Some(proxy) = proxy else {
            let tcp = self.http.clone().call(destination.clone()).await?;
            return Ok(Stream::direct(match tls {
                None => MaybeHttpsStream::Http(tcp),
                Some(tls) => handshake(tcp, destination, tls.wait().await?.service).await?,
            }));
        };
        let address = uri(proxy)?;
        let hop = self.connect_to_proxy(address.clone()).await?;
        let Some(tls) = tls else { return Ok(Stream::proxied(hop)) };
        let mut tunnel = Tunnel::new(address, Established(Some(hop)));
        if let Some(authorization) = proxy.authorization() {
            tunnel = tunnel.with_auth(authorization.clone());
        }
        let hop = tunnel.call(destination.clone()).await?;
        let config = tls.wait().await?.service;
        Ok(Stream::tunneled(handshake(hop, destination, config).await?))
    }

    async fn connect_to_proxy(&self, address: Uri) -> Result<FirstHop, BoxError> {
        let is_https = address.scheme() == Some(&Scheme::HTTPS);
        let tls = is_https.then(|| self.tls.start());
        let tcp = self.http.clone().call(address.clone()).await?;
        Ok(match tls {
            None => MaybeHttpsStream::Http(tcp),
            Some(tls) => handshake(tcp, address, tls.wait().await?.proxy).await?,
        })
    }
}

fn uri(proxy: &ProxyUrl) -> Result<Uri, SettingError> {
    let address = proxy.address().as_str();
    address.parse().map_err(|error| SettingError::new(format!("invalid proxy: {error}")))
}

/// Begins TLS on an established connection.
async fn handshake<T>(
    established: T,
    destination: Uri,
    config: Arc<ClientConfig>,
) -> Result<MaybeHttpsStream<T>, BoxError>
where
    T: Connection + Read + Write + Send + Unpin + 'static,
{
    HttpsConnector::from((Established(Some(established)), config)).call(destination).await
}

/// A connector whose connection exists.
struct Established<T>(Option<T>);

impl<T> Service<Uri> for Established<T> {
    type Response = T;
    type Error = TakenTwice;
    type Future = Ready<Result<T, TakenTwice>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TakenTwice>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        ready(self.0.take().ok_or(TakenTwice))
    }
}

/// An established connection was used already, which no caller does.
#[derive(Debug)]
struct TakenTwice;

impl fmt::Display for TakenTwice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection was used already")
    }
}

impl std::error::Error for TakenTwice {}

/// The whole connection took too long: DNS, TCP, the tunnel of a proxy, and TLS.
#[derive(Debug)]
struct ConnectTimeout;

impl fmt::Display for ConnectTimeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("operation timed out")
    }
}

impl std::error::Error for ConnectTimeout {}
