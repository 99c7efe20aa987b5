//! `default_transport`: the transport of a client that sets none.

use std::sync::Arc;

use super::options::HttpOptions;
use super::{Transport, TransportError};
use crate::rpc::endpoint::Endpoint;

/// Creates the transport, or returns an error if the proxy for the endpoint is invalid.
///
/// `variable` reads the environment variables with proxies.
#[cfg(any(feature = "rustls", feature = "native-tls"))]
pub(crate) fn default_transport(
    options: &HttpOptions,
    variable: &dyn Fn(&str) -> Option<String>,
    endpoint: &Endpoint,
) -> Result<Arc<dyn Transport>, TransportError> {
    Ok(Arc::new(super::ReqwestTransport::for_endpoint(options, variable, endpoint)?))
}

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
pub(crate) fn default_transport(
    _: &HttpOptions,
    _: &dyn Fn(&str) -> Option<String>,
    _: &Endpoint,
) -> Result<Arc<dyn Transport>, TransportError> {
    Err(TransportError::not_sent("no transport").permanent().with_hint(
        "enable the feature `rustls` or `native-tls` of aliyun-dbs, or set \
         `ClientBuilder::transport`",
    ))
}
