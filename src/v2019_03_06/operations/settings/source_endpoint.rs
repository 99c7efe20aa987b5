//! `ModifyBackupSourceEndpoint`: points a plan at another database.

use bon::Builder;
use serde::{Deserialize, Serialize};

use crate::rpc::value::{ClientToken, lenient};
use crate::v2019_03_06::operations::declare::operation;
use crate::v2019_03_06::types::{BackupPlanId, CrossAccount, SourceChange, cross_account};

/// Points a plan at another database, and says what is backed up of it. The database's password
/// travels in the body of the request.
///
/// The answer says whether a new pre-check runs; if so, start the plan again once it has passed.
///
/// RAM: `dbs:ModifyBackupSourceEndpoint` on `*`. Limit: 10 calls a second per account. Sent again
/// with the same client token it runs once.
///
/// Source of names, values and limits: the operation's page.
///
/// # Errors
///
/// `BackupPlanNotModify` (the source could not be changed), `OperationDenied.JobStatus` (not in the
/// plan's present state), `Request.Forbidden` (no RAM permission), `Param.NotFound` (a parameter is
/// missing or unknown).
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
#[serde_with::skip_serializing_none]
#[derive(Builder, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[builder(on(String, into))]
#[non_exhaustive]
pub struct ModifyBackupSourceEndpoint {
    /// The plan, `BackupPlanId`.
    pub backup_plan_id: BackupPlanId,
    /// The database, and what is backed up of it. Wire: `SourceEndpoint…`, `BackupGatewayId`,
    /// `BackupObjects`.
    #[serde(flatten)]
    pub source: SourceChange,
    /// Whether DBS connects to the database by TLS, `EnableSourceEndpointSsl`; text on the wire.
    /// Known from the vendor's SDK, not documented.
    #[serde(default, with = "lenient::as_text")]
    pub enable_source_endpoint_ssl: Option<bool>,
    /// Certificate of the authority that the database's certificate is signed by, as PEM,
    /// `SslCaPem`. Known from the vendor's SDK, not documented.
    pub ssl_ca_pem: Option<String>,
    /// Home directory of Oracle, `SourceEndpointOracleHome`. Known from the vendor's SDK, not
    /// documented.
    pub source_endpoint_oracle_home: Option<String>,
    /// Another account that owns the database. Wire: `CrossAliyunId`, `CrossRoleName`.
    #[serde(flatten, deserialize_with = "cross_account::optional")]
    pub cross_account: Option<CrossAccount>,
    /// Idempotency token, `ClientToken`; random for each call if left out.
    pub client_token: Option<ClientToken>,
}

/// Answer to [`ModifyBackupSourceEndpoint`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ModifyBackupSourceEndpointResponse {
    /// The plan, `BackupPlanId`.
    pub backup_plan_id: BackupPlanId,
    /// Whether a new pre-check runs, `NeedPrecheck`; if so, start the plan again once it has
    /// passed.
    #[serde(deserialize_with = "lenient::required")]
    pub need_precheck: bool,
}

operation! {
    ModifyBackupSourceEndpoint -> ModifyBackupSourceEndpointResponse, IdempotentByToken, ram on ANY, limit 10 per 1 s, secrets |request| request.source.endpoint().password().map(|password| ("SourceEndpointPassword", password))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::testing::{assert_sends, sample};
    use crate::v2019_03_06::region::Region;
    use crate::v2019_03_06::types::{BackupObject, DatabaseAccess, Port, SourceEndpoint};

    #[test]
    fn every_parameter() {
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
    fn sample_answer() {
        let answer = sample::<ModifyBackupSourceEndpoint>(include_str!(
            "../../../../tests/data/samples/ModifyBackupSourceEndpoint.json"
        ));
        assert_eq!(answer.backup_plan_id.as_str(), "dbs1h0exusfa");
        assert!(!answer.need_precheck);
    }
}
