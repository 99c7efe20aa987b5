//! Sums with moments that neither overflow nor go below zero.

use std::time::Duration;

use time::OffsetDateTime;

/// The moment so long after another.
pub(crate) fn after(at: OffsetDateTime, duration: Duration) -> OffsetDateTime {
    at.saturating_add(duration.try_into().unwrap_or(time::Duration::MAX))
}

/// The moment so many days after another.
pub(crate) fn days_after(at: OffsetDateTime, days: impl Into<i64>) -> OffsetDateTime {
    at.saturating_add(time::Duration::days(days.into()))
}

/// How long ago it was; nothing if it is to come.
pub(crate) fn since(at: OffsetDateTime, now: OffsetDateTime) -> Duration {
    (now - at).try_into().unwrap_or(Duration::ZERO)
}

/// How much of a stretch of time that begins at a moment has passed, 0 to 100.
pub(crate) fn percent(from: OffsetDateTime, length: Duration, now: OffsetDateTime) -> u8 {
    let passed = since(from, now).as_millis() * 100 / length.as_millis().max(1);
    u8::try_from(passed).unwrap_or(100).min(100)
}

/// A moment as clients name it, in milliseconds since 1970.
pub(crate) fn millis(at: OffsetDateTime) -> i128 {
    at.unix_timestamp_nanos().div_euclid(1_000_000)
}
