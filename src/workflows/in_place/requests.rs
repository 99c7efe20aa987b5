//! The requests that change a plan. What the specification does not manage keeps its present value.

use super::fields::{self, PresentSchedule};
use super::item::ChangeItem;
use crate::v2019_03_06::operations::{
    BackupPlanDetail, ConfigureBackupPlan, ModifyBackupSourceEndpoint, ModifyBackupStrategy,
    ModifyStorageStrategy,
};
use crate::v2019_03_06::types::{
    BackupObjects, BackupPlanStatus, BackupSchedule, NewSchedule, RetentionDays, SourceChange,
    StorageEncryptMethod, StorageLifecycle, Weekdays,
};
use crate::workflows::plan_spec::{PlanSpec, PlanSpecSchedule, SecretError, SecretStore};

fn changes(items: &[ChangeItem], field: &str) -> bool {
    items.iter().any(|item| item.field == field && item.is_possible())
}

/// Returns the configuration with which a plan is restarted.
///
/// Sent only if the plan was never configured, or its pre-check failed. The fields that differ and
/// were not approved keep their present value, except those of the source.
pub(super) fn configuration(
    spec: &PlanSpec,
    row: &BackupPlanDetail,
    unapproved: &[&'static str],
    secrets: &dyn SecretStore,
) -> Result<ConfigureBackupPlan, SecretError> {
    let mut request = spec.configuration(row.backup_plan_id.clone(), secrets)?;
    if row.backup_plan_status == BackupPlanStatus::Wait {
        return Ok(request);
    }
    for field in unapproved {
        match *field {
            "ssl" => request.enable_source_endpoint_ssl = None,
            "cross_account" => request.cross_account = None,
            "objects" => request.backup_objects = None,
            "schedule" => request.schedule = None,
            "logs" => request.enable_backup_log = None,
            "encrypted" => request.backup_storage_encrypt_method = None,
            "name" => {
                let present = row.backup_plan_name.clone();
                request.backup_plan_name = present.unwrap_or(request.backup_plan_name);
            }
            _ => {}
        }
    }
    request.enable_source_endpoint_ssl =
        request.enable_source_endpoint_ssl.or(row.source_endpoint_enable_ssl);
    request.cross_account = request.cross_account.or_else(|| fields::present_cross_account(row));
    request.backup_objects = request.backup_objects.or_else(|| present_objects(row));
    request.schedule = request.schedule.or(match PresentSchedule::of(row) {
        PresentSchedule::Manual => Some(BackupSchedule::Manual),
        PresentSchedule::Weekly(days, at) => Some(BackupSchedule::weekly(days, at)),
        PresentSchedule::Unknown => None,
    });
    request.enable_backup_log = request.enable_backup_log.or(row.enable_backup_log);
    // Fixed by the first configuration.
    let storage = fields::present_storage(row).map(Into::into);
    request.storage = storage.or(request.storage);
    request.resource_group_id = row.resource_group_id.clone().or(request.resource_group_id);
    if row.storage_encrypt_method.is_some() {
        request.backup_storage_encrypt_method = Some(StorageEncryptMethod::Encrypted);
    }
    let keeps_retention = spec.retention.is_none() || unapproved.contains(&"retention");
    if keeps_retention && let Some(lifecycle) = fields::present_lifecycle(row) {
        let [infrequent_access, archive, _] = fields::lifecycle_days(lifecycle);
        request.backup_retention_period = RetentionDays::new(lifecycle.retention_days()).ok();
        request.duplication_infrequent_access_period = Some(infrequent_access);
        request.duplication_archive_period = Some(archive);
    }
    Ok(request)
}

fn present_objects(row: &BackupPlanDetail) -> Option<BackupObjects> {
    row.backup_objects.as_ref().and_then(|objects| objects.known()).cloned()
}

/// Returns the change of the source, or `None` if no objects are known for it.
pub(super) fn source(
    spec: &PlanSpec,
    row: &BackupPlanDetail,
    items: &[ChangeItem],
    secrets: &dyn SecretStore,
) -> Result<Option<ModifyBackupSourceEndpoint>, SecretError> {
    let (wanted, present) = (spec.source.objects(), present_objects(row));
    let objects = if changes(items, "objects") { wanted.or(present) } else { present.or(wanted) };
    let Some(objects) = objects else { return Ok(None) };
    let endpoint = spec.source.endpoint(secrets)?;
    let cross_account = spec.cross_account.clone().or_else(|| fields::present_cross_account(row));
    let request = ModifyBackupSourceEndpoint::builder()
        .backup_plan_id(row.backup_plan_id.clone())
        .source(SourceChange::new(endpoint, objects))
        .maybe_enable_source_endpoint_ssl(spec.ssl.or(row.source_endpoint_enable_ssl))
        .maybe_cross_account(cross_account)
        .build();
    Ok(Some(request))
}

/// Returns the change of the schedule, or `None` if the specification has no schedule.
pub(super) fn schedule(spec: &PlanSpec, row: &BackupPlanDetail) -> Option<ModifyBackupStrategy> {
    let schedule = match (spec.schedule?, PresentSchedule::of(row)) {
        (PlanSpecSchedule::Weekly { days, at }, _) => NewSchedule::weekly(days, at),
        // The service requires days even for a manual schedule.
        (PlanSpecSchedule::Manual, PresentSchedule::Weekly(weekdays, at)) => {
            NewSchedule::Manual { weekdays, start_time: Some(at) }
        }
        (PlanSpecSchedule::Manual, _) => {
            NewSchedule::Manual { weekdays: Weekdays::EVERY_DAY, start_time: None }
        }
    };
    let request = ModifyBackupStrategy::builder()
        .backup_plan_id(row.backup_plan_id.clone())
        .schedule(schedule)
        .maybe_backup_log_interval_seconds(spec.log_interval);
    Some(request.build())
}

/// Returns the change of retention and encryption, or `None` if the retention is not known.
pub(super) fn storage(
    spec: &PlanSpec,
    row: &BackupPlanDetail,
    items: &[ChangeItem],
) -> Option<ModifyStorageStrategy> {
    let wanted: Option<StorageLifecycle> = spec.retention.filter(|_| changes(items, "retention"));
    let lifecycle = wanted.or_else(|| fields::present_lifecycle(row))?;
    let encrypt = changes(items, "encrypted").then_some(StorageEncryptMethod::Encrypted);
    let request = ModifyStorageStrategy::builder()
        .backup_plan_id(row.backup_plan_id.clone())
        .lifecycle(lifecycle)
        .maybe_backup_storage_encrypt_method(encrypt)
        .maybe_increment_backup_retention_period(row.increment_backup_retention_period)
        .maybe_increment_duplication_infrequent_access_period(
            row.increment_duplication_infrequent_access_period,
        )
        .maybe_increment_duplication_archive_period(row.increment_duplication_archive_period)
        .maybe_log_backup_retention_period(row.log_backup_retention_period)
        .maybe_log_duplication_infrequent_access_period(
            row.log_duplication_infrequent_access_period,
        )
        .maybe_log_duplication_archive_period(row.log_duplication_archive_period);
    Some(request.build())
}
