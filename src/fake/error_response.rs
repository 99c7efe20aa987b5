//! `ErrorResponse`: an error that the gateway or the service responds with.

use std::fmt;
use std::time::Duration;

/// An error response, by its envelope.
#[derive(Clone, Debug)]
pub(super) enum ErrorResponse {
    /// An error of the gateway, with an HTTP status of 4xx or 5xx.
    Gateway { status: u16, code: String, message: String },
    /// The gateway's error for too many requests, with the delay before the next one.
    Throttled(Duration),
    /// An error of the service, with HTTP status 200 and `Success: false`.
    Business { code: String, message: String },
    /// An error of the service, in the envelope of `InitializeDbsServiceLinkedRole`.
    LegacyBusiness { code: &'static str, message: &'static str },
}

impl ErrorResponse {
    pub(super) fn gateway(
        status: u16,
        code: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self::Gateway { status, code: code.into(), message: message.into() }
    }

    pub(super) fn business(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Business { code: code.into(), message: message.into() }
    }

    /// Returns how many bytes the strings take.
    #[cfg(feature = "emulator")]
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Gateway { code, message, .. } | Self::Business { code, message } => {
                code.len() + message.len()
            }
            Self::Throttled(_) | Self::LegacyBusiness { .. } => 0,
        }
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
