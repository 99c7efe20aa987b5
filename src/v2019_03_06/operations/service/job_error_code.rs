//! `DescribeJobErrorCode`: explains why a backup or restore job failed.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, Open, informational};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::{JobId, Language};

/// Explains why a backup or restore job failed.
///
/// The response contains the error code and the error message of the job, in English or Chinese.
///
/// Use it when [`FullBackupFinished`] or [`RestoreFinished`] fails, or when
/// [`DescribeFullBackupList`] or [`DescribeRestoreTaskList`] shows a failed job. For a failed
/// pre-check, [`DescribePreCheckProgressList`] returns the reason.
///
/// # Idempotency
///
/// It changes nothing; see [idempotency](crate::operations#idempotency).
///
/// # Limits
///
/// 10 calls per second and account.
///
/// # Permissions
///
/// `dbs:DescribeJobErrorCode` on `*`.
///
/// # Errors
///
/// Only the [common errors](crate::operations#errors) are documented.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::operations::DescribeJobErrorCode;
/// use aliyun_dbs::types::RestoreTaskId;
///
/// let task: RestoreTaskId = "s102h7rf5anq".parse()?;
/// let request = DescribeJobErrorCode::builder().task_id(task).build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2019-03-06-describejoberrorcode).
///
/// [`DescribeFullBackupList`]: crate::operations::DescribeFullBackupList
/// [`DescribePreCheckProgressList`]: crate::operations::DescribePreCheckProgressList
/// [`DescribeRestoreTaskList`]: crate::operations::DescribeRestoreTaskList
/// [`FullBackupFinished`]: crate::wait::FullBackupFinished
/// [`RestoreFinished`]: crate::wait::RestoreFinished
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct DescribeJobErrorCode {
    /// The id of the job: of a full backup set or of a restore task. Required.
    ///
    /// The numeric `TaskId` of [`GetDBListFromAgent`](crate::operations::GetDBListFromAgent) is
    /// unrelated.
    #[builder(into)]
    pub task_id: JobId,
    /// The language of the error message. Optional; defaults to English.
    pub language: Option<Language>,
    /// The [idempotency token](crate::operations#idempotency). Optional; reads do not need one.
    pub client_token: Option<ClientToken>,
}

/// The response to [`DescribeJobErrorCode`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct DescribeJobErrorCodeResponse {
    /// Why the job failed.
    #[serde(default, deserialize_with = "informational::group")]
    pub item: JobError,
}

/// The error of a job, part of [`DescribeJobErrorCodeResponse`].
#[serde_with::apply(Option => #[serde(default, deserialize_with = "informational::field")])]
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct JobError {
    /// The id of the job.
    pub job_id: Option<JobId>,
    /// The state of the job, such as `init`. `None` if the service omits it.
    ///
    /// The vendor does not publish the values.
    pub job_state: Option<String>,
    /// The service's internal name for the type of the job. `None` if the service omits it.
    pub job_type: Option<String>,
    /// The error code of the job, not of the call. `None` if the service omits it.
    pub error_code: Option<String>,
    /// The error message of the job. `None` if the service omits it.
    pub error_message: Option<String>,
    /// The language of the error message. `None` if the service omits it.
    pub language: Option<Open<Language>>,
}

operation! {
    DescribeJobErrorCode -> DescribeJobErrorCodeResponse, ReadOnly, ram on ANY, limit 10 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};

    #[test]
    fn sends_every_parameter() {
        let request = DescribeJobErrorCode::builder()
            .task_id(JobId::new("job1").unwrap())
            .language(Language::Chinese)
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(&request, &[("ClientToken", "t-1"), ("Language", "cn"), ("TaskId", "job1")]);
    }

    #[test]
    fn decodes_sample_response() {
        let response = decode_sample::<DescribeJobErrorCode>(include_str!(
            "../../../fake/samples/2019-03-06/DescribeJobErrorCode.json"
        ));
        let error = response.item;
        assert_eq!(error.job_id.as_ref().unwrap().as_str(), "r1iv62ud3exm");
        assert_eq!(error.error_code.as_deref(), Some("failed"));
        assert_eq!(error.error_message.as_deref(), Some("Pre-check did not pass"));
        assert_eq!(error.language, Some(Language::English.into()));
    }
}
