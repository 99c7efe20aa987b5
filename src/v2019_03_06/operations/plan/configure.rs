//! `ConfigureBackupPlan`: says what a plan backs up, when, and where to.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, lenient};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::{
    BackupObjects, BackupPlanId, BackupSchedule, BackupStorage, CrossAccount, KilobytesPerSecond,
    ResourceGroupId, RetentionDays, SourceEndpoint, StorageEncryptMethod, cross_account, schedule,
    storage,
};

/// Says what a plan backs up, when, and where to; the pre-check starts with it.
///
/// A new plan takes it about five seconds after it was bought
/// ([`CreateBackupPlan::SETTLING_TIME`](crate::operations::CreateBackupPlan::SETTLING_TIME)).
/// The database's password travels in the body of the request. To reach a cloud database the
/// service needs the account's service-linked role, made once by
/// [`InitializeDbsServiceLinkedRole`](crate::operations::InitializeDbsServiceLinkedRole).
///
/// RAM: `dbs:ConfigureBackupPlan` on the plan. Limit: 10 calls a second per account. Sent again
/// with the same client token it runs once.
///
/// Source of names, values and limits: the operation's page.
///
/// # Errors
///
/// `BackupPlanNotConfigure` (the configuration was rejected), `OperationDenied.JobStatus` (not in
/// the plan's present state), `Request.Forbidden` (no RAM permission), `Param.NotFound`.
///
/// ```
/// use aliyun_dbs::Region;
/// use aliyun_dbs::operations::ConfigureBackupPlan;
/// use aliyun_dbs::types::{
///     BackupObject, BackupSchedule, DatabaseAccess, RetentionDays, SourceEndpoint, StartTime,
///     Weekday,
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
///         StartTime::at::<14, 22>(),
///     ))
///     .backup_retention_period(RetentionDays::of::<365>())
///     .build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct ConfigureBackupPlan {
    /// The plan, `BackupPlanId`.
    pub backup_plan_id: BackupPlanId,
    /// Name that the plan shall have, `BackupPlanName`.
    pub backup_plan_name: String,
    /// The database: where it is, and how DBS logs in. Wire: `SourceEndpoint…`,
    /// `BackupGatewayId`.
    #[serde(flatten)]
    pub source_endpoint: SourceEndpoint,
    /// Whether DBS connects to the database by TLS, `EnableSourceEndpointSsl`; text on the wire.
    /// Known from the vendor's SDK, not documented.
    #[serde(default, with = "lenient::as_text")]
    pub enable_source_endpoint_ssl: Option<bool>,
    /// Certificate of the authority that the database's certificate is signed by, as PEM,
    /// `SslCaPem`. Known from the vendor's SDK, not documented.
    pub ssl_ca_pem: Option<String>,
    /// Home directory of Oracle, `SourceEndpointOracleHome`. Known from the vendor's SDK, not
    /// documented.
    pub source_endpoint_oracle_home: Option<String>,
    /// Another account that owns the database. Wire: `CrossAliyunId`, `CrossRoleName`.
    #[serde(flatten, deserialize_with = "cross_account::optional")]
    pub cross_account: Option<CrossAccount>,
    /// What is backed up, `BackupObjects`; everything if left out.
    #[builder(into)]
    pub backup_objects: Option<BackupObjects>,
    /// When full backups run. Wire: `BackupStrategyType`, `BackupPeriod`, `BackupStartTime`.
    #[serde(flatten, deserialize_with = "schedule::optional")]
    pub schedule: Option<BackupSchedule>,
    /// Whether the plan starts by itself once the pre-check has passed, `AutoStartBackup`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub auto_start_backup: Option<bool>,
    /// Whether logs are backed up, `EnableBackupLog`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub enable_backup_log: Option<bool>,
    /// Time between incremental backups in seconds, `BackupLogIntervalSeconds`; physical backup
    /// only.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_log_interval_seconds: Option<u32>,
    /// Whether binlogs are backed up with a physical MySQL backup,
    /// `EnableMysqlPhysicalBackupBinlog`; text on the wire. Known from the vendor's SDK, not
    /// documented.
    #[serde(default, with = "lenient::as_text")]
    pub enable_mysql_physical_backup_binlog: Option<bool>,
    /// Cap on network traffic, `BackupRateLimit`, at most 10 GB per second; physical MySQL
    /// backup only.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_rate_limit: Option<KilobytesPerSecond>,
    /// Cap on disk traffic, `BackupSpeedLimit`; physical MySQL backup only.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_speed_limit: Option<KilobytesPerSecond>,
    /// Where backups go; a bucket of your own with a made-up name if left out. Wire:
    /// `BackupStorageType`, `OSSBucketName`.
    #[serde(flatten, deserialize_with = "storage::optional")]
    pub storage: Option<BackupStorage>,
    /// Encryption of backups at rest, `BackupStorageEncryptMethod`. Known from the vendor's SDK,
    /// not documented.
    pub backup_storage_encrypt_method: Option<StorageEncryptMethod>,
    /// Days that backups are kept, 0 to 1825, `BackupRetentionPeriod`; 730 if left out.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_retention_period: Option<RetentionDays>,
    /// Days until backups move to infrequent-access storage,
    /// `DuplicationInfrequentAccessPeriod`; 180 if left out.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub duplication_infrequent_access_period: Option<u32>,
    /// Days until backups move to archive storage, `DuplicationArchivePeriod`; 365 if left out.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub duplication_archive_period: Option<u32>,
    /// Resource group of the plan, `ResourceGroupId`.
    pub resource_group_id: Option<ResourceGroupId>,
    /// Idempotency token, `ClientToken`; random for each call if left out.
    pub client_token: Option<ClientToken>,
}

