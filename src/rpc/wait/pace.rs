//! `Pace`: how long to wait, and how often to look.

use std::time::Duration;

use crate::rpc::operation::RateLimit;

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
    /// How long it may not be there at all ([`Look::Absent`](super::Look::Absent)) before the wait fails: what was just
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
