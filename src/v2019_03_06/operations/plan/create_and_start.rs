//! `CreateAndStartBackupPlan`: buys, configures and starts a plan in one request.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, informational, lenient};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{
    BackupObjects, BackupPlanId, BackupSchedule, BackupStorage, Billing, CrossAccount,
    DatabaseType, InstanceClass, KilobytesPerSecond, OrderId, PlanMethod, PlanSource,
    ResourceGroupId, RetentionDays, SourceInstanceProduct, cross_account, schedule, storage,
};

/// Buys, configures and starts a backup plan in one request.
///
/// The purchase costs money: a subscription is paid for a [`Period`], a pay-as-you-go plan until
/// [`ReleaseBackupPlan`] ends it. [`PlanRunning`] waits until the plan runs.
///
/// It takes the fields of [`CreateBackupPlan`] and of [`ConfigureBackupPlan`], except the newer
/// ones of the latter: automatic start, TLS, the home directory of Oracle, encryption and binlogs.
/// In addition, it accepts a database behind Database Gateway. [`Client::provision`] does the same
/// in several requests, and can be resumed after a crash.
///
/// To reach a cloud database, the service needs a role, which [`InitializeDbsServiceLinkedRole`]
/// creates once per account. Later, [`RenewBackupPlan`] extends the subscription, and
/// [`UpgradeBackupPlan`] buys a larger class.
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
/// `dbs:CreateAndStartBackupPlan` on `*`.
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
/// use aliyun_dbs::operations::CreateAndStartBackupPlan;
/// use aliyun_dbs::types::{
///     DatabaseAccess, DatabaseType, InstanceClass, PlanMethod, SourceEndpoint,
/// };
/// use aliyun_dbs::{Period, Region};
///
/// let request = CreateAndStartBackupPlan::builder()
///     .region(Region::Hangzhou)
///     .database_type(DatabaseType::MySql)
///     .instance_class(InstanceClass::Small)
///     .method(PlanMethod::Logical)
///     .billing(Period::years::<1>())
///     .backup_plan_name("orders-nightly")
///     .source(SourceEndpoint::Rds {
///         region: Region::Hangzhou,
///         instance_id: "rm-bp1p8c2947exm".parse()?,
///         access: DatabaseAccess::mysql("dbs_backup", "correct horse"),
///     })
///     .build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2019-03-06-createandstartbackupplan);
/// the limit of the period is from its edition of 2020, where `OrderId` is a number.
/// `BackupPlanNotCreate` is from the page of [`CreateBackupPlan`] of 2020; it is inferred that
/// this operation sends it too.
///
/// [`Client::provision`]: crate::Client::provision
/// [`ConfigureBackupPlan`]: crate::operations::ConfigureBackupPlan
/// [`CreateBackupPlan`]: crate::operations::CreateBackupPlan
/// [`InitializeDbsServiceLinkedRole`]: crate::operations::InitializeDbsServiceLinkedRole
/// [`Period`]: crate::Period
/// [`PlanRunning`]: crate::wait::PlanRunning
/// [`ReleaseBackupPlan`]: crate::operations::ReleaseBackupPlan
/// [`RenewBackupPlan`]: crate::operations::RenewBackupPlan
/// [`UpgradeBackupPlan`]: crate::operations::UpgradeBackupPlan
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct CreateAndStartBackupPlan {
    /// The region that the plan belongs to. Required.
    ///
    /// The vendor's page marks it optional; the page of
    /// [`CreateBackupPlan`](crate::operations::CreateBackupPlan) calls it mandatory.
    pub region: Region,
    /// The database engine to back up. Required.
    pub database_type: DatabaseType,
    /// The size of the plan, which limits its throughput and sets its price. Required.
    pub instance_class: InstanceClass,
    /// How the data is read from the database. Required.
    ///
    /// A physical backup needs the interval of its incremental backups too.
    ///
    /// Wire names: `BackupMethod`, `BackupLogIntervalSeconds`.
    #[doc(alias = "BackupMethod")]
    #[doc(alias = "BackupLogIntervalSeconds")]
    #[serde(flatten)]
    pub method: PlanMethod,
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
    /// The name to give to the plan. Required.
    pub backup_plan_name: String,
    /// The database to back up, and how the service logs in to it. Required.
    ///
    /// Wire names: `SourceEndpointInstanceType`, `SourceEndpointRegion`,
    /// `SourceEndpointInstanceID`, `SourceEndpointIP`, `SourceEndpointPort`,
    /// `SourceEndpointUserName`, `SourceEndpointPassword`, `SourceEndpointDatabaseName`,
    /// `SourceEndpointOracleSID`, `BackupGatewayId`.
    #[doc(alias = "SourceEndpointInstanceType")]
    #[doc(alias = "SourceEndpointRegion")]
    #[doc(alias = "SourceEndpointInstanceID")]
    #[doc(alias = "SourceEndpointIP")]
    #[doc(alias = "SourceEndpointPort")]
    #[doc(alias = "SourceEndpointUserName")]
    #[doc(alias = "SourceEndpointPassword")]
    #[doc(alias = "SourceEndpointDatabaseName")]
    #[doc(alias = "SourceEndpointOracleSID")]
    #[doc(alias = "BackupGatewayId")]
    #[serde(flatten)]
    #[builder(into)]
    pub source: PlanSource,
    /// The id of an existing plan. Optional; leave it unset.
    ///
    /// The vendor does not describe what the service does with it.
    pub backup_plan_id: Option<BackupPlanId>,
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
    /// The other Alibaba Cloud account that owns the database, and its RAM role. Optional.
    ///
    /// Wire names: `CrossAliyunId`, `CrossRoleName`.
    #[doc(alias = "CrossAliyunId")]
    #[doc(alias = "CrossRoleName")]
    #[serde(flatten, deserialize_with = "cross_account::optional")]
    pub cross_account: Option<CrossAccount>,
    /// The databases and tables to back up. Optional; defaults to everything.
    #[builder(into)]
    pub backup_objects: Option<BackupObjects>,
    /// When full backups run. Optional.
    ///
    /// Wire names: `BackupStrategyType`, `BackupPeriod`, `BackupStartTime`.
    #[doc(alias = "BackupStrategyType")]
    #[doc(alias = "BackupPeriod")]
    #[doc(alias = "BackupStartTime")]
    #[serde(flatten, deserialize_with = "schedule::optional")]
    pub schedule: Option<BackupSchedule>,
    /// Whether the service also backs up the logs, incrementally. Optional.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub enable_backup_log: Option<bool>,
    /// The limit on network traffic, at most 10 GB per second. Optional.
    ///
    /// For physical MySQL backups only.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_rate_limit: Option<KilobytesPerSecond>,
    /// The limit on disk I/O. Optional.
    ///
    /// For physical MySQL backups only.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_speed_limit: Option<KilobytesPerSecond>,
    /// Where the service stores the backups. Optional; defaults to an OSS bucket of the account,
    /// with a name that the service generates.
    ///
    /// Wire names: `BackupStorageType`, `OSSBucketName`.
    #[doc(alias = "BackupStorageType")]
    #[doc(alias = "OSSBucketName")]
    #[serde(flatten, deserialize_with = "storage::optional")]
    pub storage: Option<BackupStorage>,
    /// How long the service keeps the backups: 0 to 1825 days. Optional; defaults to 730 days.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_retention_period: Option<RetentionDays>,
    /// The number of days until backups move to infrequent-access storage. Optional; defaults to
    /// 180 days.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub duplication_infrequent_access_period: Option<u32>,
    /// The number of days until backups move to archive storage. Optional; defaults to 365 days.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub duplication_archive_period: Option<u32>,
    /// The resource group of the plan. Optional.
    pub resource_group_id: Option<ResourceGroupId>,
    /// An identifier of the calling application. Optional; defaults to `OpenApi`. Leave it unset.
    pub from_app: Option<String>,
    /// The [idempotency token](crate::operations#idempotency). Optional; defaults to a random
    /// token for each call.
    pub client_token: Option<ClientToken>,
}

