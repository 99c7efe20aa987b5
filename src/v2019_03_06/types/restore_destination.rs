//! `RestoreDestination`: the database that a restore writes to.

use serde::{Deserialize, Serialize};

use super::access::DatabaseAccess;
use super::database_gateway::DatabaseGatewayEndpoint;
use super::endpoint_kinds::endpoint_kinds;
use super::endpoint_parts::{
    DESTINATION, EXPECTED_KINDS, EndpointFieldNames, EndpointFields, RequiredFields,
    WireDestination,
};
use super::endpoint_type::EndpointInstanceType;
use super::identifier::{DatabaseHost, InstanceId};
use super::number_identifier::BackupGatewayId;
use super::objects::RestoreObjects;
use super::port::Port;
use crate::rpc::value::invalid_value::InvalidValue;
use crate::rpc::value::lenient;
use crate::rpc::value::secret::Secret;
use crate::v2019_03_06::region::Region;

endpoint_kinds! {
    /// The database that a restore writes to, and the objects to restore into it.
    ///
    /// There is one variant per value of `DestinationEndpointInstanceType`, with the fields that
    /// the service requires for it. Serialization leaves the password out, so deserialization
    /// fails until the caller adds it to the JSON.
    /// Source: [`CreateRestoreTask`](crate::operations::CreateRestoreTask).
    ///
    /// # Examples
    ///
    /// ```
    /// use aliyun_dbs::Region;
    /// use aliyun_dbs::types::{DatabaseAccess, RestoreDestination, RestoreObject};
    ///
    /// let destination = RestoreDestination::Rds {
    ///     region: Region::Hangzhou,
    ///     instance_id: "rm-bp1p8c2947exm".parse()?,
    ///     access: DatabaseAccess::mysql("restore", "correct horse"),
    ///     objects: RestoreObject::database("orders").renamed("orders_copy").into(),
    /// };
    /// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
    /// ```
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(try_from = "WireRestore", into = "WireRestore")]
    pub enum RestoreDestination from {
        "DestinationEndpointInstanceType", "DestinationEndpointRegion",
        "DestinationEndpointInstanceID", "DestinationEndpointIP", "DestinationEndpointPort",
        "DestinationEndpointPassword",
    }
    every {
        /// The databases to restore.
        ///
        /// Wire name: `RestoreObjects`.
        #[doc(alias = "RestoreObjects")]
        objects: RestoreObjects,
    }
    agent {
        /// The directory on the server to restore files to. Required for a MySQL plan.
        restore_dir: Option<String>,
        /// The databases to restore. Defaults to all.
        ///
        /// Wire name: `RestoreObjects`.
        #[doc(alias = "RestoreObjects")]
        objects: Option<RestoreObjects>,
    }
    /// A database that DBS reaches through Database Gateway.
    ///
    /// Wire value: `dg`.
    DatabaseGateway {
        /// The address and the login of the database.
        endpoint: DatabaseGatewayEndpoint,
        /// The databases to restore.
        ///
        /// Wire name: `RestoreObjects`.
        #[doc(alias = "RestoreObjects")]
        objects: RestoreObjects,
    }
}

impl RestoreDestination {
    /// Returns the databases to restore, or `None` for all.
    ///
    /// Wire name: `RestoreObjects`.
    #[doc(alias = "RestoreObjects")]
    pub const fn objects(&self) -> Option<&RestoreObjects> {
        match self {
            Self::Agent { objects, .. } => objects.as_ref(),
            Self::Rds { objects, .. }
            | Self::Ecs { objects, .. }
            | Self::Express { objects, .. }
            | Self::Dds { objects, .. }
            | Self::Other { objects, .. }
            | Self::DatabaseGateway { objects, .. } => Some(objects),
        }
    }
}

/// The wire form of [`RestoreDestination`].
#[serde_with::skip_serializing_none]
#[derive(Default, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct WireRestore {
    #[serde(flatten)]
    endpoint: WireDestination,
    #[serde(deserialize_with = "lenient::optional")]
    restore_objects: Option<RestoreObjects>,
    #[serde(deserialize_with = "lenient::optional")]
    restore_dir: Option<String>,
}

impl From<RestoreDestination> for WireRestore {
    fn from(destination: RestoreDestination) -> Self {
        let restore_objects = destination.objects().cloned();
        let restore_dir = match &destination {
            RestoreDestination::Agent { restore_dir, .. } => restore_dir.clone(),
            _ => None,
        };
        Self { endpoint: EndpointFields::from(destination).into(), restore_objects, restore_dir }
    }
}

impl TryFrom<WireRestore> for RestoreDestination {
    type Error = InvalidValue;

