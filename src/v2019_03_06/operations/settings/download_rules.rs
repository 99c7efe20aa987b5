//! `ModifyBackupSetDownloadRules`: sets up the automatic download of backup sets.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, lenient};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::{
    AutoDownload, BackupGatewayId, BackupPlanId, BackupSetDataFormat, DownloadTargetType,
    auto_download,
};

/// Sets up the automatic download of backup sets to a server with a backup gateway.
///
/// Only plans whose backups are kept in a bucket of DBS (`BackupStorageType` `system`) have
/// download rules.
///
/// RAM: `dbs:ModifyBackupSetDownloadRules` on `*`. Limit: 10 calls a second per account. Sent again
/// with the same client token it runs once.
///
/// Source of names, values and limits: the operation's page.
///
/// # Errors
///
/// `OperationDenied.JobStatus` (not in the plan's present state), `Request.Forbidden` (no RAM
/// permission), `Param.NotFound` (a parameter is missing or unknown).
///
/// ```
/// use aliyun_dbs::operations::ModifyBackupSetDownloadRules;
/// use aliyun_dbs::types::{AutoDownload, BackupSetDataFormat, DownloadTargetLocation};
///
/// let request = ModifyBackupSetDownloadRules::builder()
///     .backup_plan_id("dbstooi01exmp".parse()?)
///     .auto_download(AutoDownload::To(DownloadTargetLocation::Local))
///     .backup_gateway_id(160_813.into())
///     .backup_set_download_dir("/data/dbs/download")
///     .full_data_format(BackupSetDataFormat::Sql)
///     .build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct ModifyBackupSetDownloadRules {
    /// The plan, `BackupPlanId`.
    pub backup_plan_id: BackupPlanId,
    /// Whether backup sets are downloaded by themselves; no if left out. Wire: `OpenAutoDownload`,
    /// `BackupSetDownloadTargetTypeLocation`.
    #[serde(flatten, deserialize_with = "auto_download::optional")]
    pub auto_download: Option<AutoDownload>,
    /// The gateway that downloads, `BackupGatewayId`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_gateway_id: Option<BackupGatewayId>,
    /// Directory on the server, `BackupSetDownloadDir`.
    pub backup_set_download_dir: Option<String>,
    /// Kind of place that they are downloaded to, `BackupSetDownloadTargetType`; `agent` if left
    /// out.
    pub backup_set_download_target_type: Option<DownloadTargetType>,
    /// Format of full backups, `FullDataFormat`; `CSV` if left out.
    pub full_data_format: Option<BackupSetDataFormat>,
    /// Format of incremental backups, `IncrementDataFormat`; `Native` if left out.
    pub increment_data_format: Option<BackupSetDataFormat>,
    /// Idempotency token, `ClientToken`; random for each call if left out.
    pub client_token: Option<ClientToken>,
}

/// Answer to [`ModifyBackupSetDownloadRules`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ModifyBackupSetDownloadRulesResponse {
    /// The plan, `BackupPlanId`.
    pub backup_plan_id: BackupPlanId,
}

operation! {
    ModifyBackupSetDownloadRules -> ModifyBackupSetDownloadRulesResponse, IdempotentByToken, ram on ANY, limit 10 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, sample};
    use crate::v2019_03_06::types::DownloadTargetLocation;

    #[test]
    fn every_parameter() {
        let request = ModifyBackupSetDownloadRules::builder()
            .backup_plan_id("dbs1".parse().unwrap())
            .auto_download(AutoDownload::To(DownloadTargetLocation::Minio))
            .backup_gateway_id(160_813.into())
            .backup_set_download_dir("/data")
            .backup_set_download_target_type(DownloadTargetType::Agent)
            .full_data_format(BackupSetDataFormat::Sql)
            .increment_data_format(BackupSetDataFormat::Native)
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(
            &request,
            &[
                ("BackupGatewayId", "160813"),
                ("BackupPlanId", "dbs1"),
                ("BackupSetDownloadDir", "/data"),
                ("BackupSetDownloadTargetType", "agent"),
                ("BackupSetDownloadTargetTypeLocation", "minio"),
                ("ClientToken", "t-1"),
                ("FullDataFormat", "SQL"),
                ("IncrementDataFormat", "Native"),
                ("OpenAutoDownload", "true"),
            ],
        );
    }

    #[test]
    fn sample_answer() {
        let answer = sample::<ModifyBackupSetDownloadRules>(include_str!(
            "../../../../tests/data/samples/ModifyBackupSetDownloadRules.json"
        ));
        assert_eq!(answer.backup_plan_id.as_str(), "dbstooi01exmp");
    }
}
