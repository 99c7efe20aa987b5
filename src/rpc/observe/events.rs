//! `Observer`, and the events that it receives.

use std::fmt;
use std::time::Duration;

use http::StatusCode;
use time::OffsetDateTime;

use crate::rpc::error::{Error, ErrorKind};

/// Receives events about the calls of a client.
///
/// Every method does nothing by default. The client calls the methods in the task of the call, so
/// they must return quickly and not block. Events contain no secrets: the client removes them from
/// what a server sent.
///
/// A panic of an observer passes through the call to its caller; the client stays usable.
pub trait Observer: fmt::Debug + Send + Sync {
    /// Called before an attempt is sent.
    fn attempt_started(&self, event: &AttemptStarted<'_>) {
        let _ = event;
    }

    /// Called when an attempt ends.
    ///
    /// It follows each [`attempt_started`](Self::attempt_started), even if the call is dropped, but
    /// not if the attempt panics.
    fn attempt_ended(&self, event: &AttemptEnded<'_>) {
        let _ = event;
    }

    /// Called when an attempt failed and the client will retry it after a delay.
    fn retried(&self, event: &Retried<'_>) {
        let _ = event;
    }

    /// Called when the service throttles an attempt, or the client delays it.
    fn throttled(&self, event: &Throttled<'_>) {
        let _ = event;
    }

    /// Called when an attempt uses another access key than the one before it.
    fn credential_refreshed(&self, event: &CredentialRefreshed<'_>) {
        let _ = event;
    }

    /// Called when a call succeeds or fails. It is not called if the call is dropped.
    fn call_ended(&self, event: &CallEnded<'_>) {
        let _ = event;
    }
}

/// The event before an attempt is sent.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct AttemptStarted<'a> {
    /// The name of the operation.
    pub operation: &'a str,
    /// The number of the attempt, starting at 1.
    pub attempt: u32,
}

/// The event at the end of an attempt.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct AttemptEnded<'a> {
    /// The name of the operation.
    pub operation: &'a str,
    /// The number of the attempt, starting at 1.
    pub attempt: u32,
    /// The HTTP status, or `None` without a response.
    pub http_status: Option<StatusCode>,
    /// The duration of the attempt.
    pub elapsed: Duration,
    /// The size of the request in bytes: its query and its body, without headers.
    ///
    /// Parameters are part of the query or of the body.
    pub request_bytes: u64,
    /// The size of the response's body in bytes, or `None` without a response.
    pub response_bytes: Option<u64>,
    /// How the attempt ended.
    pub outcome: AttemptOutcome<'a>,
}

/// How an attempt ended.
///
/// `Display` writes the same as [`as_str`](Self::as_str).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AttemptOutcome<'a> {
    /// The service executed the request.
    Succeeded,
    /// The attempt failed.
    #[non_exhaustive]
    Failed {
        /// The kind of failure.
        kind: ErrorKind,
        /// The error code, if the service or its gateway sent one.
        code: Option<&'a str>,
        /// The reason in one line.
        message: &'a str,
        /// Whether the service may have executed the request.
        may_have_executed: bool,
    },
    /// The call was dropped before the attempt ended.
    Abandoned,
}

impl AttemptOutcome<'_> {
    /// Returns the name of the outcome in snake case, for labels of metrics.
    ///
    /// The names are `succeeded`, `failed` and `abandoned`.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed { .. } => "failed",
            Self::Abandoned => "abandoned",
        }
    }
}

impl fmt::Display for AttemptOutcome<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The event of a retry.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Retried<'a> {
    /// The name of the operation.
    pub operation: &'a str,
    /// The number of the attempt that failed, starting at 1.
    ///
    /// It is 0 if the first attempt failed before sending, for lack of credentials.
    pub attempt: u32,
    /// The reason of the failure in one line.
    pub reason: &'a str,
    /// The delay before the next attempt.
    pub delay: Duration,
}

/// The event of an attempt that the service throttles or the client delays.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Throttled<'a> {
    /// The name of the operation.
    pub operation: &'a str,
    /// The number of the attempt, starting at 1.
    pub attempt: u32,
    /// Which side throttles.
    pub by: ThrottledBy,
    /// The delay before the next attempt, if it is known.
    pub delay: Option<Duration>,
}

/// The side that throttles an attempt.
///
/// `Display` writes the same as [`as_str`](Self::as_str).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ThrottledBy {
    /// The service or its gateway rejected the attempt.
    Service,
    /// The client delays the attempt; see
    /// [`rate_limiting`](crate::ClientBuilder::rate_limiting).
    Client,
}

impl ThrottledBy {
    /// Returns the name of the side in snake case, for labels of metrics.
    ///
    /// The names are `service` and `client`. Events of `tracing` have them in the field
    /// `aliyun.throttled_by`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Client => "client",
        }
    }
}

impl fmt::Display for ThrottledBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The event of a change of the access key.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CredentialRefreshed<'a> {
    /// The id of the new access key.
    pub access_key_id: &'a str,
    /// When the credentials expire. `None` if they do not expire, or if the time is unknown.
    pub expiration: Option<OffsetDateTime>,
}

/// The event at the end of a call.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CallEnded<'a> {
    /// The name of the operation.
    pub operation: &'a str,
    /// The number of attempts.
    pub attempts: u32,
    /// The duration of the call, including all attempts and delays.
    pub elapsed: Duration,
    /// The id of the last request, if it is known.
    pub request_id: Option<&'a str>,
    /// The error if the call failed.
    pub error: Option<&'a Error>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_have_names_for_metric_labels() {
        let failed = AttemptOutcome::Failed {
            kind: ErrorKind::Timeout,
            code: None,
            message: "no response within 10s",
            may_have_executed: true,
        };
        for (outcome, name) in [
            (AttemptOutcome::Succeeded, "succeeded"),
            (failed, "failed"),
            (AttemptOutcome::Abandoned, "abandoned"),
        ] {
            assert_eq!((outcome.as_str(), outcome.to_string().as_str()), (name, name));
        }
    }

    #[test]
    fn throttling_sides_have_names_for_metric_labels() {
        for (by, name) in [(ThrottledBy::Service, "service"), (ThrottledBy::Client, "client")] {
            assert_eq!((by.as_str(), by.to_string().as_str()), (name, name));
        }
    }
}
