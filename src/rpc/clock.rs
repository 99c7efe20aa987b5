//! `Clock`: the source of time, timers and random numbers, which a test can replace.

mod thread_timer;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::LazyLock;
use std::task::{Context, Poll};
use std::time::Duration;

use time::OffsetDateTime;
use tokio::runtime::Handle;
use tokio::time::Instant;

use self::thread_timer::ThreadSleep;
use crate::rpc::sign::hex;

/// The future that [`Clock::sleep`] returns.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The source of time, timers and random numbers of a client.
///
/// Signatures, backoff and deadlines use it, so that a test can control them. [`SystemClock`] is
/// the default.
pub trait Clock: fmt::Debug + Send + Sync {
    /// Returns the current time, which signatures contain.
    fn now(&self) -> OffsetDateTime;

    /// Returns the time since a fixed moment. It never decreases.
    ///
    /// The client measures deadlines with it.
    fn elapsed(&self) -> Duration;

    /// Waits for a duration, starting when the future is first polled.
    fn sleep(&self, duration: Duration) -> Sleep;

    /// Waits for the timeout of other work to expire. Defaults to [`sleep`](Self::sleep).
    ///
    /// A fake clock that advances to the end of each `sleep` must not advance for this wait. It
    /// ends once the other work has advanced the clock that far.
    fn deadline(&self, duration: Duration) -> Sleep {
        self.sleep(duration)
    }

    /// Fills a buffer with random bytes. Defaults to the random numbers of the operating system.
    ///
    /// The client makes idempotency tokens from them. Once per second, it also draws the part of
    /// its nonces that distinguishes them from those of other clients.
    fn fill_random(&self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            // Tokens and nonces must be unique, not secret, so a seeded generator suffices.
            fastrand::fill(bytes);
        }
    }

    /// Returns a random number from 0 (inclusive) to 1 (exclusive), the jitter of a backoff.
    fn random_fraction(&self) -> f64 {
        fastrand::f64()
    }
}

/// Formats a duration for an error message, without digits that do not matter.
pub(crate) fn format_duration(duration: Duration) -> String {
    let unit = match duration.as_secs() {
        0 => Duration::from_micros(1),
        1..60 => Duration::from_millis(1),
        _ => Duration::from_secs(1),
    };
    let whole = duration.as_nanos() / unit.as_nanos();
    let rounded = u32::try_from(whole).ok().and_then(|whole| unit.checked_mul(whole));
    format!("{:?}", rounded.unwrap_or(duration))
}

/// Returns 32 random hex digits.
pub(crate) fn random_hex(clock: &dyn Clock) -> String {
    let mut digits = [0; 32];
    random_digits(clock, &mut digits).to_owned()
}

/// Writes 32 random hex digits to a buffer.
pub(crate) fn random_digits<'a>(clock: &dyn Clock, digits: &'a mut [u8; 32]) -> &'a str {
    let mut bytes = [0; 16];
    clock.fill_random(&mut bytes);
    hex(&bytes, digits)
}

/// Returns the output of a future, or `None` if it exceeds a time limit.
///
/// A future that is ready at its first poll costs no timer.
pub(crate) fn within<F: Future + Unpin>(
    clock: &dyn Clock,
    limit: Duration,
    future: F,
) -> WithTimeout<impl FnOnce() -> Sleep + Unpin, F> {
    with_timeout(move || clock.sleep(limit), future)
}

/// Returns the output of a future, or `None` if a timer ends first.
///
/// The future is polled first. The timer is created only if the future is not ready then.
pub(crate) fn with_timeout<T: FnOnce() -> Sleep + Unpin, F: Future + Unpin>(
    create_timer: T,
    future: F,
) -> WithTimeout<T, F> {
    WithTimeout { future, create_timer: Some(create_timer), timer: None }
}

/// The future of [`with_timeout`].
///
/// As an `async fn` it would take four times the memory in every future that contains it.
#[must_use = "futures do nothing unless they are awaited"]
pub(crate) struct WithTimeout<T, F> {
    future: F,
    create_timer: Option<T>,
    timer: Option<Sleep>,
}

impl<T: FnOnce() -> Sleep + Unpin, F: Future + Unpin> Future for WithTimeout<T, F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Poll::Ready(output) = Pin::new(&mut self.future).poll(context) {
            return Poll::Ready(Some(output));
        }
        if let Some(create_timer) = self.create_timer.take() {
            self.timer = Some(create_timer());
        }
        match &mut self.timer {
            Some(timer) => timer.as_mut().poll(context).map(|()| None),
            None => Poll::Pending,
        }
    }
}

/// The default [`Clock`]: the system's clock and Tokio's timer.
///
/// A Tokio runtime must have its timer enabled. In tests, the clock follows Tokio's paused time.
/// Outside of Tokio, which a custom [`Transport`](crate::transport::Transport) may not need, a thread
/// that runs while something waits is the timer.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct SystemClock;

impl SystemClock {
    /// Returns the clock.
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
        // Starts with the first call in the process.
        let start = *START;
        Instant::now().saturating_duration_since(start)
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        // Tokio's timer must be created inside a runtime, where the first poll happens.
        Box::pin(async move {
            match Handle::try_current() {
                Ok(_) => tokio::time::sleep(duration).await,
                Err(_) => ThreadSleep::new(duration).await,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn sleep_follows_paused_time() {
        let clock = SystemClock::new();
        let before = clock.elapsed();
        clock.sleep(Duration::from_secs(3600)).await;
        let waited = clock.elapsed().checked_sub(before).unwrap();
        assert!(waited >= Duration::from_secs(3600), "{waited:?}");
    }

    #[test]
    fn durations_are_formatted_without_excess_digits() {
        for (nanos, expected) in [
            (0, "0ns"),
            (1_500, "1µs"),
            (999_999_999, "999.999ms"),
            (9_999_123_456, "9.999s"),
            (59_000_000_001, "59s"),
            (86_399_999_999_999, "86399s"),
        ] {
            assert_eq!(format_duration(Duration::from_nanos(nanos)), expected);
        }
        assert_eq!(format_duration(Duration::MAX), format!("{:?}", Duration::MAX));
    }

    #[test]
    fn random_hex_digits_differ() {
        let clock = SystemClock::new();
        let nonce = random_hex(&clock);
        assert_eq!(nonce.len(), 32);
        assert!(nonce.bytes().all(|b| b.is_ascii_hexdigit()));
        assert_ne!(nonce, random_hex(&clock));
    }
}
