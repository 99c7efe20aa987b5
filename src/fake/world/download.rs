//! Downloads of backup sets and log files.

use std::time::Duration;

use time::OffsetDateTime;

use super::times::after;
use crate::v2019_03_06::types::{
    BackupPlanId, BackupSetDataFormat, BackupSetDownloadTaskId, BackupSetId, BackupSetJobId,
    DatabaseType, DownloadTaskStatus,
};

const SCHEDULED_AFTER: Duration = Duration::from_secs(5);
const RUNNING_AFTER: Duration = Duration::from_secs(10);
const FINISHED_AFTER: Duration = Duration::from_secs(30);

/// A download. Its state follows from the time.
#[derive(Clone, Debug)]
pub(crate) struct Download {
    pub(crate) id: BackupSetDownloadTaskId,
    pub(crate) set: DownloadedSet,
    pub(crate) created_at: OffsetDateTime,
}

/// The files that a download contains.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DownloadedSet {
    pub(crate) plan_id: BackupPlanId,
    /// The id of the full backup set, or the name of the log file.
    pub(crate) backup_set_id: BackupSetId,
    /// The job of a log file; `None` for a full backup.
    pub(crate) job_id: Option<BackupSetJobId>,
    pub(crate) format: BackupSetDataFormat,
    pub(crate) size: u64,
    pub(crate) database: DatabaseType,
}

impl Download {
    pub(crate) fn status(&self, now: OffsetDateTime) -> DownloadTaskStatus {
        let is_past = |step| now >= after(self.created_at, step);
        if is_past(FINISHED_AFTER) {
            DownloadTaskStatus::Finish
        } else if is_past(RUNNING_AFTER) {
            DownloadTaskStatus::Running
        } else if is_past(SCHEDULED_AFTER) {
            DownloadTaskStatus::Schedule
        } else {
            DownloadTaskStatus::Checking
        }
    }

    pub(crate) fn finished_at(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        Some(after(self.created_at, FINISHED_AFTER)).filter(|end| now >= *end)
    }
}

impl DownloadedSet {
    /// Returns whether both have the same files in the same format.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        (&self.plan_id, &self.backup_set_id, &self.job_id, self.format)
            == (&other.plan_id, &other.backup_set_id, &other.job_id, other.format)
    }
}
