//! `ConfigureBackupPlan`: attaches a database to a plan, with the schedule and storage.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, informational, lenient};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::{
    BackupObjects, BackupPlanId, BackupSchedule, BackupStorage, CrossAccount, KilobytesPerSecond,
    ResourceGroupId, RetentionDays, SourceEndpoint, StorageEncryptMethod, cross_account, schedule,
    storage,
};

/// Attaches a database to a plan, with the schedule and storage of its backups.
///
/// The service checks the configuration in a pre-check, which starts with this call;
/// [`PreCheckPassed`] waits for its result. After it has passed, [`StartBackupPlan`] starts the
/// plan, unless [`auto_start_backup`](Self::auto_start_backup) is set. The client sends the
/// password of the database in the body of the request, not in the URL, unless
/// [`ClientBuilder::secrets_in_query`] is set.
///
/// [`CreateBackupPlan`] buys the plan first. The new plan accepts a configuration
/// [about 5 seconds](crate::operations::CreateBackupPlan::SETTLING_TIME) after the purchase;
/// [`PlanConfigurable`] waits until then. To reach a cloud database, the service needs a role,
/// which [`InitializeDbsServiceLinkedRole`] creates once per account. Behind a backup gateway,
/// [`CreateGetDBListFromAgentTask`] and [`GetDBListFromAgent`] list the names of the databases.
///
/// [`Client::provision`] buys, configures and starts a plan. To change a configured plan, use
/// [`ModifyBackupSourceEndpoint`], [`ModifyBackupObjects`], [`ModifyBackupStrategy`],
/// [`ModifyStorageStrategy`] or [`ModifyBackupPlanName`].
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
/// `dbs:ConfigureBackupPlan` on `acs:dbs:{#regionId}:{#accountId}:backupplan/{#BackupPlanId}`.
///
/// # Errors
///
/// | code | cause | what to do |
/// | --- | --- | --- |
/// | `BackupPlanNotConfigure` | The service rejected the configuration. | Correct what the message of the error names, then call again. |
/// | `OperationDenied.JobStatus` | The status of the plan does not allow it. | For a new plan, wait for [`PlanConfigurable`]; change a running plan with the `Modify…` operations. |
/// | `Param.NotFound` | A parameter is missing or has an unknown value. | Compare the values with the vendor's page. |
///
/// Every operation can also fail with the [common errors](crate::operations#errors).
///
/// # Examples
///
/// ```
/// use aliyun_dbs::Region;
/// use aliyun_dbs::operations::ConfigureBackupPlan;
/// use aliyun_dbs::types::{
///     BackupObject, BackupSchedule, DatabaseAccess, SourceEndpoint, Weekday, retention_days,
///     start_time,
/// };
///
/// let request = ConfigureBackupPlan::builder()
///     .backup_plan_id("dbsrhahrsu2a".parse()?)
///     .backup_plan_name("orders-nightly")
///     .source_endpoint(SourceEndpoint::Rds {
///         region: Region::Hangzhou,
///         instance_id: "rm-bp1p8c2947exm".parse()?,
///         access: DatabaseAccess::mysql("dbs_backup", "correct horse"),
///     })
///     .backup_objects(BackupObject::database("orders"))
///     .schedule(BackupSchedule::weekly(
///         Weekday::Monday | Weekday::Thursday,
///         start_time!("14:22"),
///     ))
///     .backup_retention_period(retention_days!(365))
///     .build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2019-03-06-configurebackupplan);
/// the 5 seconds are from the page of [`CreateBackupPlan`] of 2020. The error list of the product
/// has `BackupPlanNotConfigure` and `OperationDenied.JobStatus` (HTTP status 200); it is inferred
/// that this operation sends them, and that it starts the pre-check.
///
/// [`Client::provision`]: crate::Client::provision
/// [`ClientBuilder::secrets_in_query`]: crate::ClientBuilder::secrets_in_query
/// [`CreateBackupPlan`]: crate::operations::CreateBackupPlan
/// [`CreateGetDBListFromAgentTask`]: crate::operations::CreateGetDBListFromAgentTask
/// [`GetDBListFromAgent`]: crate::operations::GetDBListFromAgent
/// [`InitializeDbsServiceLinkedRole`]: crate::operations::InitializeDbsServiceLinkedRole
/// [`ModifyBackupObjects`]: crate::operations::ModifyBackupObjects
/// [`ModifyBackupPlanName`]: crate::operations::ModifyBackupPlanName
/// [`ModifyBackupSourceEndpoint`]: crate::operations::ModifyBackupSourceEndpoint
/// [`ModifyBackupStrategy`]: crate::operations::ModifyBackupStrategy
/// [`ModifyStorageStrategy`]: crate::operations::ModifyStorageStrategy
/// [`PlanConfigurable`]: crate::wait::PlanConfigurable
/// [`PreCheckPassed`]: crate::wait::PreCheckPassed
/// [`StartBackupPlan`]: crate::operations::StartBackupPlan
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct ConfigureBackupPlan {
    /// The id of the plan. Required.
    pub backup_plan_id: BackupPlanId,
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
    pub source_endpoint: SourceEndpoint,
    /// Whether the service connects to the database over TLS. Optional.
    ///
    /// A string on the wire. Undocumented; known from the vendor's SDK.
    #[serde(default, with = "lenient::as_text")]
    pub enable_source_endpoint_ssl: Option<bool>,
    /// The certificate authority that signed the database's certificate, in PEM format. Optional.
    ///
    /// Undocumented; known from the vendor's SDK.
    pub ssl_ca_pem: Option<String>,
    /// The home directory of Oracle, such as `/home/test`. Optional.
    ///
    /// Undocumented; known from the vendor's SDK.
    pub source_endpoint_oracle_home: Option<String>,
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
    /// The vendor's page shows single weekdays, although the pages of related operations show
    /// lists. It describes the time with a trailing `Z`, but its examples omit the `Z`.
    ///
    /// Wire names: `BackupStrategyType`, `BackupPeriod`, `BackupStartTime`.
    #[doc(alias = "BackupStrategyType")]
    #[doc(alias = "BackupPeriod")]
    #[doc(alias = "BackupStartTime")]
    #[serde(flatten, deserialize_with = "schedule::optional")]
    pub schedule: Option<BackupSchedule>,
    /// Whether the plan starts automatically after the pre-check has passed. Optional.
    ///
    /// The vendor's page says only that it turns automatic backup on; it is inferred that it makes
    /// [`StartBackupPlan`](crate::operations::StartBackupPlan) unnecessary.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub auto_start_backup: Option<bool>,
    /// Whether the service also backs up the logs, incrementally. Optional.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub enable_backup_log: Option<bool>,
    /// The interval between incremental backups, in seconds. Optional.
    ///
    /// For physical backups only.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_log_interval_seconds: Option<u32>,
    /// Whether a physical MySQL backup includes the binlogs. Optional.
    ///
    /// A string on the wire. Undocumented; known from the vendor's SDK.
    #[serde(default, with = "lenient::as_text")]
    pub enable_mysql_physical_backup_binlog: Option<bool>,
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
    /// How the service encrypts the stored backups. Optional.
    ///
    /// Undocumented; known from the vendor's SDK, whose examples show no value but `encrypted`.
    pub backup_storage_encrypt_method: Option<StorageEncryptMethod>,
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
    /// The [idempotency token](crate::operations#idempotency). Optional; defaults to a random
    /// token for each call.
    pub client_token: Option<ClientToken>,
}

