//! Identifiers that are strings, each with its own type.

use crate::rpc::value::identifier::identifiers;

identifiers! {
    in "aliyun_dbs::types";
    /// The id of a backup plan.
    ///
    /// Source: [`CreateBackupPlan`](crate::operations::CreateBackupPlan).
    BackupPlanId = "dbsrhahrsu2a";
    /// The id of a purchase order.
    ///
    /// The service sends a string; older pages show a number. Both are read.
    /// Source: [`CreateBackupPlan`](crate::operations::CreateBackupPlan).
    OrderId = "214373455920017";
    /// The id of a cloud database instance, an ECS instance or a VPC instance.
    ///
    /// Wire names: `SourceEndpointInstanceID`, `DestinationEndpointInstanceID`.
    /// Source: [`ConfigureBackupPlan`](crate::operations::ConfigureBackupPlan).
    #[doc(alias = "SourceEndpointInstanceID")]
    #[doc(alias = "DestinationEndpointInstanceID")]
    InstanceId = "rm-bp1p8c2947exm";
    /// The host name or IP address of a database.
    ///
    /// Converts from [`IpAddr`](std::net::IpAddr).
    /// Wire names: `SourceEndpointIP`, `DestinationEndpointIP`.
    /// Source: [`ConfigureBackupPlan`](crate::operations::ConfigureBackupPlan).
    #[doc(alias = "SourceEndpointIP")]
    #[doc(alias = "DestinationEndpointIP")]
    DatabaseHost = "192.0.2.10";
    /// The name of an OSS bucket.
    ///
    /// Wire name: `OSSBucketName`.
    /// Source: [`ConfigureBackupPlan`](crate::operations::ConfigureBackupPlan).
    #[doc(alias = "OSSBucketName")]
    OssBucketName = "dbs-backup-185700489";
    /// The id of a resource group.
    ///
    /// Source: [`CreateBackupPlan`](crate::operations::CreateBackupPlan).
    ResourceGroupId = "rg-aekzecovztiexm";
    /// The UID of an Alibaba Cloud account.
    ///
    /// Wire name: `CrossAliyunId`.
    /// Source: [`ConfigureBackupPlan`](crate::operations::ConfigureBackupPlan).
    #[doc(alias = "CrossAliyunId")]
    AliyunId = "1234567890123456";
    /// The name of a RAM role.
    ///
    /// Wire name: `CrossRoleName`.
    /// Source: [`ConfigureBackupPlan`](crate::operations::ConfigureBackupPlan).
    #[doc(alias = "CrossRoleName")]
    RamRoleName = "ram-for-dbs";
    /// The id of a backup set.
    ///
    /// For an incremental backup set it is the name of a log file. Converts into a [`JobId`].
    /// Source: [`DescribeFullBackupList`](crate::operations::DescribeFullBackupList),
    /// [`DescribeIncrementBackupList`](crate::operations::DescribeIncrementBackupList).
    BackupSetId = "1iukx5h0exmp";
    /// The id of the job that wrote an incremental backup set.
    ///
    /// Source: [`DescribeIncrementBackupList`](crate::operations::DescribeIncrementBackupList).
    BackupSetJobId = "1hv5g9wk4exm";
    /// The id of a download task.
    ///
    /// Source: [`CreateFullBackupSetDownload`](crate::operations::CreateFullBackupSetDownload).
    BackupSetDownloadTaskId = "dbstooi01exdl";
    /// The id of a restore task.
    ///
    /// Converts into a [`JobId`].
    /// Source: [`CreateRestoreTask`](crate::operations::CreateRestoreTask).
    RestoreTaskId = "s102h7rf5anq";
    /// The id of a backup or restore job.
    ///
    /// Converts from a [`BackupSetId`] and a [`RestoreTaskId`].
    /// Wire names: `JobId`, `TaskId`.
    /// Source: [`DescribeJobErrorCode`](crate::operations::DescribeJobErrorCode).
    #[doc(alias = "TaskId")]
    JobId = "r1iv62ud3exm";
    /// The second identifier of a backup gateway, besides its [`BackupGatewayId`](super::BackupGatewayId).
    ///
    /// Wire names: `Identifier`, `BackupGatewayIdentifier`.
    /// Source: [`DescribeBackupGatewayList`](crate::operations::DescribeBackupGatewayList).
    #[doc(alias = "Identifier")]
    BackupGatewayIdentifier = "7213527653217";
}

impl From<std::net::IpAddr> for DatabaseHost {
    fn from(address: std::net::IpAddr) -> Self {
        Self(address.to_string().into())
    }
}

impl From<BackupSetId> for JobId {
    fn from(set: BackupSetId) -> Self {
        Self(set.0)
    }
}

impl From<RestoreTaskId> for JobId {
    fn from(task: RestoreTaskId) -> Self {
        Self(task.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_and_commas_are_rejected() {
        for text in ["", " ", "a,b", "a b", "a\n"] {
            assert!(BackupPlanId::new(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_number_is_read_as_an_identifier() {
        let id: OrderId = serde_json::from_str("214373455920017").unwrap();
        assert_eq!(id, OrderId::new("214373455920017").unwrap());
        assert_eq!(serde_json::to_string(&id).unwrap(), "\"214373455920017\"");
    }
}
