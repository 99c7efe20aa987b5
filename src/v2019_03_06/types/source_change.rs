//! `SourceChange`: the new database of a plan.

use serde::{Deserialize, Serialize};

use super::access::DatabaseAccess;
use super::endpoint::SourceEndpoint;
use super::endpoint_type::EndpointInstanceType;
use super::identifier::DatabaseHost;
use super::number_identifier::BackupGatewayId;
use super::objects::BackupObjects;
use super::port::Port;
use crate::rpc::value::invalid_value::InvalidValue;
use crate::rpc::value::lenient;
use crate::v2019_03_06::region::Region;

/// The new database of a plan, and the objects to back up.
///
/// The service requires the objects unless the database is behind a backup gateway. Serialization
/// leaves the password out.
///
/// Wire names: those of [`SourceEndpoint`], and `BackupObjects`.
/// Source: [`ModifyBackupSourceEndpoint`](crate::operations::ModifyBackupSourceEndpoint).
///
/// # Examples
///
/// ```
/// use aliyun_dbs::Region;
/// use aliyun_dbs::types::{BackupObject, DatabaseAccess, SourceChange, SourceEndpoint};
///
/// let source = SourceChange::new(
///     SourceEndpoint::Rds {
///         region: Region::Hangzhou,
///         instance_id: "rm-bp1p8c2947exm".parse()?,
///         access: DatabaseAccess::mysql("dbs_backup", "correct horse"),
///     },
///     BackupObject::database("orders"),
/// );
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WireChange", into = "WireChange")]
pub struct SourceChange {
    endpoint: SourceEndpoint,
    objects: Option<BackupObjects>,
}

impl SourceChange {
    /// Returns a change to another database, with the objects to back up.
    pub fn new(endpoint: SourceEndpoint, objects: impl Into<BackupObjects>) -> Self {
        Self { endpoint, objects: Some(objects.into()) }
    }

    /// Returns a change to a database behind a backup gateway, with all its objects.
    pub const fn through_gateway(
        region: Region,
        gateway_id: BackupGatewayId,
        host: DatabaseHost,
        port: Port,
        access: Option<DatabaseAccess>,
    ) -> Self {
        let endpoint = SourceEndpoint::Agent { region, gateway_id, host, port, access };
        Self { endpoint, objects: None }
    }

    /// Returns the new database.
    pub const fn endpoint(&self) -> &SourceEndpoint {
        &self.endpoint
    }

    /// Returns the objects to back up, or `None` for all.
    ///
    /// Wire name: `BackupObjects`.
    #[doc(alias = "BackupObjects")]
    pub const fn objects(&self) -> Option<&BackupObjects> {
        self.objects.as_ref()
    }
}

/// The wire form of [`SourceChange`].
#[serde_with::skip_serializing_none]
#[derive(Serialize, Deserialize)]
struct WireChange {
    #[serde(flatten)]
    endpoint: SourceEndpoint,
    #[serde(rename = "BackupObjects", default, deserialize_with = "lenient::optional")]
    objects: Option<BackupObjects>,
}

impl From<SourceChange> for WireChange {
    fn from(change: SourceChange) -> Self {
        Self { endpoint: change.endpoint, objects: change.objects }
    }
}

impl TryFrom<WireChange> for SourceChange {
    type Error = InvalidValue;

    fn try_from(wire: WireChange) -> Result<Self, InvalidValue> {
        let WireChange { endpoint, objects } = wire;
        if objects.is_none() && endpoint.instance_type() != EndpointInstanceType::Agent {
            let why = "required unless `SourceEndpointInstanceType` is `Agent`";
            return Err(InvalidValue::new("BackupObjects", "", why));
        }
        Ok(Self { endpoint, objects })
    }
}

#[cfg(test)]
mod tests {
    use super::super::objects::BackupObject;
    use super::*;

    #[test]
    fn objects_are_optional_only_behind_a_gateway() {
        let host: DatabaseHost = "db.internal".parse().unwrap();
        let change = SourceChange::through_gateway(
            Region::Hangzhou,
            BackupGatewayId::new(7),
            host.clone(),
            Port::MYSQL,
            None,
        );
        let json = serde_json::to_string(&change).unwrap();
        assert_eq!(serde_json::from_str::<SourceChange>(&json).unwrap(), change);

        let endpoint = SourceEndpoint::Other {
            host,
            port: Port::REDIS,
            access: DatabaseAccess::redis_without_password(),
        };
        let change = SourceChange::new(endpoint, BackupObject::database("0"));
        let mut json = serde_json::to_value(&change).unwrap();
        assert_eq!(serde_json::from_value::<SourceChange>(json.clone()).unwrap(), change);
        json.as_object_mut().unwrap().remove("BackupObjects");
        let error = serde_json::from_value::<SourceChange>(json).unwrap_err().to_string();
        assert!(error.contains("BackupObjects"), "{error}");
    }
}
