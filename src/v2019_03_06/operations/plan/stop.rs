//! `StopBackupPlan`: pauses a plan.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::ClientToken;
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::{BackupPlanId, StopMethod};

/// Pauses a plan: its schedule, and with [`StopMethod::All`] its running jobs as well.
///
/// A plan that was stopped reads
/// [`BackupPlanStatus::Pause`](crate::types::BackupPlanStatus::Pause).
///
/// RAM: `dbs:StopBackupPlan` on the plan. Limit: 10 calls a second per account. Sent again with the
/// same client token it runs once.
///
/// Source of names, values and limits: the operation's page.
///
/// # Errors
///
/// `BackupPlanNotStop` (the plan could not be stopped), `OperationDenied.JobStatus` (not in the
/// plan's present state), `Request.Forbidden` (no RAM permission), `Param.NotFound` (a parameter is
/// missing or unknown).
///
/// ```
/// use aliyun_dbs::operations::StopBackupPlan;
/// use aliyun_dbs::types::StopMethod;
///
/// let request = StopBackupPlan::builder()
///     .backup_plan_id("dbs1h0exusfa".parse()?)
///     .stop_method(StopMethod::Plan)
///     .build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct StopBackupPlan {
    /// The plan, `BackupPlanId`.
    pub backup_plan_id: BackupPlanId,
    /// What stops, `StopMethod`.
    pub stop_method: StopMethod,
    /// Idempotency token, `ClientToken`; random for each call if left out.
    pub client_token: Option<ClientToken>,
}

/// Answer to [`StopBackupPlan`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct StopBackupPlanResponse {
    /// The plan, `BackupPlanId`.
    pub backup_plan_id: BackupPlanId,
}

operation! {
    StopBackupPlan -> StopBackupPlanResponse, IdempotentByToken, ram on PLAN, limit 10 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, sample};

    #[test]
    fn every_parameter() {
        let request = StopBackupPlan::builder()
            .backup_plan_id("dbs1".parse().unwrap())
            .stop_method(StopMethod::All)
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(
            &request,
            &[("BackupPlanId", "dbs1"), ("ClientToken", "t-1"), ("StopMethod", "ALL")],
        );
    }

    #[test]
    fn sample_answer() {
        let answer = sample::<StopBackupPlan>(include_str!(
            "../../../../tests/data/samples/StopBackupPlan.json"
        ));
        assert_eq!(answer.backup_plan_id.as_str(), "dbs1h0exusfa");
    }
}
