//! `GetDBListFromAgent`: fetches the databases that a backup gateway sees.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::ClientToken;
use crate::rpc::wire::{WrappedTexts, list_name};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{AgentTaskId, BackupGatewayId};

/// Fetches the databases that a backup gateway sees, once it has been asked by
/// [`CreateGetDBListFromAgentTask`](crate::operations::CreateGetDBListFromAgentTask).
///
/// The answer has no state: the list is empty until the gateway has answered.
///
/// RAM: `dbs:GetDBListFromAgent` on `*`. Limit: 100 calls a second per account. It changes nothing,
/// so it is safe to repeat.
///
/// Source of names, values and limits: the operation's page.
///
/// # Errors
///
/// `InvalidParameter` (there is no such listing), `Request.Forbidden` (no RAM permission),
/// `Param.NotFound` (a parameter is missing or unknown).
///
/// ```
/// use aliyun_dbs::operations::GetDBListFromAgent;
///
/// let request = GetDBListFromAgent::builder()
///     .backup_gateway_id(160_813.into())
///     .task_id(123_456.into())
///     .build();
/// ```
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct GetDBListFromAgent {
    /// The gateway, `BackupGatewayId`; the page says it must be given, though it is not marked so.
    pub backup_gateway_id: BackupGatewayId,
    /// The listing, `TaskId`; without it the service has nothing to answer.
    pub task_id: AgentTaskId,
    /// Region of the gateway, `SourceEndpointRegion`.
    pub source_endpoint_region: Option<Region>,
    /// Token of the request, `ClientToken`; reading needs none.
    pub client_token: Option<ClientToken>,
}

list_name!(DatabaseName = "dbName");

/// Answer to [`GetDBListFromAgent`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct GetDBListFromAgentResponse {
    /// Names of the databases, `DbList.dbName`.
    #[serde(default, with = "WrappedTexts::<DatabaseName>")]
    pub db_list: Vec<String>,
}

operation! {
    GetDBListFromAgent -> GetDBListFromAgentResponse, ReadOnly, ram on ANY, limit 100 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, sample};

    #[test]
    fn every_parameter() {
        let request = GetDBListFromAgent::builder()
            .backup_gateway_id(160_813.into())
            .task_id(123_456.into())
            .source_endpoint_region(Region::Hangzhou)
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(
            &request,
            &[
                ("BackupGatewayId", "160813"),
                ("ClientToken", "t-1"),
                ("SourceEndpointRegion", "cn-hangzhou"),
                ("TaskId", "123456"),
            ],
        );
    }

    #[test]
    fn sample_answer() {
        let answer = sample::<GetDBListFromAgent>(include_str!(
            "../../../../tests/data/samples/GetDBListFromAgent.json"
        ));
        assert_eq!(answer.db_list, ["TaskDB", "orders"]);
    }
}
