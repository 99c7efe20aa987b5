//! Identifiers that are numbers, kept apart by type.

use crate::rpc::value::number::numbers;

numbers! {
    /// Number of a backup gateway, `BackupGatewayId`.
    ///
    /// A number in plans and requests, text in the gateway list; both are read.
    /// Source: `ConfigureBackupPlan`, `DescribeBackupGatewayList`.
    BackupGatewayId in "";
    /// Number of a listing of databases through a gateway, `TaskId`.
    ///
    /// Not the `TaskId` of `DescribeJobErrorCode`, which is a [`JobId`](super::JobId).
    /// Source: `CreateGetDBListFromAgentTask`.
    AgentTaskId in "";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_read_from_strings_too() {
        let gateway: BackupGatewayId = serde_json::from_str("\"160813\"").unwrap();
        assert_eq!(gateway, BackupGatewayId::new(160_813));
        assert_eq!("160813".parse(), Ok(gateway));
    }
}
