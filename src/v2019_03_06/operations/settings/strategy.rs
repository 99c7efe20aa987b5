//! `ModifyBackupStrategy`: changes when full backups run.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, informational, lenient};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::{BackupPlanId, NewSchedule};

/// Changes when the full backups of a plan run.
///
/// The new schedule replaces the old one. It consists of days of the week and a time of day, or
/// allows backups on request only.
///
/// If the response sets [`need_precheck`](ModifyBackupStrategyResponse::need_precheck), the service
/// runs a new pre-check: wait for it with [`PreCheckPassed::started_after`], then call
/// [`StartBackupPlan`] again. Otherwise the change is in effect (inferred).
///
/// [`ConfigureBackupPlan`] sets the initial schedule. [`DescribeFullBackupList`] lists the backups
/// that the schedule started, and [`StopBackupPlan`] pauses the whole plan.
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
/// `dbs:ModifyBackupStrategy` on `*`.
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
/// use aliyun_dbs::operations::ModifyBackupStrategy;
/// use aliyun_dbs::types::{NewSchedule, Weekday, start_time};
///
/// let request = ModifyBackupStrategy::builder()
///     .backup_plan_id("dbstooi01exmp".parse()?)
///     .schedule(NewSchedule::weekly(Weekday::Monday | Weekday::Friday, start_time!("02:30")))
///     .build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2019-03-06-modifybackupstrategy);
/// its Chinese edition requires at least two days a week and a start time, while its English
/// edition marks the start time as optional and spells `manual` as `Manual`. The error list of the
/// product has `OperationDenied.JobStatus` (HTTP status 200); it is inferred that this
/// operation sends it.
///
/// [`ConfigureBackupPlan`]: crate::operations::ConfigureBackupPlan
/// [`DescribeBackupPlanList`]: crate::operations::DescribeBackupPlanList
/// [`DescribeFullBackupList`]: crate::operations::DescribeFullBackupList
/// [`PreCheckPassed::started_after`]: crate::wait::PreCheckPassed::started_after
/// [`StartBackupPlan`]: crate::operations::StartBackupPlan
/// [`StopBackupPlan`]: crate::operations::StopBackupPlan
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct ModifyBackupStrategy {
    /// The id of the plan. Required.
    pub backup_plan_id: BackupPlanId,
    /// The days and the time of day at which full backups run. Required.
    ///
    /// The page of this operation does not name the time zone;
    /// [`ConfigureBackupPlan`](crate::operations::ConfigureBackupPlan) takes UTC.
    ///
    /// Wire names: `BackupStrategyType`, `BackupPeriod`, `BackupStartTime`.
    #[doc(alias = "BackupStrategyType")]
    #[doc(alias = "BackupPeriod")]
    #[doc(alias = "BackupStartTime")]
    #[serde(flatten)]
    pub schedule: NewSchedule,
    /// The interval between incremental backups, in seconds. Optional; for physical backups only.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_log_interval_seconds: Option<u32>,
    /// The [idempotency token](crate::operations#idempotency). Optional; defaults to a random token
    /// for each call.
    pub client_token: Option<ClientToken>,
}

/// The response to [`ModifyBackupStrategy`].
#[serde_with::apply(Option => #[serde(default, deserialize_with = "informational::field")])]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ModifyBackupStrategyResponse {
    /// The id of the plan.
    pub backup_plan_id: Option<BackupPlanId>,
    /// Whether the service runs a new pre-check. If so, call
    /// [`StartBackupPlan`](crate::operations::StartBackupPlan) again once it has passed.
    pub need_precheck: Option<bool>,
}

operation! {
    ModifyBackupStrategy -> ModifyBackupStrategyResponse, IdempotentByToken, ram on ANY, limit 10 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};
    use crate::v2019_03_06::types::{Weekday, start_time};

    #[test]
    fn sends_every_parameter() {
        let request = ModifyBackupStrategy::builder()
            .backup_plan_id("dbs1".parse().unwrap())
            .schedule(NewSchedule::weekly(Weekday::Monday | Weekday::Friday, start_time!("02:30")))
            .backup_log_interval_seconds(600)
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(
            &request,
            &[
                ("BackupLogIntervalSeconds", "600"),
                ("BackupPeriod", "Monday,Friday"),
                ("BackupPlanId", "dbs1"),
                ("BackupStartTime", "02:30"),
                ("BackupStrategyType", "simple"),
                ("ClientToken", "t-1"),
            ],
        );
    }

    #[test]
    fn decodes_sample_response() {
        let response = decode_sample::<ModifyBackupStrategy>(include_str!(
            "../../../fake/samples/2019-03-06/ModifyBackupStrategy.json"
        ));
        assert_eq!(response.backup_plan_id.unwrap().as_str(), "dbstooi01exmp");
        assert_eq!(response.need_precheck, Some(false));
    }
}
