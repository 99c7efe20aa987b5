//! `DisableBackupLog`: disables the log backup of a plan.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, informational, lenient};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::BackupPlanId;

/// Disables the log backup of a plan.
///
/// Without log backup a plan can be restored to its full backups only, not to the times between
/// them.
///
/// If the response sets [`need_precheck`](DisableBackupLogResponse::need_precheck), the service
/// runs a new pre-check: wait for it with [`PreCheckPassed::started_after`], then call
/// [`StartBackupPlan`] again. Otherwise the change is in effect (inferred).
///
/// [`EnableBackupLog`] enables log backup again. [`StopBackupPlan`] pauses the whole plan instead.
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
/// `dbs:DisableBackupLog` on `*`.
///
/// # Errors
///
/// | code | cause | what to do |
/// | --- | --- | --- |
/// | `OperationDenied.JobStatus` | The status of the plan does not allow the change. | Check the status with [`DescribeBackupPlanList`], then call again. |
/// | `Param.NotFound` | A parameter is missing or has an unknown value. | Compare the values with the vendor's page. |
///
/// Every operation can also fail with the [common errors](crate::operations#errors).
///
/// # Examples
///
/// ```
/// use aliyun_dbs::operations::DisableBackupLog;
///
/// let request = DisableBackupLog::builder().backup_plan_id("dbstooi01exmp".parse()?).build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2019-03-06-disablebackuplog).
/// The error list of the product has `OperationDenied.JobStatus` (HTTP status 200); it is inferred
/// that this operation sends it.
///
/// [`DescribeBackupPlanList`]: crate::operations::DescribeBackupPlanList
/// [`EnableBackupLog`]: crate::operations::EnableBackupLog
/// [`PreCheckPassed::started_after`]: crate::wait::PreCheckPassed::started_after
/// [`StartBackupPlan`]: crate::operations::StartBackupPlan
/// [`StopBackupPlan`]: crate::operations::StopBackupPlan
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct DisableBackupLog {
    /// The id of the plan. Required.
    pub backup_plan_id: BackupPlanId,
    /// Whether to disable only the binlogs of a physical MySQL backup. Optional.
    ///
    /// A string on the wire. Undocumented; known from the vendor's SDK.
    #[serde(default, with = "lenient::as_text")]
    pub disable_mysql_physical_backup_binlog_only: Option<bool>,
    /// The [idempotency token](crate::operations#idempotency). Optional; defaults to a random token
    /// for each call.
    pub client_token: Option<ClientToken>,
}

/// The response to [`DisableBackupLog`].
#[serde_with::apply(Option => #[serde(default, deserialize_with = "informational::field")])]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct DisableBackupLogResponse {
    /// The id of the plan.
    pub backup_plan_id: Option<BackupPlanId>,
    /// Whether the service runs a new pre-check. If so, call
    /// [`StartBackupPlan`](crate::operations::StartBackupPlan) again once it has passed.
    pub need_precheck: Option<bool>,
}

operation! {
    DisableBackupLog -> DisableBackupLogResponse, IdempotentByToken, ram on ANY, limit 10 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};

    #[test]
    fn sends_every_parameter() {
        let request = DisableBackupLog::builder()
            .backup_plan_id("dbs1".parse().unwrap())
            .disable_mysql_physical_backup_binlog_only(true)
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(
            &request,
            &[
                ("BackupPlanId", "dbs1"),
                ("ClientToken", "t-1"),
                ("DisableMysqlPhysicalBackupBinlogOnly", "true"),
            ],
        );
    }

    #[test]
    fn decodes_sample_response() {
        let response = decode_sample::<DisableBackupLog>(include_str!(
            "../../../fake/samples/2019-03-06/DisableBackupLog.json"
        ));
        assert_eq!(response.backup_plan_id.unwrap().as_str(), "dbstooi01exmp");
        assert_eq!(response.need_precheck, Some(false));
    }
}