    fn try_from(wire: WireRestore) -> Result<Self, InvalidValue> {
        let WireRestore { endpoint, restore_objects, restore_dir } = wire;
        let fields = EndpointFields::from(endpoint);
        if let (Some(dir), Some(instance_type)) = (&restore_dir, fields.instance_type)
            && instance_type != EndpointInstanceType::Agent
        {
            let why = "remove it, or set `DestinationEndpointInstanceType` to `Agent`";
            return Err(InvalidValue::new("RestoreDir", dir, why));
        }
        if let Some(endpoint) = DatabaseGatewayEndpoint::from_fields(&fields, &DESTINATION)? {
            return Ok(Self::DatabaseGateway { endpoint, objects: require(restore_objects)? });
        }
        let every = || require(restore_objects.clone()).map(|objects| (objects,));
        Self::from_fields(fields, &DESTINATION, every, (restore_dir, restore_objects.clone()))
    }
}

fn require(objects: Option<RestoreObjects>) -> Result<RestoreObjects, InvalidValue> {
    let why = "required unless `DestinationEndpointInstanceType` is `Agent`";
    objects.ok_or_else(|| InvalidValue::new("RestoreObjects", "", why))
}

#[cfg(test)]
mod tests {
    use super::super::objects::RestoreObject;
    use super::*;

    fn destinations() -> Vec<RestoreDestination> {
        let region = Region::Beijing;
        let access = || DatabaseAccess::mysql("u", "p w");
        let instance_id = || InstanceId::new("i-1").unwrap();
        let host = || DatabaseHost::new("db.internal").unwrap();
        let port = Port::MYSQL;
        let gateway_id = BackupGatewayId::new(7);
        let objects = || RestoreObjects::from(RestoreObject::database("a").renamed("b"));
        vec![
            RestoreDestination::Rds {
                region,
                instance_id: instance_id(),
                access: access(),
                objects: objects(),
            },
            RestoreDestination::Ecs {
                region,
                instance_id: instance_id(),
                port,
                access: access(),
                objects: objects(),
            },
            RestoreDestination::Express {
                region,
                instance_id: instance_id(),
                host: host(),
                port,
                access: access(),
                objects: objects(),
            },
            RestoreDestination::Agent {
                region,
                gateway_id,
                host: host(),
                port,
                access: None,
                restore_dir: Some("/data".into()),
                objects: None,
            },
            RestoreDestination::Dds {
                region,
                instance_id: instance_id(),
                access: DatabaseAccess::mongodb("u", "p", "admin"),
                objects: objects(),
            },
            RestoreDestination::Other {
                host: host(),
                port,
                access: DatabaseAccess::redis("p"),
                objects: objects(),
            },
            RestoreDestination::DatabaseGateway {
                endpoint: DatabaseGatewayEndpoint {
                    region: None,
                    instance_id: Some(instance_id()),
                    host: None,
                    port: None,
                    access: access(),
                },
                objects: objects(),
            },
        ]
    }

    #[test]
    fn every_kind_round_trips_with_its_password() {
        for destination in destinations() {
            let mut json = serde_json::to_value(&destination).unwrap();
            assert_eq!(json.get("DestinationEndpointPassword"), None, "{json}");
            assert_eq!(
                json["DestinationEndpointInstanceType"],
                destination.instance_type().as_str()
            );
            if let Some(password) = destination.password() {
                json["DestinationEndpointPassword"] = password.expose().into();
            }
            assert_eq!(serde_json::from_value::<RestoreDestination>(json).unwrap(), destination);
        }
    }

    #[test]
    fn error_names_the_missing_field() {
        for destination in destinations() {
            let mut full = serde_json::to_value(&destination).unwrap();
            if let Some(password) = destination.password() {
                full["DestinationEndpointPassword"] = password.expose().into();
            }
            let gateway = destination.instance_type() == EndpointInstanceType::DatabaseGateway;
            for field in [
                "DestinationEndpointRegion",
                "DestinationEndpointInstanceID",
                "DestinationEndpointIP",
                "DestinationEndpointPort",
                "BackupGatewayId",
                "RestoreObjects",
            ] {
                let mut json = full.clone();
                let existed = json.as_object_mut().unwrap().remove(field).is_some();
                if existed && !(gateway && field == "DestinationEndpointInstanceID") {
                    let error = serde_json::from_value::<RestoreDestination>(json).unwrap_err();
                    assert!(error.to_string().contains(field), "{field}: {error}");
                }
            }
        }
    }

    #[test]
    fn only_a_gateway_accepts_a_restore_dir() {
        let mut json = serde_json::to_value(&destinations()[0]).unwrap();
        json["DestinationEndpointPassword"] = "p".into();
        json["RestoreDir"] = "/data".into();
        let error = serde_json::from_value::<RestoreDestination>(json).unwrap_err().to_string();
        assert!(error.contains("invalid restore dir `/data`"), "{error}");
    }
}
