//! Admission: the limits on concurrent attempts and on attempts per time.

use std::collections::{HashMap, VecDeque};
use std::pin::{Pin, pin};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};

use super::failure::AttemptError;
use crate::rpc::clock::{Clock, format_duration, with_timeout};
use crate::rpc::operation::RateLimit;
use crate::rpc::outcome::{FailedAttempt, FailureCause};

/// Limits the attempts of a client.
///
/// It counts attempts and not calls: a call in backoff must not block others, and the published
/// limits count what the service receives.
#[derive(Debug, Default)]
pub(super) struct Admission {
    slots: Option<Semaphore>,
    limiter: Option<Limiter>,
}

/// A sliding window per operation: the times of recent and reserved attempts.
#[derive(Debug, Default)]
struct Limiter(Mutex<HashMap<String, VecDeque<Duration>>>);

/// An attempt that waits for admission.
pub(super) struct AdmissionRequest<'a> {
    pub(super) action: &'a str,
    pub(super) limit: Option<RateLimit>,
    pub(super) clock: &'a dyn Clock,
    /// The deadline in the clock's elapsed time.
    pub(super) deadline: Duration,
}

impl Admission {
    pub(super) fn new(slots: Option<usize>, rate_limiting: bool) -> Self {
        Self {
            slots: slots.map(|slots| Semaphore::new(slots.min(Semaphore::MAX_PERMITS))),
            limiter: rate_limiting.then(Limiter::default),
        }
    }

    /// Waits until the attempt may be sent. It occupies a slot until the permit is dropped.
    ///
    /// Calls `on_delay` before it waits for the rate limit. That wait comes before the one for a
    /// slot, so that an attempt which waits for the rate limit occupies no slot.
    pub(super) async fn admit<'s: 'a, 'a>(
        &'s self,
        request: AdmissionRequest<'a>,
        on_delay: impl FnOnce(Duration) + Send + 'a,
    ) -> Result<Option<SemaphorePermit<'s>>, AttemptError> {
        if self.slots.is_none() && self.limiter.is_none() {
            return Ok(None);
        }
        // Boxed, so that the future of a call without limits stays small.
        let admitted: Pin<Box<dyn Future<Output = _> + Send + 'a>> =
            Box::pin(self.wait(request, on_delay));
        admitted.await
    }

    async fn wait(
        &self,
        request: AdmissionRequest<'_>,
        on_delay: impl FnOnce(Duration) + Send,
    ) -> Result<Option<SemaphorePermit<'_>>, AttemptError> {
        let AdmissionRequest { action, limit, clock, deadline } = request;
        if let (Some(limiter), Some(limit)) = (&self.limiter, limit) {
            let now = clock.elapsed();
            let delay = limiter
                .reserve(action, limit, now, deadline)
                .map_err(|delay| rate_limited(limit, delay))?;
            if !delay.is_zero() {
                let at = now.saturating_add(delay);
                let reservation = Reservation { limiter, action, at, used: false };
                on_delay(delay);
                clock.sleep(delay).await;
                reservation.complete();
            }
        }
        let Some(slots) = &self.slots else { return Ok(None) };
        let left = deadline.saturating_sub(clock.elapsed());
        match with_timeout(|| clock.deadline(left), pin!(slots.acquire())).await {
            // A slot that becomes free at the deadline is too late.
            Some(Ok(permit)) if left.is_zero() || clock.elapsed() < deadline => Ok(Some(permit)),
            // The semaphore is never closed.
            Some(Err(_)) => Ok(None),
            Some(Ok(_)) | None => Err(AttemptError::classified(
                &FailedAttempt::new(FailureCause::DeadlineExceeded),
                "timed out waiting for a free slot (`max_concurrent_calls`)",
            )
            .map(|error| {
                error.with_hint("increase `max_concurrent_calls`, or set a longer timeout")
            })),
        }
    }
}

/// A reserved time of an attempt that waits.
///
/// It is cancelled when the call is dropped, so that it does not delay other calls.
struct Reservation<'a> {
    limiter: &'a Limiter,
    action: &'a str,
    at: Duration,
    used: bool,
}

