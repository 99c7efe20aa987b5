//! `CreateRestoreTask`: creates a restore task, whose pre-check starts with it.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, lenient};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::{
    BackupPlanId, CrossAccount, DuplicateConflict, RestoreDestination, RestoreDestinationMode,
    RestorePoint, RestoreTaskId, cross_account,
};

/// Creates a restore task: what is restored, and where to. The pre-check starts with it; the
/// restore itself waits for [`StartRestoreTask`](crate::operations::StartRestoreTask).
///
/// The password of the destination travels in the body of the request.
///
/// Nine parameters that the vendor's SDK has and no page describes have no member here:
/// `AutoOpenDatabase`, `AutoShutdownDatabase`, and `DestDatabaseInstance…` (`Class`,
/// `DatabaseVersion`, `Region`, `StorageSize`, `Type`, `VSwitch`, `Vpc`).
/// [`Call::parameter`](crate::Call::parameter) sends them.
///
/// RAM: `dbs:CreateRestoreTask` on `*`. Limit: 10000 calls a second per account. Sent again with
/// the same client token it runs once.
///
/// Source of names, values and limits: the operation's page.
///
/// # Errors
///
/// `OperationDenied.JobStatus` (the plan cannot be restored in its present state),
/// `Request.Forbidden` (no RAM permission), `Param.NotFound` (a parameter is missing or unknown).
///
/// ```
/// use aliyun_dbs::Region;
/// use aliyun_dbs::operations::CreateRestoreTask;
/// use aliyun_dbs::types::{DatabaseAccess, RestoreDestination, RestoreObject, RestorePoint};
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
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct CreateRestoreTask {
    /// The plan, `BackupPlanId`.
    pub backup_plan_id: BackupPlanId,
    /// Name of the task, `RestoreTaskName`.
    pub restore_task_name: String,
    /// What is restored. Wire: `RestoreTime` or `BackupSetId`.
    #[serde(flatten)]
    #[builder(into)]
    pub restore_point: RestorePoint,
    /// Where it is restored to, and which databases. Wire: `DestinationEndpoint…`,
    /// `BackupGatewayId`, `RestoreObjects`, `RestoreDir`.
    #[serde(flatten)]
    pub destination: RestoreDestination,
    /// What happens when a name exists already, `DuplicateConflict`.
    pub duplicate_conflict: Option<DuplicateConflict>,
    /// Directory of the database software, `RestoreHome`.
    pub restore_home: Option<String>,
    /// Another account that owns the destination. Wire: `CrossAliyunId`, `CrossRoleName`.
    #[serde(flatten, deserialize_with = "cross_account::optional")]
    pub cross_account: Option<CrossAccount>,
    /// Whether DBS connects to the destination by TLS, `EnableDestinationEndpointSsl`. Known from
    /// the vendor's SDK, not documented.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub enable_destination_endpoint_ssl: Option<bool>,
    /// Certificate of the authority that the destination's certificate is signed by, as PEM,
    /// `SslCaPem`. Known from the vendor's SDK, not documented.
    pub ssl_ca_pem: Option<String>,
    /// What the restore writes to, `RestoreDestinationMode`. Known from the vendor's SDK, not
    /// documented.
    pub restore_destination_mode: Option<RestoreDestinationMode>,
    /// Idempotency token, `ClientToken`; random for each call if left out.
    pub client_token: Option<ClientToken>,
}

/// Answer to [`CreateRestoreTask`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct CreateRestoreTaskResponse {
    /// The new task, `RestoreTaskId`.
    pub restore_task_id: RestoreTaskId,
}

operation! {
    CreateRestoreTask -> CreateRestoreTaskResponse, IdempotentByToken, ram on ANY, limit 10000 per 1 s, secrets |request| request.destination.password().map(|password| ("DestinationEndpointPassword", password))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, sample};
    use crate::v2019_03_06::region::Region;
    use crate::v2019_03_06::types::{DatabaseAccess, Port, RestoreObject};
    use time::OffsetDateTime;

    #[test]
    fn every_parameter() {
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
    fn sample_answer() {
        let answer = sample::<CreateRestoreTask>(include_str!(
            "../../../../tests/data/samples/CreateRestoreTask.json"
        ));
        assert_eq!(answer.restore_task_id.as_str(), "s102h7rf5anq");
    }
}
