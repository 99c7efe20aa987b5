//! `HyperTransport`: HTTP and HTTPS with hyper and rustls.

mod builder;
mod connection;
mod connector;
mod pool;
mod send_error;
mod stream;
mod tls;

use std::fmt;
use std::pin::pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::Uri;
use http::header::PROXY_AUTHORIZATION;
use http::uri::{Authority, Scheme};

pub use self::builder::HyperTransportBuilder;
use self::connector::Connector;
use self::pool::Pool;
use crate::rpc::endpoint::Endpoint;
use crate::rpc::transport::http::connect_error::HttpError;
use crate::rpc::transport::http::exchange::{
    Outgoing, complete, failure, permanent, require_runtime,
};
use crate::rpc::transport::http::generation::Generation;
use crate::rpc::transport::http::informational::Informational;
use crate::rpc::transport::http::proxies::Proxies;
use crate::rpc::transport::options::HttpOptions;
use crate::rpc::transport::process_variable::process_variable;
use crate::rpc::transport::proxy_url::ProxyUrl;
use crate::rpc::transport::send_state::SendState;
use crate::rpc::transport::{Transport, TransportError};

/// HTTP and HTTPS with hyper and rustls.
///
/// It behaves like `ReqwestTransport`, and costs less per request:
///
/// * It follows no redirects, because a request is signed for one host.
/// * It does not retry; the client does. A request of which no byte was written to a closing
///   connection moves to another connection.
/// * The connect timeout defaults to 5 seconds. The client sets the timeout of an attempt.
/// * It closes idle connections after 10 seconds, before the service does.
/// * It rejects responses that are larger than 16 MiB by default.
/// * It accepts up to 100 informational responses (HTTP 1xx) to a request without TLS.
/// * It sends HTTP/2 pings after 5 seconds of silence, and closes a connection that does not respond
///   within 4 seconds. After a cancelled request without progress it uses a new connection.
/// * It uses the proxies of the [environment variables](crate::ClientBuilder::proxy). It sends plain
///   HTTP to this machine directly, because a proxy could read it.
/// * It loads the root certificates of the system at the first connection with TLS, once per process.
///
/// A clone shares the connections. It needs a Tokio runtime.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::credentials::Credentials;
/// use aliyun_dbs::transport::HyperTransport;
/// use aliyun_dbs::{Client, Region};
///
/// let client = Client::builder()
///     .region(Region::Hangzhou)
///     .credentials(Credentials::new("id", "secret"))
///     .transport(HyperTransport::new()?)
///     .build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct HyperTransport(Arc<Connections>);

struct Connections {
    connector: Connector,
    current: Mutex<Arc<Generation<Pool>>>,
    /// Keeps no connections.
    fresh: Arc<Generation<Pool>>,
    first_host: OnceLock<HostProxy>,
    options: HttpOptions,
}

/// A host, and the proxy for its requests.
struct HostProxy {
    scheme: Scheme,
    authority: Authority,
    proxy: Option<ProxyUrl>,
}

impl HyperTransport {
    /// The default maximum size of a response: 16 MiB.
    pub const MAX_RESPONSE_SIZE: usize = HttpOptions::MAX_RESPONSE_SIZE;
    /// The default connect timeout: 5 seconds.
    pub const CONNECT_TIMEOUT: Duration = HttpOptions::CONNECT_TIMEOUT;
    /// The default time that an idle connection is kept: 10 seconds.
    pub const IDLE_TIMEOUT: Duration = HttpOptions::IDLE_TIMEOUT;

    /// Creates a transport with the default settings.
    ///
    /// An invalid proxy variable is an error of the requests that it applies to.
    ///
    /// # Errors
    ///
    /// Returns no error at present.
    pub fn new() -> Result<Self, TransportError> {
        Self::builder().build()
    }

    /// Returns a builder of a transport.
    pub fn builder() -> HyperTransportBuilder {
        HyperTransportBuilder::default()
    }

