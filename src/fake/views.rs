//! What a test can look at.

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

/// A plan in a [`FakeDbs`](super::FakeDbs), for a test to look at.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FakePlan {
    /// The plan.
    pub backup_plan_id: BackupPlanId,
    /// The order that it was bought by.
    pub order_id: OrderId,
    /// When it was bought.
    pub created_at: OffsetDateTime,
    /// When the subscription ends; `None` for a pay-as-you-go plan.
    pub expires_at: Option<OffsetDateTime>,
    /// What was bought; upgrades change its class.
    pub purchase: CreateBackupPlan,
    /// How it is configured, if it is; later changes are in it.
    pub configuration: Option<ConfigureBackupPlan>,
    /// Where its database is, once it is configured.
    pub source: Option<PlanSource>,
    /// Its state now.
    pub status: BackupPlanStatus,
    /// Why its pre-check failed.
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

/// A full backup in a [`FakeDbs`](super::FakeDbs), for a test to look at.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FakeFullBackup {
    /// The backup set.
    pub backup_set_id: BackupSetId,
    /// Its plan.
    pub backup_plan_id: BackupPlanId,
    /// Its state now.
    pub status: FullBackupStatus,
    /// When it was queued.
    pub created_at: OffsetDateTime,
    /// When it was finished, if it has been.
    pub finished_at: Option<OffsetDateTime>,
    /// Its size in bytes when it is finished.
    pub size: u64,
    /// How much of it is done, in percent.
    pub progress: u8,
    /// Why it failed, if it has.
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

/// A restore task in a [`FakeDbs`](super::FakeDbs), for a test to look at.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FakeRestoreTask {
    /// The task.
    pub restore_task_id: RestoreTaskId,
    /// What was asked for.
    pub request: CreateRestoreTask,
    /// Its state now; a finished task stays `running`.
    pub status: RestoreStatus,
    /// When it was created.
    pub created_at: OffsetDateTime,
    /// When it was started, if it was.
    pub started_at: Option<OffsetDateTime>,
    /// When it was finished, if it has been.
    pub finished_at: Option<OffsetDateTime>,
    /// How much of it is done, in percent.
    pub progress: u8,
    /// Why it or its pre-check failed, if it has.
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

/// A download in a [`FakeDbs`](super::FakeDbs), for a test to look at.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FakeDownload {
    /// The download.
    pub backup_set_download_task_id: BackupSetDownloadTaskId,
    /// The plan whose backup it is.
    pub backup_plan_id: BackupPlanId,
    /// The full backup set, or the name of the log file.
    pub backup_set_id: BackupSetId,
    /// The format that it is converted to.
    pub format: BackupSetDataFormat,
    /// Its state now.
    pub status: DownloadTaskStatus,
    /// When it was asked for.
    pub created_at: OffsetDateTime,
    /// When it was finished, if it has been.
    pub finished_at: Option<OffsetDateTime>,
    /// Its size in bytes.
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
