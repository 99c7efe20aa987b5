//! `UpgradeBackupPlan`: moves a plan to a larger class.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, lenient};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::{BackupPlanId, InstanceClass, OrderId};

/// Moves a plan to a larger class.
///
/// It costs money. Sent twice with one client token it upgrades once, and the client gives each
/// call a token, so its retries are safe.
///
/// RAM: `dbs:UpgradeBackupPlan` on the plan. Limit: 10 calls a second per account. Sent again with
/// the same client token it runs once.
///
/// Source of names, values and limits: the operation's page.
///
/// # Errors
///
/// `Request.Forbidden` (no RAM permission), `Param.NotFound` (a parameter is missing or unknown).
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
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct UpgradeBackupPlan {
    /// The plan, `BackupPlanId`.
    pub backup_plan_id: BackupPlanId,
    /// The class that the plan shall have, `InstanceClass`.
    pub instance_class: InstanceClass,
    /// Idempotency token, `ClientToken`; random for each call if left out.
    pub client_token: Option<ClientToken>,
}

/// Answer to [`UpgradeBackupPlan`].
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct UpgradeBackupPlanResponse {
    /// The plan, `BackupPlanId`.
    pub backup_plan_id: BackupPlanId,
    /// The order, `OrderId`; a number on the 2020 page, text today.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub order_id: Option<OrderId>,
}

operation! {
    UpgradeBackupPlan -> UpgradeBackupPlanResponse, IdempotentByToken, ram on PLAN, limit 10 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, sample};

    #[test]
    fn every_parameter() {
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
    fn sample_answer() {
        let answer = sample::<UpgradeBackupPlan>(include_str!(
            "../../../../tests/data/samples/UpgradeBackupPlan.json"
        ));
        assert_eq!(answer.backup_plan_id.as_str(), "dbstooi01exmp");
        assert_eq!(answer.order_id.unwrap().as_str(), "205615700456");
    }
}
