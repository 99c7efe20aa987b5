//! `DescribeRestoreTaskList`: lists restore tasks, one page per call.

use bon::Builder;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::rpc::value::{ClientToken, Open, informational, lenient};
use crate::rpc::wire::list_name;
use crate::v2019_03_06::operations::Page;
use crate::v2019_03_06::operations::declare::{operation, paged};
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{
    AliyunId, BackupGatewayId, BackupGatewayIdentifier, BackupPlanId, BackupSetId,
    EndpointInstanceType, InstanceId, PageSize, RamRoleName, RestoreDestinationMode,
    RestoreObjects, RestoreStatus, RestoreTaskId, RestoreTaskSelection,
};

/// Lists the restore tasks of a plan, or some by id, one page per call.
///
/// Each item shows the status, the progress and the destination of one task. The vendor publishes
/// no status for a finished task: a task is finished when it has a finish time and has not failed
/// (inferred). [`Client::items`] reads all pages as a stream, and [`RestoreFinished`] waits until
/// one task is finished.
///
/// [`CreateRestoreTask`] creates a task, and [`StartRestoreTask`] starts it.
/// [`DescribePreCheckProgressList`] shows its pre-check.
///
/// # Idempotency
///
/// It changes nothing; see [idempotency](crate::operations#idempotency).
///
/// # Limits
///
/// 100 calls per 60 seconds and account.
///
/// # Permissions
///
/// `dbs:DescribeRestoreTaskList` on
/// `acs:dbs:{#regionId}:{#accountId}:backupplan/{#BackupPlanId}`.
///
/// # Errors
///
/// Only the [common errors](crate::operations#errors) are documented.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::operations::DescribeRestoreTaskList;
/// use aliyun_dbs::types::RestoreTaskId;
///
/// let task: RestoreTaskId = "s102h7rf5anq".parse()?;
/// let request = DescribeRestoreTaskList::builder().selection(task).build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2019-03-06-describerestoretasklist).
///
/// [`Client::items`]: crate::Client::items
/// [`CreateRestoreTask`]: crate::operations::CreateRestoreTask
/// [`DescribePreCheckProgressList`]: crate::operations::DescribePreCheckProgressList
/// [`RestoreFinished`]: crate::wait::RestoreFinished
/// [`StartRestoreTask`]: crate::operations::StartRestoreTask
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct DescribeRestoreTaskList {
    /// The tasks to return: those of a plan, or some by id. Required.
    ///
    /// Several task ids are joined by commas on the wire. Wire names: `BackupPlanId` or
    /// `RestoreTaskId`; the service rejects a request with both.
    #[doc(alias = "BackupPlanId")]
    #[doc(alias = "RestoreTaskId")]
    #[serde(flatten)]
    #[builder(into)]
    pub selection: RestoreTaskSelection,
    /// Returns only tasks from this time on. Optional. Milliseconds since 1970 on the wire.
    #[serde(default, with = "lenient::unix_ms")]
    pub start_timestamp: Option<OffsetDateTime>,
    /// Returns only tasks up to this time. Optional. Milliseconds since 1970 on the wire.
    #[serde(default, with = "lenient::unix_ms")]
    pub end_timestamp: Option<OffsetDateTime>,
    /// The page to return, counted from 0. Optional; defaults to 0.
    ///
    /// At most 2147483647.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub page_num: Option<u32>,
    /// The number of items per page, 1 to 100. Optional; defaults to 30.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub page_size: Option<PageSize>,
    /// The [idempotency token](crate::operations#idempotency). Optional; reads do not need one.
    pub client_token: Option<ClientToken>,
}

list_name!(RestoreTaskDetail);

/// The response to [`DescribeRestoreTaskList`]: one page.
pub type DescribeRestoreTaskListResponse = Page<RestoreTaskDetail>;

