//! `AttemptError`: the error of a failed attempt, with its classification.

use std::time::Duration;

use time::OffsetDateTime;

use crate::rpc::error::{Error, ErrorKind, Execution};
use crate::rpc::outcome::{FailedAttempt, FailureCause, RetryClass, classify};

/// The error of a failed attempt, and what decides whether another attempt follows.
pub(super) struct AttemptError {
    /// The error of the call if no other attempt follows.
    pub(super) error: Error,
    pub(super) retry_class: RetryClass,
    pub(super) execution: Execution,
    /// The shortest delay before the next attempt.
    pub(super) retry_after: Option<Duration>,
    /// The times to compare if the server rejected the request's time.
    pub(super) times: Option<RejectedTime>,
    /// Whether the server rejected the credentials, so that others may succeed.
    pub(super) rejects_credentials: bool,
}

/// The time of a request that the server rejected, and the server's own time.
#[derive(Clone, Copy)]
pub(super) struct RejectedTime {
    pub(super) signed: OffsetDateTime,
    pub(super) server: OffsetDateTime,
}

impl RejectedTime {
    /// Returns whether the times differ by more than the second that they are rounded to.
    pub(super) fn differ(self) -> bool {
        (self.server - self.signed).abs() > time::Duration::SECOND
    }
}

impl AttemptError {
    /// Classifies a failed attempt and describes it by a message.
    pub(super) fn classified(attempt: &FailedAttempt<'_>, message: impl Into<String>) -> Self {
        let class = classify(attempt);
        let mut error = Error::new(class.kind, message)
            .throttling(class.throttling)
            .with_retry_after(class.retry_after);
        if let Some(status) = attempt.status {
            error = error.with_http_status(status);
        }
        Self {
            error,
            retry_class: class.retry_class,
            execution: class.execution,
            retry_after: class.retry_after,
            times: None,
            rejects_credentials: false,
        }
    }

    /// Classifies an attempt that sent nothing by the kind of its error.
    pub(super) fn unsent(error: Error) -> Self {
        let attempt = match error.kind() {
            ErrorKind::Credentials => {
                FailedAttempt::new(FailureCause::NoCredentials).permanent(true)
            }
            _ => FailedAttempt::new(FailureCause::InvalidRequest),
        };
        let class = classify(&attempt);
        Self {
            error,
            retry_class: class.retry_class,
            execution: class.execution,
            retry_after: None,
            times: None,
            rejects_credentials: false,
        }
    }

    /// Changes the error, for example to add a hint.
    pub(super) fn map(self, change: impl FnOnce(Error) -> Error) -> Self {
        Self { error: change(self.error), ..self }
    }
}
