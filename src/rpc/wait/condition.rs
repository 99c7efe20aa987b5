//! `Condition`: what is waited for, alone or joined with another.

use std::future::Future;

use super::poll_outcome::{PollOutcome, PollStatus};
use super::polling_policy::PollingPolicy;
use crate::rpc::client::Client;
use crate::rpc::error::Error;
use crate::rpc::operation::RateLimit;

/// Something that can be waited for: a poll of the service, and a status on its response.
///
/// Implement it for a condition of your own, or make one with [`until`](super::until).
pub trait Condition: Send + Sync + 'static {
    /// What a poll sees.
    type State: Clone + Send + 'static;

    /// Looks once.
    ///
    /// # Errors
    ///
    /// The error of the call; one that is retryable does not end the wait.
    fn poll(
        &self,
        client: &Client,
    ) -> impl Future<Output = Result<PollOutcome<Self::State>, Error>> + Send;

    /// What is waited for, in words that fit after "waiting for".
    fn subject(&self) -> String;

    /// The published limit of the operation that looks.
    fn rate_limit(&self) -> Option<RateLimit> {
        None
    }

    /// The default timeout and polling interval.
    fn polling_policy(&self) -> PollingPolicy {
        PollingPolicy::default()
    }

    /// Waits until this and another condition hold at the same look.
    fn and<C: Condition>(self, other: C) -> And<Self, C>
    where
        Self: Sized,
    {
        And::new(self, other)
    }

    /// Waits until this or another condition holds.
    fn or<C: Condition>(self, other: C) -> Or<Self, C>
    where
        Self: Sized,
    {
        Or::new(self, other)
    }
}

/// Both conditions at one look; made by [`Condition::and`].
#[derive(Clone, Debug)]
pub struct And<A, B>(Pair<A, B>);

/// Either of two conditions; made by [`Condition::or`].
#[derive(Clone, Debug)]
pub struct Or<A, B>(Pair<A, B>);

#[derive(Clone, Debug)]
struct Pair<A, B> {
    first: A,
    second: B,
}

impl<A: Condition, B: Condition> And<A, B> {
    fn new(first: A, second: B) -> Self {
        Self(Pair { first, second })
    }
}

impl<A: Condition, B: Condition> Or<A, B> {
    fn new(first: A, second: B) -> Self {
        Self(Pair { first, second })
    }
}

impl<A: Condition, B: Condition> Pair<A, B> {
    async fn poll(
        &self,
        client: &Client,
        judge: impl Fn(&PollStatus, &PollStatus) -> PollStatus + Send,
    ) -> Result<PollOutcome<(Option<A::State>, Option<B::State>)>, Error> {
        let (first, of_first) = self.first.poll(client).await?.into_parts();
        let (second, of_second) = self.second.poll(client).await?.into_parts();
        if first.is_none() && second.is_none() {
            return Ok(PollOutcome::Missing);
        }
        let mut status = judge(&of_first, &of_second);
        if let (Some(first), Some(second)) = (of_first.percent(), of_second.percent()) {
            status = status.progress(first.min(second));
        }
        Ok(PollOutcome::Found { state: (first, second), status })
    }

    fn subject(&self, word: &str) -> String {
        format!("{} {word} {}", self.first.subject(), self.second.subject())
    }

    /// Both limits one after the other: a look makes both calls, perhaps of the same operation.
    fn rate_limit(&self) -> Option<RateLimit> {
        let (first, second) = match (self.first.rate_limit(), self.second.rate_limit()) {
            (Some(first), Some(second)) => (first, second),
            (one, other) => return one.or(other),
        };
        let calls = first.calls.saturating_mul(second.calls);
        let seconds = first.seconds.saturating_mul(second.calls);
        let seconds = seconds.saturating_add(second.seconds.saturating_mul(first.calls));
        Some(RateLimit { calls, seconds })
    }

    /// Returns the slower and longer of the two policies.
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

fn both(first: &PollStatus, second: &PollStatus) -> String {
    format!("{}; {}", first.summary(), second.summary())
}

impl<A: Condition, B: Condition> Condition for And<A, B> {
    type State = (Option<A::State>, Option<B::State>);

    fn poll(
        &self,
        client: &Client,
    ) -> impl Future<Output = Result<PollOutcome<Self::State>, Error>> + Send {
        self.0.poll(client, |first, second| {
            if let Some(why) = first.failure().or(second.failure()) {
                PollStatus::failed(why)
            } else if first.is_done() && second.is_done() {
                PollStatus::done(both(first, second))
            } else {
                PollStatus::pending(both(first, second))
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
                PollStatus::done(both(first, second))
            } else if first.failure().is_some() && second.failure().is_some() {
                PollStatus::failed(both(first, second))
            } else {
                PollStatus::pending(both(first, second))
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
