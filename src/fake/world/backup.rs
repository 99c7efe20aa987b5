//! Full backups: schedule, state and progress.

use std::time::Duration;

use time::{OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

use super::times::{after, percent};
use crate::v2019_03_06::types::{
    BackupObjects, BackupSchedule, BackupSetId, FullBackupStatus, Weekday,
};

/// How long a backup is queued.
const QUEUE_TIME: Duration = Duration::from_secs(5);
/// How long the structure takes to back up, and then the data.
const STRUCTURE_TIME: Duration = Duration::from_secs(10);
const DATA_TIME: Duration = Duration::from_secs(50);
/// How long a failing backup runs.
const FAILS_AFTER: Duration = Duration::from_secs(30);

/// Returns the next time of a weekly schedule, or `None` for a manual one.
pub(crate) fn next_scheduled(
    schedule: BackupSchedule,
    from: OffsetDateTime,
) -> Option<OffsetDateTime> {
    let (weekdays, start_time) = schedule.days_and_time()?;
    let time = Time::from_hms(start_time.hour(), start_time.minute(), 0).ok()?;
    let today = from.to_offset(UtcOffset::UTC).date();
    (0..=7).find_map(|days| {
        let date = today.checked_add(time::Duration::days(days))?;
        let weekday = Weekday::ALL.get(usize::from(date.weekday().number_days_from_monday()))?;
        let at = PrimitiveDateTime::new(date, time).assume_utc();
        (weekdays.contains(*weekday) && at > from).then_some(at)
    })
}

/// A full backup. Its state follows from the time.
#[derive(Clone, Debug)]
pub(crate) struct FullBackup {
    pub(crate) id: BackupSetId,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) size: u64,
    failure: Option<String>,
    paused_at: Option<OffsetDateTime>,
    pub(crate) objects: Option<BackupObjects>,
}

impl FullBackup {
    pub(crate) const fn new(
        id: BackupSetId,
        created_at: OffsetDateTime,
        size: u64,
        failure: Option<String>,
        objects: Option<BackupObjects>,
    ) -> Self {
        Self { id, created_at, size, failure, paused_at: None, objects }
    }

    fn starts_at(&self) -> OffsetDateTime {
        after(self.created_at, QUEUE_TIME)
    }

    fn ends_at(&self) -> OffsetDateTime {
        let length = match self.failure {
            Some(_) => FAILS_AFTER,
            None => STRUCTURE_TIME + DATA_TIME,
        };
        after(self.starts_at(), length)
    }

    pub(crate) fn status(&self, now: OffsetDateTime) -> FullBackupStatus {
        if self.paused_at.is_some() {
            FullBackupStatus::Pause
        } else if now < self.starts_at() {
            FullBackupStatus::Schedule
        } else if now < self.ends_at() {
            FullBackupStatus::Running
        } else if self.failure.is_some() {
            FullBackupStatus::Stop
        } else {
            FullBackupStatus::Finish
        }
    }

    pub(crate) fn pause(&mut self, now: OffsetDateTime) {
        let status = self.status(now);
        if matches!(status, FullBackupStatus::Schedule | FullBackupStatus::Running) {
            self.paused_at = Some(now);
        }
    }

    /// Returns when the backup began, or `None` before that.
    pub(crate) fn started_at(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        Some(self.starts_at()).filter(|at| *at <= self.paused_at.unwrap_or(now))
    }

    /// Returns when the backup finished or failed, or `None` before that.
    pub(crate) fn ended_at(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        let ended = matches!(self.status(now), FullBackupStatus::Finish | FullBackupStatus::Stop);
        ended.then(|| self.ends_at())
    }

    /// Returns when the backup finished, or `None` before that and if it failed.
    pub(crate) fn finished_at(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        (self.status(now) == FullBackupStatus::Finish).then(|| self.ends_at())
    }

    pub(crate) fn error_message(&self, now: OffsetDateTime) -> Option<&str> {
        (self.status(now) == FullBackupStatus::Stop).then_some(self.failure.as_deref()).flatten()
    }

    /// Returns the total progress in percent.
    pub(crate) fn percent(&self, now: OffsetDateTime) -> u8 {
        let now = self.paused_at.unwrap_or(now).min(self.ends_at());
        percent(self.starts_at(), STRUCTURE_TIME + DATA_TIME, now)
    }

    /// Returns the progress of structure and data in percent.
    pub(crate) fn progress(&self, now: OffsetDateTime) -> (u8, u8) {
        let now = self.paused_at.unwrap_or(now).min(self.ends_at());
        let structure = percent(self.starts_at(), STRUCTURE_TIME, now);
        (structure, percent(after(self.starts_at(), STRUCTURE_TIME), DATA_TIME, now))
    }
}
