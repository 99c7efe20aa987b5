//! `FaultOutcome`: what the client gets after the fault rules.

use std::time::Duration;

use bytes::Bytes;
use http::Response;

use super::edits;
use super::error_response::ErrorResponse;
use super::rule_effect::FakeRuleEffect;
use super::served_api::ServedApi;
use super::server::{RequestTimes, Server};
use crate::rpc::transport::RecordedRequest;
use crate::rpc::transport::faults::effect::Effect;
use crate::rpc::transport::faults::render;

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
        effects: Vec<FakeRuleEffect>,
        server: &mut Server,
        request: &RecordedRequest,
        times: RequestTimes,
    ) -> Self {
        let (mut fault, mut changes) = (None, Vec::new());
        for effect in effects {
            match effect {
                FakeRuleEffect::Fault(effect) => fault = Some(effect),
                FakeRuleEffect::Edit(edit) => changes.push(edit),
            }
        }
        let api = ServedApi::of_request(request);
        let respond = |server: &mut Server| {
            let response = server.respond(request, times);
            edits::apply(&changes, request, response)
                .unwrap_or_else(|error| server.reject(api, &error))
        };
        match fault {
            None => Self::Complete(respond(server)),
            Some(Effect::RefuseConnection) => Self::ConnectionRefused,
            Some(Effect::DropBeforeProcessing) => Self::ConnectionLost,
            Some(Effect::DropAfterProcessing) => {
                respond(server);
                Self::ConnectionLost
            }
            Some(Effect::DeliverTwice) => {
                respond(server);
                server.requests.push(request.clone());
                Self::Complete(respond(server))
            }
            Some(Effect::Delay(delay)) => Self::Delayed(respond(server), delay),
            Some(Effect::HttpStatus(status)) => Self::Complete(render::html(status)),
            Some(Effect::Error(error)) => {
                Self::Complete(server.reject(api, &ErrorResponse::Common(error)))
            }
            Some(Effect::TruncateBody) => Self::Truncated(respond(server)),
            Some(Effect::ReplaceBody(body)) => Self::BodyReplaced(respond(server).map(|_| body)),
        }
    }
}
