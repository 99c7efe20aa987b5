//! `CreateFullBackupSetDownload`: starts the download of a full backup set.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::ClientToken;
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::{BackupSetDataFormat, BackupSetDownloadTaskId, BackupSetId};

/// Starts the download of a full backup set.
///
/// The service converts the backup set to the requested format. Once that is finished,
/// [`DescribeBackupSetDownloadTaskList`] shows the URLs to download it from; [`DownloadReady`]
/// waits for them.
///
/// [`DescribeFullBackupList`] lists the backup sets. [`CreateIncrementBackupSetDownload`] downloads
/// a log backup, and [`ModifyBackupSetDownloadRules`] lets the service download backup sets
/// automatically.
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
/// `dbs:CreateFullBackupSetDownload` on `*`.
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
/// ```no_run
/// # async fn example(client: aliyun_dbs::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use aliyun_dbs::operations::CreateFullBackupSetDownload;
/// use aliyun_dbs::types::BackupSetDataFormat;
/// use aliyun_dbs::wait::DownloadReady;
///
/// let request = CreateFullBackupSetDownload::builder()
///     .backup_set_id("1iukx5h0exmp".parse()?)
///     .backup_set_data_format(BackupSetDataFormat::Sql)
///     .build();
/// let task = client.send(request).await?.into_inner().backup_set_download_task_id;
/// let download = client.wait_for(DownloadReady::new(task)).await?;
/// println!("{:?}", download.backup_set_download_internet_url);
/// # Ok(()) }
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2019-03-06-createfullbackupsetdownload).
/// The error list of the product has the `DBS.DownloadTask` codes (HTTP status 200), which may
/// belong to API version 2021-01-01 only (inferred).
///
/// [`CreateIncrementBackupSetDownload`]: crate::operations::CreateIncrementBackupSetDownload
/// [`DescribeBackupSetDownloadTaskList`]: crate::operations::DescribeBackupSetDownloadTaskList
/// [`DescribeFullBackupList`]: crate::operations::DescribeFullBackupList
/// [`DownloadReady`]: crate::wait::DownloadReady
/// [`ModifyBackupSetDownloadRules`]: crate::operations::ModifyBackupSetDownloadRules
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct CreateFullBackupSetDownload {
    /// The id of the full backup set to download. Required.
    pub backup_set_id: BackupSetId,
    /// The format that the service converts the backup set to. Optional; defaults to `CSV`.
    pub backup_set_data_format: Option<BackupSetDataFormat>,
    /// The [idempotency token](crate::operations#idempotency). Optional; defaults to a random token
    /// for each call.
    pub client_token: Option<ClientToken>,
}

/// The response to [`CreateFullBackupSetDownload`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct CreateFullBackupSetDownloadResponse {
    /// The id of the download.
    pub backup_set_download_task_id: BackupSetDownloadTaskId,
}

operation! {
    CreateFullBackupSetDownload -> CreateFullBackupSetDownloadResponse, IdempotentByToken, ram on ANY, limit 10 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};

    #[test]
    fn sends_every_parameter() {
        let request = CreateFullBackupSetDownload::builder()
            .backup_set_id("set1".parse().unwrap())
            .backup_set_data_format(BackupSetDataFormat::Sql)
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(
            &request,
            &[("BackupSetDataFormat", "SQL"), ("BackupSetId", "set1"), ("ClientToken", "t-1")],
        );
    }

    #[test]
    fn decodes_sample_response() {
        let response = decode_sample::<CreateFullBackupSetDownload>(include_str!(
            "../../../fake/samples/2019-03-06/CreateFullBackupSetDownload.json"
        ));
        assert_eq!(response.backup_set_download_task_id.as_str(), "dbstooi01exdl");
    }
}
