//! `DownloadError`: why a download failed, and how to continue.

use std::error::Error as StdError;
use std::fmt;

use crate::rpc::error::Error;
use crate::rpc::operation::Operation;
use crate::rpc::report::{unshown, write_report};
use crate::rpc::wait::run_handle::LateOption;
use crate::rpc::wait::{NOT_YET, WaitError, WaitErrorKind};
use crate::v2019_03_06::types::InstanceId;
use crate::v2021_01_01::conditions::EXPIRED;
use crate::v2021_01_01::operations::{CreateDownload, DownloadTask};
use crate::v2021_01_01::types::DownloadTaskId;
use crate::workflows::download::matching::is_active;

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
    /// Another download blocks the instance, so none was created.
    ///
    /// The service allows one running or failed download per instance. If this one has failed, retry
    /// it with [`RetryDownloadTask`](crate::v2021_01_01::operations::RetryDownloadTask), or else
    /// wait for it with [`DownloadFinished`](crate::wait::DownloadFinished).
    Blocked {
        /// The download that blocks. It can be the same one into another bucket.
        by: Box<DownloadTask>,
        /// The error of the call, whose hint says what to do.
        error: Error,
    },
    /// The download failed or expired, is not listed, or the timeout expired.
    Wait {
        /// The download.
        task: DownloadTaskId,
        /// The error of the wait.
        error: WaitError,
    },
    /// The download is finished, and the service returned no address of its files.
    NoAddress {
        /// The download.
        task: DownloadTaskId,
    },
    /// An option was set after the first step, which stopped the run.
    LateOption {
        /// The download, if its id is known.
        task: Option<DownloadTaskId>,
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
            Self::Call { task, .. } | Self::LateOption { task } => task.as_ref(),
            Self::Wait { task, .. } | Self::NoAddress { task } => Some(task),
            Self::Unsupported { .. }
            | Self::SupportUnknown { .. }
            | Self::Blocked { .. }
            | Self::Ended => None,
        }
    }

    /// Returns whether the same download may succeed if it is repeated later.
    ///
    /// `true` if a retryable call failed, after a timeout, and if an active download blocks. Continue
    /// with the [task](Self::task), if there is one.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Call { error, .. } => error.is_retryable(),
            Self::Wait { error, .. } => error.is_retryable(),
            Self::Blocked { by, error } => is_active(by) || error.is_retryable(),
            Self::Unsupported { .. }
            | Self::SupportUnknown { .. }
            | Self::NoAddress { .. }
            | Self::LateOption { .. }
            | Self::Ended => false,
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
            // The run may have been stopped while its request was in flight.
            Self::LateOption { task } => task.is_none(),
            _ => false,
        }
    }

    /// Returns the error of the call that failed, also if it failed in a wait.
    pub fn call(&self) -> Option<&Error> {
        match self {
            Self::Call { error, .. } | Self::Blocked { error, .. } => Some(error),
            Self::Wait { error, .. } => error.call(),
            _ => None,
        }
    }

    /// Returns whether the service may have executed a call whose outcome is unknown.
    ///
    /// [`may_have_created`](Self::may_have_created) is about a new download whose id is unknown.
    pub fn may_have_executed(&self) -> bool {
        match self {
            // The run may have been stopped while its call was in flight.
            Self::LateOption { .. } => true,
            _ => self.call().is_some_and(Error::may_have_executed),
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
            Self::Call { error, .. } | Self::Blocked { error, .. } => error.fmt(f)?,
            Self::Wait { error, .. } => error.fmt(f)?,
            Self::NoAddress { task } => write!(
                f,
                "the service returned no address of the files, although download `{task}` is finished"
            )?,
            Self::LateOption { task } => {
                write!(f, "{}", LateOption("download"))?;
                if task.is_none() {
                    f.write_str("; a download may have been created: run it again with `since`")?;
                }
            }
            Self::Ended => {
                f.write_str("the download has already ended; its error says how to continue")?;
            }
        }
        match self {
            // A download that has expired or does not exist cannot be continued.
            Self::Wait { error, .. }
                if error.kind() == WaitErrorKind::Failed
                    && matches!(error.last_state(), Some(NOT_YET | EXPIRED)) =>
            {
                Ok(())
            }
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
            Self::Call { error, .. } | Self::Blocked { error, .. } => error,
            Self::Wait { error, .. } => error,
            _ => return None,
        };
        unshown(self, Some(cause))
    }
}
