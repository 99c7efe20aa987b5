//! Full backups: when they run, and how far they are.

use std::time::Duration;

use time::{OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

use crate::fake::answer::Refused;
use crate::fake::service::endpoints::Place;
use crate::fake::world::plan::Plan;
use crate::fake::world::state::{Handle, Page, State, find};
use crate::fake::world::times::{after, days_after, percent};
use crate::v2019_03_06::operations::DescribeFullBackupList;
use crate::v2019_03_06::operations::backup::{DescribeFullBackupListResponse, FullBackupFile};
use crate::v2019_03_06::types::{
    BackupObjects, BackupSchedule, BackupSetId, FullBackupStatus, StorageMethod, Weekday,
};

/// How long a backup waits before it begins.
const QUEUE_TIME: Duration = Duration::from_secs(5);
/// How long the structure takes, and then the data.
const STRUCTURE_TIME: Duration = Duration::from_secs(10);
const DATA_TIME: Duration = Duration::from_secs(50);
/// How far a backup that fails comes.
const FAILS_AFTER: Duration = Duration::from_secs(30);

/// The first moment of a weekly schedule after another moment.
pub(crate) fn next_scheduled(
    schedule: BackupSchedule,
    from: OffsetDateTime,
) -> Option<OffsetDateTime> {
    let BackupSchedule::Weekly { weekdays, start_time } = schedule else { return None };
    let time = Time::from_hms(start_time.hour(), start_time.minute(), 0).ok()?;
    let today = from.to_offset(UtcOffset::UTC).date();
    (0..=7).find_map(|days| {
        let date = today.checked_add(time::Duration::days(days))?;
        let weekday = Weekday::ALL.get(usize::from(date.weekday().number_days_from_monday()))?;
        let at = PrimitiveDateTime::new(date, time).assume_utc();
        (weekdays.contains(*weekday) && at > from).then_some(at)
    })
}

/// A full backup.
#[derive(Clone, Debug)]
pub(crate) struct FullBackup {
    pub(crate) id: BackupSetId,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) size: u64,
    failure: Option<String>,
    paused_at: Option<OffsetDateTime>,
    objects: Option<BackupObjects>,
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

    /// When it began, if it has.
    pub(crate) fn started_at(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        Some(self.starts_at()).filter(|at| *at <= self.paused_at.unwrap_or(now))
    }

    /// When it was finished or failed, if it has been.
    pub(crate) fn ended_at(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        let ended = matches!(self.status(now), FullBackupStatus::Finish | FullBackupStatus::Stop);
        ended.then(|| self.ends_at())
    }

    /// When it was finished, if it has been.
    pub(crate) fn finished_at(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        (self.status(now) == FullBackupStatus::Finish).then(|| self.ends_at())
    }

    pub(crate) fn error_message(&self, now: OffsetDateTime) -> Option<&str> {
        (self.status(now) == FullBackupStatus::Stop).then_some(self.failure.as_deref()).flatten()
    }

    /// The whole, in percent.
    pub(crate) fn percent(&self, now: OffsetDateTime) -> u8 {
        let now = self.paused_at.unwrap_or(now).min(self.ends_at());
        percent(self.starts_at(), STRUCTURE_TIME + DATA_TIME, now)
    }

    /// Structure and data, in percent.
    fn progress(&self, now: OffsetDateTime) -> (u8, u8) {
        let now = self.paused_at.unwrap_or(now).min(self.ends_at());
        let structure = percent(self.starts_at(), STRUCTURE_TIME, now);
        (structure, percent(after(self.starts_at(), STRUCTURE_TIME), DATA_TIME, now))
    }

    fn row(
        &self,
        plan: &Plan,
        asked: &DescribeFullBackupList,
        now: OffsetDateTime,
    ) -> FullBackupFile {
        let place = plan.source.as_ref().map(Place::of_source);
        let place = place.as_ref();
        let configuration = plan.configuration.as_ref();
        let cross = configuration.and_then(|known| known.cross_account.as_ref());
        let (structure, data) = self.progress(now);
        let shown = |percent: u8| (asked.show_progress == Some(true)).then_some(percent);
        let finished_at = self.finished_at(now);
        FullBackupFile {
            backup_set_id: self.id.clone(),
            backup_status: self.status(now).into(),
            backup_size: Some(self.size / 100 * u64::from(data))
                .map(|part| if data == 100 { self.size } else { part }),
            backup_objects: self.objects.clone().map(Into::into),
            create_time: Some(self.created_at),
            start_time: self.started_at(now),
            end_time: self.ended_at(now),
            finish_time: finished_at,
            backup_set_expired_time: finished_at.map(|at| days_after(at, plan.retention_days())),
            storage_method: (asked.show_storage_type != Some(false))
                .then(|| plan.storage_method(finished_at, now).into()),
            storage_encrypt_method: configuration
                .and_then(|known| known.backup_storage_encrypt_method)
                .map(Into::into),
            logical_structure_backup_progress: shown(structure),
            logical_full_backup_progress: shown(data),
            error_message: self.error_message(now).map(str::to_owned),
            source_endpoint_instance_type: place.map(|place| place.instance_type.into()),
            source_endpoint_region: place.and_then(|place| place.region).map(Into::into),
            source_endpoint_instance_id: place.and_then(|place| place.instance_id.clone()),
            source_endpoint_ip_port: place.and_then(Place::ip_port),
            source_endpoint_host: place.and_then(Place::host),
            source_endpoint_port: place.and_then(Place::port),
            source_endpoint_user_name: place.and_then(Place::user_name),
            source_endpoint_enable_ssl: configuration
                .and_then(|known| known.enable_source_endpoint_ssl),
            backup_gateway_identifier: None,
            cross_aliyun_id: cross.map(|cross| cross.aliyun_id.clone()),
            cross_role_name: cross.map(|cross| cross.role_name.clone()),
        }
    }
}

