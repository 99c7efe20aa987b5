//! `DescribeBackupPlanList`: lists backup plans, a page at a time.

use bon::Builder;
use serde::{Deserialize, Serialize};
use serde_with::formats::CommaSeparator;
use serde_with::{StringWithSeparator, serde_as, skip_serializing_none};
use time::OffsetDateTime;

use crate::rpc::value::{ClientToken, Open, lenient};
use crate::rpc::wire::{Wrapped, list_name};
use crate::v2019_03_06::operations::declare::{operation, paged};
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{
    AliyunId, BackupGatewayId, BackupGatewayIdentifier, BackupMethod, BackupObjects, BackupPlanId,
    BackupPlanStatus, BackupSetDataFormat, BackupStorageType, ChargeType, DatabaseType,
    DownloadTargetType, EndpointInstanceType, InstanceClass, InstanceId, OssBucketName, PageSize,
    RamRoleName, ResourceGroupId, StartTime, StorageEncryptMethod, Weekdays,
};

/// Lists backup plans, a page at a time; without filters, all of the account.
///
/// RAM: `dbs:DescribeBackupPlanList` on the plan. Limit: 50 calls in 60 seconds per account. It
/// changes nothing, so it is safe to repeat.
///
/// Source of names, values and limits: the operation's page.
///
/// # Errors
///
/// `BackupPlanNotDescribe` (listing failed), `UserError` with HTTP 403 (OSS is not activated for
/// the account), `Request.Forbidden` (no RAM permission), `InvalidParameterValid`.
///
/// ```
/// use aliyun_dbs::operations::DescribeBackupPlanList;
/// use aliyun_dbs::types::{BackupPlanStatus, PageSize};
///
/// let request = DescribeBackupPlanList::builder()
///     .backup_plan_status(BackupPlanStatus::Running)
///     .page_size(PageSize::MAX)
///     .build();
/// ```
#[serde_as]
#[skip_serializing_none]
#[derive(Builder, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct DescribeBackupPlanList {
    /// Only these plans, `BackupPlanId`; all if empty. Ids joined by commas on the wire.
    #[serde(rename = "BackupPlanId", default, skip_serializing_if = "Vec::is_empty")]
    #[serde_as(as = "StringWithSeparator::<CommaSeparator, BackupPlanId>")]
    #[builder(default, with = |ids: impl IntoIterator<Item = BackupPlanId>| ids.into_iter().collect())]
    pub backup_plan_ids: Vec<BackupPlanId>,
    /// Only plans of this name, `BackupPlanName`.
    pub backup_plan_name: Option<String>,
    /// Only plans in this state, `BackupPlanStatus`.
    pub backup_plan_status: Option<BackupPlanStatus>,
    /// Only plans that back up by this method, `BackupMethod`. Known from the vendor's SDK, not
    /// documented.
    pub backup_method: Option<BackupMethod>,
    /// Only plans of this region, `Region`.
    pub region: Option<Region>,
    /// Only plans of this resource group, `ResourceGroupId`.
    pub resource_group_id: Option<ResourceGroupId>,
    /// Page, counted from 0, `PageNum`; 0 if left out.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub page_num: Option<u32>,
    /// Rows per page, 1 to 100, `PageSize`; 30 if left out.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub page_size: Option<PageSize>,
    /// Asks for the schedule in the answer, `ShowBackupStrategyInfo`. Known from the vendor's
    /// SDK, not documented.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub show_backup_strategy_info: Option<bool>,
    /// Asks for the storage settings in the answer, `ShowStorageStrategyInfo`. Known from the
    /// vendor's SDK, not documented.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub show_storage_strategy_info: Option<bool>,
    /// Asks for the restorable time in the answer, `ShowRecoverTimeRange`. Known from the
    /// vendor's SDK, not documented.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub show_recover_time_range: Option<bool>,
    /// Token of the request, `ClientToken`; a listing needs none.
    pub client_token: Option<ClientToken>,
}

list_name!(BackupPlanDetailName = "BackupPlanDetail");

/// Answer to [`DescribeBackupPlanList`]: one page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct DescribeBackupPlanListResponse {
    /// The page, `PageNum`. Counted from 0 in requests; some answers say 1 for the first.
    #[serde(deserialize_with = "lenient::required")]
    pub page_num: u32,
    /// Rows per page, `PageSize`.
    #[serde(deserialize_with = "lenient::required")]
    pub page_size: u32,
    /// Number of pages, `TotalPages`.
    #[serde(deserialize_with = "lenient::required")]
    pub total_pages: u32,
    /// Number of plans on all pages, `TotalElements`.
    #[serde(deserialize_with = "lenient::required")]
    pub total_elements: u64,
    /// The plans, `Items.BackupPlanDetail`.
    #[serde(default, with = "Wrapped::<BackupPlanDetailName>")]
    pub items: Vec<BackupPlanDetail>,
}

