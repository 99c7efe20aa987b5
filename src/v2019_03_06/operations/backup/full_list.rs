//! `DescribeFullBackupList`: lists the full backups of a plan, one page per call.

use bon::Builder;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::rpc::value::{ClientToken, Open, informational, lenient};
use crate::rpc::wire::list_name;
use crate::v2019_03_06::operations::Page;
use crate::v2019_03_06::operations::declare::{operation, paged};
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{
    AliyunId, BackupGatewayIdentifier, BackupObjects, BackupPlanId, BackupSetId,
    EndpointInstanceType, FullBackupStatus, InstanceId, PageSizeChoice, RamRoleName,
    StorageEncryptMethod, StorageMethod,
};

/// Lists the full backups of a plan, one page per call.
///
/// Each item shows the status, the size, the storage class and the source of one backup set, and
/// for logical backups the progress. [`Client::items`] reads all pages as a stream.
///
/// The schedule of the plan starts backups, and so does [`StartBackupPlan`], whose response names
/// the backup set; [`FullBackupFinished`] waits until it is finished.
/// [`CreateFullBackupSetDownload`] downloads a set, and [`CreateRestoreTask`] restores it.
/// [`DescribeIncrementBackupList`] lists the log backups.
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
/// `dbs:DescribeFullBackupList` on `*`. A vendor's page of 2026 names
/// `acs:dbs:{#regionId}:{#accountId}:backupplan/{#BackupPlanId}` instead.
///
/// # Errors
///
/// Only the [common errors](crate::operations#errors) are documented.
///
/// # Examples
///
/// ```no_run
/// # async fn example(client: aliyun_dbs::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use aliyun_dbs::operations::DescribeFullBackupList;
/// use aliyun_dbs::types::PageSizeChoice;
///
/// let request = DescribeFullBackupList::builder()
///     .backup_plan_id("dbstooi01exmp".parse()?)
///     .page_size(PageSizeChoice::Hundred)
///     .show_progress(true)
///     .build();
/// let mut backups = client.items(request);
/// while let Some(backup) = backups.next().await {
///     let backup = backup?;
///     println!("{} {}", backup.backup_set_id, backup.backup_status);
/// }
/// # Ok(()) }
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2019-03-06-describefullbackuplist);
/// its example shows that the time filter takes seconds.
///
/// [`Client::items`]: crate::Client::items
/// [`CreateFullBackupSetDownload`]: crate::operations::CreateFullBackupSetDownload
/// [`CreateRestoreTask`]: crate::operations::CreateRestoreTask
/// [`DescribeIncrementBackupList`]: crate::operations::DescribeIncrementBackupList
/// [`FullBackupFinished`]: crate::wait::FullBackupFinished
/// [`StartBackupPlan`]: crate::operations::StartBackupPlan
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct DescribeFullBackupList {
    /// The id of the plan. Required.
    pub backup_plan_id: BackupPlanId,
    /// Returns only this backup set. Optional.
    pub backup_set_id: Option<BackupSetId>,
    /// Returns only backups with this status. Optional.
    ///
    /// Undocumented; known from the vendor's SDK. Its meaning is inferred from the example
    /// `finish`.
    pub backup_set_status: Option<FullBackupStatus>,
    /// Returns only backups from this time on. Optional.
    ///
    /// Seconds since 1970 on the wire, as in the vendor's example; the other lists take
    /// milliseconds.
    #[serde(default, with = "lenient::unix_seconds")]
    pub start_timestamp: Option<OffsetDateTime>,
    /// Returns only backups up to this time. Optional.
    ///
    /// Seconds since 1970 on the wire, like [`start_timestamp`](Self::start_timestamp).
    #[serde(default, with = "lenient::unix_seconds")]
    pub end_timestamp: Option<OffsetDateTime>,
    /// The page to return, counted from 0. Optional; defaults to 0.
    ///
    /// At most 2147483647.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub page_num: Option<u32>,
    /// The number of items per page: 30, 50 or 100. Optional; defaults to 30.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub page_size: Option<PageSizeChoice>,
    /// Whether to return the progress of logical backups. Optional.
    ///
    /// A string on the wire, while the other `Show…` parameters are Booleans. Undocumented; known
    /// from the vendor's SDK.
    #[serde(default, with = "lenient::as_text")]
    pub show_progress: Option<bool>,
    /// Whether to return the storage class. Optional; an older page of the vendor documents `true`
    /// as the default.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub show_storage_type: Option<bool>,
    /// The [idempotency token](crate::operations#idempotency). Optional; reads do not need one.
    pub client_token: Option<ClientToken>,
}

