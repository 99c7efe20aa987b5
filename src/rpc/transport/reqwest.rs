//! `ReqwestTransport`: HTTP and HTTPS with reqwest.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::header::HOST;
use http::uri::Authority;
use http::{StatusCode, Uri};

use super::connect_error::{
    HttpError, classify, is_refused_tunnel, is_unprocessed, not_processed, refused_tunnel,
    rejected_proxy_user,
};
use super::http_client::HttpClient;
use super::options::HttpOptions;
use super::process_variable::process_variable;
use super::proxies::Proxies;
use super::proxy_url::ProxyUrl;
use super::send_state::{FreshConnection, SendState};
use super::tracked_body::TrackedBody;
use super::tunnel_status::tunnel_status;
use super::{Transport, TransportError};
use crate::rpc::endpoint::Endpoint;

/// The default transport: HTTP and HTTPS with reqwest.
///
/// * It follows no redirects, because a request is signed for one host.
/// * It does not retry; the client does.
/// * The connect timeout defaults to 5 seconds. The client sets the timeout of an attempt.
/// * It closes idle connections after 10 seconds, before the service does.
/// * It rejects responses that are larger than 16 MiB by default.
/// * It accepts up to 100 informational responses (HTTP 1xx) to a request without TLS or proxy.
/// * It sends HTTP/2 pings after 5 seconds of silence, and closes a connection that does not respond
///   within 4 seconds. After a cancelled request without a response it uses a new connection.
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

/// The parsed URL of a host.
#[derive(Clone)]
struct ParsedHost {
    scheme: String,
    authority: String,
    url: reqwest::Url,
}

impl ParsedHost {
    fn matches(&self, scheme: &str, authority: &str) -> bool {
        self.scheme == scheme && self.authority == authority
    }
}

impl ReqwestTransport {
    /// The default of [`max_response_size`](Self::max_response_size): 16 MiB.
    pub const MAX_RESPONSE_SIZE: usize = 16 << 20;
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
        Ok(Self::new_with(HttpClient::build(options, proxies)?))
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

    /// Converts an error of a request, and finds out why a proxy refused to connect.
    async fn failure(
        &self,
        error: HttpError,
        proxy: Option<&ProxyUrl>,
        destination: &Uri,
        unsent: bool,
    ) -> TransportError {
        if is_unprocessed(&error) {
            return not_processed(error);
        }
        match proxy {
            Some(proxy) if is_refused_tunnel(&error) => {
                let status = tunnel_status(proxy, destination).await;
                refused_tunnel(error, proxy, status)
            }
            _ => classify(error, proxy, unsent),
        }
    }

    /// Returns the URL of a request.
    ///
    /// The requests of a client go to one host, so the host is parsed once, which halves the work.
    fn url(&self, uri: &Uri) -> Result<reqwest::Url, TransportError> {
        /// The capacity for a query in bytes; most are shorter.
        const QUERY_CAPACITY: usize = 384;

        let scheme = uri.scheme_str().unwrap_or_default();
        let authority = uri.authority().map_or("", Authority::as_str);
        let known = self.first_host.get().filter(|host| host.matches(scheme, authority));
        let mut url = if let Some(host) = known {
            host.url.clone()
        } else {
            // With a query, so that a clone has the capacity for one.
            let url: reqwest::Url = format!("{scheme}://{authority}/?{:0QUERY_CAPACITY$}", 0)
                .parse()
                .map_err(|error| permanent(format!("invalid request URL: {error}")))?;
            // Only the first host is kept, and never one with a password.
            if !authority.contains('@') {
                self.first_host.get_or_init(|| ParsedHost {
                    scheme: scheme.to_owned(),
                    authority: authority.to_owned(),
                    url: url.clone(),
                });
            }
            url
        };
        if uri.path() != "/" {
            url.set_path(uri.path());
        }
        url.set_query(uri.query());
        Ok(url)
    }

    /// Reads a response whose head has arrived.
    async fn receive(
        &self,
        mut response: reqwest::Response,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let is_too_large =
            response.content_length().is_some_and(|length| length > self.max_response_size as u64);
        let body =
            if is_too_large { Err(self.too_large()) } else { self.read(&mut response).await };
        let mut converted = http::Response::new(body?);
        *converted.status_mut() = response.status();
        *converted.headers_mut() = std::mem::take(response.headers_mut());
        Ok(converted)
    }

    /// Reads the body. Most bodies are one chunk, which is not copied.
    async fn read(&self, response: &mut reqwest::Response) -> Result<Bytes, TransportError> {
        let mut first = Bytes::new();
        let mut whole = BytesMut::new();
        while let Some(chunk) =
            response.chunk().await.map_err(|error| classify(error, None, false))?
        {
            if first.len().max(whole.len()) + chunk.len() > self.max_response_size {
                return Err(self.too_large());
            }
            if first.is_empty() {
                first = chunk;
                continue;
            }
            if whole.is_empty() {
                whole.extend_from_slice(&first);
            }
            whole.extend_from_slice(&chunk);
        }
        Ok(if whole.is_empty() { first } else { whole.freeze() })
    }

    fn too_large(&self) -> TransportError {
        TransportError::invalid_response(format!(
            "the response is larger than {} bytes (`max_response_size`)",
            self.max_response_size
        ))
        .permanent()
    }
}

impl fmt::Debug for ReqwestTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqwestTransport")
            .field("client", &self.http.current().client)
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
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(TransportError::not_sent(
                "no Tokio runtime: await the call inside `#[tokio::main]` or `Runtime::block_on`",
            )
            .permanent());
        }
        let url = self.url(request.uri())?;
        let proxy = self.proxy(&url)?;
        let destination = request.uri().clone();
        let (request, state, is_fresh) = prepare(request);
        // Only before the response: one that has begun proves that the request was processed.
        let unsent = || state.is_some_and(|state| state.abandon());
        if url.scheme() == "http"
            && proxy.is_none()
            && let Some(plain) = self.http.plain()
        {
            let response = plain.send(request, is_fresh).await;
            let response = response.map_err(|error| classify(error, None, unsent()))?;
            return self.receive(response).await;
        }
        let generation = if is_fresh { self.http.fresh()? } else { self.http.current() };
        let watch = generation.watch();
        let response = match generation.client.execute(convert(request, url)).await {
            Ok(response) => response,
            Err(error) => {
                watch.end();
                return Err(self.failure(error.into(), proxy, &destination, unsent()).await);
            }
        };
        watch.responded(response.version());
        let received = match proxy {
            Some(proxy) if response.status() == StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
                Err(rejected_proxy_user(proxy))
            }
            _ => self.receive(response).await,
        };
        watch.end();
        received
    }

    fn uses_attempt_context(&self) -> bool {
        false
    }

    fn reports_sending(&self) -> bool {
        true
    }
}

/// Prepares a request: its body reports to the state of sending.
///
/// Also returns whether the request needs a new connection.
fn prepare(request: http::Request<Bytes>) -> (http::Request<TrackedBody>, Option<SendState>, bool) {
    let (mut parts, body) = request.into_parts();
    let state = parts.extensions.remove::<SendState>();
    let is_fresh = parts.extensions.remove::<FreshConnection>().is_some();
    if let Some(state) = &state {
        state.wait();
    }
    // The library sets it from the URL, which has the same authority.
    parts.headers.remove(HOST);
    let body = TrackedBody::new(body, state.clone());
    (http::Request::from_parts(parts, body), state, is_fresh)
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

/// Returns the error of an invalid setting or request, which fails every attempt.
fn permanent(message: String) -> TransportError {
    TransportError::not_sent(message).permanent()
}

#[cfg(test)]
mod tests;
