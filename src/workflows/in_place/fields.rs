//! The fields of rows and specifications, as a diff shows them.

use std::collections::BTreeSet;
use std::fmt::Display;

use time::format_description::well_known::Rfc3339;

use crate::rpc::value::Open;
use crate::v2019_03_06::operations::BackupPlanDetail;
use crate::v2019_03_06::types::{
    BackupObject, BackupStorageType, Billing, ChargeType, CrossAccount, StartTime,
    StorageLifecycle, Weekdays,
};
use crate::workflows::plan_spec::{PlanSpecSchedule, PlanSpecStorage, SecretRef};

/// Returns a value of a row, or `None` if the service did not return it.
pub(super) fn returned<T: Display>(value: &Open<T>) -> Option<String> {
    Some(value.to_string()).filter(|value| !value.is_empty())
}

pub(super) fn on_off(value: bool) -> String {
    (if value { "on" } else { "off" }).to_owned()
}

pub(super) const fn billing(billing: Billing) -> ChargeType {
    match billing {
        Billing::PayAsYouGo => ChargeType::Postpay,
        _ => ChargeType::Prepay,
    }
}

pub(super) const fn charge_type(charge_type: ChargeType) -> &'static str {
    match charge_type {
        ChargeType::Prepay => "subscription",
        _ => "pay_as_you_go",
    }
}

/// The schedule of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PresentSchedule {
    Manual,
    Weekly(Weekdays, StartTime),
    /// The service returned a part of it, or a value that the crate does not know.
    Unknown,
}

impl PresentSchedule {
    pub(super) fn of(row: &BackupPlanDetail) -> Self {
        match (&row.backup_period, &row.backup_start_time) {
            // The service has no other sign of a manual schedule.
            (None, None) => Self::Manual,
            (Some(Open::Known(days)), Some(Open::Known(at))) => Self::Weekly(*days, *at),
            _ => Self::Unknown,
        }
    }

    pub(super) fn describe(self) -> Option<String> {
        match self {
            Self::Manual => Some(schedule(PlanSpecSchedule::Manual)),
            Self::Weekly(days, at) => Some(schedule(PlanSpecSchedule::Weekly { days, at })),
            Self::Unknown => None,
        }
    }
}

pub(super) fn schedule(schedule: PlanSpecSchedule) -> String {
    match schedule {
        PlanSpecSchedule::Manual => "manual".to_owned(),
        PlanSpecSchedule::Weekly { days, at } => format!("{days} {at}"),
    }
}

pub(super) fn lifecycle(days: [u32; 3]) -> String {
    let [infrequent_access, archive, delete] = days;
    format!("infrequent access {infrequent_access}, archive {archive}, delete {delete} days")
}

pub(super) fn lifecycle_days(lifecycle: StorageLifecycle) -> [u32; 3] {
    [
        lifecycle.infrequent_access_days().into(),
        lifecycle.archive_days().into(),
        lifecycle.retention_days().into(),
    ]
}

/// Returns the days of infrequent access, archive and deletion of a row.
pub(super) fn present_days(row: &BackupPlanDetail) -> Option<[u32; 3]> {
    Some([
        row.duplication_infrequent_access_period?,
        row.duplication_archive_period?,
        row.backup_retention_period?,
    ])
}

/// Returns the lifecycle of a row. `None` if it is missing, or no request can contain it.
pub(super) fn present_lifecycle(row: &BackupPlanDetail) -> Option<StorageLifecycle> {
    let [infrequent_access, archive, delete] =
        present_days(row)?.map(|days| u16::try_from(days).unwrap_or(u16::MAX));
    StorageLifecycle::new(infrequent_access, archive, delete).ok()
}

pub(super) fn storage(storage: &PlanSpecStorage) -> String {
    match storage {
        PlanSpecStorage::BuiltIn => "built_in".to_owned(),
        PlanSpecStorage::Bucket(bucket) => format!("bucket {bucket}"),
    }
}

/// Returns the storage of a row, or `None` if the service did not return it.
pub(super) fn present_storage(row: &BackupPlanDetail) -> Option<PlanSpecStorage> {
    match (&row.oss_bucket_name, &row.backup_storage_type) {
        (Some(bucket), _) => Some(PlanSpecStorage::Bucket(bucket.clone())),
        (None, Some(Open::Known(BackupStorageType::System))) => Some(PlanSpecStorage::BuiltIn),
        _ => None,
    }
}

pub(super) fn cross_account(account: &CrossAccount) -> String {
    format!("{} as {}", account.aliyun_id, account.role_name)
}

pub(super) fn present_cross_account(row: &BackupPlanDetail) -> Option<CrossAccount> {
    Some(CrossAccount {
        aliyun_id: row.cross_aliyun_id.clone()?,
        role_name: row.cross_role_name.clone()?,
    })
}

pub(super) fn rotated(secret: &SecretRef) -> Option<String> {
    let at = secret.rotated?.format(&Rfc3339).ok()?;
    Some(format!("rotated {at}"))
}

/// Returns objects as a set, whatever their order.
pub(super) fn object_set(objects: &[BackupObject]) -> BTreeSet<String> {
    objects.iter().map(object).collect()
}

/// Returns objects in the order of their names.
pub(super) fn objects(objects: &[BackupObject]) -> String {
    object_set(objects).into_iter().collect::<Vec<_>>().join(", ")
}

fn object(object: &BackupObject) -> String {
    let tables = |tables: &[crate::v2019_03_06::types::BackupTable]| {
        let names: BTreeSet<_> = tables.iter().map(|table| table.table_name.as_str()).collect();
        names.into_iter().collect::<Vec<_>>().join(" ")
    };
    let mut name = object.db_name.clone();
    if let Some(schema) = &object.schema_name {
        name = format!("{name} (schema {schema})");
    }
    if !object.table_includes.is_empty() {
        name = format!("{name} (only {})", tables(&object.table_includes));
    }
    if !object.table_excludes.is_empty() {
        name = format!("{name} (without {})", tables(&object.table_excludes));
    }
    name
}
