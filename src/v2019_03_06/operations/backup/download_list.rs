//! `DescribeBackupSetDownloadTaskList`: lists downloads of backup sets, one page per call.

use bon::Builder;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::rpc::value::{ClientToken, Open, informational, lenient};
use crate::rpc::wire::list_name;
use crate::v2019_03_06::operations::Page;
use crate::v2019_03_06::operations::declare::{operation, paged};
use crate::v2019_03_06::types::{
    BackupGatewayId, BackupPlanId, BackupSetDataFormat, BackupSetDownloadTaskId, BackupSetId,
    DatabaseType, DownloadJobType, DownloadTargetType, DownloadTaskSelection, DownloadTaskStatus,
    DownloadWay, PageSizeChoice,
};

/// Lists the downloads of a plan, or one download, one page per call.
///
/// Each item shows the status of one download and, for a finished manual download, its URLs.
/// [`Client::items`] reads all pages as a stream, and [`DownloadReady`] waits until one download is
/// finished.
///
/// [`CreateFullBackupSetDownload`] and [`CreateIncrementBackupSetDownload`] start manual downloads,
/// and the rules of [`ModifyBackupSetDownloadRules`] start automatic ones.
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
/// `dbs:DescribeBackupSetDownloadTaskList` on `*`.
///
/// # Errors
///
/// | code | cause | what to do |
/// | --- | --- | --- |
/// | `DBS.DownloadTask.CannotFind` | The download does not exist. | Check its id, and the region and the account of the client. |
/// | `Param.NotFound` | A parameter is missing or has an unknown value. | Compare the values with the vendor's page. |
///
/// Every operation can also fail with the [common errors](crate::operations#errors).
///
/// # Examples
///
/// ```
/// use aliyun_dbs::operations::DescribeBackupSetDownloadTaskList;
/// use aliyun_dbs::types::BackupPlanId;
///
/// let plan: BackupPlanId = "qhnuhyw3m5ef".parse()?;
/// let request = DescribeBackupSetDownloadTaskList::builder().selection(plan).build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2019-03-06-describebackupsetdownloadtasklist).
/// The error list of the product has `DBS.DownloadTask.CannotFind` (HTTP status 200), which may
/// belong to API version 2021-01-01 only (inferred).
///
/// [`Client::items`]: crate::Client::items
/// [`CreateFullBackupSetDownload`]: crate::operations::CreateFullBackupSetDownload
/// [`CreateIncrementBackupSetDownload`]: crate::operations::CreateIncrementBackupSetDownload
/// [`DownloadReady`]: crate::wait::DownloadReady
/// [`ModifyBackupSetDownloadRules`]: crate::operations::ModifyBackupSetDownloadRules
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct DescribeBackupSetDownloadTaskList {
    /// The downloads to return: all of a plan, or one by id. Required.
    ///
    /// Wire names: `BackupPlanId`, `BackupSetDownloadTaskId`.
    #[doc(alias = "BackupPlanId")]
    #[doc(alias = "BackupSetDownloadTaskId")]
    #[serde(flatten)]
    #[builder(into)]
    pub selection: DownloadTaskSelection,
    /// The page to return, counted from 0. Optional; defaults to 0.
    ///
    /// At most 2147483647.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub page_num: Option<u32>,
    /// The number of items per page: 30, 50 or 100. Optional; defaults to 30.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub page_size: Option<PageSizeChoice>,
    /// The [idempotency token](crate::operations#idempotency). Optional; reads do not need one.
    pub client_token: Option<ClientToken>,
}

list_name!(BackupSetDownloadTaskDetail);

/// The response to [`DescribeBackupSetDownloadTaskList`]: one page.
pub type DescribeBackupSetDownloadTaskListResponse = Page<BackupSetDownloadTaskDetail>;