impl Reservation<'_> {
    fn complete(mut self) {
        self.used = true;
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        if !self.used {
            self.limiter.cancel(self.action, self.at);
        }
    }
}

impl Limiter {
    /// Cancels a reservation. Later reservations keep their times.
    fn cancel(&self, action: &str, at: Duration) {
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(times) = windows.get_mut(action)
            && let Some(index) = times.iter().rposition(|known| *known == at)
        {
            times.remove(index);
        }
    }

    /// Reserves the next time of an operation and returns the delay until then.
    ///
    /// If that time is after the deadline, reserves nothing and returns the delay as the error.
    fn reserve(
        &self,
        action: &str,
        limit: RateLimit,
        now: Duration,
        deadline: Duration,
    ) -> Result<Duration, Duration> {
        let window = Duration::from_secs(limit.seconds.into());
        let calls = usize::try_from(limit.calls.max(1)).unwrap_or(usize::MAX);
        // The times are consistent even if another thread panicked while holding the lock.
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let times = windows.entry(action.to_owned()).or_default();
        while times.front().is_some_and(|sent| sent.saturating_add(window) <= now) {
            times.pop_front();
        }
        // Times may be reserved ahead, so the one whose window must end first is counted from the
        // back.
        let at = match times.len().checked_sub(calls).and_then(|index| times.get(index)) {
            Some(earlier) => earlier.saturating_add(window).max(now),
            None => now,
        };
        if at > now && at >= deadline {
            return Err(at.saturating_sub(now));
        }
        // Sorted, because a cancelled time may be earlier than others.
        times.insert(times.partition_point(|known| *known <= at), at);
        Ok(at.saturating_sub(now))
    }
}

fn rate_limited(limit: RateLimit, delay: Duration) -> AttemptError {
    let RateLimit { calls, seconds } = limit;
    let window = format_duration(Duration::from_secs(seconds.into()));
    let delayed = format_duration(delay);
    let failed = AttemptError::classified(
        &FailedAttempt::new(FailureCause::DeadlineExceeded),
        format!(
            "the published rate limit ({calls} calls per {window}) delays the call by {delayed}, \
             beyond its timeout"
        ),
    )
    .map(|error| error.with_hint("call it less often, or set a longer timeout"));
    // Like a delay that the service asks for, one beyond the deadline ends the call.
    AttemptError { retry_after: Some(delay), ..failed }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: RateLimit = RateLimit { calls: 2, seconds: 10 };

    #[test]
    fn windows_respect_the_limit() {
        let limiter = Limiter::default();
        let reserve = |now, deadline| {
            let (now, deadline) = (Duration::from_secs(now), Duration::from_secs(deadline));
            limiter.reserve("A", LIMIT, now, deadline).map(|delay| delay.as_secs())
        };
        assert_eq!([reserve(0, 60), reserve(1, 60)], [Ok(0), Ok(0)]);
        assert_eq!([reserve(1, 60), reserve(1, 60), reserve(1, 60)], [Ok(9), Ok(10), Ok(19)]);
        assert_eq!(reserve(1, 21), Err(Duration::from_secs(20)), "after the deadline");
        assert_eq!(reserve(1, 60), Ok(20), "a failed reservation takes no time");
        assert_eq!(reserve(100, 100), Ok(0), "an empty window needs no delay");
        limiter.cancel("A", Duration::from_secs(100));
        assert_eq!(
            [reserve(100, 160), reserve(100, 160)],
            [Ok(0), Ok(0)],
            "a cancelled time is free"
        );
        assert_eq!([reserve(101, 160), reserve(101, 160)], [Ok(9), Ok(9)]);
        limiter.cancel("A", Duration::from_secs(110));
        assert_eq!(
            [reserve(101, 160), reserve(101, 160)],
            [Ok(9), Ok(19)],
            "only one time was cancelled"
        );
        let other = limiter.reserve("B", LIMIT, Duration::ZERO, Duration::ZERO);
        assert_eq!(other, Ok(Duration::ZERO), "each operation has its own window");
    }
}
