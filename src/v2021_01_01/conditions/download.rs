//! The condition of advanced downloads: finished.

use crate::rpc::client::Client;
use crate::rpc::error::Error;
use crate::rpc::operation::{Operation, RateLimit};
use crate::rpc::wait::{Condition, PollOutcome, PollStatus, PollingPolicy};
use crate::v2019_03_06::error_code::ErrorCode;
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::InstanceId;
use crate::v2021_01_01::operations::{DescribeDownloadTask, DownloadTask};
use crate::v2021_01_01::types::{AdvancedDownloadState, DownloadTargetKind, DownloadTaskId};

/// Why a wait for an expired download fails.
pub(crate) const EXPIRED: &str = "the download has expired: create it again";

/// Waits until an advanced download is finished.
///
/// The service does not send why a download failed.
///
/// | | |
/// | --- | --- |
/// | polls | [`DescribeDownloadTask`], every 5 to 60 seconds, page by page until the download is found |
/// | succeeds | when the download is finished |
/// | fails | when the download failed or has expired, or when it is not listed for 2 minutes |
/// | times out | after 24 hours |
///
/// The files of a download to URLs expire 3 days after it has finished.
///
/// # Examples
///
/// ```no_run
/// # async fn example(client: aliyun_dbs::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use aliyun_dbs::Region;
/// use aliyun_dbs::wait::DownloadFinished;
///
/// let (instance, task) = ("rm-bp1imnmcjxdz7".parse()?, "dt-qxnsfq5s8xo1".parse()?);
/// let task = client.wait_for(DownloadFinished::new(Region::Hangzhou, instance, task)).await?;
/// println!("{} bytes", task.export_data_size.unwrap_or_default());
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct DownloadFinished {
    region: Region,
    instance: InstanceId,
    task: DownloadTaskId,
    cluster_name: Option<String>,
}

impl DownloadFinished {
    /// Returns the condition for a download of an instance.
    pub fn new(region: Region, instance: InstanceId, task: DownloadTaskId) -> Self {
        Self { region, instance, task, cluster_name: None }
    }

    /// Sets the cluster of a sharded MongoDB instance. Defaults to none.
    #[must_use]
    pub fn cluster_name(self, name: impl Into<String>) -> Self {
        Self { cluster_name: Some(name.into()), ..self }
    }
}

fn is_to_url(task: &DownloadTask) -> bool {
    task.target_type.as_ref().is_some_and(|kind| *kind == DownloadTargetKind::Url)
}

fn status(task: &DownloadTask) -> PollStatus {
    match task.download_status.known() {
        Some(AdvancedDownloadState::Finished) if is_to_url(task) => {
            PollStatus::done("finished, the files expire 3 days later").progress(100)
        }
        Some(AdvancedDownloadState::Finished) => PollStatus::done("finished").progress(100),
        Some(AdvancedDownloadState::Failed) => {
            PollStatus::failed("the download failed: retry it with `RetryDownloadTask`")
        }
        Some(AdvancedDownloadState::Expired) => PollStatus::failed(EXPIRED),
        _ => match (task.percent(), &task.progress) {
            (Some(percent), Some(progress)) => {
                let state = &task.download_status;
                PollStatus::pending(format_args!("{state}, {progress} tables")).progress(percent)
            }
            _ => PollStatus::pending(&task.download_status),
        },
    }
}

impl Condition for DownloadFinished {
    type State = DownloadTask;

    async fn poll(&self, client: &Client) -> Result<PollOutcome<Self::State>, Error> {
        let request = DescribeDownloadTask::builder()
            .region_code(self.region)
            .instance_name(self.instance.clone())
            .maybe_cluster_name(self.cluster_name.clone())
            .build();
        let mut tasks = client.items(request);
        let found = loop {
            match tasks.next().await {
                Some(Ok(task)) if task.task_id == self.task => break Some(task),
                Some(Ok(_)) => {}
                None => break None,
                // Other refusals of this list mean the region, the instance or the cluster.
                Some(Err(error)) if error.is(ErrorCode::DownloadTaskCannotFind) => break None,
                Some(Err(error)) => return Err(error),
            }
        };
        Ok(PollOutcome::from_option(found, status))
    }

    fn subject(&self) -> String {
        format!("download `{}`", self.task)
    }

    fn rate_limit(&self) -> Option<RateLimit> {
        DescribeDownloadTask::RATE_LIMIT
    }

    fn polling_policy(&self) -> PollingPolicy {
        PollingPolicy::listed(86_400, 5, 60)
    }
}
