//! `DescribeJobErrorCode`: explains why a backup or restore job failed.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, Open, lenient};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::{JobId, Language};

/// Explains why a backup or restore job failed.
///
/// RAM: `dbs:DescribeJobErrorCode` on `*`. Limit: 10 calls a second per account. It changes
/// nothing, so it is safe to repeat.
///
/// Source of names, values and limits: the operation's page.
///
/// # Errors
///
/// `Request.Forbidden` (no RAM permission), `Param.NotFound` (a parameter is missing or unknown).
///
/// ```
/// use aliyun_dbs::operations::DescribeJobErrorCode;
/// use aliyun_dbs::types::RestoreTaskId;
///
/// let task: RestoreTaskId = "s102h7rf5anq".parse()?;
/// let request = DescribeJobErrorCode::builder().task_id(task).build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct DescribeJobErrorCode {
    /// The job: a full backup set or a restore task, `TaskId`.
    #[builder(into)]
    pub task_id: JobId,
    /// Language of the explanation, `Language`; English if left out.
    pub language: Option<Language>,
    /// Token of the request, `ClientToken`; reading needs none.
    pub client_token: Option<ClientToken>,
}

/// Answer to [`DescribeJobErrorCode`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct DescribeJobErrorCodeResponse {
    /// The explanation, `Item`.
    pub item: JobError,
}

/// Why a job failed, as [`DescribeJobErrorCode`] explains it.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct JobError {
    /// The job, `JobId`.
    pub job_id: JobId,
    /// State of the job, `JobState`, such as `init`; the values are not published.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub job_state: Option<String>,
    /// Internal name of the kind of job, `JobType`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub job_type: Option<String>,
    /// Code of what went wrong with the job, `ErrorCode`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub error_code: Option<String>,
    /// What went wrong with the job, `ErrorMessage`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub error_message: Option<String>,
    /// Language of the explanation, `Language`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub language: Option<Open<Language>>,
}

operation! {
    DescribeJobErrorCode -> DescribeJobErrorCodeResponse, ReadOnly, ram on ANY, limit 10 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, sample};

    #[test]
    fn every_parameter() {
        let request = DescribeJobErrorCode::builder()
            .task_id(JobId::new("job1").unwrap())
            .language(Language::Chinese)
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(&request, &[("ClientToken", "t-1"), ("Language", "cn"), ("TaskId", "job1")]);
    }

    #[test]
    fn sample_answer() {
        let answer = sample::<DescribeJobErrorCode>(include_str!(
            "../../../../tests/data/samples/DescribeJobErrorCode.json"
        ));
        let error = answer.item;
        assert_eq!(error.job_id.as_str(), "r1iv62ud3exm");
        assert_eq!(error.error_code.as_deref(), Some("failed"));
        assert_eq!(error.error_message.as_deref(), Some("Pre-check did not pass"));
        assert_eq!(error.language, Some(Language::English.into()));
    }
}
