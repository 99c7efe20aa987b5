//! `DrillError`: why a drill ended without a result.

use std::error::Error as StdError;
use std::fmt;

use super::record::DrillRecord;
use crate::rpc::error::Error;
use crate::rpc::report::{unshown, write_report};
use crate::rpc::wait::WaitError;
use crate::rpc::wait::run_handle::LateOption;

/// Why a drill ended before the check of the restored database did.
///
/// It has the [record](Self::record) up to the failure. A check that fails is not an error: its record
/// has [`passed`](DrillRecord::passed) set to `false`.
pub struct DrillError(Box<DrillErrorInner>);

struct DrillErrorInner {
    cause: DrillCause,
    record: DrillRecord,
}

/// What ended a drill.
#[derive(Debug)]
#[non_exhaustive]
pub enum DrillCause {
    /// The destination is not proven to be a scratch database; the string says why. Nothing was
    /// restored.
    NotScratch(String),
    /// The plan has no finished backup.
    NothingToRestore,
    /// A call failed.
    Call(Error),
    /// The pre-check or the restore failed, or the timeout expired.
    Wait(WaitError),
    /// An option was set after the first step, which stopped the drill. A restore that was started
    /// continues in the service; the record names its task.
    LateOption,
    /// The drill had ended before it was awaited.
    Ended,
}

impl DrillError {
    pub(super) fn new(cause: DrillCause, record: DrillRecord) -> Self {
        Self(Box::new(DrillErrorInner { cause, record }))
    }

    /// Returns what ended the drill.
    pub fn cause(&self) -> &DrillCause {
        &self.0.cause
    }

    /// Returns the record up to the failure, which names the restore task if one was created.
    pub fn record(&self) -> &DrillRecord {
        &self.0.record
    }

    /// Returns whether the same drill may succeed if it is repeated later.
    ///
    /// `true` if a retryable call failed, and after a timeout.
    pub fn is_retryable(&self) -> bool {
        match self.cause() {
            DrillCause::NotScratch(_)
            | DrillCause::NothingToRestore
            | DrillCause::LateOption
            | DrillCause::Ended => false,
            DrillCause::Call(error) => error.is_retryable(),
            DrillCause::Wait(error) => error.is_retryable(),
        }
    }

    /// Returns the error of the call that failed, also if it failed in a wait.
    pub fn call(&self) -> Option<&Error> {
        match self.cause() {
            DrillCause::Call(error) => Some(error),
            DrillCause::Wait(error) => error.call(),
            DrillCause::NotScratch(_)
            | DrillCause::NothingToRestore
            | DrillCause::LateOption
            | DrillCause::Ended => None,
        }
    }

    /// Returns whether the service may have executed a call whose outcome is unknown.
    pub fn may_have_executed(&self) -> bool {
        match self.cause() {
            // The drill may have been stopped while its call was in flight.
            DrillCause::LateOption => true,
            _ => self.call().is_some_and(Error::may_have_executed),
        }
    }
}

impl From<Error> for DrillCause {
    fn from(error: Error) -> Self {
        Self::Call(error)
    }
}

impl From<WaitError> for DrillCause {
    fn from(error: WaitError) -> Self {
        Self::Wait(error)
    }
}

impl fmt::Display for DrillCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotScratch(reason) => f.write_str(reason),
            Self::NothingToRestore => {
                f.write_str("the plan has no finished backup; wait for its first full backup")
            }
            Self::LateOption => {
                write!(f, "{}; a restore that was started continues", LateOption("drill"))
            }
            Self::Ended => {
                f.write_str("the drill has already ended; create a new one with `Client::drill`")
            }
            Self::Call(error) => error.fmt(f),
            Self::Wait(error) => error.fmt(f),
        }
    }
}

impl fmt::Display for DrillError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "drill of backup plan `{}` failed: {}", self.record().plan, self.cause())
    }
}

impl fmt::Debug for DrillError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_report(f, self)
    }
}

impl StdError for DrillError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let cause: &dyn StdError = match self.cause() {
            DrillCause::NotScratch(_)
            | DrillCause::NothingToRestore
            | DrillCause::LateOption
            | DrillCause::Ended => return None,
            DrillCause::Call(error) => error,
            DrillCause::Wait(error) => error,
        };
        unshown(self, Some(cause))
    }
}
