//! `DescribeDownloadTask`: lists the advanced downloads of an instance, one page per call.

use bon::Builder;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::task::DownloadTask;
use crate::rpc::value::{informational, lenient};
use crate::rpc::wire::{Wrapped, list_name};
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{BackupSetId, InstanceId, PageSize};
use crate::v2021_01_01::operations::Data;
use crate::v2021_01_01::operations::declare::{ItemPage, operation, paged};
use crate::v2021_01_01::types::{
    AdvancedDownloadState, DatasourceId, DownloadKind, OrderColumn, OrderDirection, PageNumber,
};

/// Lists the advanced downloads of an instance, one page per call.
///
/// Each item shows the state and the progress of one download. [`Client::items`] reads all pages as a
/// stream. The request cannot name a task: filter the items by
/// [`task_id`](crate::v2021_01_01::operations::DownloadTask::task_id).
///
/// After a [`CreateDownload`] whose outcome is unknown, this list shows whether the download exists.
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
/// `dbs:DescribeDownloadTask` on `acs:rds:{#regionId}:{#accountId}:dbinstance/{#DbInstanceId}`.
///
/// # Errors
///
/// | code | cause | what to do |
/// | --- | --- | --- |
/// | `DBS.InternalError` | The service failed. | Call again. |
///
/// Every operation can also fail with the [common errors](crate::v2021_01_01::operations#errors).
///
/// # Examples
///
/// ```
/// use aliyun_dbs::Region;
/// use aliyun_dbs::v2021_01_01::operations::DescribeDownloadTask;
///
/// let request = DescribeDownloadTask::builder()
///     .region_code(Region::Hangzhou)
///     .instance_name("rm-bp1imnmcjxdz7".parse()?)
///     .build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2021-01-01-describedownloadtask).
/// The page marks `InstanceName` as optional; its text requires it. The vendor does not publish the
/// allowed page sizes, nor what the filters `StartTime`, `EndTime`, `BackupSetId` and `TaskType` compare:
/// that both times are those of the creation is inferred. Compare the items as well.
///
/// [`Client::items`]: crate::Client::items
/// [`CreateDownload`]: crate::v2021_01_01::operations::CreateDownload
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct DescribeDownloadTask {
    /// The region of the instance. Required.
    pub region_code: Region,
    /// The id of the instance. Required.
    pub instance_name: InstanceId,
    /// Only the downloads of this backup set (inferred). Optional.
    pub backup_set_id: Option<BackupSetId>,
    /// The name of the cluster. Optional; only for sharded MongoDB.
    ///
    /// Known from the vendor's SDK since version 3.0.0.
    pub cluster_name: Option<String>,
    /// Only the downloads of this data source. Optional.
    pub datasource_id: Option<DatasourceId>,
    /// Only the downloads that were created at this time or later (inferred). Optional.
    #[serde(default, with = "lenient::unix_ms")]
    pub start_time: Option<OffsetDateTime>,
    /// Only the downloads that were created at this time or before (inferred). Optional.
    #[serde(default, with = "lenient::unix_ms")]
    pub end_time: Option<OffsetDateTime>,
    /// Only the downloads in this state. Optional.
    pub state: Option<AdvancedDownloadState>,
    /// Only the downloads of backup sets, or of moments (inferred). Optional.
    pub task_type: Option<DownloadKind>,
    /// The column that orders the list. Optional.
    pub order_column: Option<OrderColumn>,
    /// The direction of the order. Optional; defaults to descending, newest first.
    pub order_direct: Option<OrderDirection>,
    /// The page to return, counted from 1. Optional; defaults to 1.
    pub current_page: Option<PageNumber>,
    /// The number of items per page, 1 to 100. Optional; the vendor does not publish the default.
    pub page_size: Option<PageSize>,
}

list_name!(DownloadTaskList = "List");

