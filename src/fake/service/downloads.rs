//! Creates and lists downloads.

use time::OffsetDateTime;

use super::handle::Handle;
use super::list_page::ListPage;
use crate::fake::error_response::ErrorResponse;
use crate::fake::world::download::Download;
use crate::fake::world::state::World;
use crate::fake::world::world_error::WorldError;
use crate::rpc::api::Api;
use crate::v2019_03_06::api::Dbs20190306;
use crate::v2019_03_06::operations::{
    BackupSetDownloadTaskDetail, CreateFullBackupSetDownload, CreateFullBackupSetDownloadResponse,
    CreateIncrementBackupSetDownload, CreateIncrementBackupSetDownloadResponse,
    DescribeBackupSetDownloadTaskList, DescribeBackupSetDownloadTaskListResponse,
};
use crate::v2019_03_06::types::{
    BackupSetDataFormat, BackupSetId, DownloadJobType, DownloadTaskSelection, DownloadWay,
};

fn row(download: &Download, now: OffsetDateTime) -> BackupSetDownloadTaskDetail {
    let set = &download.set;
    let set_id = set.job_id.as_ref().and_then(|job| BackupSetId::new(job).ok());
    let set_id = set_id.unwrap_or_else(|| set.backup_set_id.clone());
    let finished_at = download.finished_at(now);
    let (job_type, suffix) = match set.job_id {
        Some(_) => (DownloadJobType::LogicalIncrement, "ManualCont"),
        None => (DownloadJobType::LogicalFull, "ManualFull"),
    };
    // The service sends URLs without a scheme.
    let url = |network: &str| {
        finished_at.map(|_| format!("//dbs-fake.oss{network}.example/{}", download.id))
    };
    BackupSetDownloadTaskDetail {
        backup_set_download_task_id: download.id.clone(),
        backup_set_download_task_name: Some(format!("{set_id}-{suffix}")),
        backup_set_download_status: download.status(now).into(),
        backup_set_download_way: Some(DownloadWay::Manual.into()),
        backup_plan_id: Some(set.plan_id.clone()),
        backup_set_id: Some(set_id),
        backup_set_code: Some(set.backup_set_id.to_string()),
        backup_set_job_type: Some(job_type.into()),
        backup_set_db_type: Some(set.database.into()),
        backup_set_data_format: Some(set.format.into()),
        backup_set_data_size: Some(set.size),
        backup_set_download_create_time: Some(download.created_at),
        backup_set_download_finish_time: finished_at,
        backup_set_download_internet_url: url(""),
        backup_set_download_intranet_url: url("-internal"),
        backup_gateway_id: None,
        backup_set_download_dir: None,
        backup_set_download_target_type: None,
        error_message: None,
    }
}

impl Handle for CreateFullBackupSetDownload {
    const REQUIRED: &'static [&'static str] = &["BackupSetId"];

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        let format = self.backup_set_data_format.unwrap_or(BackupSetDataFormat::Csv);
        let id = world.download_backup(&self.backup_set_id, format, now)?;
        Ok(CreateFullBackupSetDownloadResponse { backup_set_download_task_id: id })
    }
}

impl Handle for CreateIncrementBackupSetDownload {
    const REQUIRED: &'static [&'static str] = &["BackupSetId", "BackupSetName"];

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        let format = self.backup_set_data_format.unwrap_or(BackupSetDataFormat::Native);
        let (set, job) = (&self.backup_set_id, &self.backup_set_job_id);
        let id = world.download_log(set, job, format, now)?;
        Ok(CreateIncrementBackupSetDownloadResponse { backup_set_download_task_id: id })
    }
}

impl Handle for DescribeBackupSetDownloadTaskList {
    const REQUIRED: &'static [&'static str] = &[];

    fn handle(
        self,
        world: &mut World,
        now: OffsetDateTime,
    ) -> Result<Self::Response, ErrorResponse> {
        let (plan, task) = match &self.selection {
            DownloadTaskSelection::BackupPlan(plan) => (Some(plan), None),
            DownloadTaskSelection::Task(task) => (None, Some(task)),
            DownloadTaskSelection::TaskOfPlan { backup_plan_id, task_id } => {
                (Some(backup_plan_id), Some(task_id))
            }
        };
        if let Some(plan) = plan {
            world.plan(plan)?;
        }
        let matches = |download: &&Download| {
            plan.is_none_or(|plan| download.set.plan_id == *plan)
                && task.is_none_or(|task| download.id == *task)
        };
        let rows: Vec<_> = world.downloads.iter().filter(matches).collect();
        if let Some(task) = task.filter(|_| rows.is_empty()) {
            return Err(WorldError::DownloadNotFound(task.clone()).into());
        }
        let page = ListPage::of(
            rows,
            self.page_num,
            Dbs20190306::FIRST_PAGE,
            self.page_size.unwrap_or_default().get(),
        );
        Ok(DescribeBackupSetDownloadTaskListResponse {
            page_num: Some(page.number),
            page_size: Some(page.size),
            total_pages: Some(page.pages),
            total_elements: Some(page.total_items),
            items: page.items.into_iter().map(|download| row(download, now)).collect(),
        })
    }
}