/// A plan as [`DescribeBackupPlanList`] shows it.
///
/// What the service does not send, or sends empty, is `None`.
#[skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct BackupPlanDetail {
    /// The plan, `BackupPlanId`.
    pub backup_plan_id: BackupPlanId,
    /// Name of the plan, `BackupPlanName`.
    #[serde(deserialize_with = "lenient::required")]
    pub backup_plan_name: String,
    /// State of the plan, `BackupPlanStatus`.
    pub backup_plan_status: Open<BackupPlanStatus>,
    /// Region of the plan, `BackupPlanRegion`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_plan_region: Option<Open<Region>>,
    /// When the plan was bought, `BackupPlanCreateTime`; milliseconds since 1970 on the wire.
    #[serde(with = "lenient::required_unix_ms")]
    pub backup_plan_create_time: OffsetDateTime,
    /// How data is taken out of the database, `BackupMethod`.
    pub backup_method: Open<BackupMethod>,
    /// Kind of database, `DatabaseType`.
    pub database_type: Open<DatabaseType>,
    /// Size of the plan, `InstanceClass`.
    pub instance_class: Open<InstanceClass>,
    /// How the plan is paid, `InstanceChargeType`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub instance_charge_type: Option<Open<ChargeType>>,
    /// When the subscription ends, `InstanceExpiredTimestamp`; milliseconds since 1970 on the
    /// wire.
    #[serde(default, with = "lenient::unix_ms")]
    pub instance_expired_timestamp: Option<OffsetDateTime>,
    /// Resource group of the plan, `ResourceGroupId`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub resource_group_id: Option<ResourceGroupId>,
    /// Why the last pre-check failed, `ErrMessage`.
    #[serde(rename = "ErrMessage", default, deserialize_with = "lenient::optional")]
    pub error_message: Option<String>,

    /// Where the database lives, `SourceEndpointInstanceType`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub source_endpoint_instance_type: Option<Open<EndpointInstanceType>>,
    /// Region of the database, `SourceEndpointRegion`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub source_endpoint_region: Option<Open<Region>>,
    /// Instance of the database, `SourceEndpointInstanceID`.
    #[serde(
        default,
        rename = "SourceEndpointInstanceID",
        alias = "SourceEndpointInstanceId",
        deserialize_with = "lenient::optional"
    )]
    pub source_endpoint_instance_id: Option<InstanceId>,
    /// Host and port of the database in one text, `SourceEndpointIpPort`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub source_endpoint_ip_port: Option<String>,
    /// Host of the database, `SourceEndpointHost`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub source_endpoint_host: Option<String>,
    /// Port of the database, `SourceEndpointPort`; text on the wire.
    #[serde(default, with = "lenient::as_text")]
    pub source_endpoint_port: Option<u16>,
    /// Database that DBS connects to, `SourceEndpointDatabaseName`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub source_endpoint_database_name: Option<String>,
    /// User that DBS logs in as, `SourceEndpointUserName`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub source_endpoint_user_name: Option<String>,
    /// SID of an Oracle instance, `SourceEndpointOracleSID`.
    #[serde(default, rename = "SourceEndpointOracleSID", deserialize_with = "lenient::optional")]
    pub source_endpoint_oracle_sid: Option<String>,
    /// Whether DBS connects by TLS, `SourceEndpointEnableSsl`; text on the wire.
    #[serde(default, with = "lenient::as_text")]
    pub source_endpoint_enable_ssl: Option<bool>,
    /// Number of the backup gateway, `BackupGatewayId`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_gateway_id: Option<BackupGatewayId>,
    /// Other name of the backup gateway, `BackupGatewayIdentifier`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_gateway_identifier: Option<BackupGatewayIdentifier>,
    /// Account that owns the database, `CrossAliyunId`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub cross_aliyun_id: Option<AliyunId>,
    /// Role in that account, `CrossRoleName`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub cross_role_name: Option<RamRoleName>,

    /// What is backed up, `BackupObjects`; JSON in a text on the wire.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_objects: Option<Open<BackupObjects>>,
    /// Days of the full backup, `BackupPeriod`; names joined by commas on the wire.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_period: Option<Open<Weekdays>>,
    /// Time of day of the full backup, UTC, `BackupStartTime`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_start_time: Option<Open<StartTime>>,
    /// Whether log backup is on, `EnableBackupLog`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub enable_backup_log: Option<bool>,
    /// Whether binlogs are backed up with a physical MySQL backup,
    /// `EnableMysqlPhysicalBackupBinLog`.
    #[serde(
        default,
        rename = "EnableMysqlPhysicalBackupBinLog",
        alias = "EnableMysqlPhysicalBackupBinlog",
        deserialize_with = "lenient::optional"
    )]
    pub enable_mysql_physical_backup_binlog: Option<bool>,
    /// Start of the restorable time, `BeginTimestampForRestore`; milliseconds since 1970 on the
    /// wire.
    #[serde(default, with = "lenient::unix_ms")]
    pub begin_timestamp_for_restore: Option<OffsetDateTime>,
    /// End of the restorable time, `EndTimestampForRestore`; milliseconds since 1970 on the wire.
    #[serde(default, with = "lenient::unix_ms")]
    pub end_timestamp_for_restore: Option<OffsetDateTime>,

    /// Kind of store, `BackupStorageType`; `None` for a bucket of your own.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_storage_type: Option<Open<BackupStorageType>>,
    /// Bucket that backups go to, `OSSBucketName`.
    #[serde(default, rename = "OSSBucketName", deserialize_with = "lenient::optional")]
    pub oss_bucket_name: Option<OssBucketName>,
    /// Region of that bucket, `OSSBucketRegion`.
    #[serde(default, rename = "OSSBucketRegion", deserialize_with = "lenient::optional")]
    pub oss_bucket_region: Option<Open<Region>>,
    /// Encryption of backups at rest, `StorageEncryptMethod`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub storage_encrypt_method: Option<Open<StorageEncryptMethod>>,
    /// Days that full backups are kept, `BackupRetentionPeriod`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_retention_period: Option<u32>,
    /// Days until full backups move to infrequent-access storage,
    /// `DuplicationInfrequentAccessPeriod`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub duplication_infrequent_access_period: Option<u32>,
    /// Days until full backups move to archive storage, `DuplicationArchivePeriod`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub duplication_archive_period: Option<u32>,
    /// Days that incremental backups are kept, `IncrementBackupRetentionPeriod`; text on the
    /// wire.
    #[serde(default, with = "lenient::as_text")]
    pub increment_backup_retention_period: Option<u32>,
    /// Days until incremental backups move to infrequent-access storage,
    /// `IncrementDuplicationInfrequentAccessPeriod`; text on the wire.
    #[serde(default, with = "lenient::as_text")]
    pub increment_duplication_infrequent_access_period: Option<u32>,
    /// Days until incremental backups move to archive storage,
    /// `IncrementDuplicationArchivePeriod`; text on the wire.
    #[serde(default, with = "lenient::as_text")]
    pub increment_duplication_archive_period: Option<u32>,
    /// Days that log backups are kept, `LogBackupRetentionPeriod`; text on the wire.
    #[serde(default, with = "lenient::as_text")]
    pub log_backup_retention_period: Option<u32>,
    /// Days until log backups move to infrequent-access storage,
    /// `LogDuplicationInfrequentAccessPeriod`; text on the wire.
    #[serde(default, with = "lenient::as_text")]
    pub log_duplication_infrequent_access_period: Option<u32>,
    /// Days until log backups move to archive storage, `LogDuplicationArchivePeriod`; text on
    /// the wire.
    #[serde(default, with = "lenient::as_text")]
    pub log_duplication_archive_period: Option<u32>,

    /// Whether backup sets are downloaded by themselves, `OpenBackupSetAutoDownload`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub open_backup_set_auto_download: Option<bool>,
    /// Directory that backup sets are downloaded to, `BackupSetDownloadDir`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_set_download_dir: Option<String>,
    /// Kind of place that they are downloaded to, `BackupSetDownloadTargetType`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_set_download_target_type: Option<Open<DownloadTargetType>>,
    /// Gateway that downloads them, `BackupSetDownloadGatewayId`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_set_download_gateway_id: Option<BackupGatewayId>,
    /// Format of downloaded full backups, `BackupSetDownloadFullDataFormat`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_set_download_full_data_format: Option<Open<BackupSetDataFormat>>,
    /// Format of downloaded incremental backups, `BackupSetDownloadIncrementDataFormat`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_set_download_increment_data_format: Option<Open<BackupSetDataFormat>>,
}

