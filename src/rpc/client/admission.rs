//! Admission: how many attempts are on their way at once, and how many in a time.

use std::collections::{HashMap, VecDeque};
use std::pin::{Pin, pin};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};

use super::failure::Failure;
use crate::rpc::clock::{Clock, before, shown};
use crate::rpc::operation::RateLimit;
use crate::rpc::outcome::{Event, Facts};

/// What lets attempts go.
///
/// Attempts are counted, not calls: a call that waits for its next attempt must not keep others
/// from going, and the published limits count what arrives.
#[derive(Debug, Default)]
pub(super) struct Admission {
    slots: Option<Semaphore>,
    limiter: Option<Limiter>,
}

/// Attempts that were let go lately, by operation.
#[derive(Debug, Default)]
struct Limiter(Mutex<HashMap<String, VecDeque<Duration>>>);

/// An attempt that asks to be let go.
pub(super) struct Applicant<'a> {
    pub(super) action: &'a str,
    pub(super) limit: Option<RateLimit>,
    pub(super) clock: &'a dyn Clock,
    /// By the clock's elapsed time.
    pub(super) deadline: Duration,
}

impl Admission {
    pub(super) fn new(slots: Option<usize>, rate_limiting: bool) -> Self {
        Self {
            slots: slots.map(|slots| Semaphore::new(slots.min(Semaphore::MAX_PERMITS))),
            limiter: rate_limiting.then(Limiter::default),
        }
    }

    /// Waits until the attempt may go; it counts as on its way until the permit is dropped.
    /// A wait for the published limit is told.
    ///
    /// The limit goes before the slot: who waits for the limit must not hold a slot.
    pub(super) async fn admit<'s: 'a, 'a>(
        &'s self,
        applicant: Applicant<'a>,
        waits: impl FnOnce(Duration) + Send + 'a,
    ) -> Result<Option<SemaphorePermit<'s>>, Failure> {
        if self.slots.is_none() && self.limiter.is_none() {
            return Ok(None);
        }
        // Boxed, so that calls without limits do not carry the room for them.
        let turn: Pin<Box<dyn Future<Output = _> + Send + 'a>> =
            Box::pin(self.wait_in_line(applicant, waits));
        turn.await
    }

    async fn wait_in_line(
        &self,
        applicant: Applicant<'_>,
        waits: impl FnOnce(Duration) + Send,
    ) -> Result<Option<SemaphorePermit<'_>>, Failure> {
        let Applicant { action, limit, clock, deadline } = applicant;
        if let (Some(limiter), Some(limit)) = (&self.limiter, limit) {
            let now = clock.elapsed();
            let wait = limiter
                .reserve(action, limit, now, deadline)
                .map_err(|wait| over_the_limit(action, limit, wait))?;
            if !wait.is_zero() {
                waits(wait);
                let turn = Turn { limiter, action, at: now.saturating_add(wait), kept: false };
                clock.sleep(wait).await;
                turn.keep();
            }
        }
        let Some(slots) = &self.slots else { return Ok(None) };
        let left = deadline.saturating_sub(clock.elapsed());
        match before(|| clock.deadline(left), pin!(slots.acquire())).await {
            // One that comes with the end of the time is of no use.
            Some(Ok(permit)) if left.is_zero() || clock.elapsed() < deadline => Ok(Some(permit)),
            // Nobody closes it; without a permit the attempt goes all the same.
            Some(Err(_)) => Ok(None),
            Some(Ok(_)) | None => Err(Failure::judged(
                &Facts::new(Event::NoTime),
                "the call's time is over, and it never got one of the client's \
                 max_concurrent_calls",
            )
            .map(|error| {
                error.with_hint("Allow more calls at once, or give the call a longer timeout")
            })),
        }
    }
}

/// A place in a row that is waited for. Who stops waiting, because the call is dropped, gives it
/// back, or calls that nobody makes would hold up others.
struct Turn<'a> {
    limiter: &'a Limiter,
    action: &'a str,
    at: Duration,
    kept: bool,
}

