//! `DescribeBackupPlanBilling`: returns how a plan is paid and what it has used.

use bon::Builder;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::rpc::value::{ClientToken, Open, informational, lenient};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::{BackupPlanId, ChargeType, InstanceClass};

/// Returns how a plan is paid, when it expires and what it has used.
///
/// For a subscription, the response contains the end of the subscription and the bytes that it
/// includes.
///
/// Use it before [`RenewBackupPlan`] to see when the subscription ends, and before
/// [`UpgradeBackupPlan`] to see how much of the included bytes is used.
/// [`DescribeBackupPlanList`] returns the charge type and the end of the subscription of many
/// plans at once.
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
/// `dbs:DescribeBackupPlanBilling` on `acs:dbs:{#regionId}:{#accountId}:backupplan/{#BackupPlanId}`.
///
/// # Errors
///
/// | code | cause | what to do |
/// | --- | --- | --- |
/// | `InvalidParameter` | A parameter is invalid for the operation, such as the id of a plan that does not exist. | Check the id of the plan, and that the plan belongs to the account of the access key. |
///
/// Every operation can also fail with the [common errors](crate::operations#errors).
///
/// # Examples
///
/// ```
/// use aliyun_dbs::operations::DescribeBackupPlanBilling;
///
/// let request = DescribeBackupPlanBilling::builder().backup_plan_id("dbs1h0exusfa".parse()?).build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2019-03-06-describebackupplanbilling);
/// the error code is from its example of a response.
///
/// [`DescribeBackupPlanList`]: crate::operations::DescribeBackupPlanList
/// [`RenewBackupPlan`]: crate::operations::RenewBackupPlan
/// [`UpgradeBackupPlan`]: crate::operations::UpgradeBackupPlan
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct DescribeBackupPlanBilling {
    /// The id of the plan. Required.
    pub backup_plan_id: BackupPlanId,
    /// Whether the response includes details of the storage classes. Optional.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub show_storage_type: Option<bool>,
    /// The [idempotency token](crate::operations#idempotency). Optional; reads do not need one.
    pub client_token: Option<ClientToken>,
}

/// The response to [`DescribeBackupPlanBilling`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct DescribeBackupPlanBillingResponse {
    /// The billing of the plan.
    #[serde(default, deserialize_with = "informational::group")]
    pub item: BackupPlanBilling,
}

/// The billing of a plan, part of [`DescribeBackupPlanBillingResponse`].
///
/// Timestamps are milliseconds since 1970 on the wire.
#[serde_with::apply(
    Option => #[serde(default, deserialize_with = "informational::field")],
    Open => #[serde(default, deserialize_with = "informational::group")],
)]
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct BackupPlanBilling {
    /// How the plan is paid.
    pub buy_charge_type: Open<ChargeType>,
    /// The size of the plan.
    pub buy_spec: Open<InstanceClass>,
    /// When the plan was bought.
    #[serde(default, with = "informational::unix_ms")]
    #[serde_with(skip_apply)]
    pub buy_create_timestamp: Option<OffsetDateTime>,
    /// When the subscription ends. `None` for a pay-as-you-go plan.
    #[serde(default, with = "informational::unix_ms")]
    #[serde_with(skip_apply)]
    pub buy_expired_timestamp: Option<OffsetDateTime>,
    /// Whether the subscription has ended. `None` for a pay-as-you-go plan.
    pub is_expired: Option<bool>,
    /// Whether the traffic is unlimited. `None` if the service omits it.
    pub is_free_bytes_unlimited: Option<bool>,
    /// The bytes that the subscription includes. `None` for a pay-as-you-go plan and for
    /// unlimited traffic.
    pub total_free_bytes: Option<u64>,
    /// The bytes paid for. `None` if the service omits it.
    ///
    /// Wire name: `PaiedBytes`, a misspelling by the service.
    #[doc(alias = "PaiedBytes")]
    #[serde(rename = "PaiedBytes")]
    pub paid_bytes: Option<u64>,
    /// The bytes used by full backups. `None` if the service omits it.
    pub used_full_bytes: Option<u64>,
    /// The bytes used by incremental backups. `None` if the service omits it.
    pub used_increment_bytes: Option<u64>,
    /// The size of the stored full backups, in bytes. `None` if the service omits it.
    pub full_storage_size: Option<u64>,
    /// The size of the stored incremental backups, in bytes. `None` if the service omits it.
    pub cont_storage_size: Option<u64>,
    /// The start of the period that the quota covers. `None` if the service omits it.
    #[serde(default, with = "informational::unix_ms")]
    #[serde_with(skip_apply)]
    pub quota_start_timestamp: Option<OffsetDateTime>,
    /// The end of the period that the quota covers. `None` if the service omits it.
    #[serde(default, with = "informational::unix_ms")]
    #[serde_with(skip_apply)]
    pub quota_end_timestamp: Option<OffsetDateTime>,
}

operation! {
    DescribeBackupPlanBilling -> DescribeBackupPlanBillingResponse, ReadOnly, ram on PLAN, limit 100 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};

    #[test]
    fn sends_every_parameter() {
        let request = DescribeBackupPlanBilling::builder()
            .backup_plan_id("dbs1".parse().unwrap())
            .show_storage_type(true)
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(
            &request,
            &[("BackupPlanId", "dbs1"), ("ClientToken", "t-1"), ("ShowStorageType", "true")],
        );
    }

    #[test]
    fn decodes_sample_response() {
        let response = decode_sample::<DescribeBackupPlanBilling>(include_str!(
            "../../../fake/samples/2019-03-06/DescribeBackupPlanBilling.json"
        ));
        let bill = response.item;
        assert_eq!(bill.buy_charge_type, ChargeType::Prepay);
        assert_eq!(bill.buy_expired_timestamp.unwrap().unix_timestamp(), 1_661_097_600);
        assert_eq!((bill.paid_bytes, bill.total_free_bytes), (Some(0), Some(858_993_459_200)));
        assert_eq!(bill.is_expired, Some(false));
    }
}