impl Plan {
    pub(crate) fn backup(&self, id: &BackupSetId) -> Option<&FullBackup> {
        self.backups.iter().find(|backup| backup.id == *id)
    }

    pub(crate) fn retention_days(&self) -> u16 {
        let configured =
            self.configuration.as_ref().and_then(|known| known.backup_retention_period);
        configured.map_or(730, crate::v2019_03_06::types::RetentionDays::get)
    }

    pub(crate) fn infrequent_access_days(&self) -> u32 {
        let configuration = self.configuration.as_ref();
        configuration.and_then(|known| known.duplication_infrequent_access_period).unwrap_or(180)
    }

    pub(crate) fn archive_days(&self) -> u32 {
        let configuration = self.configuration.as_ref();
        configuration.and_then(|known| known.duplication_archive_period).unwrap_or(365)
    }

    /// Where a backup is kept that was finished at a moment.
    pub(crate) fn storage_method(
        &self,
        finished_at: Option<OffsetDateTime>,
        now: OffsetDateTime,
    ) -> StorageMethod {
        match finished_at {
            None => StorageMethod::Unknown,
            Some(at) if now >= days_after(at, self.archive_days()) => StorageMethod::Archive,
            Some(at) if now >= days_after(at, self.infrequent_access_days()) => {
                StorageMethod::InfrequentAccess
            }
            Some(_) => StorageMethod::Standard,
        }
    }
}

impl Handle for DescribeFullBackupList {
    const REQUIRED: &'static [&'static str] = &["BackupPlanId"];

    fn handle(&self, state: &mut State, now: OffsetDateTime) -> Result<Self::Response, Refused> {
        let plan = find(&mut state.plans, &self.backup_plan_id)?;
        // The wire carries seconds here, so that is how moments compare.
        let second = OffsetDateTime::unix_timestamp;
        let fits = |backup: &&FullBackup| {
            self.backup_set_id.as_ref().is_none_or(|wanted| backup.id == *wanted)
                && self.backup_set_status.is_none_or(|wanted| backup.status(now) == wanted)
                && self
                    .start_timestamp
                    .is_none_or(|start| second(backup.created_at) >= second(start))
                && self.end_timestamp.is_none_or(|end| second(backup.created_at) <= second(end))
        };
        let rows = plan.backups.iter().filter(fits).collect();
        let page = Page::of(rows, self.page_num, self.page_size.unwrap_or_default().get());
        Ok(DescribeFullBackupListResponse {
            page_num: page.number,
            page_size: page.size,
            total_pages: page.pages,
            total_elements: page.rows,
            items: page.items.into_iter().map(|backup| backup.row(plan, self, now)).collect(),
        })
    }
}
