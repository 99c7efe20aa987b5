//! `DatabaseGatewayEndpoint`: a database that DBS reaches through Database Gateway.

use super::access::DatabaseAccess;
use super::endpoint_parts::{EndpointFieldNames, EndpointFields};
use super::endpoint_type::EndpointInstanceType;
use super::identifier::{DatabaseHost, InstanceId};
use super::port::Port;
use crate::rpc::value::invalid_value::InvalidValue;
use crate::v2019_03_06::region::Region;

/// A database that DBS reaches through Database Gateway.
///
/// Only [`CreateAndStartBackupPlan`] and [`CreateRestoreTask`] accept it. Their pages do not say
/// which fields are required; set those that the console of Database Gateway shows.
///
/// Wire value of `SourceEndpointInstanceType` and `DestinationEndpointInstanceType`: `dg`.
///
/// [`CreateAndStartBackupPlan`]: crate::operations::CreateAndStartBackupPlan
/// [`CreateRestoreTask`]: crate::operations::CreateRestoreTask
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the fields are all that an endpoint has")]
pub struct DatabaseGatewayEndpoint {
    /// The region of the gateway.
    ///
    /// Wire names: `SourceEndpointRegion`, `DestinationEndpointRegion`.
    #[doc(alias = "SourceEndpointRegion")]
    #[doc(alias = "DestinationEndpointRegion")]
    pub region: Option<Region>,
    /// The database in the gateway.
    ///
    /// Wire names: `SourceEndpointInstanceID`, `DestinationEndpointInstanceID`.
    #[doc(alias = "SourceEndpointInstanceID")]
    #[doc(alias = "DestinationEndpointInstanceID")]
    pub instance_id: Option<InstanceId>,
    /// The host name or IP address of the database.
    ///
    /// Wire names: `SourceEndpointIP`, `DestinationEndpointIP`.
    #[doc(alias = "SourceEndpointIP")]
    #[doc(alias = "DestinationEndpointIP")]
    pub host: Option<DatabaseHost>,
    /// The port of the database.
    ///
    /// Wire names: `SourceEndpointPort`, `DestinationEndpointPort`.
    #[doc(alias = "SourceEndpointPort")]
    #[doc(alias = "DestinationEndpointPort")]
    pub port: Option<Port>,
    /// The login of the database.
    pub access: DatabaseAccess,
}

impl From<DatabaseGatewayEndpoint> for EndpointFields {
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
    /// Builds the endpoint from its fields. Returns `None` if they are of another kind.
    pub(super) fn from_fields(
        fields: &EndpointFields,
        names: &EndpointFieldNames,
    ) -> Result<Option<Self>, InvalidValue> {
        if fields.instance_type != Some(EndpointInstanceType::DatabaseGateway) {
            return Ok(None);
        }
        Ok(Some(Self {
            region: fields.region,
            instance_id: fields.instance_id.clone(),
            host: fields.host.clone(),
            port: fields.port,
            access: fields.access(names)?.unwrap_or(DatabaseAccess::none()),
        }))
    }
}
