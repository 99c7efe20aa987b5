//! `AdvancedDownloadState`: the state of an advanced download.

use crate::rpc::value::wire_enum::wire_enum;

wire_enum! {
    /// The state of an advanced download.
    ///
    /// Wire names: `DownloadStatus`, `State`. Source:
    /// [`DescribeDownloadTask`](crate::v2021_01_01::operations::DescribeDownloadTask).
    #[doc(alias = "DownloadStatus")]
    #[doc(alias = "State")]
    pub enum AdvancedDownloadState {
        /// The service prepares the download.
        Initializing = "initializing",
        /// The download waits for its turn.
        Queueing = "queueing" | "queuing",
        /// The service converts the data.
        Running = "running",
        /// The download failed.
        Failed = "failed",
        /// The files are complete.
        Finished = "finished",
        /// The files were deleted, 3 days after the download finished.
        Expired = "expired",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_are_read() {
        for text in ["queueing", "queuing", "Queueing"] {
            assert_eq!(text.parse(), Ok(AdvancedDownloadState::Queueing));
        }
        assert_eq!("Initializing".parse(), Ok(AdvancedDownloadState::Initializing));
    }
}
