//! What a plan can be restored to: ends of full backups, and ranges that logs cover.

use time::OffsetDateTime;

use super::backup::FullBackup;
use super::plan::Plan;
use super::times::millis;

/// Returns the ranges that log backups cover.
///
/// Each begins at the first full backup that finished during a period of log backups, and ends
/// with that period.
pub(crate) fn log_ranges(
    plan: &Plan,
    now: OffsetDateTime,
) -> Vec<(OffsetDateTime, OffsetDateTime)> {
    let finished = || plan.backups.iter().filter_map(|backup| backup.finished_at(now));
    plan.logs
        .periods()
        .iter()
        .filter_map(|period| {
            let until = period.until(now);
            let first = finished().filter(|at| (period.from..=until).contains(at)).min()?;
            Some((first, until))
        })
        .collect()
}

/// Returns whether a plan can be restored to a time: logs cover it, or a full backup ended then.
pub(crate) fn can_restore_to(plan: &Plan, at: OffsetDateTime, now: OffsetDateTime) -> bool {
    // The wire has milliseconds.
    let at = millis(at);
    log_ranges(plan, now).iter().any(|(from, to)| (millis(*from)..=millis(*to)).contains(&at))
        || plan
            .backups
            .iter()
            .filter_map(|backup| backup.finished_at(now))
            .any(|end| millis(end) == at)
}

/// Returns the full backups that finished in a range, both ends included.
pub(crate) fn backups_in(
    plan: &Plan,
    (begin, end): (OffsetDateTime, OffsetDateTime),
    now: OffsetDateTime,
) -> Vec<&FullBackup> {
    let in_range = |backup: &&FullBackup| {
        let finished = backup.finished_at(now).map(millis);
        finished.is_some_and(|at| (millis(begin)..=millis(end)).contains(&at))
    };
    plan.backups.iter().filter(in_range).collect()
}