/// A restore task, as [`DescribeRestoreTaskList`] returns it.
///
/// A field that the service omits or leaves empty is `None`. Times are milliseconds since 1970 on
/// the wire. A logical restore runs in four stages, each with its own progress: the structures
/// before the data, the data, the structures after the data, the logs.
///
/// Undocumented, known from the vendor's SDK only: `physical_backup_recover_progress`,
/// `physical_full_backup_recover_progress`, `physical_increment_backup_recover_progress`,
/// `physical_full_and_increment_backup_recover_progress`, `physical_database_online_progress`,
/// `restore_destination_mode`, `backup_source_oss_region`, `destination_endpoint_host`,
/// `destination_endpoint_port`, `destination_endpoint_enable_ssl`, `backup_gateway_identifier`.
#[serde_with::apply(
    Option => #[serde(default, deserialize_with = "informational::field")],
    Open => #[serde(default, deserialize_with = "informational::group")],
)]
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct RestoreTaskDetail {
    /// The id of the restore task.
    pub restore_task_id: RestoreTaskId,
    /// The name of the task.
    pub restore_task_name: Option<String>,
    /// The status of the task. No value for a finished task is published.
    pub restore_status: Open<RestoreStatus>,
    /// The id of the plan whose backup is restored.
    pub backup_plan_id: Option<BackupPlanId>,
    /// The id of the full backup set that is restored.
    pub backup_set_id: Option<BackupSetId>,
    /// The point in time that is restored.
    #[serde(default, with = "informational::unix_ms")]
    #[serde_with(skip_apply)]
    pub restore_time: Option<OffsetDateTime>,
    /// When the task was created.
    #[serde(default, with = "informational::unix_ms")]
    #[serde_with(skip_apply)]
    pub restore_task_create_time: Option<OffsetDateTime>,
    /// When the task finished. No other field shows that it has.
    #[serde(default, with = "informational::unix_ms")]
    #[serde_with(skip_apply)]
    pub restore_task_finish_time: Option<OffsetDateTime>,
    /// Why the task failed. The string `NULL`, which some responses contain, is read as `None`.
    ///
    /// Wire name: `ErrMessage`.
    #[doc(alias = "ErrMessage")]
    #[serde(rename = "ErrMessage", default, deserialize_with = "informational::message")]
    #[serde_with(skip_apply)]
    pub error_message: Option<String>,
    /// The progress of the structures restored before the data, in percent.
    ///
    /// Wire name: `FullStruforeRestoreProgress`, misspelled by the service.
    #[doc(alias = "FullStruforeRestoreProgress")]
    #[serde(rename = "FullStruforeRestoreProgress")]
    pub structure_before_restore_progress: Option<u8>,
    /// The progress of the data, in percent.
    pub full_data_restore_progress: Option<u8>,
    /// The progress of the structures restored after the data, in percent.
    ///
    /// Wire name: `FullStruAfterRestoreProgress`.
    #[doc(alias = "FullStruAfterRestoreProgress")]
    #[serde(rename = "FullStruAfterRestoreProgress")]
    pub structure_after_restore_progress: Option<u8>,
    /// The progress of the incremental logs, in percent.
    pub continuous_restore_progress: Option<u8>,
    /// The progress of a physical backup, in percent (inferred).
    pub physical_backup_recover_progress: Option<u8>,
    /// The progress of a physical full backup, in percent (inferred).
    pub physical_full_backup_recover_progress: Option<u8>,
    /// The progress of the physical incremental backups, in percent (inferred).
    pub physical_increment_backup_recover_progress: Option<u8>,
    /// The progress of the physical full and incremental backups together, in percent (inferred).
    pub physical_full_and_increment_backup_recover_progress: Option<u8>,
    /// The progress of bringing the database online, in percent (inferred).
    pub physical_database_online_progress: Option<u8>,
    /// The databases that are restored.
    ///
    /// JSON in a string on the wire. The vendor's examples escape its quotes once more than
    /// requests do; both forms are accepted.
    #[serde(default, deserialize_with = "informational::json_text")]
    #[serde_with(skip_apply)]
    pub restore_objects: Option<Open<RestoreObjects>>,
    /// The directory that files are restored to.
    pub restore_dir: Option<String>,
    /// What the restore writes to. Upper case in the vendor's example, lower case in requests.
    pub restore_destination_mode: Option<Open<RestoreDestinationMode>>,
    /// The region of the bucket that stores the backup.
    pub backup_source_oss_region: Option<Open<Region>>,
    /// Where the destination runs. The vendor's pages mix upper and lower case; both are accepted.
    pub destination_endpoint_instance_type: Option<Open<EndpointInstanceType>>,
    /// The region of the destination.
    pub destination_endpoint_region: Option<Open<Region>>,
    /// The id of the destination instance.
    ///
    /// Wire name: `DestinationEndpointInstanceID`.
    #[doc(alias = "DestinationEndpointInstanceID")]
    #[serde(rename = "DestinationEndpointInstanceID", alias = "DestinationEndpointInstanceId")]
    pub destination_endpoint_instance_id: Option<InstanceId>,
    /// The host and the port of the destination, as `host:port`.
    pub destination_endpoint_ip_port: Option<String>,
    /// The host of the destination.
    pub destination_endpoint_host: Option<String>,
    /// The port of the destination. A string on the wire, while requests send a number.
    #[serde(default, with = "informational::as_text")]
    #[serde_with(skip_apply)]
    pub destination_endpoint_port: Option<u16>,
    /// The database that the service connects to.
    pub destination_endpoint_database_name: Option<String>,
    /// The user name that the service logs in with.
    pub destination_endpoint_user_name: Option<String>,
    /// The SID of an Oracle instance.
    ///
    /// Wire name: `DestinationEndpointOracleSID`.
    #[doc(alias = "DestinationEndpointOracleSID")]
    #[serde(rename = "DestinationEndpointOracleSID")]
    pub destination_endpoint_oracle_sid: Option<String>,
    /// Whether the service connects over TLS. A string on the wire.
    #[serde(default, with = "informational::as_text")]
    #[serde_with(skip_apply)]
    pub destination_endpoint_enable_ssl: Option<bool>,
    /// The numeric id of the backup gateway.
    #[serde(default, deserialize_with = "informational::id")]
    #[serde_with(skip_apply)]
    pub backup_gateway_id: Option<BackupGatewayId>,
    /// The identifier of the backup gateway, which is not its numeric id.
    #[serde(default, deserialize_with = "informational::id")]
    #[serde_with(skip_apply)]
    pub backup_gateway_identifier: Option<BackupGatewayIdentifier>,
    /// The id of the account that owns the destination, if it is not the caller's.
    #[serde(default, deserialize_with = "informational::id")]
    #[serde_with(skip_apply)]
    pub cross_aliyun_id: Option<AliyunId>,
    /// The RAM role in that account.
    pub cross_role_name: Option<RamRoleName>,
}

operation! {
    DescribeRestoreTaskList -> DescribeRestoreTaskListResponse, ReadOnly, ram on PLAN, limit 100 per 60 s
}
paged!(DescribeRestoreTaskList, RestoreTaskDetail by restore_task_id);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};
    use crate::v2019_03_06::types::page_size;

    #[test]
    fn sends_every_parameter() {
        let request = DescribeRestoreTaskList::builder()
            .selection(RestoreTaskSelection::RestoreTasks(vec![
                "task1".parse().unwrap(),
                "task2".parse().unwrap(),
            ]))
            .start_timestamp(OffsetDateTime::from_unix_timestamp(1_676_886_947).unwrap())
            .end_timestamp(OffsetDateTime::from_unix_timestamp(1_676_886_947).unwrap())
            .page_num(2)
            .page_size(page_size!(7))
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
    fn decodes_sample_response() {
        let response = decode_sample::<DescribeRestoreTaskList>(include_str!(
            "../../../fake/samples/2019-03-06/DescribeRestoreTaskList.json"
        ));
        let [task] = &response.items[..] else { panic!("one task") };
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
