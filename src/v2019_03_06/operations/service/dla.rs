//! `DescribeDLAService`: returns the state of the data lake of a plan.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, Open, informational};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::{BackupPlanId, DlaServiceState};

/// Returns the state of Data Lake Analytics (DLA) for a plan.
///
/// DLA queries the backups of the plan in a data lake. The response says whether DLA is enabled,
/// whether the data lake includes new backup sets automatically, and whether a DLA job failed.
///
/// No operation of this API version enables or disables DLA. [`DescribeFullBackupList`] lists the
/// backups of a plan.
///
/// # Idempotency
///
/// It changes nothing; see [idempotency](crate::operations#idempotency).
///
/// # Limits
///
/// 10 calls per second and account.
///
/// # Permissions
///
/// `dbs:DescribeDLAService` on `*`.
///
/// # Errors
///
/// Only the [common errors](crate::operations#errors) are documented.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::operations::DescribeDLAService;
///
/// let request = DescribeDLAService::builder().backup_plan_id("dbstooi01exmp".parse()?).build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2019-03-06-describedlaservice).
///
/// [`DescribeFullBackupList`]: crate::operations::DescribeFullBackupList
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct DescribeDLAService {
    /// The id of the plan. Required.
    pub backup_plan_id: BackupPlanId,
    /// The [idempotency token](crate::operations#idempotency). Optional; reads do not need one.
    pub client_token: Option<ClientToken>,
}

/// The response to [`DescribeDLAService`].
#[serde_with::apply(
    Option => #[serde(default, deserialize_with = "informational::field")],
    Open => #[serde(default, deserialize_with = "informational::group")],
)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct DescribeDLAServiceResponse {
    /// The state of Data Lake Analytics.
    pub state: Open<DlaServiceState>,
    /// Whether the data lake includes new backup sets automatically.
    pub auto_add: Option<bool>,
    /// Whether a job of Data Lake Analytics failed.
    pub have_job_failed: Option<bool>,
}

operation! {
    DescribeDLAService -> DescribeDLAServiceResponse, ReadOnly, ram on ANY, limit 10 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};

    #[test]
    fn sends_every_parameter() {
        let request = DescribeDLAService::builder()
            .backup_plan_id("dbs1".parse().unwrap())
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(&request, &[("BackupPlanId", "dbs1"), ("ClientToken", "t-1")]);
    }

    #[test]
    fn decodes_sample_response() {
        let response = decode_sample::<DescribeDLAService>(include_str!(
            "../../../fake/samples/2019-03-06/DescribeDLAService.json"
        ));
        assert_eq!(response.state, DlaServiceState::Running);
        assert_eq!((response.auto_add, response.have_job_failed), (Some(true), Some(false)));
    }
}
