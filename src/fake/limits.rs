//! The published limits on calls, per access key and operation.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use time::OffsetDateTime;

use super::refusal::Refusal;
use super::world::times::{after, since};
use crate::v2019_03_06::operations::ALL;

/// Calls within the window of each limit.
#[derive(Debug, Default)]
pub(super) struct Limits {
    pub(super) enforced: bool,
    calls: HashMap<(String, &'static str), VecDeque<OffsetDateTime>>,
}

impl Limits {
    /// The same limits, with no calls counted.
    pub(super) fn anew(&self) -> Self {
        Self { enforced: self.enforced, ..Self::default() }
    }

    /// Counts a call, or refuses it and does not count it.
    pub(super) fn pass(
        &mut self,
        access_key_id: &str,
        operation: &str,
        now: OffsetDateTime,
    ) -> Result<(), Refusal> {
        let known = ALL.iter().find(|info| info.action == operation);
        let Some((info, limit)) = known.and_then(|info| Some((info, info.rate_limit?))) else {
            return Ok(());
        };
        if !self.enforced {
            return Ok(());
        }
        let window = Duration::from_secs(limit.seconds.into());
        let calls = self.calls.entry((access_key_id.to_owned(), info.action)).or_default();
        while calls.front().is_some_and(|first| after(*first, window) <= now) {
            calls.pop_front();
        }
        let is_full = calls.len() >= usize::try_from(limit.calls).unwrap_or(usize::MAX);
        match calls.front() {
            Some(first) if is_full => {
                // The response names whole milliseconds, so a started one is waited for as well.
                let wait = since(now, after(*first, window)).as_nanos().div_ceil(1_000_000);
                Err(Refusal::Throttled(Duration::from_millis(wait.try_into().unwrap_or(u64::MAX))))
            }
            _ => {
                calls.push_back(now);
                Ok(())
            }
        }
    }
}
