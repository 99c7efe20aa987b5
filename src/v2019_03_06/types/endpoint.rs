//! `SourceEndpoint`: where a database is and how DBS reaches it.

use serde::{Deserialize, Serialize};

use super::access::DatabaseAccess;
use super::endpoint_wire::WireSource;
use super::identifier::{DatabaseHost, InstanceId};
use super::number_identifier::BackupGatewayId;
use super::port::Port;
use crate::rpc::value::secret::Secret;
use crate::rpc::value::wire_enum::wire_enum;
use crate::v2019_03_06::region::Region;

wire_enum! {
    /// Where a database lives, `SourceEndpointInstanceType`. Answers mostly write it in lower case.
    ///
    /// Source: `ConfigureBackupPlan`.
    pub enum EndpointInstanceType {
        /// ApsaraDB RDS.
        Rds = "RDS",
        /// Self-managed on ECS.
        Ecs = "ECS",
        /// Reached by leased line, VPN or smart access gateway.
        Express = "Express",
        /// Reached through a backup gateway.
        Agent = "Agent",
        /// Cloud MongoDB.
        Dds = "DDS",
        /// Reached by address and port.
        Other = "Other",
        /// Reached through Database Gateway; not accepted by every operation.
        DatabaseGateway = "dg",
    }
}

/// A database to back up: one variant per `SourceEndpointInstanceType`, with exactly what that
/// type needs.
///
/// Source: `ConfigureBackupPlan`. Serialised without its password; when it is read back, the
/// password must be there again.
///
/// ```
/// use aliyun_dbs::types::{DatabaseAccess, SourceEndpoint};
/// use aliyun_dbs::Region;
///
/// let endpoint = SourceEndpoint::Rds {
///     region: Region::Hangzhou,
///     instance_id: "rm-bp1p8c2947exm".parse()?,
///     access: DatabaseAccess::mysql("dbs_backup", "correct horse"),
/// };
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WireSource", into = "WireSource")]
pub enum SourceEndpoint {
    /// An ApsaraDB RDS instance, `RDS`.
    Rds {
        /// Region of the instance, `SourceEndpointRegion`.
        region: Region,
        /// The instance, `SourceEndpointInstanceID`.
        instance_id: InstanceId,
        /// How to log in.
        access: DatabaseAccess,
    },
    /// A database that you run on an ECS instance, `ECS`.
    Ecs {
        /// Region of the instance, `SourceEndpointRegion`.
        region: Region,
        /// The ECS instance, `SourceEndpointInstanceID`.
        instance_id: InstanceId,
        /// Port of the database, `SourceEndpointPort`.
        port: Port,
        /// How to log in.
        access: DatabaseAccess,
    },
    /// A database reached by leased line, VPN or smart access gateway, `Express`.
    Express {
        /// Region of the VPC, `SourceEndpointRegion`.
        region: Region,
        /// The VPC instance, `SourceEndpointInstanceID`.
        instance_id: InstanceId,
        /// Host or address of the database, `SourceEndpointIP`.
        host: DatabaseHost,
        /// Port of the database, `SourceEndpointPort`.
        port: Port,
        /// How to log in.
        access: DatabaseAccess,
    },
    /// A database reached through a backup gateway, `Agent`.
    Agent {
        /// Region of the gateway, `SourceEndpointRegion`.
        region: Region,
        /// The gateway, `BackupGatewayId`.
        gateway_id: BackupGatewayId,
        /// Host or address of the database as the gateway sees it, `SourceEndpointIP`.
        host: DatabaseHost,
        /// Port of the database, `SourceEndpointPort`.
        port: Port,
        /// How to log in; `None` for a SQL Server that the gateway's own account may read.
        access: Option<DatabaseAccess>,
    },
    /// A cloud MongoDB instance, `DDS`.
    Dds {
        /// Region of the instance, `SourceEndpointRegion`.
        region: Region,
        /// The instance, `SourceEndpointInstanceID`.
        instance_id: InstanceId,
        /// How to log in.
        access: DatabaseAccess,
    },
    /// A database reached by address and port, `Other`.
    Other {
        /// Host or address of the database, `SourceEndpointIP`.
        host: DatabaseHost,
        /// Port of the database, `SourceEndpointPort`.
        port: Port,
        /// How to log in.
        access: DatabaseAccess,
    },
}

