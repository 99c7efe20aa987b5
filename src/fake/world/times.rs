//! Arithmetic with times that saturates instead of overflowing.

use std::time::Duration;

use time::OffsetDateTime;

/// Returns `at` plus a duration.
pub(crate) fn after(at: OffsetDateTime, duration: Duration) -> OffsetDateTime {
    at.saturating_add(duration.try_into().unwrap_or(time::Duration::MAX))
}

/// Returns `at` plus a number of days.
pub(crate) fn days_after(at: OffsetDateTime, days: impl Into<i64>) -> OffsetDateTime {
    at.saturating_add(time::Duration::days(days.into()))
}

/// Returns the duration from `at` to `now`, or zero if `at` is later.
pub(crate) fn since(at: OffsetDateTime, now: OffsetDateTime) -> Duration {
    (now - at).try_into().unwrap_or(Duration::ZERO)
}

/// Returns how much of a duration from `from` on has passed, in percent from 0 to 100.
pub(crate) fn percent(from: OffsetDateTime, length: Duration, now: OffsetDateTime) -> u8 {
    let passed = since(from, now).as_millis() * 100 / length.as_millis().max(1);
    u8::try_from(passed).unwrap_or(100).min(100)
}

/// Returns a time as the wire has it, in milliseconds since 1970.
pub(crate) fn millis(at: OffsetDateTime) -> i128 {
    at.unix_timestamp_nanos().div_euclid(1_000_000)
}
