//! What is waited for, how it is judged, and how often it is looked at.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use super::until::{And, Or};
use crate::rpc::client::Client;
use crate::rpc::error::Error;
use crate::rpc::operation::RateLimit;

/// Something that can be waited for: a look at the service, and a verdict on what was seen.
///
/// Implement it for a condition of your own, or make one with [`until`](super::until).
pub trait Condition: Send + Sync + 'static {
    /// What a look sees.
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

    /// How long and how often to look if the waiter is told nothing else.
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

/// What a look saw, and the verdict on it.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_enums, reason = "there is something to see, or there is not")]
pub enum Look<S> {
    /// There is nothing to see yet, such as a plan that is not listed.
    Absent,
    /// Something was seen.
    Seen {
        /// What was seen.
        state: S,
        /// Whether it is what is waited for.
        verdict: Verdict,
    },
}

impl<S> Look<S> {
    /// A judge's look at something that may not be there.
    pub fn at(state: Option<S>, judge: impl FnOnce(&S) -> Verdict) -> Self {
        match state {
            None => Self::Absent,
            Some(state) => Self::Seen { verdict: judge(&state), state },
        }
    }

    /// The parts: what was seen, if anything, and the verdict.
    pub(crate) fn into_parts(self) -> (Option<S>, Verdict) {
        match self {
            Self::Absent => (None, Verdict::pending("it is not there yet")),
            Self::Seen { state, verdict } => (Some(state), verdict),
        }
    }
}

/// Whether what was seen is what is waited for, in a few words.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Verdict {
    outcome: Outcome,
    summary: String,
    percent: Option<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Pending,
    Done,
    Failed,
}

impl Verdict {
    fn new(outcome: Outcome, summary: impl fmt::Display) -> Self {
        Self { outcome, summary: summary.to_string(), percent: None }
    }

    /// Not yet.
    pub fn pending(summary: impl fmt::Display) -> Self {
        Self::new(Outcome::Pending, summary)
    }

    /// The condition holds.
    pub fn done(summary: impl fmt::Display) -> Self {
        Self::new(Outcome::Done, summary)
    }

    /// The condition will never hold, and why.
    pub fn failed(why: impl fmt::Display) -> Self {
        Self::new(Outcome::Failed, why)
    }

    /// How much is done, percent.
    pub fn progress(mut self, percent: u8) -> Self {
        self.percent = Some(percent.min(100));
        self
    }

    /// Whether the condition holds.
    pub fn is_done(&self) -> bool {
        self.outcome == Outcome::Done
    }

    /// Why the condition will never hold, if so.
    pub fn failure(&self) -> Option<&str> {
        (self.outcome == Outcome::Failed).then_some(&self.summary)
    }

    /// What was seen, in a few words; with the progress where there is one.
    pub fn summary(&self) -> &str {
        &self.summary
    }

    /// How much is done, percent.
    pub fn percent(&self) -> Option<u8> {
        self.percent
    }
}

/// How long to wait, and how often to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pace {
    /// How long to wait at most.
    pub timeout: Duration,
    /// Time between the first two looks.
    pub first: Duration,
    /// Longest time between two looks.
    pub longest: Duration,
    /// How long it may not be there at all ([`Look::Absent`]) before the wait fails: what was just
    /// made is seen soon, and what is never seen has another id, region or account.
    pub absent: Duration,
}

impl Default for Pace {
    /// Ten minutes, with looks 2 to 15 seconds apart, and it may be absent for all of them.
    fn default() -> Self {
        Self::new(600, 2, 15)
    }
}

impl Pace {
    pub(crate) const fn new(timeout: u64, first: u64, longest: u64) -> Self {
        Self {
            timeout: Duration::from_secs(timeout),
            first: Duration::from_secs(first),
            longest: Duration::from_secs(longest),
            absent: Duration::MAX,
        }
    }

    /// The pace of something that is listed soon after it was made, if it ever was.
    ///
    /// It may be absent for two minutes, or half of the time where that is less.
    pub(crate) const fn listed(timeout: u64, first: u64, longest: u64) -> Self {
        let absent = if timeout < 240 { timeout / 2 } else { 120 };
        Self { absent: Duration::from_secs(absent), ..Self::new(timeout, first, longest) }
    }

    /// The pause before the next look: longer by up to a quarter, so that many waiters do not
    /// look at once, and never so short that looks alone would use up the published limit.
    pub(crate) fn pause(interval: Duration, limit: Option<RateLimit>, fraction: f64) -> Duration {
        let floor = limit.map_or(Duration::ZERO, |limit| {
            Duration::from_secs(limit.seconds.into()) / limit.calls.max(1)
        });
        let pause = interval.max(floor);
        let longer = pause.as_secs_f64() * fraction.clamp(0.0, 1.0) / 4.0;
        pause.saturating_add(Duration::try_from_secs_f64(longer).unwrap_or_default())
    }

    pub(crate) fn longer(self, interval: Duration) -> Duration {
        (interval.saturating_mul(3) / 2).min(self.longest).max(self.first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_stay_under_the_published_limit_and_grow_apart() {
        let limit = Some(RateLimit { calls: 50, seconds: 60 });
        for fraction in [0.0, 0.5, 0.999] {
            let pause = Pace::pause(Duration::ZERO, limit, fraction);
            assert!(pause >= Duration::from_millis(1200), "{pause:?}");
            assert!(pause <= Duration::from_millis(1500), "{pause:?}");
        }
        let pace = Pace::new(60, 2, 4);
        let second = Duration::from_secs;
        assert_eq!(pace.longer(second(2)), second(3));
        assert_eq!(pace.longer(second(3)), second(4));
        assert_eq!(Pace::pause(second(3), limit, 0.0), second(3));
    }
}
