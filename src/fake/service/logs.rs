//! Log (incremental) backups: a file every ten minutes, as long as a plan with logs runs.

use std::time::Duration;

use fastrand::Rng;
use time::OffsetDateTime;

use crate::fake::answer::Refused;
use crate::fake::service::endpoints::Place;
use crate::fake::world::ids;
use crate::fake::world::plan::Plan;
use crate::fake::world::state::{Handle, Page, State, find};
use crate::fake::world::times::{after, days_after, millis, percent, since};
use crate::v2019_03_06::operations::DescribeIncrementBackupList;
use crate::v2019_03_06::operations::backup::{
    DescribeIncrementBackupListResponse, IncrementBackupFile,
};
use crate::v2019_03_06::types::{BackupSetId, BackupSetJobId, DatabaseType, IncrementBackupStatus};

/// How much time one file holds.
const FILE_TIME: Duration = Duration::from_secs(600);

/// The logs of a plan.
#[derive(Clone, Debug)]
pub(crate) struct Logs {
    pub(crate) job_id: BackupSetJobId,
    prefix: &'static str,
    /// Sizes follow from it and the number of the file.
    seed: u64,
    windows: Vec<Window>,
}

/// A time without a gap.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    pub(crate) from: OffsetDateTime,
    until: Option<OffsetDateTime>,
}

/// One file.
pub(crate) struct LogFile {
    pub(crate) id: BackupSetId,
    from: OffsetDateTime,
    until: OffsetDateTime,
    is_full: bool,
    pub(crate) size: u64,
}

impl Window {
    pub(crate) fn until(self, now: OffsetDateTime) -> OffsetDateTime {
        self.until.unwrap_or(now)
    }
}

impl Logs {
    pub(crate) fn new(database: DatabaseType, random: &mut Rng) -> Result<Self, Refused> {
        let prefix = match database {
            DatabaseType::MySql | DatabaseType::MariaDb | DatabaseType::Drds => "mysql-bin",
            _ => "log",
        };
        let job_id = ids::text(random, "1", 11)?;
        Ok(Self { job_id, prefix, seed: random.u64(..), windows: Vec::new() })
    }

    pub(crate) fn open(&mut self, now: OffsetDateTime) {
        if self.windows.last().is_none_or(|window| window.until.is_some()) {
            self.windows.push(Window { from: now, until: None });
        }
    }

    pub(crate) fn close(&mut self, now: OffsetDateTime) {
        if let Some(window) = self.windows.last_mut() {
            window.until.get_or_insert(now);
        }
    }

    pub(crate) fn windows(&self) -> &[Window] {
        &self.windows
    }

    pub(crate) fn files(&self, now: OffsetDateTime) -> Vec<LogFile> {
        let mut files: Vec<LogFile> = Vec::new();
        for window in &self.windows {
            let (end, is_closed) = (window.until(now), window.until.is_some());
            let mut from = window.from;
            loop {
                let is_whole = since(from, end) >= FILE_TIME;
                let until = after(from, FILE_TIME).min(end);
                let number = files.len() as u64 + 1;
                let Ok(id) = BackupSetId::new(format!("{}.{number:06}", self.prefix)) else {
                    break;
                };
                // An open window has a file that is being written, even if it is still empty.
                if is_closed && until <= from {
                    break;
                }
                let whole_size = Rng::with_seed(self.seed ^ number).u64(1 << 12..1 << 24);
                let size = whole_size * u64::from(percent(from, FILE_TIME, until)) / 100;
                files.push(LogFile { id, from, until, is_full: is_whole || is_closed, size });
                if !is_whole {
                    break;
                }
                from = until;
            }
        }
        files
    }

    pub(crate) fn bytes(&self, now: OffsetDateTime) -> u64 {
        self.files(now).iter().map(|file| file.size).sum()
    }
}

impl LogFile {
    fn row(
        &self,
        plan: &Plan,
        asked: &DescribeIncrementBackupList,
        now: OffsetDateTime,
    ) -> IncrementBackupFile {
        let place = plan.source.as_ref().map(Place::of_source);
        let place = place.as_ref();
        let finished_at = Some(self.until).filter(|_| self.is_full);
        let status = match finished_at {
            Some(_) => IncrementBackupStatus::Completed,
            None => IncrementBackupStatus::Filling,
        };
        let changed = plan.storage.as_ref().and_then(|known| known.log_backup_retention_period);
        let days = changed.unwrap_or_else(|| plan.retention_days().into());
        IncrementBackupFile {
            backup_set_id: self.id.clone(),
            backup_set_job_id: plan.logs.job_id.clone(),
            backup_status: status.into(),
            backup_size: Some(self.size),
            start_time: Some(self.from),
            end_time: Some(self.until),
            backup_set_expired_time: finished_at.map(|at| days_after(at, days)),
            storage_method: (asked.show_storage_type != Some(false))
                .then(|| plan.storage_method(finished_at, now).into()),
            source_endpoint_instance_type: place.map(|place| place.instance_type.into()),
            source_endpoint_region: place.and_then(|place| place.region).map(Into::into),
            source_endpoint_instance_id: place.and_then(|place| place.instance_id.clone()),
            source_endpoint_ip_port: place.and_then(Place::ip_port),
            source_endpoint_host: place.and_then(Place::host),
            source_endpoint_port: place.and_then(Place::port),
        }
    }
}

impl Handle for DescribeIncrementBackupList {
    const REQUIRED: &'static [&'static str] = &["BackupPlanId"];

    fn handle(&self, state: &mut State, now: OffsetDateTime) -> Result<Self::Response, Refused> {
        let plan = find(&mut state.plans, &self.backup_plan_id)?;
        let files: Vec<_> = plan
            .logs
            .files(now)
            .into_iter()
            .filter(|file| {
                self.start_timestamp.is_none_or(|start| millis(file.until) >= millis(start))
            })
            .filter(|file| self.end_timestamp.is_none_or(|end| millis(file.from) <= millis(end)))
            .collect();
        let page = Page::of(files, self.page_num, self.page_size.unwrap_or_default().get());
        Ok(DescribeIncrementBackupListResponse {
            page_num: page.number,
            page_size: page.size,
            total_pages: page.pages,
            total_elements: page.rows,
            items: page.items.iter().map(|file| file.row(plan, self, now)).collect(),
        })
    }
}
