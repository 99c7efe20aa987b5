//! The steps of a download, and its result.

use crate::v2021_01_01::operations::{DownloadAddresses, DownloadTask};
use crate::v2021_01_01::types::DownloadTaskId;

/// A step of a download, as [`Download::next`](super::Download::next) returns it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DownloadStep {
    /// The instance can use advanced download.
    Supported,
    /// The download exists.
    Created {
        /// The id of the download, with which a later run can continue.
        task: DownloadTaskId,
        /// Whether this run found the download instead of creating it.
        found: bool,
    },
    /// The download was polled.
    Waiting {
        /// A short summary of the state, such as `running, 5/12 tables`.
        summary: String,
        /// The progress in percent. `None` if the service does not report it.
        progress: Option<u8>,
    },
    /// The files are complete.
    Finished,
    /// The service returned signed addresses. Not sent for a bucket.
    Signed,
}

/// A finished download.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Downloaded {
    /// The download.
    pub task: DownloadTask,
    /// The signed addresses. `None` if the target is a bucket.
    pub addresses: Option<DownloadAddresses>,
    /// Whether this run found the download instead of creating it.
    pub found: bool,
}
