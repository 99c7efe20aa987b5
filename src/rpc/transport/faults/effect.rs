//! `Effect`: what a fault rule does to a request.

use std::time::Duration;

use bytes::Bytes;

/// What a fault rule does to a request.
#[derive(Clone, Debug)]
pub(crate) enum Effect {
    RefuseConnection,
    DropBeforeProcessing,
    DropAfterProcessing,
    DeliverTwice,
    Delay(Duration),
    TruncateBody,
    ReplaceBody(Bytes),
    HttpStatus(u16),
    Error(InjectedError),
}

/// An error response that a rule injects, by its envelope.
#[derive(Clone, Debug)]
pub(crate) enum InjectedError {
    /// An error of the gateway, with an HTTP status of 4xx or 5xx.
    Gateway { status: u16, code: String, message: String },
    /// The gateway's error for too many requests, with the delay before the next one.
    Throttled(Duration),
    /// An error of the service, with HTTP status 200 and `Success: false`.
    Business { code: String, message: String },
}
