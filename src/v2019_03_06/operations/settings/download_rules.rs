//! `ModifyBackupSetDownloadRules`: sets the rules for the automatic download of backup sets.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, informational, lenient};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::{
    AutoDownload, BackupGatewayId, BackupPlanId, BackupSetDataFormat, DownloadTargetType,
    auto_download,
};

/// Sets the rules for the automatic download of backup sets.
///
/// With the rules enabled, the service downloads the backup sets of a plan to a server that runs a
/// backup gateway. Only plans that store their backups in a bucket of DBS
/// ([`BackupStorage::System`], `system` on the wire) have download rules. The change needs no new
/// pre-check.
///
/// [`DescribeBackupGatewayList`] lists the gateways, and [`DescribeBackupSetDownloadTaskList`]
/// lists the downloads that the rules start. To download one backup set, call
/// [`CreateFullBackupSetDownload`] or [`CreateIncrementBackupSetDownload`].
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
/// `dbs:ModifyBackupSetDownloadRules` on `*`.
///
/// # Errors
///
/// | code | cause | what to do |
/// | --- | --- | --- |
/// | `OperationDenied.JobStatus` | The status of the plan does not allow the change. | Check the status with [`DescribeBackupPlanList`], then call again. |
/// | `Param.NotFound` | A parameter is missing or has an unknown value. | Compare the values with the vendor's page. |
///
/// Every operation can also fail with the [common errors](crate::operations#errors).
///
/// # Examples
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
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2019-03-06-modifybackupsetdownloadrules);
/// the default of the target type is from its Chinese edition. The error list of the product has
/// `OperationDenied.JobStatus` (HTTP status 200); it is inferred that this operation sends it.
///
/// [`BackupStorage::System`]: crate::types::BackupStorage::System
/// [`CreateFullBackupSetDownload`]: crate::operations::CreateFullBackupSetDownload
/// [`CreateIncrementBackupSetDownload`]: crate::operations::CreateIncrementBackupSetDownload
/// [`DescribeBackupGatewayList`]: crate::operations::DescribeBackupGatewayList
/// [`DescribeBackupPlanList`]: crate::operations::DescribeBackupPlanList
/// [`DescribeBackupSetDownloadTaskList`]: crate::operations::DescribeBackupSetDownloadTaskList
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct ModifyBackupSetDownloadRules {
    /// The id of the plan. Required.
    pub backup_plan_id: BackupPlanId,
    /// Whether the service downloads backup sets automatically, and to which kind of store.
    /// Optional; defaults to [`AutoDownload::Off`](crate::types::AutoDownload::Off).
    ///
    /// Wire names: `OpenAutoDownload`, `BackupSetDownloadTargetTypeLocation`.
    #[doc(alias = "OpenAutoDownload")]
    #[doc(alias = "BackupSetDownloadTargetTypeLocation")]
    #[serde(flatten, deserialize_with = "auto_download::optional")]
    pub auto_download: Option<AutoDownload>,
    /// The numeric id of the backup gateway that receives the downloads. Optional.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_gateway_id: Option<BackupGatewayId>,
    /// The directory on the server of the gateway. Optional.
    pub backup_set_download_dir: Option<String>,
    /// The kind of server that receives the downloads. Optional; defaults to `agent`, the only
    /// published value.
    pub backup_set_download_target_type: Option<DownloadTargetType>,
    /// The format of downloaded full backups. Optional; defaults to `CSV`.
    pub full_data_format: Option<BackupSetDataFormat>,
    /// The format of downloaded incremental backups. Optional; defaults to `Native`.
    pub increment_data_format: Option<BackupSetDataFormat>,
    /// The [idempotency token](crate::operations#idempotency). Optional; defaults to a random token
    /// for each call.
    pub client_token: Option<ClientToken>,
}

/// The response to [`ModifyBackupSetDownloadRules`].
#[serde_with::apply(Option => #[serde(default, deserialize_with = "informational::field")])]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ModifyBackupSetDownloadRulesResponse {
    /// The id of the plan.
    pub backup_plan_id: Option<BackupPlanId>,
}

operation! {
    ModifyBackupSetDownloadRules -> ModifyBackupSetDownloadRulesResponse, IdempotentByToken, ram on ANY, limit 10 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};
    use crate::v2019_03_06::types::DownloadTargetLocation;

    #[test]
    fn sends_every_parameter() {
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
    fn decodes_sample_response() {
        let response = decode_sample::<ModifyBackupSetDownloadRules>(include_str!(
            "../../../fake/samples/2019-03-06/ModifyBackupSetDownloadRules.json"
        ));
        assert_eq!(response.backup_plan_id.unwrap().as_str(), "dbstooi01exmp");
    }
}
