//! The parameters of an endpoint, which sources and destinations share under different wire names.

use serde::{Deserialize, Serialize};

use super::access::DatabaseAccess;
use super::endpoint_type::EndpointInstanceType;
use super::identifier::{DatabaseHost, InstanceId};
use super::number_identifier::BackupGatewayId;
use super::port::Port;
use crate::rpc::value::invalid_value::InvalidValue;
use crate::rpc::value::lenient;
use crate::rpc::value::secret::Secret;
use crate::v2019_03_06::region::Region;

/// The fields of a source or destination endpoint of any kind.
#[derive(Default)]
pub(super) struct EndpointFields {
    pub(super) instance_type: Option<EndpointInstanceType>,
    pub(super) region: Option<Region>,
    pub(super) instance_id: Option<InstanceId>,
    pub(super) host: Option<DatabaseHost>,
    pub(super) port: Option<Port>,
    pub(super) gateway_id: Option<BackupGatewayId>,
    pub(super) login: Option<DatabaseAccess>,
}

/// The wire names of [`EndpointFields`], for errors that name a missing parameter.
pub(super) struct EndpointFieldNames {
    pub(super) instance_type: &'static str,
    region: &'static str,
    instance_id: &'static str,
    host: &'static str,
    port: &'static str,
    password: &'static str,
}

/// Declares the wire form of an endpoint, and the constant with its wire names.
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

        pub(super) const $names: EndpointFieldNames = EndpointFieldNames {
            instance_type: $instance_type,
            region: $region,
            instance_id: $instance_id,
            host: $host,
            port: $port,
            password: $password,
        };

        impl From<EndpointFields> for $wire {
            fn from(fields: EndpointFields) -> Self {
                let EndpointFields {
                    instance_type, region, instance_id, host, port, gateway_id, login,
                } = fields;
                let DatabaseAccess { user_name, password, database_name, oracle_sid } =
                    login.unwrap_or(DatabaseAccess::none());
                Self {
                    instance_type, region, instance_id, host, port, gateway_id, user_name,
                    password, database_name, oracle_sid,
                }
            }
        }

        impl From<$wire> for EndpointFields {
            fn from(wire: $wire) -> Self {
                let $wire {
                    instance_type, region, instance_id, host, port, gateway_id, user_name,
                    password, database_name, oracle_sid,
                } = wire;
                let password = password.filter(|secret| !secret.is_empty());
                let login = DatabaseAccess { user_name, password, database_name, oracle_sid };
                let login = Some(login).filter(|login| *login != DatabaseAccess::none());
                Self { instance_type, region, instance_id, host, port, gateway_id, login }
            }
        }
    };
}

wire_endpoint! {
    /// The wire form of a source endpoint.
    WireSource, SOURCE {
        "SourceEndpointInstanceType", "SourceEndpointRegion", "SourceEndpointInstanceID",
        "SourceEndpointIP", "SourceEndpointPort", "SourceEndpointUserName",
        "SourceEndpointPassword", "SourceEndpointDatabaseName", "SourceEndpointOracleSID",
    }
}

wire_endpoint! {
    /// The wire form of a destination endpoint.
    WireDestination, DESTINATION {
        "DestinationEndpointInstanceType", "DestinationEndpointRegion",
        "DestinationEndpointInstanceID", "DestinationEndpointIP", "DestinationEndpointPort",
        "DestinationEndpointUserName", "DestinationEndpointPassword",
        "DestinationEndpointDatabaseName", "DestinationEndpointOracleSID",
    }
}

impl EndpointFields {
    /// Returns the login, or `None` if the endpoint has none.
    ///
    /// # Errors
    ///
    /// Returns an error if a user name comes without its password.
    pub(super) fn access(
        &self,
        names: &EndpointFieldNames,
    ) -> Result<Option<DatabaseAccess>, InvalidValue> {
        match &self.login {
            Some(login) if login.user_name.is_some() && login.password.is_none() => {
                Err(InvalidValue::new(
                    names.password,
                    "",
                    "required with a user name; passwords are never written to files, so add it \
                     when reading the request back",
                ))
            }
            login => Ok(login.clone()),
        }
    }

    /// Returns the kind of the endpoint.
    pub(super) fn kind(
        &self,
        names: &EndpointFieldNames,
    ) -> Result<EndpointInstanceType, InvalidValue> {
        self.instance_type.ok_or_else(|| InvalidValue::new(names.instance_type, "", EXPECTED_KINDS))
    }

    /// Returns each field, or the error that this kind of endpoint requires it.
    pub(super) fn required(
        self,
        names: &EndpointFieldNames,
        kind: EndpointInstanceType,
    ) -> RequiredFields {
        let missing = |name: &'static str| {
            let why = format!("required when `{}` is `{kind}`", names.instance_type);
            InvalidValue::new(name, "", why)
        };
        RequiredFields {
            region: self.region.ok_or_else(|| missing(names.region)),
            instance_id: self.instance_id.ok_or_else(|| missing(names.instance_id)),
            host: self.host.ok_or_else(|| missing(names.host)),
            port: self.port.ok_or_else(|| missing(names.port)),
            gateway_id: self.gateway_id.ok_or_else(|| missing("BackupGatewayId")),
        }
    }
}

/// The kinds that every operation with an endpoint accepts.
pub(super) const EXPECTED_KINDS: &str =
    "expected `RDS`, `ECS`, `Express`, `Agent`, `DDS` or `Other`";

/// The fields of an endpoint; a missing one is an error only if it is used.
pub(super) struct RequiredFields {
    pub(super) region: Result<Region, InvalidValue>,
    pub(super) instance_id: Result<InstanceId, InvalidValue>,
    pub(super) host: Result<DatabaseHost, InvalidValue>,
    pub(super) port: Result<Port, InvalidValue>,
    pub(super) gateway_id: Result<BackupGatewayId, InvalidValue>,
}
