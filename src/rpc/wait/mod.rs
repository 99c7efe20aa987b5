//! Waiting: conditions, the loop that polls them, and its errors.

mod condition;
mod poll_outcome;
mod polling_policy;
pub(crate) mod run_handle;
pub(crate) mod task_stream;
mod until;
mod wait_error;

use std::fmt;
use std::future::{Future, IntoFuture, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::{FusedStream, Stream};

pub use condition::{And, Condition, Or};
pub(crate) use poll_outcome::NOT_YET;
pub use poll_outcome::{PollOutcome, PollStatus};
pub use polling_policy::PollingPolicy;
pub use until::{Until, until};
pub(crate) use wait_error::Rounded;
pub use wait_error::{WaitError, WaitErrorKind};

use crate::rpc::client::Client;
use crate::rpc::clock::{Clock, within};
use crate::rpc::error::Error;
use crate::rpc::wait::task_stream::{EventSink, TaskStream};

impl Client {
    /// Waits until a condition holds; see [`wait`](crate::wait).
    pub fn wait_for<C: Condition>(&self, condition: C) -> Waiter<C> {
        let polling = condition.polling_policy();
        Waiter { client: self.clone(), polling, state: WaiterState::Ready(condition), found: None }
    }
}

/// The state seen by one poll of a [`Waiter`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Observation<S> {
    /// The state of the resource. `None` if the resource does not exist yet.
    pub state: Option<S>,
    /// A short summary of the state, such as `running, 40 %`.
    pub summary: String,
    /// The progress in percent. `None` if the service does not report it.
    pub progress: Option<u8>,
    /// Whether the condition holds. The last observation of a successful wait has it set.
    pub done: bool,
    /// The number of polls so far, including this one.
    pub polls: u32,
    /// The time since the wait began.
    pub elapsed: Duration,
}

/// A prepared wait; await it for the final state, or stream its polls.
///
/// As a [`Stream`], it yields an [`Observation`] for each poll. It polls immediately, then at
/// growing intervals, as its [`PollingPolicy`] and the published rate limit of the polled
/// operation allow. It repeats a poll that fails with a
/// [retryable](Error::is_retryable) error, such as a broken connection or throttling, until the
/// timeout; another error ends the wait.
#[must_use = "a waiter does nothing until it is awaited"]
pub struct Waiter<C: Condition> {
    client: Client,
    polling: PollingPolicy,
    state: WaiterState<C>,
    /// The final state. Boxed, so that the waiter can be moved whatever the type of the state.
    found: Option<Box<C::State>>,
}

enum WaiterState<C: Condition> {
    Ready(C),
    Streaming(TaskStream<Observation<C::State>, (), WaitError>),
    Ended,
}

/// The future of a [`Waiter`].
pub type WaiterFuture<S> = Pin<Box<dyn Future<Output = Result<S, WaitError>> + Send>>;

impl<C: Condition> Waiter<C> {
    /// Sets the longest time to wait. Defaults to the condition's
    /// [`polling_policy`](Condition::polling_policy).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.polling.timeout = timeout;
        self
    }

    /// Sets how long the resource may be missing before the wait fails.
    ///
    /// Defaults to the condition's [`polling_policy`](Condition::polling_policy): one minute for
    /// [`PlanConfigurable`](crate::wait::PlanConfigurable) and
    /// [`GatewayDatabases`](crate::wait::GatewayDatabases), two minutes for the other conditions
    /// of this crate that wait for a resource by its id. When two conditions are combined, the limit
    /// applies while the resources of both are missing.
    pub fn missing_timeout(mut self, timeout: Duration) -> Self {
        self.polling.missing_timeout = timeout;
        self
    }

    /// Sets the interval between the first two polls, and the longest interval.
    ///
    /// Defaults to the condition's [`polling_policy`](Condition::polling_policy). The waiter polls
    /// less often if the published rate limit of the polled operation requires it.
    pub fn poll_interval(mut self, initial: Duration, max: Duration) -> Self {
        self.polling.initial_interval = initial;
        self.polling.max_interval = max;
        self
    }

    /// Polls once more and returns the observation, or `None` when the condition held before.
    ///
    /// # Errors
    ///
    /// Returns an error if the timeout expires, if the resource fails or stays missing, or if a
    /// call fails with an error that is not retryable.
    pub async fn next(&mut self) -> Option<Result<Observation<C::State>, WaitError>>
    where
        C: Unpin,
    {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl<C: Condition> IntoFuture for Waiter<C> {
    type Output = Result<C::State, WaitError>;
    type IntoFuture = WaiterFuture<C::State>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let Waiter { client, polling, state, found } = self;
            match state {
                WaiterState::Ready(condition) => {
                    poll_until_done(&client, &condition, polling, None).await
                }
                WaiterState::Streaming(mut task) => {
                    let mut last = found.map(|state| *state);
                    while let Some(observation) = poll_fn(|context| task.poll_event(context)).await
                    {
                        last = observation?.state;
                    }
                    last.ok_or_else(WaitError::ended)
                }
                WaiterState::Ended => found.map(|state| *state).ok_or_else(WaitError::ended),
            }
        })
    }
}

