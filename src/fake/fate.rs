//! `Fate`: what becomes of a request on its way.

use std::time::Duration;

use bytes::Bytes;
use http::Response;

use super::faults::Effect;
use super::reply;
use super::server::{Server, Times};
use crate::rpc::transport::RecordedRequest;

/// What becomes of a request, by its fault rule.
#[derive(Debug)]
pub(super) enum Fate {
    Answered(Response<Bytes>),
    /// No connection came about.
    NotConnected,
    /// The connection broke, before or after the request was executed.
    Lost,
    /// The response comes after a delay.
    Late(Response<Bytes>, Duration),
    /// The first half of the response arrives.
    Cut(Response<Bytes>),
    /// A foreign body arrives, as it is.
    Replaced(Response<Bytes>),
}

impl Fate {
    /// Lets the server respond to a request, as far as a fault rule allows.
    pub(super) fn new(
        effect: Option<Effect>,
        server: &mut Server,
        request: &RecordedRequest,
        times: Times,
    ) -> Self {
        let mut respond = || server.respond(request, times);
        match effect {
            None => Self::Answered(respond()),
            Some(Effect::RefuseConnection) => Self::NotConnected,
            Some(Effect::DropBeforeProcessing) => Self::Lost,
            Some(Effect::DropAfterProcessing) => {
                respond();
                Self::Lost
            }
            Some(Effect::Slow(delay)) => Self::Late(respond(), delay),
            Some(Effect::Html(status)) => Self::Answered(reply::html(status)),
            Some(Effect::Refuse(refusal)) => Self::Answered(server.refuse(&refusal)),
            Some(Effect::Truncate) => Self::Cut(respond()),
            Some(Effect::Replace(body)) => Self::Replaced(respond().map(|_| body)),
        }
    }
}
