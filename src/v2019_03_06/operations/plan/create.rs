//! `CreateBackupPlan`: buys a backup plan.

use std::time::Duration;

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, informational};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{
    BackupMethod, BackupPlanId, Billing, DatabaseType, InstanceClass, OrderId, ResourceGroupId,
    SourceInstanceProduct,
};

/// Buys a backup plan.
///
/// The purchase costs money: a subscription is paid for a [`Period`], a pay-as-you-go plan until
/// [`ReleaseBackupPlan`] ends it. The new plan backs up nothing until [`ConfigureBackupPlan`]
/// attaches a database to it. The service accepts that call [about 5 seconds](Self::SETTLING_TIME)
/// after the purchase; [`PlanConfigurable`] waits until then.
///
/// [`Client::provision`] buys, configures and starts a plan, and can be resumed after a crash.
/// [`CreateAndStartBackupPlan`] does the same in one request. Later, [`RenewBackupPlan`] extends
/// the subscription, and [`UpgradeBackupPlan`] buys a larger class.
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
/// `dbs:CreateBackupPlan` on `*`.
///
/// # Errors
///
/// | code | cause | what to do |
/// | --- | --- | --- |
/// | `BackupPlanNotCreate` | The plan could not be created. | Check the combination of region, database type and class, then call again. |
/// | `Param.NotFound` | A parameter is missing or has an unknown value. | Compare the values with the vendor's page. |
///
/// Every operation can also fail with the [common errors](crate::operations#errors).
///
/// # Examples
///
/// ```
/// use aliyun_dbs::operations::CreateBackupPlan;
/// use aliyun_dbs::types::{BackupMethod, DatabaseType, InstanceClass};
/// use aliyun_dbs::{Period, Region};
///
/// let request = CreateBackupPlan::builder()
///     .region(Region::Hangzhou)
///     .database_type(DatabaseType::MySql)
///     .instance_class(InstanceClass::Small)
///     .backup_method(BackupMethod::Logical)
///     .billing(Period::years::<3>())
///     .build();
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2019-03-06-createbackupplan);
/// the limit of the period is from its edition of 2020.
///
/// [`Client::provision`]: crate::Client::provision
/// [`ConfigureBackupPlan`]: crate::operations::ConfigureBackupPlan
/// [`CreateAndStartBackupPlan`]: crate::operations::CreateAndStartBackupPlan
/// [`Period`]: crate::Period
/// [`PlanConfigurable`]: crate::wait::PlanConfigurable
/// [`ReleaseBackupPlan`]: crate::operations::ReleaseBackupPlan
/// [`RenewBackupPlan`]: crate::operations::RenewBackupPlan
/// [`UpgradeBackupPlan`]: crate::operations::UpgradeBackupPlan
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct CreateBackupPlan {
    /// The region that the plan belongs to. Required.
    pub region: Region,
    /// The database engine to back up. Required.
    pub database_type: DatabaseType,
    /// The size of the plan, which limits its throughput and sets its price. Required.
    pub instance_class: InstanceClass,
    /// How the data is read from the database. Required.
    pub backup_method: BackupMethod,
    /// How the plan is paid: a [`Period`](crate::Period) for a subscription, or
    /// [`Billing::PayAsYouGo`]. Required.
    ///
    /// Wire names: `PayType`, `Period`, `UsedTime`.
    #[doc(alias = "PayType")]
    #[doc(alias = "Period")]
    #[doc(alias = "UsedTime")]
    #[serde(flatten)]
    #[builder(into)]
    pub billing: Billing,
    /// The product that the database runs in. Optional.
    pub instance_type: Option<SourceInstanceProduct>,
    /// The region of the database. Optional; older pages of the vendor require it for
    /// pay-as-you-go.
    pub database_region: Option<Region>,
    /// The region that stores the backups. Optional; older pages of the vendor require it for
    /// pay-as-you-go.
    pub storage_region: Option<Region>,
    /// Reserved by the service. Optional; leave it unset.
    pub storage_type: Option<String>,
    /// The resource group of the plan. Optional.
    pub resource_group_id: Option<ResourceGroupId>,
    /// An identifier of the calling application. Optional; defaults to `OpenAPI`. Leave it unset.
    pub from_app: Option<String>,
    /// The [idempotency token](crate::operations#idempotency). Optional; defaults to a random
    /// token for each call.
    pub client_token: Option<ClientToken>,
}

