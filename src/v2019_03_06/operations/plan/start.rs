//! `StartBackupPlan`: starts a plan whose pre-check passed.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, lenient};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::{BackupPlanId, BackupSetId};

/// Starts a plan whose pre-check passed, or goes on with one that was paused; a full backup is
/// queued at once.
///
/// RAM: `dbs:StartBackupPlan` on the plan. Limit: 10 calls in 60 seconds per account. Sent again
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
/// use aliyun_dbs::operations::StartBackupPlan;
///
/// let request = StartBackupPlan::builder().backup_plan_id("dbsqdss5tmhx".parse()?).build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct StartBackupPlan {
    /// The plan, `BackupPlanId`.
    pub backup_plan_id: BackupPlanId,
    /// Idempotency token, `ClientToken`; random for each call if left out.
    pub client_token: Option<ClientToken>,
}

/// Answer to [`StartBackupPlan`].
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct StartBackupPlanResponse {
    /// The plan, `BackupPlanId`.
    pub backup_plan_id: BackupPlanId,
    /// The full backup that this start queues, `CreatedFullBackupsetId`.
    #[serde(rename = "CreatedFullBackupsetId", default, deserialize_with = "lenient::optional")]
    pub created_full_backup_set_id: Option<BackupSetId>,
}

operation! {
    StartBackupPlan -> StartBackupPlanResponse, IdempotentByToken, ram on PLAN, limit 10 per 60 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, sample};

    #[test]
    fn every_parameter() {
        let request = StartBackupPlan::builder()
            .backup_plan_id("dbs1".parse().unwrap())
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(&request, &[("BackupPlanId", "dbs1"), ("ClientToken", "t-1")]);
    }

    #[test]
    fn sample_answer() {
        let answer = sample::<StartBackupPlan>(include_str!(
            "../../../../tests/data/samples/StartBackupPlan.json"
        ));
        assert_eq!(answer.backup_plan_id.as_str(), "dbsqdss5tmhx");
        assert_eq!(answer.created_full_backup_set_id.unwrap().as_str(), "1h7toien3exm");
    }
}
