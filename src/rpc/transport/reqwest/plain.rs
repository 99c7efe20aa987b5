//! `PlainHttp`: HTTP/1.1 without TLS and without a proxy.

use std::time::Duration;

use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use crate::rpc::transport::http::connect_error::HttpError;
use crate::rpc::transport::http::informational::Informational;
use crate::rpc::transport::http::tracked_body::TrackedBody;
use crate::rpc::transport::options::HttpOptions;

/// A client for HTTP/1.1 without TLS and without a proxy.
///
/// It uses the same library as reqwest, which does not pass the callback for informational responses
/// on, so [`Informational`] could not limit them.
pub(super) struct PlainHttp {
    client: Client<HttpConnector, TrackedBody>,
    /// Keeps no connections.
    fresh: Client<HttpConnector, TrackedBody>,
}

impl PlainHttp {
    pub(super) fn new(options: &HttpOptions) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(options.connect_timeout));
        connector.set_nodelay(true);
        connector.set_keepalive(Some(Duration::from_secs(15)));
        let mut builder = Client::builder(TokioExecutor::new());
        builder.pool_timer(TokioTimer::new()).pool_idle_timeout(options.idle_timeout);
        let client = builder.build(connector.clone());
        Self { client, fresh: builder.pool_max_idle_per_host(0).build(connector) }
    }

    /// Sends a request, on a new connection if `is_fresh`.
    pub(super) async fn send(
        &self,
        mut request: http::Request<TrackedBody>,
        is_fresh: bool,
    ) -> Result<http::Response<Incoming>, HttpError> {
        let informational = Informational::watch(&mut request);
        let client = if is_fresh { &self.fresh } else { &self.client };
        informational.limit(client.request(request)).await
    }
}
