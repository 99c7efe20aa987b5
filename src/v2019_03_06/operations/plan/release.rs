//! `ReleaseBackupPlan`: releases a pay-as-you-go plan.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, informational};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::BackupPlanId;

/// Releases a pay-as-you-go plan, which ends its charges.
///
/// [`DescribeBackupPlanList`] no longer lists a released plan;
/// [`PlanReleased`](crate::wait::PlanReleased) waits until it does not.
///
/// It is the counterpart of [`CreateBackupPlan`] with
/// [`Billing::PayAsYouGo`](crate::types::Billing::PayAsYouGo). To pause a plan and keep it, use
/// [`StopBackupPlan`]. [`DescribeBackupPlanBilling`] returns how a plan is paid.
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
/// `dbs:ReleaseBackupPlan` on `acs:dbs:{#regionId}:{#accountId}:backupplan/{#BackupPlanId}`.
///
/// # Errors
///
/// | code | cause | what to do |
/// | --- | --- | --- |
/// | `OperationDenied.JobStatus` | The status of the plan does not allow it. | Check the status with [`DescribeBackupPlanList`]. |
/// | `Param.NotFound` | A parameter is missing or has an unknown value. | Compare the values with the vendor's page. |
///
/// Every operation can also fail with the [common errors](crate::operations#errors).
///
/// # Examples
///
/// ```no_run
/// # async fn example(client: aliyun_dbs::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use aliyun_dbs::operations::ReleaseBackupPlan;
/// use aliyun_dbs::types::BackupPlanId;
/// use aliyun_dbs::wait::PlanReleased;
///
/// let plan: BackupPlanId = "dbstooi01exmp".parse()?;
/// client.send(ReleaseBackupPlan::builder().backup_plan_id(plan.clone()).build()).await?;
/// client.wait_for(PlanReleased::new(plan)).await?;
/// # Ok(()) }
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2019-03-06-releasebackupplan).
/// The error list of the product has `OperationDenied.JobStatus` (HTTP status 200); it is inferred
/// that this operation sends it, and that released plans are not listed.
///
/// [`CreateBackupPlan`]: crate::operations::CreateBackupPlan
/// [`DescribeBackupPlanBilling`]: crate::operations::DescribeBackupPlanBilling
/// [`DescribeBackupPlanList`]: crate::operations::DescribeBackupPlanList
/// [`StopBackupPlan`]: crate::operations::StopBackupPlan
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct ReleaseBackupPlan {
    /// The id of the plan. Required.
    pub backup_plan_id: BackupPlanId,
    /// The [idempotency token](crate::operations#idempotency). Optional; defaults to a random
    /// token for each call.
    pub client_token: Option<ClientToken>,
}

/// The response to [`ReleaseBackupPlan`].
#[serde_with::apply(Option => #[serde(default, deserialize_with = "informational::field")])]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ReleaseBackupPlanResponse {
    /// The id of the released plan.
    pub backup_plan_id: Option<BackupPlanId>,
}

operation! {
    ReleaseBackupPlan -> ReleaseBackupPlanResponse, IdempotentByToken, ram on PLAN, limit 10 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};

    #[test]
    fn sends_every_parameter() {
        let request = ReleaseBackupPlan::builder()
            .backup_plan_id("dbs1".parse().unwrap())
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(&request, &[("BackupPlanId", "dbs1"), ("ClientToken", "t-1")]);
    }

    #[test]
    fn decodes_sample_response() {
        let response = decode_sample::<ReleaseBackupPlan>(include_str!(
            "../../../fake/samples/2019-03-06/ReleaseBackupPlan.json"
        ));
        assert_eq!(response.backup_plan_id.unwrap().as_str(), "dbstooi01exmp");
    }
}
