//! `DescribePreCheckProgressList`: returns the progress of a pre-check.

use bon::Builder;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::rpc::value::{ClientToken, Open, informational};
use crate::rpc::wire::{Wrapped, list_name};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::{JobId, PreCheckItemState, PreCheckStatus, PreCheckTarget};

/// Returns the progress of the pre-check of a plan or a restore task.
///
/// The response contains the state of each check, and the reason if it failed.
///
/// [`ConfigureBackupPlan`] and [`CreateRestoreTask`] start a pre-check, and so does a `Modify…`
/// operation whose response has `need_precheck` set. [`PreCheckPassed`] polls this operation until
/// the pre-check has ended. After it has passed, [`StartBackupPlan`] or [`StartRestoreTask`] starts
/// the plan or the task.
///
/// # Idempotency
///
/// It changes nothing; see [idempotency](crate::operations#idempotency).
///
/// # Limits
///
/// 100 calls per second and account.
///
/// # Permissions
///
/// `dbs:DescribePreCheckProgressList` on `*`.
///
/// # Errors
///
/// Only the [common errors](crate::operations#errors) are documented.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::operations::DescribePreCheckProgressList;
/// use aliyun_dbs::types::BackupPlanId;
///
/// let plan: BackupPlanId = "dbstooi01exmp".parse()?;
/// let request = DescribePreCheckProgressList::builder().target(plan).build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2019-03-06-describeprecheckprogresslist);
/// it is inferred which calls start a pre-check.
///
/// [`ConfigureBackupPlan`]: crate::operations::ConfigureBackupPlan
/// [`CreateRestoreTask`]: crate::operations::CreateRestoreTask
/// [`PreCheckPassed`]: crate::wait::PreCheckPassed
/// [`StartBackupPlan`]: crate::operations::StartBackupPlan
/// [`StartRestoreTask`]: crate::operations::StartRestoreTask
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct DescribePreCheckProgressList {
    /// The plan or the restore task that the pre-check belongs to. Required.
    ///
    /// Wire names: `BackupPlanId`, `RestoreTaskId`; one of the two.
    #[doc(alias = "BackupPlanId")]
    #[doc(alias = "RestoreTaskId")]
    #[serde(flatten)]
    #[builder(into)]
    pub target: PreCheckTarget,
    /// The [idempotency token](crate::operations#idempotency). Optional; reads do not need one.
    pub client_token: Option<ClientToken>,
}

list_name!(PreCheckProgressDetailName = "PreCheckProgressDetail");

/// The response to [`DescribePreCheckProgressList`].
#[serde_with::apply(
    Option => #[serde(default, deserialize_with = "informational::field")],
    Open => #[serde(default, deserialize_with = "informational::group")],
)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct DescribePreCheckProgressListResponse {
    /// The status of the pre-check.
    pub status: Open<PreCheckStatus>,
    /// The progress of the pre-check in percent, from 0 to 100.
    pub progress: Option<u8>,
    /// The single checks.
    ///
    /// Wire name: `Items.PreCheckProgressDetail`.
    #[serde(default, with = "Wrapped::<PreCheckProgressDetailName>")]
    pub items: Vec<PreCheckProgressDetail>,
}

/// A single check of a pre-check, part of [`DescribePreCheckProgressListResponse`].
///
/// Times are milliseconds since 1970 on the wire.
#[serde_with::apply(
    Option => #[serde(default, deserialize_with = "informational::field")],
    Open => #[serde(default, deserialize_with = "informational::group")],
)]
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct PreCheckProgressDetail {
    /// The code of the check, such as `CHECK_BINLOG_ON`.
    ///
    /// The vendor publishes examples of codes, not a list.
    pub item: Option<String>,
    /// The group of the check: one name, despite the plural. `None` if the service omits it.
    pub names: Option<String>,
    /// The position of the check in the order of the checks. `None` if the service omits it.
    ///
    /// A string on the wire.
    #[serde(default, with = "informational::as_text")]
    #[serde_with(skip_apply)]
    pub order_num: Option<u32>,
    /// The state of the check.
    pub state: Open<PreCheckItemState>,
    /// Why the check failed, or its warning. `None` without a failure or a warning.
    ///
    /// Wire name: `ErrMsg`.
    #[doc(alias = "ErrMsg")]
    #[serde(rename = "ErrMsg")]
    pub error_message: Option<String>,
    /// The id of the job that runs the check. `None` if the service omits it.
    pub job_id: Option<JobId>,
    /// When the check started. `None` if it has not started yet.
    #[serde(default, with = "informational::unix_ms")]
    #[serde_with(skip_apply)]
    pub boot_time: Option<OffsetDateTime>,
    /// When the check ended. `None` if it has not ended yet.
    #[serde(default, with = "informational::unix_ms")]
    #[serde_with(skip_apply)]
    pub finish_time: Option<OffsetDateTime>,
}

operation! {
    DescribePreCheckProgressList -> DescribePreCheckProgressListResponse, ReadOnly, ram on ANY, limit 100 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};
    use crate::v2019_03_06::types::RestoreTaskId;

    #[test]
    fn sends_every_parameter() {
        let request = DescribePreCheckProgressList::builder()
            .target(RestoreTaskId::new("s102h7rf5anq").unwrap())
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(&request, &[("ClientToken", "t-1"), ("RestoreTaskId", "s102h7rf5anq")]);
    }

    #[test]
    fn decodes_sample_response() {
        let response = decode_sample::<DescribePreCheckProgressList>(include_str!(
            "../../../fake/samples/2019-03-06/DescribePreCheckProgressList.json"
        ));
        assert_eq!(
            (response.status, response.progress),
            (PreCheckStatus::Running.into(), Some(50))
        );
        let [warning, running] = &response.items[..] else { panic!("two checks") };
        assert_eq!(warning.item.as_deref(), Some("CHECK_BINLOG_ON"));
        assert_eq!(warning.state, PreCheckItemState::Warning);
        assert_eq!(warning.order_num, Some(30));
        assert_eq!(warning.error_message.as_deref(), Some("binlog is switched off"));
        assert_eq!(running.finish_time, None);
    }
}
