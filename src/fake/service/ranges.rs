//! Describes the ranges that a plan can be restored to.

use time::OffsetDateTime;

use super::endpoint_fields::EndpointFields;
use super::handle::Handle;
use crate::fake::error_response::ErrorResponse;
use crate::fake::world::backup::FullBackup;
use crate::fake::world::plan::Plan;
use crate::fake::world::ranges::{backups_in, log_ranges};
use crate::fake::world::state::World;
use crate::fake::world::times::millis;
use crate::v2019_03_06::operations::{
    DbsRecoverRange, DescribeRestoreRangeInfo, DescribeRestoreRangeInfoResponse, FullBackupDetail,
};
use crate::v2019_03_06::types::RestoreRangeType;

fn range(
    plan: &Plan,
    range_type: RestoreRangeType,
    from: OffsetDateTime,
    to: OffsetDateTime,
) -> DbsRecoverRange {
    let endpoint = plan.source().map(EndpointFields::from_source);
    let endpoint = endpoint.as_ref();
    let instance_type = endpoint.map(|endpoint| endpoint.instance_type.into());
    let instance_id = endpoint.and_then(|endpoint| endpoint.instance_id.clone());
    DbsRecoverRange {
        range_type: range_type.into(),
        begin_timestamp_for_restore: Some(from),
        end_timestamp_for_restore: Some(to),
        full_backup_list: Vec::new(),
        source_endpoint_instance_type: instance_type.clone(),
        source_endpoint_instance_id: instance_id.clone(),
        backup_source_instance_type: instance_type,
        backup_source_instance_id: instance_id,
        backup_source_host: endpoint.and_then(EndpointFields::host),
        backup_source_port: endpoint.and_then(EndpointFields::port),
    }
}

/// Returns the full backups that finished in a time range, as one restore range.
fn backup_range(
    plan: &Plan,
    time_range: (OffsetDateTime, OffsetDateTime),
    now: OffsetDateTime,
) -> Option<DbsRecoverRange> {
    let backups = backups_in(plan, time_range, now);
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

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        let plan = world.plan(&self.backup_plan_id)?;
        let (begin, end) = (self.begin_timestamp_for_restore, self.end_timestamp_for_restore);
        let by_logs = log_ranges(plan, now).into_iter().filter_map(|(from, to)| {
            let (from, to) = (from.max(begin), to.min(end));
            (millis(from) <= millis(to)).then(|| range(plan, RestoreRangeType::Range, from, to))
        });
        let items = backup_range(plan, (begin, end), now).into_iter().chain(by_logs).collect();
        Ok(DescribeRestoreRangeInfoResponse { items })
    }
}
