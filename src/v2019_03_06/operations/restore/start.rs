//! `StartRestoreTask`: starts a restore task whose pre-check passed.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::ClientToken;
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::RestoreTaskId;

/// Starts a restore task whose pre-check passed; it writes to its destination from now on.
///
/// RAM: `dbs:StartRestoreTask` on `*`. Limit: 10000 calls a second per account. Sent again with the
/// same client token it runs once.
///
/// Source of names, values and limits: the operation's page.
///
/// # Errors
///
/// `OperationDenied.JobStatus` (the pre-check has not passed, or the task runs already),
/// `Request.Forbidden` (no RAM permission), `Param.NotFound` (a parameter is missing or unknown).
///
/// ```
/// use aliyun_dbs::operations::StartRestoreTask;
///
/// let request = StartRestoreTask::builder().restore_task_id("s102h7rf5anq".parse()?).build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct StartRestoreTask {
    /// The task, `RestoreTaskId`.
    pub restore_task_id: RestoreTaskId,
    /// Idempotency token, `ClientToken`; random for each call if left out.
    pub client_token: Option<ClientToken>,
}

/// Answer to [`StartRestoreTask`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct StartRestoreTaskResponse {
    /// The task, `RestoreTaskId`.
    pub restore_task_id: RestoreTaskId,
}

operation! {
    StartRestoreTask -> StartRestoreTaskResponse, IdempotentByToken, ram on ANY, limit 10000 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, sample};

    #[test]
    fn every_parameter() {
        let request = StartRestoreTask::builder()
            .restore_task_id("task1".parse().unwrap())
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(&request, &[("ClientToken", "t-1"), ("RestoreTaskId", "task1")]);
    }

    #[test]
    fn sample_answer() {
        let answer = sample::<StartRestoreTask>(include_str!(
            "../../../../tests/data/samples/StartRestoreTask.json"
        ));
        assert_eq!(answer.restore_task_id.as_str(), "s102h7rf5anq");
    }
}
