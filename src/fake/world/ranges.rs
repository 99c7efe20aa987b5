//! What can be restored: moments of full backups, and stretches of time that logs cover.

use time::OffsetDateTime;

use super::backup::FullBackup;
use super::plan::Plan;
use super::times::millis;

/// The stretches of time that can be restored to any moment: from the first full backup that was
/// finished while logs were written, to the end of the logs.
pub(crate) fn log_ranges(
    plan: &Plan,
    now: OffsetDateTime,
) -> Vec<(OffsetDateTime, OffsetDateTime)> {
    let finished = || plan.backups.iter().filter_map(|backup| backup.finished_at(now));
    plan.logs
        .windows()
        .iter()
        .filter_map(|window| {
            let until = window.until(now);
            let first = finished().filter(|at| (window.from..=until).contains(at)).min()?;
            Some((first, until))
        })
        .collect()
}

/// Whether a plan can be restored to a moment: by logs, or because a full backup ended then.
pub(crate) fn can_restore_to(plan: &Plan, at: OffsetDateTime, now: OffsetDateTime) -> bool {
    // Clients name moments in milliseconds, so that is how moments compare.
    let at = millis(at);
    log_ranges(plan, now).iter().any(|(from, to)| (millis(*from)..=millis(*to)).contains(&at))
        || plan
            .backups
            .iter()
            .filter_map(|backup| backup.finished_at(now))
            .any(|end| millis(end) == at)
}

/// Returns the full backups that ended in a window, both ends included.
pub(crate) fn backups_in(
    plan: &Plan,
    (begin, end): (OffsetDateTime, OffsetDateTime),
    now: OffsetDateTime,
) -> Vec<&FullBackup> {
    let in_window = |backup: &&FullBackup| {
        let finished = backup.finished_at(now).map(millis);
        finished.is_some_and(|at| (millis(begin)..=millis(end)).contains(&at))
    };
    plan.backups.iter().filter(in_window).collect()
}
