//! `ModifyStorageStrategy`: changes how long backups are kept, and in which storage class.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, informational, lenient};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::{BackupPlanId, StorageEncryptMethod, StorageLifecycle};

/// Changes how long the service keeps backups, and in which storage class.
///
/// Backups move to infrequent-access storage, then to archive storage, and are deleted at the end
/// of their retention.
///
/// If the response sets [`need_precheck`](ModifyStorageStrategyResponse::need_precheck), the
/// service runs a new pre-check: wait for it with [`PreCheckPassed::started_after`], then call
/// [`StartBackupPlan`] again. Otherwise the change is in effect (inferred).
///
/// [`ConfigureBackupPlan`] sets the initial values. The items of [`DescribeFullBackupList`] and
/// [`DescribeIncrementBackupList`] show the storage class and the time of deletion of each backup.
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
/// `dbs:ModifyStorageStrategy` on `*`.
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
/// use aliyun_dbs::operations::ModifyStorageStrategy;
/// use aliyun_dbs::types::storage_lifecycle;
///
/// let request = ModifyStorageStrategy::builder()
///     .backup_plan_id("dbsqdss5tmhx".parse()?)
///     .lifecycle(storage_lifecycle!(180, 365, 730))
///     .build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2019-03-06-modifystoragestrategy).
/// The error list of the product has `OperationDenied.JobStatus` (HTTP status 200); it is inferred
/// that this operation sends it.
///
/// [`ConfigureBackupPlan`]: crate::operations::ConfigureBackupPlan
/// [`DescribeBackupPlanList`]: crate::operations::DescribeBackupPlanList
/// [`DescribeFullBackupList`]: crate::operations::DescribeFullBackupList
/// [`DescribeIncrementBackupList`]: crate::operations::DescribeIncrementBackupList
/// [`PreCheckPassed::started_after`]: crate::wait::PreCheckPassed::started_after
/// [`StartBackupPlan`]: crate::operations::StartBackupPlan
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct ModifyStorageStrategy {
    /// The id of the plan. Required.
    pub backup_plan_id: BackupPlanId,
    /// The numbers of days until full backups change their storage class and are deleted. Required.
    ///
    /// The vendor's page requires all three numbers, but also documents defaults of 180, 365 and
    /// 730 days.
    ///
    /// Wire names: `DuplicationInfrequentAccessPeriod`, `DuplicationArchivePeriod`,
    /// `BackupRetentionPeriod`.
    #[doc(alias = "DuplicationInfrequentAccessPeriod")]
    #[doc(alias = "DuplicationArchivePeriod")]
    #[doc(alias = "BackupRetentionPeriod")]
    #[serde(flatten)]
    pub lifecycle: StorageLifecycle,
    /// The encryption of stored backups. Optional; the only known value is `encrypted`.
    ///
    /// Undocumented; known from the vendor's SDK.
    pub backup_storage_encrypt_method: Option<StorageEncryptMethod>,
    /// The number of days that incremental backups are kept. Optional.
    ///
    /// A string on the wire, such as `365`. Undocumented; known from the vendor's SDK.
    #[serde(default, with = "lenient::as_text")]
    pub increment_backup_retention_period: Option<u32>,
    /// The number of days until incremental backups move to infrequent-access storage. Optional.
    ///
    /// A string on the wire, such as `365`. Undocumented; known from the vendor's SDK.
    #[serde(default, with = "lenient::as_text")]
    pub increment_duplication_infrequent_access_period: Option<u32>,
    /// The number of days until incremental backups move to archive storage. Optional.
    ///
    /// A string on the wire, such as `365`. Undocumented; known from the vendor's SDK.
    #[serde(default, with = "lenient::as_text")]
    pub increment_duplication_archive_period: Option<u32>,
    /// The number of days that log backups are kept. Optional.
    ///
    /// A string on the wire, such as `365`. Undocumented; known from the vendor's SDK.
    #[serde(default, with = "lenient::as_text")]
    pub log_backup_retention_period: Option<u32>,
    /// The number of days until log backups move to infrequent-access storage. Optional.
    ///
    /// A string on the wire, such as `365`. Undocumented; known from the vendor's SDK.
    #[serde(default, with = "lenient::as_text")]
    pub log_duplication_infrequent_access_period: Option<u32>,
    /// The number of days until log backups move to archive storage. Optional.
    ///
    /// A string on the wire, such as `365`. Undocumented; known from the vendor's SDK.
    #[serde(default, with = "lenient::as_text")]
    pub log_duplication_archive_period: Option<u32>,
    /// The [idempotency token](crate::operations#idempotency). Optional; defaults to a random token
    /// for each call.
    pub client_token: Option<ClientToken>,
}

/// The response to [`ModifyStorageStrategy`].
#[serde_with::apply(Option => #[serde(default, deserialize_with = "informational::field")])]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ModifyStorageStrategyResponse {
    /// The id of the plan.
    pub backup_plan_id: Option<BackupPlanId>,
    /// Whether the service runs a new pre-check. If so, call
    /// [`StartBackupPlan`](crate::operations::StartBackupPlan) again once it has passed.
    pub need_precheck: Option<bool>,
}

operation! {
    ModifyStorageStrategy -> ModifyStorageStrategyResponse, IdempotentByToken, ram on ANY, limit 10 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};
    use crate::v2019_03_06::types::storage_lifecycle;

    #[test]
    fn sends_every_parameter() {
        let request = ModifyStorageStrategy::builder()
            .backup_plan_id("dbs1".parse().unwrap())
            .lifecycle(storage_lifecycle!(30, 90, 365))
            .backup_storage_encrypt_method(StorageEncryptMethod::Encrypted)
            .increment_backup_retention_period(1)
            .increment_duplication_infrequent_access_period(2)
            .increment_duplication_archive_period(3)
            .log_backup_retention_period(4)
            .log_duplication_infrequent_access_period(5)
            .log_duplication_archive_period(6)
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(
            &request,
            &[
                ("BackupPlanId", "dbs1"),
                ("BackupRetentionPeriod", "365"),
                ("BackupStorageEncryptMethod", "encrypted"),
                ("ClientToken", "t-1"),
                ("DuplicationArchivePeriod", "90"),
                ("DuplicationInfrequentAccessPeriod", "30"),
                ("IncrementBackupRetentionPeriod", "1"),
                ("IncrementDuplicationArchivePeriod", "3"),
                ("IncrementDuplicationInfrequentAccessPeriod", "2"),
                ("LogBackupRetentionPeriod", "4"),
                ("LogDuplicationArchivePeriod", "6"),
                ("LogDuplicationInfrequentAccessPeriod", "5"),
            ],
        );
    }

    #[test]
    fn decodes_sample_response() {
        let response = decode_sample::<ModifyStorageStrategy>(include_str!(
            "../../../fake/samples/2019-03-06/ModifyStorageStrategy.json"
        ));
        assert_eq!(response.backup_plan_id.unwrap().as_str(), "dbsqdss5tmhx");
        assert_eq!(response.need_precheck, Some(false));
    }
}
