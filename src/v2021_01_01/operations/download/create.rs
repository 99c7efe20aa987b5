//! `CreateDownload`: starts an advanced download.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::lenient;
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::InstanceId;
use crate::v2021_01_01::operations::Data;
use crate::v2021_01_01::operations::declare::operation;
use crate::v2021_01_01::operations::download::DownloadTask;
use crate::v2021_01_01::types::{DownloadFormat, DownloadSource, DownloadTarget};

/// Starts an advanced download: converts a backup set or a moment into files.
///
/// The files are written to storage of the service, from which
/// [`DescribeDownloadBackupSetStorageInfo`] returns addresses, or to a bucket of the caller. Check with
/// [`DescribeDownloadSupport`] whether the instance can use it, and follow the download with
/// [`DescribeDownloadTask`]. An instance has at most one active download. The vendor probably charges
/// for the amount of data (not published).
///
/// It downloads backups of an instance (`rm-…`, `pgm-…`, `pc-…`, `dds-…`). For backup sets of a plan,
/// use [`CreateFullBackupSetDownload`].
///
/// # Idempotency
///
/// The service runs it once per request, because it accepts no client token. The client does not send it
/// again when its outcome is unknown: [`Error::may_have_executed`](crate::Error::may_have_executed) then
/// returns true. In this case, find the task with [`DescribeDownloadTask`] before you send it again.
/// [`Client::create_download`](crate::Client::create_download) does so, and
/// [`Client::download`](crate::Client::download) also waits for the files.
///
/// # Limits
///
/// The vendor publishes no limit.
///
/// # Permissions
///
/// `dbs:CreateDownload` on `acs:rds:{#regionId}:{#accountId}:dbinstance/{#DbInstanceId}`.
///
/// # Errors
///
/// | code | cause | what to do |
/// | --- | --- | --- |
/// | `DBS.DownloadTask.JobAlreadyExist` | The same download was submitted shortly before. | Find it with [`DescribeDownloadTask`]. |
/// | `DBS.DownloadTask.OnlyOneRunningOrFailedTask` | The instance has an active download, or by the name of the code a failed one, and only one is allowed. | Wait until it is finished, or retry the failed one with [`RetryDownloadTask`]. |
/// | `DBS.DownloadTask.OssForbid` | OSS denied the access. | Grant DBS the role `AliyunDBSDefaultRole`, and check the bucket. |
/// | `DBS.DownloadTask.OssStorageTypeInvalid` | The storage class of the bucket is not supported. | Choose a bucket of another storage class. |
/// | `DBS.ParamIsInValid` | A parameter is missing or has a value that is not accepted. | Compare the values with the vendor's page. |
///
/// Every operation can also fail with the [common errors](crate::v2021_01_01::operations#errors).
///
/// # Examples
///
/// ```no_run
/// # async fn example(client: aliyun_dbs::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use aliyun_dbs::Region;
/// use aliyun_dbs::types::BackupSetId;
/// use aliyun_dbs::v2021_01_01::operations::CreateDownload;
/// use aliyun_dbs::v2021_01_01::types::{DownloadTarget, MySqlFormat};
///
/// let request = CreateDownload::builder()
///     .region_code(Region::Hangzhou)
///     .instance_name("rm-bp1imnmcjxdz7".parse()?)
///     .source(BackupSetId::new("1460051234")?)
///     .format(MySqlFormat::Csv)
///     .target(DownloadTarget::Url)
///     .build();
/// println!("{}", client.send(request).await?.task_id);
/// # Ok(()) }
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2021-01-01-createdownload).
/// The error list of the product has the `DBS.DownloadTask` codes (HTTP status 200); it is inferred that
/// this operation sends them. The page marks some parameters as optional that its text requires.
///
/// [`CreateFullBackupSetDownload`]: crate::operations::CreateFullBackupSetDownload
/// [`DescribeDownloadBackupSetStorageInfo`]: crate::v2021_01_01::operations::DescribeDownloadBackupSetStorageInfo
/// [`DescribeDownloadSupport`]: crate::v2021_01_01::operations::DescribeDownloadSupport
/// [`DescribeDownloadTask`]: crate::v2021_01_01::operations::DescribeDownloadTask
/// [`RetryDownloadTask`]: crate::v2021_01_01::operations::RetryDownloadTask
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct CreateDownload {
    /// The region of the instance. Required.
    pub region_code: Region,
    /// The id of the instance. Required.
    pub instance_name: InstanceId,
    /// What to download. Required.
    ///
    /// Wire names: `BakSetType`, `BakSetId`, `BakSetSize`, `DownloadPointInTime`.
    #[doc(alias = "BakSetType")]
    #[doc(alias = "BakSetId")]
    #[doc(alias = "BakSetSize")]
    #[doc(alias = "DownloadPointInTime")]
    #[serde(flatten)]
    #[builder(into)]
    pub source: DownloadSource,
    /// The format of the files. Required.
    ///
    /// The formats of one engine convert into it, such as
    /// [`MySqlFormat`](crate::v2021_01_01::types::MySqlFormat). Wire name: `FormatType`.
    #[doc(alias = "FormatType")]
    #[serde(rename = "FormatType")]
    #[builder(into)]
    pub format: DownloadFormat,
    /// Where to download to. Required.
    ///
    /// Wire names: `TargetType`, `TargetBucket`, `TargetOssRegion`, `TargetPath`.
    #[doc(alias = "TargetType")]
    #[doc(alias = "TargetBucket")]
    #[doc(alias = "TargetOssRegion")]
    #[doc(alias = "TargetPath")]
    #[serde(flatten)]
    #[builder(into)]
    pub target: DownloadTarget,
    /// The name of the cluster. Optional; only for sharded MongoDB.
    ///
    /// Known from the vendor's SDK since version 3.0.0.
    pub cluster_name: Option<String>,
    /// Optional. Undescribed; known from the vendor's SDK since version 3.0.0.
    pub admin_database: Option<String>,
    /// Optional. Undescribed; known from the vendor's SDK since version 3.0.0.
    pub is_cluster: Option<String>,
    /// Optional. Undescribed; known from the vendor's SDK since version 3.0.0.
    pub primary_key_type_only: Option<String>,
    /// Optional. Undescribed; known from the vendor's SDK since version 3.0.0.
    pub use_zstd: Option<String>,
    /// Optional. Undescribed; known from the vendor's SDK since version 3.0.0.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub is_physical: Option<bool>,
}

