//! `PlainHttp`: HTTP/1.1 without TLS and without a proxy.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::sync::Notify;
use tokio::task::coop::consume_budget;

use super::connect_error::HttpError;
use super::options::HttpOptions;
use super::tracked_body::TrackedBody;

/// The most informational responses (HTTP 1xx) to one request.
const MAX_INFORMATIONAL: usize = 100;

/// A client for HTTP/1.1 without TLS and without a proxy.
///
/// It uses the same library as reqwest, which does not pass the callback for informational responses
/// on. Without it, a server that sends them faster than the client reads them keeps a thread of the
/// runtime busy, and no timer ends the request. Over TLS, the size of the records prevents that.
pub(super) struct PlainHttp {
    client: Client<HttpConnector, TrackedBody>,
    /// Keeps no connections.
    fresh: Client<HttpConnector, TrackedBody>,
}

impl PlainHttp {
    pub(super) fn new(connect_timeout: Duration) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(connect_timeout));
        connector.set_nodelay(true);
        connector.set_keepalive(Some(Duration::from_secs(15)));
        let mut builder = Client::builder(TokioExecutor::new());
        builder.pool_timer(TokioTimer::new()).pool_idle_timeout(HttpOptions::IDLE_TIMEOUT);
        let client = builder.build(connector.clone());
        Self { client, fresh: builder.pool_max_idle_per_host(0).build(connector) }
    }

    /// Sends a request, on a new connection if `is_fresh`.
    pub(super) async fn send(
        &self,
        mut request: http::Request<TrackedBody>,
        is_fresh: bool,
    ) -> Result<reqwest::Response, HttpError> {
        let informational = Arc::new(Informational::default());
        let counter = informational.clone();
        hyper::ext::on_informational(&mut request, move |_| counter.count());
        let client = if is_fresh { &self.fresh } else { &self.client };
        let mut response = pin!(client.request(request));
        let mut too_many = pin!(informational.too_many.notified());
        let response = poll_fn(|context| match response.as_mut().poll(context) {
            Poll::Ready(response) => Poll::Ready(response.map_err(HttpError::from)),
            Poll::Pending => too_many.as_mut().poll(context).map(|()| {
                Err(HttpError::invalid_response(format!(
                    "the server sent more than {MAX_INFORMATIONAL} informational responses \
                     (HTTP 1xx)"
                )))
            }),
        })
        .await?;
        Ok(response.map(reqwest::Body::wrap).into())
    }
}

/// Counts the informational responses to a request.
#[derive(Default)]
struct Informational {
    count: AtomicUsize,
    too_many: Notify,
}

impl Informational {
    fn count(&self) {
        if self.count.fetch_add(1, Ordering::Relaxed) >= MAX_INFORMATIONAL {
            self.too_many.notify_one();
        }
        // Ends the turn of the connection's task in time: it yields when its budget is used up.
        let _ = pin!(consume_budget()).poll(&mut Context::from_waker(Waker::noop()));
    }
}
