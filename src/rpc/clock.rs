//! Time, waiting and chance: all that a call takes from outside, in one place that a test can
//! replace.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::LazyLock;
use std::task::{Context, Poll};
use std::time::Duration;

use time::OffsetDateTime;
use tokio::time::Instant;

use crate::rpc::sign::hex;

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

    /// Fills a buffer with random bytes: idempotency tokens come from here, and the number that
    /// tells the nonces of a client from those of others, once a second.
    fn fill_random(&self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            // Both need to be unique, not secret, so a seeded generator will do.
            fastrand::fill(bytes);
        }
    }

    /// A random number from 0 up to, not including, 1: the jitter of a backoff.
    fn random_fraction(&self) -> f64 {
        fastrand::f64()
    }
}

/// A duration for people: nobody reads the nanoseconds of a minute.
pub(crate) fn shown(duration: Duration) -> String {
    let unit = match duration.as_secs() {
        0 => Duration::from_micros(1),
        1..60 => Duration::from_millis(1),
        _ => Duration::from_secs(1),
    };
    let whole = duration.as_nanos() / unit.as_nanos();
    let rounded = u32::try_from(whole).ok().and_then(|whole| unit.checked_mul(whole));
    format!("{:?}", rounded.unwrap_or(duration))
}

/// 32 random hex digits.
pub(crate) fn random_hex(clock: &dyn Clock) -> String {
    let mut digits = [0; 32];
    random_digits(clock, &mut digits).to_owned()
}

/// 32 random hex digits in a buffer.
pub(crate) fn random_digits<'a>(clock: &dyn Clock, digits: &'a mut [u8; 32]) -> &'a str {
    let mut bytes = [0; 16];
    clock.fill_random(&mut bytes);
    hex(&bytes, digits)
}

/// What a future gives within a time, or `None`. The future goes first when both are ready, and
/// one that is ready at once has no wait made for it.
pub(crate) fn within<F: Future + Unpin>(
    clock: &dyn Clock,
    limit: Duration,
    future: F,
) -> Before<impl FnOnce() -> Sleep + Unpin, F> {
    before(move || clock.sleep(limit), future)
}

/// What a future gives before a wait is over, or `None`. The wait is made when the future is not
/// ready at once.
pub(crate) fn before<W: FnOnce() -> Sleep + Unpin, F: Future + Unpin>(
    wait: W,
    future: F,
) -> Before<W, F> {
    Before { future, make: Some(wait), wait: None }
}

/// The future of [`before`]; written out, because as an `async fn` it takes four times the room in
/// every future around it.
#[must_use = "futures do nothing unless they are awaited"]
pub(crate) struct Before<W, F> {
    future: F,
    make: Option<W>,
    wait: Option<Sleep>,
}

impl<W: FnOnce() -> Sleep + Unpin, F: Future + Unpin> Future for Before<W, F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Poll::Ready(output) = Pin::new(&mut self.future).poll(context) {
            return Poll::Ready(Some(output));
        }
        if let Some(make) = self.make.take() {
            self.wait = Some(make());
        }
        match &mut self.wait {
            Some(wait) => wait.as_mut().poll(context).map(|()| None),
            None => Poll::Pending,
        }
    }
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
    fn durations_are_shown_to_the_digits_that_say_something() {
        for (nanos, text) in [
            (0, "0ns"),
            (1_500, "1µs"),
            (999_999_999, "999.999ms"),
            (9_999_123_456, "9.999s"),
            (59_000_000_001, "59s"),
            (86_399_999_999_999, "86399s"),
        ] {
            assert_eq!(shown(Duration::from_nanos(nanos)), text);
        }
        assert_eq!(shown(Duration::MAX), format!("{:?}", Duration::MAX));
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
