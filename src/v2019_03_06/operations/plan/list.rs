//! `DescribeBackupPlanList`: lists backup plans, one page at a time.

use bon::Builder;
use serde::{Deserialize, Serialize};
use serde_with::formats::CommaSeparator;
use serde_with::{StringWithSeparator, serde_as, skip_serializing_none};
use time::OffsetDateTime;

use crate::rpc::value::{ClientToken, Open, informational, lenient};
use crate::rpc::wire::list_name;
use crate::v2019_03_06::operations::Page;
use crate::v2019_03_06::operations::declare::{operation, paged};
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{
    AliyunId, BackupGatewayId, BackupGatewayIdentifier, BackupMethod, BackupObjects, BackupPlanId,
    BackupPlanStatus, BackupSetDataFormat, BackupStorageType, ChargeType, DatabaseType,
    DownloadTargetType, EndpointInstanceType, InstanceClass, InstanceId, OssBucketName, PageSize,
    RamRoleName, ResourceGroupId, StartTime, StorageEncryptMethod, Weekdays,
};

/// Lists backup plans, one page at a time.
///
/// Without filters, it lists all plans of the account, from purchase to release. [`Client::items`]
/// and [`Client::pages`] request one page after the other.
///
/// Use it to find a plan by its name, and to read its status, its configuration and the range of
/// times that it can restore. To wait for a status, use [`PlanConfigurable`], [`PlanRunning`] or
/// [`PlanReleased`], which poll this operation. [`DescribeBackupPlanBilling`] returns what a plan has used, and
/// [`DescribeFullBackupList`] lists the backups of a plan.
///
/// # Idempotency
///
/// It changes nothing; see [idempotency](crate::operations#idempotency).
///
/// # Limits
///
/// 50 calls per 60 seconds and account.
///
/// # Permissions
///
/// `dbs:DescribeBackupPlanList` on `acs:dbs:{#regionId}:{#accountId}:backupplan/{#BackupPlanId}`.
///
/// # Errors
///
/// | code | cause | what to do |
/// | --- | --- | --- |
/// | `BackupPlanNotDescribe` | The service could not list the plans. | Check the filters, then call again. |
/// | `InvalidParameterValid` | A parameter has a value that the service does not accept. | Compare the values with the vendor's page. |
/// | `UserError` with HTTP status 403 | OSS is not activated for the account. | Activate OSS, then call again. |
///
/// Every operation can also fail with the [common errors](crate::operations#errors).
///
/// # Examples
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
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2019-03-06-describebackupplanlist).
/// The error list of the product has `BackupPlanNotDescribe` (HTTP status 200) and `UserError`; it
/// is inferred that this operation sends them. `InvalidParameterValid` is from the page's example
/// of a response. It is inferred that released plans are not listed.
///
/// [`Client::items`]: crate::Client::items
/// [`Client::pages`]: crate::Client::pages
/// [`DescribeBackupPlanBilling`]: crate::operations::DescribeBackupPlanBilling
/// [`DescribeFullBackupList`]: crate::operations::DescribeFullBackupList
/// [`PlanConfigurable`]: crate::wait::PlanConfigurable
/// [`PlanReleased`]: crate::wait::PlanReleased
/// [`PlanRunning`]: crate::wait::PlanRunning
#[serde_as]
#[skip_serializing_none]
#[derive(Builder, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct DescribeBackupPlanList {
    /// Returns only the plans with these ids. Optional; defaults to all plans.
    ///
    /// Wire name: `BackupPlanId`, which contains the ids joined by commas.
    #[doc(alias = "BackupPlanId")]
    #[serde(rename = "BackupPlanId", default, skip_serializing_if = "Vec::is_empty")]
    #[serde_as(as = "StringWithSeparator::<CommaSeparator, BackupPlanId>")]
    #[builder(default, with = |ids: impl IntoIterator<Item = BackupPlanId>| ids.into_iter().collect())]
    pub backup_plan_ids: Vec<BackupPlanId>,
    /// Returns only plans with this name. Optional.
    pub backup_plan_name: Option<String>,
    /// Returns only plans with this status. Optional.
    pub backup_plan_status: Option<BackupPlanStatus>,
    /// Returns only plans that use this backup method. Optional.
    ///
    /// Undocumented; known from the vendor's SDK.
    pub backup_method: Option<BackupMethod>,
    /// Returns only plans that belong to this region. Optional.
    pub region: Option<Region>,
    /// Returns only plans of this resource group. Optional.
    pub resource_group_id: Option<ResourceGroupId>,
    /// The page to return, counted from 0. Optional; defaults to 0.
    ///
    /// At most 2147483647.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub page_num: Option<u32>,
    /// The number of items per page: 1 to 100. Optional; defaults to 30.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub page_size: Option<PageSize>,
    /// Whether the response includes the schedule. Optional.
    ///
    /// Undocumented; known from the vendor's SDK. Its effect is inferred.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub show_backup_strategy_info: Option<bool>,
    /// Whether the response includes the storage settings. Optional.
    ///
    /// Undocumented; known from the vendor's SDK. Its effect is inferred.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub show_storage_strategy_info: Option<bool>,
    /// Whether the response includes the range of times that can be restored. Optional.
    ///
    /// Undocumented; known from the vendor's SDK. Its effect is inferred.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub show_recover_time_range: Option<bool>,
    /// The [idempotency token](crate::operations#idempotency). Optional; reads do not need one.
    pub client_token: Option<ClientToken>,
}