/// One page of the advanced downloads of an instance.
#[serde_with::apply(Option => #[serde(default, deserialize_with = "informational::field")])]
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct DownloadTaskPage {
    /// The number of the page, counted from 1.
    pub page_number: Option<u32>,
    /// The number of items per page.
    pub page_size: Option<u32>,
    /// The number of pages.
    pub total_pages: Option<u32>,
    /// The number of items on all pages.
    pub total_elements: Option<u64>,
    /// Undescribed.
    pub extra: Option<String>,
    /// The items of the page.
    ///
    /// Wire name: `Content`, an object with the field `List`.
    #[doc(alias = "Content")]
    #[serde(default, rename = "Content", with = "Wrapped::<DownloadTaskList>")]
    pub items: Vec<DownloadTask>,
}

impl ItemPage for Data<DownloadTaskPage> {
    type Item = DownloadTask;

    fn items(&self) -> &[DownloadTask] {
        &self.data.items
    }

    fn into_items(self) -> Vec<DownloadTask> {
        self.data.items
    }

    fn total_elements(&self) -> u64 {
        // A total of 0 next to items is not a total.
        self.data.total_elements.unwrap_or_default()
    }
}

operation! {
    DescribeDownloadTask -> Data<DownloadTaskPage>, ReadOnly, ram on RDS_INSTANCE
}
paged!(DescribeDownloadTask, DownloadTask by task_id, page current_page);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rpc::operation::PagedOperation;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};
    use crate::v2021_01_01::types::{DownloadFormat, DownloadTargetKind, page_number};

    #[test]
    fn sends_every_parameter() {
        let at = |seconds| OffsetDateTime::from_unix_timestamp(seconds).unwrap();
        let instance: InstanceId = "rm-1".parse().unwrap();
        let request = DescribeDownloadTask::builder()
            .region_code(Region::Hangzhou)
            .datasource_id(DatasourceId::of(&instance, Region::Hangzhou))
            .instance_name(instance)
            .backup_set_id("1".parse().unwrap())
            .cluster_name("shard")
            .start_time(at(1))
            .end_time(at(2))
            .state(AdvancedDownloadState::Queueing)
            .task_type(DownloadKind::Pitr)
            .order_column(OrderColumn::CreationTime)
            .order_direct(OrderDirection::Asc)
            .current_page(page_number!(2))
            .page_size(PageSize::MAX)
            .build();
        assert_sends(
            &request,
            &[
                ("BackupSetId", "1"),
                ("ClusterName", "shard"),
                ("CurrentPage", "2"),
                ("DatasourceId", "ds-rm-1_cn-hangzhou"),
                ("EndTime", "2000"),
                ("InstanceName", "rm-1"),
                ("OrderColumn", "gmt_create"),
                ("OrderDirect", "asc"),
                ("PageSize", "100"),
                ("RegionCode", "cn-hangzhou"),
                ("StartTime", "1000"),
                ("State", "queueing"),
                ("TaskType", "pitr"),
            ],
        );
    }

    #[test]
    fn sends_required_only() {
        let mut request = DescribeDownloadTask::builder()
            .region_code(Region::Hangzhou)
            .instance_name("rm-1".parse().unwrap())
            .build();
        assert_sends(&request, &[("InstanceName", "rm-1"), ("RegionCode", "cn-hangzhou")]);
        assert_eq!(request.page_num(), 1);
        request.set_page_num(3);
        assert_eq!(request.current_page, Some(page_number!(3)));
    }

    #[test]
    fn decodes_sample_response() {
        let page = decode_sample::<DescribeDownloadTask>(include_str!(
            "../../../fake/samples/2021-01-01/DescribeDownloadTask.json"
        ));
        assert_eq!(page.total_elements, Some(2));
        let [to_oss, to_url] = &page.items[..] else { panic!("two downloads") };
        assert_eq!(to_oss.download_status, AdvancedDownloadState::Finished);
        assert_eq!((to_oss.import_data_size, to_oss.percent()), (Some(4096), Some(100)));
        assert_eq!(to_url.format, Some(DownloadFormat::Csv.into()));
        assert_eq!(to_url.target_type, Some(DownloadTargetKind::Url.into()));
        assert_eq!(to_url.target_path, None);
    }
}