operation! {
    CreateDownload -> Data<DownloadTask>, Mutating, ram on RDS_INSTANCE
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};
    use crate::v2021_01_01::types::{AdvancedDownloadState, MySqlFormat};

    #[test]
    fn sends_every_parameter() {
        let request = CreateDownload::builder()
            .region_code(Region::Hangzhou)
            .instance_name("rm-1".parse().unwrap())
            .source(DownloadSource::BackupSet { id: "1".parse().unwrap(), size: Some(2048) })
            .format(DownloadFormat::QpXb)
            .target(DownloadTarget::Oss {
                bucket: "bucket".parse().unwrap(),
                region: Region::Beijing,
                path: "a/b".into(),
            })
            .cluster_name("shard")
            .admin_database("admin")
            .is_cluster("yes")
            .primary_key_type_only("no")
            .use_zstd("maybe")
            .is_physical(true)
            .build();
        assert_sends(
            &request,
            &[
                ("AdminDatabase", "admin"),
                ("BakSetId", "1"),
                ("BakSetSize", "2048"),
                ("BakSetType", "full"),
                ("ClusterName", "shard"),
                ("FormatType", "qp.xb"),
                ("InstanceName", "rm-1"),
                ("IsCluster", "yes"),
                ("IsPhysical", "true"),
                ("PrimaryKeyTypeOnly", "no"),
                ("RegionCode", "cn-hangzhou"),
                ("TargetBucket", "bucket"),
                ("TargetOssRegion", "cn-beijing"),
                ("TargetPath", "a/b"),
                ("TargetType", "OSS"),
                ("UseZstd", "maybe"),
            ],
        );
    }

    #[test]
    fn sends_required_only() {
        let request = CreateDownload::builder()
            .region_code(Region::Hangzhou)
            .instance_name("rm-1".parse().unwrap())
            .source(OffsetDateTime::from_unix_timestamp(1_661_373_070).unwrap())
            .format(MySqlFormat::Csv)
            .target(DownloadTarget::Url)
            .build();
        assert_sends(
            &request,
            &[
                ("BakSetType", "pitr"),
                ("DownloadPointInTime", "1661373070000"),
                ("FormatType", "CSV"),
                ("InstanceName", "rm-1"),
                ("RegionCode", "cn-hangzhou"),
                ("TargetType", "URL"),
            ],
        );
    }

    #[test]
    fn decodes_sample_response() {
        let task = decode_sample::<CreateDownload>(include_str!(
            "../../../fake/samples/2021-01-01/CreateDownload.json"
        ));
        assert_eq!(task.task_id.as_str(), "dt-qxnsfq5s8xo1");
        assert_eq!(task.download_status, AdvancedDownloadState::Initializing);
        assert_eq!((task.export_data_size, task.percent()), (Some(0), None));
        assert_eq!(task.backup_set_time.unwrap().unix_timestamp(), 1_661_373_070);
    }
}
