//! `Fetch`: a fetch of credentials that outlives the caller that began it.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::runtime::{Handle, Id};
use tokio::task::JoinHandle;
use tracing::Instrument;

use super::{Credentials, CredentialsError};

type FetchResult = Result<Credentials, CredentialsError>;
type FetchFuture = Pin<Box<dyn Future<Output = FetchResult> + Send>>;

/// A fetch that continues on a runtime, because its caller was dropped.
pub(super) struct BackgroundFetch {
    /// When it began, in the clock's elapsed time.
    pub(super) since: Duration,
    runtime: Id,
    task: JoinHandle<FetchResult>,
}

impl BackgroundFetch {
    /// Waits for the result.
    ///
    /// Returns `None` if the fetch panicked or its runtime was shut down, or if it belongs to
    /// another runtime, which may not run any more.
    pub(super) async fn result(&mut self) -> Option<FetchResult> {
        let is_current = Handle::try_current().is_ok_and(|current| current.id() == self.runtime);
        if !is_current && !self.task.is_finished() {
            return None;
        }
        (&mut self.task).await.ok()
    }
}

impl Drop for BackgroundFetch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A fetch that its caller polls. If the caller drops it, it moves to the background.
pub(super) struct Fetch<'a> {
    /// `None` after the end, and while it is polled: a fetch that panics is not polled again.
    future: Option<FetchFuture>,
    background: &'a mut Option<BackgroundFetch>,
    started: Duration,
}

impl<'a> Fetch<'a> {
    pub(super) fn new(
        future: FetchFuture,
        background: &'a mut Option<BackgroundFetch>,
        started: Duration,
    ) -> Self {
        Self { future: Some(future), background, started }
    }
}

impl Future for Fetch<'_> {
    type Output = FetchResult;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<FetchResult> {
        let Some(mut future) = self.future.take() else { return Poll::Pending };
        let polled = future.as_mut().poll(context);
        if polled.is_pending() {
            self.future = Some(future);
        }
        polled
    }
}

impl Drop for Fetch<'_> {
    fn drop(&mut self) {
        let Some(future) = self.future.take().filter(|_| !std::thread::panicking()) else { return };
        // Without a runtime, the fetch ends with its caller.
        if let Ok(runtime) = Handle::try_current() {
            *self.background = Some(BackgroundFetch {
                since: self.started,
                runtime: runtime.id(),
                task: runtime.spawn(future.in_current_span()),
            });
        }
    }
}