/// The response to [`ConfigureBackupPlan`].
#[serde_with::apply(Option => #[serde(default, deserialize_with = "informational::field")])]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ConfigureBackupPlanResponse {
    /// The id of the plan.
    pub backup_plan_id: Option<BackupPlanId>,
}

operation! {
    ConfigureBackupPlan -> ConfigureBackupPlanResponse, IdempotentByToken, ram on PLAN, limit 10 per 1 s,
    secrets |request| {
        request.source_endpoint.password().map(|password| ("SourceEndpointPassword", password))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};
    use crate::v2019_03_06::region::Region;
    use crate::v2019_03_06::types::{
        BackupObject, DatabaseAccess, Port, Weekday, retention_days, start_time,
    };

    #[test]
    fn sends_required_parameters() {
        let request = ConfigureBackupPlan::builder()
            .backup_plan_id("dbs1".parse().unwrap())
            .backup_plan_name("sessions")
            .source_endpoint(SourceEndpoint::Other {
                host: "192.0.2.10".parse().unwrap(),
                port: Port::REDIS,
                access: DatabaseAccess::redis_without_password(),
            })
            .build();
        assert_sends(
            &request,
            &[
                ("BackupPlanId", "dbs1"),
                ("BackupPlanName", "sessions"),
                ("SourceEndpointIP", "192.0.2.10"),
                ("SourceEndpointInstanceType", "Other"),
                ("SourceEndpointPort", "6379"),
            ],
        );
    }

    #[test]
    fn sends_every_parameter() {
        let request = ConfigureBackupPlan::builder()
            .backup_plan_id("dbs1".parse().unwrap())
            .backup_plan_name("orders nightly")
            .source_endpoint(SourceEndpoint::Agent {
                region: Region::Hangzhou,
                gateway_id: 160_813.into(),
                host: "db.internal".parse().unwrap(),
                port: Port::ORACLE,
                access: Some(DatabaseAccess::oracle("dbs", "pass word", "ORCL")),
            })
            .enable_source_endpoint_ssl(true)
            .ssl_ca_pem("-----BEGIN")
            .source_endpoint_oracle_home("/home/oracle")
            .cross_account(CrossAccount {
                aliyun_id: "1234567890123456".parse().unwrap(),
                role_name: "ram-for-dbs".parse().unwrap(),
            })
            .backup_objects(BackupObject::database("orders"))
            .schedule(BackupSchedule::weekly(Weekday::Monday, start_time!("02:05")))
            .auto_start_backup(true)
            .enable_backup_log(false)
            .backup_log_interval_seconds(600)
            .enable_mysql_physical_backup_binlog(true)
            .backup_rate_limit(KilobytesPerSecond::new(1024))
            .backup_speed_limit(KilobytesPerSecond::new(2048))
            .storage(BackupStorage::OssBucket("bucket-1".parse().unwrap()))
            .backup_storage_encrypt_method(StorageEncryptMethod::Encrypted)
            .backup_retention_period(retention_days!(365))
            .duplication_infrequent_access_period(180)
            .duplication_archive_period(360)
            .resource_group_id("rg-1".parse().unwrap())
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(
            &request,
            &[
                ("AutoStartBackup", "true"),
                ("BackupGatewayId", "160813"),
                ("BackupLogIntervalSeconds", "600"),
                ("BackupObjects", r#"[{"DBName":"orders"}]"#),
                ("BackupPeriod", "Monday"),
                ("BackupPlanId", "dbs1"),
                ("BackupPlanName", "orders nightly"),
                ("BackupRateLimit", "1024"),
                ("BackupRetentionPeriod", "365"),
                ("BackupSpeedLimit", "2048"),
                ("BackupStartTime", "02:05"),
                ("BackupStorageEncryptMethod", "encrypted"),
                ("BackupStrategyType", "simple"),
                ("ClientToken", "t-1"),
                ("CrossAliyunId", "1234567890123456"),
                ("CrossRoleName", "ram-for-dbs"),
                ("DuplicationArchivePeriod", "360"),
                ("DuplicationInfrequentAccessPeriod", "180"),
                ("EnableBackupLog", "false"),
                ("EnableMysqlPhysicalBackupBinlog", "true"),
                ("EnableSourceEndpointSsl", "true"),
                ("OSSBucketName", "bucket-1"),
                ("ResourceGroupId", "rg-1"),
                ("SourceEndpointIP", "db.internal"),
                ("SourceEndpointInstanceType", "Agent"),
                ("SourceEndpointOracleHome", "/home/oracle"),
                ("SourceEndpointOracleSID", "ORCL"),
                ("SourceEndpointPassword", "pass word"),
                ("SourceEndpointPort", "1521"),
                ("SourceEndpointRegion", "cn-hangzhou"),
                ("SourceEndpointUserName", "dbs"),
                ("SslCaPem", "-----BEGIN"),
            ],
        );
    }

    #[test]
    fn json_never_contains_the_password() {
        let request = ConfigureBackupPlan::builder()
            .backup_plan_id("dbs1".parse().unwrap())
            .backup_plan_name("x")
            .source_endpoint(SourceEndpoint::Rds {
                region: Region::Hangzhou,
                instance_id: "rm-1".parse().unwrap(),
                access: DatabaseAccess::mysql("dbs", "hunter2"),
            })
            .build();
        let json = serde_json::to_string(&request).unwrap();
        assert!(!json.contains("hunter2") && !json.contains("Password"), "{json}");
        assert!(!format!("{request:?}").contains("hunter2"));
    }

    #[test]
    fn rejects_incomplete_groups() {
        let base = r#""BackupPlanId":"a","BackupPlanName":"b","SourceEndpointInstanceType":"Other","SourceEndpointIP":"h","SourceEndpointPort":1"#;
        assert!(serde_json::from_str::<ConfigureBackupPlan>(&format!("{{{base}}}")).is_ok());
        for (extra, expected) in [
            (r#""BackupPeriod":"Monday""#, "BackupStartTime"),
            (r#""BackupPeriod":"Funday","BackupStartTime":"02:00""#, "Funday"),
            (r#""CrossAliyunId":"1""#, "CrossRoleName"),
            (r#""BackupStorageType":"system","OSSBucketName":"b""#, "OSS bucket name"),
            (r#""BackupRetentionPeriod":"1826""#, "0 to 1825"),
        ] {
            let error = serde_json::from_str::<ConfigureBackupPlan>(&format!("{{{base},{extra}}}"))
                .unwrap_err();
            assert!(error.to_string().contains(expected), "{extra}: {error}");
        }
    }

    #[test]
    fn decodes_sample_response() {
        let response = decode_sample::<ConfigureBackupPlan>(include_str!(
            "../../../fake/samples/2019-03-06/ConfigureBackupPlan.json"
        ));
        assert_eq!(response.backup_plan_id.unwrap().as_str(), "dbstooi01exmp");
    }
}
