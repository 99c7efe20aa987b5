//! `DescribeSandboxRecoveryTime`: returns the times for which a sandbox can be created.

use bon::Builder;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::v2021_01_01::operations::Data;
use crate::v2021_01_01::operations::declare::operation;
use crate::v2021_01_01::types::{BarePlanId, plan_id, times};

/// Returns the first and the last time for which a sandbox can be created.
///
/// A sandbox is a temporary MySQL instance with the data of a backup, which the console creates.
/// [`DescribeSandboxBackupSets`] lists the backup sets for it.
///
/// # Idempotency
///
/// It changes nothing; see [idempotency](crate::v2021_01_01::operations#idempotency).
///
/// # Limits
///
/// The vendor publishes no limit.
///
/// # Permissions
///
/// `dbs:DescribeSandboxRecoveryTime` on `*`.
///
/// # Errors
///
/// | code | cause | what to do |
/// | --- | --- | --- |
/// | `Param.NotFound` | A parameter is missing or has an unknown value. | Compare the values with the vendor's page. |
///
/// Every operation can also fail with the [common errors](crate::v2021_01_01::operations#errors).
///
/// # Examples
///
/// ```
/// use aliyun_dbs::types::BackupPlanId;
/// use aliyun_dbs::v2021_01_01::operations::DescribeSandboxRecoveryTime;
///
/// let plan: BackupPlanId = "dbs1hsandbox8plana".parse()?;
/// let request = DescribeSandboxRecoveryTime::builder().backup_plan_id(plan).build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2021-01-01-describesandboxrecoverytime).
/// The operation fails for an id with the prefix `dbs`.
///
/// [`DescribeSandboxBackupSets`]: crate::v2021_01_01::operations::DescribeSandboxBackupSets
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct DescribeSandboxRecoveryTime {
    /// The id of the plan, without its prefix. Required.
    ///
    /// A [`BackupPlanId`](crate::types::BackupPlanId) converts into it.
    #[builder(into)]
    pub backup_plan_id: BarePlanId,
}

/// The times for which a sandbox can be created.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct SandboxRecoveryTime {
    /// The id of the plan, without its prefix.
    #[serde(default, deserialize_with = "plan_id::either")]
    pub backup_plan_id: Option<BarePlanId>,
    /// The first time.
    #[serde(default, with = "times::utc")]
    pub recovery_begin_time: Option<OffsetDateTime>,
    /// The last time.
    #[serde(default, with = "times::utc")]
    pub recovery_end_time: Option<OffsetDateTime>,
}

operation! {
    DescribeSandboxRecoveryTime -> Data<SandboxRecoveryTime>, ReadOnly, ram on ANY
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};

    #[test]
    fn sends_every_parameter() {
        let plan: crate::types::BackupPlanId = "dbs1h".parse().unwrap();
        let request = DescribeSandboxRecoveryTime::builder().backup_plan_id(plan).build();
        assert_sends(&request, &[("BackupPlanId", "1h")]);
    }

    #[test]
    fn decodes_sample_response() {
        let times = decode_sample::<DescribeSandboxRecoveryTime>(include_str!(
            "../../../fake/samples/2021-01-01/DescribeSandboxRecoveryTime.json"
        ));
        assert_eq!(times.backup_plan_id.as_ref().unwrap().as_str(), "1hsandbox8plana");
        assert_eq!(times.recovery_begin_time.unwrap().unix_timestamp(), 1_627_819_261);
        assert_eq!(times.recovery_end_time.unwrap().unix_timestamp(), 1_627_905_661);
    }
}
