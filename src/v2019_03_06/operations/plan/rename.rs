//! `ModifyBackupPlanName`: renames a plan.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::ClientToken;
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::BackupPlanId;

/// Gives a plan another name.
///
/// RAM: `dbs:ModifyBackupPlanName` on the plan. Limit: 10 calls a second per account. Sent again
/// with the same client token it runs once.
///
/// Source of names, values and limits: the operation's page.
///
/// # Errors
///
/// `Request.Forbidden` (no RAM permission), `Param.NotFound` (a parameter is missing or unknown).
///
/// ```
/// use aliyun_dbs::operations::ModifyBackupPlanName;
///
/// let request = ModifyBackupPlanName::builder()
///     .backup_plan_id("dbstooi01exmp".parse()?)
///     .backup_plan_name("orders-nightly")
///     .build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct ModifyBackupPlanName {
    /// The plan, `BackupPlanId`.
    pub backup_plan_id: BackupPlanId,
    /// The new name, `BackupPlanName`.
    pub backup_plan_name: String,
    /// Idempotency token, `ClientToken`; random for each call if left out.
    pub client_token: Option<ClientToken>,
}

/// Answer to [`ModifyBackupPlanName`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ModifyBackupPlanNameResponse {
    /// The plan, `BackupPlanId`.
    pub backup_plan_id: BackupPlanId,
}

operation! {
    ModifyBackupPlanName -> ModifyBackupPlanNameResponse, IdempotentByToken, ram on PLAN, limit 10 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, sample};

    #[test]
    fn every_parameter() {
        let request = ModifyBackupPlanName::builder()
            .backup_plan_id("dbs1".parse().unwrap())
            .backup_plan_name("orders nightly")
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(
            &request,
            &[
                ("BackupPlanId", "dbs1"),
                ("BackupPlanName", "orders nightly"),
                ("ClientToken", "t-1"),
            ],
        );
    }

    #[test]
    fn sample_answer() {
        let answer = sample::<ModifyBackupPlanName>(include_str!(
            "../../../../tests/data/samples/ModifyBackupPlanName.json"
        ));
        assert_eq!(answer.backup_plan_id.as_str(), "dbstooi01exmp");
    }
}