list_name!(BackupPlanDetail);

/// The response to [`DescribeBackupPlanList`]: one page.
pub type DescribeBackupPlanListResponse = Page<BackupPlanDetail>;

/// A plan, as [`DescribeBackupPlanList`] returns it.
///
/// A field that the service omits or leaves empty is `None`. Times are milliseconds since 1970 on
/// the wire.
#[serde_with::apply(
    Option => #[serde(default, deserialize_with = "informational::field")],
    Open => #[serde(default, deserialize_with = "informational::group")],
)]
#[skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct BackupPlanDetail {
    /// The id of the plan.
    pub backup_plan_id: BackupPlanId,
    /// The name of the plan.
    pub backup_plan_name: Option<String>,
    /// The status of the plan.
    pub backup_plan_status: Open<BackupPlanStatus>,
    /// The region that the plan belongs to.
    pub backup_plan_region: Option<Open<Region>>,
    /// When the plan was bought.
    #[serde(default, with = "informational::unix_ms")]
    #[serde_with(skip_apply)]
    pub backup_plan_create_time: Option<OffsetDateTime>,
    /// How the data is read from the database.
    pub backup_method: Open<BackupMethod>,
    /// The database engine.
    pub database_type: Open<DatabaseType>,
    /// The size of the plan.
    pub instance_class: Open<InstanceClass>,
    /// How the plan is paid.
    pub instance_charge_type: Option<Open<ChargeType>>,
    /// When the subscription ends.
    #[serde(default, with = "informational::unix_ms")]
    #[serde_with(skip_apply)]
    pub instance_expired_timestamp: Option<OffsetDateTime>,
    /// The resource group of the plan.
    pub resource_group_id: Option<ResourceGroupId>,
    /// Why the last pre-check failed, or why the plan failed. `None` without a failure.
    ///
    /// The vendor documents it for the pre-check only.
    ///
    /// Wire name: `ErrMessage`.
    #[doc(alias = "ErrMessage")]
    #[serde(rename = "ErrMessage")]
    pub error_message: Option<String>,

    /// Where the database runs.
    pub source_endpoint_instance_type: Option<Open<EndpointInstanceType>>,
    /// The region of the database.
    pub source_endpoint_region: Option<Open<Region>>,
    /// The id of the database instance.
    ///
    /// Wire name: `SourceEndpointInstanceID`.
    #[serde(rename = "SourceEndpointInstanceID", alias = "SourceEndpointInstanceId")]
    pub source_endpoint_instance_id: Option<InstanceId>,
    /// The host and the port of the database, joined by a colon.
    pub source_endpoint_ip_port: Option<String>,
    /// The host of the database.
    pub source_endpoint_host: Option<String>,
    /// The port of the database. A string on the wire.
    #[serde(default, with = "informational::as_text")]
    #[serde_with(skip_apply)]
    pub source_endpoint_port: Option<u16>,
    /// The name of the database that the service connects to.
    pub source_endpoint_database_name: Option<String>,
    /// The user name that the service logs in with.
    pub source_endpoint_user_name: Option<String>,
    /// The SID of an Oracle database.
    ///
    /// Wire name: `SourceEndpointOracleSID`.
    #[serde(rename = "SourceEndpointOracleSID")]
    pub source_endpoint_oracle_sid: Option<String>,
    /// Whether the service connects to the database over TLS. A string on the wire.
    #[serde(default, with = "informational::as_text")]
    #[serde_with(skip_apply)]
    pub source_endpoint_enable_ssl: Option<bool>,
    /// The numeric id of the backup gateway.
    #[serde(default, deserialize_with = "informational::id")]
    #[serde_with(skip_apply)]
    pub backup_gateway_id: Option<BackupGatewayId>,
    /// The second identifier of the backup gateway, besides its numeric id.
    #[serde(default, deserialize_with = "informational::id")]
    #[serde_with(skip_apply)]
    pub backup_gateway_identifier: Option<BackupGatewayIdentifier>,
    /// The id of the account that owns the database, if the plan belongs to another account.
    #[serde(default, deserialize_with = "informational::id")]
    #[serde_with(skip_apply)]
    pub cross_aliyun_id: Option<AliyunId>,
    /// The RAM role of the account that owns the database.
    pub cross_role_name: Option<RamRoleName>,

    /// The databases and tables to back up. A string that contains JSON on the wire.
    #[serde(default, deserialize_with = "informational::json_text")]
    #[serde_with(skip_apply)]
    pub backup_objects: Option<Open<BackupObjects>>,
    /// The weekdays of the full backup. Names joined by commas on the wire.
    pub backup_period: Option<Open<Weekdays>>,
    /// The time of day of the full backup, in UTC.
    pub backup_start_time: Option<Open<StartTime>>,
    /// Whether the service also backs up the logs, incrementally.
    pub enable_backup_log: Option<bool>,
    /// Whether a physical MySQL backup includes the binlogs.
    ///
    /// Wire name: `EnableMysqlPhysicalBackupBinLog`.
    #[serde(rename = "EnableMysqlPhysicalBackupBinLog", alias = "EnableMysqlPhysicalBackupBinlog")]
    pub enable_mysql_physical_backup_binlog: Option<bool>,
    /// The start of the range of times that can be restored.
    #[serde(default, with = "informational::unix_ms")]
    #[serde_with(skip_apply)]
    pub begin_timestamp_for_restore: Option<OffsetDateTime>,
    /// The end of the range of times that can be restored.
    #[serde(default, with = "informational::unix_ms")]
    #[serde_with(skip_apply)]
    pub end_timestamp_for_restore: Option<OffsetDateTime>,

    /// The kind of storage. `None` for an OSS bucket of the account.
    pub backup_storage_type: Option<Open<BackupStorageType>>,
    /// The bucket that stores the backups.
    ///
    /// Wire name: `OSSBucketName`.
    #[serde(rename = "OSSBucketName")]
    pub oss_bucket_name: Option<OssBucketName>,
    /// The region of the bucket.
    ///
    /// Wire name: `OSSBucketRegion`.
    #[serde(rename = "OSSBucketRegion")]
    pub oss_bucket_region: Option<Open<Region>>,
    /// How the service encrypts the stored backups.
    pub storage_encrypt_method: Option<Open<StorageEncryptMethod>>,
    /// How many days the service keeps full backups.
    pub backup_retention_period: Option<u32>,
    /// The number of days until full backups move to infrequent-access storage.
    pub duplication_infrequent_access_period: Option<u32>,
    /// The number of days until full backups move to archive storage.
    pub duplication_archive_period: Option<u32>,
    /// How many days the service keeps incremental backups. A string on the wire.
    #[serde(default, with = "informational::as_text")]
    #[serde_with(skip_apply)]
    pub increment_backup_retention_period: Option<u32>,
    /// The number of days until incremental backups move to infrequent-access storage. A string on
    /// the wire.
    #[serde(default, with = "informational::as_text")]
    #[serde_with(skip_apply)]
    pub increment_duplication_infrequent_access_period: Option<u32>,
    /// The number of days until incremental backups move to archive storage. A string on the wire.
    #[serde(default, with = "informational::as_text")]
    #[serde_with(skip_apply)]
    pub increment_duplication_archive_period: Option<u32>,
    /// How many days the service keeps log backups. A string on the wire.
    #[serde(default, with = "informational::as_text")]
    #[serde_with(skip_apply)]
    pub log_backup_retention_period: Option<u32>,
    /// The number of days until log backups move to infrequent-access storage. A string on the
    /// wire.
    #[serde(default, with = "informational::as_text")]
    #[serde_with(skip_apply)]
    pub log_duplication_infrequent_access_period: Option<u32>,
    /// The number of days until log backups move to archive storage. A string on the wire.
    #[serde(default, with = "informational::as_text")]
    #[serde_with(skip_apply)]
    pub log_duplication_archive_period: Option<u32>,

    /// Whether the service downloads backup sets automatically.
    pub open_backup_set_auto_download: Option<bool>,
    /// The directory that backup sets are downloaded to.
    pub backup_set_download_dir: Option<String>,
    /// The kind of server that backup sets are downloaded to.
    pub backup_set_download_target_type: Option<Open<DownloadTargetType>>,
    /// The numeric id of the backup gateway that downloads backup sets.
    #[serde(default, deserialize_with = "informational::id")]
    #[serde_with(skip_apply)]
    pub backup_set_download_gateway_id: Option<BackupGatewayId>,
    /// The format of downloaded full backups.
    pub backup_set_download_full_data_format: Option<Open<BackupSetDataFormat>>,
    /// The format of downloaded incremental backups.
    pub backup_set_download_increment_data_format: Option<Open<BackupSetDataFormat>>,
}

