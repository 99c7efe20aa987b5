//! The operations of advanced download.

pub(super) mod addresses;
pub(super) mod create;
pub(super) mod list;
pub(super) mod retry;
pub(super) mod support;
mod task;

pub use addresses::{DescribeDownloadBackupSetStorageInfo, DownloadAddresses};
pub use create::CreateDownload;
pub use list::{DescribeDownloadTask, DownloadTaskPage};
pub use retry::{RetryDownloadTask, RetryDownloadTaskResponse};
pub use support::{DescribeDownloadSupport, DescribeDownloadSupportResponse};
pub use task::DownloadTask;
