//! The value sets of downloads: origin, kind of backup, format and target.

use crate::rpc::value::wire_enum::wire_enum;

wire_enum! {
    /// What started a download: a user or the download rules.
    ///
    /// Wire name: `BackupSetDownloadWay`. Source:
    /// [`DescribeBackupSetDownloadTaskList`](crate::operations::DescribeBackupSetDownloadTaskList).
    #[doc(alias = "BackupSetDownloadWay")]
    pub enum DownloadWay {
        /// A user requested the download.
        Manual = "manual",
        /// The download rules of the plan started it.
        Auto = "auto",
    }
}

wire_enum! {
    /// The kind of backup that a task downloads.
    ///
    /// The vendor publishes no value for physical backups. Wire name: `BackupSetJobType`. Source:
    /// [`DescribeBackupSetDownloadTaskList`](crate::operations::DescribeBackupSetDownloadTaskList).
    #[doc(alias = "BackupSetJobType")]
    pub enum DownloadJobType {
        /// A logical full backup.
        #[doc(alias = "cbs_backup_sub_full")]
        LogicalFull = "cbs_backup_sub_full",
        /// A logical incremental backup.
        #[doc(alias = "cbs_backup_sub_cont")]
        LogicalIncrement = "cbs_backup_sub_cont",
    }
}

wire_enum! {
    /// The format of downloaded backup sets.
    ///
    /// The service defaults to CSV for full backup sets, and to the native format for incremental
    /// ones. Also sent as `FullDataFormat` and `IncrementDataFormat`.
    /// Source: [`CreateFullBackupSetDownload`](crate::operations::CreateFullBackupSetDownload).
    #[doc(alias = "FullDataFormat")]
    #[doc(alias = "IncrementDataFormat")]
    pub enum BackupSetDataFormat {
        /// Files in the format of the database.
        Native = "Native",
        /// SQL statements.
        Sql = "SQL",
        /// CSV files.
        Csv = "CSV",
        /// JSON files.
        Json = "JSON",
    }
}

wire_enum! {
    /// The kind of server that receives downloaded backup sets.
    ///
    /// The service defaults to `agent`; only the Chinese page says so.
    /// Wire name: `BackupSetDownloadTargetType`.
    /// Source: [`ModifyBackupSetDownloadRules`](crate::operations::ModifyBackupSetDownloadRules).
    #[doc(alias = "BackupSetDownloadTargetType")]
    pub enum DownloadTargetType {
        /// A server with a backup gateway.
        Agent = "agent",
    }
}

wire_enum! {
    /// The kind of store that receives downloaded backup sets.
    ///
    /// The service defaults to `local`. Wire name: `BackupSetDownloadTargetTypeLocation`.
    /// Source: [`ModifyBackupSetDownloadRules`](crate::operations::ModifyBackupSetDownloadRules).
    #[doc(alias = "BackupSetDownloadTargetTypeLocation")]
    pub enum DownloadTargetLocation {
        /// A directory on the server.
        Local = "local",
        /// A NAS share.
        Nas = "nas",
        /// An FTP server.
        Ftp = "ftp",
        /// A MinIO store.
        Minio = "minio",
    }
}
