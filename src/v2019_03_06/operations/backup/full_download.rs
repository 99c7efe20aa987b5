//! `CreateFullBackupSetDownload`: starts the download of a full backup set.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::ClientToken;
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::{BackupSetDataFormat, BackupSetDownloadTaskId, BackupSetId};

/// Starts the download of a full backup set: the service converts it, and the list of downloads
/// then shows where it can be fetched.
///
/// RAM: `dbs:CreateFullBackupSetDownload` on `*`. Limit: 10 calls a second per account. Sent again
/// with the same client token it runs once.
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
/// use aliyun_dbs::operations::CreateFullBackupSetDownload;
/// use aliyun_dbs::types::BackupSetDataFormat;
///
/// let request = CreateFullBackupSetDownload::builder()
///     .backup_set_id("1iukx5h0exmp".parse()?)
///     .backup_set_data_format(BackupSetDataFormat::Sql)
///     .build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct CreateFullBackupSetDownload {
    /// A full backup set, `BackupSetId`.
    pub backup_set_id: BackupSetId,
    /// Format that it is converted to, `BackupSetDataFormat`; `CSV` if left out.
    pub backup_set_data_format: Option<BackupSetDataFormat>,
    /// Idempotency token, `ClientToken`; random for each call if left out.
    pub client_token: Option<ClientToken>,
}

/// Answer to [`CreateFullBackupSetDownload`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct CreateFullBackupSetDownloadResponse {
    /// The download, `BackupSetDownloadTaskId`.
    pub backup_set_download_task_id: BackupSetDownloadTaskId,
}

operation! {
    CreateFullBackupSetDownload -> CreateFullBackupSetDownloadResponse, IdempotentByToken, ram on ANY, limit 10 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, sample};

    #[test]
    fn every_parameter() {
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
    fn sample_answer() {
        let answer = sample::<CreateFullBackupSetDownload>(include_str!(
            "../../../../tests/data/samples/CreateFullBackupSetDownload.json"
        ));
        assert_eq!(answer.backup_set_download_task_id.as_str(), "dbstooi01exdl");
    }
}
