//! The engine of waiting: conditions, the loop that polls them, and its errors.

mod condition;
mod poll_outcome;
mod polling_policy;
pub(crate) mod steps;
mod until;
mod wait_error;

use std::fmt;
use std::future::{Future, IntoFuture, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::{FusedStream, Stream};

pub use condition::{And, Condition, Or};
pub use poll_outcome::{PollOutcome, PollStatus};
pub use polling_policy::PollingPolicy;
pub use until::{Until, until};
pub use wait_error::{WaitError, WaitErrorKind};

use crate::rpc::client::Client;
use crate::rpc::clock::{Clock, within};
use crate::rpc::error::Error;
use crate::rpc::wait::steps::{Steps, Stepwise};

impl Client {
    /// Waits until a condition holds; see [`wait`](crate::wait).
    pub fn wait_for<C: Condition>(&self, condition: C) -> Waiter<C> {
        let polling = condition.polling_policy();
        Waiter { client: self.clone(), polling, state: WaiterState::Ready(condition), found: None }
    }
}

/// What one look saw, on the way and at the end.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Observation<S> {
    /// What was seen, if there was anything to see.
    pub state: Option<S>,
    /// The same in a few words, such as `running, 40 %`.
    pub summary: String,
    /// How much is done, percent, where the service tells.
    pub progress: Option<u8>,
    /// Whether the condition holds: the last look.
    pub done: bool,
    /// Looks so far, this one included.
    pub polls: u32,
    /// Time since the waiting began.
    pub elapsed: Duration,
}

/// A wait that has been prepared: awaiting it gives the final state, and as a [`Stream`] it
/// gives an [`Observation`] for each look.
///
/// It looks at once, then ever less often, within its [`PollingPolicy`] and under the published limit of
/// the operation that it looks with. A look that fails in a way that may pass (a broken
/// connection, throttling) is made again until the time is out; other errors end the wait.
#[must_use = "a waiter does nothing until it is awaited"]
pub struct Waiter<C: Condition> {
    client: Client,
    polling: PollingPolicy,
    state: WaiterState<C>,
    /// The final state, once a look has seen it. Boxed, so that it may be moved whatever it is.
    found: Option<Box<C::State>>,
}

enum WaiterState<C: Condition> {
    Ready(C),
    Watched(Stepwise<Observation<C::State>, (), WaitError>),
    Ended,
}

/// The future of a [`Waiter`].
pub type WaiterFuture<S> = Pin<Box<dyn Future<Output = Result<S, WaitError>> + Send>>;

