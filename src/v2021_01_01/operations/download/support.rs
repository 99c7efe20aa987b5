//! `DescribeDownloadSupport`: returns whether an instance can use advanced download.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::informational;
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::InstanceId;
use crate::v2021_01_01::operations::declare::operation;

/// Returns whether an instance can use advanced download.
///
/// [`CreateDownload`] starts a download. The vendor names RDS for MySQL with cloud disks, RDS for
/// PostgreSQL, PolarDB for MySQL and MongoDB.
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
/// `dbs:DescribeDownloadSupport` on `acs:dbs:{#regionId}:{#accountId}:backupplan/{#BackupPlanId}`.
///
/// The request has no plan, so a policy must allow the action on all plans.
///
/// # Errors
///
/// | code | cause | what to do |
/// | --- | --- | --- |
/// | `DBS.ParamIsInValid` | A parameter is missing or has a value that is not accepted. | Compare the values with the vendor's page. |
///
/// Every operation can also fail with the [common errors](crate::v2021_01_01::operations#errors).
///
/// # Examples
///
/// ```
/// use aliyun_dbs::Region;
/// use aliyun_dbs::v2021_01_01::operations::DescribeDownloadSupport;
///
/// let request = DescribeDownloadSupport::builder()
///     .region_code(Region::Hangzhou)
///     .instance_name("rm-bp1imnmcjxdz7".parse()?)
///     .build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2021-01-01-describedownloadsupport).
///
/// [`CreateDownload`]: crate::v2021_01_01::operations::CreateDownload
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct DescribeDownloadSupport {
    /// The region of the instance. Required.
    pub region_code: Region,
    /// The id of the instance. Required.
    pub instance_name: InstanceId,
    /// The name of the cluster. Optional; only for sharded MongoDB.
    ///
    /// Known from the vendor's SDK since version 3.0.0.
    pub cluster_name: Option<String>,
}

/// The response to [`DescribeDownloadSupport`].
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DescribeDownloadSupportResponse {
    /// Whether the instance can use it. `None` if the service sent neither `true` nor `false`.
    ///
    /// Wire name: `Data`.
    #[doc(alias = "Data")]
    #[serde(default, rename = "Data", with = "informational::as_text")]
    pub supported: Option<bool>,
}

operation! {
    DescribeDownloadSupport -> DescribeDownloadSupportResponse, ReadOnly, ram on PLAN
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};

    #[test]
    fn sends_every_parameter() {
        let request = DescribeDownloadSupport::builder()
            .region_code(Region::Hangzhou)
            .instance_name("dds-1".parse().unwrap())
            .cluster_name("shard")
            .build();
        assert_sends(
            &request,
            &[("ClusterName", "shard"), ("InstanceName", "dds-1"), ("RegionCode", "cn-hangzhou")],
        );
    }

    #[test]
    fn decodes_sample_response() {
        let response = decode_sample::<DescribeDownloadSupport>(include_str!(
            "../../../fake/samples/2021-01-01/DescribeDownloadSupport.json"
        ));
        assert_eq!(response.supported, Some(true));
        let empty = decode_sample::<DescribeDownloadSupport>(r#"{"Success":"true","Data":""}"#);
        assert_eq!(empty.supported, None);
    }
}
