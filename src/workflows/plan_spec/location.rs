//! `DatabaseLocation`: where the database of a plan is.

use serde::{Deserialize, Serialize};

use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::{
    BackupGatewayId, DatabaseAccess, DatabaseHost, InstanceId, Port, SourceEndpoint,
};

/// Where a database is.
///
/// In a file it is a map with one key: `rds`, `ecs`, `dds`, `express`, `gateway` or `address`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum DatabaseLocation {
    /// An ApsaraDB RDS instance.
    Rds {
        /// The region of the instance.
        region: Region,
        /// The id of the RDS instance.
        instance: InstanceId,
    },
    /// A self-managed database on an ECS instance.
    Ecs {
        /// The region of the instance.
        region: Region,
        /// The id of the ECS instance.
        instance: InstanceId,
        /// The port of the database.
        port: Port,
    },
    /// An ApsaraDB for MongoDB instance. Only for MongoDB.
    Dds {
        /// The region of the instance.
        region: Region,
        /// The id of the MongoDB instance.
        instance: InstanceId,
    },
    /// A database that DBS reaches by leased line, VPN or Smart Access Gateway (SAG).
    Express {
        /// The region of the VPC.
        region: Region,
        /// The id of the VPC instance.
        vpc: InstanceId,
        /// The host name or IP address of the database.
        host: DatabaseHost,
        /// The port of the database.
        port: Port,
    },
    /// A database that DBS reaches through a backup gateway. Not for SQL Server.
    Gateway {
        /// The region of the gateway.
        region: Region,
        /// The id of the gateway.
        gateway: BackupGatewayId,
        /// The host name or IP address of the database, as seen from the gateway.
        host: DatabaseHost,
        /// The port of the database.
        port: Port,
    },
    /// A database with a public address.
    Address {
        /// The host name or IP address of the database.
        host: DatabaseHost,
        /// The port of the database.
        port: Port,
    },
}

impl DatabaseLocation {
    /// Returns the region, or `None` for an address.
    pub const fn region(&self) -> Option<Region> {
        match self {
            Self::Rds { region, .. }
            | Self::Ecs { region, .. }
            | Self::Dds { region, .. }
            | Self::Express { region, .. }
            | Self::Gateway { region, .. } => Some(*region),
            Self::Address { .. } => None,
        }
    }

    /// Returns the endpoint at this location, with a login.
    pub(super) fn endpoint(&self, access: DatabaseAccess) -> SourceEndpoint {
        match self.clone() {
            Self::Rds { region, instance } => {
                SourceEndpoint::Rds { region, instance_id: instance, access }
            }
            Self::Ecs { region, instance, port } => {
                SourceEndpoint::Ecs { region, instance_id: instance, port, access }
            }
            Self::Dds { region, instance } => {
                SourceEndpoint::Dds { region, instance_id: instance, access }
            }
            Self::Express { region, vpc, host, port } => {
                SourceEndpoint::Express { region, instance_id: vpc, host, port, access }
            }
            Self::Gateway { region, gateway, host, port } => {
                let access = Some(access);
                SourceEndpoint::Agent { region, gateway_id: gateway, host, port, access }
            }
            Self::Address { host, port } => SourceEndpoint::Other { host, port, access },
        }
    }
}