impl<C: Condition> Waiter<C> {
    /// How long to wait at most.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.polling.timeout = timeout;
        self
    }

    /// How long what is waited for may not be there at all. The conditions of this crate that look
    /// for something by its id fail after two minutes, [`PlanConfigurable`](crate::wait::PlanConfigurable) after one. Of two that
    /// are joined, both must be away.
    pub fn missing_timeout(mut self, timeout: Duration) -> Self {
        self.polling.missing_timeout = timeout;
        self
    }

    /// How long to wait between looks: at first, and at most. The published limit of the
    /// operation that looks is kept whatever is asked for.
    pub fn poll_interval(mut self, initial: Duration, max: Duration) -> Self {
        self.polling.initial_interval = initial;
        self.polling.max_interval = max;
        self
    }

    /// The next look; `None` after the one that found the condition to hold.
    ///
    /// # Errors
    ///
    /// When the time is out, when what is waited for has failed, or when looking fails for good.
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
                WaiterState::Ready(condition) => watch(&client, &condition, polling, None).await,
                WaiterState::Watched(mut task) => {
                    let mut last = found.map(|state| *state);
                    while let Some(seen) = poll_fn(|context| task.poll_step(context)).await {
                        last = seen?.state;
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
                WaiterState::Watched(task) => {
                    let step = task.poll_step(context);
                    match &step {
                        Poll::Ready(Some(Ok(seen))) if seen.done => {
                            this.found = seen.state.clone().map(Box::new);
                        }
                        Poll::Ready(None | Some(Err(_))) => this.state = WaiterState::Ended,
                        _ => {}
                    }
                    return step;
                }
                WaiterState::Ended => return Poll::Ready(None),
                WaiterState::Ready(_) => {}
            }
            if let WaiterState::Ready(condition) =
                std::mem::replace(&mut this.state, WaiterState::Ended)
            {
                let (client, polling) = (this.client.clone(), this.polling);
                this.state = WaiterState::Watched(Stepwise::new(|steps| async move {
                    watch(&client, &condition, polling, Some(&steps)).await.map(drop)
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

const NEVER_SEEN: &str = "it is not there; check its id, and that it belongs to the account of the \
                          access key and to the region of the endpoint";

/// How long before the end of the time the last look is made.
const LAST_LOOK: Duration = Duration::from_secs(2);

/// Looks until the condition holds; each look is told where somebody listens.
async fn watch<C: Condition>(
    client: &Client,
    condition: &C,
    polling: PollingPolicy,
    steps: Option<&Steps<Observation<C::State>>>,
) -> Result<C::State, WaitError> {
    let clock = &**client.clock();
    let mut wait = Progress {
        clock,
        polling,
        started: clock.elapsed(),
        polls: 0,
        last: None,
        absent_since: None,
    };
    let mut interval = polling.initial_interval;
    let mut last_look = false;
    loop {
        let Some(seen) = within(clock, wait.left(), pin!(condition.poll(client))).await else {
            return Err(wait.timed_out(condition.subject(), None));
        };
        wait.polls += 1;
        let mut passing = None;
        match seen {
            Ok(look) => {
                let (state, status) = look.into_parts();
                wait.saw(state.is_some());
                wait.last = Some(status.summary().to_owned());
                if let Some(why) = status.failure() {
                    return Err(wait.failed(condition.subject(), why));
                }
                let found = state.clone().filter(|_| status.is_done());
                if let Some(steps) = steps {
                    steps.tell(Observation {
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
                if wait.is_absent_for_good() {
                    return Err(wait.failed(condition.subject(), NEVER_SEEN));
                }
            }
            Err(error) if error.is_retryable() => passing = Some(error),
            Err(error) => return Err(wait.broken(condition.subject(), error)),
        }
        let mut pause =
            PollingPolicy::jittered(interval, condition.rate_limit(), clock.random_fraction());
        if pause >= wait.left() {
            // One more look shortly before the end, for what came in the last pause.
            pause = wait.left().saturating_sub(LAST_LOOK);
            if std::mem::replace(&mut last_look, true) || pause.is_zero() {
                clock.sleep(wait.left()).await;
                return Err(wait.timed_out(condition.subject(), passing));
            }
        }
        clock.sleep(pause).await;
        interval = polling.next_interval(interval);
    }
}

/// How far a wait has come.
struct Progress<'c> {
    clock: &'c dyn Clock,
    polling: PollingPolicy,
    started: Duration,
    polls: u32,
    last: Option<String>,
    /// Since when there has been nothing to see.
    absent_since: Option<Duration>,
}

impl Progress<'_> {
    /// Keeps whether there was something to see.
    fn saw(&mut self, something: bool) {
        let now = self.elapsed();
        self.absent_since = (!something).then(|| self.absent_since.unwrap_or(now));
    }

    fn is_absent_for_good(&self) -> bool {
        let absent = self.absent_since.map(|since| self.elapsed().saturating_sub(since));
        absent.is_some_and(|absent| absent >= self.polling.missing_timeout)
    }

    fn elapsed(&self) -> Duration {
        self.clock.elapsed().saturating_sub(self.started)
    }

    fn left(&self) -> Duration {
        self.polling.timeout.saturating_sub(self.elapsed())
    }

    fn error(&self, kind: WaitErrorKind, subject: String, source: Option<Error>) -> WaitError {
        WaitError::new(kind, subject, self.elapsed(), self.polls, self.last.clone(), source)
    }

    fn timed_out(&self, subject: String, source: Option<Error>) -> WaitError {
        self.error(WaitErrorKind::TimedOut, subject, source)
    }

    fn failed(&self, subject: String, why: &str) -> WaitError {
        self.error(WaitErrorKind::Failed, subject, None).because(why)
    }

    fn broken(&self, subject: String, error: Error) -> WaitError {
        self.error(WaitErrorKind::Call, subject, Some(error))
    }
}