    /// Creates a transport; `variable` reads the environment variables with proxies.
    pub(crate) fn with_options(
        options: &HttpOptions,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, TransportError> {
        let proxies = Proxies::of(&options.proxy, variable).map_err(permanent)?;
        let connector = Connector::new(options, proxies)?;
        let pool = |keeps| Generation::new(Pool::new(options, connector.clone(), keeps));
        Ok(Self(Arc::new(Connections {
            current: Mutex::new(pool(true)),
            fresh: pool(false),
            connector,
            first_host: OnceLock::new(),
            options: options.clone(),
        })))
    }

    /// Creates a transport, or an error if the proxy for the endpoint is invalid.
    pub(crate) fn for_endpoint(
        options: &HttpOptions,
        variable: &dyn Fn(&str) -> Option<String>,
        endpoint: &Endpoint,
    ) -> Result<Self, TransportError> {
        let transport = Self::with_options(options, variable)?;
        if let Ok(uri) = endpoint.to_string().parse() {
            transport.0.connector.proxy(&uri)?;
        }
        Ok(transport)
    }
}

impl HyperTransportBuilder {
    /// Builds the transport. Opens no connection and reads no file.
    ///
    /// # Errors
    ///
    /// Returns an error if the proxy or a root certificate is invalid. An invalid proxy variable is
    /// an error of the requests that it applies to.
    pub fn build(self) -> Result<HyperTransport, TransportError> {
        HyperTransport::with_options(&self.options, &process_variable)
    }
}

impl Connections {
    /// Returns the client for the next request.
    fn current(&self) -> Arc<Generation<Pool>> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.is_retired() {
            *current = Generation::new(Pool::new(&self.options, self.connector.clone(), true));
        }
        current.clone()
    }

    /// Returns the proxy for a request, which is selected once for the first host.
    fn proxy(&self, uri: &Uri) -> Result<Option<&ProxyUrl>, TransportError> {
        let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else {
            return Err(permanent("invalid request URL: expected a scheme and a host".to_owned()));
        };
        if *scheme != Scheme::HTTP && *scheme != Scheme::HTTPS {
            return Err(permanent("invalid request URL: expected `http` or `https`".to_owned()));
        }
        if let Some(host) = self.first_host.get()
            && host.scheme == *scheme
            // Byte by byte, which is faster than without regard to case.
            && host.authority.as_str() == authority.as_str()
        {
            return Ok(host.proxy.as_ref());
        }
        let proxy = self.connector.proxy(uri)?;
        // Only the first host is kept, and never one with a password.
        if !authority.as_str().contains('@') {
            self.first_host.get_or_init(|| HostProxy {
                scheme: scheme.clone(),
                authority: authority.clone(),
                proxy: proxy.cloned(),
            });
        }
        Ok(proxy)
    }
}

impl fmt::Debug for HyperTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HyperTransport")
            .field("connect_timeout", &self.0.options.connect_timeout)
            .field("idle_timeout", &self.0.options.idle_timeout)
            .field("max_response_size", &self.0.options.max_response_size)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Transport for HyperTransport {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        require_runtime()?;
        let connections = &*self.0;
        let options = &connections.options;
        let proxy = connections.proxy(request.uri())?;
        let is_plain = request.uri().scheme() == Some(&Scheme::HTTP);
        // For the error of a proxy.
        let destination = proxy.map(|proxy| (proxy, request.uri().clone()));
        let Outgoing { mut request, state, is_fresh } = Outgoing::new(request);
        let generation = if is_fresh { connections.fresh.clone() } else { connections.current() };
        let may_use_http2 = !is_plain || options.keep_alive.without_tls;
        let watch = generation.watch(may_use_http2, state.clone());
        let sent = if is_plain {
            if let Some(authorization) = proxy.and_then(ProxyUrl::authorization) {
                request.headers_mut().insert(PROXY_AUTHORIZATION, authorization.clone());
            }
            let informational = Informational::watch(&mut request);
            informational.limit(pin!(generation.client.send(request))).await
        } else {
            generation.client.send(request).await.map_err(HttpError::from)
        };
        let (response, connection) = match sent {
            Ok(sent) => sent,
            Err(error) => {
                watch.end();
                // Only before the response: one that has begun proves that the request was processed.
                let unsent = state.as_ref().is_some_and(SendState::abandon);
                let proxy = destination.as_ref().map(|(proxy, destination)| (*proxy, destination));
                return Err(failure(error, proxy, unsent).await);
            }
        };
        let reader = proxy.filter(|_| is_plain);
        let received = complete(response, reader, options.max_response_size, watch).await;
        if received.is_ok() {
            generation.client.keep(connection);
        }
        received
    }

    fn uses_attempt_context(&self) -> bool {
        false
    }

    fn reports_sending(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests;
