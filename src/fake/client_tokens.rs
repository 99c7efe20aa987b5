//! `ClientTokens`: executes a write once per account and client token.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use time::OffsetDateTime;

use super::api_gateway::VerifiedRequest;
use super::error_response::ErrorResponse;
use super::served_api::ServedApi;
use super::world::times::after;
use crate::rpc::operation::Safety;
use crate::rpc::sign::acs3::payload_hash;
use crate::rpc::value::ClientToken;

/// The most client tokens that the fake remembers.
const MAX_TOKENS: usize = 100_000;

/// The client tokens of executed requests, with their responses.
#[derive(Debug, Default)]
pub(super) struct ClientTokens {
    used: HashMap<TokenKey, UsedToken>,
    /// The oldest token first.
    order: VecDeque<TokenKey>,
    /// How long a token is remembered. `None` does not limit it.
    memory: Option<Duration>,
}

/// A client token, within the account, version and operation that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct TokenKey {
    account: usize,
    api: ServedApi,
    operation: String,
    token: String,
}

/// The first request with a client token.
#[derive(Debug)]
struct UsedToken {
    at: OffsetDateTime,
    /// A hash, because parameters can hold secrets.
    parameters: String,
    response: Response<Bytes>,
}

/// Whether a request must be executed.
pub(super) enum TokenLookup {
    /// Execute it: it has no client token, or changes nothing.
    NotApplicable,
    /// Return this response: the request was executed before.
    Used(Response<Bytes>),
    /// Execute it, and store the response: it is the first with its token.
    New(NewToken),
}

/// A client token to store with the response.
pub(super) struct NewToken {
    key: TokenKey,
    parameters: String,
}

impl ClientTokens {
    /// Forgets all tokens.
    pub(super) fn forget(&mut self) {
        self.used.clear();
        self.order.clear();
    }

    /// Sets how long a token is remembered after its first request.
    pub(super) const fn set_memory(&mut self, memory: Option<Duration>) {
        self.memory = memory;
    }

    /// Returns how long a token is remembered, and the number of remembered tokens.
    #[cfg(feature = "emulator")]
    pub(super) fn remembered(&mut self, now: OffsetDateTime) -> (Option<Duration>, usize) {
        self.forget_old(now);
        (self.memory, self.order.len())
    }

    fn forget_old(&mut self, now: OffsetDateTime) {
        let Some(memory) = self.memory else { return };
        while let Some(oldest) = self.order.front()
            && self.used.get(oldest).is_none_or(|used| after(used.at, memory) <= now)
        {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        if let Some(oldest) = self.order.pop_front() {
            self.used.remove(&oldest);
        }
    }

    /// Looks up the client token of a request.
    ///
    /// # Errors
    ///
    /// When the token is invalid, or was used with other parameters.
    pub(super) fn look_up(
        &mut self,
        request: &VerifiedRequest,
        now: OffsetDateTime,
    ) -> Result<TokenLookup, ErrorResponse> {
        self.forget_old(now);
        let &VerifiedRequest { account, api, ref operation, ref parameters } = request;
        let is_read = api.info(operation).is_some_and(|info| info.safety == Safety::ReadOnly);
        let Some(token) = parameters.get("ClientToken").filter(|_| !is_read) else {
            return Ok(TokenLookup::NotApplicable);
        };
        ClientToken::new(token).map_err(|error| {
            ErrorResponse::gateway(400, "InvalidClientToken", error.to_string())
        })?;
        let key = TokenKey { account, api, operation: operation.clone(), token: token.to_owned() };
        let mut all: Vec<_> = parameters
            .iter()
            .chain(parameters.secrets().map(|(name, secret)| (name, secret.expose())))
            .collect();
        all.sort_unstable();
        let parameters = payload_hash(format!("{all:?}").as_bytes());
        match self.used.get(&key) {
            Some(used) if used.parameters == parameters => {
                Ok(TokenLookup::Used(used.response.clone()))
            }
            Some(_) => Err(ErrorResponse::gateway(
                400,
                "IdempotentParameterMismatch",
                "The request uses the same client token as a previous, but non-identical request.",
            )),
            None => Ok(TokenLookup::New(NewToken { key, parameters })),
        }
    }

    /// Stores the response to the first request with a client token.
    pub(super) fn store(&mut self, token: NewToken, response: Response<Bytes>, at: OffsetDateTime) {
        let NewToken { key, parameters } = token;
        if self.order.len() >= MAX_TOKENS {
            self.forget_oldest();
        }
        self.order.push_back(key.clone());
        self.used.insert(key, UsedToken { at, parameters, response });
    }
}
