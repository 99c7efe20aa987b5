//! `ModifyBackupPlanName`: renames a plan.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, informational};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::BackupPlanId;

/// Renames a plan.
///
/// The id of the plan stays the same. The response has no `NeedPrecheck` flag, unlike those of most
/// other changes, so the plan needs no new pre-check.
///
/// [`ConfigureBackupPlan`] and [`CreateAndStartBackupPlan`] give a plan its first name.
/// [`DescribeBackupPlanList`] finds a plan by its name.
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
/// `dbs:ModifyBackupPlanName` on `acs:dbs:{#regionId}:{#accountId}:backupplan/{#BackupPlanId}`.
///
/// # Errors
///
/// Only the [common errors](crate::operations#errors) are documented.
///
/// # Examples
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
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2019-03-06-modifybackupplanname);
/// it is inferred that no new pre-check is needed.
///
/// [`ConfigureBackupPlan`]: crate::operations::ConfigureBackupPlan
/// [`CreateAndStartBackupPlan`]: crate::operations::CreateAndStartBackupPlan
/// [`DescribeBackupPlanList`]: crate::operations::DescribeBackupPlanList
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct ModifyBackupPlanName {
    /// The id of the plan. Required.
    pub backup_plan_id: BackupPlanId,
    /// The new name of the plan. Required.
    pub backup_plan_name: String,
    /// The [idempotency token](crate::operations#idempotency). Optional; defaults to a random
    /// token for each call.
    pub client_token: Option<ClientToken>,
}

/// The response to [`ModifyBackupPlanName`].
#[serde_with::apply(Option => #[serde(default, deserialize_with = "informational::field")])]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ModifyBackupPlanNameResponse {
    /// The id of the plan.
    pub backup_plan_id: Option<BackupPlanId>,
}

operation! {
    ModifyBackupPlanName -> ModifyBackupPlanNameResponse, IdempotentByToken, ram on PLAN, limit 10 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};

    #[test]
    fn sends_every_parameter() {
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
    fn decodes_sample_response() {
        let response = decode_sample::<ModifyBackupPlanName>(include_str!(
            "../../../fake/samples/2019-03-06/ModifyBackupPlanName.json"
        ));
        assert_eq!(response.backup_plan_id.unwrap().as_str(), "dbstooi01exmp");
    }
}
