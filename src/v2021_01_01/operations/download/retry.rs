//! `RetryDownloadTask`: starts a failed advanced download again.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::informational;
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::InstanceId;
use crate::v2021_01_01::operations::declare::operation;
use crate::v2021_01_01::types::DownloadTaskId;

/// Starts a failed advanced download again.
///
/// The download keeps its id; [`DescribeDownloadTask`] shows its state. The vendor describes it for
/// failed downloads only.
///
/// # Idempotency
///
/// The service runs it once per request, because it accepts no client token. The client does not send it
/// again when its outcome is unknown: [`Error::may_have_executed`](crate::Error::may_have_executed) then
/// returns true. In this case, find the task with [`DescribeDownloadTask`] before you send it again.
///
/// # Limits
///
/// The vendor publishes no limit.
///
/// # Permissions
///
/// `dbs:RetryDownloadTask` on `*`.
///
/// # Errors
///
/// | code | cause | what to do |
/// | --- | --- | --- |
/// | `DBS.DownloadTask.CannotFind` | The download does not exist. | Check the task, the instance and the region. |
///
/// Every operation can also fail with the [common errors](crate::v2021_01_01::operations#errors).
///
/// # Examples
///
/// ```
/// use aliyun_dbs::Region;
/// use aliyun_dbs::v2021_01_01::operations::RetryDownloadTask;
///
/// let request = RetryDownloadTask::builder()
///     .region_code(Region::Hangzhou)
///     .instance_name("rm-bp1imnmcjxdz7".parse()?)
///     .task_id("dt-qxnsfq5s8xo1".parse()?)
///     .build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2021-01-01-retrydownloadtask).
/// The error list of the product has `DBS.DownloadTask.CannotFind` (HTTP status 200); it is inferred that
/// this operation sends it. The page marks all parameters as optional; it is inferred that the service
/// needs the region, the instance and the task. The RAM table describes the operation as a read.
///
/// [`DescribeDownloadTask`]: crate::v2021_01_01::operations::DescribeDownloadTask
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct RetryDownloadTask {
    /// The region of the instance. Required.
    pub region_code: Region,
    /// The id of the instance. Required.
    pub instance_name: InstanceId,
    /// The id of the failed download. Required.
    pub task_id: DownloadTaskId,
    /// The name of the cluster. Optional; only for sharded MongoDB.
    ///
    /// Known from the vendor's SDK since version 3.0.0.
    pub cluster_name: Option<String>,
}

/// The response to [`RetryDownloadTask`].
#[serde_with::apply(Option => #[serde(default, deserialize_with = "informational::field")])]
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct RetryDownloadTaskResponse {
    /// Undescribed.
    pub data: Option<String>,
}

operation! {
    RetryDownloadTask -> RetryDownloadTaskResponse, Mutating, ram on ANY
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};

    #[test]
    fn sends_every_parameter() {
        let request = RetryDownloadTask::builder()
            .region_code(Region::Hangzhou)
            .instance_name("rm-1".parse().unwrap())
            .task_id("dt-1".parse().unwrap())
            .cluster_name("shard")
            .build();
        assert_sends(
            &request,
            &[
                ("ClusterName", "shard"),
                ("InstanceName", "rm-1"),
                ("RegionCode", "cn-hangzhou"),
                ("TaskId", "dt-1"),
            ],
        );
    }

    #[test]
    fn decodes_sample_response() {
        let response = decode_sample::<RetryDownloadTask>(include_str!(
            "../../../fake/samples/2021-01-01/RetryDownloadTask.json"
        ));
        assert_eq!(response.data, None);
    }
}
