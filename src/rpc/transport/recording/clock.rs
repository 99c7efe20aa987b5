//! `ReplayClock`: a clock whose waits end at once.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

use time::OffsetDateTime;

use crate::rpc::clock::{Clock, Sleep};

/// A clock that starts when the recording started, and advances with every wait.
#[derive(Clone, Debug)]
pub(in crate::rpc::transport) struct ReplayClock {
    start: OffsetDateTime,
    state: Arc<Mutex<ReplayTime>>,
}

#[derive(Debug, Default)]
struct ReplayTime {
    elapsed: Duration,
    deadlines: Vec<Waker>,
}

impl ReplayClock {
    pub(in crate::rpc::transport) fn new(start: OffsetDateTime) -> Self {
        Self { start, state: Arc::default() }
    }

    /// Advances the clock to a time since the start, unless it is later already.
    pub(in crate::rpc::transport) fn advance_to(&self, elapsed: Duration) {
        let wakers = self.with(|time| {
            time.elapsed = time.elapsed.max(elapsed);
            std::mem::take(&mut time.deadlines)
        });
        wakers.into_iter().for_each(Waker::wake);
    }

    fn with<R>(&self, change: impl FnOnce(&mut ReplayTime) -> R) -> R {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Clock for ReplayClock {
    fn now(&self) -> OffsetDateTime {
        self.start + self.elapsed()
    }

    fn elapsed(&self) -> Duration {
        self.with(|time| time.elapsed)
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        let clock = self.clone();
        Box::pin(async move { clock.advance_to(clock.elapsed().saturating_add(duration)) })
    }

    fn deadline(&self, duration: Duration) -> Sleep {
        let clock = self.clone();
        let mut end = None;
        Box::pin(poll_fn(move |context| {
            clock.with(|time| {
                let end = *end.get_or_insert(time.elapsed.saturating_add(duration));
                if time.elapsed >= end {
                    return Poll::Ready(());
                }
                time.deadlines.push(context.waker().clone());
                Poll::Pending
            })
        }))
    }
}
