//! `EndpointInstanceType`: where a database runs, and how DBS reaches it.

use crate::rpc::value::wire_enum::wire_enum;

wire_enum! {
    /// Where a database runs, and how DBS reaches it.
    ///
    /// Not the same set as [`SourceInstanceProduct`](super::SourceInstanceProduct), which a
    /// purchase takes. Responses spell most values in lower case; both spellings are read.
    ///
    /// Wire names: `SourceEndpointInstanceType`, `DestinationEndpointInstanceType`.
    /// Source: [`ConfigureBackupPlan`](crate::operations::ConfigureBackupPlan).
    #[doc(alias = "SourceEndpointInstanceType")]
    #[doc(alias = "DestinationEndpointInstanceType")]
    pub enum EndpointInstanceType {
        /// An ApsaraDB RDS instance.
        Rds = "RDS",
        /// A self-managed database on an ECS instance.
        Ecs = "ECS",
        /// A database that DBS reaches by leased line, VPN or Smart Access Gateway (SAG).
        Express = "Express" ~ "vpn" ~ "expressconnect",
        /// A database that DBS reaches through a backup gateway.
        Agent = "Agent" ~ "backupgateway" ~ "gateway",
        /// A cloud MongoDB instance.
        Dds = "DDS" ~ "mongodb" ~ "mongo",
        /// A database that DBS reaches by address and port.
        Other = "Other",
        /// A database that DBS reaches through Database Gateway.
        ///
        /// Accepted by [`CreateAndStartBackupPlan`](crate::operations::CreateAndStartBackupPlan)
        /// and [`CreateRestoreTask`](crate::operations::CreateRestoreTask) only.
        #[doc(alias = "dg")]
        DatabaseGateway = "dg" ~ "databasegateway",
    }
}
