//! `StartBackupPlan`: starts a plan whose pre-check has passed.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, informational};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::{BackupPlanId, BackupSetId};

/// Starts a plan whose pre-check has passed, or resumes a paused plan.
///
/// The schedule of the plan becomes active, and the service queues a full backup at once.
/// [`PlanRunning`] waits until the plan runs, [`FullBackupFinished`] until that backup has
/// finished.
///
/// Call it after [`ConfigureBackupPlan`], when the pre-check has passed ([`PreCheckPassed`] waits
/// for that), and after [`StopBackupPlan`], to resume the plan. After a `Modify…` operation whose
/// response has `need_precheck` set, call it again when the new pre-check has passed. A plan with
/// [`BackupSchedule::Manual`] makes a full backup only when you call this operation.
///
/// # Idempotency
///
/// The service runs it [once per client token](crate::operations#idempotency).
///
/// # Limits
///
/// 10 calls per 60 seconds and account.
///
/// # Permissions
///
/// `dbs:StartBackupPlan` on `acs:dbs:{#regionId}:{#accountId}:backupplan/{#BackupPlanId}`.
///
/// # Errors
///
/// | code | cause | what to do |
/// | --- | --- | --- |
/// | `OperationDenied.JobStatus` | The status of the plan does not allow it. | Configure the plan and wait for [`PreCheckPassed`], then call again. |
/// | `Param.NotFound` | A parameter is missing or has an unknown value. | Compare the values with the vendor's page. |
///
/// Every operation can also fail with the [common errors](crate::operations#errors).
///
/// # Examples
///
/// ```
/// use aliyun_dbs::operations::StartBackupPlan;
///
/// let request = StartBackupPlan::builder().backup_plan_id("dbsqdss5tmhx".parse()?).build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2019-03-06-startbackupplan).
/// The error list of the product has `OperationDenied.JobStatus` (HTTP status 200); it is inferred
/// that this operation sends it. It is also inferred that the operation resumes a
/// paused plan, queues a full backup at once, and is needed after a change and for manual backups.
///
/// [`BackupSchedule::Manual`]: crate::types::BackupSchedule::Manual
/// [`ConfigureBackupPlan`]: crate::operations::ConfigureBackupPlan
/// [`FullBackupFinished`]: crate::wait::FullBackupFinished
/// [`PlanRunning`]: crate::wait::PlanRunning
/// [`PreCheckPassed`]: crate::wait::PreCheckPassed
/// [`StopBackupPlan`]: crate::operations::StopBackupPlan
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct StartBackupPlan {
    /// The id of the plan. Required.
    pub backup_plan_id: BackupPlanId,
    /// The [idempotency token](crate::operations#idempotency). Optional; defaults to a random
    /// token for each call.
    pub client_token: Option<ClientToken>,
}

/// The response to [`StartBackupPlan`].
#[serde_with::apply(Option => #[serde(default, deserialize_with = "informational::field")])]
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct StartBackupPlanResponse {
    /// The id of the plan.
    pub backup_plan_id: Option<BackupPlanId>,
    /// The id of the full backup that this start queues. `None` if the response does not name one.
    ///
    /// Wire name: `CreatedFullBackupsetId`.
    #[serde(rename = "CreatedFullBackupsetId")]
    pub created_full_backup_set_id: Option<BackupSetId>,
}

operation! {
    StartBackupPlan -> StartBackupPlanResponse, IdempotentByToken, ram on PLAN, limit 10 per 60 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};

    #[test]
    fn sends_every_parameter() {
        let request = StartBackupPlan::builder()
            .backup_plan_id("dbs1".parse().unwrap())
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(&request, &[("BackupPlanId", "dbs1"), ("ClientToken", "t-1")]);
    }

    #[test]
    fn decodes_sample_response() {
        let response = decode_sample::<StartBackupPlan>(include_str!(
            "../../../fake/samples/2019-03-06/StartBackupPlan.json"
        ));
        assert_eq!(response.backup_plan_id.unwrap().as_str(), "dbsqdss5tmhx");
        assert_eq!(response.created_full_backup_set_id.unwrap().as_str(), "1h7toien3exm");
    }
}
