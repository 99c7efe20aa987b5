//! `ReportRow`: one plan, or one database without a plan.

use std::time::Duration;

use serde::Serialize;
use time::OffsetDateTime;

use super::verdict::{Reason, Verdict};
use crate::rpc::value::Open;
use crate::rpc::value::labels::labels;
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{
    BackupPlanId, BackupPlanStatus, BackupSetId, ChargeType, DatabaseType, FullBackupStatus,
};
use crate::workflows::serde_time;

/// One plan, or a database of the inventory that has none.
///
/// What the service does not report is `None`. In serde, times are RFC 3339, and durations are
/// numbers of seconds.
///
/// # Examples
///
/// A row for a test starts as the default, whose verdict is [`Verdict::Unknown`]:
///
/// ```
/// use aliyun_dbs::workflows::report::{Reason, ReasonKind, ReportRow, Verdict};
///
/// let mut row = ReportRow::default();
/// row.name = Some("orders-nightly".to_owned());
/// row.verdict = Verdict::Failing;
/// row.reasons = vec![Reason::new(ReasonKind::BackupFailed, "the last full backup failed")];
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ReportRow {
    /// The label of the account, if one is set.
    pub account: Option<String>,
    /// The id of the plan. `None` for a database without a plan.
    pub plan: Option<BackupPlanId>,
    /// The name of the plan.
    pub name: Option<String>,
    /// The region that the plan belongs to.
    pub region: Option<Open<Region>>,
    /// The engine of the database.
    pub engine: Option<Open<DatabaseType>>,
    /// The instance id, or `host:port`, of the database.
    pub database: Option<String>,
    /// The status of the plan.
    pub status: Option<Open<BackupPlanStatus>>,
    /// Whether the database is protected.
    pub verdict: Verdict,
    /// The reasons for the verdict, and notes. The first explains the verdict; at most 8.
    pub reasons: Vec<Reason>,
    /// The ranges that can be restored, oldest first. At most 64.
    ///
    /// A single backup is an empty range. If a plan has more, old backups are left out, except the
    /// oldest.
    pub windows: Vec<RestorableWindow>,
    /// The newest time that can be restored.
    #[serde(serialize_with = "serde_time::optional_time")]
    pub newest_point: Option<OffsetDateTime>,
    /// How long ago the newest restorable point is. 0 if it is slightly in the future.
    #[serde(serialize_with = "serde_time::optional_seconds")]
    pub newest_point_age: Option<Duration>,
    /// The newest full backup that ended, finished or failed.
    pub last_full_backup: Option<LastBackup>,
    /// How the plan is paid.
    pub billing: Option<Open<ChargeType>>,
    /// When the subscription ends. `None` for a pay-as-you-go plan.
    #[serde(serialize_with = "serde_time::optional_time")]
    pub expires_at: Option<OffsetDateTime>,
    /// How long the subscription lasts from now on. 0 if it has ended.
    #[serde(serialize_with = "serde_time::optional_seconds")]
    pub expires_in: Option<Duration>,
    /// The bytes of the stored full and incremental backups.
    pub storage_bytes: Option<u64>,
    /// The bytes that full and incremental backups have used of the subscription.
    pub used_bytes: Option<u64>,
    /// The bytes that the subscription includes. `None` if they are unlimited.
    pub included_bytes: Option<u64>,
    /// What the plan costs in a month, as the [price function](super::ReportBuilder::price) says.
    pub monthly_price: Option<f64>,
}

/// A range of times that can be restored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RestorableWindow {
    /// The start of the range.
    #[serde(serialize_with = "serde_time::time")]
    pub from: OffsetDateTime,
    /// The end of the range. The start, for a single backup.
    #[serde(serialize_with = "serde_time::time")]
    pub to: OffsetDateTime,
    /// Whether every time in the range can be restored.
    pub kind: WindowKind,
}

impl RestorableWindow {
    /// Creates a range in which every time can be restored.
    pub const fn logs(from: OffsetDateTime, to: OffsetDateTime) -> Self {
        Self { from, to, kind: WindowKind::Logs }
    }

    /// Creates the range of a single full backup.
    pub const fn backup(at: OffsetDateTime) -> Self {
        Self { from: at, to: at, kind: WindowKind::Backup }
    }
}

/// What can be restored in a [`RestorableWindow`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WindowKind {
    /// A full backup, at its time only.
    Backup,
    /// Every time in the range, by full backups and logs.
    Logs,
}

labels! { WindowKind: Backup = "backup", Logs = "logs" }

/// A full backup that ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LastBackup {
    /// The id of the backup set.
    pub set: BackupSetId,
    /// The status of the backup.
    pub status: Open<FullBackupStatus>,
    /// When the backup ended.
    #[serde(serialize_with = "serde_time::optional_time")]
    pub at: Option<OffsetDateTime>,
    /// The size of the backup in bytes.
    pub size: Option<u64>,
    /// Why the backup failed, in the service's words.
    pub error: Option<String>,
}

impl LastBackup {
    /// Creates a backup of which nothing else is known.
    pub fn new(set: BackupSetId, status: impl Into<Open<FullBackupStatus>>) -> Self {
        Self { set, status: status.into(), at: None, size: None, error: None }
    }
}
