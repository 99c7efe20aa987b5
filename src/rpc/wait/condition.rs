//! `Condition`: what a wait polls for, and two conditions combined.

use std::future::Future;

use super::poll_outcome::{PollOutcome, PollStatus};
use super::polling_policy::PollingPolicy;
use crate::rpc::client::Client;
use crate::rpc::error::Error;
use crate::rpc::operation::RateLimit;

/// A condition to wait for: how to poll, and which state ends the wait.
///
/// Implement it for a custom condition, or make one from a request with [`until`](super::until).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a condition to wait for",
    label = "expected a condition, such as those of the module `wait`",
    note = "to wait for the response of a request, use `wait::until(subject, request, ..)`"
)]
pub trait Condition: Send + Sync + 'static {
    /// The state of the resource that a poll returns.
    type State: Clone + Send + 'static;

    /// Polls once.
    ///
    /// # Errors
    ///
    /// Returns the error of the call. The waiter polls again after a
    /// [retryable](Error::is_retryable) error; another error ends the wait.
    fn poll(
        &self,
        client: &Client,
    ) -> impl Future<Output = Result<PollOutcome<Self::State>, Error>> + Send;

    /// Returns the phrase that completes "waiting for" in messages.
    ///
    /// An example is ``plan `p1` to run``.
    fn subject(&self) -> String;

    /// Returns the published rate limit of the polled operation. Defaults to no limit.
    ///
    /// The waiter does not poll more often than the limit allows.
    fn rate_limit(&self) -> Option<RateLimit> {
        None
    }

    /// Returns the default timeout and polling intervals of a wait.
    fn polling_policy(&self) -> PollingPolicy {
        PollingPolicy::default()
    }

    /// Combines two conditions into one that holds when both hold in the same poll.
    ///
    /// The wait fails if one of them fails.
    fn and<C: Condition>(self, other: C) -> And<Self, C>
    where
        Self: Sized,
    {
        And::new(self, other)
    }

    /// Combines two conditions into one that holds when one of them holds.
    ///
    /// The wait fails if both of them fail.
    fn or<C: Condition>(self, other: C) -> Or<Self, C>
    where
        Self: Sized,
    {
        Or::new(self, other)
    }
}

/// Two conditions that must both hold, made by [`Condition::and`].
#[derive(Clone, Debug)]
pub struct And<A, B>(ConditionPair<A, B>);

/// Two conditions of which one must hold, made by [`Condition::or`].
#[derive(Clone, Debug)]
pub struct Or<A, B>(ConditionPair<A, B>);

#[derive(Clone, Debug)]
struct ConditionPair<A, B> {
    first: A,
    second: B,
}

impl<A: Condition, B: Condition> And<A, B> {
    fn new(first: A, second: B) -> Self {
        Self(ConditionPair { first, second })
    }
}

impl<A: Condition, B: Condition> Or<A, B> {
    fn new(first: A, second: B) -> Self {
        Self(ConditionPair { first, second })
    }
}

impl<A: Condition, B: Condition> ConditionPair<A, B> {
    async fn poll(
        &self,
        client: &Client,
        combine: impl Fn(&PollStatus, &PollStatus) -> PollStatus + Send,
    ) -> Result<PollOutcome<(Option<A::State>, Option<B::State>)>, Error> {
        let (first, first_status) = self.first.poll(client).await?.into_parts();
        let (second, second_status) = self.second.poll(client).await?.into_parts();
        if first.is_none() && second.is_none() {
            return Ok(PollOutcome::Missing);
        }
        let mut status = combine(&first_status, &second_status);
        if let (Some(first), Some(second)) = (first_status.percent(), second_status.percent()) {
            status = status.progress(first.min(second));
        }
        Ok(PollOutcome::Found { state: (first, second), status })
    }

    fn subject(&self, conjunction: &str) -> String {
        format!("{} {conjunction} {}", self.first.subject(), self.second.subject())
    }

    /// Returns the limit of both calls in sequence, because they may call the same operation.
    fn rate_limit(&self) -> Option<RateLimit> {
        let (first, second) = match (self.first.rate_limit(), self.second.rate_limit()) {
            (Some(first), Some(second)) => (first, second),
            (first, second) => return first.or(second),
        };
        let calls = first.calls.saturating_mul(second.calls);
        let seconds = first.seconds.saturating_mul(second.calls);
        let seconds = seconds.saturating_add(second.seconds.saturating_mul(first.calls));
        Some(RateLimit { calls, seconds })
    }

    /// Returns a policy with the longer duration of each setting.
    fn polling_policy(&self) -> PollingPolicy {
        let (first, second) = (self.first.polling_policy(), self.second.polling_policy());
        PollingPolicy {
            timeout: first.timeout.max(second.timeout),
            initial_interval: first.initial_interval.max(second.initial_interval),
            max_interval: first.max_interval.max(second.max_interval),
            missing_timeout: first.missing_timeout.max(second.missing_timeout),
        }
    }
}

fn join_summaries(first: &PollStatus, second: &PollStatus) -> String {
    format!("{}; {}", first.summary(), second.summary())
}

impl<A: Condition, B: Condition> Condition for And<A, B> {
    type State = (Option<A::State>, Option<B::State>);

    fn poll(
        &self,
        client: &Client,
    ) -> impl Future<Output = Result<PollOutcome<Self::State>, Error>> + Send {
        self.0.poll(client, |first, second| {
            if let Some(reason) = first.failure().or(second.failure()) {
                PollStatus::failed(reason)
            } else if first.is_done() && second.is_done() {
                PollStatus::done(join_summaries(first, second))
            } else {
                PollStatus::pending(join_summaries(first, second))
            }
        })
    }

    fn subject(&self) -> String {
        self.0.subject("and")
    }

    fn rate_limit(&self) -> Option<RateLimit> {
        self.0.rate_limit()
    }

    fn polling_policy(&self) -> PollingPolicy {
        self.0.polling_policy()
    }
}

impl<A: Condition, B: Condition> Condition for Or<A, B> {
    type State = (Option<A::State>, Option<B::State>);

    fn poll(
        &self,
        client: &Client,
    ) -> impl Future<Output = Result<PollOutcome<Self::State>, Error>> + Send {
        self.0.poll(client, |first, second| {
            if first.is_done() || second.is_done() {
                PollStatus::done(join_summaries(first, second))
            } else if first.failure().is_some() && second.failure().is_some() {
                PollStatus::failed(join_summaries(first, second))
            } else {
                PollStatus::pending(join_summaries(first, second))
            }
        })
    }

    fn subject(&self) -> String {
        self.0.subject("or")
    }

    fn rate_limit(&self) -> Option<RateLimit> {
        self.0.rate_limit()
    }

    fn polling_policy(&self) -> PollingPolicy {
        self.0.polling_policy()
    }
}
