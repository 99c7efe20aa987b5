//! `ReqwestTransport`: HTTP and HTTPS with reqwest.

mod client;
mod parsed_host;
mod plain;

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::Uri;
use http::header::HOST;
use http::uri::Authority;

use self::client::HttpClient;
use self::parsed_host::ParsedHost;
use crate::rpc::endpoint::Endpoint;
use crate::rpc::transport::http::connect_error::{HttpError, classify};
use crate::rpc::transport::http::exchange::{
    Outgoing, complete, failure, permanent, receive, require_runtime,
};
use crate::rpc::transport::http::proxies::Proxies;
use crate::rpc::transport::http::tracked_body::TrackedBody;
use crate::rpc::transport::options::HttpOptions;
use crate::rpc::transport::process_variable::process_variable;
use crate::rpc::transport::proxy_url::ProxyUrl;
use crate::rpc::transport::send_state::SendState;
use crate::rpc::transport::{Transport, TransportError};

/// The default transport: HTTP and HTTPS with reqwest.
///
/// * It follows no redirects, because a request is signed for one host.
/// * It does not retry; the client does.
/// * The connect timeout defaults to 5 seconds. The client sets the timeout of an attempt.
/// * It closes idle connections after 10 seconds, before the service does.
/// * It rejects responses that are larger than 16 MiB by default.
/// * It accepts up to 100 informational responses (HTTP 1xx) to a request without TLS or proxy.
/// * It sends HTTP/2 pings after 5 seconds of silence, and closes a connection that does not respond
///   within 4 seconds. After a cancelled request without progress it uses a new connection.
/// * It uses the proxies of the [environment variables](crate::ClientBuilder::proxy). It sends plain
///   HTTP to this machine directly, because a proxy could read it.
///
/// It needs a Tokio runtime.
#[derive(Clone)]
pub struct ReqwestTransport {
    http: Arc<HttpClient>,
    max_response_size: usize,
    first_host: OnceLock<ParsedHost>,
}

impl ReqwestTransport {
    /// The default of [`max_response_size`](Self::max_response_size): 16 MiB.
    pub const MAX_RESPONSE_SIZE: usize = HttpOptions::MAX_RESPONSE_SIZE;
    /// The default connect timeout: 5 seconds.
    pub const CONNECT_TIMEOUT: Duration = HttpOptions::CONNECT_TIMEOUT;

    /// Creates a transport with the default settings.
    ///
    /// # Errors
    ///
    /// Returns an error if the TLS library cannot be initialized, for example because the system
    /// has no root certificates.
    pub fn new() -> Result<Self, TransportError> {
        Self::with_connect_timeout(Self::CONNECT_TIMEOUT)
    }

    /// Creates a transport with a connect timeout.
    ///
    /// # Errors
    ///
    /// Returns an error if the TLS library cannot be initialized.
    pub fn with_connect_timeout(timeout: Duration) -> Result<Self, TransportError> {
        let options = HttpOptions { connect_timeout: timeout, ..HttpOptions::default() };
        Self::with_options(&options, &process_variable)
    }

