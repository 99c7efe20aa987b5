//! `DescribeBackupPlanBilling`: reads how a plan is paid, until when, and what it has used.

use bon::Builder;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::rpc::value::{ClientToken, Open, lenient};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::{BackupPlanId, ChargeType, InstanceClass};

/// Reads how a plan is paid, until when, and what it has used of what was paid for.
///
/// RAM: `dbs:DescribeBackupPlanBilling` on the plan. Limit: 100 calls a second per account. It
/// changes nothing, so it is safe to repeat.
///
/// Source of names, values and limits: the operation's page.
///
/// # Errors
///
/// `InvalidParameter` (there is no such plan), `Request.Forbidden` (no RAM permission),
/// `Param.NotFound` (a parameter is missing or unknown).
///
/// ```
/// use aliyun_dbs::operations::DescribeBackupPlanBilling;
///
/// let request = DescribeBackupPlanBilling::builder().backup_plan_id("dbs1h0exusfa".parse()?).build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct DescribeBackupPlanBilling {
    /// The plan, `BackupPlanId`.
    pub backup_plan_id: BackupPlanId,
    /// Asks for the storage classes in the answer, `ShowStorageType`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub show_storage_type: Option<bool>,
    /// Token of the request, `ClientToken`; reading needs none.
    pub client_token: Option<ClientToken>,
}

/// Answer to [`DescribeBackupPlanBilling`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct DescribeBackupPlanBillingResponse {
    /// The bill, `Item`.
    pub item: BackupPlanBilling,
}

/// How a plan is paid, as [`DescribeBackupPlanBilling`] shows it.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct BackupPlanBilling {
    /// How the plan is paid, `BuyChargeType`.
    pub buy_charge_type: Open<ChargeType>,
    /// Size of the plan, `BuySpec`.
    pub buy_spec: Open<InstanceClass>,
    /// When the plan was bought, `BuyCreateTimestamp`; milliseconds since 1970 on the wire.
    #[serde(with = "lenient::required_unix_ms")]
    pub buy_create_timestamp: OffsetDateTime,
    /// When the subscription ends, `BuyExpiredTimestamp`; subscriptions only; milliseconds since
    /// 1970 on the wire.
    #[serde(default, with = "lenient::unix_ms")]
    pub buy_expired_timestamp: Option<OffsetDateTime>,
    /// Whether the subscription has ended, `IsExpired`; subscriptions only.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub is_expired: Option<bool>,
    /// Whether traffic is unlimited, `IsFreeBytesUnlimited`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub is_free_bytes_unlimited: Option<bool>,
    /// Bytes that the subscription includes, `TotalFreeBytes`; subscriptions with a limit only.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub total_free_bytes: Option<u64>,
    /// Bytes paid for, misspelt on the wire, `PaiedBytes`.
    #[serde(rename = "PaiedBytes", default, deserialize_with = "lenient::optional")]
    pub paid_bytes: Option<u64>,
    /// Bytes used by full backups, `UsedFullBytes`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub used_full_bytes: Option<u64>,
    /// Bytes used by incremental backups, `UsedIncrementBytes`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub used_increment_bytes: Option<u64>,
    /// Bytes that full backups hold, `FullStorageSize`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub full_storage_size: Option<u64>,
    /// Bytes that incremental backups hold, `ContStorageSize`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub cont_storage_size: Option<u64>,
    /// Start of the time that the quota counts for, `QuotaStartTimestamp`; milliseconds since 1970
    /// on the wire.
    #[serde(default, with = "lenient::unix_ms")]
    pub quota_start_timestamp: Option<OffsetDateTime>,
    /// End of the time that the quota counts for, `QuotaEndTimestamp`; milliseconds since 1970 on
    /// the wire.
    #[serde(default, with = "lenient::unix_ms")]
    pub quota_end_timestamp: Option<OffsetDateTime>,
}

operation! {
    DescribeBackupPlanBilling -> DescribeBackupPlanBillingResponse, ReadOnly, ram on PLAN, limit 100 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, sample};

    #[test]
    fn every_parameter() {
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
    fn sample_answer() {
        let answer = sample::<DescribeBackupPlanBilling>(include_str!(
            "../../../../tests/data/samples/DescribeBackupPlanBilling.json"
        ));
        let bill = answer.item;
        assert_eq!(bill.buy_charge_type, ChargeType::Prepay);
        assert_eq!(bill.buy_expired_timestamp.unwrap().unix_timestamp(), 1_661_097_600);
        assert_eq!((bill.paid_bytes, bill.total_free_bytes), (Some(0), Some(858_993_459_200)));
        assert_eq!(bill.is_expired, Some(false));
    }
}
