//! `RateLimits`: the published rate limits, per account and operation.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use time::OffsetDateTime;

use super::error_response::ErrorResponse;
use super::served_api::ServedApi;
use super::world::times::{after, since};

/// The calls within the window of each rate limit.
#[derive(Debug, Default)]
pub(super) struct RateLimits {
    pub(super) enforced: bool,
    calls: HashMap<(usize, &'static str), VecDeque<OffsetDateTime>>,
}

impl RateLimits {
    /// Returns the same setting with no calls counted.
    pub(super) fn without_calls(&self) -> Self {
        Self { enforced: self.enforced, ..Self::default() }
    }

    /// Counts a call if it is within the limit.
    ///
    /// # Errors
    ///
    /// When the limit is exceeded and enforced; the call is not counted then.
    pub(super) fn check(
        &mut self,
        account: usize,
        api: ServedApi,
        operation: &str,
        now: OffsetDateTime,
    ) -> Result<(), ErrorResponse> {
        let Some((info, limit)) =
            api.info(operation).and_then(|info| Some((info, info.rate_limit?)))
        else {
            return Ok(());
        };
        if !self.enforced {
            return Ok(());
        }
        let window = Duration::from_secs(limit.seconds.into());
        let calls = self.calls.entry((account, info.action)).or_default();
        while calls.front().is_some_and(|first| after(*first, window) <= now) {
            calls.pop_front();
        }
        let is_full = calls.len() >= usize::try_from(limit.calls).unwrap_or(usize::MAX);
        match calls.front() {
            Some(first) if is_full => {
                // The response has whole milliseconds, so it rounds up.
                let wait = since(now, after(*first, window)).as_nanos().div_ceil(1_000_000);
                Err(ErrorResponse::throttled(Duration::from_millis(
                    wait.try_into().unwrap_or(u64::MAX),
                )))
            }
            _ => {
                calls.push_back(now);
                Ok(())
            }
        }
    }
}
