//! Downloads of backup sets.

use std::time::Duration;

use time::OffsetDateTime;

use crate::fake::answer::Refused;
use crate::fake::world::state::{Handle, Page, State, find};
use crate::fake::world::times::after;
use crate::v2019_03_06::operations::backup::{
    BackupSetDownloadTaskDetail, CreateFullBackupSetDownloadResponse,
    CreateIncrementBackupSetDownloadResponse, DescribeBackupSetDownloadTaskListResponse,
};
use crate::v2019_03_06::operations::{
    CreateFullBackupSetDownload, CreateIncrementBackupSetDownload,
    DescribeBackupSetDownloadTaskList,
};
use crate::v2019_03_06::types::{
    BackupPlanId, BackupSetDataFormat, BackupSetDownloadTaskId, BackupSetId, BackupSetJobId,
    DatabaseType, DownloadJobType, DownloadTaskSelection, DownloadTaskStatus, DownloadWay,
    FullBackupStatus,
};

const SCHEDULED_AFTER: Duration = Duration::from_secs(5);
const RUNNING_AFTER: Duration = Duration::from_secs(10);
const FINISHED_AFTER: Duration = Duration::from_secs(30);

/// A download.
#[derive(Clone, Debug)]
pub(crate) struct Download {
    pub(crate) id: BackupSetDownloadTaskId,
    pub(crate) set: DownloadedSet,
    pub(crate) created_at: OffsetDateTime,
    database: DatabaseType,
}

/// What is downloaded.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DownloadedSet {
    pub(crate) plan_id: BackupPlanId,
    /// The full backup set, or the log file.
    pub(crate) backup_set_id: BackupSetId,
    /// The job of a log file.
    job_id: Option<BackupSetJobId>,
    pub(crate) format: BackupSetDataFormat,
    pub(crate) size: u64,
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

    fn row(&self, now: OffsetDateTime) -> BackupSetDownloadTaskDetail {
        let set = &self.set;
        let set_id = set.job_id.as_ref().and_then(|job| BackupSetId::new(job).ok());
        let set_id = set_id.unwrap_or_else(|| set.backup_set_id.clone());
        let finished_at = self.finished_at(now);
        let (job_type, suffix) = match set.job_id {
            Some(_) => (DownloadJobType::LogicalIncrement, "ManualCont"),
            None => (DownloadJobType::LogicalFull, "ManualFull"),
        };
        // Answers of the service have no scheme here either.
        let url = |network: &str| {
            finished_at.map(|_| format!("//dbs-fake.oss{network}.example/{}", self.id))
        };
        BackupSetDownloadTaskDetail {
            backup_set_download_task_id: self.id.clone(),
            backup_set_download_task_name: Some(format!("{set_id}-{suffix}")),
            backup_set_download_status: self.status(now).into(),
            backup_set_download_way: Some(DownloadWay::Manual.into()),
            backup_plan_id: Some(set.plan_id.clone()),
            backup_set_id: Some(set_id),
            backup_set_code: Some(set.backup_set_id.to_string()),
            backup_set_job_type: Some(job_type.into()),
            backup_set_db_type: Some(self.database.into()),
            backup_set_data_format: Some(set.format.into()),
            backup_set_data_size: Some(set.size),
            backup_set_download_create_time: Some(self.created_at),
            backup_set_download_finish_time: finished_at,
            backup_set_download_internet_url: url(""),
            backup_set_download_intranet_url: url("-internal"),
            backup_gateway_id: None,
            backup_set_download_dir: None,
            backup_set_download_target_type: None,
            error_message: None,
        }
    }
}

impl State {
    fn download(
        &mut self,
        set: DownloadedSet,
        database: DatabaseType,
        now: OffsetDateTime,
    ) -> Result<BackupSetDownloadTaskId, Refused> {
        let is_same = |known: &DownloadedSet| {
            (&known.plan_id, &known.backup_set_id, &known.job_id, known.format)
                == (&set.plan_id, &set.backup_set_id, &set.job_id, set.format)
        };
        let mut downloads = self.downloads.iter();
        if downloads.any(|known| known.finished_at(now).is_none() && is_same(&known.set)) {
            let message = "The same download was asked for and is not finished.";
            return Err(Refused::business("DBS.DownloadTask.JobAlreadyExist", message));
        }
        let id: BackupSetDownloadTaskId = self.ids.text("dl", 10)?;
        self.downloads.push(Download { id: id.clone(), set, created_at: now, database });
        Ok(id)
    }
}