/// The response to [`CreateAndStartBackupPlan`].
#[serde_with::apply(Option => #[serde(default, deserialize_with = "informational::field")])]
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct CreateAndStartBackupPlanResponse {
    /// The id of the new plan.
    pub backup_plan_id: BackupPlanId,
    /// The id of the order. `None` if the response does not name one.
    ///
    /// The service sends a number or a string.
    pub order_id: Option<OrderId>,
    /// Whether the service created a backup set.
    pub create_backup_set: Option<bool>,
}

operation! {
    CreateAndStartBackupPlan -> CreateAndStartBackupPlanResponse, IdempotentByToken, ram on ANY, limit 10 per 1 s, secrets |request| request.source.password().map(|password| ("SourceEndpointPassword", password))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};
    use crate::v2019_03_06::types::{
        BackupObject, DatabaseAccess, DatabaseGatewayEndpoint, Period, Port, retention_days,
    };

    #[test]
    fn sends_every_parameter() {
        let request = CreateAndStartBackupPlan::builder()
            .region(Region::Hangzhou)
            .database_type(DatabaseType::Oracle)
            .instance_class(InstanceClass::Micro)
            .method(PlanMethod::Physical { log_interval_seconds: 600 })
            .billing(Period::months::<11>())
            .backup_plan_name("orders nightly")
            .source(DatabaseGatewayEndpoint {
                region: Some(Region::Beijing),
                instance_id: Some("dg-1".parse().unwrap()),
                host: Some("db.internal".parse().unwrap()),
                port: Some(Port::ORACLE),
                access: DatabaseAccess::oracle("dbs", "pass word", "ORCL"),
            })
            .backup_plan_id("dbs1".parse().unwrap())
            .instance_type(SourceInstanceProduct::DatabaseGateway)
            .database_region(Region::Beijing)
            .storage_region(Region::Shanghai)
            .storage_type("reserved")
            .cross_account(CrossAccount {
                aliyun_id: "1234567890123456".parse().unwrap(),
                role_name: "ram-for-dbs".parse().unwrap(),
            })
            .backup_objects(BackupObject::database("orders"))
            .schedule(BackupSchedule::Manual)
            .enable_backup_log(true)
            .backup_rate_limit(KilobytesPerSecond::new(1024))
            .backup_speed_limit(KilobytesPerSecond::new(2048))
            .storage(BackupStorage::System)
            .backup_retention_period(retention_days!(365))
            .duplication_infrequent_access_period(180)
            .duplication_archive_period(360)
            .resource_group_id("rg-1".parse().unwrap())
            .from_app("OpenApi")
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(
            &request,
            &[
                ("BackupLogIntervalSeconds", "600"),
                ("BackupMethod", "physical"),
                ("BackupObjects", r#"[{"DBName":"orders"}]"#),
                ("BackupPlanId", "dbs1"),
                ("BackupPlanName", "orders nightly"),
                ("BackupRateLimit", "1024"),
                ("BackupRetentionPeriod", "365"),
                ("BackupSpeedLimit", "2048"),
                ("BackupStorageType", "system"),
                ("BackupStrategyType", "manual"),
                ("ClientToken", "t-1"),
                ("CrossAliyunId", "1234567890123456"),
                ("CrossRoleName", "ram-for-dbs"),
                ("DatabaseRegion", "cn-beijing"),
                ("DatabaseType", "Oracle"),
                ("DuplicationArchivePeriod", "360"),
                ("DuplicationInfrequentAccessPeriod", "180"),
                ("EnableBackupLog", "true"),
                ("FromApp", "OpenApi"),
                ("InstanceClass", "micro"),
                ("InstanceType", "dg"),
                ("PayType", "prepay"),
                ("Period", "Month"),
                ("Region", "cn-hangzhou"),
                ("ResourceGroupId", "rg-1"),
                ("SourceEndpointIP", "db.internal"),
                ("SourceEndpointInstanceID", "dg-1"),
                ("SourceEndpointInstanceType", "dg"),
                ("SourceEndpointOracleSID", "ORCL"),
                ("SourceEndpointPassword", "pass word"),
                ("SourceEndpointPort", "1521"),
                ("SourceEndpointRegion", "cn-beijing"),
                ("SourceEndpointUserName", "dbs"),
                ("StorageRegion", "cn-shanghai"),
                ("StorageType", "reserved"),
                ("UsedTime", "11"),
            ],
        );
    }

    #[test]
    fn decodes_sample_response() {
        let response = decode_sample::<CreateAndStartBackupPlan>(include_str!(
            "../../../fake/samples/2019-03-06/CreateAndStartBackupPlan.json"
        ));
        assert_eq!(response.backup_plan_id.as_str(), "dbs1hvb0wwwe");
        assert_eq!(response.order_id.unwrap().as_str(), "205615700123");
        assert_eq!(response.create_backup_set, Some(true));
    }
}
