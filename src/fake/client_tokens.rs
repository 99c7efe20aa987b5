//! `ClientTokens`: executes a write once per client token.

use std::collections::{HashMap, VecDeque};

use bytes::Bytes;
use http::Response;

use super::api_gateway::VerifiedRequest;
use super::error_response::ErrorResponse;
use crate::rpc::operation::Safety;
use crate::rpc::sign::acs3::payload_hash;
use crate::rpc::value::ClientToken;
use crate::v2019_03_06::operations::ALL;

/// The most client tokens that the fake remembers.
const MAX_TOKENS: usize = 100_000;

/// The client tokens of executed requests, with their responses.
#[derive(Debug, Default)]
pub(super) struct ClientTokens {
    used: HashMap<TokenKey, UsedToken>,
    /// The oldest token first.
    order: VecDeque<TokenKey>,
}

/// A client token, within the access key and operation that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct TokenKey {
    access_key_id: String,
    operation: String,
    token: String,
}

/// The first request with a client token.
#[derive(Debug)]
struct UsedToken {
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
    /// Looks up the client token of a request.
    ///
    /// # Errors
    ///
    /// When the token is invalid, or was used with other parameters.
    pub(super) fn look_up(&self, request: &VerifiedRequest) -> Result<TokenLookup, ErrorResponse> {
        let VerifiedRequest { access_key_id, operation, parameters, .. } = request;
        let is_read =
            ALL.iter().any(|info| info.action == *operation && info.safety == Safety::ReadOnly);
        let Some(token) = parameters.get("ClientToken").filter(|_| !is_read) else {
            return Ok(TokenLookup::NotApplicable);
        };
        ClientToken::new(token).map_err(|error| {
            ErrorResponse::gateway(400, "InvalidClientToken", error.to_string())
        })?;
        let key = TokenKey {
            access_key_id: access_key_id.clone(),
            operation: operation.clone(),
            token: token.to_owned(),
        };
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
    pub(super) fn store(&mut self, token: NewToken, response: Response<Bytes>) {
        let NewToken { key, parameters } = token;
        if self.order.len() >= MAX_TOKENS
            && let Some(oldest) = self.order.pop_front()
        {
            self.used.remove(&oldest);
        }
        self.order.push_back(key.clone());
        self.used.insert(key, UsedToken { parameters, response });
    }
}