    /// Creates a transport; `variable` reads the environment variables with proxies.
    pub(crate) fn with_options(
        options: &HttpOptions,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, TransportError> {
        let proxies = Proxies::of(&options.proxy, variable).map_err(permanent)?;
        let http = HttpClient::build(options, proxies)?;
        Ok(Self::new_with(http).max_response_size(options.max_response_size))
    }

    /// Creates a transport, or an error if the proxy for the endpoint is invalid.
    pub(crate) fn for_endpoint(
        options: &HttpOptions,
        variable: &dyn Fn(&str) -> Option<String>,
        endpoint: &Endpoint,
    ) -> Result<Self, TransportError> {
        let transport = Self::with_options(options, variable)?;
        if let Ok(url) = endpoint.to_string().parse() {
            transport.proxy(&url)?;
        }
        Ok(transport)
    }

    /// Creates a transport from a reqwest client, with its proxies, certificates and pool.
    ///
    /// Build the client without redirects ([`reqwest::redirect::Policy::none`]) and without retries
    /// ([`reqwest::retry::never`]). Its proxies also receive plain HTTP to this machine; for an
    /// emulator, build it with [`no_proxy`](reqwest::ClientBuilder::no_proxy).
    ///
    /// The transport cannot replace its connections. So that a dead HTTP/2 connection ends, set
    /// [`http2_keep_alive_interval`](reqwest::ClientBuilder::http2_keep_alive_interval),
    /// [`http2_keep_alive_timeout`](reqwest::ClientBuilder::http2_keep_alive_timeout) and
    /// [`http2_keep_alive_while_idle`](reqwest::ClientBuilder::http2_keep_alive_while_idle).
    ///
    /// It does not know the proxies of the client either: the status 407 of a proxy is a response if the
    /// request has no TLS, and an error of a tunnel does not name the proxy and its status.
    pub fn from_client(client: reqwest::Client) -> Self {
        Self::new_with(HttpClient::fixed(client))
    }

    fn new_with(http: HttpClient) -> Self {
        Self {
            http: Arc::new(http),
            max_response_size: Self::MAX_RESPONSE_SIZE,
            first_host: OnceLock::new(),
        }
    }

    /// Sets the maximum size of a response in bytes. Defaults to 16 MiB.
    #[must_use]
    pub fn max_response_size(mut self, bytes: usize) -> Self {
        self.max_response_size = bytes;
        self
    }

    /// Returns the proxy for a URL, unless the client came with its own proxies.
    fn proxy(&self, url: &reqwest::Url) -> Result<Option<&ProxyUrl>, TransportError> {
        self.http.proxies().map_or(Ok(None), |proxies| proxies.select(url)).map_err(permanent)
    }

    /// Returns the URL of a request.
    ///
    /// The requests of a client go to one host, so the host is parsed once.
    fn url(&self, uri: &Uri) -> Result<reqwest::Url, TransportError> {
        let scheme = uri.scheme_str().unwrap_or_default();
        let authority = uri.authority().map_or("", Authority::as_str);
        let known = self.first_host.get().filter(|host| host.matches(scheme, authority));
        if let Some(host) = known {
            return Ok(host.url(uri.path(), uri.query()));
        }
        let host = ParsedHost::parse(scheme, authority)
            .map_err(|error| permanent(format!("invalid request URL: {error}")))?;
        let url = host.url(uri.path(), uri.query());
        // Only the first host is kept, and never one with a password.
        if !authority.contains('@') {
            self.first_host.get_or_init(|| host);
        }
        Ok(url)
    }
}

impl fmt::Debug for ReqwestTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqwestTransport")
            .field("client", &self.http.latest().client)
            .field("max_response_size", &self.max_response_size)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Transport for ReqwestTransport {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        require_runtime()?;
        let url = self.url(request.uri())?;
        let proxy = self.proxy(&url)?;
        // For the error of a proxy.
        let destination = proxy.map(|proxy| (proxy, request.uri().clone()));
        let Outgoing { mut request, state, is_fresh } = Outgoing::new(request);
        // The library sets it from the URL, which has the same authority.
        request.headers_mut().remove(HOST);
        // Only before the response: one that has begun proves that the request was processed.
        let unsent = || state.as_ref().is_some_and(SendState::abandon);
        let is_plain = url.scheme() == "http";
        if is_plain
            && proxy.is_none()
            && let Some(plain) = self.http.plain()
        {
            let response = plain.send(request, is_fresh).await;
            let response = response.map_err(|error| classify(error, None, unsent()))?;
            return receive(response, self.max_response_size, || {}).await;
        }
        let generation =
            if is_fresh { self.http.fresh().await? } else { self.http.current().await };
        let may_use_http2 = !is_plain || self.http.uses_http2_without_tls();
        let watch = generation.watch(may_use_http2, state.clone());
        let response = match generation.client.execute(convert(request, url)).await {
            Ok(response) => response,
            Err(error) => {
                watch.end();
                let error = HttpError::from(error);
                let proxy = destination.as_ref().map(|(proxy, destination)| (*proxy, destination));
                return Err(failure(error, proxy, unsent()).await);
            }
        };
        let response = http::Response::<reqwest::Body>::from(response);
        complete(response, proxy.filter(|_| is_plain), self.max_response_size, watch).await
    }

    fn uses_attempt_context(&self) -> bool {
        false
    }

    fn reports_sending(&self) -> bool {
        true
    }
}

/// Converts a request to reqwest's type.
fn convert(request: http::Request<TrackedBody>, url: reqwest::Url) -> reqwest::Request {
    let (parts, body) = request.into_parts();
    let mut converted = reqwest::Request::new(parts.method, url);
    *converted.version_mut() = parts.version;
    *converted.headers_mut() = parts.headers;
    *converted.body_mut() = Some(reqwest::Body::wrap(body));
    converted
}

#[cfg(test)]
mod tests;
