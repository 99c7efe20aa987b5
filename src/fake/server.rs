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
use super::served_api::ServedApi;
use super::served_regions::ServedRegions;
use super::service::dispatch::execute;
use super::world::state::World;
use crate::rpc::credentials::Credentials;
use crate::rpc::transport::RecordedRequest;
use crate::rpc::transport::faults::render::request_id;

/// The API gateway, the rate limits and the fake service, with their state.
pub(super) struct Server {
    gateway: ApiGateway,
    /// The number of keys that [`Self::add_new_key`] made.
    new_keys: usize,
    pub(super) rate_limits: RateLimits,
    pub(super) client_tokens: ClientTokens,
    /// The state of each account; there is at least one.
    worlds: Vec<World>,
    served: ServedRegions,
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

/// Returns the access key that an account has from the start.
pub(super) fn default_credentials(account: usize) -> Credentials {
    let number = if account == 0 { String::new() } else { account.to_string() };
    let id = format!("LTAI5tFakeDbsAccessKey{number}");
    Credentials::new(id, format!("FakeDbsAccessKeySecret0123456789{number}"))
}

impl Server {
    pub(super) fn new(random: Rng) -> Self {
        let mut gateway = ApiGateway::default();
        gateway.add_key(default_credentials(0), 0);
        Self {
            gateway,
            new_keys: 0,
            rate_limits: RateLimits::default(),
            client_tokens: ClientTokens::default(),
            worlds: vec![World::new(random)],
            served: ServedRegions::default(),
            requests: RequestLog::default(),
        }
    }

    /// Clears all state but access keys, used nonces and settings.
    pub(super) fn reset(&mut self, random: impl Fn(usize) -> Rng) {
        self.rate_limits = self.rate_limits.without_calls();
        self.client_tokens.forget();
        for (account, world) in self.worlds.iter_mut().enumerate() {
            *world = World::new(random(account));
        }
        self.requests.clear();
    }

    pub(super) fn add_credentials(&mut self, credentials: Credentials, account: usize) {
        self.gateway.add_key(credentials, account);
    }

    /// Adds a new access key of an account: a temporary one, if it expires.
    pub(super) fn add_new_key(
        &mut self,
        account: usize,
        expiration: Option<OffsetDateTime>,
    ) -> Credentials {
        self.new_keys += 1;
        let number = self.new_keys;
        let secret = format!("FakeDbsNewKeySecret{number}");
        let credentials = match expiration {
            None => Credentials::new(format!("LTAI5tFakeDbsNewKey{number}"), secret),
            Some(expiration) => Credentials::new(format!("STS.FakeDbsNewKey{number}"), secret)
                .with_security_token(format!("FakeDbsSecurityToken{number}"))
                .with_expiration(expiration),
        };
        self.add_credentials(credentials.clone(), account);
        credentials
    }

    /// Returns the number of accounts.
    #[cfg(feature = "emulator")]
    pub(super) fn accounts(&self) -> usize {
        self.worlds.len()
    }

    /// Returns the number of access keys, without one with this id.
    #[cfg(feature = "emulator")]
    pub(super) fn keys_besides(&self, id: &str) -> usize {
        self.gateway.keys_besides(id)
    }

    /// Adds an account with an access key, and returns its number.
    pub(super) fn add_account(&mut self, random: impl Fn(usize) -> Rng) -> usize {
        let account = self.worlds.len();
        self.worlds.push(World::new(random(account)));
        self.add_credentials(default_credentials(account), account);
        account
    }

    pub(super) fn world(&mut self, account: usize) -> &mut World {
        &mut self.worlds[account]
    }

    /// Verifies and executes a request, and returns the response.
    pub(super) fn respond(
        &mut self,
        request: &RecordedRequest,
        times: RequestTimes,
    ) -> Response<Bytes> {
        let mut response = self
            .verify(request, times.gateway)
            .and_then(|verified| self.execute_once(request, &verified, times.service))
            .unwrap_or_else(|error| self.reject(ServedApi::of_request(request), &error));
        let date = times.gateway.format(&Rfc2822).unwrap_or_default().replace("+0000", "GMT");
        if let Ok(date) = HeaderValue::from_str(&date) {
            response.headers_mut().insert(DATE, date);
        }
        response
    }

    /// Returns an error response of an API version, with a new request id.
    pub(super) fn reject(&mut self, api: ServedApi, error: &ErrorResponse) -> Response<Bytes> {
        responses::error(api, &request_id(self.world(0).ids.unique()), error)
    }

    fn verify(
        &mut self,
        request: &RecordedRequest,
        now: OffsetDateTime,
    ) -> Result<VerifiedRequest, ErrorResponse> {
        let verified = self.gateway.verify(request, now)?;
        self.rate_limits.check(verified.account, verified.api, &verified.operation, now)?;
        Ok(verified)
    }

    /// Executes a request, or returns the first response to its client token.
    fn execute_once(
        &mut self,
        received: &RecordedRequest,
        request: &VerifiedRequest,
        now: OffsetDateTime,
    ) -> Result<Response<Bytes>, ErrorResponse> {
        let new_token = match self.client_tokens.look_up(request, now)? {
            TokenLookup::Used(response) => return Ok(response),
            TokenLookup::New(token) => Some(token),
            TokenLookup::NotApplicable => None,
        };
        let served = self.served.of(received);
        let world = &mut self.worlds[request.account];
        let VerifiedRequest { api, operation, parameters, .. } = request;
        let response = execute(world, *api, served, operation, parameters, now)?;
        if let Some(token) = new_token {
            self.client_tokens.store(token, response.clone(), now);
        }
        Ok(response)
    }
}
