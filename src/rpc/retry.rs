//! Retries: how often, after which delay, and how many for all calls together. Which failures are
//! retried is decided by `outcome`.

use std::sync::Mutex;
use std::time::Duration;

use crate::rpc::clock::Clock;

/// How often and how patiently a call is tried again.
///
/// What is tried again is not a matter of policy: connect errors, throttling, HTTP 503 and a source
/// of credentials that is away always, since such a request was not executed; timeouts, broken connections, other 5xx and unreadable
/// answers only for operations that may run twice harmlessly (see [`Safety`](crate::Safety)); refusals never.
///
/// The wait before attempt *n* + 1 is a random time from 0 to `base_delay` · 2ⁿ⁻¹, at most
/// `max_delay` (full jitter). A wait that the server asks for, by `x-acs-retry-after` or
/// `Retry-After`, is kept at the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    max_attempts: u32,
    base_delay: Duration,
    max_delay: Duration,
}

impl RetryPolicy {
    /// Four attempts, waits from 200 ms to 20 s: what a client does when nothing is said.
    pub const fn standard() -> Self {
        Self {
            max_attempts: 4,
            base_delay: Duration::from_millis(200),
            max_delay: Duration::from_secs(20),
        }
    }

    /// One attempt, no retry.
    pub const fn never() -> Self {
        Self { max_attempts: 1, ..Self::standard() }
    }

    /// Sets the number of attempts, the first included; 0 counts as 1.
    #[must_use]
    pub const fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = if attempts == 0 { 1 } else { attempts };
        self
    }

    /// Sets the longest wait before the first retry; it doubles with each further one.
    #[must_use]
    pub const fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// Sets the longest wait before any retry, unless the server asks for a longer one.
    #[must_use]
    pub const fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    pub(crate) const fn attempts(&self) -> u32 {
        self.max_attempts
    }

    /// The wait after the `failed`th attempt, counted from 1.
    pub(crate) fn delay(
        &self,
        failed: u32,
        server: Option<Duration>,
        clock: &dyn Clock,
    ) -> Duration {
        let doublings = failed.saturating_sub(1).min(30);
        let ceiling = self.base_delay.saturating_mul(1 << doublings).min(self.max_delay);
        let fraction = clock.random_fraction().clamp(0.0, 1.0);
        let jittered =
            Duration::try_from_secs_f64(ceiling.as_secs_f64() * fraction).unwrap_or(ceiling);
        // A little jitter on top of the server's wait keeps callers from coming back together.
        server.map_or(jittered, |wait| wait.saturating_add(jittered.min(wait / 10)))
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::standard()
    }
}

/// A limit on the retries of all calls of a client together, so that a service in trouble does
/// not get a multiple of its usual traffic.
///
/// A retry takes one from the budget; a call that succeeds at its first attempt gives a tenth
/// back. An empty budget ends a call with the error it has.
#[derive(Debug)]
pub struct RetryBudget {
    capacity: u32,
    /// In tenths of a retry.
    available: Mutex<u32>,
}

impl RetryBudget {
    const RETRY: u32 = 10;

    /// A budget of this many retries, full.
    pub fn new(retries: u32) -> Self {
        let capacity = retries.saturating_mul(Self::RETRY);
        Self { capacity, available: Mutex::new(capacity) }
    }

    /// How many retries are left.
    pub fn available(&self) -> u32 {
        *self.lock() / Self::RETRY
    }

    pub(crate) fn take_retry(&self) -> bool {
        let mut available = self.lock();
        let enough = *available >= Self::RETRY;
        if enough {
            *available -= Self::RETRY;
        }
        enough
    }

    pub(crate) fn give_back(&self) {
        let mut available = self.lock();
        *available = (*available + 1).min(self.capacity);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, u32> {
        // A number is whole at every moment, so a panic elsewhere does not spoil it.
        self.available.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Default for RetryBudget {
    /// 100 retries.
    fn default() -> Self {
        Self::new(100)
    }
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;
    use crate::rpc::clock::Sleep;

    /// A clock whose dice always fall the same.
    #[derive(Debug)]
    struct Loaded(f64);

    impl Clock for Loaded {
        fn now(&self) -> OffsetDateTime {
            OffsetDateTime::UNIX_EPOCH
        }
        fn elapsed(&self) -> Duration {
            Duration::ZERO
        }
        fn sleep(&self, _: Duration) -> Sleep {
            Box::pin(async {})
        }
        fn random_fraction(&self) -> f64 {
            self.0
        }
    }

    #[test]
    fn waits_double_up_to_the_limit_and_are_jittered_down_to_nothing() {
        let policy = RetryPolicy::standard();
        let waits = |fraction| {
            [1, 2, 3, 7, 8, 40].map(|failed| policy.delay(failed, None, &Loaded(fraction)))
        };
        assert_eq!(waits(1.0), [200, 400, 800, 12_800, 20_000, 20_000].map(Duration::from_millis));
        assert_eq!(waits(0.5)[1], Duration::from_millis(200));
        assert_eq!(waits(0.0), [Duration::ZERO; 6]);
    }

    #[test]
    fn the_servers_wait_is_kept_at_the_least() {
        let policy = RetryPolicy::standard();
        let wait = Duration::from_secs(3);
        assert_eq!(policy.delay(1, Some(wait), &Loaded(0.0)), wait);
        let longest = policy.delay(1, Some(wait), &Loaded(1.0));
        assert!(longest > wait && longest <= wait + wait / 10, "{longest:?}");
    }

    #[test]
    fn no_wait_is_too_long_to_be_added_up() {
        let policy = RetryPolicy::standard().base_delay(Duration::MAX).max_delay(Duration::MAX);
        for fraction in [0.5, 1.0, f64::NAN, f64::INFINITY] {
            for server in [None, Some(Duration::from_secs(u64::MAX)), Some(Duration::MAX)] {
                policy.delay(2, server, &Loaded(fraction));
            }
        }
    }

    #[test]
    fn a_budget_runs_out_and_fills_up() {
        let budget = RetryBudget::new(2);
        assert!(budget.take_retry() && budget.take_retry() && !budget.take_retry());
        for _ in 0..9 {
            budget.give_back();
        }
        assert!(!budget.take_retry());
        budget.give_back();
        assert!(budget.take_retry());
        for _ in 0..1000 {
            budget.give_back();
        }
        assert_eq!(budget.available(), 2);
    }
}
