//! `Refusal`: why a request is not served.

use std::time::Duration;

/// Why a request is refused, and by whom.
#[derive(Clone, Debug)]
pub(super) enum Refusal {
    /// By the gateway, with an HTTP status of its own.
    Gateway { status: u16, code: String, message: String },
    /// By the gateway, because there were too many requests; says how long to wait.
    Throttled(Duration),
    /// By the service, inside HTTP 200.
    Business { code: String, message: String },
    /// By the service, in the envelope that one old operation has.
    OldBusiness { code: &'static str, message: &'static str },
}

impl Refusal {
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

    /// A parameter does not suit what it is about.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::business("InvalidParameter", message)
    }

    /// There is no such plan or job.
    pub(super) fn unknown(what: &str) -> Self {
        Self::business("InvalidJobId", format!("The {what} does not exist."))
    }

    /// The present state does not allow it.
    pub(super) fn denied(message: impl Into<String>) -> Self {
        Self::business("OperationDenied.JobStatus", message)
    }
}