impl Handle for CreateFullBackupSetDownload {
    const REQUIRED: &'static [&'static str] = &["BackupSetId"];

    fn handle(&self, state: &mut State, now: OffsetDateTime) -> Result<Self::Response, Refused> {
        let set = &self.backup_set_id;
        let (plan, backup) = state
            .plans
            .iter()
            .find_map(|plan| Some((plan, plan.backup(set)?)))
            .ok_or_else(|| Refused::unknown("backup set"))?;
        let status = backup.status(now);
        if status != FullBackupStatus::Finish {
            let message = format!("A backup set in state {status} cannot be downloaded.");
            return Err(Refused::denied(message));
        }
        let wanted = DownloadedSet {
            plan_id: plan.id.clone(),
            backup_set_id: set.clone(),
            job_id: None,
            format: self.backup_set_data_format.unwrap_or(BackupSetDataFormat::Csv),
            size: backup.size,
        };
        let database = plan.purchase.database_type;
        let backup_set_download_task_id = state.download(wanted, database, now)?;
        Ok(CreateFullBackupSetDownloadResponse { backup_set_download_task_id })
    }
}

impl Handle for CreateIncrementBackupSetDownload {
    const REQUIRED: &'static [&'static str] = &["BackupSetId", "BackupSetName"];

    fn handle(&self, state: &mut State, now: OffsetDateTime) -> Result<Self::Response, Refused> {
        let plan = state.plans.iter().find(|plan| plan.logs.job_id == self.backup_set_job_id);
        let plan = plan.ok_or_else(|| Refused::unknown("backup job"))?;
        let mut files = plan.logs.files(now).into_iter();
        let file = files.find(|file| file.id == self.backup_set_id);
        let file = file.ok_or_else(|| Refused::unknown("backup set"))?;
        let wanted = DownloadedSet {
            plan_id: plan.id.clone(),
            backup_set_id: file.id,
            job_id: Some(self.backup_set_job_id.clone()),
            format: self.backup_set_data_format.unwrap_or(BackupSetDataFormat::Native),
            size: file.size,
        };
        let database = plan.purchase.database_type;
        let backup_set_download_task_id = state.download(wanted, database, now)?;
        Ok(CreateIncrementBackupSetDownloadResponse { backup_set_download_task_id })
    }
}

impl Handle for DescribeBackupSetDownloadTaskList {
    const REQUIRED: &'static [&'static str] = &[];

    fn handle(&self, state: &mut State, now: OffsetDateTime) -> Result<Self::Response, Refused> {
        let (plan, task) = match &self.selection {
            DownloadTaskSelection::BackupPlan(plan) => (Some(plan), None),
            DownloadTaskSelection::Task(task) => (None, Some(task)),
            DownloadTaskSelection::TaskOfPlan { backup_plan_id, task_id } => {
                (Some(backup_plan_id), Some(task_id))
            }
        };
        if let Some(plan) = plan {
            find(&mut state.plans, plan)?;
        }
        let fits = |download: &&Download| {
            plan.is_none_or(|plan| download.set.plan_id == *plan)
                && task.is_none_or(|task| download.id == *task)
        };
        let rows: Vec<_> = state.downloads.iter().filter(fits).collect();
        if task.is_some() && rows.is_empty() {
            let message = "The download task does not exist.";
            return Err(Refused::business("DBS.DownloadTask.CannotFind", message));
        }
        let page = Page::of(rows, self.page_num, self.page_size.unwrap_or_default().get());
        Ok(DescribeBackupSetDownloadTaskListResponse {
            page_num: page.number,
            page_size: page.size,
            total_pages: page.pages,
            total_elements: page.rows,
            items: page.items.into_iter().map(|download| download.row(now)).collect(),
        })
    }
}
