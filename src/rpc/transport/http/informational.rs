//! `Informational`: the limit of informational responses (HTTP 1xx) to a request.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use tokio::sync::Notify;
use tokio::task::coop::consume_budget;

use super::connect_error::HttpError;

/// The most informational responses to one request.
const MAX_INFORMATIONAL: usize = 100;

/// Counts the informational responses to a request.
///
/// Without a limit, a server that sends them faster than the client reads them keeps a thread of the
/// runtime busy, and no timer ends the request. Over TLS, the size of the records prevents that.
#[derive(Default)]
pub(crate) struct Informational {
    count: AtomicUsize,
    too_many: Notify,
}

impl Informational {
    /// Counts the informational responses to this request.
    pub(crate) fn watch<B>(request: &mut http::Request<B>) -> Arc<Self> {
        let informational = Arc::new(Self::default());
        let counter = informational.clone();
        hyper::ext::on_informational(request, move |_| counter.count());
        informational
    }

    /// Waits for the response, or returns an error after too many informational ones.
    pub(crate) async fn limit<R, E>(
        &self,
        response: impl Future<Output = Result<R, E>>,
    ) -> Result<R, HttpError>
    where
        HttpError: From<E>,
    {
        let mut response = pin!(response);
        let mut too_many = pin!(self.too_many.notified());
        poll_fn(|context| match response.as_mut().poll(context) {
            Poll::Ready(response) => Poll::Ready(response.map_err(HttpError::from)),
            Poll::Pending => too_many.as_mut().poll(context).map(|()| {
                Err(HttpError::invalid_response(format!(
                    "the server sent more than {MAX_INFORMATIONAL} informational responses \
                     (HTTP 1xx)"
                )))
            }),
        })
        .await
    }

    fn count(&self) {
        if self.count.fetch_add(1, Ordering::Relaxed) >= MAX_INFORMATIONAL {
            self.too_many.notify_one();
        }
        // Ends the turn of the connection's task in time: it yields when its budget is used up.
        let _ = pin!(consume_budget()).poll(&mut Context::from_waker(Waker::noop()));
    }
}
