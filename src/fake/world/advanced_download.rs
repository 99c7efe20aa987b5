//! Advanced downloads of instances.

use std::time::Duration;

use time::OffsetDateTime;

use super::times::{after, since};
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{BackupSetId, InstanceId};
use crate::v2021_01_01::types::{
    AdvancedDownloadState, DownloadFormat, DownloadKind, DownloadSource, DownloadTarget,
    DownloadTaskId,
};

const QUEUEING_AFTER: Duration = Duration::from_secs(5);
const RUNNING_AFTER: Duration = Duration::from_secs(10);
/// How long one table takes.
const TABLE_TIME: Duration = Duration::from_secs(5);
/// The number of tables of every instance.
pub(crate) const TABLES: u32 = 12;
/// The number of tables that are finished when a download fails.
const TABLES_BEFORE_FAILURE: u32 = 6;
/// How long the files of a download to URLs are kept.
const KEPT: Duration = Duration::from_secs(3 * 86_400);
/// How long the service refuses the same download after it was submitted.
pub(crate) const REPEAT_TIME: Duration = Duration::from_secs(600);

/// An advanced download. Its state follows from the time.
#[derive(Clone, Debug)]
pub(crate) struct AdvancedDownload {
    pub(crate) id: DownloadTaskId,
    pub(crate) order: DownloadOrder,
    /// The time that the files show.
    pub(crate) data_time: OffsetDateTime,
    pub(crate) size: u64,
    pub(crate) created_at: OffsetDateTime,
    /// When the last attempt began.
    pub(crate) attempted_at: OffsetDateTime,
    /// Whether the last attempt fails.
    pub(crate) fails: bool,
}

/// What the caller of an advanced download requested.
#[derive(Clone, Debug)]
pub(crate) struct DownloadOrder {
    pub(crate) region: Region,
    pub(crate) instance: InstanceId,
    pub(crate) cluster: Option<String>,
    pub(crate) source: DownloadSource,
    pub(crate) format: DownloadFormat,
    pub(crate) target: DownloadTarget,
}

impl DownloadOrder {
    pub(crate) const fn set_id(&self) -> Option<&BackupSetId> {
        match &self.source {
            DownloadSource::BackupSet { id, .. } => Some(id),
            DownloadSource::Moment(_) => None,
        }
    }

    pub(crate) const fn kind(&self) -> DownloadKind {
        match self.source {
            DownloadSource::BackupSet { .. } => DownloadKind::Full,
            DownloadSource::Moment(_) => DownloadKind::Pitr,
        }
    }

    pub(crate) fn is_of(&self, instance: &InstanceId, region: Region) -> bool {
        self.instance == *instance && self.region == region
    }

    /// Returns whether both ask for the same files at the same place.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        // The size of a backup set only describes it.
        let is_same_source = match (&self.source, &other.source) {
            (DownloadSource::Moment(at), DownloadSource::Moment(other)) => at == other,
            _ => self.set_id().is_some() && self.set_id() == other.set_id(),
        };
        is_same_source
            && self.is_of(&other.instance, other.region)
            && (&self.cluster, self.format, &self.target)
                == (&other.cluster, other.format, &other.target)
    }
}

impl AdvancedDownload {
    pub(crate) fn status(&self, now: OffsetDateTime) -> AdvancedDownloadState {
        let is_past = |step| now >= after(self.attempted_at, step);
        if self.expires_at().is_some_and(|end| now >= end) {
            AdvancedDownloadState::Expired
        } else if now >= self.ends_at() {
            if self.fails { AdvancedDownloadState::Failed } else { AdvancedDownloadState::Finished }
        } else if is_past(RUNNING_AFTER) {
            AdvancedDownloadState::Running
        } else if is_past(QUEUEING_AFTER) {
            AdvancedDownloadState::Queueing
        } else {
            AdvancedDownloadState::Initializing
        }
    }

    /// Returns whether the download waits or runs.
    pub(crate) fn is_active(&self, now: OffsetDateTime) -> bool {
        now < self.ends_at()
    }

    fn ends_at(&self) -> OffsetDateTime {
        let tables = if self.fails { TABLES_BEFORE_FAILURE } else { TABLES };
        after(self.attempted_at, RUNNING_AFTER + TABLE_TIME * tables)
    }

    pub(crate) fn finished_at(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        Some(self.ends_at()).filter(|end| !self.fails && now >= *end)
    }

    /// Returns when the service deletes the files. `None` if they are in a bucket of the caller, or
    /// if the last attempt fails.
    fn expires_at(&self) -> Option<OffsetDateTime> {
        let is_kept = self.fails || self.order.target != DownloadTarget::Url;
        (!is_kept).then(|| after(self.ends_at(), KEPT))
    }

    /// Returns when the service deletes the files, or `None` before they are complete.
    pub(crate) fn expires_after(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        self.finished_at(now).and_then(|_| self.expires_at())
    }

    /// Returns the number of finished tables, or `None` before the download runs.
    pub(crate) fn finished_tables(&self, now: OffsetDateTime) -> Option<u32> {
        let begin = after(self.attempted_at, RUNNING_AFTER);
        let passed = since(begin, now.min(self.ends_at())).as_secs() / TABLE_TIME.as_secs();
        (now >= begin).then(|| u32::try_from(passed).unwrap_or(TABLES))
    }
}
