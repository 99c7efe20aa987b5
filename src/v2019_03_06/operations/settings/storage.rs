//! `ModifyStorageStrategy`: changes how long backups are kept, and where.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, lenient};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::{BackupPlanId, StorageEncryptMethod, StorageLifecycle};

/// Changes how long backups are kept, and when they move to cheaper storage.
///
/// The answer says whether a new pre-check runs; if so, start the plan again once it has passed.
///
/// RAM: `dbs:ModifyStorageStrategy` on `*`. Limit: 10 calls a second per account. Sent again with
/// the same client token it runs once.
///
/// Source of names, values and limits: the operation's page.
///
/// # Errors
///
/// `OperationDenied.JobStatus` (not in the plan's present state), `Request.Forbidden` (no RAM
/// permission), `Param.NotFound` (a parameter is missing or unknown).
///
/// ```
/// use aliyun_dbs::operations::ModifyStorageStrategy;
/// use aliyun_dbs::types::StorageLifecycle;
///
/// let request = ModifyStorageStrategy::builder()
///     .backup_plan_id("dbsqdss5tmhx".parse()?)
///     .lifecycle(StorageLifecycle::of::<180, 365, 730>())
///     .build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct ModifyStorageStrategy {
    /// The plan, `BackupPlanId`.
    pub backup_plan_id: BackupPlanId,
    /// When full backups move, and when they go. Wire: `DuplicationInfrequentAccessPeriod`,
    /// `DuplicationArchivePeriod`, `BackupRetentionPeriod`.
    #[serde(flatten)]
    pub lifecycle: StorageLifecycle,
    /// Encryption of backups at rest, `BackupStorageEncryptMethod`. Known from the vendor's SDK,
    /// not documented.
    pub backup_storage_encrypt_method: Option<StorageEncryptMethod>,
    /// Days that incremental backups are kept, `IncrementBackupRetentionPeriod`; text on the wire.
    /// Known from the vendor's SDK, not documented.
    #[serde(default, with = "lenient::as_text")]
    pub increment_backup_retention_period: Option<u32>,
    /// Days until incremental backups move to infrequent-access storage,
    /// `IncrementDuplicationInfrequentAccessPeriod`; text on the wire. Known from the vendor's SDK,
    /// not documented.
    #[serde(default, with = "lenient::as_text")]
    pub increment_duplication_infrequent_access_period: Option<u32>,
    /// Days until incremental backups move to archive storage, `IncrementDuplicationArchivePeriod`;
    /// text on the wire. Known from the vendor's SDK, not documented.
    #[serde(default, with = "lenient::as_text")]
    pub increment_duplication_archive_period: Option<u32>,
    /// Days that log backups are kept, `LogBackupRetentionPeriod`; text on the wire. Known from the
    /// vendor's SDK, not documented.
    #[serde(default, with = "lenient::as_text")]
    pub log_backup_retention_period: Option<u32>,
    /// Days until log backups move to infrequent-access storage,
    /// `LogDuplicationInfrequentAccessPeriod`; text on the wire. Known from the vendor's SDK, not
    /// documented.
    #[serde(default, with = "lenient::as_text")]
    pub log_duplication_infrequent_access_period: Option<u32>,
    /// Days until log backups move to archive storage, `LogDuplicationArchivePeriod`; text on the
    /// wire. Known from the vendor's SDK, not documented.
    #[serde(default, with = "lenient::as_text")]
    pub log_duplication_archive_period: Option<u32>,
    /// Idempotency token, `ClientToken`; random for each call if left out.
    pub client_token: Option<ClientToken>,
}

/// Answer to [`ModifyStorageStrategy`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ModifyStorageStrategyResponse {
    /// The plan, `BackupPlanId`.
    pub backup_plan_id: BackupPlanId,
    /// Whether a new pre-check runs, `NeedPrecheck`; if so, start the plan again once it has
    /// passed.
    #[serde(deserialize_with = "lenient::required")]
    pub need_precheck: bool,
}

operation! {
    ModifyStorageStrategy -> ModifyStorageStrategyResponse, IdempotentByToken, ram on ANY, limit 10 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, sample};

    #[test]
    fn every_parameter() {
        let request = ModifyStorageStrategy::builder()
            .backup_plan_id("dbs1".parse().unwrap())
            .lifecycle(StorageLifecycle::of::<30, 90, 365>())
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
    fn sample_answer() {
        let answer = sample::<ModifyStorageStrategy>(include_str!(
            "../../../../tests/data/samples/ModifyStorageStrategy.json"
        ));
        assert_eq!(answer.backup_plan_id.as_str(), "dbsqdss5tmhx");
        assert!(!answer.need_precheck);
    }
}
