//! Conditions of backups, downloads and the databases behind a gateway.

use super::unknown_id::none_if_id_unknown;
use crate::rpc::client::Client;
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

/// Waits until a full backup is finished.
///
/// [`StartBackupPlan`](crate::operations::StartBackupPlan) returns the id of the backup set that
/// it queues; [`DescribeFullBackupList`] lists all others.
///
/// | | |
/// | --- | --- |
/// | polls | [`DescribeFullBackupList`], every 5 to 60 seconds |
/// | succeeds | when the backup is [finished](FullBackupStatus::Finish) |
/// | fails | when the backup [failed](FullBackupStatus::Stop) or is [paused](FullBackupStatus::Pause), or is not listed for 2 minutes |
/// | times out | after 24 hours |
///
/// # Examples
///
/// ```no_run
/// # async fn example(client: aliyun_dbs::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use aliyun_dbs::wait::FullBackupFinished;
///
/// let condition = FullBackupFinished::new("dbs1hvb0wwwa1".parse()?, "1iukx5h0exmp".parse()?);
/// let backup = client.wait_for(condition).await?;
/// println!("{} is {}", backup.backup_set_id, backup.backup_status);
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct FullBackupFinished {
    plan: BackupPlanId,
    set: BackupSetId,
}

impl FullBackupFinished {
    /// Returns the condition for a backup set of a plan.
    pub fn new(plan: BackupPlanId, set: BackupSetId) -> Self {
        Self { plan, set }
    }
}

pub(super) const UNKNOWN_REASON: &str = "unknown reason; call `DescribeJobErrorCode` for it";

impl Condition for FullBackupFinished {
    type State = FullBackupFile;