/// Answer to [`ConfigureBackupPlan`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ConfigureBackupPlanResponse {
    /// The plan, `BackupPlanId`.
    pub backup_plan_id: BackupPlanId,
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
    use crate::v2019_03_06::operations::testing::{assert_sends, sample};
    use crate::v2019_03_06::region::Region;
    use crate::v2019_03_06::types::{BackupObject, DatabaseAccess, Port, StartTime, Weekday};

    #[test]
    fn least_parameters() {
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
    fn every_parameter() {
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
            .schedule(BackupSchedule::weekly(Weekday::Monday, StartTime::at::<2, 5>()))
            .auto_start_backup(true)
            .enable_backup_log(false)
            .backup_log_interval_seconds(600)
            .enable_mysql_physical_backup_binlog(true)
            .backup_rate_limit(KilobytesPerSecond::new(1024))
            .backup_speed_limit(KilobytesPerSecond::new(2048))
            .storage(BackupStorage::OssBucket("bucket-1".parse().unwrap()))
            .backup_storage_encrypt_method(StorageEncryptMethod::Encrypted)
            .backup_retention_period(RetentionDays::of::<365>())
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
    fn a_file_never_holds_the_password() {
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
    fn half_a_group_is_an_error_not_an_absence() {
        let base = r#""BackupPlanId":"a","BackupPlanName":"b","SourceEndpointInstanceType":"Other","SourceEndpointIP":"h","SourceEndpointPort":1"#;
        assert!(serde_json::from_str::<ConfigureBackupPlan>(&format!("{{{base}}}")).is_ok());
        for (extra, says) in [
            (r#""BackupPeriod":"Monday""#, "BackupStartTime"),
            (r#""BackupPeriod":"Funday","BackupStartTime":"02:00""#, "Funday"),
            (r#""CrossAliyunId":"1""#, "CrossRoleName"),
            (r#""BackupStorageType":"system","OSSBucketName":"b""#, "OSSBucketName"),
            (r#""BackupRetentionPeriod":"1826""#, "0 to 1825"),
        ] {
            let error = serde_json::from_str::<ConfigureBackupPlan>(&format!("{{{base},{extra}}}"))
                .unwrap_err();
            assert!(error.to_string().contains(says), "{extra}: {error}");
        }
    }

    #[test]
    fn sample_answer() {
        let answer = sample::<ConfigureBackupPlan>(include_str!(
            "../../../../tests/data/samples/ConfigureBackupPlan.json"
        ));
        assert_eq!(answer.backup_plan_id.as_str(), "dbstooi01exmp");
    }
}
