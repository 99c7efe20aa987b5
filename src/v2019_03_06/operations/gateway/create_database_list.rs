//! `CreateGetDBListFromAgentTask`: starts listing the databases that a backup gateway reaches.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, lenient};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{AgentTaskId, BackupGatewayId, DatabaseHost, DatabaseType, Port};

/// Starts listing the databases that a backup gateway reaches.
///
/// The gateway lists them asynchronously: [`GetDBListFromAgent`] returns the names, and
/// [`GatewayDatabases`] waits for them.
///
/// Call it before [`ConfigureBackupPlan`] to learn which databases a plan can back up.
/// [`DescribeBackupGatewayList`] lists the gateways.
///
/// # Idempotency
///
/// The service runs it [once per client token](crate::operations#idempotency).
///
/// # Limits
///
/// 100 calls per second and account.
///
/// # Permissions
///
/// `dbs:CreateGetDBListFromAgentTask` on `*`.
///
/// # Errors
///
/// | code | cause | what to do |
/// | --- | --- | --- |
/// | `InvalidParameter` | A parameter does not fit the gateway. | Check the id and the region of the gateway, and the address of the database. |
///
/// Every operation can also fail with the [common errors](crate::operations#errors).
///
/// # Examples
///
/// ```no_run
/// # async fn example(client: aliyun_dbs::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use aliyun_dbs::Region;
/// use aliyun_dbs::operations::CreateGetDBListFromAgentTask;
/// use aliyun_dbs::types::{BackupGatewayId, DatabaseType, Port};
/// use aliyun_dbs::wait::GatewayDatabases;
///
/// let gateway = BackupGatewayId::from(160_813);
/// let request = CreateGetDBListFromAgentTask::builder()
///     .backup_gateway_id(gateway)
///     .source_endpoint_region(Region::Hangzhou)
///     .database_type(DatabaseType::MySql)
///     .source_endpoint_ip("192.0.2.10".parse()?)
///     .source_endpoint_port(Port::MYSQL)
///     .build();
/// let task = client.send(request).await?.task_id;
/// let names = client.wait_for(GatewayDatabases::new(gateway, task)).await?;
/// println!("{names:?}");
/// # Ok(()) }
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2019-03-06-creategetdblistfromagenttask).
///
/// [`ConfigureBackupPlan`]: crate::operations::ConfigureBackupPlan
/// [`DescribeBackupGatewayList`]: crate::operations::DescribeBackupGatewayList
/// [`GatewayDatabases`]: crate::wait::GatewayDatabases
/// [`GetDBListFromAgent`]: crate::operations::GetDBListFromAgent
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct CreateGetDBListFromAgentTask {
    /// The numeric id of the backup gateway. Required.
    ///
    /// The vendor's page marks it as optional, but its description says that it is required.
    pub backup_gateway_id: BackupGatewayId,
    /// The region of the gateway. Optional.
    pub source_endpoint_region: Option<Region>,
    /// The database engine. Optional.
    pub database_type: Option<DatabaseType>,
    /// The host name or the IP address of the database, as the gateway reaches it. Optional.
    ///
    /// Wire name: `SourceEndpointIP`.
    #[doc(alias = "SourceEndpointIP")]
    #[serde(rename = "SourceEndpointIP")]
    pub source_endpoint_ip: Option<DatabaseHost>,
    /// The port of the database. Optional.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub source_endpoint_port: Option<Port>,
    /// The [idempotency token](crate::operations#idempotency). Optional; defaults to a random token
    /// for each call.
    pub client_token: Option<ClientToken>,
}

/// The response to [`CreateGetDBListFromAgentTask`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct CreateGetDBListFromAgentTaskResponse {
    /// The id of the listing task, for
    /// [`GetDBListFromAgent`](crate::operations::GetDBListFromAgent).
    pub task_id: AgentTaskId,
}

operation! {
    CreateGetDBListFromAgentTask -> CreateGetDBListFromAgentTaskResponse, IdempotentByToken, ram on ANY, limit 100 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};

    #[test]
    fn sends_every_parameter() {
        let request = CreateGetDBListFromAgentTask::builder()
            .backup_gateway_id(160_813.into())
            .source_endpoint_region(Region::Hangzhou)
            .database_type(DatabaseType::SqlServer)
            .source_endpoint_ip("192.0.2.10".parse().unwrap())
            .source_endpoint_port(Port::SQL_SERVER)
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(
            &request,
            &[
                ("BackupGatewayId", "160813"),
                ("ClientToken", "t-1"),
                ("DatabaseType", "MSSQL"),
                ("SourceEndpointIP", "192.0.2.10"),
                ("SourceEndpointPort", "1433"),
                ("SourceEndpointRegion", "cn-hangzhou"),
            ],
        );
    }

    #[test]
    fn decodes_sample_response() {
        let response = decode_sample::<CreateGetDBListFromAgentTask>(include_str!(
            "../../../fake/samples/2019-03-06/CreateGetDBListFromAgentTask.json"
        ));
        assert_eq!(response.task_id.get(), 123_456);
    }
}
