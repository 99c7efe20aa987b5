//! `DescribePreCheckProgressList`: reads the progress of a pre-check.

use bon::Builder;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::rpc::value::{ClientToken, Open, lenient};
use crate::rpc::wire::{Wrapped, list_name};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::{JobId, PreCheckItemState, PreCheckStatus, PreCheckTarget};

/// Reads the progress of a pre-check, of a plan or of a restore task, item by item.
///
/// RAM: `dbs:DescribePreCheckProgressList` on `*`. Limit: 100 calls a second per account. It
/// changes nothing, so it is safe to repeat.
///
/// Source of names, values and limits: the operation's page.
///
/// # Errors
///
/// `Request.Forbidden` (no RAM permission), `Param.NotFound` (a parameter is missing or unknown).
///
/// ```
/// use aliyun_dbs::operations::DescribePreCheckProgressList;
/// use aliyun_dbs::types::BackupPlanId;
///
/// let plan: BackupPlanId = "dbstooi01exmp".parse()?;
/// let request = DescribePreCheckProgressList::builder().target(plan).build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct DescribePreCheckProgressList {
    /// Whose pre-check it is. Wire: `BackupPlanId` or `RestoreTaskId`.
    #[serde(flatten)]
    #[builder(into)]
    pub target: PreCheckTarget,
    /// Token of the request, `ClientToken`; reading needs none.
    pub client_token: Option<ClientToken>,
}

list_name!(PreCheckProgressDetailName = "PreCheckProgressDetail");

/// Answer to [`DescribePreCheckProgressList`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct DescribePreCheckProgressListResponse {
    /// State of the pre-check, `Status`.
    pub status: Open<PreCheckStatus>,
    /// How much of it is done, percent, 0 to 100, `Progress`.
    #[serde(deserialize_with = "lenient::required")]
    pub progress: u8,
    /// The checks, `Items.PreCheckProgressDetail`.
    #[serde(default, with = "Wrapped::<PreCheckProgressDetailName>")]
    pub items: Vec<PreCheckProgressDetail>,
}

/// One check of a pre-check.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct PreCheckProgressDetail {
    /// What is checked, such as `CHECK_BINLOG_ON`, `Item`.
    #[serde(deserialize_with = "lenient::required")]
    pub item: String,
    /// Group of the check, `Names`; one name, whatever the plural says.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub names: Option<String>,
    /// Place of the check in the order of checks, `OrderNum`; text on the wire.
    #[serde(default, with = "lenient::as_text")]
    pub order_num: Option<u32>,
    /// State of the check, `State`.
    pub state: Open<PreCheckItemState>,
    /// Why it failed, or what it warns of, `ErrMsg`.
    #[serde(rename = "ErrMsg", default, deserialize_with = "lenient::optional")]
    pub error_message: Option<String>,
    /// The job that makes the check, `JobId`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub job_id: Option<JobId>,
    /// When it began, `BootTime`; milliseconds since 1970 on the wire.
    #[serde(default, with = "lenient::unix_ms")]
    pub boot_time: Option<OffsetDateTime>,
    /// When it ended, `FinishTime`; milliseconds since 1970 on the wire.
    #[serde(default, with = "lenient::unix_ms")]
    pub finish_time: Option<OffsetDateTime>,
}

operation! {
    DescribePreCheckProgressList -> DescribePreCheckProgressListResponse, ReadOnly, ram on ANY, limit 100 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, sample};
    use crate::v2019_03_06::types::RestoreTaskId;

    #[test]
    fn every_parameter() {
        let request = DescribePreCheckProgressList::builder()
            .target(RestoreTaskId::new("s102h7rf5anq").unwrap())
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(&request, &[("ClientToken", "t-1"), ("RestoreTaskId", "s102h7rf5anq")]);
    }

    #[test]
    fn sample_answer() {
        let answer = sample::<DescribePreCheckProgressList>(include_str!(
            "../../../../tests/data/samples/DescribePreCheckProgressList.json"
        ));
        assert_eq!((answer.status, answer.progress), (PreCheckStatus::Running.into(), 50));
        let [warning, running] = &answer.items[..] else { panic!("two checks") };
        assert_eq!(warning.item, "CHECK_BINLOG_ON");
        assert_eq!(warning.state, PreCheckItemState::Warning);
        assert_eq!(warning.order_num, Some(30));
        assert_eq!(warning.error_message.as_deref(), Some("binlog is switched off"));
        assert_eq!(running.finish_time, None);
    }
}
