//! `ModifyBackupObjects`: replaces the databases and tables that a plan backs up.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, informational};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::{BackupObjects, BackupPlanId};

/// Replaces the databases and tables that a plan backs up.
///
/// The new list replaces the old one completely.
///
/// If the response sets [`need_precheck`](ModifyBackupObjectsResponse::need_precheck), the service
/// runs a new pre-check: wait for it with [`PreCheckPassed::started_after`], then call
/// [`StartBackupPlan`] again. Otherwise the change is in effect (inferred).
///
/// [`ConfigureBackupPlan`] sets the initial list, and [`DescribeBackupPlanList`] returns the
/// current one. To back up another database server, call [`ModifyBackupSourceEndpoint`].
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
/// `dbs:ModifyBackupObjects` on `*`.
///
/// # Errors
///
/// | code | cause | what to do |
/// | --- | --- | --- |
/// | `InvalidParameter` | The objects do not fit the plan. | Compare them with the databases and tables of the source. |
/// | `OperationDenied.JobStatus` | The status of the plan does not allow the change. | Check the status with [`DescribeBackupPlanList`], then call again. |
///
/// Every operation can also fail with the [common errors](crate::operations#errors).
///
/// # Examples
///
/// ```
/// use aliyun_dbs::operations::ModifyBackupObjects;
/// use aliyun_dbs::types::BackupObject;
///
/// let request = ModifyBackupObjects::builder()
///     .backup_plan_id("dbs1h0exusfa".parse()?)
///     .backup_objects(BackupObject::database("orders").exclude_table("item_tmp"))
///     .build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2019-03-06-modifybackupobjects).
/// The error list of the product has `OperationDenied.JobStatus` (HTTP status 200); it is inferred
/// that this operation sends it.
///
/// [`ConfigureBackupPlan`]: crate::operations::ConfigureBackupPlan
/// [`DescribeBackupPlanList`]: crate::operations::DescribeBackupPlanList
/// [`ModifyBackupSourceEndpoint`]: crate::operations::ModifyBackupSourceEndpoint
/// [`PreCheckPassed::started_after`]: crate::wait::PreCheckPassed::started_after
/// [`StartBackupPlan`]: crate::operations::StartBackupPlan
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct ModifyBackupObjects {
    /// The id of the plan. Required.
    pub backup_plan_id: BackupPlanId,
    /// The databases and tables to back up. Required.
    ///
    /// A JSON array in a string on the wire.
    #[builder(into)]
    pub backup_objects: BackupObjects,
    /// The [idempotency token](crate::operations#idempotency). Optional; defaults to a random token
    /// for each call.
    pub client_token: Option<ClientToken>,
}

/// The response to [`ModifyBackupObjects`].
#[serde_with::apply(Option => #[serde(default, deserialize_with = "informational::field")])]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ModifyBackupObjectsResponse {
    /// The id of the plan.
    pub backup_plan_id: Option<BackupPlanId>,
    /// Whether the service runs a new pre-check. If so, call
    /// [`StartBackupPlan`](crate::operations::StartBackupPlan) again once it has passed.
    pub need_precheck: Option<bool>,
}

operation! {
    ModifyBackupObjects -> ModifyBackupObjectsResponse, IdempotentByToken, ram on ANY, limit 10 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};
    use crate::v2019_03_06::types::BackupObject;

    #[test]
    fn sends_every_parameter() {
        let request = ModifyBackupObjects::builder()
            .backup_plan_id("dbs1".parse().unwrap())
            .backup_objects(BackupObject::database("orders"))
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(
            &request,
            &[
                ("BackupObjects", r#"[{"DBName":"orders"}]"#),
                ("BackupPlanId", "dbs1"),
                ("ClientToken", "t-1"),
            ],
        );
    }

    #[test]
    fn decodes_sample_response() {
        let response = decode_sample::<ModifyBackupObjects>(include_str!(
            "../../../fake/samples/2019-03-06/ModifyBackupObjects.json"
        ));
        assert_eq!(response.backup_plan_id.unwrap().as_str(), "dbs1h0exusfa");
        assert_eq!(response.need_precheck, Some(true));
    }
}
