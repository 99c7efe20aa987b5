//! `ReleaseBackupPlan`: gives up a pay-as-you-go plan.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::ClientToken;
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::BackupPlanId;

/// Gives up a pay-as-you-go plan, and ends its charges. The plan leaves the list.
///
/// RAM: `dbs:ReleaseBackupPlan` on the plan. Limit: 10 calls a second per account. Sent again with
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
/// use aliyun_dbs::operations::ReleaseBackupPlan;
///
/// let request = ReleaseBackupPlan::builder().backup_plan_id("dbstooi01exmp".parse()?).build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct ReleaseBackupPlan {
    /// The plan, `BackupPlanId`.
    pub backup_plan_id: BackupPlanId,
    /// Idempotency token, `ClientToken`; random for each call if left out.
    pub client_token: Option<ClientToken>,
}

/// Answer to [`ReleaseBackupPlan`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ReleaseBackupPlanResponse {
    /// The plan, `BackupPlanId`.
    pub backup_plan_id: BackupPlanId,
}

operation! {
    ReleaseBackupPlan -> ReleaseBackupPlanResponse, IdempotentByToken, ram on PLAN, limit 10 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, sample};

    #[test]
    fn every_parameter() {
        let request = ReleaseBackupPlan::builder()
            .backup_plan_id("dbs1".parse().unwrap())
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(&request, &[("BackupPlanId", "dbs1"), ("ClientToken", "t-1")]);
    }

    #[test]
    fn sample_answer() {
        let answer = sample::<ReleaseBackupPlan>(include_str!(
            "../../../../tests/data/samples/ReleaseBackupPlan.json"
        ));
        assert_eq!(answer.backup_plan_id.as_str(), "dbstooi01exmp");
    }
}
