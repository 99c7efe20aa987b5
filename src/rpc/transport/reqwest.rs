//! Real HTTP, by reqwest.

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

/// HTTP and HTTPS by reqwest.
///
/// * No redirects: a signed request goes where it was signed for.
/// * No retries below the client's own.
/// * Connecting takes at most 5 seconds; how long an attempt may take is the client's matter.
/// * Idle connections are closed after 10 seconds, before the service does it.
/// * Answers of more than 16 MiB are refused.
/// * The proxy variables (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`) are honoured, as reqwest does,
///   but for plain HTTP to this machine: a proxy elsewhere would read it.
///
/// It needs a Tokio runtime.
#[derive(Clone)]
pub struct ReqwestTransport {
    client: reqwest::Client,
    max_response_size: usize,
    base: OnceLock<Base>,
    past_proxy: Option<PastProxy>,
}

/// The client for plain HTTP to this machine, made when it is first needed: past the proxies that
/// the variables name, since what is not encrypted must not leave the machine.
#[derive(Clone)]
struct PastProxy {
    options: HttpOptions,
    client: OnceLock<reqwest::Client>,
}

impl PastProxy {
    fn client(&self) -> Result<&reqwest::Client, TransportError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = build_client(&self.options)?;
        Ok(self.client.get_or_init(|| client))
    }
}

/// A host that requests go to, as the HTTP library has it.
#[derive(Clone)]
struct Base {
    scheme: String,
    authority: String,
    url: reqwest::Url,
}

impl Base {
    fn is(&self, scheme: &str, authority: &str) -> bool {
        self.scheme == scheme && self.authority == authority
    }
}

impl ReqwestTransport {
    /// Default of [`max_response_size`](Self::max_response_size): 16 MiB.
    pub const MAX_RESPONSE_SIZE: usize = 16 << 20;
    /// Default of the connect timeout: 5 seconds.
    pub const CONNECT_TIMEOUT: Duration = HttpOptions::CONNECT_TIMEOUT;

    /// A transport with the settings above.
    ///
    /// # Errors
    ///
    /// When the TLS library cannot be set up, for example because the system has no root
    /// certificates.
    pub fn new() -> Result<Self, TransportError> {
        Self::with_connect_timeout(Self::CONNECT_TIMEOUT)
    }

    /// A transport that gives a connection this long to come about.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn with_connect_timeout(timeout: Duration) -> Result<Self, TransportError> {
        Self::with_options(&HttpOptions { connect_timeout: timeout, ..HttpOptions::default() })
    }

    pub(crate) fn with_options(options: &HttpOptions) -> Result<Self, TransportError> {
        let mut transport = Self::from_client(build_client(options)?);
        if let ProxyChoice::Environment = options.proxy {
            let options = HttpOptions { proxy: ProxyChoice::None, ..options.clone() };
            transport.past_proxy = Some(PastProxy { options, client: OnceLock::new() });
        }
        Ok(transport)
    }

    /// A transport on a reqwest client of yours, with its proxies, certificates and pool.
    ///
    /// Its proxies also see plain HTTP to this machine: use
    /// [`no_proxy`](reqwest::ClientBuilder::no_proxy) for an emulator.
    ///
    /// Give it no redirects and no retries: [`reqwest::redirect::Policy::none`],
    /// [`reqwest::retry::never`].
    pub fn from_client(client: reqwest::Client) -> Self {
        Self {
            client,
            max_response_size: Self::MAX_RESPONSE_SIZE,
            base: OnceLock::new(),
            past_proxy: None,
        }
    }

    /// Sets the size, in bytes, above which an answer is refused.
    #[must_use]
    pub fn max_response_size(mut self, bytes: usize) -> Self {
        self.max_response_size = bytes;
        self
    }

    /// The client that a request goes by.
    fn client(&self, url: &reqwest::Url) -> Result<&reqwest::Client, TransportError> {
        match &self.past_proxy {
            Some(direct) if url.scheme() == "http" && is_this_machine(url) => direct.client(),
            _ => Ok(&self.client),
        }
    }

    /// A request as reqwest has it.
    fn translate(&self, request: http::Request<Bytes>) -> Result<reqwest::Request, TransportError> {
        let (parts, body) = request.into_parts();
        let mut translated = reqwest::Request::new(parts.method, self.url(&parts.uri)?);
        *translated.version_mut() = parts.version;
        *translated.headers_mut() = parts.headers;
        // The HTTP library writes it from the URL, which has the same authority.
        translated.headers_mut().remove(HOST);
        *translated.body_mut() = Some(body.into());
        Ok(translated)
    }

    /// The URL of a request. The requests of a client go to one host, so that is parsed once, which
    /// is half of the work.
    fn url(&self, uri: &Uri) -> Result<reqwest::Url, TransportError> {
        /// Length of most queries, bytes.
        const ROOM: usize = 384;

        let scheme = uri.scheme_str().unwrap_or_default();
        let authority = uri.authority().map_or("", Authority::as_str);
        let known = self.base.get().filter(|base| base.is(scheme, authority));
        let mut url = if let Some(base) = known {
            base.url.clone()
        } else {
            // With a query in it, every copy has room for one and need not grow.
            let url: reqwest::Url = format!("{scheme}://{authority}/?{:0ROOM$}", 0)
                .parse()
                .map_err(|error| unusable(format!("the URL cannot be used: {error}")))?;
            // The first host stays; requests to others are parsed each time, and those with a
            // password before the host.
            if !authority.contains('@') {
                self.base.get_or_init(|| Base {
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

    /// The body. Most are one chunk, which is not copied.
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
            "the answer is larger than {} bytes; it was not read to its end",
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
            let url = parse_proxy(url.expose()).map_err(unusable)?;
            let proxy = reqwest::Proxy::all(url).map_err(|error| {
                unusable(format!("the proxy cannot be used: {}", describe(&error)))
            })?;
            // It replaces the variables: reqwest adds theirs only where none is set.
            builder = builder.no_proxy().proxy(proxy);
        }
    }
    for pem in &options.roots {
        builder = builder.tls_certs_merge(certificates(pem)?);
    }
    builder.build().map_err(|error| {
        unusable(format!("the HTTP client cannot be set up: {}", describe(&error)))
            .with_source(error.without_url())
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
                "there is no Tokio runtime here, and reqwest needs one: await the call inside \
                 #[tokio::main] or Runtime::block_on",
            )
            .permanent());
        }
        let request = self.translate(request)?;
        let client = self.client(request.url())?;
        let mut response = client.execute(request).await.map_err(classify)?;
        if response.content_length().is_some_and(|length| length > self.max_response_size as u64) {
            return Err(self.too_large());
        }
        let body = self.read(&mut response).await?;
        let mut answer = http::Response::new(body);
        *answer.status_mut() = response.status();
        *answer.headers_mut() = std::mem::take(response.headers_mut());
        Ok(answer)
    }

    fn uses_attempt_context(&self) -> bool {
        false
    }
}

