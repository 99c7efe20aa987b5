//! `CreateBackupPlan`: buys a backup plan.

use std::time::Duration;

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, lenient};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{
    BackupMethod, BackupPlanId, Billing, DatabaseType, InstanceClass, OrderId, ResourceGroupId,
    SourceInstanceProduct,
};

/// Buys a backup plan, which is empty until
/// [`ConfigureBackupPlan`](crate::operations::ConfigureBackupPlan) says what it backs up.
///
/// It costs money. Sent twice with one client token it buys once, and the client gives each call
/// a token, so its retries are safe.
///
/// RAM: `dbs:CreateBackupPlan` on `*`. Limit: 10 calls a second per account. Sent again with the
/// same client token it runs once.
///
/// Source of names, values and limits: the operation's page, and its 2020 edition.
///
/// # Errors
///
/// `BackupPlanNotCreate` (the plan could not be created), `Request.Forbidden` (no RAM
/// permission), `Param.NotFound` (a parameter is missing or unknown).
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
///     .period(Period::years::<3>())
///     .build();
/// ```
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct CreateBackupPlan {
    /// Region of the plan, `Region`.
    pub region: Region,
    /// Kind of database, `DatabaseType`.
    pub database_type: DatabaseType,
    /// Size of the plan, `InstanceClass`.
    pub instance_class: InstanceClass,
    /// How data is taken out of the database, `BackupMethod`.
    pub backup_method: BackupMethod,
    /// Term of the subscription, [`Period`](crate::Period), or
    /// [`Billing::PayAsYouGo`]. Wire: `PayType`, `Period`, `UsedTime`.
    #[serde(flatten)]
    #[builder(name = period, into)]
    pub billing: Billing,
    /// Product that the database runs in, `InstanceType`.
    pub instance_type: Option<SourceInstanceProduct>,
    /// Region of the database, `DatabaseRegion`; older pages want it for pay as you go.
    pub database_region: Option<Region>,
    /// Region that the backups are kept in, `StorageRegion`; older pages want it for pay as you
    /// go.
    pub storage_region: Option<Region>,
    /// Reserved by the service, `StorageType`; leave it out.
    pub storage_type: Option<String>,
    /// Resource group of the plan, `ResourceGroupId`.
    pub resource_group_id: Option<ResourceGroupId>,
    /// Mark of the calling application, `FromApp`; leave it out.
    pub from_app: Option<String>,
    /// Idempotency token, `ClientToken`; random for each call if left out.
    pub client_token: Option<ClientToken>,
}

impl CreateBackupPlan {
    /// How long a new plan takes before it can be configured: about five seconds.
    ///
    /// Source: the operation's 2020 page.
    pub const SETTLING_TIME: Duration = Duration::from_secs(5);
}

/// Answer to [`CreateBackupPlan`].
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct CreateBackupPlanResponse {
    /// The new plan, `BackupPlanId`.
    pub backup_plan_id: BackupPlanId,
    /// The order, `OrderId`; a number on the 2020 page, text today.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub order_id: Option<OrderId>,
}

operation! {
    CreateBackupPlan -> CreateBackupPlanResponse, IdempotentByToken, ram on ANY, limit 10 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, sample};
    use crate::v2019_03_06::types::Period;

    #[test]
    fn flagship_parameters() {
        let request = CreateBackupPlan::builder()
            .region(Region::Hangzhou)
            .database_type(DatabaseType::MySql)
            .instance_class(InstanceClass::Small)
            .backup_method(BackupMethod::Logical)
            .period(Period::years::<3>())
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
    fn every_parameter() {
        let request = CreateBackupPlan::builder()
            .region(Region::Singapore)
            .database_type(DatabaseType::SqlServer)
            .instance_class(InstanceClass::Xlarge)
            .backup_method(BackupMethod::Duplication)
            .period(Billing::PayAsYouGo)
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
    fn sample_answer() {
        let answer = sample::<CreateBackupPlan>(include_str!(
            "../../../../tests/data/samples/CreateBackupPlan.json"
        ));
        assert_eq!(answer.backup_plan_id.as_str(), "dbsrhahrsu2a");
        assert_eq!(answer.order_id.unwrap().as_str(), "214373455920017");
    }

    #[test]
    fn the_order_id_may_be_a_number() {
        let answer =
            sample::<CreateBackupPlan>(r#"{"BackupPlanId":"a","OrderId":214373455920017}"#);
        assert_eq!(answer.order_id.unwrap().as_str(), "214373455920017");
    }
}
