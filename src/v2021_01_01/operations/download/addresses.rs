//! `DescribeDownloadBackupSetStorageInfo`: returns the addresses of a finished download.

use bon::Builder;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::rpc::value::informational;
use crate::v2019_03_06::region::Region;
use crate::v2021_01_01::operations::Data;
use crate::v2021_01_01::operations::declare::operation;
use crate::v2021_01_01::types::{AddressLifetime, AddressSelection, SignedUrl, times};

/// Returns signed addresses of a finished download to URLs.
///
/// Each call signs new addresses, which are valid for [`duration`](Self::duration). The service deletes
/// the files 3 days after the download has finished. [`DescribeDownloadTask`] shows whether the download
/// has finished.
///
/// # Idempotency
///
/// It changes nothing; see [idempotency](crate::v2021_01_01::operations#idempotency).
///
/// # Limits
///
/// The vendor publishes no limit.
///
/// # Permissions
///
/// `dbs:DescribeDownloadBackupSetStorageInfo` on `acs:dbs:{#regionId}:{#accountId}:backupplan/{#BackupPlanId}`.
///
/// The request has no plan, so a policy must allow the action on all plans.
///
/// # Errors
///
/// | code | cause | what to do |
/// | --- | --- | --- |
/// | `DBS.DownloadTask.CannotFind` | The download does not exist. | Check the task, the instance and the region. |
/// | `DBS.ParamIsInValid` | A parameter is missing or has a value that is not accepted. | Compare the values with the vendor's page. |
///
/// Every operation can also fail with the [common errors](crate::v2021_01_01::operations#errors).
///
/// # Examples
///
/// ```no_run
/// # async fn example(client: aliyun_dbs::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use aliyun_dbs::Region;
/// use aliyun_dbs::v2021_01_01::operations::DescribeDownloadBackupSetStorageInfo;
/// use aliyun_dbs::v2021_01_01::types::DownloadTaskId;
///
/// let request = DescribeDownloadBackupSetStorageInfo::builder()
///     .region_code(Region::Hangzhou)
///     .selection(DownloadTaskId::new("dt-qxnsfq5s8xo1")?)
///     .build();
/// let addresses = client.send(request).await?;
/// // `Debug` does not show the signature.
/// println!("{:?}", addresses.public_url);
/// # Ok(()) }
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2021-01-01-describedownloadbackupsetstorageinfo).
/// The error list of the product has `DBS.DownloadTask.CannotFind` (HTTP status 200); it is inferred that
/// this operation sends it.
///
/// [`DescribeDownloadTask`]: crate::v2021_01_01::operations::DescribeDownloadTask
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct DescribeDownloadBackupSetStorageInfo {
    /// The region of the instance. Required.
    pub region_code: Region,
    /// How long the addresses are valid, in seconds. Defaults to 7200.
    #[serde(default)]
    #[builder(default)]
    pub duration: AddressLifetime,
    /// The download: its task, or a backup set of an instance. Required.
    ///
    /// Wire names: `TaskId`, `InstanceName`, `BackupSetId`.
    #[doc(alias = "TaskId")]
    #[doc(alias = "InstanceName")]
    #[doc(alias = "BackupSetId")]
    #[serde(flatten)]
    #[builder(into)]
    pub selection: AddressSelection,
    /// The name of the cluster. Optional; only for sharded MongoDB.
    ///
    /// Known from the vendor's SDK since version 3.0.0.
    pub cluster_name: Option<String>,
}

/// The addresses of a finished download, which are secret.
#[serde_with::apply(Option => #[serde(default, deserialize_with = "informational::field")])]
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct DownloadAddresses {
    /// The address on the internet.
    pub public_url: Option<SignedUrl>,
    /// The address inside Alibaba Cloud.
    pub private_url: Option<SignedUrl>,
    /// When the addresses become invalid.
    ///
    /// The vendor's text has milliseconds, its example seconds; both are read.
    #[serde(default, with = "times::unix_ms_or_seconds")]
    #[serde_with(skip_apply)]
    pub expiration_time: Option<OffsetDateTime>,
}

operation! {
    DescribeDownloadBackupSetStorageInfo -> Data<DownloadAddresses>, ReadOnly, ram on PLAN
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};
    use crate::v2021_01_01::types::DownloadTaskId;

    #[test]
    fn sends_every_parameter() {
        let request = DescribeDownloadBackupSetStorageInfo::builder()
            .region_code(Region::Hangzhou)
            .duration(AddressLifetime::MIN)
            .selection(AddressSelection::BackupSet {
                instance_name: "rm-1".parse().unwrap(),
                backup_set_id: "1".parse().unwrap(),
            })
            .cluster_name("shard")
            .build();
        assert_sends(
            &request,
            &[
                ("BackupSetId", "1"),
                ("ClusterName", "shard"),
                ("Duration", "300"),
                ("InstanceName", "rm-1"),
                ("RegionCode", "cn-hangzhou"),
            ],
        );
    }

    #[test]
    fn sends_required_only() {
        let request = DescribeDownloadBackupSetStorageInfo::builder()
            .region_code(Region::Hangzhou)
            .selection(DownloadTaskId::new("dt-1").unwrap())
            .build();
        assert_sends(
            &request,
            &[("Duration", "7200"), ("RegionCode", "cn-hangzhou"), ("TaskId", "dt-1")],
        );
    }

    #[test]
    fn decodes_sample_response() {
        let addresses = decode_sample::<DescribeDownloadBackupSetStorageInfo>(include_str!(
            "../../../fake/samples/2021-01-01/DescribeDownloadBackupSetStorageInfo.json"
        ));
        assert!(addresses.public_url.as_ref().unwrap().expose().ends_with("&Signature=x"));
        assert!(!format!("{addresses:?}").contains("Signature"));
        assert_eq!(addresses.expiration_time.unwrap().unix_timestamp(), 1_661_329_050);
    }
}
