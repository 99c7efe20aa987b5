//! `Server`: gateway and service, one behind the other.

use bytes::Bytes;
use fastrand::Rng;
use http::header::DATE;
use http::{HeaderValue, Response};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use super::gate::{Gate, Passed};
use super::limits::Limits;
use super::refusal::Refusal;
use super::reply;
use super::requests::Requests;
use super::service::dispatch::execute;
use super::tokens::{Execution, Tokens};
use super::world::state::World;
use crate::rpc::credentials::Credentials;
use crate::rpc::transport::RecordedRequest;

/// Gateway and service with all they remember.
pub(super) struct Server {
    gate: Gate,
    pub(super) limits: Limits,
    tokens: Tokens,
    pub(super) world: World,
    pub(super) requests: Requests,
}

/// When a request is dealt with: the time of the gateway, and of the service behind it.
///
/// They differ where the service's time is sped up, and clients sign by the real one.
#[derive(Clone, Copy)]
pub(super) struct Times {
    pub(super) gateway: OffsetDateTime,
    pub(super) service: OffsetDateTime,
}

pub(super) fn default_credentials() -> Credentials {
    Credentials::new("LTAI5tFakeDbsAccessKey", "FakeDbsAccessKeySecret0123456789")
}

impl Server {
    pub(super) fn new(random: Rng) -> Self {
        let mut gate = Gate::default();
        gate.add_key(default_credentials());
        Self {
            gate,
            limits: Limits::default(),
            tokens: Tokens::default(),
            world: World::new(random),
            requests: Requests::default(),
        }
    }

    /// Forgets all but the keys, the nonces, and whether limits are enforced.
    pub(super) fn reset(&mut self, random: Rng) {
        self.limits = self.limits.anew();
        self.tokens = Tokens::default();
        self.world = World::new(random);
        self.requests.clear();
    }

    pub(super) fn add_credentials(&mut self, credentials: Credentials) {
        self.gate.add_key(credentials);
    }

    /// Responds to a request, as gateway and service together do.
    pub(super) fn respond(&mut self, request: &RecordedRequest, times: Times) -> Response<Bytes> {
        let mut response = self
            .pass(request, times.gateway)
            .and_then(|passed| self.execute_once(&passed, times.service))
            .unwrap_or_else(|refusal| self.refuse(&refusal));
        let date = times.gateway.format(&Rfc2822).unwrap_or_default().replace("+0000", "GMT");
        if let Ok(date) = HeaderValue::from_str(&date) {
            response.headers_mut().insert(DATE, date);
        }
        response
    }

    /// Refuses a request, whatever it is.
    pub(super) fn refuse(&mut self, refusal: &Refusal) -> Response<Bytes> {
        reply::refusal(&reply::request_id(self.world.ids.unique()), refusal)
    }

    fn pass(&mut self, request: &RecordedRequest, now: OffsetDateTime) -> Result<Passed, Refusal> {
        let passed = self.gate.pass(request, now)?;
        self.limits.pass(&passed.access_key_id, &passed.operation, now)?;
        Ok(passed)
    }

    /// Executes a request, unless its client token was seen: then the first response is repeated.
    fn execute_once(
        &mut self,
        passed: &Passed,
        now: OffsetDateTime,
    ) -> Result<Response<Bytes>, Refusal> {
        let first = match self.tokens.look_up(passed)? {
            Execution::Repeat(response) => return Ok(response),
            Execution::First(first) => Some(first),
            Execution::Plain => None,
        };
        let response = execute(&mut self.world, &passed.operation, &passed.parameters, now)?;
        if let Some(first) = first {
            self.tokens.keep(first, response.clone());
        }
        Ok(response)
    }
}
