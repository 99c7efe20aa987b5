//! `PlanSource`: the database of a plan that one call creates and starts.

use serde::{Deserialize, Serialize};

use super::database_gateway::DatabaseGatewayEndpoint;
use super::endpoint::SourceEndpoint;
use super::endpoint_parts::{EndpointFields, SOURCE, WireSource};
use crate::rpc::value::invalid_value::InvalidValue;
use crate::rpc::value::secret::Secret;

/// The database of a plan that [`CreateAndStartBackupPlan`] creates.
///
/// A [`SourceEndpoint`] and a [`DatabaseGatewayEndpoint`] convert into it. Serialization leaves
/// the password out. Source: [`CreateAndStartBackupPlan`].
///
/// [`CreateAndStartBackupPlan`]: crate::operations::CreateAndStartBackupPlan
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WireSource", into = "WireSource")]
pub enum PlanSource {
    /// A database of a kind that
    /// [`ConfigureBackupPlan`](crate::operations::ConfigureBackupPlan) also accepts.
    Endpoint(SourceEndpoint),
    /// A database that DBS reaches through Database Gateway.
    ///
    /// Wire value of `SourceEndpointInstanceType`: `dg`.
    DatabaseGateway(DatabaseGatewayEndpoint),
}

impl PlanSource {
    /// Returns the password of the login, or `None` if it has none.
    ///
    /// Wire name: `SourceEndpointPassword`.
    #[doc(alias = "SourceEndpointPassword")]
    pub fn password(&self) -> Option<&Secret> {
        match self {
            Self::Endpoint(endpoint) => endpoint.password(),
            Self::DatabaseGateway(endpoint) => endpoint.access.password(),
        }
    }
}

impl From<SourceEndpoint> for PlanSource {
    fn from(endpoint: SourceEndpoint) -> Self {
        Self::Endpoint(endpoint)
    }
}

impl From<DatabaseGatewayEndpoint> for PlanSource {
    fn from(endpoint: DatabaseGatewayEndpoint) -> Self {
        Self::DatabaseGateway(endpoint)
    }
}

impl From<PlanSource> for WireSource {
    fn from(source: PlanSource) -> Self {
        match source {
            PlanSource::Endpoint(endpoint) => EndpointFields::from(endpoint).into(),
            PlanSource::DatabaseGateway(endpoint) => EndpointFields::from(endpoint).into(),
        }
    }
}

impl TryFrom<WireSource> for PlanSource {
    type Error = InvalidValue;

    fn try_from(wire: WireSource) -> Result<Self, InvalidValue> {
        let fields = EndpointFields::from(wire);
        Ok(match DatabaseGatewayEndpoint::from_fields(&fields, &SOURCE)? {
            Some(gateway) => Self::DatabaseGateway(gateway),
            None => Self::Endpoint(SourceEndpoint::try_from(WireSource::from(fields))?),
        })
    }
}