operation! {
    DescribeBackupPlanList -> DescribeBackupPlanListResponse, ReadOnly, ram on PLAN, limit 50 per 60 s
}
paged!(DescribeBackupPlanList, BackupPlanDetail);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, sample};
    use crate::v2019_03_06::types::{BackupObject, Weekday};

    #[test]
    fn no_filter_sends_nothing() {
        assert_sends(&DescribeBackupPlanList::builder().build(), &[]);
    }

    #[test]
    fn every_parameter() {
        let request = DescribeBackupPlanList::builder()
            .backup_plan_ids(["dbs1", "dbs2"].map(|id| id.parse().unwrap()))
            .backup_plan_name("orders nightly")
            .backup_plan_status(BackupPlanStatus::CheckPass)
            .backup_method(BackupMethod::Physical)
            .region(Region::Hangzhou)
            .resource_group_id("rg-1".parse().unwrap())
            .page_num(2)
            .page_size(PageSize::of::<50>())
            .show_backup_strategy_info(true)
            .show_storage_strategy_info(false)
            .show_recover_time_range(true)
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(
            &request,
            &[
                ("BackupMethod", "physical"),
                ("BackupPlanId", "dbs1,dbs2"),
                ("BackupPlanName", "orders nightly"),
                ("BackupPlanStatus", "check_pass"),
                ("ClientToken", "t-1"),
                ("PageNum", "2"),
                ("PageSize", "50"),
                ("Region", "cn-hangzhou"),
                ("ResourceGroupId", "rg-1"),
                ("ShowBackupStrategyInfo", "true"),
                ("ShowRecoverTimeRange", "true"),
                ("ShowStorageStrategyInfo", "false"),
            ],
        );
    }

    #[test]
    fn sample_answer() {
        let json = include_str!("../../../../tests/data/samples/DescribeBackupPlanList.json");
        let answer = sample::<DescribeBackupPlanList>(json);
        assert_eq!((answer.page_num, answer.total_elements), (0, 2));
        let [full, sparse] = &answer.items[..] else { panic!("two plans") };
        assert_eq!(full.backup_plan_status, BackupPlanStatus::Running);
        assert_eq!(full.source_endpoint_instance_type, Some(EndpointInstanceType::Rds.into()));
        assert_eq!(full.source_endpoint_port, Some(3306));
        assert_eq!(full.source_endpoint_oracle_sid, None);
        assert_eq!(full.backup_period, Some((Weekday::Monday | Weekday::Thursday).into()));
        assert_eq!(full.log_duplication_archive_period, Some(360));
        assert_eq!(full.backup_plan_create_time.unix_timestamp(), 1_582_527_713);
        let objects: BackupObjects =
            BackupObject::database("orders").include_table("item").exclude_table("item_tmp").into();
        assert_eq!(full.backup_objects, Some(objects.into()));
        assert_eq!(sparse.backup_plan_status, BackupPlanStatus::Wait);
        assert_eq!(sparse.backup_period, None);

        // Every member of the sample is read by a member of the type, and written back as it was;
        // what the sample has empty is not written.
        let sample: serde_json::Value = serde_json::from_str(json).unwrap();
        let mut members = sample["Items"]["BackupPlanDetail"][0].as_object().unwrap().clone();
        members.retain(|_, value| value != "");
        let mut written = serde_json::to_value(full).unwrap();
        // Answers spell it in lower case, requests in upper; it is written as requests do.
        written["SourceEndpointInstanceType"] = "rds".into();
        assert_eq!(written.as_object().unwrap(), &members);
    }

    #[test]
    fn new_values_and_members_do_not_cost_the_page() {
        let answer = sample::<DescribeBackupPlanList>(
            r#"{"PageNum":"0","PageSize":30,"TotalPages":1,"TotalElements":"5000000000",
                "Items":{"BackupPlanDetail":{"BackupPlanId":"a","BackupPlanName":7,
                "BackupPlanStatus":"dreaming","BackupPlanCreateTime":"1582527713000",
                "BackupMethod":"telepathy","DatabaseType":"","InstanceClass":null,
                "BackupPlanRegion":"moon-1","BackupPeriod":"Blursday","BackupObjects":"?",
                "SourceEndpointPort":3306,"Brand":{"new":[]}}}}"#,
        );
        let plan = &answer.items[0];
        assert_eq!(plan.backup_plan_status.as_str(), "dreaming");
        assert_eq!(plan.backup_objects.as_ref().unwrap().to_string(), "?");
        assert_eq!(plan.source_endpoint_port, Some(3306));
        assert_eq!(answer.total_elements, 5_000_000_000);
    }
}