list_name!(FullBackupFile);

/// The response to [`DescribeFullBackupList`]: one page.
pub type DescribeFullBackupListResponse = Page<FullBackupFile>;

/// A full backup, as [`DescribeFullBackupList`] returns it.
///
/// A field that the service omits or leaves empty is `None`. Times are milliseconds since 1970 on
/// the wire.
///
/// Undocumented, known from the vendor's SDK only: `storage_encrypt_method`,
/// `logical_structure_backup_progress`, `logical_full_backup_progress`,
/// `source_endpoint_instance_type`, `source_endpoint_region`, `source_endpoint_instance_id`,
/// `source_endpoint_host`, `source_endpoint_port`, `source_endpoint_user_name`,
/// `source_endpoint_enable_ssl`, `backup_gateway_identifier`, `cross_aliyun_id`, `cross_role_name`.
#[serde_with::apply(
    Option => #[serde(default, deserialize_with = "informational::field")],
    Open => #[serde(default, deserialize_with = "informational::group")],
)]
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct FullBackupFile {
    /// The id of the backup set.
    pub backup_set_id: BackupSetId,
    /// The status of the backup.
    pub backup_status: Open<FullBackupStatus>,
    /// The size of the backup in bytes (inferred; the vendor states no unit).
    pub backup_size: Option<u64>,
    /// The databases and tables that the backup contains.
    ///
    /// JSON in a string on the wire. The vendor's examples escape its quotes once more than
    /// requests do; both forms are accepted.
    #[serde(default, deserialize_with = "informational::json_text")]
    #[serde_with(skip_apply)]
    pub backup_objects: Option<Open<BackupObjects>>,
    /// When the backup was created.
    #[serde(default, with = "informational::unix_ms")]
    #[serde_with(skip_apply)]
    pub create_time: Option<OffsetDateTime>,
    /// When the backup started.
    #[serde(default, with = "informational::unix_ms")]
    #[serde_with(skip_apply)]
    pub start_time: Option<OffsetDateTime>,
    /// When the backup ended.
    #[serde(default, with = "informational::unix_ms")]
    #[serde_with(skip_apply)]
    pub end_time: Option<OffsetDateTime>,
    /// When the backup finished.
    ///
    /// The only published example has the same value as [`end_time`](Self::end_time).
    #[serde(default, with = "informational::unix_ms")]
    #[serde_with(skip_apply)]
    pub finish_time: Option<OffsetDateTime>,
    /// When the service deletes the backup set.
    #[serde(default, with = "informational::unix_ms")]
    #[serde_with(skip_apply)]
    pub backup_set_expired_time: Option<OffsetDateTime>,
    /// The storage class of the backup.
    ///
    /// [`StorageMethod::Unknown`](crate::types::StorageMethod::Unknown) while the backup is
    /// unfinished.
    pub storage_method: Option<Open<StorageMethod>>,
    /// The encryption of the stored backup.
    pub storage_encrypt_method: Option<Open<StorageEncryptMethod>>,
    /// The progress of the structure backup, in percent.
    ///
    /// Logical backups only, if [`show_progress`](DescribeFullBackupList::show_progress) is set
    /// (inferred).
    pub logical_structure_backup_progress: Option<u8>,
    /// The progress of the data backup, in percent.
    ///
    /// Logical backups only, if [`show_progress`](DescribeFullBackupList::show_progress) is set
    /// (inferred).
    pub logical_full_backup_progress: Option<u8>,
    /// Why the backup failed. The string `NULL`, which some responses contain, is read as `None`.
    ///
    /// Wire name: `ErrMessage`.
    #[doc(alias = "ErrMessage")]
    #[serde(rename = "ErrMessage", default, deserialize_with = "informational::message")]
    #[serde_with(skip_apply)]
    pub error_message: Option<String>,
    /// Where the database runs.
    pub source_endpoint_instance_type: Option<Open<EndpointInstanceType>>,
    /// The region of the database.
    pub source_endpoint_region: Option<Open<Region>>,
    /// The id of the database instance.
    #[serde(alias = "SourceEndpointInstanceID")]
    pub source_endpoint_instance_id: Option<InstanceId>,
    /// The host and the port of the database, as `host:port`.
    pub source_endpoint_ip_port: Option<String>,
    /// The host of the database.
    pub source_endpoint_host: Option<String>,
    /// The port of the database. A string on the wire, while requests send a number.
    #[serde(default, with = "informational::as_text")]
    #[serde_with(skip_apply)]
    pub source_endpoint_port: Option<u16>,
    /// The user name that the service logged in with.
    pub source_endpoint_user_name: Option<String>,
    /// Whether the service connected to the database over TLS. A string on the wire.
    #[serde(default, with = "informational::as_text")]
    #[serde_with(skip_apply)]
    pub source_endpoint_enable_ssl: Option<bool>,
    /// The identifier of the backup gateway, which is not its numeric id.
    #[serde(default, deserialize_with = "informational::id")]
    #[serde_with(skip_apply)]
    pub backup_gateway_identifier: Option<BackupGatewayIdentifier>,
    /// The id of the account that owns the database, if it is not the caller's.
    #[serde(default, deserialize_with = "informational::id")]
    #[serde_with(skip_apply)]
    pub cross_aliyun_id: Option<AliyunId>,
    /// The RAM role in that account.
    pub cross_role_name: Option<RamRoleName>,
}