operation! {
    DescribeBackupPlanList -> DescribeBackupPlanListResponse, ReadOnly, ram on PLAN, limit 50 per 60 s
}
paged!(DescribeBackupPlanList, BackupPlanDetail by backup_plan_id);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};
    use crate::v2019_03_06::types::{BackupObject, Weekday, page_size};

    #[test]
    fn sends_nothing_without_filters() {
        assert_sends(&DescribeBackupPlanList::builder().build(), &[]);
    }

    #[test]
    fn sends_every_parameter() {
        let request = DescribeBackupPlanList::builder()
            .backup_plan_ids(["dbs1", "dbs2"].map(|id| id.parse().unwrap()))
            .backup_plan_name("orders nightly")
            .backup_plan_status(BackupPlanStatus::CheckPass)
            .backup_method(BackupMethod::Physical)
            .region(Region::Hangzhou)
            .resource_group_id("rg-1".parse().unwrap())
            .page_num(2)
            .page_size(page_size!(50))
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
    fn decodes_sample_response() {
        let json = include_str!("../../../fake/samples/2019-03-06/DescribeBackupPlanList.json");
        let response = decode_sample::<DescribeBackupPlanList>(json);
        assert_eq!((response.page_num, response.total_elements), (Some(0), Some(2)));
        let [full, sparse] = &response.items[..] else { panic!("two plans") };
        assert_eq!(full.backup_plan_status, BackupPlanStatus::Running);
        assert_eq!(full.source_endpoint_instance_type, Some(EndpointInstanceType::Rds.into()));
        assert_eq!(full.source_endpoint_port, Some(3306));
        assert_eq!(full.source_endpoint_oracle_sid, None);
        assert_eq!(full.backup_period, Some((Weekday::Monday | Weekday::Thursday).into()));
        assert_eq!(full.log_duplication_archive_period, Some(360));
        assert_eq!(full.backup_plan_create_time.unwrap().unix_timestamp(), 1_582_527_713);
        let objects: BackupObjects =
            BackupObject::database("orders").include_table("item").exclude_table("item_tmp").into();
        assert_eq!(full.backup_objects, Some(objects.into()));
        assert_eq!(sparse.backup_plan_status, BackupPlanStatus::Wait);
        assert_eq!(sparse.backup_period, None);

        // Every field of the sample is read and written back unchanged, except empty ones, which
        // are not written.
        let sample: serde_json::Value = serde_json::from_str(json).unwrap();
        let mut fields = sample["Items"]["BackupPlanDetail"][0].as_object().unwrap().clone();
        fields.retain(|_, value| value != "");
        let mut written = serde_json::to_value(full).unwrap();
        // Responses spell it in lower case; it is written as in requests.
        written["SourceEndpointInstanceType"] = "rds".into();
        assert_eq!(written.as_object().unwrap(), &fields);
    }

    #[test]
    fn reads_unknown_values_and_fields() {
        let response = decode_sample::<DescribeBackupPlanList>(
            r#"{"PageNum":"0","PageSize":30,"TotalPages":1,"TotalElements":"5000000000",
                "Items":{"BackupPlanDetail":{"BackupPlanId":"a","BackupPlanName":7,
                "BackupPlanStatus":"dreaming","BackupPlanCreateTime":"1582527713000",
                "BackupMethod":"telepathy","DatabaseType":"","InstanceClass":null,
                "BackupPlanRegion":"moon-1","BackupPeriod":"Blursday","BackupObjects":"?",
                "SourceEndpointPort":3306,"Brand":{"new":[]}}}}"#,
        );
        let plan = &response.items[0];
        assert_eq!(plan.backup_plan_status.as_str(), "dreaming");
        assert_eq!(plan.backup_objects.as_ref().unwrap().to_string(), "?");
        assert_eq!(plan.source_endpoint_port, Some(3306));
        assert_eq!(response.total_elements, Some(5_000_000_000));
    }
}
