//! What can be restored: moments of full backups, and stretches of time that logs cover.

use time::OffsetDateTime;

use crate::fake::answer::Refused;
use crate::fake::service::backups::FullBackup;
use crate::fake::service::endpoints::Place;
use crate::fake::world::plan::Plan;
use crate::fake::world::state::{Handle, State, find};
use crate::fake::world::times::millis;
use crate::v2019_03_06::operations::DescribeRestoreRangeInfo;
use crate::v2019_03_06::operations::restore::{
    DbsRecoverRange, DescribeRestoreRangeInfoResponse, FullBackupDetail,
};
use crate::v2019_03_06::types::RestoreRangeType;

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
    // The wire carries milliseconds, so that is how moments compare.
    let at = millis(at);
    log_ranges(plan, now).iter().any(|(from, to)| (millis(*from)..=millis(*to)).contains(&at))
        || plan
            .backups
            .iter()
            .filter_map(|backup| backup.finished_at(now))
            .any(|end| millis(end) == at)
}

fn range(
    plan: &Plan,
    range_type: RestoreRangeType,
    from: OffsetDateTime,
    to: OffsetDateTime,
) -> DbsRecoverRange {
    let place = plan.source.as_ref().map(Place::of_source);
    let place = place.as_ref();
    let instance_type = place.map(|place| place.instance_type.into());
    let instance_id = place.and_then(|place| place.instance_id.clone());
    DbsRecoverRange {
        range_type: range_type.into(),
        begin_timestamp_for_restore: from,
        end_timestamp_for_restore: to,
        full_backup_list: Vec::new(),
        source_endpoint_instance_type: instance_type.clone(),
        source_endpoint_instance_id: instance_id.clone(),
        backup_source_instance_type: instance_type,
        backup_source_instance_id: instance_id,
        backup_source_host: place.and_then(Place::host),
        backup_source_port: place.and_then(Place::port),
    }
}

/// The full backups of a window as one range.
fn point(
    plan: &Plan,
    window: (OffsetDateTime, OffsetDateTime),
    now: OffsetDateTime,
) -> Option<DbsRecoverRange> {
    let in_window = |backup: &&FullBackup| {
        let end = backup.finished_at(now).map(millis);
        end.is_some_and(|end| (millis(window.0)..=millis(window.1)).contains(&end))
    };
    let backups: Vec<_> = plan.backups.iter().filter(in_window).collect();
    let from = backups.iter().filter_map(|backup| backup.started_at(now)).min()?;
    let to = backups.iter().filter_map(|backup| backup.finished_at(now)).max()?;
    let detail = |backup: &&FullBackup| FullBackupDetail {
        backup_set_id: backup.id.clone(),
        start_time: backup.started_at(now),
        end_time: backup.finished_at(now),
    };
    let full_backup_list = backups.iter().map(detail).collect();
    Some(DbsRecoverRange { full_backup_list, ..range(plan, RestoreRangeType::Point, from, to) })
}

impl Handle for DescribeRestoreRangeInfo {
    const REQUIRED: &'static [&'static str] =
        &["BackupPlanId", "BeginTimestampForRestore", "EndTimestampForRestore"];

    fn handle(&self, state: &mut State, now: OffsetDateTime) -> Result<Self::Response, Refused> {
        let plan = find(&mut state.plans, &self.backup_plan_id)?;
        let (begin, end) = (self.begin_timestamp_for_restore, self.end_timestamp_for_restore);
        let by_logs = log_ranges(plan, now).into_iter().filter_map(|(from, to)| {
            let (from, to) = (from.max(begin), to.min(end));
            (millis(from) <= millis(to)).then(|| range(plan, RestoreRangeType::Range, from, to))
        });
        let items = point(plan, (begin, end), now).into_iter().chain(by_logs).collect();
        Ok(DescribeRestoreRangeInfoResponse { items })
    }
}
