//! `PlanSource`: the database of a plan that is created and started in one call.

use serde::{Deserialize, Serialize};

use super::database_gateway::DatabaseGatewayEndpoint;
use super::endpoint::SourceEndpoint;
use super::endpoint_parts::{Parts, SOURCE, WireSource};
use crate::rpc::value::invalid_value::InvalidValue;
use crate::rpc::value::secret::Secret;

/// Source of a plan that is created and started in one call: a [`SourceEndpoint`], or a
/// database reached through Database Gateway.
///
/// Source: `CreateAndStartBackupPlan`. Serialised without its password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WireSource", into = "WireSource")]
pub enum PlanSource {
    /// A source that [`ConfigureBackupPlan`](crate::operations::ConfigureBackupPlan) takes too.
    Endpoint(SourceEndpoint),
    /// A database reached through Database Gateway, `dg`.
    DatabaseGateway(DatabaseGatewayEndpoint),
}

impl PlanSource {
    /// The password, `SourceEndpointPassword`.
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
            PlanSource::Endpoint(endpoint) => Parts::from(endpoint).into(),
            PlanSource::DatabaseGateway(endpoint) => Parts::from(endpoint).into(),
        }
    }
}

impl TryFrom<WireSource> for PlanSource {
    type Error = InvalidValue;

    fn try_from(wire: WireSource) -> Result<Self, InvalidValue> {
        let parts = Parts::from(wire);
        Ok(match DatabaseGatewayEndpoint::from_parts(&parts, &SOURCE)? {
            Some(gateway) => Self::DatabaseGateway(gateway),
            None => Self::Endpoint(SourceEndpoint::try_from(WireSource::from(parts))?),
        })
    }
}
