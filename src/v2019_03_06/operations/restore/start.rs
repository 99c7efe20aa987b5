//! `StartRestoreTask`: starts a restore task that passed its pre-check.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, informational};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::RestoreTaskId;

/// Starts a restore task that passed its pre-check.
///
/// The task then writes to its destination. [`CreateRestoreTask`] creates a task, and
/// [`PreCheckPassed`] waits for its pre-check.
///
/// While the task runs, [`DescribeRestoreTaskList`] shows the progress, and [`RestoreFinished`]
/// waits until the restore is finished. [`StopBackupPlan`] with [`StopMethod::All`] pauses the plan
/// together with its restores.
///
/// # Idempotency
///
/// The service runs it [once per client token](crate::operations#idempotency).
///
/// # Limits
///
/// 10,000 calls per second and account, which is practically no limit.
///
/// # Permissions
///
/// `dbs:StartRestoreTask` on `*`.
///
/// # Errors
///
/// | code | cause | what to do |
/// | --- | --- | --- |
/// | `OperationDenied.JobStatus` | The pre-check has not passed, or the task is already running. | Wait with [`PreCheckPassed`], or check the status with [`DescribeRestoreTaskList`]. |
/// | `Param.NotFound` | A parameter is missing or has an unknown value. | Compare the values with the vendor's page. |
///
/// Every operation can also fail with the [common errors](crate::operations#errors).
///
/// # Examples
///
/// ```
/// use aliyun_dbs::operations::StartRestoreTask;
///
/// let request = StartRestoreTask::builder().restore_task_id("s102h7rf5anq".parse()?).build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2019-03-06-startrestoretask).
/// The error list of the product has `OperationDenied.JobStatus` (HTTP status 200); it is inferred
/// that this operation sends it.
///
/// [`CreateRestoreTask`]: crate::operations::CreateRestoreTask
/// [`DescribeRestoreTaskList`]: crate::operations::DescribeRestoreTaskList
/// [`PreCheckPassed`]: crate::wait::PreCheckPassed
/// [`RestoreFinished`]: crate::wait::RestoreFinished
/// [`StopBackupPlan`]: crate::operations::StopBackupPlan
/// [`StopMethod::All`]: crate::types::StopMethod::All
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct StartRestoreTask {
    /// The id of the restore task. Required.
    pub restore_task_id: RestoreTaskId,
    /// The [idempotency token](crate::operations#idempotency). Optional; defaults to a random token
    /// for each call.
    pub client_token: Option<ClientToken>,
}

/// The response to [`StartRestoreTask`].
#[serde_with::apply(Option => #[serde(default, deserialize_with = "informational::field")])]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct StartRestoreTaskResponse {
    /// The id of the restore task.
    pub restore_task_id: Option<RestoreTaskId>,
}

operation! {
    StartRestoreTask -> StartRestoreTaskResponse, IdempotentByToken, ram on ANY, limit 10000 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};

    #[test]
    fn sends_every_parameter() {
        let request = StartRestoreTask::builder()
            .restore_task_id("task1".parse().unwrap())
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(&request, &[("ClientToken", "t-1"), ("RestoreTaskId", "task1")]);
    }

    #[test]
    fn decodes_sample_response() {
        let response = decode_sample::<StartRestoreTask>(include_str!(
            "../../../fake/samples/2019-03-06/StartRestoreTask.json"
        ));
        assert_eq!(response.restore_task_id.unwrap().as_str(), "s102h7rf5anq");
    }
}
