//! `ErrorResponse`: an error that the gateway or the service responds with.

use std::fmt;
use std::time::Duration;

use crate::rpc::transport::faults::effect::InjectedError;

/// An error response, by its envelope.
#[derive(Clone, Debug)]
pub(super) enum ErrorResponse {
    /// One that a fault rule can inject as well.
    Common(InjectedError),
    /// An error of the service with HTTP status 403.
    Forbidden { message: String },
    /// An error of the service, in the envelope of `InitializeDbsServiceLinkedRole`.
    LegacyBusiness { code: &'static str, message: &'static str },
}

impl ErrorResponse {
    pub(super) fn gateway(
        status: u16,
        code: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        let (code, message) = (code.into(), message.into());
        Self::Common(InjectedError::Gateway { status, code, message })
    }

    pub(super) fn business(code: impl Into<String>, message: impl Into<String>) -> Self {
        let (code, message) = (code.into(), message.into());
        Self::Common(InjectedError::Business { code, message })
    }

    /// The gateway's error for too many requests, with the delay before the next one.
    pub(super) fn throttled(wait: Duration) -> Self {
        Self::Common(InjectedError::Throttled(wait))
    }

    /// A parameter that the plan or its state does not allow.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::business("InvalidParameter", message)
    }

    /// A plan or job that does not exist.
    pub(super) fn not_found(what: &str, id: impl fmt::Display) -> Self {
        Self::business("InvalidJobId", not_found(what, id))
    }

    /// An operation that the present state does not allow.
    pub(super) fn denied(message: impl Into<String>) -> Self {
        Self::business("OperationDenied.JobStatus", message)
    }
}

/// Returns the message for a resource that does not exist.
pub(super) fn not_found(what: &str, id: impl fmt::Display) -> String {
    format!("{what} `{id}` does not exist: check the id")
}
