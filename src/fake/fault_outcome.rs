//! `FaultOutcome`: what the client gets after the fault rules.

use std::time::Duration;

use bytes::Bytes;
use http::Response;

use super::edits;
use super::faults::{Effect, Effects};
use super::responses;
use super::server::{RequestTimes, Server};
use crate::rpc::transport::RecordedRequest;

/// What the client gets for a request, after the effect of a fault rule.
#[derive(Debug)]
pub(super) enum FaultOutcome {
    Complete(Response<Bytes>),
    /// The connection is refused.
    ConnectionRefused,
    /// The connection breaks, before or after the service executed the request.
    ConnectionLost,
    /// The response arrives after a delay.
    Delayed(Response<Bytes>, Duration),
    /// Only the first half of the response arrives.
    Truncated(Response<Bytes>),
    /// The response has a body that the test supplied, which is never converted to XML.
    BodyReplaced(Response<Bytes>),
}

impl FaultOutcome {
    /// Applies the effects; the server executes the request unless one prevents it.
    pub(super) fn new(
        effects: Effects,
        server: &mut Server,
        request: &RecordedRequest,
        times: RequestTimes,
    ) -> Self {
        let Effects { fault, edits: changes } = effects;
        let mut respond = || {
            let response = server.respond(request, times);
            edits::apply(&changes, request, response).unwrap_or_else(|error| server.reject(&error))
        };
        match fault {
            None | Some(Effect::Edit(_)) => Self::Complete(respond()),
            Some(Effect::RefuseConnection) => Self::ConnectionRefused,
            Some(Effect::DropBeforeProcessing) => Self::ConnectionLost,
            Some(Effect::DropAfterProcessing) => {
                respond();
                Self::ConnectionLost
            }
            Some(Effect::Delay(delay)) => Self::Delayed(respond(), delay),
            Some(Effect::HttpStatus(status)) => Self::Complete(responses::html(status)),
            Some(Effect::Error(error)) => Self::Complete(server.reject(&error)),
            Some(Effect::TruncateBody) => Self::Truncated(respond()),
            Some(Effect::ReplaceBody(body)) => Self::BodyReplaced(respond().map(|_| body)),
        }
    }
}
