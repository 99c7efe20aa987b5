//! How long subscriptions last, and when they can no longer be renewed.

use time::Duration;

use crate::v2019_03_06::types::{Period, PeriodUnit};

/// How long after its end a subscription is renewed. Later, the service has deleted the backups.
pub(super) const MAX_OVERDUE: Duration = Duration::days(7);

/// Returns the shortest length of a term, in days.
///
/// A month has 28 days at least, and consecutive months on average 30, less 2 for a February.
pub(super) fn shortest_days(term: Period) -> u16 {
    let number = u16::from(term.used_time().get());
    match term.unit() {
        PeriodUnit::Year => number * 365,
        PeriodUnit::Month => number * 30 - 2,
    }
}

/// Whether a subscription that ends at `end` still lasts for more than `within` after its renewal.
///
/// Otherwise it would be due again at once, and each run would renew it. The service may extend it
/// from its old end, even if that has passed.
pub(super) fn outlasts(
    end: time::OffsetDateTime,
    term: Period,
    now: time::OffsetDateTime,
    within: Duration,
) -> bool {
    let extended = end.saturating_add(Duration::days(shortest_days(term).into()));
    extended > now.saturating_add(within)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_months_of_the_calendar_are_shorter() {
        let months = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        for count in 1..=11_usize {
            let length = |first| (0..count).map(|next| months[(first + next) % 12]).sum::<u16>();
            let shortest = (0..12).map(length).min().unwrap();
            let term = Period::try_months(u8::try_from(count).unwrap()).unwrap();
            assert!(shortest_days(term) <= shortest, "{term}: {shortest}");
        }
    }
}