impl<C: Condition + Unpin> Stream for Waiter<C> {
    type Item = Result<Observation<C::State>, WaitError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            match &mut this.state {
                WaiterState::Streaming(task) => {
                    let event = task.poll_event(context);
                    match &event {
                        Poll::Ready(Some(Ok(observation))) if observation.done => {
                            this.found = observation.state.clone().map(Box::new);
                        }
                        Poll::Ready(None | Some(Err(_))) => this.state = WaiterState::Ended,
                        _ => {}
                    }
                    return event;
                }
                WaiterState::Ended => return Poll::Ready(None),
                WaiterState::Ready(_) => {}
            }
            if let WaiterState::Ready(condition) =
                std::mem::replace(&mut this.state, WaiterState::Ended)
            {
                let (client, polling) = (this.client.clone(), this.polling);
                this.state = WaiterState::Streaming(TaskStream::new(|events| async move {
                    poll_until_done(&client, &condition, polling, Some(&events)).await.map(drop)
                }));
            }
        }
    }
}

impl<C: Condition + Unpin> FusedStream for Waiter<C> {
    fn is_terminated(&self) -> bool {
        matches!(self.state, WaiterState::Ended)
    }
}

impl<C: Condition> fmt::Debug for Waiter<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiter").field("polling", &self.polling).finish_non_exhaustive()
    }
}

const MISSING: &str = "it does not exist; check its id, and that it belongs to the account of the \
                       access key and to the region of the endpoint";

/// How long before the timeout the last poll is made.
const LAST_POLL_MARGIN: Duration = Duration::from_secs(2);

/// Polls until the condition holds, and sends an observation of each poll.
async fn poll_until_done<C: Condition>(
    client: &Client,
    condition: &C,
    polling: PollingPolicy,
    events: Option<&EventSink<Observation<C::State>>>,
) -> Result<C::State, WaitError> {
    let clock = &**client.clock();
    let mut wait = WaitProgress {
        clock,
        polling,
        started: clock.elapsed(),
        polls: 0,
        last_state: None,
        missing_since: None,
    };
    let mut interval = polling.initial_interval;
    let mut was_last_poll = false;
    loop {
        let Some(polled) = within(clock, wait.remaining(), pin!(condition.poll(client))).await
        else {
            return Err(wait.timed_out(condition.subject(), None));
        };
        wait.polls += 1;
        let mut transient = None;
        match polled {
            Ok(outcome) => {
                let (state, status) = outcome.into_parts();
                wait.record_existence(state.is_some());
                wait.last_state = Some(status.summary().to_owned());
                if let Some(reason) = status.failure() {
                    return Err(wait.failed(condition.subject(), reason));
                }
                let found = state.clone().filter(|_| status.is_done());
                if let Some(events) = events {
                    events.send(Observation {
                        state,
                        summary: status.summary().to_owned(),
                        progress: status.percent(),
                        done: found.is_some(),
                        polls: wait.polls,
                        elapsed: wait.elapsed(),
                    });
                }
                if let Some(state) = found {
                    return Ok(state);
                }
                if wait.exceeds_missing_timeout() {
                    return Err(wait.failed(condition.subject(), MISSING));
                }
            }
            Err(error) if error.is_retryable() => transient = Some(error),
            Err(error) => return Err(wait.call_failed(condition.subject(), error)),
        }
        let mut delay =
            PollingPolicy::jittered(interval, condition.rate_limit(), clock.random_fraction());
        if delay >= wait.remaining() {
            // One more poll shortly before the timeout, so that a late change is not missed.
            delay = wait.remaining().saturating_sub(LAST_POLL_MARGIN);
            if std::mem::replace(&mut was_last_poll, true) || delay.is_zero() {
                clock.sleep(wait.remaining()).await;
                return Err(wait.timed_out(condition.subject(), transient));
            }
        }
        clock.sleep(delay).await;
        interval = polling.next_interval(interval);
    }
}

/// The progress of one wait.
struct WaitProgress<'c> {
    clock: &'c dyn Clock,
    polling: PollingPolicy,
    started: Duration,
    polls: u32,
    last_state: Option<String>,
    /// When the resource was first missing, if it still is.
    missing_since: Option<Duration>,
}

impl WaitProgress<'_> {
    fn record_existence(&mut self, exists: bool) {
        let now = self.elapsed();
        self.missing_since = (!exists).then(|| self.missing_since.unwrap_or(now));
    }

    fn exceeds_missing_timeout(&self) -> bool {
        let missing = self.missing_since.map(|since| self.elapsed().saturating_sub(since));
        missing.is_some_and(|missing| missing >= self.polling.missing_timeout)
    }

    fn elapsed(&self) -> Duration {
        self.clock.elapsed().saturating_sub(self.started)
    }

    fn remaining(&self) -> Duration {
        self.polling.timeout.saturating_sub(self.elapsed())
    }

    fn error(&self, kind: WaitErrorKind, subject: String, source: Option<Error>) -> WaitError {
        let last_state = self.last_state.clone();
        WaitError::new(kind, subject, self.elapsed(), self.polls, last_state, source)
    }

    fn timed_out(&self, subject: String, source: Option<Error>) -> WaitError {
        self.error(WaitErrorKind::TimedOut, subject, source)
    }

    fn failed(&self, subject: String, reason: &str) -> WaitError {
        self.error(WaitErrorKind::Failed, subject, None).with_reason(reason)
    }

    fn call_failed(&self, subject: String, error: Error) -> WaitError {
        self.error(WaitErrorKind::Call, subject, Some(error))
    }
}
