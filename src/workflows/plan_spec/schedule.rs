//! Schedule, storage, retention and the other account of a plan, as a file has them.

use serde::{Deserialize, Serialize};
use serde_with::serde_as;

use super::checked::Checked;
use crate::rpc::value::InvalidValue;
use crate::v2019_03_06::types::{
    AliyunId, BackupSchedule, BackupStorage, CrossAccount, OssBucketName, RamRoleName, StartTime,
    StorageLifecycle, Weekday, Weekdays,
};

/// When full backups run.
///
/// In a file it is the string `manual`, or a map with the key `weekly`.
#[serde_as]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum PlanSpecSchedule {
    /// Only when a person starts one.
    Manual,
    /// On days of the week.
    Weekly {
        /// The days, as a list of names such as `Monday`. At least one.
        #[serde_as(as = "Checked<WeekdayList>")]
        #[cfg_attr(feature = "schemars", schemars(with = "WeekdayList"))]
        days: Weekdays,
        /// The time of day, UTC, such as `02:30`.
        at: StartTime,
    },
}

impl From<PlanSpecSchedule> for BackupSchedule {
    fn from(schedule: PlanSpecSchedule) -> Self {
        match schedule {
            PlanSpecSchedule::Manual => Self::Manual,
            PlanSpecSchedule::Weekly { days, at } => Self::weekly(days, at),
        }
    }
}

/// Where backups are stored.
///
/// In a file it is the string `built_in`, or a map with the key `bucket`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PlanSpecStorage {
    /// The built-in storage of the service.
    BuiltIn,
    /// An OSS bucket of the account.
    Bucket(OssBucketName),
}

impl From<PlanSpecStorage> for BackupStorage {
    fn from(storage: PlanSpecStorage) -> Self {
        match storage {
            PlanSpecStorage::BuiltIn => Self::System,
            PlanSpecStorage::Bucket(bucket) => Self::OssBucket(bucket),
        }
    }
}

/// The days of a week in a file.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub(super) struct WeekdayList(
    #[cfg_attr(feature = "schemars", schemars(length(min = 1)))] Vec<Weekday>,
);

impl From<Weekdays> for WeekdayList {
    fn from(days: Weekdays) -> Self {
        Self(days.iter().collect())
    }
}

impl TryFrom<WeekdayList> for Weekdays {
    type Error = InvalidValue;

    fn try_from(WeekdayList(days): WeekdayList) -> Result<Self, InvalidValue> {
        days.into_iter()
            .map(Self::from)
            .reduce(|days, day| days | day)
            .ok_or_else(|| InvalidValue::new("days", "", "expected at least one day"))
    }
}

/// When backups move to cheaper storage, and when they are deleted, in days.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Retention {
    /// The days until backups move to infrequent-access storage.
    infrequent_access: u16,
    /// The days until backups move to archive storage. More than `infrequent_access`.
    archive: u16,
    /// The days until backups are deleted. More than `archive`, and at most 1825.
    #[cfg_attr(feature = "schemars", schemars(range(max = 1825)))]
    delete: u16,
}

impl From<StorageLifecycle> for Retention {
    fn from(lifecycle: StorageLifecycle) -> Self {
        Self {
            infrequent_access: lifecycle.infrequent_access_days(),
            archive: lifecycle.archive_days(),
            delete: lifecycle.retention_days(),
        }
    }
}

impl TryFrom<Retention> for StorageLifecycle {
    type Error = InvalidValue;

    fn try_from(days: Retention) -> Result<Self, InvalidValue> {
        let Retention { infrequent_access, archive, delete } = days;
        Self::checked(infrequent_access.into(), archive.into(), delete.into()).ok_or_else(|| {
            let given = format!("{infrequent_access}, {archive}, {delete}");
            InvalidValue::new("retention", given, Self::RANGE)
        })
    }
}

/// The other Alibaba Cloud account that owns the database.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct OtherAccount {
    /// The UID of the account.
    account: AliyunId,
    /// The RAM role of that account which the service assumes.
    role: RamRoleName,
}

impl From<CrossAccount> for OtherAccount {
    fn from(account: CrossAccount) -> Self {
        Self { account: account.aliyun_id, role: account.role_name }
    }
}

impl From<OtherAccount> for CrossAccount {
    fn from(other: OtherAccount) -> Self {
        Self { aliyun_id: other.account, role_name: other.role }
    }
}