    async fn poll(&self, client: &Client) -> Result<PollOutcome<Self::State>, Error> {
        let request = DescribeFullBackupList::builder()
            .backup_plan_id(self.plan.clone())
            .backup_set_id(self.set.clone())
            .show_progress(true)
            .build();
        let list = none_if_id_unknown(client.send(request).await)?;
        let mut rows = list.into_iter().flat_map(|list| list.items);
        let row = rows.find(|row| row.backup_set_id == self.set);
        Ok(PollOutcome::from_option(row, |row| match row.backup_status.known() {
            Some(FullBackupStatus::Finish) => PollStatus::done("finished").progress(100),
            Some(FullBackupStatus::Stop) => PollStatus::failed(format_args!(
                "the backup failed: {}",
                row.error_message.as_deref().unwrap_or(UNKNOWN_REASON)
            )),
            Some(FullBackupStatus::Pause) => PollStatus::failed(
                "the backup is paused with its plan; start the plan, and wait for the backup set \
                 that the response names",
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
        format!("full backup `{}` of plan `{}`", self.set, self.plan)
    }

    fn rate_limit(&self) -> Option<RateLimit> {
        DescribeFullBackupList::RATE_LIMIT
    }

    fn polling_policy(&self) -> PollingPolicy {
        PollingPolicy::listed(86_400, 5, 60)
    }
}

/// Waits until the download of a backup set is ready.
///
/// The final state holds the addresses of the files.
///
/// | | |
/// | --- | --- |
/// | polls | [`DescribeBackupSetDownloadTaskList`], every 3 to 30 seconds |
/// | succeeds | when the task is [finished](DownloadTaskStatus::Finish) |
/// | fails | when the task or its pre-check failed, when the task is [paused](DownloadTaskStatus::Pause), or when it is not listed for 2 minutes |
/// | times out | after 6 hours |
///
/// # Examples
///
/// ```no_run
/// # async fn example(client: aliyun_dbs::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use aliyun_dbs::wait::DownloadReady;
///
/// let download = client.wait_for(DownloadReady::new("dbstooi01exdl".parse()?)).await?;
/// println!("{} is ready", download.backup_set_download_task_id);
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct DownloadReady {
    task: BackupSetDownloadTaskId,
}

impl DownloadReady {
    /// Returns the condition for a download task.
    pub fn new(task: BackupSetDownloadTaskId) -> Self {
        Self { task }
    }
}

impl Condition for DownloadReady {
    type State = BackupSetDownloadTaskDetail;

    async fn poll(&self, client: &Client) -> Result<PollOutcome<Self::State>, Error> {
        let request =
            DescribeBackupSetDownloadTaskList::builder().selection(self.task.clone()).build();
        let list = none_if_id_unknown(client.send(request).await)?;
        let mut rows = list.into_iter().flat_map(|list| list.items);
        let row = rows.find(|row| row.backup_set_download_task_id == self.task);
        Ok(PollOutcome::from_option(row, |row| {
            let why = row.error_message.as_deref();
            match row.backup_set_download_status.known() {
                Some(DownloadTaskStatus::Finish) => PollStatus::done("ready"),
                Some(DownloadTaskStatus::Stop) => PollStatus::failed(format_args!(
                    "the download failed: {}",
                    why.unwrap_or(UNKNOWN_REASON)
                )),
                Some(DownloadTaskStatus::Init) if why.is_some() => PollStatus::failed(
                    format_args!("the pre-check failed: {}", why.unwrap_or_default()),
                ),
                Some(DownloadTaskStatus::Pause) => PollStatus::failed("the download is paused"),
                _ => PollStatus::pending(&row.backup_set_download_status),
            }
        }))
    }

    fn subject(&self) -> String {
        format!("download `{}`", self.task)
    }

    fn rate_limit(&self) -> Option<RateLimit> {
        DescribeBackupSetDownloadTaskList::RATE_LIMIT
    }

    fn polling_policy(&self) -> PollingPolicy {
        PollingPolicy::listed(6 * 3600, 3, 30)
    }
}

/// Waits until a backup gateway has listed the databases that it can reach.
///
/// The final state is the names of the databases. The service reports no state, so an empty list
/// means that the gateway has not responded yet.
///
/// | | |
/// | --- | --- |
/// | polls | [`GetDBListFromAgent`], every 1 to 5 seconds |
/// | succeeds | when the list is not empty |
/// | fails | when the service refuses the id of the task or gateway for 1 minute |
/// | times out | after 2 minutes |
///
/// # Examples
///
/// ```no_run
/// # async fn example(client: aliyun_dbs::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use aliyun_dbs::Region;
/// use aliyun_dbs::types::{AgentTaskId, BackupGatewayId};
/// use aliyun_dbs::wait::GatewayDatabases;
///
/// let condition = GatewayDatabases::new(BackupGatewayId::new(160_813), AgentTaskId::new(8))
///     .region(Region::Hangzhou);
/// for name in client.wait_for(condition).await? {
///     println!("{name}");
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct GatewayDatabases {
    gateway: BackupGatewayId,
    task: AgentTaskId,
    region: Option<Region>,
}

impl GatewayDatabases {
    /// Returns the condition for a task that
    /// [`CreateGetDBListFromAgentTask`](crate::operations::CreateGetDBListFromAgentTask) started.
    pub fn new(gateway: BackupGatewayId, task: AgentTaskId) -> Self {
        Self { gateway, task, region: None }
    }

    /// Sets the region of the gateway. Optional.
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
        let Some(response) = none_if_id_unknown(client.send(request).await)? else {
            return Ok(PollOutcome::Missing);
        };
        let names = response.db_list;
        let status = if names.is_empty() {
            PollStatus::pending("no databases yet")
        } else {
            PollStatus::done(format_args!("{} databases", names.len()))
        };
        Ok(PollOutcome::Found { state: names, status })
    }

    fn subject(&self) -> String {
        format!("gateway `{}` to list its databases (task `{}`)", self.gateway, self.task)
    }

    fn rate_limit(&self) -> Option<RateLimit> {
        GetDBListFromAgent::RATE_LIMIT
    }

    fn polling_policy(&self) -> PollingPolicy {
        PollingPolicy::listed(120, 1, 5)
    }
}
