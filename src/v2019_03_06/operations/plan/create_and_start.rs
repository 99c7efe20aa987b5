//! `CreateAndStartBackupPlan`: buys, configures and starts a plan in one call.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, lenient};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{
    BackupObjects, BackupPlanId, BackupSchedule, BackupStorage, Billing, CrossAccount,
    DatabaseType, InstanceClass, KilobytesPerSecond, OrderId, PlanMethod, PlanSource,
    ResourceGroupId, RetentionDays, SourceInstanceProduct, cross_account, schedule, storage,
};

/// Buys a backup plan, configures it and starts it, in one call.
///
/// It costs money. Sent twice with one client token it buys once, and the client gives each call a
/// token, so its retries are safe. It lacks the newer switches of
/// [`ConfigureBackupPlan`](crate::operations::ConfigureBackupPlan): automatic start, TLS,
/// encryption and binlogs. To reach a cloud database the service needs the account's service-linked
/// role, made once by
/// [`InitializeDbsServiceLinkedRole`](crate::operations::InitializeDbsServiceLinkedRole).
///
/// RAM: `dbs:CreateAndStartBackupPlan` on `*`. Limit: 10 calls a second per account. Sent again
/// with the same client token it runs once.
///
/// Source of names, values and limits: the operation's page.
///
/// # Errors
///
/// `BackupPlanNotCreate` (the plan could not be created), `Request.Forbidden` (no RAM permission),
/// `Param.NotFound` (a parameter is missing or unknown).
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
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct CreateAndStartBackupPlan {
    /// Region of the plan, `Region`.
    pub region: Region,
    /// Kind of database, `DatabaseType`.
    pub database_type: DatabaseType,
    /// Size of the plan, `InstanceClass`.
    pub instance_class: InstanceClass,
    /// How data is taken out of the database. Wire: `BackupMethod`, `BackupLogIntervalSeconds`.
    #[serde(flatten)]
    pub method: PlanMethod,
    /// Term of the subscription, [`Period`](crate::Period), or [`Billing::PayAsYouGo`]. Wire:
    /// `PayType`, `Period`, `UsedTime`.
    #[serde(flatten)]
    #[builder(into)]
    pub billing: Billing,
    /// Name that the plan shall have, `BackupPlanName`.
    pub backup_plan_name: String,
    /// The database: where it is, and how DBS logs in. Wire: `SourceEndpoint…`, `BackupGatewayId`.
    #[serde(flatten)]
    #[builder(into)]
    pub source: PlanSource,
    /// An existing plan, `BackupPlanId`; what the service does with it is not described.
    pub backup_plan_id: Option<BackupPlanId>,
    /// Product that the database runs in, `InstanceType`.
    pub instance_type: Option<SourceInstanceProduct>,
    /// Region of the database, `DatabaseRegion`.
    pub database_region: Option<Region>,
    /// Region that the backups are kept in, `StorageRegion`.
    pub storage_region: Option<Region>,
    /// Reserved by the service, `StorageType`; leave it out.
    pub storage_type: Option<String>,
    /// Another account that owns the database. Wire: `CrossAliyunId`, `CrossRoleName`.
    #[serde(flatten, deserialize_with = "cross_account::optional")]
    pub cross_account: Option<CrossAccount>,
    /// What is backed up, `BackupObjects`; everything if left out.
    #[builder(into)]
    pub backup_objects: Option<BackupObjects>,
    /// When full backups run. Wire: `BackupStrategyType`, `BackupPeriod`, `BackupStartTime`.
    #[serde(flatten, deserialize_with = "schedule::optional")]
    pub schedule: Option<BackupSchedule>,
    /// Whether logs are backed up, `EnableBackupLog`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub enable_backup_log: Option<bool>,
    /// Cap on network traffic, `BackupRateLimit`, at most 10 GB per second; physical MySQL backup
    /// only.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_rate_limit: Option<KilobytesPerSecond>,
    /// Cap on disk traffic, `BackupSpeedLimit`; physical MySQL backup only.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_speed_limit: Option<KilobytesPerSecond>,
    /// Where backups go; a bucket of your own with a made-up name if left out. Wire:
    /// `BackupStorageType`, `OSSBucketName`.
    #[serde(flatten, deserialize_with = "storage::optional")]
    pub storage: Option<BackupStorage>,
    /// Days that backups are kept, 0 to 1825, `BackupRetentionPeriod`; 730 if left out.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_retention_period: Option<RetentionDays>,
    /// Days until backups move to infrequent-access storage, `DuplicationInfrequentAccessPeriod`;
    /// 180 if left out.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub duplication_infrequent_access_period: Option<u32>,
    /// Days until backups move to archive storage, `DuplicationArchivePeriod`; 365 if left out.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub duplication_archive_period: Option<u32>,
    /// Resource group of the plan, `ResourceGroupId`.
    pub resource_group_id: Option<ResourceGroupId>,
    /// Mark of the calling application, `FromApp`; leave it out.
    pub from_app: Option<String>,
    /// Idempotency token, `ClientToken`; random for each call if left out.
    pub client_token: Option<ClientToken>,
}

/// Answer to [`CreateAndStartBackupPlan`].
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct CreateAndStartBackupPlanResponse {
    /// The new plan, `BackupPlanId`.
    pub backup_plan_id: BackupPlanId,
    /// The order, `OrderId`; a number on the 2020 page, text today.
    pub order_id: Option<OrderId>,
    /// Whether a backup set was created, `CreateBackupSet`.
    pub create_backup_set: bool,
}

operation! {
    CreateAndStartBackupPlan -> CreateAndStartBackupPlanResponse, IdempotentByToken, ram on ANY, limit 10 per 1 s, secrets |request| request.source.password().map(|password| ("SourceEndpointPassword", password))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, sample};
    use crate::v2019_03_06::types::{
        BackupObject, DatabaseAccess, DatabaseGatewayEndpoint, Period, Port, retention_days,
    };

    #[test]
    fn every_parameter() {
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
    fn sample_answer() {
        let answer = sample::<CreateAndStartBackupPlan>(include_str!(
            "../../../../tests/data/samples/CreateAndStartBackupPlan.json"
        ));
        assert_eq!(answer.backup_plan_id.as_str(), "dbs1hvb0wwwe");
        assert_eq!(answer.order_id.unwrap().as_str(), "205615700123");
        assert!(answer.create_backup_set);
    }
}
