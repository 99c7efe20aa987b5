//! Real HTTP, by reqwest.

use std::error::Error as StdError;
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::header::HOST;

use super::options::{HttpOptions, ProxyChoice, parse_proxy};
use super::{Transport, TransportError};

/// HTTP and HTTPS by reqwest.
///
/// * No redirects: a signed request goes where it was signed for.
/// * No retries below the client's own.
/// * Connecting takes at most 5 seconds; how long an attempt may take is the client's matter.
/// * Idle connections are closed after 10 seconds, before the service does it.
/// * Answers of more than 16 MiB are refused.
/// * The proxy variables (`HTTPS_PROXY`, `NO_PROXY`) are honoured, as reqwest does.
///
/// It needs a Tokio runtime.
#[derive(Clone, Debug)]
pub struct ReqwestTransport {
    client: reqwest::Client,
    max_answer: usize,
}

impl ReqwestTransport {
    /// Default of [`max_answer`](Self::max_answer): 16 MiB.
    pub const MAX_ANSWER: usize = 16 << 20;
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
        let client = builder.build().map_err(|error| {
            unusable(format!("the HTTP client cannot be set up: {}", describe(&error)))
                .with_source(error.without_url())
        })?;
        Ok(Self::from_client(client))
    }

    /// A transport on a reqwest client of yours, with its proxies, certificates and pool.
    ///
    /// Give it no redirects and no retries: [`reqwest::redirect::Policy::none`],
    /// [`reqwest::retry::never`].
    pub fn from_client(client: reqwest::Client) -> Self {
        Self { client, max_answer: Self::MAX_ANSWER }
    }

    /// Sets the size, in bytes, above which an answer is refused.
    #[must_use]
    pub fn max_answer(mut self, bytes: usize) -> Self {
        self.max_answer = bytes;
        self
    }

    fn too_large(&self) -> TransportError {
        TransportError::unusable_answer(format!(
            "the answer is larger than {} bytes; it was not read to its end",
            self.max_answer
        ))
        .permanent()
    }
}

#[async_trait]
impl Transport for ReqwestTransport {
    async fn send(
        &self,
        mut request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(TransportError::not_sent(
                "there is no Tokio runtime here, and reqwest needs one: await the call inside \
                 #[tokio::main] or Runtime::block_on",
            )
            .permanent());
        }
        // The HTTP library writes it from the URL, which has the same authority.
        request.headers_mut().remove(HOST);
        let request = reqwest::Request::try_from(request).map_err(|error| {
            TransportError::not_sent(format!("the URL cannot be used: {}", describe(&error)))
                .permanent()
                .with_source(error.without_url())
        })?;
        let mut response = self.client.execute(request).await.map_err(classify)?;
        if response.content_length().is_some_and(|length| length > self.max_answer as u64) {
            return Err(self.too_large());
        }
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(classify)? {
            if body.len() + chunk.len() > self.max_answer {
                return Err(self.too_large());
            }
            body.extend_from_slice(&chunk);
        }
        let mut answer = http::Response::new(body.freeze());
        *answer.status_mut() = response.status();
        *answer.headers_mut() = std::mem::take(response.headers_mut());
        Ok(answer)
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
