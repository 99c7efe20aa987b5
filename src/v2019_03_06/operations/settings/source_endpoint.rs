//! `ModifyBackupSourceEndpoint`: changes the database that a plan backs up.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, informational, lenient};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::{BackupPlanId, CrossAccount, SourceChange, cross_account};

/// Changes the database that a plan backs up.
///
/// The request names the new database, the login and the objects to back up. The client sends the
/// password in the request body. To send it in the query string, as the vendor's SDK does, set
/// [`ClientBuilder::secrets_in_query`](crate::ClientBuilder::secrets_in_query).
///
/// If the response sets [`need_precheck`](ModifyBackupSourceEndpointResponse::need_precheck), the
/// service runs a new pre-check: wait for it with [`PreCheckPassed::started_after`], then call
/// [`StartBackupPlan`] again. Otherwise the change is in effect (inferred).
///
/// [`ConfigureBackupPlan`] sets the initial database. To change only the objects, call
/// [`ModifyBackupObjects`].
///
/// # Idempotency
///
/// The service runs it [once per client token](crate::operations#idempotency).
///
/// # Limits
///
/// 10 calls per second and account.
///
/// # Permissions
///
/// `dbs:ModifyBackupSourceEndpoint` on `*`.
///
/// # Errors
///
/// | code | cause | what to do |
/// | --- | --- | --- |
/// | `BackupPlanNotModify` | The database could not be changed. | Check the address and the login, then call again. |
/// | `OperationDenied.JobStatus` | The status of the plan does not allow the change. | Check the status with [`DescribeBackupPlanList`], then call again. |
/// | `Param.NotFound` | A parameter is missing or has an unknown value. | Compare the values with the vendor's page. |
///
/// Every operation can also fail with the [common errors](crate::operations#errors).
///
/// # Examples
///
/// ```
/// use aliyun_dbs::operations::ModifyBackupSourceEndpoint;
/// use aliyun_dbs::types::{BackupObject, DatabaseAccess, Port, SourceChange, SourceEndpoint};
///
/// let request = ModifyBackupSourceEndpoint::builder()
///     .backup_plan_id("dbs1h0exusfa".parse()?)
///     .source(SourceChange::new(
///         SourceEndpoint::Other {
///             host: "192.0.2.10".parse()?,
///             port: Port::MYSQL,
///             access: DatabaseAccess::mysql("dbs_backup", "correct horse"),
///         },
///         BackupObject::database("orders"),
///     ))
///     .build();
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
///
/// [Vendor's page](https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-2019-03-06-modifybackupsourceendpoint).
/// The error list of the product has `BackupPlanNotModify` and `OperationDenied.JobStatus` (HTTP
/// status 200); it is inferred that this operation sends them.
///
/// [`ConfigureBackupPlan`]: crate::operations::ConfigureBackupPlan
/// [`DescribeBackupPlanList`]: crate::operations::DescribeBackupPlanList
/// [`ModifyBackupObjects`]: crate::operations::ModifyBackupObjects
/// [`PreCheckPassed::started_after`]: crate::wait::PreCheckPassed::started_after
/// [`StartBackupPlan`]: crate::operations::StartBackupPlan
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct ModifyBackupSourceEndpoint {
    /// The id of the plan. Required.
    pub backup_plan_id: BackupPlanId,
    /// The new database, the login, and the objects to back up. Required.
    ///
    /// Wire names: `SourceEndpointInstanceType`, `SourceEndpointRegion`,
    /// `SourceEndpointInstanceID`, `SourceEndpointIP`, `SourceEndpointPort`,
    /// `SourceEndpointUserName`, `SourceEndpointPassword`, `SourceEndpointDatabaseName`,
    /// `SourceEndpointOracleSID`, `BackupGatewayId`, `BackupObjects`.
    #[doc(alias = "SourceEndpointInstanceType")]
    #[doc(alias = "SourceEndpointRegion")]
    #[doc(alias = "SourceEndpointInstanceID")]
    #[doc(alias = "SourceEndpointIP")]
    #[doc(alias = "SourceEndpointPort")]
    #[doc(alias = "SourceEndpointUserName")]
    #[doc(alias = "SourceEndpointPassword")]
    #[doc(alias = "SourceEndpointDatabaseName")]
    #[doc(alias = "SourceEndpointOracleSID")]
    #[doc(alias = "BackupGatewayId")]
    #[doc(alias = "BackupObjects")]
    #[serde(flatten)]
    pub source: SourceChange,
    /// Whether the service connects to the database over TLS. Optional.
    ///
    /// A string on the wire, while `EnableDestinationEndpointSsl` of
    /// [`CreateRestoreTask`](crate::operations::CreateRestoreTask) is a Boolean. Undocumented;
    /// known from the vendor's SDK.
    #[serde(default, with = "lenient::as_text")]
    pub enable_source_endpoint_ssl: Option<bool>,
    /// The PEM certificate of the authority that signed the database's certificate. Optional.
    ///
    /// Undocumented; known from the vendor's SDK.
    pub ssl_ca_pem: Option<String>,
    /// The home directory of Oracle. Optional.
    ///
    /// Undocumented; known from the vendor's SDK.
    pub source_endpoint_oracle_home: Option<String>,
    /// Another Alibaba Cloud account that owns the database. Optional.
    ///
    /// Wire names: `CrossAliyunId`, `CrossRoleName`.
    #[doc(alias = "CrossAliyunId")]
    #[doc(alias = "CrossRoleName")]
    #[serde(flatten, deserialize_with = "cross_account::optional")]
    pub cross_account: Option<CrossAccount>,
    /// The [idempotency token](crate::operations#idempotency). Optional; defaults to a random token
    /// for each call.
    pub client_token: Option<ClientToken>,
}

