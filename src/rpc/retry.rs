//! `RetryPolicy` and `RetryBudget`: how often and after which delay the client retries.
//!
//! `outcome` decides which failures are retried.

use std::sync::Mutex;
use std::time::Duration;

use crate::rpc::clock::Clock;

/// How often a client retries a call, and after which delays.
///
/// The policy does not change which failures are retried:
///
/// - Always, because the request was not executed: connect errors, throttling and HTTP 503 of the
///   gateway, HTTP/2 streams that the server did not process, and transient errors of the
///   credentials provider.
/// - If a repetition is harmless (see [`Safety`](crate::Safety)), because the outcome is unknown:
///   timeouts, broken connections, other HTTP 5xx, and responses of any status that are not in the
///   form of the API, such as the page of a proxy.
/// - Until the deadline, if a repetition is harmless: errors that say that a request with the same
///   client token is [still running](crate::Api::TOKEN_IN_USE_CODES). They use up no
///   attempts.
/// - Never: other errors that the service or its gateway returns.
///
/// Two more retries do not depend on the policy. Where a repetition is safe, the client retries
/// once per call if the service rejects the credentials and the provider has others, and once if
/// the service rejects the time of the request.
///
/// No attempt starts with less than 100 ms of the call's time left, or a tenth of a timeout that is
/// shorter than a second.
///
/// The delay before attempt *n* + 1 is a random time from 0 to `base_delay` · 2ⁿ⁻¹, at most
/// `max_delay` (full jitter). If the response asks for a delay (`x-acs-retry-after` or
/// `Retry-After`), the client waits at least that long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    max_attempts: u32,
    base_delay: Duration,
    max_delay: Duration,
}

impl RetryPolicy {
    /// Returns the default policy: 4 attempts, delays of at most 200 ms, doubling up to 20 seconds.
    pub const fn standard() -> Self {
        Self {
            max_attempts: 4,
            base_delay: Duration::from_millis(200),
            max_delay: Duration::from_secs(20),
        }
    }

    /// Returns the policy of a single attempt, without retries.
    pub const fn never() -> Self {
        Self { max_attempts: 1, ..Self::standard() }
    }

    /// Sets the number of attempts, including the first. Defaults to 4; 0 means 1.
    #[must_use]
    pub const fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = if attempts == 0 { 1 } else { attempts };
        self
    }

    /// Sets the longest delay before the first retry. Defaults to 200 ms.
    ///
    /// It doubles with each further retry.
    #[must_use]
    pub const fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// Sets the longest delay before any retry. Defaults to 20 seconds.
    ///
    /// The client waits longer if the response asks for it.
    #[must_use]
    pub const fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    pub(crate) const fn attempts(&self) -> u32 {
        self.max_attempts
    }

    /// Returns the delay after the `failed`th attempt, starting at 1.
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
        // Jitter on top of the server's delay spreads the retries of many callers.
        server.map_or(jittered, |delay| delay.saturating_add(jittered.min(delay / 10)))
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::standard()
    }
}

/// A limit on the retries of all calls of a client together.
///
/// It keeps retries from multiplying the traffic while the service fails. Each retry takes one from
/// the budget; a call that succeeds at its first attempt returns a tenth of a retry. If the budget
/// is empty, a call fails with the error of its last attempt.
///
/// The `Default` budget is 100 retries.
#[derive(Debug)]
pub struct RetryBudget {
    capacity: u32,
    /// In tenths of a retry.
    available: Mutex<u32>,
}

impl RetryBudget {
    const RETRY: u32 = 10;

    /// Returns a full budget of this many retries.
    pub fn new(retries: u32) -> Self {
        let capacity = retries.saturating_mul(Self::RETRY);
        Self { capacity, available: Mutex::new(capacity) }
    }

    /// Returns the number of retries that are left.
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
        // The number is consistent even if another thread panicked while holding the lock.
        self.available.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Default for RetryBudget {
    /// Returns a budget of 100 retries.
    fn default() -> Self {
        Self::new(100)
    }
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;
    use crate::rpc::clock::Sleep;

    /// A clock with a fixed jitter.
    #[derive(Debug)]
    struct FixedJitter(f64);

    impl Clock for FixedJitter {
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
    fn delays_double_up_to_the_limit_with_full_jitter() {
        let policy = RetryPolicy::standard();
        let delays = |fraction| {
            [1, 2, 3, 7, 8, 40].map(|failed| policy.delay(failed, None, &FixedJitter(fraction)))
        };
        assert_eq!(delays(1.0), [200, 400, 800, 12_800, 20_000, 20_000].map(Duration::from_millis));
        assert_eq!(delays(0.5)[1], Duration::from_millis(200));
        assert_eq!(delays(0.0), [Duration::ZERO; 6]);
    }

    #[test]
    fn delay_of_the_server_is_the_minimum() {
        let policy = RetryPolicy::standard();
        let asked = Duration::from_secs(3);
        assert_eq!(policy.delay(1, Some(asked), &FixedJitter(0.0)), asked);
        let longest = policy.delay(1, Some(asked), &FixedJitter(1.0));
        assert!(longest > asked && longest <= asked + asked / 10, "{longest:?}");
    }

    #[test]
    fn longest_delays_do_not_overflow() {
        let policy = RetryPolicy::standard().base_delay(Duration::MAX).max_delay(Duration::MAX);
        for fraction in [0.5, 1.0, f64::NAN, f64::INFINITY] {
            for server in [None, Some(Duration::from_secs(u64::MAX)), Some(Duration::MAX)] {
                policy.delay(2, server, &FixedJitter(fraction));
            }
        }
    }

    #[test]
    fn budget_runs_out_and_refills() {
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
