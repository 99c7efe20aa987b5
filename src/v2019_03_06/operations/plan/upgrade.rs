//! `UpgradeBackupPlan`: upgrades a plan to a larger class.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, informational};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::{BackupPlanId, InstanceClass, OrderId};

/// Upgrades a plan to a larger class.
///
/// The upgrade costs money: it places an order for the larger class.
///
/// Use it when the plan has too little throughput, or has used up the bytes that it includes;
/// [`DescribeBackupPlanBilling`] returns the class and the bytes used. To buy more time instead,
/// use [`RenewBackupPlan`].
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
/// `dbs:UpgradeBackupPlan` on `acs:dbs:{#regionId}:{#accountId}:backupplan/{#BackupPlanId}`.
///
/// # Errors
///
/// Only the [common errors](crate::operations#errors) are documented.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::operations::UpgradeBackupPlan;
/// use aliyun_dbs::types::InstanceClass;
///
/// let request = UpgradeBackupPlan::builder()
///     .backup_plan_id("dbstooi01exmp".parse()?)
///     .instance_class(InstanceClass::Large)
///     .build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2019-03-06-upgradebackupplan);
/// in its edition of 2020, `OrderId` is a number.
///
/// [`DescribeBackupPlanBilling`]: crate::operations::DescribeBackupPlanBilling
/// [`RenewBackupPlan`]: crate::operations::RenewBackupPlan
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct UpgradeBackupPlan {
    /// The id of the plan. Required.
    pub backup_plan_id: BackupPlanId,
    /// The new class of the plan. Required.
    pub instance_class: InstanceClass,
    /// The [idempotency token](crate::operations#idempotency). Optional; defaults to a random
    /// token for each call.
    pub client_token: Option<ClientToken>,
}

/// The response to [`UpgradeBackupPlan`].
#[serde_with::apply(Option => #[serde(default, deserialize_with = "informational::field")])]
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct UpgradeBackupPlanResponse {
    /// The id of the plan.
    pub backup_plan_id: Option<BackupPlanId>,
    /// The id of the order. `None` if the response does not name one.
    ///
    /// The service sends a number or a string.
    pub order_id: Option<OrderId>,
}

operation! {
    UpgradeBackupPlan -> UpgradeBackupPlanResponse, IdempotentByToken, ram on PLAN, limit 10 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};

    #[test]
    fn sends_every_parameter() {
        let request = UpgradeBackupPlan::builder()
            .backup_plan_id("dbs1".parse().unwrap())
            .instance_class(InstanceClass::Xlarge)
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(
            &request,
            &[("BackupPlanId", "dbs1"), ("ClientToken", "t-1"), ("InstanceClass", "xlarge")],
        );
    }

    #[test]
    fn decodes_sample_response() {
        let response = decode_sample::<UpgradeBackupPlan>(include_str!(
            "../../../fake/samples/2019-03-06/UpgradeBackupPlan.json"
        ));
        assert_eq!(response.backup_plan_id.unwrap().as_str(), "dbstooi01exmp");
        assert_eq!(response.order_id.unwrap().as_str(), "205615700456");
    }
}
