//! Identifiers that are numbers, each with its own type.

use crate::rpc::value::number::numbers;

numbers! {
    /// The id of a backup gateway.
    ///
    /// The service uses a number in plans and requests, and a string in the list of gateways. Both
    /// are read. Source: [`ConfigureBackupPlan`](crate::operations::ConfigureBackupPlan),
    /// [`DescribeBackupGatewayList`](crate::operations::DescribeBackupGatewayList).
    BackupGatewayId in "";
    /// The id of a task that lists the databases behind a backup gateway.
    ///
    /// Not the `TaskId` of [`DescribeJobErrorCode`](crate::operations::DescribeJobErrorCode),
    /// which is a [`JobId`](super::JobId). Wire name: `TaskId`. Source:
    /// [`CreateGetDBListFromAgentTask`](crate::operations::CreateGetDBListFromAgentTask).
    #[doc(alias = "TaskId")]
    AgentTaskId in "";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_is_read_as_a_number() {
        let gateway: BackupGatewayId = serde_json::from_str("\"160813\"").unwrap();
        assert_eq!(gateway, BackupGatewayId::new(160_813));
        assert_eq!("160813".parse(), Ok(gateway));
    }
}
