//! `DescribeRestoreTaskList`: lists restore tasks, a page at a time.

use bon::Builder;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::rpc::value::{ClientToken, Open, lenient};
use crate::rpc::wire::{Wrapped, list_name};
use crate::v2019_03_06::operations::declare::{operation, paged};
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{
    AliyunId, BackupGatewayId, BackupGatewayIdentifier, BackupPlanId, BackupSetId,
    EndpointInstanceType, InstanceId, PageSize, RamRoleName, RestoreDestinationMode,
    RestoreObjects, RestoreStatus, RestoreTaskId, RestoreTaskSelection,
};

/// Lists the restore tasks of a plan, or some by id, a page at a time.
///
/// RAM: `dbs:DescribeRestoreTaskList` on `*`. Limit: 100 calls in 60 seconds per account. It
/// changes nothing, so it is safe to repeat.
///
/// Source of names, values and limits: the operation's page.
///
/// # Errors
///
/// `Request.Forbidden` (no RAM permission), `Param.NotFound` (a parameter is missing or unknown).
///
/// ```
/// use aliyun_dbs::operations::DescribeRestoreTaskList;
/// use aliyun_dbs::types::RestoreTaskId;
///
/// let task: RestoreTaskId = "s102h7rf5anq".parse()?;
/// let request = DescribeRestoreTaskList::builder().selection(task).build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct DescribeRestoreTaskList {
    /// Which tasks. Wire: `BackupPlanId` or `RestoreTaskId`.
    #[serde(flatten)]
    #[builder(into)]
    pub selection: RestoreTaskSelection,
    /// Only tasks from this moment on, `StartTimestamp`; milliseconds since 1970 on the wire.
    #[serde(default, with = "lenient::unix_ms")]
    pub start_timestamp: Option<OffsetDateTime>,
    /// Only tasks up to this moment, `EndTimestamp`; milliseconds since 1970 on the wire.
    #[serde(default, with = "lenient::unix_ms")]
    pub end_timestamp: Option<OffsetDateTime>,
    /// Page, counted from 0, `PageNum`; 0 if left out.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub page_num: Option<u32>,
    /// Rows per page, 1 to 100, `PageSize`; 30 if left out.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub page_size: Option<PageSize>,
    /// Token of the request, `ClientToken`; reading needs none.
    pub client_token: Option<ClientToken>,
}

list_name!(RestoreTaskDetailName = "RestoreTaskDetail");

/// Answer to [`DescribeRestoreTaskList`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct DescribeRestoreTaskListResponse {
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
    /// The rows, `Items.RestoreTaskDetail`.
    #[serde(default, with = "Wrapped::<RestoreTaskDetailName>")]
    pub items: Vec<RestoreTaskDetail>,
}

