//! The condition of restores: finished.

use crate::rpc::client::Client;
use crate::rpc::error::Error;
use crate::rpc::operation::{Operation, RateLimit};
use crate::rpc::wait::{Condition, PollOutcome, PollStatus, PollingPolicy};
use crate::v2019_03_06::operations::DescribeRestoreTaskList;
use crate::v2019_03_06::operations::RestoreTaskDetail;
use crate::v2019_03_06::types::{RestoreStatus, RestoreTaskId};

/// A restore task is finished.
///
/// The service publishes no state for it: a task is finished when it has a finish time and has
/// not failed. It fails when the task or its pre-check fails, when it is paused, and when no such
/// task is listed for two minutes.
#[derive(Clone, Debug)]
pub struct RestoreFinished {
    task: RestoreTaskId,
}

impl RestoreFinished {
    /// Waits for this task.
    pub fn new(task: RestoreTaskId) -> Self {
        Self { task }
    }
}

/// How much of a logical restore is done: the mean of the stages that the service tells of.
fn percent(task: &RestoreTaskDetail) -> Option<u8> {
    let stages = [
        task.structure_before_restore_progress,
        task.full_data_restore_progress,
        task.structure_after_restore_progress,
        task.continuous_restore_progress,
    ];
    let told: Vec<_> = stages.into_iter().flatten().map(u32::from).collect();
    let sum: u32 = told.iter().sum();
    let mean = sum.checked_div(u32::try_from(told.len()).ok()?)?;
    u8::try_from(mean.min(100)).ok()
}

impl Condition for RestoreFinished {
    type State = RestoreTaskDetail;

    async fn poll(&self, client: &Client) -> Result<PollOutcome<Self::State>, Error> {
        let request = DescribeRestoreTaskList::builder().selection(self.task.clone()).build();
        let list = client.send(request).await?.into_inner();
        let row = list.items.into_iter().find(|row| row.restore_task_id == self.task);
        Ok(PollOutcome::from_option(row, |row| match row.restore_status.known() {
            Some(RestoreStatus::Stop) => PollStatus::failed(format_args!(
                "it failed: {}",
                row.error_message.as_deref().unwrap_or("DescribeJobErrorCode says why")
            )),
            Some(RestoreStatus::Init) if row.error_message.is_some() => {
                PollStatus::failed(format_args!(
                    "its pre-check failed: {}",
                    row.error_message.as_deref().unwrap_or_default()
                ))
            }
            Some(RestoreStatus::Pause) => PollStatus::failed("it was paused"),
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
        format!("restore task {}", self.task)
    }

    fn rate_limit(&self) -> Option<RateLimit> {
        DescribeRestoreTaskList::RATE_LIMIT
    }

    /// A day, with looks 5 seconds to a minute apart.
    fn polling_policy(&self) -> PollingPolicy {
        PollingPolicy::listed(86_400, 5, 60)
    }
}
