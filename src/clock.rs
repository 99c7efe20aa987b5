//! Time, waiting and chance: all that a call takes from outside, in one place that a test can
//! replace.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::LazyLock;
use std::task::Poll;
use std::time::Duration;

use time::OffsetDateTime;
use tokio::time::Instant;

/// The future that [`Clock::sleep`] returns.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Where a client takes its time, its waits and its random numbers from.
///
/// Every signature, backoff and deadline goes through one of these, so that a test can decide
/// them. [`SystemClock`] is the real one.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The time of day, which signatures carry.
    fn now(&self) -> OffsetDateTime;

    /// Time since some fixed moment, never running backwards; deadlines are measured with it.
    fn elapsed(&self) -> Duration;

    /// Waits. The wait starts when the future is first polled.
    fn sleep(&self, duration: Duration) -> Sleep;

    /// Waits as [`sleep`](Self::sleep) does, as a limit on what others are doing meanwhile. A clock
    /// whose waits take no time does not move for it: it is over when theirs have come so far.
    fn deadline(&self, duration: Duration) -> Sleep {
        self.sleep(duration)
    }

    /// Fills a buffer with random bytes: nonces and idempotency tokens come from here.
    fn fill_random(&self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            // Nonces need to be unique, not secret, so a seeded generator will do.
            fastrand::fill(bytes);
        }
    }

    /// A random number from 0 up to, not including, 1: the jitter of a backoff.
    fn random_fraction(&self) -> f64 {
        fastrand::f64()
    }
}

/// 32 random hex digits.
pub(crate) fn random_hex(clock: &dyn Clock) -> String {
    let mut bytes = [0; 16];
    clock.fill_random(&mut bytes);
    crate::sign::Hex(&bytes).to_string()
}

/// What a future gives within a time, or `None`. The future goes first when both are ready.
pub(crate) async fn within<F: Future>(
    clock: &dyn Clock,
    limit: Duration,
    future: F,
) -> Option<F::Output> {
    before(clock.sleep(limit), future).await
}

/// What a future gives before a wait is over, or `None`.
pub(crate) async fn before<F: Future>(mut wait: Sleep, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => wait.as_mut().poll(context).map(|()| None),
    })
    .await
}

/// The clock of the machine and the timer of Tokio.
///
/// Waits follow Tokio's paused time in tests. They need a Tokio runtime with its timer enabled,
/// as reqwest does.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct SystemClock;

impl SystemClock {
    /// The clock.
    pub const fn new() -> Self {
        Self
    }
}

impl Clock for SystemClock {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }

    fn elapsed(&self) -> Duration {
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        // The first caller in the process starts the count; later ones only ever see it grow.
        let start = *START;
        Instant::now().saturating_duration_since(start)
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        // The timer is looked for at the first poll, which is inside a runtime.
        Box::pin(async move { tokio::time::sleep(duration).await })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn waits_follow_the_paused_time() {
        let clock = SystemClock::new();
        let before = clock.elapsed();
        clock.sleep(Duration::from_secs(3600)).await;
        let waited = clock.elapsed().checked_sub(before).unwrap();
        assert!(waited >= Duration::from_secs(3600), "{waited:?}");
    }

    #[test]
    fn nonces_differ() {
        let clock = SystemClock::new();
        let nonce = random_hex(&clock);
        assert_eq!(nonce.len(), 32);
        assert!(nonce.bytes().all(|b| b.is_ascii_hexdigit()));
        assert_ne!(nonce, random_hex(&clock));
    }
}