/// The response to [`ModifyBackupSourceEndpoint`].
#[serde_with::apply(Option => #[serde(default, deserialize_with = "informational::field")])]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ModifyBackupSourceEndpointResponse {
    /// The id of the plan.
    pub backup_plan_id: Option<BackupPlanId>,
    /// Whether the service runs a new pre-check. If so, call
    /// [`StartBackupPlan`](crate::operations::StartBackupPlan) again once it has passed.
    pub need_precheck: Option<bool>,
}

operation! {
    ModifyBackupSourceEndpoint -> ModifyBackupSourceEndpointResponse, IdempotentByToken, ram on ANY, limit 10 per 1 s, secrets |request| request.source.endpoint().password().map(|password| ("SourceEndpointPassword", password))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, decode_sample};
    use crate::v2019_03_06::region::Region;
    use crate::v2019_03_06::types::{BackupObject, DatabaseAccess, Port, SourceEndpoint};

    #[test]
    fn sends_every_parameter() {
        let request = ModifyBackupSourceEndpoint::builder()
            .backup_plan_id("dbs1".parse().unwrap())
            .source(SourceChange::new(
                SourceEndpoint::Express {
                    region: Region::Hangzhou,
                    instance_id: "vpc-1".parse().unwrap(),
                    host: "192.0.2.10".parse().unwrap(),
                    port: Port::POSTGRESQL,
                    access: DatabaseAccess::postgresql("dbs", "pass word", "orders"),
                },
                BackupObject::database("orders"),
            ))
            .enable_source_endpoint_ssl(true)
            .ssl_ca_pem("-----BEGIN")
            .source_endpoint_oracle_home("/home/oracle")
            .cross_account(CrossAccount {
                aliyun_id: "1234567890123456".parse().unwrap(),
                role_name: "ram-for-dbs".parse().unwrap(),
            })
            .client_token("t-1".parse().unwrap())
            .build();
        assert_sends(
            &request,
            &[
                ("BackupObjects", r#"[{"DBName":"orders"}]"#),
                ("BackupPlanId", "dbs1"),
                ("ClientToken", "t-1"),
                ("CrossAliyunId", "1234567890123456"),
                ("CrossRoleName", "ram-for-dbs"),
                ("EnableSourceEndpointSsl", "true"),
                ("SourceEndpointDatabaseName", "orders"),
                ("SourceEndpointIP", "192.0.2.10"),
                ("SourceEndpointInstanceID", "vpc-1"),
                ("SourceEndpointInstanceType", "Express"),
                ("SourceEndpointOracleHome", "/home/oracle"),
                ("SourceEndpointPassword", "pass word"),
                ("SourceEndpointPort", "5432"),
                ("SourceEndpointRegion", "cn-hangzhou"),
                ("SourceEndpointUserName", "dbs"),
                ("SslCaPem", "-----BEGIN"),
            ],
        );
    }

    #[test]
    fn decodes_sample_response() {
        let response = decode_sample::<ModifyBackupSourceEndpoint>(include_str!(
            "../../../fake/samples/2019-03-06/ModifyBackupSourceEndpoint.json"
        ));
        assert_eq!(response.backup_plan_id.unwrap().as_str(), "dbs1h0exusfa");
        assert_eq!(response.need_precheck, Some(false));
    }
}
