//! How backup sets are downloaded: who asked, what, in which format and to which store.

use crate::rpc::value::wire_enum::wire_enum;

wire_enum! {
    /// Who asked for a download, `BackupSetDownloadWay`.
    ///
    /// Source: `DescribeBackupSetDownloadTaskList`.
    pub enum DownloadWay {
        /// A request.
        Manual = "manual",
        /// The download rules of the plan.
        Auto = "auto",
    }
}

wire_enum! {
    /// Kind of the backup that is downloaded, `BackupSetJobType`. Physical backups have no published value.
    ///
    /// Source: `DescribeBackupSetDownloadTaskList`.
    pub enum DownloadJobType {
        /// A logical full backup.
        LogicalFull = "cbs_backup_sub_full",
        /// A logical incremental backup.
        LogicalIncrement = "cbs_backup_sub_cont",
    }
}

wire_enum! {
    /// Format of downloaded backup sets, `BackupSetDataFormat`.
    ///
    /// Source: `CreateFullBackupSetDownload`.
    pub enum BackupSetDataFormat {
        /// Files as the database writes them.
        Native = "Native",
        /// SQL text.
        Sql = "SQL",
        /// CSV files.
        Csv = "CSV",
        /// JSON files.
        Json = "JSON",
    }
}

wire_enum! {
    /// Kind of place that backup sets are downloaded to, `BackupSetDownloadTargetType`.
    ///
    /// Source: `ModifyBackupSetDownloadRules`.
    pub enum DownloadTargetType {
        /// A server with a backup gateway.
        Agent = "agent",
    }
}

wire_enum! {
    /// Kind of store that backup sets are downloaded to, `BackupSetDownloadTargetTypeLocation`.
    ///
    /// Source: `ModifyBackupSetDownloadRules`.
    pub enum DownloadTargetLocation {
        /// A directory of the server, which the service takes when it is left out.
        Local = "local",
        /// A NAS share.
        Nas = "nas",
        /// An FTP server.
        Ftp = "ftp",
        /// A MinIO store.
        Minio = "minio",
    }
}
