//! Conditions of backups: finished, downloaded; and of the databases behind a gateway.

use crate::rpc::client::{Client, Response};
use crate::rpc::error::Error;
use crate::rpc::operation::{Operation, RateLimit};
use crate::rpc::wait::{Condition, PollOutcome, PollStatus, PollingPolicy};
use crate::v2019_03_06::operations::{BackupSetDownloadTaskDetail, FullBackupFile};
use crate::v2019_03_06::operations::{
    DescribeBackupSetDownloadTaskList, DescribeFullBackupList, GetDBListFromAgent,
};
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{
    AgentTaskId, BackupGatewayId, BackupPlanId, BackupSetDownloadTaskId, BackupSetId,
    DownloadTaskStatus, FullBackupStatus,
};

/// A full backup is finished: the one that
/// [`StartBackupPlan`](crate::operations::StartBackupPlan) queued, or any other.
///
/// It fails when the backup fails or is paused, and when no such set is listed for two minutes.
#[derive(Clone, Debug)]
pub struct FullBackupFinished {
    plan: BackupPlanId,
    set: BackupSetId,
}

impl FullBackupFinished {
    /// Waits for this backup set of this plan.
    pub fn new(plan: BackupPlanId, set: BackupSetId) -> Self {
        Self { plan, set }
    }
}

impl Condition for FullBackupFinished {
    type State = FullBackupFile;

    async fn poll(&self, client: &Client) -> Result<PollOutcome<Self::State>, Error> {
        let request = DescribeFullBackupList::builder()
            .backup_plan_id(self.plan.clone())
            .backup_set_id(self.set.clone())
            .show_progress(true)
            .build();
        let list = client.send(request).await?.into_inner();
        let row = list.items.into_iter().find(|row| row.backup_set_id == self.set);
        Ok(PollOutcome::from_option(row, |row| match row.backup_status.known() {
            Some(FullBackupStatus::Finish) => PollStatus::done("finished").progress(100),
            Some(FullBackupStatus::Stop) => PollStatus::failed(format_args!(
                "it failed: {}",
                row.error_message.as_deref().unwrap_or("DescribeJobErrorCode says why")
            )),
            Some(FullBackupStatus::Pause) => PollStatus::failed(
                "it was paused with its plan; start that, and wait for the backup set that its start \
                 names",
            ),
            _ => match row.logical_full_backup_progress {
                Some(percent) => {
                    PollStatus::pending(format_args!("{}, {percent} %", row.backup_status))
                        .progress(percent)
                }
                None => PollStatus::pending(&row.backup_status),
            },
        }))
    }

    fn subject(&self) -> String {
        format!("full backup {} of plan {}", self.set, self.plan)
    }

    fn rate_limit(&self) -> Option<RateLimit> {
        DescribeFullBackupList::RATE_LIMIT
    }

    /// A day, with looks 5 seconds to a minute apart.
    fn polling_policy(&self) -> PollingPolicy {
        PollingPolicy::listed(86_400, 5, 60)
    }
}

/// The download of a backup set is ready, and its addresses are there.
///
/// It fails when the task or its pre-check fails, when it is paused, and when no such task is listed
/// for two minutes.
#[derive(Clone, Debug)]
pub struct DownloadReady {
    task: BackupSetDownloadTaskId,
}

impl DownloadReady {
    /// Waits for this download.
    pub fn new(task: BackupSetDownloadTaskId) -> Self {
        Self { task }
    }
}

impl Condition for DownloadReady {
    type State = BackupSetDownloadTaskDetail;

    async fn poll(&self, client: &Client) -> Result<PollOutcome<Self::State>, Error> {
        let request =
            DescribeBackupSetDownloadTaskList::builder().selection(self.task.clone()).build();
        let list = client.send(request).await?.into_inner();
        let row = list.items.into_iter().find(|row| row.backup_set_download_task_id == self.task);
        Ok(PollOutcome::from_option(row, |row| {
            let why = row.error_message.as_deref();
            match row.backup_set_download_status.known() {
                Some(DownloadTaskStatus::Finish) => PollStatus::done("ready"),
                Some(DownloadTaskStatus::Stop) => PollStatus::failed(format_args!(
                    "it failed: {}",
                    why.unwrap_or("DescribeJobErrorCode says why")
                )),
                Some(DownloadTaskStatus::Init) if why.is_some() => PollStatus::failed(
                    format_args!("its pre-check failed: {}", why.unwrap_or_default()),
                ),
                Some(DownloadTaskStatus::Pause) => PollStatus::failed("it was paused"),
                _ => PollStatus::pending(&row.backup_set_download_status),
            }
        }))
    }

    fn subject(&self) -> String {
        format!("download {}", self.task)
    }

    fn rate_limit(&self) -> Option<RateLimit> {
        DescribeBackupSetDownloadTaskList::RATE_LIMIT
    }

    /// Six hours, with looks 3 to 30 seconds apart.
    fn polling_policy(&self) -> PollingPolicy {
        PollingPolicy::listed(6 * 3600, 3, 30)
    }
}

/// A backup gateway has listed the databases that it sees.
///
/// The service tells no state, so an empty list is one that is not there yet. The state is the
/// names of the databases.
#[derive(Clone, Copy, Debug)]
pub struct GatewayDatabases {
    gateway: BackupGatewayId,
    task: AgentTaskId,
    region: Option<Region>,
}

impl GatewayDatabases {
    /// Waits for the listing that
    /// [`CreateGetDBListFromAgentTask`](crate::operations::CreateGetDBListFromAgentTask) began.
    pub fn new(gateway: BackupGatewayId, task: AgentTaskId) -> Self {
        Self { gateway, task, region: None }
    }

    /// Region of the gateway.
    #[must_use]
    pub fn region(mut self, region: Region) -> Self {
        self.region = Some(region);
        self
    }
}

impl Condition for GatewayDatabases {
    type State = Vec<String>;

    async fn poll(&self, client: &Client) -> Result<PollOutcome<Self::State>, Error> {
        let request = GetDBListFromAgent::builder()
            .backup_gateway_id(self.gateway)
            .task_id(self.task)
            .maybe_source_endpoint_region(self.region)
            .build();
        let names = client.send(request).await.map(Response::into_inner)?.db_list;
        let status = if names.is_empty() {
            PollStatus::pending("no databases yet")
        } else {
            PollStatus::done(format_args!("{} databases", names.len()))
        };
        Ok(PollOutcome::Found { state: names, status })
    }

    fn subject(&self) -> String {
        format!("gateway {} to list its databases (task {})", self.gateway, self.task)
    }

    fn rate_limit(&self) -> Option<RateLimit> {
        GetDBListFromAgent::RATE_LIMIT
    }

    fn polling_policy(&self) -> PollingPolicy {
        PollingPolicy::new(120, 1, 5)
    }
}
