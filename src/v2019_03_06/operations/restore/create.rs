//! `CreateRestoreTask`: creates a restore task without starting it.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, lenient};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::{
    BackupPlanId, CrossAccount, DuplicateConflict, RestoreDestination, RestoreDestinationMode,
    RestorePoint, RestoreTaskId, cross_account,
};

/// Creates a restore task without starting it.
///
/// The task names what is restored, and where to. Its pre-check starts at once: wait for it with
/// [`PreCheckPassed`], then call [`StartRestoreTask`]. Until then the service writes nothing to the
/// destination.
///
/// [`DescribeRestoreRangeInfo`] returns the times that can be restored, and
/// [`DescribeFullBackupList`] the backup sets. [`DescribeRestoreTaskList`] shows the task, and
/// [`RestoreFinished`] waits until it is finished.
///
/// The client sends the password of the destination in the request body. To send it in the query
/// string, as the vendor's SDK does, set
/// [`ClientBuilder::secrets_in_query`](crate::ClientBuilder::secrets_in_query).
///
/// The vendor's SDK has nine more parameters, which no page describes and this type omits:
/// `AutoOpenDatabase`, `AutoShutdownDatabase`, `DestDatabaseInstanceClass`,
/// `DestDatabaseInstanceDatabaseVersion`, `DestDatabaseInstanceRegion`,
/// `DestDatabaseInstanceStorageSize`, `DestDatabaseInstanceType`, `DestDatabaseInstanceVSwitch` and
/// `DestDatabaseInstanceVpc`. To send one, use [`Call::parameter`].
///
/// # Idempotency
///
/// The service runs it [once per client token](crate::operations#idempotency).
///
/// # Limits
///
/// 10,000 calls per second and account, which is practically no limit.
///
/// # Permissions
///
/// `dbs:CreateRestoreTask` on `*`.
///
/// # Errors
///
/// | code | cause | what to do |
/// | --- | --- | --- |
/// | `OperationDenied.JobStatus` | The status of the plan does not allow a restore. | Check the status with [`DescribeBackupPlanList`], then call again. |
/// | `Param.NotFound` | A parameter is missing or has an unknown value. | Compare the values with the vendor's page. |
///
/// Every operation can also fail with the [common errors](crate::operations#errors).
///
/// # Examples
///
/// ```no_run
/// # async fn example(client: aliyun_dbs::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use aliyun_dbs::Region;
/// use aliyun_dbs::operations::{CreateRestoreTask, StartRestoreTask};
/// use aliyun_dbs::types::{DatabaseAccess, RestoreDestination, RestoreObject, RestorePoint};
/// use aliyun_dbs::wait::{PreCheckPassed, RestoreFinished};
///
/// let request = CreateRestoreTask::builder()
///     .backup_plan_id("dbs1hvb0wwwe".parse()?)
///     .restore_task_name("orders-drill")
///     .restore_point(RestorePoint::BackupSet("1iukx5h0exmp".parse()?))
///     .destination(RestoreDestination::Rds {
///         region: Region::Hangzhou,
///         instance_id: "rm-bp1p8c2947exm".parse()?,
///         access: DatabaseAccess::mysql("restore", "correct horse"),
///         objects: RestoreObject::database("orders").renamed("orders_copy").into(),
///     })
///     .build();
/// let task = client.send(request).await?.into_inner().restore_task_id;
/// client.wait_for(PreCheckPassed::new(task.clone())).await?;
/// client.send(StartRestoreTask::builder().restore_task_id(task.clone()).build()).await?;
/// client.wait_for(RestoreFinished::new(task)).await?;
/// # Ok(()) }
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2019-03-06-createrestoretask).
/// The error list of the product has `OperationDenied.JobStatus` (HTTP status 200); it is inferred
/// that this operation sends it.
///
/// [`Call::parameter`]: crate::Call::parameter
/// [`DescribeBackupPlanList`]: crate::operations::DescribeBackupPlanList
/// [`DescribeFullBackupList`]: crate::operations::DescribeFullBackupList
/// [`DescribeRestoreRangeInfo`]: crate::operations::DescribeRestoreRangeInfo
/// [`DescribeRestoreTaskList`]: crate::operations::DescribeRestoreTaskList
/// [`PreCheckPassed`]: crate::wait::PreCheckPassed
/// [`RestoreFinished`]: crate::wait::RestoreFinished
/// [`StartRestoreTask`]: crate::operations::StartRestoreTask
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct CreateRestoreTask {
    /// The id of the plan whose backup is restored. Required.
    pub backup_plan_id: BackupPlanId,
    /// The name of the task. Required.
    pub restore_task_name: String,
    /// What is restored: the state at a time, or a full backup set. Required.
    ///
    /// A time is Unix time in milliseconds on the wire. Wire names: `RestoreTime` or `BackupSetId`,
    /// never both.
    #[doc(alias = "RestoreTime")]
    #[doc(alias = "BackupSetId")]
    #[serde(flatten)]
    #[builder(into)]
    pub restore_point: RestorePoint,
    /// Where the backup is restored to, the login, and the databases to restore. Required.
    ///
    /// Wire names: `DestinationEndpointInstanceType`, `DestinationEndpointRegion`,
    /// `DestinationEndpointInstanceID`, `DestinationEndpointIP`, `DestinationEndpointPort`,
    /// `DestinationEndpointUserName`, `DestinationEndpointPassword`,
    /// `DestinationEndpointDatabaseName`, `DestinationEndpointOracleSID`, `BackupGatewayId`,
    /// `RestoreObjects`, `RestoreDir`.
    #[doc(alias = "DestinationEndpointInstanceType")]
    #[doc(alias = "DestinationEndpointRegion")]
    #[doc(alias = "DestinationEndpointInstanceID")]
    #[doc(alias = "DestinationEndpointIP")]
    #[doc(alias = "DestinationEndpointPort")]
    #[doc(alias = "DestinationEndpointUserName")]
    #[doc(alias = "DestinationEndpointPassword")]
    #[doc(alias = "DestinationEndpointDatabaseName")]
    #[doc(alias = "DestinationEndpointOracleSID")]
    #[doc(alias = "BackupGatewayId")]
    #[doc(alias = "RestoreObjects")]
    #[doc(alias = "RestoreDir")]
    #[serde(flatten)]
    pub destination: RestoreDestination,
    /// What the restore does if a name already exists. Optional; the only published value renames
    /// the restored object.
    pub duplicate_conflict: Option<DuplicateConflict>,
    /// The directory of the database software. Optional.
    pub restore_home: Option<String>,
    /// Another Alibaba Cloud account that owns the destination. Optional.
    ///
    /// Wire names: `CrossAliyunId`, `CrossRoleName`.
    #[doc(alias = "CrossAliyunId")]
    #[doc(alias = "CrossRoleName")]
    #[serde(flatten, deserialize_with = "cross_account::optional")]
    pub cross_account: Option<CrossAccount>,
    /// Whether the service connects to the destination over TLS. Optional.
    ///
    /// A Boolean on the wire, while `EnableSourceEndpointSsl` of other operations is a string.
    /// Undocumented; known from the vendor's SDK.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub enable_destination_endpoint_ssl: Option<bool>,
    /// The PEM certificate of the authority that signed the destination's certificate. Optional.
    ///
    /// Undocumented; known from the vendor's SDK.
    pub ssl_ca_pem: Option<String>,
    /// What the restore writes to. Optional; the only known value is an existing instance.
    ///
    /// Undocumented; known from the vendor's SDK.
    pub restore_destination_mode: Option<RestoreDestinationMode>,
    /// The [idempotency token](crate::operations#idempotency). Optional; defaults to a random token
    /// for each call.
    pub client_token: Option<ClientToken>,
}