/// A restore task as [`DescribeRestoreTaskList`] shows it.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct RestoreTaskDetail {
    /// The task, `RestoreTaskId`.
    pub restore_task_id: RestoreTaskId,
    /// Name of the task, `RestoreTaskName`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub restore_task_name: Option<String>,
    /// State of the task, `RestoreStatus`.
    pub restore_status: Open<RestoreStatus>,
    /// The plan that is restored, `BackupPlanId`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_plan_id: Option<BackupPlanId>,
    /// The full backup set that is restored, `BackupSetId`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_set_id: Option<BackupSetId>,
    /// The moment that is restored, `RestoreTime`; milliseconds since 1970 on the wire.
    #[serde(default, with = "lenient::unix_ms")]
    pub restore_time: Option<OffsetDateTime>,
    /// When the task was created, `RestoreTaskCreateTime`; milliseconds since 1970 on the wire.
    #[serde(default, with = "lenient::unix_ms")]
    pub restore_task_create_time: Option<OffsetDateTime>,
    /// When the task was finished, `RestoreTaskFinishTime`; the only sign that it is; milliseconds
    /// since 1970 on the wire.
    #[serde(default, with = "lenient::unix_ms")]
    pub restore_task_finish_time: Option<OffsetDateTime>,
    /// Why it failed, `ErrMessage`; the text `NULL`, which some answers have there, is `None`.
    #[serde(rename = "ErrMessage", default, deserialize_with = "lenient::message")]
    pub error_message: Option<String>,
    /// How much of the structure that goes before the data is restored, percent,
    /// `FullStruforeRestoreProgress`.
    #[serde(
        rename = "FullStruforeRestoreProgress",
        default,
        deserialize_with = "lenient::optional"
    )]
    pub structure_before_restore_progress: Option<u8>,
    /// How much of the data is restored, percent, `FullDataRestoreProgress`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub full_data_restore_progress: Option<u8>,
    /// How much of the structure that comes after the data is restored, percent,
    /// `FullStruAfterRestoreProgress`.
    #[serde(
        rename = "FullStruAfterRestoreProgress",
        default,
        deserialize_with = "lenient::optional"
    )]
    pub structure_after_restore_progress: Option<u8>,
    /// How much of the logs is restored, percent, `ContinuousRestoreProgress`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub continuous_restore_progress: Option<u8>,
    /// How much of a physical backup is recovered, percent, `PhysicalBackupRecoverProgress`. Known
    /// from the vendor's SDK, not documented.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub physical_backup_recover_progress: Option<u8>,
    /// How much of a physical full backup is recovered, percent,
    /// `PhysicalFullBackupRecoverProgress`. Known from the vendor's SDK, not documented.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub physical_full_backup_recover_progress: Option<u8>,
    /// How much of the physical incremental backups is recovered, percent,
    /// `PhysicalIncrementBackupRecoverProgress`. Known from the vendor's SDK, not documented.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub physical_increment_backup_recover_progress: Option<u8>,
    /// How much of both is recovered, percent, `PhysicalFullAndIncrementBackupRecoverProgress`.
    /// Known from the vendor's SDK, not documented.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub physical_full_and_increment_backup_recover_progress: Option<u8>,
    /// How far the database is on its way online, percent, `PhysicalDatabaseOnlineProgress`. Known
    /// from the vendor's SDK, not documented.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub physical_database_online_progress: Option<u8>,
    /// What is restored, `RestoreObjects`; JSON in a text on the wire.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub restore_objects: Option<Open<RestoreObjects>>,
    /// Directory that files are restored to, `RestoreDir`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub restore_dir: Option<String>,
    /// What the restore writes to, `RestoreDestinationMode`. Known from the vendor's SDK, not
    /// documented.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub restore_destination_mode: Option<Open<RestoreDestinationMode>>,
    /// Region of the bucket that the backup is in, `BackupSourceOssRegion`. Known from the vendor's
    /// SDK, not documented.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_source_oss_region: Option<Open<Region>>,
    /// Where the destination lives, `DestinationEndpointInstanceType`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub destination_endpoint_instance_type: Option<Open<EndpointInstanceType>>,
    /// Region of the destination, `DestinationEndpointRegion`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub destination_endpoint_region: Option<Open<Region>>,
    /// Instance of the destination, `DestinationEndpointInstanceID`.
    #[serde(
        rename = "DestinationEndpointInstanceID",
        alias = "DestinationEndpointInstanceId",
        default,
        deserialize_with = "lenient::optional"
    )]
    pub destination_endpoint_instance_id: Option<InstanceId>,
    /// Host and port of the destination in one text, `DestinationEndpointIpPort`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub destination_endpoint_ip_port: Option<String>,
    /// Host of the destination, `DestinationEndpointHost`. Known from the vendor's SDK, not
    /// documented.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub destination_endpoint_host: Option<String>,
    /// Port of the destination, `DestinationEndpointPort`; text on the wire. Known from the
    /// vendor's SDK, not documented.
    #[serde(default, with = "lenient::as_text")]
    pub destination_endpoint_port: Option<u16>,
    /// Database that DBS connects to, `DestinationEndpointDatabaseName`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub destination_endpoint_database_name: Option<String>,
    /// User that DBS logs in as, `DestinationEndpointUserName`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub destination_endpoint_user_name: Option<String>,
    /// SID of an Oracle instance, `DestinationEndpointOracleSID`.
    #[serde(
        rename = "DestinationEndpointOracleSID",
        default,
        deserialize_with = "lenient::optional"
    )]
    pub destination_endpoint_oracle_sid: Option<String>,
    /// Whether DBS connects by TLS, `DestinationEndpointEnableSsl`; text on the wire. Known from
    /// the vendor's SDK, not documented.
    #[serde(default, with = "lenient::as_text")]
    pub destination_endpoint_enable_ssl: Option<bool>,
    /// Number of the backup gateway, `BackupGatewayId`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_gateway_id: Option<BackupGatewayId>,
    /// Other name of the backup gateway, `BackupGatewayIdentifier`. Known from the vendor's SDK,
    /// not documented.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub backup_gateway_identifier: Option<BackupGatewayIdentifier>,
    /// Account that owns the destination, `CrossAliyunId`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub cross_aliyun_id: Option<AliyunId>,
    /// Role in that account, `CrossRoleName`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub cross_role_name: Option<RamRoleName>,
}

operation! {
    DescribeRestoreTaskList -> DescribeRestoreTaskListResponse, ReadOnly, ram on ANY, limit 100 per 60 s
}
paged!(DescribeRestoreTaskList, RestoreTaskDetail);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, sample};

    #[test]
    fn every_parameter() {
        let request = DescribeRestoreTaskList::builder()
            .selection(RestoreTaskSelection::RestoreTasks(vec![
                "task1".parse().unwrap(),
                "task2".parse().unwrap(),
            ]))
            .start_timestamp(OffsetDateTime::from_unix_timestamp(1_676_886_947).unwrap())
            .end_timestamp(OffsetDateTime::from_unix_timestamp(1_676_886_947).unwrap())
            .page_num(2)
            .page_size(PageSize::of::<7>())
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(
            &request,
            &[
                ("ClientToken", "t-1"),
                ("EndTimestamp", "1676886947000"),
                ("PageNum", "2"),
                ("PageSize", "7"),
                ("RestoreTaskId", "task1,task2"),
                ("StartTimestamp", "1676886947000"),
            ],
        );
    }

    #[test]
    fn sample_answer() {
        let answer = sample::<DescribeRestoreTaskList>(include_str!(
            "../../../../tests/data/samples/DescribeRestoreTaskList.json"
        ));
        let [task] = &answer.items[..] else { panic!("one task") };
        assert_eq!(task.restore_status, RestoreStatus::Running);
        assert_eq!(task.destination_endpoint_instance_type, Some(EndpointInstanceType::Rds.into()));
        assert_eq!(task.structure_before_restore_progress, Some(100));
        assert_eq!(task.full_data_restore_progress, Some(60));
        assert_eq!(task.destination_endpoint_enable_ssl, Some(true));
        assert_eq!(
            task.restore_destination_mode,
            Some(RestoreDestinationMode::ExistInstance.into())
        );
        assert_eq!(task.restore_task_finish_time.unwrap().unix_timestamp(), 1_554_564_077);
    }
}