impl Turn<'_> {
    fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if !self.kept {
            self.limiter.give_back(self.action, self.at);
        }
    }
}

impl Limiter {
    /// Frees a place. Those who wait behind it keep theirs, which are later than they need be.
    fn give_back(&self, action: &str, turn: Duration) {
        let mut rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(row) = rows.get_mut(action)
            && let Some(index) = row.iter().rposition(|known| *known == turn)
        {
            row.remove(index);
        }
    }

    /// Takes the next place in the row of an operation, and says how long to wait for it; or, if
    /// it comes too late, takes none and says how long the wait would have been.
    fn reserve(
        &self,
        action: &str,
        limit: RateLimit,
        now: Duration,
        deadline: Duration,
    ) -> Result<Duration, Duration> {
        let window = Duration::from_secs(limit.seconds.into());
        let most = usize::try_from(limit.calls.max(1)).unwrap_or(usize::MAX);
        // Times are whole at every moment, so a panic elsewhere does not spoil them.
        let mut rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let row = rows.entry(action.to_owned()).or_default();
        while row.front().is_some_and(|went| went.saturating_add(window) <= now) {
            row.pop_front();
        }
        // Places may be taken ahead, so the one that must be over is counted from the back.
        let turn = match row.len().checked_sub(most).and_then(|index| row.get(index)) {
            Some(before) => before.saturating_add(window).max(now),
            None => now,
        };
        if turn > now && turn >= deadline {
            return Err(turn.saturating_sub(now));
        }
        // In order, since a place that was given back may lie before others.
        row.insert(row.partition_point(|known| *known <= turn), turn);
        Ok(turn.saturating_sub(now))
    }
}

fn over_the_limit(action: &str, limit: RateLimit, wait: Duration) -> Failure {
    let RateLimit { calls, seconds } = limit;
    let failure = Failure::judged(
        &Facts::new(Event::NoTime),
        format!(
            "the published limit of {action}, {calls} calls in {seconds} seconds, lets it go in {} \
             at the earliest, after the call's time limit",
            shown(wait)
        ),
    )
    .map(|error| error.with_hint("Call it less often, or give the call a longer timeout"));
    // A wait beyond the deadline ends the call, as one that the server asks for does.
    Failure { retry_after: Some(wait), ..failure }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: RateLimit = RateLimit { calls: 2, seconds: 10 };

    #[test]
    fn no_window_holds_more_than_the_limit() {
        let limiter = Limiter::default();
        let ask = |now, deadline| {
            let (now, deadline) = (Duration::from_secs(now), Duration::from_secs(deadline));
            limiter.reserve("A", LIMIT, now, deadline).map(|wait| wait.as_secs())
        };
        assert_eq!([ask(0, 60), ask(1, 60)], [Ok(0), Ok(0)]);
        assert_eq!([ask(1, 60), ask(1, 60), ask(1, 60)], [Ok(9), Ok(10), Ok(19)]);
        assert_eq!(ask(1, 21), Err(Duration::from_secs(20)), "it is not begun");
        assert_eq!(ask(1, 60), Ok(20), "who gave up has taken no place");
        assert_eq!(ask(100, 100), Ok(0), "an empty row needs no time");
        limiter.give_back("A", Duration::from_secs(100));
        assert_eq!([ask(100, 160), ask(100, 160)], [Ok(0), Ok(0)], "a place given back is free");
        assert_eq!([ask(101, 160), ask(101, 160)], [Ok(9), Ok(9)]);
        limiter.give_back("A", Duration::from_secs(110));
        assert_eq!([ask(101, 160), ask(101, 160)], [Ok(9), Ok(19)], "and no more than that");
        let other = limiter.reserve("B", LIMIT, Duration::ZERO, Duration::ZERO);
        assert_eq!(other, Ok(Duration::ZERO), "each operation has a row of its own");
    }
}
