//! `EnableBackupLog`: switches log backup on.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, lenient};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::BackupPlanId;

/// Switches log backup on: a plan with it can be restored to any moment.
///
/// The answer says whether a new pre-check runs; if so, start the plan again once it has passed.
///
/// RAM: `dbs:EnableBackupLog` on `*`. Limit: 10 calls a second per account. Sent again with the
/// same client token it runs once.
///
/// Source of names, values and limits: the operation's page.
///
/// # Errors
///
/// `OperationDenied.JobStatus` (not in the plan's present state), `Request.Forbidden` (no RAM
/// permission), `Param.NotFound` (a parameter is missing or unknown).
///
/// ```
/// use aliyun_dbs::operations::EnableBackupLog;
///
/// let request = EnableBackupLog::builder().backup_plan_id("dbstooi01exmp".parse()?).build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct EnableBackupLog {
    /// The plan, `BackupPlanId`.
    pub backup_plan_id: BackupPlanId,
    /// Whether binlogs are backed up with a physical MySQL backup,
    /// `EnableMysqlPhysicalBackupBinlog`; text on the wire. Known from the vendor's SDK, not
    /// documented.
    #[serde(default, with = "lenient::as_text")]
    pub enable_mysql_physical_backup_binlog: Option<bool>,
    /// Idempotency token, `ClientToken`; random for each call if left out.
    pub client_token: Option<ClientToken>,
}

/// Answer to [`EnableBackupLog`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct EnableBackupLogResponse {
    /// The plan, `BackupPlanId`.
    pub backup_plan_id: BackupPlanId,
    /// Whether a new pre-check runs, `NeedPrecheck`; if so, start the plan again once it has
    /// passed.
    #[serde(deserialize_with = "lenient::required")]
    pub need_precheck: bool,
}

operation! {
    EnableBackupLog -> EnableBackupLogResponse, IdempotentByToken, ram on ANY, limit 10 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, sample};

    #[test]
    fn every_parameter() {
        let request = EnableBackupLog::builder()
            .backup_plan_id("dbs1".parse().unwrap())
            .enable_mysql_physical_backup_binlog(true)
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(
            &request,
            &[
                ("BackupPlanId", "dbs1"),
                ("ClientToken", "t-1"),
                ("EnableMysqlPhysicalBackupBinlog", "true"),
            ],
        );
    }

    #[test]
    fn sample_answer() {
        let answer = sample::<EnableBackupLog>(include_str!(
            "../../../../tests/data/samples/EnableBackupLog.json"
        ));
        assert_eq!(answer.backup_plan_id.as_str(), "dbstooi01exmp");
        assert!(answer.need_precheck);
    }
}