impl SourceEndpoint {
    /// The wire value of `SourceEndpointInstanceType`.
    pub const fn instance_type(&self) -> EndpointInstanceType {
        match self {
            Self::Rds { .. } => EndpointInstanceType::Rds,
            Self::Ecs { .. } => EndpointInstanceType::Ecs,
            Self::Express { .. } => EndpointInstanceType::Express,
            Self::Agent { .. } => EndpointInstanceType::Agent,
            Self::Dds { .. } => EndpointInstanceType::Dds,
            Self::Other { .. } => EndpointInstanceType::Other,
        }
    }

    /// How DBS logs in, unless the gateway does.
    pub const fn access(&self) -> Option<&DatabaseAccess> {
        match self {
            Self::Agent { access, .. } => access.as_ref(),
            Self::Rds { access, .. }
            | Self::Ecs { access, .. }
            | Self::Express { access, .. }
            | Self::Dds { access, .. }
            | Self::Other { access, .. } => Some(access),
        }
    }

    /// The password, `SourceEndpointPassword`.
    pub fn password(&self) -> Option<&Secret> {
        self.access().and_then(DatabaseAccess::password)
    }
}

/// A database reached through Database Gateway, `dg`.
///
/// Only `CreateAndStartBackupPlan` and `CreateRestoreTask` take it, and their pages do not say
/// which members it needs; give what the console of Database Gateway shows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the members are all that an endpoint has")]
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

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoints() -> Vec<SourceEndpoint> {
        let region = Region::Beijing;
        let access = || DatabaseAccess::mysql("u", "p w");
        let instance_id = || InstanceId::new("i-1").unwrap();
        let host = || DatabaseHost::new("db.internal").unwrap();
        let port = Port::MYSQL;
        let gateway_id = BackupGatewayId::new(7);
        vec![
            SourceEndpoint::Rds { region, instance_id: instance_id(), access: access() },
            SourceEndpoint::Ecs { region, instance_id: instance_id(), port, access: access() },
            SourceEndpoint::Express {
                region,
                instance_id: instance_id(),
                host: host(),
                port,
                access: DatabaseAccess::oracle("u", "p", "ORCL"),
            },
            SourceEndpoint::Agent { region, gateway_id, host: host(), port, access: None },
            SourceEndpoint::Agent {
                region,
                gateway_id,
                host: host(),
                port,
                access: Some(access()),
            },
            SourceEndpoint::Dds {
                region,
                instance_id: instance_id(),
                access: DatabaseAccess::mongodb("u", "p", "admin"),
            },
            SourceEndpoint::Other { host: host(), port, access: DatabaseAccess::redis("p") },
            SourceEndpoint::Other {
                host: host(),
                port: Port::REDIS,
                access: DatabaseAccess::redis_without_password(),
            },
        ]
    }

    #[test]
    fn every_kind_survives_the_wire_once_its_password_is_added_back() {
        for endpoint in endpoints() {
            let mut json = serde_json::to_value(&endpoint).unwrap();
            assert_eq!(json.get("SourceEndpointPassword"), None, "{json}");
            if let Some(password) = endpoint.password() {
                json["SourceEndpointPassword"] = password.expose().into();
            }
            assert_eq!(serde_json::from_value::<SourceEndpoint>(json).unwrap(), endpoint);
        }
    }

    #[test]
    fn what_a_kind_needs_is_named_when_it_is_missing() {
        for endpoint in endpoints() {
            let full = serde_json::to_value(&endpoint).unwrap();
            let password = endpoint.password().map(|password| password.expose().to_owned());
            for member in [
                "SourceEndpointRegion",
                "SourceEndpointInstanceID",
                "SourceEndpointIP",
                "SourceEndpointPort",
                "BackupGatewayId",
                "SourceEndpointInstanceType",
            ] {
                let mut json = full.clone();
                if let Some(password) = &password {
                    json["SourceEndpointPassword"] = password.clone().into();
                }
                if json.as_object_mut().unwrap().remove(member).is_some() {
                    let error = serde_json::from_value::<SourceEndpoint>(json).unwrap_err();
                    assert!(error.to_string().contains(member), "{member}: {error}");
                }
            }
        }
    }

    #[test]
    fn a_user_without_password_is_refused_with_the_reason() {
        let json = serde_json::to_value(&endpoints()[0]).unwrap();
        let error = serde_json::from_value::<SourceEndpoint>(json).unwrap_err().to_string();
        assert!(error.contains("never written to files"), "{error}");
    }
}
