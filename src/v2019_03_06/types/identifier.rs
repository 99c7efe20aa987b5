//! Identifiers that are strings, kept apart by type.

use crate::rpc::value::identifier::identifiers;

identifiers! {
    in "aliyun_dbs::types";
    /// Identifier of a backup plan, `BackupPlanId`. Source: `CreateBackupPlan`.
    BackupPlanId = "dbsrhahrsu2a";
    /// Identifier of a purchase order, `OrderId`: text today, a number on older pages; both are
    /// read. Source: `CreateBackupPlan`.
    OrderId = "214373455920017";
    /// Identifier of a cloud database or ECS instance, `SourceEndpointInstanceID`.
    /// Source: `ConfigureBackupPlan`.
    InstanceId = "rm-bp1p8c2947exm";
    /// Host name or address of a database, `SourceEndpointIP`. Source: `ConfigureBackupPlan`.
    DatabaseHost = "192.0.2.10";
    /// Name of an OSS bucket, `OSSBucketName`. Source: `ConfigureBackupPlan`.
    OssBucketName = "dbs-backup-185700489";
    /// Identifier of a resource group, `ResourceGroupId`. Source: `CreateBackupPlan`.
    ResourceGroupId = "rg-aekzecovztiexm";
    /// UID of an Alibaba Cloud account, `CrossAliyunId`. Source: `ConfigureBackupPlan`.
    AliyunId = "1234567890123456";
    /// Name of a RAM role, `CrossRoleName`. Source: `ConfigureBackupPlan`.
    RamRoleName = "ram-for-dbs";
    /// Identifier of a backup set, `BackupSetId`; of an incremental one it is the name of a log
    /// file. Source: `DescribeFullBackupList`, `DescribeIncrementBackupList`.
    BackupSetId = "1iukx5h0exmp";
    /// Identifier of the job that wrote an incremental backup set, `BackupSetJobId`.
    /// Source: `DescribeIncrementBackupList`.
    BackupSetJobId = "1hv5g9wk4exm";
    /// Identifier of a download, `BackupSetDownloadTaskId`. Source: `CreateFullBackupSetDownload`.
    BackupSetDownloadTaskId = "dbstooi01exdl";
    /// Identifier of a restore task, `RestoreTaskId`. Source: `CreateRestoreTask`.
    RestoreTaskId = "s102h7rf5anq";
    /// Identifier of a backup or restore job, `JobId`, and `TaskId` of `DescribeJobErrorCode`.
    /// Source: `DescribeJobErrorCode`.
    JobId = "r1iv62ud3exm";
    /// Other name of a backup gateway, `Identifier`, `BackupGatewayIdentifier`.
    /// Source: `DescribeBackupGatewayList`.
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
    fn what_would_split_a_list_is_no_identifier() {
        for text in ["", " ", "a,b", "a b", "a\n"] {
            assert!(BackupPlanId::new(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn identifiers_are_read_from_numbers_too() {
        let id: OrderId = serde_json::from_str("214373455920017").unwrap();
        assert_eq!(id, OrderId::new("214373455920017").unwrap());
        assert_eq!(serde_json::to_string(&id).unwrap(), "\"214373455920017\"");
    }
}
