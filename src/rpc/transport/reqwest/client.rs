//! `HttpClient`: the reqwest client of a transport, and its replacement after a dead connection.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tokio::task::spawn_blocking;

use super::plain::PlainHttp;
use crate::rpc::transport::TransportError;
use crate::rpc::transport::http::connect_error::{HttpError, HttpErrorKind, describe, invalid_pem};
use crate::rpc::transport::http::generation::Generation;
use crate::rpc::transport::http::proxies::Proxies;
use crate::rpc::transport::options::HttpOptions;
#[cfg(test)]
use crate::rpc::transport::options::TlsBackend;
use crate::rpc::transport::proxy_url::ProxyUrl;

/// A reqwest client that can be replaced; see [`Generation`].
///
/// Building another one loads the root certificates, which takes milliseconds, so a thread for
/// blocking work does it.
pub(super) struct HttpClient {
    latest: Mutex<Arc<Generation<reqwest::Client>>>,
    /// A client that keeps no connections, built for the first request that needs it.
    fresh: OnceLock<Arc<Generation<reqwest::Client>>>,
    /// Locked while a thread builds a client, so that the others do not build it too.
    building: Mutex<()>,
    settings: Option<Settings>,
}

struct Settings {
    options: HttpOptions,
    proxies: Proxies,
    plain: PlainHttp,
}

impl HttpClient {
    pub(super) fn build(options: &HttpOptions, proxies: Proxies) -> Result<Self, TransportError> {
        let client = build(options, &proxies, true)?;
        let plain = PlainHttp::new(options);
        Ok(Self {
            latest: Mutex::new(Generation::new(client)),
            fresh: OnceLock::new(),
            building: Mutex::new(()),
            settings: Some(Settings { options: options.clone(), proxies, plain }),
        })
    }

    /// Wraps a client, which is not replaced.
    pub(super) fn fixed(client: reqwest::Client) -> Self {
        let latest = Mutex::new(Generation::new(client));
        Self { latest, fresh: OnceLock::new(), building: Mutex::new(()), settings: None }
    }

    pub(super) fn proxies(&self) -> Option<&Proxies> {
        self.settings.as_ref().map(|settings| &settings.proxies)
    }

    /// Returns whether requests without TLS use HTTP/2.
    pub(super) fn uses_http2_without_tls(&self) -> bool {
        self.settings.as_ref().is_some_and(|settings| settings.options.keep_alive.without_tls)
    }

    /// Returns the client for requests without TLS that use no proxy.
    pub(super) fn plain(&self) -> Option<&PlainHttp> {
        let settings = self.settings.as_ref()?;
        (!settings.options.keep_alive.without_tls).then_some(&settings.plain)
    }

    /// Returns the client for a request that needs a new connection.
    ///
    /// A client that came as a whole has its own rules for connections.
    pub(super) async fn fresh(
        self: &Arc<Self>,
    ) -> Result<Arc<Generation<reqwest::Client>>, TransportError> {
        if self.settings.is_none() {
            return Ok(self.latest());
        }
        if let Some(fresh) = self.fresh.get() {
            return Ok(fresh.clone());
        }
        let http = self.clone();
        spawn_blocking(move || http.build_fresh()).await.unwrap_or_else(|error| {
            Err(TransportError::not_sent(format!("cannot create the HTTP client: {error}")))
        })
    }

    /// Returns the client for the next request.
    pub(super) async fn current(self: &Arc<Self>) -> Arc<Generation<reqwest::Client>> {
        let latest = self.latest();
        if !latest.is_retired() || self.settings.is_none() {
            return latest;
        }
        let http = self.clone();
        spawn_blocking(move || http.replace_retired()).await.unwrap_or(latest)
    }

    /// Returns the latest client, which may be retired.
    pub(super) fn latest(&self) -> Arc<Generation<reqwest::Client>> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Replaces the client, unless another thread has done so. Blocks.
    fn replace_retired(&self) -> Arc<Generation<reqwest::Client>> {
        let _building = self.building.lock().unwrap_or_else(PoisonError::into_inner);
        let latest = self.latest();
        if latest.is_retired()
            && let Some(Settings { options, proxies, .. }) = &self.settings
            && let Ok(client) = build(options, proxies, true)
        {
            let replaced = Generation::new(client);
            *self.latest.lock().unwrap_or_else(PoisonError::into_inner) = replaced.clone();
            return replaced;
        }
        latest
    }

