//! `EndpointFields`: the fields of an endpoint that lists show.

use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{
    BackupGatewayId, DatabaseAccess, DatabaseGatewayEndpoint, DatabaseHost, EndpointInstanceType,
    InstanceId, PlanSource, Port, RestoreDestination, SourceEndpoint,
};

/// The fields of an endpoint that lists show, whatever its type.
pub(crate) struct EndpointFields {
    pub(crate) instance_type: EndpointInstanceType,
    pub(crate) region: Option<Region>,
    pub(crate) instance_id: Option<InstanceId>,
    host: Option<DatabaseHost>,
    port: Option<Port>,
    pub(crate) gateway_id: Option<BackupGatewayId>,
    access: Option<DatabaseAccess>,
}

impl EndpointFields {
    fn new(instance_type: EndpointInstanceType) -> Self {
        Self {
            instance_type,
            region: None,
            instance_id: None,
            host: None,
            port: None,
            gateway_id: None,
            access: None,
        }
    }

    fn with_instance(mut self, region: Region, instance_id: &InstanceId) -> Self {
        self.region = Some(region);
        self.instance_id = Some(instance_id.clone());
        self
    }

    fn with_address(mut self, host: &DatabaseHost, port: Port) -> Self {
        self.host = Some(host.clone());
        self.port = Some(port);
        self
    }

    pub(crate) fn from_source(source: &PlanSource) -> Self {
        match source {
            PlanSource::Endpoint(endpoint) => Self::from_endpoint(endpoint),
            PlanSource::DatabaseGateway(endpoint) => Self::from_database_gateway(endpoint),
        }
    }

    fn from_database_gateway(endpoint: &DatabaseGatewayEndpoint) -> Self {
        Self {
            instance_type: EndpointInstanceType::DatabaseGateway,
            region: endpoint.region,
            instance_id: endpoint.instance_id.clone(),
            host: endpoint.host.clone(),
            port: endpoint.port,
            gateway_id: None,
            access: Some(endpoint.access.clone()),
        }
    }

    fn from_endpoint(endpoint: &SourceEndpoint) -> Self {
        let fields = Self::new(endpoint.instance_type());
        let mut fields = match endpoint {
            SourceEndpoint::Rds { region, instance_id, .. }
            | SourceEndpoint::Dds { region, instance_id, .. } => {
                fields.with_instance(*region, instance_id)
            }
            SourceEndpoint::Ecs { region, instance_id, port, .. } => {
                Self { port: Some(*port), ..fields.with_instance(*region, instance_id) }
            }
            SourceEndpoint::Express { region, instance_id, host, port, .. } => {
                fields.with_instance(*region, instance_id).with_address(host, *port)
            }
            SourceEndpoint::Agent { region, gateway_id, host, port, .. } => {
                let gateway_id = Some(*gateway_id);
                Self { region: Some(*region), gateway_id, ..fields.with_address(host, *port) }
            }
            SourceEndpoint::Other { host, port, .. } => fields.with_address(host, *port),
        };
        fields.access = endpoint.access().cloned();
        fields
    }

    pub(crate) fn from_destination(destination: &RestoreDestination) -> Self {
        let fields = Self::new(destination.instance_type());
        let mut fields = match destination {
            RestoreDestination::Rds { region, instance_id, .. }
            | RestoreDestination::Dds { region, instance_id, .. } => {
                fields.with_instance(*region, instance_id)
            }
            RestoreDestination::Ecs { region, instance_id, port, .. } => {
                Self { port: Some(*port), ..fields.with_instance(*region, instance_id) }
            }
            RestoreDestination::Express { region, instance_id, host, port, .. } => {
                fields.with_instance(*region, instance_id).with_address(host, *port)
            }
            RestoreDestination::Agent { region, gateway_id, host, port, .. } => {
                let gateway_id = Some(*gateway_id);
                Self { region: Some(*region), gateway_id, ..fields.with_address(host, *port) }
            }
            RestoreDestination::Other { host, port, .. } => fields.with_address(host, *port),
            RestoreDestination::DatabaseGateway { endpoint, .. } => {
                Self::from_database_gateway(endpoint)
            }
        };
        fields.access = destination.access().cloned();
        fields
    }

    pub(crate) fn host(&self) -> Option<String> {
        self.host.as_ref().map(ToString::to_string)
    }

    pub(crate) fn port(&self) -> Option<u16> {
        self.port.map(Port::get)
    }

    /// Returns host and port as `host:port`.
    pub(crate) fn ip_port(&self) -> Option<String> {
        Some(format!("{}:{}", self.host.as_ref()?, self.port()?))
    }

    pub(crate) fn user_name(&self) -> Option<String> {
        self.access.as_ref()?.user_name().map(str::to_owned)
    }

    pub(crate) fn database_name(&self) -> Option<String> {
        self.access.as_ref()?.database_name().map(str::to_owned)
    }

    pub(crate) fn oracle_sid(&self) -> Option<String> {
        self.access.as_ref()?.oracle_sid().map(str::to_owned)
    }
}
