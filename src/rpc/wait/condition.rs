//! `Condition`: what is waited for, alone or joined with another.

use std::future::Future;

use super::pace::Pace;
use super::verdict::{Look, Verdict};
use crate::rpc::client::Client;
use crate::rpc::error::Error;
use crate::rpc::operation::RateLimit;

/// Something that can be waited for: a poll of the service, and a verdict on its response.
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
    fn look(
        &self,
        client: &Client,
    ) -> impl Future<Output = Result<Look<Self::State>, Error>> + Send;

    /// What is waited for, in words that fit after "waiting for".
    fn subject(&self) -> String;

    /// The published limit of the operation that looks.
    fn limit(&self) -> Option<RateLimit> {
        None
    }

    /// The default timeout and polling interval.
    fn pace(&self) -> Pace {
        Pace::default()
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
    async fn look(
        &self,
        client: &Client,
        judge: impl Fn(&Verdict, &Verdict) -> Verdict + Send,
    ) -> Result<Look<(Option<A::State>, Option<B::State>)>, Error> {
        let (first, of_first) = self.first.look(client).await?.into_parts();
        let (second, of_second) = self.second.look(client).await?.into_parts();
        if first.is_none() && second.is_none() {
            return Ok(Look::Absent);
        }
        let mut verdict = judge(&of_first, &of_second);
        if let (Some(first), Some(second)) = (of_first.percent(), of_second.percent()) {
            verdict = verdict.progress(first.min(second));
        }
        Ok(Look::Seen { state: (first, second), verdict })
    }

    fn subject(&self, word: &str) -> String {
        format!("{} {word} {}", self.first.subject(), self.second.subject())
    }

    /// Both limits one after the other: a look makes both calls, perhaps of the same operation.
    fn limit(&self) -> Option<RateLimit> {
        let (first, second) = match (self.first.limit(), self.second.limit()) {
            (Some(first), Some(second)) => (first, second),
            (one, other) => return one.or(other),
        };
        let calls = first.calls.saturating_mul(second.calls);
        let seconds = first.seconds.saturating_mul(second.calls);
        let seconds = seconds.saturating_add(second.seconds.saturating_mul(first.calls));
        Some(RateLimit { calls, seconds })
    }

    /// The more patient pace.
    fn pace(&self) -> Pace {
        let (first, second) = (self.first.pace(), self.second.pace());
        Pace {
            timeout: first.timeout.max(second.timeout),
            first: first.first.max(second.first),
            longest: first.longest.max(second.longest),
            absent: first.absent.max(second.absent),
        }
    }
}

fn both(first: &Verdict, second: &Verdict) -> String {
    format!("{}; {}", first.summary(), second.summary())
}

impl<A: Condition, B: Condition> Condition for And<A, B> {
    type State = (Option<A::State>, Option<B::State>);

    fn look(
        &self,
        client: &Client,
    ) -> impl Future<Output = Result<Look<Self::State>, Error>> + Send {
        self.0.look(client, |first, second| {
            if let Some(why) = first.failure().or(second.failure()) {
                Verdict::failed(why)
            } else if first.is_done() && second.is_done() {
                Verdict::done(both(first, second))
            } else {
                Verdict::pending(both(first, second))
            }
        })
    }

    fn subject(&self) -> String {
        self.0.subject("and")
    }

    fn limit(&self) -> Option<RateLimit> {
        self.0.limit()
    }

    fn pace(&self) -> Pace {
        self.0.pace()
    }
}

impl<A: Condition, B: Condition> Condition for Or<A, B> {
    type State = (Option<A::State>, Option<B::State>);

    fn look(
        &self,
        client: &Client,
    ) -> impl Future<Output = Result<Look<Self::State>, Error>> + Send {
        self.0.look(client, |first, second| {
            if first.is_done() || second.is_done() {
                Verdict::done(both(first, second))
            } else if first.failure().is_some() && second.failure().is_some() {
                Verdict::failed(both(first, second))
            } else {
                Verdict::pending(both(first, second))
            }
        })
    }

    fn subject(&self) -> String {
        self.0.subject("or")
    }

    fn limit(&self) -> Option<RateLimit> {
        self.0.limit()
    }

    fn pace(&self) -> Pace {
        self.0.pace()
    }
}