    /// Builds the client that keeps no connections, unless another thread has done so. Blocks.
    fn build_fresh(&self) -> Result<Arc<Generation<reqwest::Client>>, TransportError> {
        let _building = self.building.lock().unwrap_or_else(PoisonError::into_inner);
        match (self.fresh.get(), &self.settings) {
            (Some(fresh), _) => Ok(fresh.clone()),
            (None, None) => Ok(self.latest()),
            (None, Some(Settings { options, proxies, .. })) => {
                let built = Generation::new(build(options, proxies, false)?);
                Ok(self.fresh.get_or_init(|| built).clone())
            }
        }
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
        .pool_idle_timeout(options.idle_timeout)
        .pool_max_idle_per_host(if keeps_connections { usize::MAX } else { 0 })
        .http2_keep_alive_interval(options.keep_alive.interval)
        .http2_keep_alive_timeout(options.keep_alive.timeout)
        .http2_keep_alive_while_idle(true);
    if options.keep_alive.without_tls {
        builder = builder.http2_prior_knowledge();
    }
    builder = with_proxies(builder, proxies);
    #[cfg(test)]
    {
        builder = for_tests(builder, options);
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
    match reqwest::Certificate::from_pem_bundle(pem) {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => Err(invalid_pem("")),
        Err(error) => Err(invalid_pem(&format!(" ({})", describe(&error)))),
    }
}

/// Adds the proxies to a client, which reads none of its own.
fn with_proxies(builder: reqwest::ClientBuilder, proxies: &Proxies) -> reqwest::ClientBuilder {
    let builder = builder.no_proxy();
    match proxies {
        Proxies::None => builder,
        Proxies::All(proxy) => {
            let address = proxy.address().clone();
            builder.proxy(authorized(reqwest::Proxy::custom(move |_| Some(address.clone())), proxy))
        }
        Proxies::Environment(proxies) => {
            proxies.by_scheme().fold(builder, |builder, (scheme, proxy)| {
                let proxies = proxies.clone();
                // Selects for each request, because reqwest reads `NO_PROXY` differently.
                let custom = reqwest::Proxy::custom(move |url| {
                    let selected = proxies.select(url).ok()??;
                    (url.scheme() == scheme).then(|| selected.address().clone())
                });
                builder.proxy(authorized(custom, proxy))
            })
        }
    }
}

/// Adds the user and the password of a proxy.
fn authorized(proxy: reqwest::Proxy, url: &ProxyUrl) -> reqwest::Proxy {
    match url.authorization() {
        Some(value) => proxy.custom_http_auth(value.clone()),
        None => proxy,
    }
}

impl From<reqwest::Error> for HttpError {
    fn from(error: reqwest::Error) -> Self {
        let kind = if error.is_connect() {
            HttpErrorKind::Connect
        } else if error.is_builder() {
            HttpErrorKind::Request
        } else if error.is_timeout() {
            HttpErrorKind::Timeout
        } else {
            HttpErrorKind::Other
        };
        Self::new(error.without_url(), kind)
    }
}

/// Applies the settings that only tests have.
#[cfg(test)]
fn for_tests(builder: reqwest::ClientBuilder, options: &HttpOptions) -> reqwest::ClientBuilder {
    match options.tls {
        None => builder,
        #[cfg(feature = "rustls")]
        Some(TlsBackend::Rustls) => builder.tls_backend_rustls(),
        #[cfg(feature = "native-tls")]
        Some(TlsBackend::Native) => builder.tls_backend_native(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use futures_util::FutureExt;

    use super::*;

    /// Lets no thread build a client until the returned value is dropped, or for 20 seconds.
    fn pause_building(http: &Arc<HttpClient>) -> mpsc::Sender<()> {
        let http = http.clone();
        let (resume, resumed) = mpsc::channel();
        let (lock, locked) = mpsc::channel();
        std::thread::spawn(move || {
            let _building = http.building.lock().unwrap();
            lock.send(()).unwrap();
            let _ = resumed.recv_timeout(Duration::from_secs(20));
        });
        locked.recv().unwrap();
        resume
    }

    #[tokio::test]
    async fn clients_are_built_off_the_executor() {
        let http = Arc::new(HttpClient::build(&HttpOptions::default(), Proxies::None).unwrap());
        let built = http.current().await;
        assert!(Arc::ptr_eq(&built, &http.current().await));
        drop(built.watch(true, None));
        assert!(built.is_retired());
        let paused = pause_building(&http);
        let mut current = [http.current().boxed(), http.current().boxed()];
        let mut fresh = [http.fresh().boxed(), http.fresh().boxed()];
        assert!(current.iter_mut().all(|current| current.now_or_never().is_none()));
        assert!(fresh.iter_mut().all(|fresh| fresh.now_or_never().is_none()));
        drop(paused);
        let [first, second] = current;
        let (first, second) = (first.await, second.await);
        assert!(Arc::ptr_eq(&first, &second) && !Arc::ptr_eq(&first, &built));
        assert!(!first.is_retired());
        let [first, second] = fresh;
        assert!(Arc::ptr_eq(&first.await.unwrap(), &second.await.unwrap()));
    }

    #[tokio::test]
    async fn cancelled_request_does_not_discard_a_client() {
        let http = Arc::new(HttpClient::build(&HttpOptions::default(), Proxies::None).unwrap());
        let built = http.current().await;
        drop(built.watch(true, None));
        let paused = pause_building(&http);
        assert!(http.current().now_or_never().is_none());
        drop(paused);
        // The thread that builds is not cancelled.
        while http.latest().is_retired() {
            tokio::task::yield_now().await;
        }
        assert!(!Arc::ptr_eq(&http.latest(), &built));
    }

    #[tokio::test]
    async fn given_client_is_never_replaced() {
        let http = Arc::new(HttpClient::fixed(reqwest::Client::new()));
        let given = http.latest();
        drop(given.watch(true, None));
        assert!(given.is_retired());
        for used in [http.current().await, http.fresh().await.unwrap()] {
            assert!(Arc::ptr_eq(&given, &used));
        }
    }
}
