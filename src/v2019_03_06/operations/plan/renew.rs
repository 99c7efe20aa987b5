//! `RenewBackupPlan`: extends the subscription of a plan.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, lenient};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::{BackupPlanId, OrderId, Period};

/// Extends the subscription of a plan by a term.
///
/// It costs money. Sent twice with one client token it renews once, and the client gives each call
/// a token, so its retries are safe. Pages disagree whether a term of years ends at 5 or at 9; the
/// service may refuse 6 to 9.
///
/// RAM: `dbs:RenewBackupPlan` on the plan. Limit: 10 calls a second per account. Sent again with
/// the same client token it runs once.
///
/// Source of names, values and limits: the operation's page.
///
/// # Errors
///
/// `Request.Forbidden` (no RAM permission), `Param.NotFound` (a parameter is missing or unknown).
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
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct RenewBackupPlan {
    /// The plan, `BackupPlanId`.
    pub backup_plan_id: BackupPlanId,
    /// How much longer. Wire: `Period`, `UsedTime`.
    #[serde(flatten)]
    pub period: Period,
    /// Idempotency token, `ClientToken`; random for each call if left out.
    pub client_token: Option<ClientToken>,
}

/// Answer to [`RenewBackupPlan`].
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct RenewBackupPlanResponse {
    /// The plan, `BackupPlanId`.
    pub backup_plan_id: BackupPlanId,
    /// The order, `OrderId`; a number on the 2020 page, text today.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub order_id: Option<OrderId>,
}

operation! {
    RenewBackupPlan -> RenewBackupPlanResponse, IdempotentByToken, ram on PLAN, limit 10 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, sample};

    #[test]
    fn every_parameter() {
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
    fn sample_answer() {
        let answer = sample::<RenewBackupPlan>(include_str!(
            "../../../../tests/data/samples/RenewBackupPlan.json"
        ));
        assert_eq!(answer.backup_plan_id.as_str(), "dbstooi01exmp");
        assert_eq!(answer.order_id.unwrap().as_str(), "202020202020");
    }
}
