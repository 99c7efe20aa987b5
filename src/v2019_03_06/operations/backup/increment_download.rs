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
/// The service converts the backup set to the requested format. Once that is finished,
/// [`DescribeBackupSetDownloadTaskList`] shows the URLs to download it from; [`DownloadReady`]
/// waits for them.
///
/// Two wire names are misleading, so the fields are named after what they take: `BackupSetId` takes
/// [`IncrementBackupFile::backup_set_job_id`], and `BackupSetName` takes
/// [`IncrementBackupFile::backup_set_id`]. Both come from [`DescribeIncrementBackupList`].
///
/// [`CreateFullBackupSetDownload`] downloads a full backup, and [`ModifyBackupSetDownloadRules`]
/// lets the service download backup sets automatically.
///
/// # Idempotency
///
/// The service runs it [once per client token](crate::operations#idempotency).
///
/// # Limits
///
/// 10 calls per second and account.
///
/// # Permissions
///
/// `dbs:CreateIncrementBackupSetDownload` on `*`.
///
/// # Errors
///
/// | code | cause | what to do |
/// | --- | --- | --- |
/// | `DBS.DownloadTask.JobAlreadyExist` | The same download was requested a short while ago. | Find it with [`DescribeBackupSetDownloadTaskList`]. |
/// | `DBS.DownloadTask.OnlyOneRunningOrFailedTask` | The instance already has a download, and only one is allowed. | Wait until it is finished, then call again. |
/// | `Param.NotFound` | A parameter is missing or has an unknown value. | Compare the values with the vendor's page. |
///
/// Every operation can also fail with the [common errors](crate::operations#errors).
///
/// # Examples
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
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2019-03-06-createincrementbackupsetdownload).
/// The error list of the product has the `DBS.DownloadTask` codes (HTTP status 200), which may
/// belong to API version 2021-01-01 only (inferred).
///
/// [`CreateFullBackupSetDownload`]: crate::operations::CreateFullBackupSetDownload
/// [`DescribeBackupSetDownloadTaskList`]: crate::operations::DescribeBackupSetDownloadTaskList
/// [`DescribeIncrementBackupList`]: crate::operations::DescribeIncrementBackupList
/// [`DownloadReady`]: crate::wait::DownloadReady
/// [`IncrementBackupFile::backup_set_id`]: crate::operations::IncrementBackupFile::backup_set_id
/// [`IncrementBackupFile::backup_set_job_id`]: crate::operations::IncrementBackupFile::backup_set_job_id
/// [`ModifyBackupSetDownloadRules`]: crate::operations::ModifyBackupSetDownloadRules
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct CreateIncrementBackupSetDownload {
    /// The id of the job that wrote the backup set. Required.
    ///
    /// Wire name: `BackupSetId`.
    #[doc(alias = "BackupSetId")]
    #[serde(rename = "BackupSetId")]
    pub backup_set_job_id: BackupSetJobId,
    /// The id of the backup set, which is the name of a log file. Required.
    ///
    /// Wire name: `BackupSetName`.
    #[doc(alias = "BackupSetName")]
    #[serde(rename = "BackupSetName")]
    pub backup_set_id: BackupSetId,
    /// The format that the service converts the backup set to. Optional; defaults to `Native`.
    pub backup_set_data_format: Option<BackupSetDataFormat>,
    /// The [idempotency token](crate::operations#idempotency). Optional; defaults to a random token
    /// for each call.
    pub client_token: Option<ClientToken>,
}

/// The response to [`CreateIncrementBackupSetDownload`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct CreateIncrementBackupSetDownloadResponse {
    /// The id of the download.
    pub backup_set_download_task_id: BackupSetDownloadTaskId,
}

operation! {
    CreateIncrementBackupSetDownload -> CreateIncrementBackupSetDownloadResponse, IdempotentByToken, ram on ANY, limit 10 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};

    #[test]
    fn sends_every_parameter() {
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
    fn decodes_sample_response() {
        let response = decode_sample::<CreateIncrementBackupSetDownload>(include_str!(
            "../../../fake/samples/2019-03-06/CreateIncrementBackupSetDownload.json"
        ));
        assert_eq!(response.backup_set_download_task_id.as_str(), "1jydacm7u2qk");
    }
}
