//! `CreateGetDBListFromAgentTask`: asks a backup gateway which databases it sees.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, lenient};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{AgentTaskId, BackupGatewayId, DatabaseHost, DatabaseType, Port};

/// Asks a backup gateway which databases it sees;
/// [`GetDBListFromAgent`](crate::operations::GetDBListFromAgent) fetches the answer.
///
/// RAM: `dbs:CreateGetDBListFromAgentTask` on `*`. Limit: 100 calls a second per account. Sent
/// again with the same client token it runs once.
///
/// Source of names, values and limits: the operation's page.
///
/// # Errors
///
/// `InvalidParameter` (a parameter does not suit the gateway), `Request.Forbidden` (no RAM
/// permission), `Param.NotFound` (a parameter is missing or unknown).
///
/// ```
/// use aliyun_dbs::Region;
/// use aliyun_dbs::operations::CreateGetDBListFromAgentTask;
/// use aliyun_dbs::types::{DatabaseType, Port};
///
/// let request = CreateGetDBListFromAgentTask::builder()
///     .backup_gateway_id(160_813.into())
///     .source_endpoint_region(Region::Hangzhou)
///     .database_type(DatabaseType::MySql)
///     .source_endpoint_ip("192.0.2.10".parse()?)
///     .source_endpoint_port(Port::MYSQL)
///     .build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct CreateGetDBListFromAgentTask {
    /// The gateway, `BackupGatewayId`; the page says it must be given, though it is not marked so.
    pub backup_gateway_id: BackupGatewayId,
    /// Region of the gateway, `SourceEndpointRegion`.
    pub source_endpoint_region: Option<Region>,
    /// Kind of database, `DatabaseType`.
    pub database_type: Option<DatabaseType>,
    /// Host or address of the database as the gateway sees it, `SourceEndpointIP`.
    #[serde(rename = "SourceEndpointIP")]
    pub source_endpoint_ip: Option<DatabaseHost>,
    /// Port of the database, `SourceEndpointPort`.
    #[serde(default, deserialize_with = "lenient::optional")]
    pub source_endpoint_port: Option<Port>,
    /// Idempotency token, `ClientToken`; random for each call if left out.
    pub client_token: Option<ClientToken>,
}

/// Answer to [`CreateGetDBListFromAgentTask`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct CreateGetDBListFromAgentTaskResponse {
    /// The listing, `TaskId`.
    pub task_id: AgentTaskId,
}

operation! {
    CreateGetDBListFromAgentTask -> CreateGetDBListFromAgentTaskResponse, IdempotentByToken, ram on ANY, limit 100 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, sample};

    #[test]
    fn every_parameter() {
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
    fn sample_answer() {
        let answer = sample::<CreateGetDBListFromAgentTask>(include_str!(
            "../../../../tests/data/samples/CreateGetDBListFromAgentTask.json"
        ));
        assert_eq!(answer.task_id.get(), 123_456);
    }
}
