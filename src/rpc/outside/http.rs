//! The HTTP requests of an [`Io`](super::Io): which transport carries them, and for how long.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::rpc::transport::{Transport, TransportError};

/// Whether a request goes through the proxies of the environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// As the proxy variables say.
    Proxied,
    /// Past any proxy, for services on this machine or its link.
    Direct,
}

/// Why an exchange of an [`Io`](super::Io) has no response.
#[derive(Debug)]
pub(crate) enum ExchangeError {
    /// There is no transport to send with.
    Setup(TransportError),
    /// The transport failed.
    Transport(TransportError),
    /// No response within this time.
    TimedOut(Duration),
}

/// The transports of an [`Io`](super::Io), one per route.
#[derive(Clone)]
pub(super) struct Transports {
    proxied: LazyTransport,
    direct: LazyTransport,
}

impl Transports {
    pub(super) fn system() -> Self {
        Self {
            proxied: LazyTransport::new(|| system_transport(Route::Proxied)),
            direct: LazyTransport::new(|| system_transport(Route::Direct)),
        }
    }

    /// One transport for both routes.
    pub(super) fn only(transport: Arc<dyn Transport>) -> Self {
        let lazy = LazyTransport::new(move || Ok(transport.clone()));
        Self { proxied: lazy.clone(), direct: lazy }
    }

    pub(super) fn of(&self, route: Route) -> Result<Arc<dyn Transport>, TransportError> {
        match route {
            Route::Proxied => self.proxied.get(),
            Route::Direct => self.direct.get(),
        }
    }
}

type MakeTransport = dyn Fn() -> Result<Arc<dyn Transport>, TransportError> + Send + Sync;

/// A transport that is built at its first use: most processes never need one.
#[derive(Clone)]
struct LazyTransport {
    make: Arc<MakeTransport>,
    made: Arc<OnceLock<Arc<dyn Transport>>>,
}

impl LazyTransport {
    fn new(
        make: impl Fn() -> Result<Arc<dyn Transport>, TransportError> + Send + Sync + 'static,
    ) -> Self {
        Self { make: Arc::new(make), made: Arc::default() }
    }

    fn get(&self) -> Result<Arc<dyn Transport>, TransportError> {
        if let Some(transport) = self.made.get() {
            return Ok(transport.clone());
        }
        let transport = (self.make)()?;
        Ok(self.made.get_or_init(|| transport).clone())
    }
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn system_transport(route: Route) -> Result<Arc<dyn Transport>, TransportError> {
    use crate::rpc::transport::{HttpOptions, ProxyChoice, ReqwestTransport};

    let (connect_seconds, proxy) = match route {
        Route::Proxied => (5, ProxyChoice::Environment),
        Route::Direct => (1, ProxyChoice::None),
    };
    let options = HttpOptions {
        connect_timeout: Duration::from_secs(connect_seconds),
        proxy,
        ..HttpOptions::default()
    };
    // Responses of sources of credentials are short; a long one comes from something else.
    Ok(Arc::new(ReqwestTransport::with_options(&options)?.max_response_size(1 << 20)))
}

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
fn system_transport(_: Route) -> Result<Arc<dyn Transport>, TransportError> {
    Err(TransportError::not_sent(
        "this source needs HTTP: enable the feature `rustls` or `native-tls` of aliyun-dbs, or \
         pass a transport to `Io::with_transport`",
    )
    .permanent())
}
