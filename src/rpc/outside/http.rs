//! The HTTP transports of an [`Io`](super::Io), and the errors of their requests.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

#[cfg(feature = "_http")]
use crate::rpc::transport::HttpLibrary;
use crate::rpc::transport::{Transport, TransportError};

/// Whether a request goes through the proxies of the environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// Through the proxy that the environment selects.
    Proxied,
    /// Without a proxy, for services on this machine or its local link.
    Direct,
}

/// Why a request of an [`Io`](super::Io) has no response.
#[derive(Debug)]
pub(crate) enum ExchangeError {
    /// The transport could not be built.
    Setup(TransportError),
    /// The transport failed.
    Transport(TransportError),
    /// The timeout expired.
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
        Self::by_route(system_transport)
    }

    /// Uses a library instead of the default one.
    #[cfg(feature = "_http")]
    pub(super) fn of_library(library: HttpLibrary) -> Self {
        Self::by_route(move |route, variable| http_transport(Some(library), route, variable))
    }

    fn by_route(
        build: impl Fn(Route, &ReadVariable) -> Result<Arc<dyn Transport>, TransportError>
        + Copy
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self {
            proxied: LazyTransport::new(move |variable| build(Route::Proxied, variable)),
            direct: LazyTransport::new(move |variable| build(Route::Direct, variable)),
        }
    }

    /// Uses one transport for both routes.
    pub(super) fn only(transport: Arc<dyn Transport>) -> Self {
        let lazy = LazyTransport::new(move |_| Ok(transport.clone()));
        Self { proxied: lazy.clone(), direct: lazy }
    }

    /// Returns the transport of a route; `variable` reads the environment variables with proxies.
    pub(super) fn get(
        &self,
        route: Route,
        variable: &ReadVariable,
    ) -> Result<Arc<dyn Transport>, TransportError> {
        match route {
            Route::Proxied => self.proxied.get(variable),
            Route::Direct => self.direct.get(variable),
        }
    }

    /// Returns transports that are built again, after the environment has changed.
    pub(super) fn rebuilt(&self) -> Self {
        Self { proxied: self.proxied.rebuilt(), direct: self.direct.rebuilt() }
    }
}

/// Reads an environment variable.
pub(super) type ReadVariable = dyn Fn(&str) -> Option<String> + Send + Sync;

type BuildTransport =
    dyn Fn(&ReadVariable) -> Result<Arc<dyn Transport>, TransportError> + Send + Sync;

/// A transport that is built at its first use, because most processes never need it.
#[derive(Clone)]
struct LazyTransport {
    build: Arc<BuildTransport>,
    transport: Arc<OnceLock<Arc<dyn Transport>>>,
}

impl LazyTransport {
    fn new(
        build: impl Fn(&ReadVariable) -> Result<Arc<dyn Transport>, TransportError>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self { build: Arc::new(build), transport: Arc::default() }
    }

    fn rebuilt(&self) -> Self {
        Self { build: self.build.clone(), transport: Arc::default() }
    }

    fn get(&self, variable: &ReadVariable) -> Result<Arc<dyn Transport>, TransportError> {
        if let Some(transport) = self.transport.get() {
            return Ok(transport.clone());
        }
        let transport = (self.build)(variable)?;
        Ok(self.transport.get_or_init(|| transport).clone())
    }
}

#[cfg(feature = "_http")]
fn system_transport(
    route: Route,
    variable: &ReadVariable,
) -> Result<Arc<dyn Transport>, TransportError> {
    http_transport(None, route, variable)
}

#[cfg(feature = "_http")]
fn http_transport(
    library: Option<HttpLibrary>,
    route: Route,
    variable: &ReadVariable,
) -> Result<Arc<dyn Transport>, TransportError> {
    use crate::rpc::transport::{HttpOptions, ProxyChoice, transport_for_any_endpoint};

    let (connect_seconds, proxy) = match route {
        Route::Proxied => (5, ProxyChoice::Environment),
        Route::Direct => (1, ProxyChoice::None),
    };
    let options = HttpOptions {
        connect_timeout: Duration::from_secs(connect_seconds),
        proxy,
        library,
        // The response of a credentials source is short; a longer one comes from another server.
        max_response_size: 1 << 20,
        ..HttpOptions::default()
    };
    transport_for_any_endpoint(&options, variable)
}

#[cfg(not(feature = "_http"))]
fn system_transport(_: Route, _: &ReadVariable) -> Result<Arc<dyn Transport>, TransportError> {
    Err(TransportError::not_sent(
        "no HTTP support; enable the feature `hyper`, `rustls` or `native-tls`, or pass a transport \
         to `Io::with_transport`",
    )
    .permanent())
}
