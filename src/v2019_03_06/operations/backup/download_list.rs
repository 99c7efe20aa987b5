//! `DescribeBackupSetDownloadTaskList`: lists downloads of backup sets, a page at a time.

use bon::Builder;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::rpc::value::{ClientToken, Open, lenient};
use crate::rpc::wire::{Wrapped, list_name};
use crate::v2019_03_06::operations::declare::{operation, paged};
use crate::v2019_03_06::types::{
    BackupGatewayId, BackupPlanId, BackupSetDataFormat, BackupSetDownloadTaskId, BackupSetId,
    DatabaseType, DownloadJobType, DownloadTargetType, DownloadTaskSelection, DownloadTaskStatus,
    DownloadWay, PageSizeChoice,
};

/// Lists the downloads of a plan, or one download, a page at a time.
///
/// RAM: `dbs:DescribeBackupSetDownloadTaskList` on `*`. Limit: 100 calls a second per account. It
/// changes nothing, so it is safe to repeat.
///
/// Source of names, values and limits: the operation's page.
///
/// # Errors
///
/// `DBS.DownloadTask.CannotFind` (there is no such download), `Request.Forbidden` (no RAM
/// permission), `Param.NotFound` (a parameter is missing or unknown).
///
/// ```
/// use aliyun_dbs::operations::DescribeBackupSetDownloadTaskList;
/// use aliyun_dbs::types::BackupPlanId;
///
/// let plan: BackupPlanId = "qhnuhyw3m5ef".parse()?;
/// let request = DescribeBackupSetDownloadTaskList::builder().selection(plan).build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct DescribeBackupSetDownloadTaskList {
    /// Which downloads. Wire: `BackupPlanId`, `BackupSetDownloadTaskId`.
    #[serde(flatten)]
    #[builder(into)]
    pub selection: DownloadTaskSelection,
    /// Page, counted from 0, `PageNum`; 0 if left out.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub page_num: Option<u32>,
    /// Rows per page, 30, 50 or 100, `PageSize`; 30 if left out.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub page_size: Option<PageSizeChoice>,
    /// Token of the request, `ClientToken`; reading needs none.
    pub client_token: Option<ClientToken>,
}

list_name!(BackupSetDownloadTaskDetailName = "BackupSetDownloadTaskDetail");

/// Answer to [`DescribeBackupSetDownloadTaskList`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct DescribeBackupSetDownloadTaskListResponse {
    /// The page, `PageNum`. Counted from 0 in requests; some answers say 1 for the first.
    #[serde(deserialize_with = "lenient::required")]
    pub page_num: u32,
    /// Rows per page, `PageSize`.
    #[serde(deserialize_with = "lenient::required")]
    pub page_size: u32,
    /// Number of pages, `TotalPages`.
    #[serde(deserialize_with = "lenient::required")]
    pub total_pages: u32,
    /// Number of rows on all pages, `TotalElements`.
    #[serde(deserialize_with = "lenient::required")]
    pub total_elements: u64,
    /// The rows, `Items.BackupSetDownloadTaskDetail`.
    #[serde(default, with = "Wrapped::<BackupSetDownloadTaskDetailName>")]
    pub items: Vec<BackupSetDownloadTaskDetail>,
}

/// A download as [`DescribeBackupSetDownloadTaskList`] shows it.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct BackupSetDownloadTaskDetail {
    /// The download, `BackupSetDownloadTaskId`.
    pub backup_set_download_task_id: BackupSetDownloadTaskId,
    /// Name of the download, `BackupSetDownloadTaskName`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_set_download_task_name: Option<String>,
    /// State of the download, `BackupSetDownloadStatus`.
    pub backup_set_download_status: Open<DownloadTaskStatus>,
    /// Who asked for it, `BackupSetDownloadWay`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_set_download_way: Option<Open<DownloadWay>>,
    /// The plan, `BackupPlanId`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_plan_id: Option<BackupPlanId>,
    /// The backup set, `BackupSetId`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_set_id: Option<BackupSetId>,
    /// Name of the backup set, of a log its file, `BackupSetCode`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_set_code: Option<String>,
    /// Kind of the backup, `BackupSetJobType`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_set_job_type: Option<Open<DownloadJobType>>,
    /// Kind of database, `BackupSetDbType`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_set_db_type: Option<Open<DatabaseType>>,
    /// Format of the download, `BackupSetDataFormat`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_set_data_format: Option<Open<BackupSetDataFormat>>,
    /// Size of the download in bytes, `BackupSetDataSize`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_set_data_size: Option<u64>,
    /// When it was asked for, `BackupSetDownloadCreateTime`; milliseconds since 1970 on the wire.
    #[serde(default, with = "lenient::unix_ms")]
    pub backup_set_download_create_time: Option<OffsetDateTime>,
    /// When it was done, `BackupSetDownloadFinishTime`; milliseconds since 1970 on the wire.
    #[serde(default, with = "lenient::unix_ms")]
    pub backup_set_download_finish_time: Option<OffsetDateTime>,
    /// Where it can be fetched from the internet, `BackupSetDownloadInternetUrl`; downloads that
    /// were asked for only, and examples have no scheme before the `//`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_set_download_internet_url: Option<String>,
    /// Where it can be fetched inside Alibaba Cloud, `BackupSetDownloadIntranetUrl`; likewise.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_set_download_intranet_url: Option<String>,
    /// The gateway that downloads, `BackupGatewayId`; automatic downloads only.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_gateway_id: Option<BackupGatewayId>,
    /// Directory that it is downloaded to, `BackupSetDownloadDir`; automatic downloads only.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_set_download_dir: Option<String>,
    /// Kind of place that it is downloaded to, `BackupSetDownloadTargetType`; automatic downloads
    /// only.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_set_download_target_type: Option<Open<DownloadTargetType>>,
    /// Why it failed, `ErrMessage`.
    #[serde(rename = "ErrMessage", default, deserialize_with = "lenient::optional")]
    pub error_message: Option<String>,
}

operation! {
    DescribeBackupSetDownloadTaskList -> DescribeBackupSetDownloadTaskListResponse, ReadOnly, ram on ANY, limit 100 per 1 s
}
paged!(DescribeBackupSetDownloadTaskList, BackupSetDownloadTaskDetail);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, sample};

    #[test]
    fn every_parameter() {
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
    fn sample_answer() {
        let answer = sample::<DescribeBackupSetDownloadTaskList>(include_str!(
            "../../../../tests/data/samples/DescribeBackupSetDownloadTaskList.json"
        ));
        let [manual, auto] = &answer.items[..] else { panic!("two downloads") };
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
