//! Backup sets: listed and downloaded.

mod download_list;
mod full_download;
mod full_list;
mod increment_download;
mod increment_list;

pub use download_list::{
    BackupSetDownloadTaskDetail, DescribeBackupSetDownloadTaskList,
    DescribeBackupSetDownloadTaskListBuilder, DescribeBackupSetDownloadTaskListResponse,
};
pub use full_download::{
    CreateFullBackupSetDownload, CreateFullBackupSetDownloadBuilder,
    CreateFullBackupSetDownloadResponse,
};
pub use full_list::{
    DescribeFullBackupList, DescribeFullBackupListBuilder, DescribeFullBackupListResponse,
    FullBackupFile,
};
pub use increment_download::{
    CreateIncrementBackupSetDownload, CreateIncrementBackupSetDownloadBuilder,
    CreateIncrementBackupSetDownloadResponse,
};
pub use increment_list::{
    DescribeIncrementBackupList, DescribeIncrementBackupListBuilder,
    DescribeIncrementBackupListResponse, IncrementBackupFile,
};