operation! {
    DescribeFullBackupList -> DescribeFullBackupListResponse, ReadOnly, ram on ANY, limit 100 per 1 s
}
paged!(DescribeFullBackupList, FullBackupFile by backup_set_id);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};

    #[test]
    fn sends_every_parameter() {
        let request = DescribeFullBackupList::builder()
            .backup_plan_id("dbs1".parse().unwrap())
            .backup_set_id("set1".parse().unwrap())
            .backup_set_status(FullBackupStatus::Finish)
            .start_timestamp(OffsetDateTime::from_unix_timestamp(1_676_886_947).unwrap())
            .end_timestamp(OffsetDateTime::from_unix_timestamp(1_676_886_947).unwrap())
            .page_num(2)
            .page_size(PageSizeChoice::Fifty)
            .show_progress(true)
            .show_storage_type(false)
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(
            &request,
            &[
                ("BackupPlanId", "dbs1"),
                ("BackupSetId", "set1"),
                ("BackupSetStatus", "finish"),
                ("ClientToken", "t-1"),
                ("EndTimestamp", "1676886947"),
                ("PageNum", "2"),
                ("PageSize", "50"),
                ("ShowProgress", "true"),
                ("ShowStorageType", "false"),
                ("StartTimestamp", "1676886947"),
            ],
        );
    }

    #[test]
    fn decodes_sample_response() {
        let response = decode_sample::<DescribeFullBackupList>(include_str!(
            "../../../fake/samples/2019-03-06/DescribeFullBackupList.json"
        ));
        let [file] = &response.items[..] else { panic!("one backup") };
        assert_eq!(file.backup_set_id.as_str(), "1iukx5h0exmp");
        assert_eq!(file.backup_status, FullBackupStatus::Finish);
        assert_eq!(file.storage_method, Some(StorageMethod::Standard.into()));
        assert_eq!(file.logical_full_backup_progress, Some(100));
        assert_eq!(file.source_endpoint_port, Some(3306));
        assert_eq!(file.error_message, None);
    }
}
