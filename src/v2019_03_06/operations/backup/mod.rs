//! The operations that list and download backup sets.

pub(super) mod download_list;
pub(super) mod full_download;
pub(super) mod full_list;
pub(super) mod increment_download;
pub(super) mod increment_list;

pub use download_list::{
    BackupSetDownloadTaskDetail, DescribeBackupSetDownloadTaskList,
    DescribeBackupSetDownloadTaskListResponse,
};
pub use full_download::{CreateFullBackupSetDownload, CreateFullBackupSetDownloadResponse};
pub use full_list::{DescribeFullBackupList, DescribeFullBackupListResponse, FullBackupFile};
pub use increment_download::{
    CreateIncrementBackupSetDownload, CreateIncrementBackupSetDownloadResponse,
};
pub use increment_list::{
    DescribeIncrementBackupList, DescribeIncrementBackupListResponse, IncrementBackupFile,
};
