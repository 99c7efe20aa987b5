//! `DatabaseGatewayEndpoint`: a database that is reached through Database Gateway.

use super::access::DatabaseAccess;
use super::endpoint_parts::{Names, Parts};
use super::endpoint_type::EndpointInstanceType;
use super::identifier::{DatabaseHost, InstanceId};
use super::port::Port;
use crate::rpc::value::invalid_value::InvalidValue;
use crate::v2019_03_06::region::Region;

/// A database reached through Database Gateway, `dg`.
///
/// Only `CreateAndStartBackupPlan` and `CreateRestoreTask` take it, and their pages do not say
/// which fields it needs; give what the console of Database Gateway shows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the fields are all that an endpoint has")]
pub struct DatabaseGatewayEndpoint {
    /// Region of the gateway, `SourceEndpointRegion` or `DestinationEndpointRegion`.
    pub region: Option<Region>,
    /// The gateway's database, `SourceEndpointInstanceID` or `DestinationEndpointInstanceID`.
    pub instance_id: Option<InstanceId>,
    /// Host or address of the database, `SourceEndpointIP` or `DestinationEndpointIP`.
    pub host: Option<DatabaseHost>,
    /// Port of the database, `SourceEndpointPort` or `DestinationEndpointPort`.
    pub port: Option<Port>,
    /// How to log in.
    pub access: DatabaseAccess,
}

impl From<DatabaseGatewayEndpoint> for Parts {
    fn from(endpoint: DatabaseGatewayEndpoint) -> Self {
        let DatabaseGatewayEndpoint { region, instance_id, host, port, access } = endpoint;
        let instance_type = Some(EndpointInstanceType::DatabaseGateway);
        Self {
            instance_type,
            region,
            instance_id,
            host,
            port,
            gateway_id: None,
            login: Some(access),
        }
    }
}

impl DatabaseGatewayEndpoint {
    /// The endpoint that the parts make, if it is behind Database Gateway.
    pub(super) fn from_parts(parts: &Parts, names: &Names) -> Result<Option<Self>, InvalidValue> {
        if parts.instance_type != Some(EndpointInstanceType::DatabaseGateway) {
            return Ok(None);
        }
        Ok(Some(Self {
            region: parts.region,
            instance_id: parts.instance_id.clone(),
            host: parts.host.clone(),
            port: parts.port,
            access: parts.access(names)?.unwrap_or(DatabaseAccess::none()),
        }))
    }
}