/// A download, as [`DescribeBackupSetDownloadTaskList`] returns it.
///
/// A field that the service omits or leaves empty is `None`. Times are milliseconds since 1970 on
/// the wire.
#[serde_with::apply(
    Option => #[serde(default, deserialize_with = "informational::field")],
    Open => #[serde(default, deserialize_with = "informational::group")],
)]
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct BackupSetDownloadTaskDetail {
    /// The id of the download.
    pub backup_set_download_task_id: BackupSetDownloadTaskId,
    /// The name of the download.
    pub backup_set_download_task_name: Option<String>,
    /// The status of the download.
    pub backup_set_download_status: Open<DownloadTaskStatus>,
    /// Whether a request or the download rules of the plan started the download.
    pub backup_set_download_way: Option<Open<DownloadWay>>,
    /// The id of the plan.
    pub backup_plan_id: Option<BackupPlanId>,
    /// The id of the backup set.
    pub backup_set_id: Option<BackupSetId>,
    /// The name of the backup set; for a log backup, the name of its file.
    pub backup_set_code: Option<String>,
    /// The kind of backup. No value is published for physical backups.
    pub backup_set_job_type: Option<Open<DownloadJobType>>,
    /// The database engine.
    pub backup_set_db_type: Option<Open<DatabaseType>>,
    /// The format of the download.
    pub backup_set_data_format: Option<Open<BackupSetDataFormat>>,
    /// The size of the download in bytes (inferred; the vendor states no unit).
    pub backup_set_data_size: Option<u64>,
    /// When the download was created.
    #[serde(default, with = "informational::unix_ms")]
    #[serde_with(skip_apply)]
    pub backup_set_download_create_time: Option<OffsetDateTime>,
    /// When the download finished.
    #[serde(default, with = "informational::unix_ms")]
    #[serde_with(skip_apply)]
    pub backup_set_download_finish_time: Option<OffsetDateTime>,
    /// The URL of the download on the internet. Manual downloads only, once the service has
    /// converted the backup set.
    ///
    /// The vendor's example starts with `//`, without a scheme.
    pub backup_set_download_internet_url: Option<String>,
    /// The URL of the download inside Alibaba Cloud. Manual downloads only, once the service has
    /// converted the backup set.
    ///
    /// The vendor's example starts with `//`, without a scheme.
    pub backup_set_download_intranet_url: Option<String>,
    /// The numeric id of the backup gateway that receives the download. Automatic downloads only.
    #[serde(default, deserialize_with = "informational::id")]
    #[serde_with(skip_apply)]
    pub backup_gateway_id: Option<BackupGatewayId>,
    /// The directory that receives the download. Automatic downloads only.
    pub backup_set_download_dir: Option<String>,
    /// The kind of server that receives the download. Automatic downloads only.
    pub backup_set_download_target_type: Option<Open<DownloadTargetType>>,
    /// Why the download failed.
    ///
    /// Wire name: `ErrMessage`.
    #[doc(alias = "ErrMessage")]
    #[serde(rename = "ErrMessage")]
    pub error_message: Option<String>,
}

operation! {
    DescribeBackupSetDownloadTaskList -> DescribeBackupSetDownloadTaskListResponse, ReadOnly, ram on ANY, limit 100 per 1 s
}
paged!(DescribeBackupSetDownloadTaskList, BackupSetDownloadTaskDetail by backup_set_download_task_id);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};

    #[test]
    fn sends_every_parameter() {
        let request = DescribeBackupSetDownloadTaskList::builder()
            .selection(DownloadTaskSelection::TaskOfPlan {
                backup_plan_id: "dbs1".parse().unwrap(),
                task_id: "task1".parse().unwrap(),
            })
            .page_num(2)
            .page_size(PageSizeChoice::Thirty)
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(
            &request,
            &[
                ("BackupPlanId", "dbs1"),
                ("BackupSetDownloadTaskId", "task1"),
                ("ClientToken", "t-1"),
                ("PageNum", "2"),
                ("PageSize", "30"),
            ],
        );
    }

    #[test]
    fn decodes_sample_response() {
        let response = decode_sample::<DescribeBackupSetDownloadTaskList>(include_str!(
            "../../../fake/samples/2019-03-06/DescribeBackupSetDownloadTaskList.json"
        ));
        let [manual, auto] = &response.items[..] else { panic!("two downloads") };
        assert_eq!(manual.backup_set_download_status, DownloadTaskStatus::Finish);
        assert_eq!(manual.backup_set_job_type, Some(DownloadJobType::LogicalIncrement.into()));
        assert!(
            manual.backup_set_download_internet_url.as_deref().unwrap().starts_with("//dbs-bucket")
        );
        assert_eq!(manual.backup_set_download_target_type, None);
        assert_eq!(auto.backup_set_download_way, Some(DownloadWay::Auto.into()));
        assert_eq!(auto.backup_gateway_id.unwrap().get(), 160_813);
        assert_eq!(auto.backup_set_download_finish_time, None);
    }
}
