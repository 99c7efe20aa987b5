//! `ReqwestTransport`: HTTP and HTTPS with reqwest.

use std::error::Error as StdError;
use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::Uri;
use http::header::HOST;
use http::uri::Authority;

use super::options::{HttpOptions, ProxyChoice, parse_proxy};
use super::{Transport, TransportError};
use crate::rpc::endpoint::is_loopback;

/// The default transport: HTTP and HTTPS with reqwest.
///
/// * It follows no redirects, because a request is signed for one host.
/// * It does not retry; the client does.
/// * The connect timeout defaults to 5 seconds. The client sets the timeout of an attempt.
/// * It closes idle connections after 10 seconds, before the service does.
/// * It rejects responses that are larger than 16 MiB by default.
/// * It uses the proxies of the environment variables `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`,
///   as reqwest does. It sends plain HTTP to this machine directly, because a proxy could read it.
///
/// It needs a Tokio runtime.
#[derive(Clone)]
pub struct ReqwestTransport {
    client: reqwest::Client,
    max_response_size: usize,
    first_host: OnceLock<ParsedHost>,
    direct: Option<DirectClient>,
}

/// The client for plain HTTP to this machine, created on first use.
///
/// It ignores the proxies of the environment, because unencrypted requests must not leave the
/// machine.
#[derive(Clone)]
struct DirectClient {
    options: HttpOptions,
    client: OnceLock<reqwest::Client>,
}