impl CreateBackupPlan {
    /// How long a new plan usually needs until it can be configured: about 5 seconds.
    ///
    /// Source: the vendor's page of 2020.
    pub const SETTLING_TIME: Duration = Duration::from_secs(5);
}

/// The response to [`CreateBackupPlan`].
#[serde_with::apply(Option => #[serde(default, deserialize_with = "informational::field")])]
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct CreateBackupPlanResponse {
    /// The id of the new plan.
    pub backup_plan_id: BackupPlanId,
    /// The id of the order. `None` if the response does not name one.
    ///
    /// The service sends a number or a string.
    pub order_id: Option<OrderId>,
}

operation! {
    CreateBackupPlan -> CreateBackupPlanResponse, IdempotentByToken, ram on ANY, limit 10 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};
    use crate::v2019_03_06::types::Period;

    #[test]
    fn sends_required_parameters() {
        let request = CreateBackupPlan::builder()
            .region(Region::Hangzhou)
            .database_type(DatabaseType::MySql)
            .instance_class(InstanceClass::Small)
            .backup_method(BackupMethod::Logical)
            .billing(Period::years::<3>())
            .build();
        assert_sends(
            &request,
            &[
                ("BackupMethod", "logical"),
                ("DatabaseType", "MySQL"),
                ("InstanceClass", "small"),
                ("PayType", "prepay"),
                ("Period", "Year"),
                ("Region", "cn-hangzhou"),
                ("UsedTime", "3"),
            ],
        );
    }

    #[test]
    fn sends_every_parameter() {
        let request = CreateBackupPlan::builder()
            .region(Region::Singapore)
            .database_type(DatabaseType::SqlServer)
            .instance_class(InstanceClass::Xlarge)
            .backup_method(BackupMethod::Duplication)
            .billing(Billing::PayAsYouGo)
            .instance_type(SourceInstanceProduct::Rds)
            .database_region(Region::Beijing)
            .storage_region(Region::Shanghai)
            .storage_type("reserved")
            .resource_group_id("rg-1".parse().unwrap())
            .from_app("OpenAPI")
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(
            &request,
            &[
                ("BackupMethod", "duplication"),
                ("ClientToken", "t-1"),
                ("DatabaseRegion", "cn-beijing"),
                ("DatabaseType", "MSSQL"),
                ("FromApp", "OpenAPI"),
                ("InstanceClass", "xlarge"),
                ("InstanceType", "RDS"),
                ("PayType", "postpay"),
                ("Region", "ap-southeast-1"),
                ("ResourceGroupId", "rg-1"),
                ("StorageRegion", "cn-shanghai"),
                ("StorageType", "reserved"),
            ],
        );
    }

    #[test]
    fn decodes_sample_response() {
        let response = decode_sample::<CreateBackupPlan>(include_str!(
            "../../../fake/samples/2019-03-06/CreateBackupPlan.json"
        ));
        assert_eq!(response.backup_plan_id.as_str(), "dbsrhahrsu2a");
        assert_eq!(response.order_id.unwrap().as_str(), "214373455920017");
    }

    #[test]
    fn decodes_numeric_order_id() {
        let response =
            decode_sample::<CreateBackupPlan>(r#"{"BackupPlanId":"a","OrderId":214373455920017}"#);
        assert_eq!(response.order_id.unwrap().as_str(), "214373455920017");
    }
}
