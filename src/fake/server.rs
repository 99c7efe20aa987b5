//! `Server`: the API gateway and the fake service behind it.

use bytes::Bytes;
use fastrand::Rng;
use http::header::DATE;
use http::{HeaderValue, Response};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use super::api_gateway::{ApiGateway, VerifiedRequest};
use super::client_tokens::{ClientTokens, TokenLookup};
use super::error_response::ErrorResponse;
use super::rate_limits::RateLimits;
use super::request_log::RequestLog;
use super::responses;
use super::service::dispatch::execute;
use super::world::state::World;
use crate::rpc::credentials::Credentials;
use crate::rpc::transport::RecordedRequest;

/// The API gateway, the rate limits and the fake service, with their state.
pub(super) struct Server {
    gateway: ApiGateway,
    pub(super) rate_limits: RateLimits,
    client_tokens: ClientTokens,
    pub(super) world: World,
    pub(super) requests: RequestLog,
}

/// The time of a request at the gateway, and at the service behind it.
///
/// They differ in an emulator: the service's clock can run faster, but clients sign with the
/// machine's time.
#[derive(Clone, Copy)]
pub(super) struct RequestTimes {
    pub(super) gateway: OffsetDateTime,
    pub(super) service: OffsetDateTime,
}

pub(super) fn default_credentials() -> Credentials {
    Credentials::new("LTAI5tFakeDbsAccessKey", "FakeDbsAccessKeySecret0123456789")
}

impl Server {
    pub(super) fn new(random: Rng) -> Self {
        let mut gateway = ApiGateway::default();
        gateway.add_key(default_credentials());
        Self {
            gateway,
            rate_limits: RateLimits::default(),
            client_tokens: ClientTokens::default(),
            world: World::new(random),
            requests: RequestLog::default(),
        }
    }

    /// Clears all state but access keys, used nonces and whether rate limits are enforced.
    pub(super) fn reset(&mut self, random: Rng) {
        self.rate_limits = self.rate_limits.without_calls();
        self.client_tokens = ClientTokens::default();
        self.world = World::new(random);
        self.requests.clear();
    }

    pub(super) fn add_credentials(&mut self, credentials: Credentials) {
        self.gateway.add_key(credentials);
    }

    /// Verifies and executes a request, and returns the response.
    pub(super) fn respond(
        &mut self,
        request: &RecordedRequest,
        times: RequestTimes,
    ) -> Response<Bytes> {
        let mut response = self
            .verify(request, times.gateway)
            .and_then(|verified| self.execute_once(&verified, times.service))
            .unwrap_or_else(|error| self.reject(&error));
        let date = times.gateway.format(&Rfc2822).unwrap_or_default().replace("+0000", "GMT");
        if let Ok(date) = HeaderValue::from_str(&date) {
            response.headers_mut().insert(DATE, date);
        }
        response
    }

    /// Returns an error response with a new request id.
    pub(super) fn reject(&mut self, error: &ErrorResponse) -> Response<Bytes> {
        responses::error(&responses::request_id(self.world.ids.unique()), error)
    }

    fn verify(
        &mut self,
        request: &RecordedRequest,
        now: OffsetDateTime,
    ) -> Result<VerifiedRequest, ErrorResponse> {
        let verified = self.gateway.verify(request, now)?;
        self.rate_limits.check(&verified.access_key_id, &verified.operation, now)?;
        Ok(verified)
    }

    /// Executes a request, or returns the first response to its client token.
    fn execute_once(
        &mut self,
        request: &VerifiedRequest,
        now: OffsetDateTime,
    ) -> Result<Response<Bytes>, ErrorResponse> {
        let new_token = match self.client_tokens.look_up(request)? {
            TokenLookup::Used(response) => return Ok(response),
            TokenLookup::New(token) => Some(token),
            TokenLookup::NotApplicable => None,
        };
        let response = execute(&mut self.world, &request.operation, &request.parameters, now)?;
        if let Some(token) = new_token {
            self.client_tokens.store(token, response.clone());
        }
        Ok(response)
    }
}
