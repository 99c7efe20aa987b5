//! Endpoints as they travel: the same members under `SourceEndpoint…` and `DestinationEndpoint…`.

use serde::{Deserialize, Serialize};

use super::access::DatabaseAccess;
use super::endpoint::{DatabaseGatewayEndpoint, EndpointInstanceType, PlanSource, SourceEndpoint};
use super::identifier::{DatabaseHost, InstanceId};
use super::number_identifier::BackupGatewayId;
use super::port::Port;
use crate::rpc::value::invalid_value::InvalidValue;
use crate::rpc::value::lenient;
use crate::rpc::value::secret::Secret;
use crate::v2019_03_06::region::Region;

/// The members of an endpoint, whichever end of a backup it stands at.
#[derive(Clone, Default, PartialEq)]
pub(super) struct Parts {
    pub(super) instance_type: Option<EndpointInstanceType>,
    region: Option<Region>,
    instance_id: Option<InstanceId>,
    host: Option<DatabaseHost>,
    port: Option<Port>,
    gateway_id: Option<BackupGatewayId>,
    user_name: Option<String>,
    password: Option<Secret>,
    database_name: Option<String>,
    oracle_sid: Option<String>,
}

/// The wire names of those members, for errors that say which one is missing.
pub(super) struct Names {
    pub(super) instance_type: &'static str,
    region: &'static str,
    instance_id: &'static str,
    host: &'static str,
    port: &'static str,
    password: &'static str,
}

