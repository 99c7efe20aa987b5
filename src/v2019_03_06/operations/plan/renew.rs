//! `RenewBackupPlan`: extends the subscription of a plan.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, informational};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::{BackupPlanId, OrderId, Period};

/// Extends the subscription of a plan by a period.
///
/// The renewal costs money: it places an order for the period.
///
/// Use it before the subscription ends; [`DescribeBackupPlanBilling`] returns its end. A
/// pay-as-you-go plan has no subscription and runs until [`ReleaseBackupPlan`] ends it.
/// [`UpgradeBackupPlan`] buys a larger class instead of more time.
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
/// `dbs:RenewBackupPlan` on `acs:dbs:{#regionId}:{#accountId}:backupplan/{#BackupPlanId}`.
///
/// # Errors
///
/// Only the [common errors](crate::operations#errors) are documented.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::Period;
/// use aliyun_dbs::operations::RenewBackupPlan;
///
/// let request = RenewBackupPlan::builder()
///     .backup_plan_id("dbstooi01exmp".parse()?)
///     .period(Period::years::<1>())
///     .build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2019-03-06-renewbackupplan);
/// in its edition of 2020, `OrderId` is a number, and an older Chinese edition names no RAM action.
///
/// [`DescribeBackupPlanBilling`]: crate::operations::DescribeBackupPlanBilling
/// [`ReleaseBackupPlan`]: crate::operations::ReleaseBackupPlan
/// [`UpgradeBackupPlan`]: crate::operations::UpgradeBackupPlan
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct RenewBackupPlan {
    /// The id of the plan. Required.
    pub backup_plan_id: BackupPlanId,
    /// How long to extend the subscription. Required.
    ///
    /// The vendor's English page allows 1 to 9 years and the Chinese page 1 to 5, so the service may
    /// reject 6 to 9 years.
    ///
    /// Wire names: `Period`, `UsedTime`.
    #[doc(alias = "UsedTime")]
    #[serde(flatten)]
    pub period: Period,
    /// The [idempotency token](crate::operations#idempotency). Optional; defaults to a random
    /// token for each call.
    pub client_token: Option<ClientToken>,
}

/// The response to [`RenewBackupPlan`].
#[serde_with::apply(Option => #[serde(default, deserialize_with = "informational::field")])]
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct RenewBackupPlanResponse {
    /// The id of the plan.
    pub backup_plan_id: Option<BackupPlanId>,
    /// The id of the order. `None` if the response does not name one.
    ///
    /// The service sends a number or a string.
    pub order_id: Option<OrderId>,
}

operation! {
    RenewBackupPlan -> RenewBackupPlanResponse, IdempotentByToken, ram on PLAN, limit 10 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};

    #[test]
    fn sends_every_parameter() {
        let request = RenewBackupPlan::builder()
            .backup_plan_id("dbs1".parse().unwrap())
            .period(Period::months::<6>())
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(
            &request,
            &[
                ("BackupPlanId", "dbs1"),
                ("ClientToken", "t-1"),
                ("Period", "Month"),
                ("UsedTime", "6"),
            ],
        );
    }

    #[test]
    fn decodes_sample_response() {
        let response = decode_sample::<RenewBackupPlan>(include_str!(
            "../../../fake/samples/2019-03-06/RenewBackupPlan.json"
        ));
        assert_eq!(response.backup_plan_id.unwrap().as_str(), "dbstooi01exmp");
        assert_eq!(response.order_id.unwrap().as_str(), "202020202020");
    }
}
