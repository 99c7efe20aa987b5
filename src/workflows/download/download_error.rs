//! `DownloadError`: why a download failed, and how to continue.

use std::error::Error as StdError;
use std::fmt;

use crate::rpc::error::Error;
use crate::rpc::operation::Operation;
use crate::rpc::report::{unshown, write_report};
use crate::rpc::wait::WaitError;
use crate::v2019_03_06::types::InstanceId;
use crate::v2021_01_01::conditions::EXPIRED;
use crate::v2021_01_01::operations::CreateDownload;
use crate::v2021_01_01::types::DownloadTaskId;

/// Why a download failed. Names its task, if there is one.
#[non_exhaustive]
pub enum DownloadError {
    /// The instance cannot use advanced download.
    Unsupported {
        /// The instance.
        instance: InstanceId,
    },
    /// The service did not say whether the instance can use it.
    SupportUnknown {
        /// The instance.
        instance: InstanceId,
    },
    /// A call failed.
    Call {
        /// The download, if its id is known.
        task: Option<DownloadTaskId>,
        /// The error of the call.
        error: Error,
    },
    /// The download failed or expired, is not listed, or the timeout expired.
    Wait {
        /// The download.
        task: DownloadTaskId,
        /// The error of the wait.
        error: WaitError,
    },
    /// The download had ended before it was awaited.
    Ended,
}

impl DownloadError {
    /// Returns the id of the download, if it is known.
    ///
    /// Continue with [`Download::resume`](super::Download::resume).
    pub fn task(&self) -> Option<&DownloadTaskId> {
        match self {
            Self::Call { task, .. } => task.as_ref(),
            Self::Wait { task, .. } => Some(task),
            Self::Unsupported { .. } | Self::SupportUnknown { .. } | Self::Ended => None,
        }
    }

    /// Returns whether the same download may succeed if it is repeated later.
    ///
    /// `true` if a retryable call failed, and after a timeout. Continue with the
    /// [task](Self::task), if there is one.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Call { error, .. } => error.is_retryable(),
            Self::Wait { error, .. } => error.is_retryable(),
            Self::Unsupported { .. } | Self::SupportUnknown { .. } | Self::Ended => false,
        }
    }

    /// Returns whether a download may exist whose id is unknown.
    ///
    /// Run the same download again with [`since`](super::Download::since), which finds it.
    pub fn may_have_created(&self) -> bool {
        match self {
            Self::Call { task: None, error } => {
                error.operation() == Some(CreateDownload::ACTION) && error.may_have_executed()
            }
            _ => false,
        }
    }

    /// Returns the error of the call that failed, also if it failed in a wait.
    pub fn call(&self) -> Option<&Error> {
        match self {
            Self::Call { error, .. } => Some(error),
            Self::Wait { error, .. } => error.call(),
            Self::Unsupported { .. } | Self::SupportUnknown { .. } | Self::Ended => None,
        }
    }
}

impl fmt::Display for DownloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported { instance } => write!(
                f,
                "instance `{instance}` cannot use advanced download; use RDS for MySQL with cloud \
                 disks, RDS for PostgreSQL, PolarDB for MySQL or MongoDB"
            )?,
            Self::SupportUnknown { instance } => write!(
                f,
                "the service did not say whether instance `{instance}` can use advanced download; \
                 create it without this check by `Client::create_download`"
            )?,
            Self::Call { error, .. } => error.fmt(f)?,
            Self::Wait { error, .. } => error.fmt(f)?,
            Self::Ended => {
                f.write_str("the download has already ended; its error says how to continue")?;
            }
        }
        match self {
            // An expired download cannot be continued.
            Self::Wait { error, .. } if error.last_state() == Some(EXPIRED) => Ok(()),
            _ => match self.task() {
                Some(task) => write!(f, "; continue with `resume(\"{task}\")`"),
                None => Ok(()),
            },
        }
    }
}

impl fmt::Debug for DownloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_report(f, self)
    }
}

impl StdError for DownloadError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let cause: &dyn StdError = match self {
            Self::Unsupported { .. } | Self::SupportUnknown { .. } | Self::Ended => return None,
            Self::Call { error, .. } => error,
            Self::Wait { error, .. } => error,
        };
        unshown(self, Some(cause))
    }
}
