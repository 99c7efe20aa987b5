//! `Pacer`: keeps the calls of a workflow within the published limits.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::rpc::clock::Clock;
use crate::rpc::operation::RateLimit;

/// The part of a limit that a workflow uses, in percent. The rest is for retries and other programs.
const USED_PERCENT: u32 = 90;

/// Delays the calls of a workflow, so that it uses at most 90 % of the published limits.
///
/// The limits are those of an account, so a workflow needs one for each account. Unlike the rate
/// limiting of a client, which is off by default, it always applies, and waiting for it is not part
/// of the timeout of a call.
#[derive(Debug)]
pub(super) struct Pacer {
    clock: Arc<dyn Clock>,
    /// The times of recent and reserved calls, by operation.
    windows: Mutex<HashMap<&'static str, VecDeque<Duration>>>,
}

impl Pacer {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, windows: Mutex::default() }
    }

    /// Waits until a call is within the limit. Calls are admitted in the order of their requests.
    pub(super) async fn admit(&self, action: &'static str, limit: Option<RateLimit>) {
        let Some(limit) = limit else { return };
        let now = self.clock.elapsed();
        let at = self.reserve(action, limit, now);
        if at > now {
            self.clock.sleep(at.saturating_sub(now)).await;
        }
    }

    /// Reserves the next free time of an operation.
    fn reserve(&self, action: &'static str, limit: RateLimit, now: Duration) -> Duration {
        let window = Duration::from_secs(limit.seconds.into());
        let used = (u64::from(limit.calls) * u64::from(USED_PERCENT) / 100).max(1);
        let used = usize::try_from(used).unwrap_or(usize::MAX);
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let times = windows.entry(action).or_default();
        // Of a full window, only the earliest call decides about the next one.
        while times.len() > used {
            times.pop_front();
        }
        let at = match times.len().checked_sub(used).and_then(|index| times.get(index)) {
            Some(earlier) => earlier.saturating_add(window).max(now),
            None => now,
        };
        // A later request is never admitted earlier.
        let at = times.back().map_or(at, |last| at.max(*last));
        times.push_back(at);
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rpc::clock::SystemClock;

    const LIMIT: RateLimit = RateLimit { calls: 50, seconds: 60 };

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn pacer_uses_90_percent_of_a_window() {
        let pacer = Pacer::new(Arc::new(SystemClock::new()));
        let mut times: Vec<_> =
            (0..100).map(|_| pacer.reserve("List", LIMIT, seconds(5))).collect();
        assert_eq!(times.iter().filter(|at| **at == seconds(5)).count(), 45);
        assert_eq!(times.iter().filter(|at| **at == seconds(65)).count(), 45);
        assert_eq!(times.iter().filter(|at| **at == seconds(125)).count(), 10);
        // A later call joins the last window; 45 calls later, it waits for the next.
        times.extend((0..36).map(|_| pacer.reserve("List", LIMIT, seconds(126))));
        assert_eq!(times[134], seconds(126));
        assert_eq!(times[135], seconds(185), "60 s after the call at 125 s");
        assert!(times.is_sorted());
        for window in times.windows(46) {
            assert!(window[45] >= window[0] + seconds(60), "{window:?}");
        }
    }

    #[test]
    fn operations_have_their_own_windows() {
        let pacer = Pacer::new(Arc::new(SystemClock::new()));
        let one = RateLimit { calls: 1, seconds: 1 };
        assert_eq!(pacer.reserve("A", one, seconds(1)), seconds(1));
        assert_eq!(pacer.reserve("A", one, seconds(1)), seconds(2), "at least one call is allowed");
        assert_eq!(pacer.reserve("B", one, seconds(1)), seconds(1));
    }
}