/// A setting that no attempt can do anything with.
fn unusable(why: String) -> TransportError {
    TransportError::not_sent(why).permanent()
}

/// The certificates of a PEM text.
fn certificates(pem: &[u8]) -> Result<Vec<reqwest::Certificate>, TransportError> {
    let expected = "give root_certificate_pem a text with \"-----BEGIN CERTIFICATE-----\"";
    match reqwest::Certificate::from_pem_bundle(pem) {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => Err(unusable(format!("the root certificate holds none: {expected}"))),
        Err(error) => Err(unusable(format!(
            "the root certificate cannot be read ({}): {expected}",
            describe(&error)
        ))),
    }
}

/// Only an error of connecting proves that nothing was sent. A connection that closes before an
/// answer ("incomplete message") may well have delivered the request.
fn classify(error: reqwest::Error) -> TransportError {
    let error = error.without_url();
    let why = describe(&error);
    let classified = if error.is_connect() {
        let failed = TransportError::not_sent(format!("no connection: {why}"));
        // A certificate does not get better by trying again.
        if why.contains("certificate") { failed.permanent() } else { failed }
    } else if error.is_builder() {
        TransportError::not_sent(format!("the request cannot be sent: {why}")).permanent()
    } else if error.is_timeout() {
        TransportError::timeout(format!("no answer in time: {why}"))
    } else {
        TransportError::ambiguous(format!("the connection broke: {why}"))
    };
    classified.with_source(error)
}

/// The innermost causes, which say what happened; the outer ones only say that something did.
fn describe(error: &reqwest::Error) -> String {
    let mut causes = Vec::new();
    let mut next: Option<&(dyn StdError + 'static)> = error.source();
    while let Some(cause) = next {
        causes.push(cause.to_string());
        next = cause.source();
    }
    // An outer text often repeats the inner one.
    let mut kept: Vec<&str> = Vec::new();
    for (index, cause) in causes.iter().enumerate() {
        let repeated = causes[index + 1..].iter().any(|inner| cause.contains(inner.as_str()));
        // The HTTP library's word for the step it was at, which the caller says already.
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
    fn urls_are_what_parsing_them_whole_gives_whatever_host_came_first() {
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
        assert!(transport.base.get().is_none(), "a password is not kept");
        assert!(!format!("{transport:?}").contains("127.0.0.1"));
        for uri in ["/?A=1", "ftp:/x"] {
            let Ok(uri) = uri.parse() else { continue };
            let error = transport.url(&uri).unwrap_err().to_string();
            assert!(error.contains("the URL cannot be used"), "{error}");
        }
    }
}
