//! `DescribeIncrementBackupList`: lists the incremental backups of a plan, one page per call.

use bon::Builder;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::rpc::value::{ClientToken, Open, informational, lenient};
use crate::rpc::wire::list_name;
use crate::v2019_03_06::operations::Page;
use crate::v2019_03_06::operations::declare::{operation, paged};
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{
    BackupPlanId, BackupSetId, BackupSetJobId, EndpointInstanceType, IncrementBackupStatus,
    InstanceId, PageSizeChoice, StorageMethod,
};

/// Lists the incremental (log) backups of a plan, one page per call.
///
/// Each item shows the status, the size, the storage class and the time range of one log file.
/// [`Client::items`] reads all pages as a stream.
///
/// A plan has incremental backups while log backup is enabled: see [`EnableBackupLog`] and
/// [`DisableBackupLog`]. [`CreateIncrementBackupSetDownload`] downloads one,
/// [`DescribeRestoreRangeInfo`] returns the times that they make restorable, and
/// [`DescribeFullBackupList`] lists the full backups.
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
/// `dbs:DescribeIncrementBackupList` on `*`.
///
/// # Errors
///
/// Only the [common errors](crate::operations#errors) are documented.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::operations::DescribeIncrementBackupList;
///
/// let request = DescribeIncrementBackupList::builder()
///     .backup_plan_id("dbstooi01exmp".parse()?)
///     .build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2019-03-06-describeincrementbackuplist).
///
/// [`Client::items`]: crate::Client::items
/// [`CreateIncrementBackupSetDownload`]: crate::operations::CreateIncrementBackupSetDownload
/// [`DescribeFullBackupList`]: crate::operations::DescribeFullBackupList
/// [`DescribeRestoreRangeInfo`]: crate::operations::DescribeRestoreRangeInfo
/// [`DisableBackupLog`]: crate::operations::DisableBackupLog
/// [`EnableBackupLog`]: crate::operations::EnableBackupLog
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct DescribeIncrementBackupList {
    /// The id of the plan. Required.
    pub backup_plan_id: BackupPlanId,
    /// Returns only backups from this time on. Optional. Milliseconds since 1970 on the wire.
    #[serde(default, with = "lenient::unix_ms")]
    pub start_timestamp: Option<OffsetDateTime>,
    /// Returns only backups up to this time. Optional. Milliseconds since 1970 on the wire.
    #[serde(default, with = "lenient::unix_ms")]
    pub end_timestamp: Option<OffsetDateTime>,
    /// The page to return, counted from 0. Optional; defaults to 0.
    ///
    /// At most 2147483647.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub page_num: Option<u32>,
    /// The number of items per page: 30, 50 or 100. Optional; defaults to 30.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub page_size: Option<PageSizeChoice>,
    /// Whether to return the storage class. Optional; defaults to `true`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub show_storage_type: Option<bool>,
    /// The [idempotency token](crate::operations#idempotency). Optional; reads do not need one.
    pub client_token: Option<ClientToken>,
}

list_name!(IncrementBackupFile);

/// The response to [`DescribeIncrementBackupList`]: one page.
pub type DescribeIncrementBackupListResponse = Page<IncrementBackupFile>;

/// An incremental backup, as [`DescribeIncrementBackupList`] returns it.
///
/// A field that the service omits or leaves empty is `None`. Times are milliseconds since 1970 on
/// the wire.
///
/// Undocumented, known from the vendor's SDK only: `source_endpoint_instance_type`,
/// `source_endpoint_region`, `source_endpoint_instance_id`, `source_endpoint_host`,
/// `source_endpoint_port`.
#[serde_with::apply(
    Option => #[serde(default, deserialize_with = "informational::field")],
    Open => #[serde(default, deserialize_with = "informational::group")],
)]
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct IncrementBackupFile {
    /// The id of the backup set: the name of a log file, such as `mysql-bin.000054`.
    pub backup_set_id: BackupSetId,
    /// The id of the job that wrote the backup set.
    /// [`CreateIncrementBackupSetDownload`](crate::operations::CreateIncrementBackupSetDownload)
    /// needs it.
    pub backup_set_job_id: Option<BackupSetJobId>,
    /// The status of the backup. Upper case on the wire, unlike that of full backups.
    pub backup_status: Open<IncrementBackupStatus>,
    /// The size of the backup in bytes (inferred; the vendor states no unit).
    pub backup_size: Option<u64>,
    /// The earliest time in the log.
    #[serde(default, with = "informational::unix_ms")]
    #[serde_with(skip_apply)]
    pub start_time: Option<OffsetDateTime>,
    /// The latest time in the log.
    #[serde(default, with = "informational::unix_ms")]
    #[serde_with(skip_apply)]
    pub end_time: Option<OffsetDateTime>,
    /// When the service deletes the backup set.
    #[serde(default, with = "informational::unix_ms")]
    #[serde_with(skip_apply)]
    pub backup_set_expired_time: Option<OffsetDateTime>,
    /// The storage class of the backup.
    ///
    /// [`StorageMethod::Unknown`](crate::types::StorageMethod::Unknown) while the backup is
    /// unfinished.
    pub storage_method: Option<Open<StorageMethod>>,
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
}

operation! {
    DescribeIncrementBackupList -> DescribeIncrementBackupListResponse, ReadOnly, ram on ANY, limit 100 per 1 s
}
paged!(DescribeIncrementBackupList, IncrementBackupFile by backup_set_id, backup_set_job_id);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};

    #[test]
    fn sends_every_parameter() {
        let request = DescribeIncrementBackupList::builder()
            .backup_plan_id("dbs1".parse().unwrap())
            .start_timestamp(OffsetDateTime::from_unix_timestamp(1_676_886_947).unwrap())
            .end_timestamp(OffsetDateTime::from_unix_timestamp(1_676_886_947).unwrap())
            .page_num(2)
            .page_size(PageSizeChoice::Hundred)
            .show_storage_type(true)
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(
            &request,
            &[
                ("BackupPlanId", "dbs1"),
                ("ClientToken", "t-1"),
                ("EndTimestamp", "1676886947000"),
                ("PageNum", "2"),
                ("PageSize", "100"),
                ("ShowStorageType", "true"),
                ("StartTimestamp", "1676886947000"),
            ],
        );
    }

    #[test]
    fn decodes_sample_response() {
        let response = decode_sample::<DescribeIncrementBackupList>(include_str!(
            "../../../fake/samples/2019-03-06/DescribeIncrementBackupList.json"
        ));
        let [file] = &response.items[..] else { panic!("one backup") };
        assert_eq!(file.backup_set_id.as_str(), "mysql-bin.000054");
        assert_eq!(file.backup_set_job_id.as_ref().unwrap().as_str(), "1hv5g9wk4exm");
        assert_eq!(file.backup_status, IncrementBackupStatus::Filling);
        assert_eq!(file.end_time.unwrap().unix_timestamp(), 1_648_434_713);
    }
}
