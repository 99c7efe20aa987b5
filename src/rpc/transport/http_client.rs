//! `HttpClient`: the reqwest client of a transport, and its replacement after a dead connection.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use http::Version;

use super::TransportError;
use super::connect_error::describe;
use super::options::HttpOptions;
use super::plain_http::PlainHttp;
use super::proxies::Proxies;

/// A reqwest client that can be replaced.
///
/// Many requests share one HTTP/2 connection, and reqwest uses it until it is closed. After a request
/// that was cancelled without any response, the next request uses a new client, and thereby a new
/// connection. Requests in flight keep the old one. HTTP/1.1 needs no replacement: cancelling a
/// request closes its connection.
pub(super) struct HttpClient {
    current: Mutex<Arc<Generation>>,
    /// A client that keeps no connections, built for the first request that needs it.
    fresh: OnceLock<Arc<Generation>>,
    settings: Option<Settings>,
}

struct Settings {
    options: HttpOptions,
    proxies: Proxies,
    plain: PlainHttp,
}

/// A client with its connections.
pub(super) struct Generation {
    pub(super) client: reqwest::Client,
    /// The number of responses.
    responses: AtomicU64,
    uses_http2: AtomicBool,
    /// Whether the next request needs a new client.
    retired: AtomicBool,
}

impl Generation {
    fn new(client: reqwest::Client) -> Arc<Self> {
        Arc::new(Self {
            client,
            responses: AtomicU64::new(0),
            uses_http2: AtomicBool::new(false),
            retired: AtomicBool::new(false),
        })
    }

    /// Watches a request until it ends or is cancelled.
    pub(super) fn watch(&self) -> RequestWatch<'_> {
        let responses = self.responses.load(Ordering::Relaxed);
        RequestWatch { generation: self, responses, is_over: false }
    }
}

/// A request in flight. Dropping it before [`end`](Self::end) means that it was cancelled.
pub(super) struct RequestWatch<'a> {
    generation: &'a Generation,
    /// The number of responses before the request.
    responses: u64,
    is_over: bool,
}

impl RequestWatch<'_> {
    /// Records the head of a response.
    pub(super) fn responded(&self, version: Version) {
        self.generation.responses.fetch_add(1, Ordering::Relaxed);
        if version == Version::HTTP_2 {
            self.generation.uses_http2.store(true, Ordering::Relaxed);
        }
    }

    pub(super) fn end(mut self) {
        self.is_over = true;
    }
}

impl Drop for RequestWatch<'_> {
    fn drop(&mut self) {
        let generation = self.generation;
        let is_silent = generation.responses.load(Ordering::Relaxed) == self.responses;
        if !self.is_over && is_silent && generation.uses_http2.load(Ordering::Relaxed) {
            generation.retired.store(true, Ordering::Relaxed);
        }
    }
}

impl HttpClient {
    pub(super) fn build(options: &HttpOptions, proxies: Proxies) -> Result<Self, TransportError> {
        let client = build(options, &proxies, true)?;
        let plain = PlainHttp::new(options.connect_timeout);
        Ok(Self {
            current: Mutex::new(Generation::new(client)),
            fresh: OnceLock::new(),
            settings: Some(Settings { options: options.clone(), proxies, plain }),
        })
    }

    /// Wraps a client, which is not replaced.
    pub(super) fn fixed(client: reqwest::Client) -> Self {
        let current = Mutex::new(Generation::new(client));
        Self { current, fresh: OnceLock::new(), settings: None }
    }

    pub(super) fn proxies(&self) -> Option<&Proxies> {
        self.settings.as_ref().map(|settings| &settings.proxies)
    }

    /// Returns the client for requests without TLS that use no proxy.
    pub(super) fn plain(&self) -> Option<&PlainHttp> {
        let settings = self.settings.as_ref()?;
        #[cfg(test)]
        if settings.options.keep_alive.without_tls {
            return None;
        }
        Some(&settings.plain)
    }

    /// Returns the client for a request that needs a new connection.
    ///
    /// A client that came as a whole has its own rules for connections.
    pub(super) fn fresh(&self) -> Result<Arc<Generation>, TransportError> {
        let Some(Settings { options, proxies, .. }) = &self.settings else {
            return Ok(self.current());
        };
        if let Some(fresh) = self.fresh.get() {
            return Ok(fresh.clone());
        }
        let built = Generation::new(build(options, proxies, false)?);
        Ok(self.fresh.get_or_init(|| built).clone())
    }

    /// Returns the client for the next request.
    pub(super) fn current(&self) -> Arc<Generation> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.retired.load(Ordering::Relaxed)
            && let Some(Settings { options, proxies, .. }) = &self.settings
            && let Ok(client) = build(options, proxies, true)
        {
            *current = Generation::new(client);
        }
        current.clone()
    }
}

fn build(
    options: &HttpOptions,
    proxies: &Proxies,
    keeps_connections: bool,
) -> Result<reqwest::Client, TransportError> {
    let mut builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(options.connect_timeout)
        .pool_idle_timeout(HttpOptions::IDLE_TIMEOUT)
        .pool_max_idle_per_host(if keeps_connections { usize::MAX } else { 0 })
        .http2_keep_alive_interval(options.keep_alive.interval)
        .http2_keep_alive_timeout(options.keep_alive.timeout)
        .http2_keep_alive_while_idle(true);
    builder = proxies.add_to(builder);
    #[cfg(test)]
    {
        builder = options.for_tests(builder);
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
        TransportError::not_sent(format!("{what}: {why}"))
            .permanent()
            .with_source(error.without_url())
    })
}

/// Parses the certificates of a PEM string.
fn certificates(pem: &[u8]) -> Result<Vec<reqwest::Certificate>, TransportError> {
    let invalid = |why: &str| {
        let expected = "expected a PEM string with `-----BEGIN CERTIFICATE-----`";
        TransportError::not_sent(format!("invalid `root_certificate_pem`: {expected}{why}"))
            .permanent()
    };
    match reqwest::Certificate::from_pem_bundle(pem) {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => Err(invalid("")),
        Err(error) => Err(invalid(&format!(" ({})", describe(&error)))),
    }
}