/// Declares the wire form of an endpoint, and its names.
macro_rules! wire_endpoint {
    (
        $(#[$meta:meta])*
        $wire:ident, $names:ident {
            $instance_type:literal, $region:literal, $instance_id:literal, $host:literal,
            $port:literal, $user_name:literal, $password:literal, $database_name:literal,
            $oracle_sid:literal $(,)?
        }
    ) => {
        $(#[$meta])*
        #[serde_with::skip_serializing_none]
        #[derive(Default, Serialize, Deserialize)]
        #[serde(default)]
        pub(super) struct $wire {
            #[serde(rename = $instance_type)]
            instance_type: Option<EndpointInstanceType>,
            #[serde(rename = $region, deserialize_with = "lenient::optional")]
            region: Option<Region>,
            #[serde(rename = $instance_id, deserialize_with = "lenient::optional")]
            instance_id: Option<InstanceId>,
            #[serde(rename = $host, deserialize_with = "lenient::optional")]
            host: Option<DatabaseHost>,
            #[serde(rename = $port, deserialize_with = "lenient::optional")]
            port: Option<Port>,
            #[serde(rename = "BackupGatewayId", deserialize_with = "lenient::optional")]
            gateway_id: Option<BackupGatewayId>,
            #[serde(rename = $user_name, deserialize_with = "lenient::optional")]
            user_name: Option<String>,
            #[serde(rename = $password, skip_serializing)]
            password: Option<Secret>,
            #[serde(rename = $database_name, deserialize_with = "lenient::optional")]
            database_name: Option<String>,
            #[serde(rename = $oracle_sid, deserialize_with = "lenient::optional")]
            oracle_sid: Option<String>,
        }

        pub(super) const $names: Names = Names {
            instance_type: $instance_type,
            region: $region,
            instance_id: $instance_id,
            host: $host,
            port: $port,
            password: $password,
        };

        impl From<Parts> for $wire {
            fn from(parts: Parts) -> Self {
                let Parts {
                    instance_type, region, instance_id, host, port, gateway_id, user_name,
                    password, database_name, oracle_sid,
                } = parts;
                Self {
                    instance_type, region, instance_id, host, port, gateway_id, user_name,
                    password, database_name, oracle_sid,
                }
            }
        }

        impl From<$wire> for Parts {
            fn from(wire: $wire) -> Self {
                let $wire {
                    instance_type, region, instance_id, host, port, gateway_id, user_name,
                    password, database_name, oracle_sid,
                } = wire;
                Self {
                    instance_type, region, instance_id, host, port, gateway_id, user_name,
                    password, database_name, oracle_sid,
                }
            }
        }
    };
}

wire_endpoint! {
    /// A source endpoint's parameters as they travel.
    WireSource, SOURCE {
        "SourceEndpointInstanceType", "SourceEndpointRegion", "SourceEndpointInstanceID",
        "SourceEndpointIP", "SourceEndpointPort", "SourceEndpointUserName",
        "SourceEndpointPassword", "SourceEndpointDatabaseName", "SourceEndpointOracleSID",
    }
}

wire_endpoint! {
    /// A destination endpoint's parameters as they travel.
    WireDestination, DESTINATION {
        "DestinationEndpointInstanceType", "DestinationEndpointRegion",
        "DestinationEndpointInstanceID", "DestinationEndpointIP", "DestinationEndpointPort",
        "DestinationEndpointUserName", "DestinationEndpointPassword",
        "DestinationEndpointDatabaseName", "DestinationEndpointOracleSID",
    }
}

impl From<SourceEndpoint> for Parts {
    fn from(endpoint: SourceEndpoint) -> Self {
        let mut parts = Self { instance_type: Some(endpoint.instance_type()), ..Self::default() };
        let access = match endpoint {
            SourceEndpoint::Rds { region, instance_id, access }
            | SourceEndpoint::Dds { region, instance_id, access } => {
                parts.region = Some(region);
                parts.instance_id = Some(instance_id);
                Some(access)
            }
            SourceEndpoint::Ecs { region, instance_id, port, access } => {
                parts.region = Some(region);
                parts.instance_id = Some(instance_id);
                parts.port = Some(port);
                Some(access)
            }
            SourceEndpoint::Express { region, instance_id, host, port, access } => {
                parts.region = Some(region);
                parts.instance_id = Some(instance_id);
                parts.host = Some(host);
                parts.port = Some(port);
                Some(access)
            }
            SourceEndpoint::Agent { region, gateway_id, host, port, access } => {
                parts.region = Some(region);
                parts.gateway_id = Some(gateway_id);
                parts.host = Some(host);
                parts.port = Some(port);
                access
            }
            SourceEndpoint::Other { host, port, access } => {
                parts.host = Some(host);
                parts.port = Some(port);
                Some(access)
            }
        };
        parts.set_access(access);
        parts
    }
}

impl From<DatabaseGatewayEndpoint> for Parts {
    fn from(endpoint: DatabaseGatewayEndpoint) -> Self {
        let DatabaseGatewayEndpoint { region, instance_id, host, port, access } = endpoint;
        let instance_type = Some(EndpointInstanceType::DatabaseGateway);
        let mut parts = Self { instance_type, region, instance_id, host, port, ..Self::default() };
        parts.set_access(Some(access));
        parts
    }
}

impl Parts {
    fn set_access(&mut self, access: Option<DatabaseAccess>) {
        if let Some(access) = access {
            self.user_name = access.user_name;
            self.password = access.password;
            self.database_name = access.database_name;
            self.oracle_sid = access.oracle_sid;
        }
    }

    /// How DBS logs in; a user name must have its password with it.
    fn access(&self, names: &Names) -> Result<DatabaseAccess, InvalidValue> {
        let access = DatabaseAccess {
            user_name: self.user_name.clone(),
            password: self.password.clone().filter(|secret| !secret.is_empty()),
            database_name: self.database_name.clone(),
            oracle_sid: self.oracle_sid.clone(),
        };
        if access.user_name.is_some() && access.password.is_none() {
            return Err(InvalidValue::new(
                names.password,
                "",
                "a user name needs its password; passwords are never written to files, \
                 so add it when you read the request back",
            ));
        }
        Ok(access)
    }

    /// The endpoint, or the error that says which member is missing and why it is needed.
    pub(super) fn endpoint(self, names: &Names) -> Result<SourceEndpoint, InvalidValue> {
        let instance_type = self.instance_type.ok_or_else(|| {
            InvalidValue::new(
                names.instance_type,
                "",
                "give RDS, ECS, Express, Agent, DDS or Other",
            )
        })?;
        let access = self.access(names)?;
        let missing = |name: &'static str| {
            let why = format!("{} {instance_type} needs it", names.instance_type);
            InvalidValue::new(name, "", why)
        };
        let region = self.region.ok_or_else(|| missing(names.region));
        let instance_id = self.instance_id.ok_or_else(|| missing(names.instance_id));
        let host = self.host.ok_or_else(|| missing(names.host));
        let port = self.port.ok_or_else(|| missing(names.port));
        Ok(match instance_type {
            EndpointInstanceType::Rds => {
                SourceEndpoint::Rds { region: region?, instance_id: instance_id?, access }
            }
            EndpointInstanceType::Dds => {
                SourceEndpoint::Dds { region: region?, instance_id: instance_id?, access }
            }
            EndpointInstanceType::Ecs => SourceEndpoint::Ecs {
                region: region?,
                instance_id: instance_id?,
                port: port?,
                access,
            },
            EndpointInstanceType::Express => SourceEndpoint::Express {
                region: region?,
                instance_id: instance_id?,
                host: host?,
                port: port?,
                access,
            },
            EndpointInstanceType::Agent => SourceEndpoint::Agent {
                region: region?,
                gateway_id: self.gateway_id.ok_or_else(|| missing("BackupGatewayId"))?,
                host: host?,
                port: port?,
                access: Some(access).filter(|access| *access != DatabaseAccess::none()),
            },
            EndpointInstanceType::Other => {
                SourceEndpoint::Other { host: host?, port: port?, access }
            }
            EndpointInstanceType::DatabaseGateway => {
                return Err(InvalidValue::new(
                    names.instance_type,
                    instance_type,
                    "this operation takes RDS, ECS, Express, Agent, DDS or Other",
                ));
            }
        })
    }

    /// The endpoint behind Database Gateway, if it is one.
    pub(super) fn database_gateway(
        &self,
        names: &Names,
    ) -> Result<Option<DatabaseGatewayEndpoint>, InvalidValue> {
        if self.instance_type != Some(EndpointInstanceType::DatabaseGateway) {
            return Ok(None);
        }
        Ok(Some(DatabaseGatewayEndpoint {
            region: self.region,
            instance_id: self.instance_id.clone(),
            host: self.host.clone(),
            port: self.port,
            access: self.access(names)?,
        }))
    }
}

impl From<SourceEndpoint> for WireSource {
    fn from(endpoint: SourceEndpoint) -> Self {
        Parts::from(endpoint).into()
    }
}

impl TryFrom<WireSource> for SourceEndpoint {
    type Error = InvalidValue;

    fn try_from(wire: WireSource) -> Result<Self, InvalidValue> {
        Parts::from(wire).endpoint(&SOURCE)
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
        Ok(match parts.database_gateway(&SOURCE)? {
            Some(gateway) => Self::DatabaseGateway(gateway),
            None => Self::Endpoint(parts.endpoint(&SOURCE)?),
        })
    }
}
