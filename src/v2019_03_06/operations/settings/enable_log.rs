//! `EnableBackupLog`: enables the log backup of a plan.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, informational, lenient};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::BackupPlanId;

/// Enables the log backup of a plan.
///
/// A plan with log backup can be restored to any time of the ranges that
/// [`DescribeRestoreRangeInfo`] returns, not only to its full backups.
///
/// If the response sets [`need_precheck`](EnableBackupLogResponse::need_precheck), the service runs
/// a new pre-check: wait for it with [`PreCheckPassed::started_after`], then call
/// [`StartBackupPlan`] again. Otherwise the change is in effect (inferred).
///
/// [`ConfigureBackupPlan`] can enable log backup from the start. [`DescribeIncrementBackupList`]
/// lists the log backups, and [`DisableBackupLog`] disables log backup again.
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
/// `dbs:EnableBackupLog` on `*`.
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
/// ```no_run
/// # async fn example(client: aliyun_dbs::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use aliyun_dbs::operations::{EnableBackupLog, StartBackupPlan};
/// use aliyun_dbs::types::BackupPlanId;
/// use aliyun_dbs::wait::PreCheckPassed;
///
/// let plan: BackupPlanId = "dbstooi01exmp".parse()?;
/// let before = client.server_time();
/// let request = EnableBackupLog::builder().backup_plan_id(plan.clone()).build();
/// if client.send(request).await?.need_precheck != Some(false) {
///     let passed = PreCheckPassed::new(plan.clone()).started_after(before);
///     client.wait_for(passed).await?;
///     client.send(StartBackupPlan::builder().backup_plan_id(plan).build()).await?;
/// }
/// # Ok(()) }
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2019-03-06-enablebackuplog).
/// The error list of the product has `OperationDenied.JobStatus` (HTTP status 200); it is inferred
/// that this operation sends it.
///
/// [`ConfigureBackupPlan`]: crate::operations::ConfigureBackupPlan
/// [`DescribeBackupPlanList`]: crate::operations::DescribeBackupPlanList
/// [`DescribeIncrementBackupList`]: crate::operations::DescribeIncrementBackupList
/// [`DescribeRestoreRangeInfo`]: crate::operations::DescribeRestoreRangeInfo
/// [`DisableBackupLog`]: crate::operations::DisableBackupLog
/// [`PreCheckPassed::started_after`]: crate::wait::PreCheckPassed::started_after
/// [`StartBackupPlan`]: crate::operations::StartBackupPlan
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct EnableBackupLog {
    /// The id of the plan. Required.
    pub backup_plan_id: BackupPlanId,
    /// Whether a physical MySQL backup also includes the binlogs. Optional.
    ///
    /// A string on the wire. [`DescribeBackupPlanList`](crate::operations::DescribeBackupPlanList)
    /// returns it as a Boolean, spelled `EnableMysqlPhysicalBackupBinLog`. Undocumented; known from
    /// the vendor's SDK.
    #[serde(default, with = "lenient::as_text")]
    pub enable_mysql_physical_backup_binlog: Option<bool>,
    /// The [idempotency token](crate::operations#idempotency). Optional; defaults to a random token
    /// for each call.
    pub client_token: Option<ClientToken>,
}

/// The response to [`EnableBackupLog`].
#[serde_with::apply(Option => #[serde(default, deserialize_with = "informational::field")])]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct EnableBackupLogResponse {
    /// The id of the plan.
    pub backup_plan_id: Option<BackupPlanId>,
    /// Whether the service runs a new pre-check. If so, call
    /// [`StartBackupPlan`](crate::operations::StartBackupPlan) again once it has passed.
    pub need_precheck: Option<bool>,
}

operation! {
    EnableBackupLog -> EnableBackupLogResponse, IdempotentByToken, ram on ANY, limit 10 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};

    #[test]
    fn sends_every_parameter() {
        let request = EnableBackupLog::builder()
            .backup_plan_id("dbs1".parse().unwrap())
            .enable_mysql_physical_backup_binlog(true)
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(
            &request,
            &[
                ("BackupPlanId", "dbs1"),
                ("ClientToken", "t-1"),
                ("EnableMysqlPhysicalBackupBinlog", "true"),
            ],
        );
    }

    #[test]
    fn decodes_sample_response() {
        let response = decode_sample::<EnableBackupLog>(include_str!(
            "../../../fake/samples/2019-03-06/EnableBackupLog.json"
        ));
        assert_eq!(response.backup_plan_id.unwrap().as_str(), "dbstooi01exmp");
        assert_eq!(response.need_precheck, Some(true));
    }
}