impl DirectClient {
    fn client(&self) -> Result<&reqwest::Client, TransportError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = build_client(&self.options)?;
        Ok(self.client.get_or_init(|| client))
    }
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
        Self::with_options(&HttpOptions { connect_timeout: timeout, ..HttpOptions::default() })
    }

    pub(crate) fn with_options(options: &HttpOptions) -> Result<Self, TransportError> {
        let mut transport = Self::from_client(build_client(options)?);
        if let ProxyChoice::Environment = options.proxy {
            let options = HttpOptions { proxy: ProxyChoice::None, ..options.clone() };
            transport.direct = Some(DirectClient { options, client: OnceLock::new() });
        }
        Ok(transport)
    }

    /// Creates a transport from a reqwest client, with its proxies, certificates and pool.
    ///
    /// Build the client without redirects ([`reqwest::redirect::Policy::none`]) and without retries
    /// ([`reqwest::retry::never`]). Its proxies also receive plain HTTP to this machine; for an
    /// emulator, build it with [`no_proxy`](reqwest::ClientBuilder::no_proxy).
    pub fn from_client(client: reqwest::Client) -> Self {
        Self {
            client,
            max_response_size: Self::MAX_RESPONSE_SIZE,
            first_host: OnceLock::new(),
            direct: None,
        }
    }

    /// Sets the maximum size of a response in bytes. Defaults to 16 MiB.
    #[must_use]
    pub fn max_response_size(mut self, bytes: usize) -> Self {
        self.max_response_size = bytes;
        self
    }

    /// Returns the reqwest client for a URL.
    fn client(&self, url: &reqwest::Url) -> Result<&reqwest::Client, TransportError> {
        match &self.direct {
            Some(direct) if url.scheme() == "http" && is_this_machine(url) => direct.client(),
            _ => Ok(&self.client),
        }
    }

    /// Converts a request to reqwest's type.
    fn convert(&self, request: http::Request<Bytes>) -> Result<reqwest::Request, TransportError> {
        let (parts, body) = request.into_parts();
        let mut converted = reqwest::Request::new(parts.method, self.url(&parts.uri)?);
        *converted.version_mut() = parts.version;
        *converted.headers_mut() = parts.headers;
        // reqwest sets it from the URL, which has the same authority.
        converted.headers_mut().remove(HOST);
        *converted.body_mut() = Some(body.into());
        Ok(converted)
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

    /// Reads the body. Most bodies are one chunk, which is not copied.
    async fn read(&self, response: &mut reqwest::Response) -> Result<Bytes, TransportError> {
        let mut first = Bytes::new();
        let mut whole = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(classify)? {
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

fn is_this_machine(url: &reqwest::Url) -> bool {
    url.host().is_some_and(|host| is_loopback(&host))
}

fn build_client(options: &HttpOptions) -> Result<reqwest::Client, TransportError> {
    let mut builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(options.connect_timeout)
        .pool_idle_timeout(Duration::from_secs(10));
    match &options.proxy {
        ProxyChoice::Environment => {}
        ProxyChoice::None => builder = builder.no_proxy(),
        ProxyChoice::Url(url) => {
            let url = parse_proxy(url.expose()).map_err(permanent)?;
            let proxy = reqwest::Proxy::all(url)
                .map_err(|error| permanent(format!("invalid proxy: {}", describe(&error))))?;
            // It replaces the proxies of the environment.
            builder = builder.no_proxy().proxy(proxy);
        }
    }
    for pem in &options.root_certificates {
        builder = builder.tls_certs_merge(certificates(pem)?);
    }
    builder.build().map_err(|error| {
        let why = describe(&error);
        // TLS libraries check the certificates themselves only now.
        let invalid = !options.root_certificates.is_empty() && why.contains("certificate");
        let what = if invalid {
            "invalid `root_certificate_pem`"
        } else {
            "cannot create the HTTP client"
        };
        permanent(format!("{what}: {why}")).with_source(error.without_url())
    })
}

impl fmt::Debug for ReqwestTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqwestTransport")
            .field("client", &self.client)
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
        let request = self.convert(request)?;
        let client = self.client(request.url())?;
        let mut response = client.execute(request).await.map_err(classify)?;
        if response.content_length().is_some_and(|length| length > self.max_response_size as u64) {
            return Err(self.too_large());
        }
        let body = self.read(&mut response).await?;
        let mut converted = http::Response::new(body);
        *converted.status_mut() = response.status();
        *converted.headers_mut() = std::mem::take(response.headers_mut());
        Ok(converted)
    }

    fn uses_attempt_context(&self) -> bool {
        false
    }
}

/// Returns the error of an invalid setting or request, which fails every attempt.
fn permanent(message: String) -> TransportError {
    TransportError::not_sent(message).permanent()
}

/// Parses the certificates of a PEM string.
fn certificates(pem: &[u8]) -> Result<Vec<reqwest::Certificate>, TransportError> {
    let expected = "expected a PEM string with `-----BEGIN CERTIFICATE-----`";
    match reqwest::Certificate::from_pem_bundle(pem) {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => Err(permanent(format!("invalid `root_certificate_pem`: {expected}"))),
        Err(error) => Err(permanent(format!(
            "invalid `root_certificate_pem`: {expected} ({})",
            describe(&error)
        ))),
    }
}

/// Converts an error of reqwest.
///
/// Only a connect error proves that nothing was sent. A connection that closes before the response
/// ("incomplete message") may have delivered the request.
fn classify(error: reqwest::Error) -> TransportError {
    let error = error.without_url();
    let why = describe(&error);
    let classified = if error.is_connect() {
        let failed = TransportError::not_sent(format!("could not connect: {why}"));
        // A retry does not repair a certificate.
        if why.contains("certificate") { failed.permanent() } else { failed }
    } else if error.is_builder() {
        TransportError::not_sent(format!("invalid HTTP request: {why}")).permanent()
    } else if error.is_timeout() {
        TransportError::timeout(format!("timed out waiting for the response: {why}"))
    } else {
        TransportError::interrupted(format!("the connection broke: {why}"))
    };
    classified.with_source(error)
}

/// Returns the innermost causes of an error, which are more specific than the outer ones.
fn describe(error: &reqwest::Error) -> String {
    let mut causes = Vec::new();
    let mut next: Option<&(dyn StdError + 'static)> = error.source();
    while let Some(cause) = next {
        causes.push(cause.to_string());
        next = cause.source();
    }
    // An outer message often repeats the inner one.
    let mut kept: Vec<&str> = Vec::new();
    for (index, cause) in causes.iter().enumerate() {
        let repeated = causes[index + 1..].iter().any(|inner| cause.contains(inner.as_str()));
        // The step that failed, which the message of `classify` names.
        let step = cause.starts_with("client error (");
        if !repeated && !step && !kept.contains(&cause.as_str()) {
            kept.push(cause);
        }
    }
    if kept.is_empty() { error.to_string() } else { kept.join(": ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn url_equals_the_parsed_uri_for_any_first_host() {
        let transport = ReqwestTransport::from_client(reqwest::Client::new());
        for uri in [
            "http://127.0.0.1:8080/?A=1%202&B=%E4%B8%AD",
            "http://127.0.0.1:8080/",
            "http://127.0.0.1:8080/latest/meta-data/ram/security-credentials/a%20role",
            "http://[::1]:8080/?A=1",
            "https://dbs-api.cn-hangzhou.aliyuncs.com/?A=~b-_.&C=",
            "https://127.0.0.1:8080/?A=1",
            "http://127.0.0.1:8080/?A=1",
        ] {
            let url = transport.url(&uri.parse().unwrap()).unwrap();
            assert_eq!(url, uri.parse().unwrap());
        }
        let transport = ReqwestTransport::from_client(reqwest::Client::new());
        let uri = "http://user:hunter2@127.0.0.1:8080/".parse().unwrap();
        assert_eq!(transport.url(&uri).unwrap().password(), Some("hunter2"));
        assert!(transport.first_host.get().is_none(), "a password is not kept");
        assert!(!format!("{transport:?}").contains("127.0.0.1"));
        for uri in ["/?A=1", "ftp:/x"] {
            let Ok(uri) = uri.parse() else { continue };
            let error = transport.url(&uri).unwrap_err().to_string();
            assert!(error.contains("invalid request URL"), "{error}");
        }
    }
}
