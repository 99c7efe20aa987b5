//! The condition of restore tasks: finished.

use super::backup::UNKNOWN_REASON;
use super::unknown_id::none_if_id_unknown;
use crate::rpc::client::Client;
use crate::rpc::error::Error;
use crate::rpc::operation::{Operation, RateLimit};
use crate::rpc::wait::{Condition, PollOutcome, PollStatus, PollingPolicy};
use crate::v2019_03_06::operations::DescribeRestoreTaskList;
use crate::v2019_03_06::operations::RestoreTaskDetail;
use crate::v2019_03_06::types::{RestoreStatus, RestoreTaskId};

/// Waits until a restore task is finished.
///
/// The vendor publishes no state for a finished task: a task is finished when it has a finish time
/// and did not fail.
///
/// | | |
/// | --- | --- |
/// | polls | [`DescribeRestoreTaskList`], every 5 to 60 seconds |
/// | succeeds | when the task has a finish time |
/// | fails | when the task or its pre-check failed, when the task is [paused](RestoreStatus::Pause), or when it is not listed for 2 minutes |
/// | times out | after 24 hours |
///
/// # Examples
///
/// ```no_run
/// # async fn example(client: aliyun_dbs::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use aliyun_dbs::wait::RestoreFinished;
///
/// let task = client.wait_for(RestoreFinished::new("s102h7rf5anq".parse()?)).await?;
/// println!("{} is finished", task.restore_task_id);
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct RestoreFinished {
    task: RestoreTaskId,
}

impl RestoreFinished {
    /// Returns the condition for a restore task.
    pub fn new(task: RestoreTaskId) -> Self {
        Self { task }
    }
}

/// Returns the progress of a logical restore: the mean of its reported stages.
fn percent(task: &RestoreTaskDetail) -> Option<u8> {
    let stages = [
        task.structure_before_restore_progress,
        task.full_data_restore_progress,
        task.structure_after_restore_progress,
        task.continuous_restore_progress,
    ];
    let reported: Vec<_> = stages.into_iter().flatten().map(u32::from).collect();
    let sum: u32 = reported.iter().sum();
    let mean = sum.checked_div(u32::try_from(reported.len()).ok()?)?;
    u8::try_from(mean.min(100)).ok()
}

impl Condition for RestoreFinished {
    type State = RestoreTaskDetail;

    async fn poll(&self, client: &Client) -> Result<PollOutcome<Self::State>, Error> {
        let request = DescribeRestoreTaskList::builder().selection(self.task.clone()).build();
        let list = none_if_id_unknown(client.send(request).await)?;
        let mut rows = list.into_iter().flat_map(|list| list.items);
        let row = rows.find(|row| row.restore_task_id == self.task);
        Ok(PollOutcome::from_option(row, |row| match row.restore_status.known() {
            Some(RestoreStatus::Stop) => PollStatus::failed(format_args!(
                "the restore failed: {}",
                row.error_message.as_deref().unwrap_or(UNKNOWN_REASON)
            )),
            Some(RestoreStatus::Init) if row.error_message.is_some() => {
                PollStatus::failed(format_args!(
                    "the pre-check failed: {}",
                    row.error_message.as_deref().unwrap_or_default()
                ))
            }
            Some(RestoreStatus::Pause) => PollStatus::failed("the restore is paused"),
            _ if row.restore_task_finish_time.is_some() => {
                PollStatus::done("finished").progress(100)
            }
            _ => match percent(row) {
                Some(percent) => {
                    PollStatus::pending(format_args!("{}, {percent} %", row.restore_status))
                        .progress(percent)
                }
                None => PollStatus::pending(&row.restore_status),
            },
        }))
    }

    fn subject(&self) -> String {
        format!("restore task `{}`", self.task)
    }

    fn rate_limit(&self) -> Option<RateLimit> {
        DescribeRestoreTaskList::RATE_LIMIT
    }

    fn polling_policy(&self) -> PollingPolicy {
        PollingPolicy::listed(86_400, 5, 60)
    }
}
