//! `PollingPolicy`: how long to wait, and how often to poll.

use std::time::Duration;

use crate::rpc::operation::RateLimit;

/// How long a wait lasts, and how often it polls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PollingPolicy {
    /// The longest time to wait. Defaults to 10 minutes.
    pub timeout: Duration,
    /// The interval between the first two polls. Defaults to 2 seconds.
    pub initial_interval: Duration,
    /// The longest interval between two polls. Defaults to 15 seconds.
    ///
    /// Intervals grow by half from one poll to the next until they reach it.
    pub max_interval: Duration,
    /// How long the resource may be missing ([`PollOutcome::Missing`](super::PollOutcome::Missing))
    /// before the wait fails. Defaults to no limit.
    ///
    /// A new resource is listed within seconds. If a resource stays missing, the id, the region or
    /// the account is usually wrong.
    pub missing_timeout: Duration,
}

impl Default for PollingPolicy {
    fn default() -> Self {
        Self::new(600, 2, 15)
    }
}

impl PollingPolicy {
    pub(crate) const fn new(timeout: u64, initial_interval: u64, max_interval: u64) -> Self {
        Self {
            timeout: Duration::from_secs(timeout),
            initial_interval: Duration::from_secs(initial_interval),
            max_interval: Duration::from_secs(max_interval),
            missing_timeout: Duration::MAX,
        }
    }

    /// Returns the policy for a resource that the service lists soon after its creation.
    ///
    /// Allows it to be missing for two minutes, or half of a shorter timeout.
    pub(crate) const fn listed(timeout: u64, initial_interval: u64, max_interval: u64) -> Self {
        let missing = if timeout < 240 { timeout / 2 } else { 120 };
        let policy = Self::new(timeout, initial_interval, max_interval);
        Self { missing_timeout: Duration::from_secs(missing), ..policy }
    }

    /// Returns the delay before the next poll.
    ///
    /// Adds up to a quarter as jitter, so that many waiters do not poll at the same moment, and is
    /// never so short that polling alone would use up the published rate limit.
    pub(crate) fn jittered(
        interval: Duration,
        limit: Option<RateLimit>,
        fraction: f64,
    ) -> Duration {
        let floor = limit.map_or(Duration::ZERO, |limit| {
            Duration::from_secs(limit.seconds.into()) / limit.calls.max(1)
        });
        let delay = interval.max(floor);
        let jitter = delay.as_secs_f64() * fraction.clamp(0.0, 1.0) / 4.0;
        delay.saturating_add(Duration::try_from_secs_f64(jitter).unwrap_or_default())
    }

    pub(crate) fn next_interval(self, interval: Duration) -> Duration {
        (interval.saturating_mul(3) / 2).min(self.max_interval).max(self.initial_interval)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polls_respect_the_rate_limit_and_back_off() {
        let limit = Some(RateLimit { calls: 50, seconds: 60 });
        for fraction in [0.0, 0.5, 0.999] {
            let delay = PollingPolicy::jittered(Duration::ZERO, limit, fraction);
            assert!(delay >= Duration::from_millis(1200), "{delay:?}");
            assert!(delay <= Duration::from_millis(1500), "{delay:?}");
        }
        let policy = PollingPolicy::new(60, 2, 4);
        let second = Duration::from_secs;
        assert_eq!(policy.next_interval(second(2)), second(3));
        assert_eq!(policy.next_interval(second(3)), second(4));
        assert_eq!(PollingPolicy::jittered(second(3), limit, 0.0), second(3));
    }
}