/// The response to [`CreateRestoreTask`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct CreateRestoreTaskResponse {
    /// The id of the new task.
    pub restore_task_id: RestoreTaskId,
}

operation! {
    CreateRestoreTask -> CreateRestoreTaskResponse, IdempotentByToken, ram on ANY, limit 10000 per 1 s, secrets |request| request.destination.password().map(|password| ("DestinationEndpointPassword", password))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};
    use crate::v2019_03_06::region::Region;
    use crate::v2019_03_06::types::{DatabaseAccess, Port, RestoreObject};
    use time::OffsetDateTime;

    #[test]
    fn sends_every_parameter() {
        let request = CreateRestoreTask::builder()
            .backup_plan_id("dbs1".parse().unwrap())
            .restore_task_name("orders drill")
            .restore_point(OffsetDateTime::from_unix_timestamp(1_554_560_477).unwrap())
            .destination(RestoreDestination::Agent {
                region: Region::Hangzhou,
                gateway_id: 160_813.into(),
                host: "db.internal".parse().unwrap(),
                port: Port::MYSQL,
                access: Some(DatabaseAccess::oracle("dbs", "pass word", "ORCL")),
                restore_dir: Some("/data".into()),
                objects: Some(RestoreObject::database("a").renamed("b").into()),
            })
            .duplicate_conflict(DuplicateConflict::RenameNew)
            .restore_home("/usr/local/mysql")
            .cross_account(CrossAccount {
                aliyun_id: "1234567890123456".parse().unwrap(),
                role_name: "ram-for-dbs".parse().unwrap(),
            })
            .enable_destination_endpoint_ssl(true)
            .ssl_ca_pem("-----BEGIN")
            .restore_destination_mode(RestoreDestinationMode::ExistInstance)
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(
            &request,
            &[
                ("BackupGatewayId", "160813"),
                ("BackupPlanId", "dbs1"),
                ("ClientToken", "t-1"),
                ("CrossAliyunId", "1234567890123456"),
                ("CrossRoleName", "ram-for-dbs"),
                ("DestinationEndpointIP", "db.internal"),
                ("DestinationEndpointInstanceType", "Agent"),
                ("DestinationEndpointOracleSID", "ORCL"),
                ("DestinationEndpointPassword", "pass word"),
                ("DestinationEndpointPort", "3306"),
                ("DestinationEndpointRegion", "cn-hangzhou"),
                ("DestinationEndpointUserName", "dbs"),
                ("DuplicateConflict", "renamenew"),
                ("EnableDestinationEndpointSsl", "true"),
                ("RestoreDestinationMode", "exist_instance"),
                ("RestoreDir", "/data"),
                ("RestoreHome", "/usr/local/mysql"),
                ("RestoreObjects", r#"[{"DBName":"a","NewDBName":"b"}]"#),
                ("RestoreTaskName", "orders drill"),
                ("RestoreTime", "1554560477000"),
                ("SslCaPem", "-----BEGIN"),
            ],
        );
    }

    #[test]
    fn decodes_sample_response() {
        let response = decode_sample::<CreateRestoreTask>(include_str!(
            "../../../fake/samples/2019-03-06/CreateRestoreTask.json"
        ));
        assert_eq!(response.restore_task_id.as_str(), "s102h7rf5anq");
    }
}
