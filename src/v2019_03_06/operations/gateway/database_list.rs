//! `GetDBListFromAgent`: returns the databases that a backup gateway listed.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::ClientToken;
use crate::rpc::wire::{Wrapped, list_name};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{AgentTaskId, BackupGatewayId};

/// Returns the names of the databases that a backup gateway listed.
///
/// [`CreateGetDBListFromAgentTask`] starts the listing. The response contains no status: the list
/// stays empty until the gateway has finished, so an empty list does not mean that the gateway
/// reaches no database. [`GatewayDatabases`] polls until the list has a name.
///
/// Use the names in [`BackupObject`] when you call [`ConfigureBackupPlan`].
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
/// `dbs:GetDBListFromAgent` on `*`.
///
/// # Errors
///
/// | code | cause | what to do |
/// | --- | --- | --- |
/// | `InvalidParameter` | The listing task does not exist, or a parameter does not fit it. | Check the ids of the task and the gateway. |
///
/// Every operation can also fail with the [common errors](crate::operations#errors).
///
/// # Examples
///
/// ```
/// use aliyun_dbs::operations::GetDBListFromAgent;
///
/// let request = GetDBListFromAgent::builder()
///     .backup_gateway_id(160_813.into())
///     .task_id(123_456.into())
///     .build();
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2019-03-06-getdblistfromagent);
/// its Chinese edition says that the id of the gateway is required.
///
/// [`BackupObject`]: crate::types::BackupObject
/// [`ConfigureBackupPlan`]: crate::operations::ConfigureBackupPlan
/// [`CreateGetDBListFromAgentTask`]: crate::operations::CreateGetDBListFromAgentTask
/// [`GatewayDatabases`]: crate::wait::GatewayDatabases
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct GetDBListFromAgent {
    /// The numeric id of the backup gateway. Required.
    ///
    /// The vendor's page marks it as optional, but its Chinese edition says that it is required.
    pub backup_gateway_id: BackupGatewayId,
    /// The id of the listing task, from
    /// [`CreateGetDBListFromAgentTaskResponse::task_id`](crate::operations::CreateGetDBListFromAgentTaskResponse::task_id).
    /// Required.
    ///
    /// The vendor's page marks it as optional, but without it the service has nothing to return.
    /// [`DescribeJobErrorCode`](crate::operations::DescribeJobErrorCode) has an unrelated parameter
    /// of the same name.
    pub task_id: AgentTaskId,
    /// The region of the gateway. Optional.
    pub source_endpoint_region: Option<Region>,
    /// The [idempotency token](crate::operations#idempotency). Optional; reads do not need one.
    pub client_token: Option<ClientToken>,
}

list_name!(DatabaseName = "dbName");

/// The response to [`GetDBListFromAgent`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct GetDBListFromAgentResponse {
    /// The names of the databases. Empty until the gateway has finished the listing.
    ///
    /// Wire name: `DbList.dbName`.
    #[doc(alias = "dbName")]
    #[serde(default, with = "Wrapped::<DatabaseName>")]
    pub db_list: Vec<String>,
}

operation! {
    GetDBListFromAgent -> GetDBListFromAgentResponse, ReadOnly, ram on ANY, limit 100 per 1 s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};

    #[test]
    fn sends_every_parameter() {
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
    fn decodes_sample_response() {
        let response = decode_sample::<GetDBListFromAgent>(include_str!(
            "../../../fake/samples/2019-03-06/GetDBListFromAgent.json"
        ));
        assert_eq!(response.db_list, ["TaskDB", "orders"]);
    }
}
