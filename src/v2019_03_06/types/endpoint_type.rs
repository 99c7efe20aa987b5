//! `EndpointInstanceType`: the kinds of places where a database lives.

use crate::rpc::value::wire_enum::wire_enum;

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
