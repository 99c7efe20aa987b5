//! Snapshots of plans, backups, restore tasks and downloads, for tests.

use time::OffsetDateTime;

use super::service::configuration::as_request;
use super::world::backup::FullBackup;
use super::world::download::Download;
use super::world::plan::Plan;
use super::world::restore::RestoreTask;
use crate::v2019_03_06::operations::{ConfigureBackupPlan, CreateBackupPlan, CreateRestoreTask};
use crate::v2019_03_06::types::{
    BackupPlanId, BackupPlanStatus, BackupSetDataFormat, BackupSetDownloadTaskId, BackupSetId,
    DownloadTaskStatus, FullBackupStatus, OrderId, PlanSource, RestoreStatus, RestoreTaskId,
};

/// The state of a plan in a [`FakeDbs`](super::FakeDbs).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FakePlan {
    /// The id of the plan.
    pub backup_plan_id: BackupPlanId,
    /// The order that bought the plan.
    pub order_id: OrderId,
    /// When the plan was bought.
    pub created_at: OffsetDateTime,
    /// When the subscription ends. `None` for a pay-as-you-go plan.
    pub expires_at: Option<OffsetDateTime>,
    /// The request that bought the plan, with the class of the last upgrade.
    pub purchase: CreateBackupPlan,
    /// The configuration with all later changes. `None` before the plan is configured.
    pub configuration: Option<ConfigureBackupPlan>,
    /// The database that the plan backs up. `None` before the plan is configured.
    pub source: Option<PlanSource>,
    /// The present state.
    pub status: BackupPlanStatus,
    /// Why the plan or its pre-check failed. `None` if neither did.
    pub error_message: Option<String>,
}

impl FakePlan {
    pub(super) fn new(plan: &Plan, now: OffsetDateTime) -> Self {
        Self {
            backup_plan_id: plan.id.clone(),
            order_id: plan.order_id.clone(),
            created_at: plan.created_at,
            expires_at: plan.expires_at,
            purchase: plan.purchase.clone().into(),
            configuration: plan.configuration.clone().map(|configuration| {
                as_request(plan.id.clone(), plan.name().to_owned(), configuration)
            }),
            source: plan.source().cloned(),
            status: plan.status_at(now),
            error_message: plan.error_message(now).map(str::to_owned),
        }
    }
}

/// The state of a full backup in a [`FakeDbs`](super::FakeDbs).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FakeFullBackup {
    /// The id of the backup set.
    pub backup_set_id: BackupSetId,
    /// The plan that made the backup.
    pub backup_plan_id: BackupPlanId,
    /// The present state.
    pub status: FullBackupStatus,
    /// When the backup was queued.
    pub created_at: OffsetDateTime,
    /// When it finished. `None` before that, and if it failed.
    pub finished_at: Option<OffsetDateTime>,
    /// The size of the finished backup in bytes.
    pub size: u64,
    /// The progress in percent.
    pub progress: u8,
    /// Why the backup failed. `None` if it did not.
    pub error_message: Option<String>,
}

impl FakeFullBackup {
    pub(super) fn new(plan: &Plan, backup: &FullBackup, now: OffsetDateTime) -> Self {
        Self {
            backup_set_id: backup.id.clone(),
            backup_plan_id: plan.id.clone(),
            status: backup.status(now),
            created_at: backup.created_at,
            finished_at: backup.finished_at(now),
            size: backup.size,
            progress: backup.percent(now),
            error_message: backup.error_message(now).map(str::to_owned),
        }
    }
}

/// The state of a restore task in a [`FakeDbs`](super::FakeDbs).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FakeRestoreTask {
    /// The id of the task.
    pub restore_task_id: RestoreTaskId,
    /// The request that created the task.
    pub request: CreateRestoreTask,
    /// The present state. A finished task stays `running`; see `finished_at`.
    pub status: RestoreStatus,
    /// When the task was created.
    pub created_at: OffsetDateTime,
    /// When the task was started. `None` before that.
    pub started_at: Option<OffsetDateTime>,
    /// When it finished. `None` before that, and if it failed.
    pub finished_at: Option<OffsetDateTime>,
    /// The progress in percent.
    pub progress: u8,
    /// Why the task or its pre-check failed. `None` if neither did.
    pub error_message: Option<String>,
}

impl FakeRestoreTask {
    pub(super) fn new(task: &RestoreTask, now: OffsetDateTime) -> Self {
        Self {
            restore_task_id: task.id.clone(),
            request: task.order.clone().into(),
            status: task.status(now),
            created_at: task.created_at,
            started_at: task.started_at,
            finished_at: task.finished_at(now),
            progress: task.percent(now),
            error_message: task.error_message(now).map(str::to_owned),
        }
    }
}

/// The state of a download in a [`FakeDbs`](super::FakeDbs).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FakeDownload {
    /// The id of the download task.
    pub backup_set_download_task_id: BackupSetDownloadTaskId,
    /// The plan that made the backup.
    pub backup_plan_id: BackupPlanId,
    /// The full backup set, or the name of the log file.
    pub backup_set_id: BackupSetId,
    /// The format of the downloaded file.
    pub format: BackupSetDataFormat,
    /// The present state.
    pub status: DownloadTaskStatus,
    /// When the download was created.
    pub created_at: OffsetDateTime,
    /// When it finished. `None` before that.
    pub finished_at: Option<OffsetDateTime>,
    /// The size in bytes.
    pub size: u64,
}

impl FakeDownload {
    pub(super) fn new(download: &Download, now: OffsetDateTime) -> Self {
        Self {
            backup_set_download_task_id: download.id.clone(),
            backup_plan_id: download.set.plan_id.clone(),
            backup_set_id: download.set.backup_set_id.clone(),
            format: download.set.format,
            status: download.status(now),
            created_at: download.created_at,
            finished_at: download.finished_at(now),
            size: download.set.size,
        }
    }
}
