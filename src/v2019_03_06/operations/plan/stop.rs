//! `StopBackupPlan`: pauses a plan.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, informational};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::{BackupPlanId, StopMethod};

/// Pauses a plan, and optionally stops its running jobs.
///
/// The status of the plan becomes [`BackupPlanStatus::Pause`]. The status
/// [`Stop`](crate::types::BackupPlanStatus::Stop) means that the plan failed. [`StopMethod::Plan`]
/// pauses the schedule only; [`StopMethod::All`] also stops the full backups, log backups and
/// restores of the plan.
///
/// [`StartBackupPlan`] resumes the plan. To end a pay-as-you-go plan and its charges, use
/// [`ReleaseBackupPlan`].
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
/// `dbs:StopBackupPlan` on `acs:dbs:{#regionId}:{#accountId}:backupplan/{#BackupPlanId}`.
///
/// # Errors
///
/// | code | cause | what to do |
/// | --- | --- | --- |
/// | `BackupPlanNotStop` | The plan could not be stopped. | Check the status of the plan with [`DescribeBackupPlanList`], then call again. |
/// | `OperationDenied.JobStatus` | The status of the plan does not allow it. | Stop a plan only while it runs; check the status with [`DescribeBackupPlanList`]. |
/// | `Param.NotFound` | A parameter is missing or has an unknown value. | Compare the values with the vendor's page. |
///
/// Every operation can also fail with the [common errors](crate::operations#errors).
///
/// # Examples
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
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2019-03-06-stopbackupplan);
/// `BackupPlanNotStop` is from its edition of 2020. The error list of the product has
/// `OperationDenied.JobStatus` (HTTP status 200); it is inferred that this operation sends it.
///
/// [`BackupPlanStatus::Pause`]: crate::types::BackupPlanStatus::Pause
/// [`DescribeBackupPlanList`]: crate::operations::DescribeBackupPlanList
/// [`ReleaseBackupPlan`]: crate::operations::ReleaseBackupPlan
/// [`StartBackupPlan`]: crate::operations::StartBackupPlan
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct StopBackupPlan {
    /// The id of the plan. Required.
    pub backup_plan_id: BackupPlanId,
    /// What to stop: the schedule only, or the running jobs too. Required.
    pub stop_method: StopMethod,
    /// The [idempotency token](crate::operations#idempotency). Optional; defaults to a random
    /// token for each call.
    pub client_token: Option<ClientToken>,
}

/// The response to [`StopBackupPlan`].
#[serde_with::apply(Option => #[serde(default, deserialize_with = "informational::field")])]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct StopBackupPlanResponse {
    /// The id of the plan.
    pub backup_plan_id: Option<BackupPlanId>,
}

operation! {
    StopBackupPlan -> StopBackupPlanResponse, IdempotentByToken, ram on PLAN, limit 10 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};

    #[test]
    fn sends_every_parameter() {
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
    fn decodes_sample_response() {
        let response = decode_sample::<StopBackupPlan>(include_str!(
            "../../../fake/samples/2019-03-06/StopBackupPlan.json"
        ));
        assert_eq!(response.backup_plan_id.unwrap().as_str(), "dbs1h0exusfa");
    }
}
