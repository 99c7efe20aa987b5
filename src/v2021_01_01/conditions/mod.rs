//! The conditions that wait for the asynchronous operations of this version.

mod download;

pub use download::DownloadFinished;
pub(crate) use download::EXPIRED;
