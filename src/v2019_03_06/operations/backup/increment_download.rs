//! `CreateIncrementBackupSetDownload`: starts the download of an incremental backup set.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::ClientToken;
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::{
    BackupSetDataFormat, BackupSetDownloadTaskId, BackupSetId, BackupSetJobId,
};

/// Starts the download of an incremental backup set.
///
/// Two names of the wire mislead, so the members here are called after what they take:
/// `BackupSetId` wants the job's id, and `BackupSetName` wants the set's id, both from
/// [`DescribeIncrementBackupList`](crate::operations::DescribeIncrementBackupList).
///
/// RAM: `dbs:CreateIncrementBackupSetDownload` on `*`. Limit: 10 calls a second per account. Sent
/// again with the same client token it runs once.
///
/// Source of names, values and limits: the operation's page.
///
/// # Errors
///
/// `DBS.DownloadTask.JobAlreadyExist` (the same download was just asked for),
/// `DBS.DownloadTask.OnlyOneRunningOrFailedTask` (one at a time per instance), `Request.Forbidden`
/// (no RAM permission), `Param.NotFound` (a parameter is missing or unknown).
///
/// ```
/// use aliyun_dbs::operations::CreateIncrementBackupSetDownload;
///
/// let request = CreateIncrementBackupSetDownload::builder()
///     .backup_set_job_id("1hv5g9wk4exm".parse()?)
///     .backup_set_id("mysql-bin.000054".parse()?)
///     .build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct CreateIncrementBackupSetDownload {
    /// The job that wrote the set, `BackupSetId`.
    #[serde(rename = "BackupSetId")]
    pub backup_set_job_id: BackupSetJobId,
    /// The set, `BackupSetName`.
    #[serde(rename = "BackupSetName")]
    pub backup_set_id: BackupSetId,
    /// Format that it is converted to, `BackupSetDataFormat`; `Native` if left out.
    pub backup_set_data_format: Option<BackupSetDataFormat>,
    /// Idempotency token, `ClientToken`; random for each call if left out.
    pub client_token: Option<ClientToken>,
}

/// Answer to [`CreateIncrementBackupSetDownload`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct CreateIncrementBackupSetDownloadResponse {
    /// The download, `BackupSetDownloadTaskId`.
    pub backup_set_download_task_id: BackupSetDownloadTaskId,
}

operation! {
    CreateIncrementBackupSetDownload -> CreateIncrementBackupSetDownloadResponse, IdempotentByToken, ram on ANY, limit 10 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, sample};

    #[test]
    fn every_parameter() {
        let request = CreateIncrementBackupSetDownload::builder()
            .backup_set_job_id("job1".parse().unwrap())
            .backup_set_id("mysql-bin.000054".parse().unwrap())
            .backup_set_data_format(BackupSetDataFormat::Native)
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(
            &request,
            &[
                ("BackupSetDataFormat", "Native"),
                ("BackupSetId", "job1"),
                ("BackupSetName", "mysql-bin.000054"),
                ("ClientToken", "t-1"),
            ],
        );
    }

    #[test]
    fn sample_answer() {
        let answer = sample::<CreateIncrementBackupSetDownload>(include_str!(
            "../../../../tests/data/samples/CreateIncrementBackupSetDownload.json"
        ));
        assert_eq!(answer.backup_set_download_task_id.as_str(), "1jydacm7u2qk");
    }
}
