//! The transport of a client that sets none, and of the credentials providers.

use std::sync::Arc;

#[cfg(feature = "_http")]
use super::options::HttpLibrary;
use super::options::HttpOptions;
use super::{Transport, TransportError};
use crate::rpc::endpoint::Endpoint;

/// The library of the default transport.
#[cfg(feature = "_reqwest")]
const DEFAULT: HttpLibrary = HttpLibrary::Reqwest;
#[cfg(all(feature = "hyper", not(feature = "_reqwest")))]
const DEFAULT: HttpLibrary = HttpLibrary::Hyper;

/// Creates the transport, or returns an error if the proxy for the endpoint is invalid.
///
/// `variable` reads the environment variables with proxies.
#[cfg(feature = "_http")]
pub(crate) fn default_transport(
    options: &HttpOptions,
    variable: &dyn Fn(&str) -> Option<String>,
    endpoint: &Endpoint,
) -> Result<Arc<dyn Transport>, TransportError> {
    Ok(match options.library.unwrap_or(DEFAULT) {
        #[cfg(feature = "_reqwest")]
        HttpLibrary::Reqwest => {
            Arc::new(super::ReqwestTransport::for_endpoint(options, variable, endpoint)?)
        }
        #[cfg(feature = "hyper")]
        HttpLibrary::Hyper => {
            Arc::new(super::HyperTransport::for_endpoint(options, variable, endpoint)?)
        }
    })
}

/// Creates a transport for any endpoint.
///
/// `variable` reads the environment variables with proxies.
#[cfg(feature = "_http")]
pub(crate) fn transport_for_any_endpoint(
    options: &HttpOptions,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Arc<dyn Transport>, TransportError> {
    Ok(match options.library.unwrap_or(DEFAULT) {
        #[cfg(feature = "_reqwest")]
        HttpLibrary::Reqwest => Arc::new(super::ReqwestTransport::with_options(options, variable)?),
        #[cfg(feature = "hyper")]
        HttpLibrary::Hyper => Arc::new(super::HyperTransport::with_options(options, variable)?),
    })
}

#[cfg(not(feature = "_http"))]
pub(crate) fn default_transport(
    _: &HttpOptions,
    _: &dyn Fn(&str) -> Option<String>,
    _: &Endpoint,
) -> Result<Arc<dyn Transport>, TransportError> {
    Err(TransportError::not_sent("no transport").permanent().with_hint(
        "enable the feature `hyper`, `rustls` or `native-tls` of aliyun-dbs, or set \
         `ClientBuilder::transport`",
    ))
}
