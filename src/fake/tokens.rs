//! Client tokens: a write that comes again with its token is not executed again.

use std::collections::HashMap;

use bytes::Bytes;
use http::Response;

use super::gate::Passed;
use super::refusal::Refusal;
use crate::rpc::operation::Safety;
use crate::rpc::sign::acs3::payload_hash;
use crate::rpc::value::ClientToken;
use crate::v2019_03_06::operations::ALL;

/// The tokens that were used.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    used: HashMap<TokenKey, Used>,
}

/// What a token is unique within.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct TokenKey {
    access_key_id: String,
    operation: String,
    token: String,
}

/// A request that was executed with a token.
#[derive(Debug)]
struct Used {
    parameters: String,
    response: Response<Bytes>,
}

/// What is to be done with a request.
pub(super) enum Execution {
    /// It has no token, or only reads.
    Plain,
    /// It was executed before.
    Repeat(Response<Bytes>),
    /// It is the first with its token.
    First(TokenUse),
}

/// The first use of a token, to be kept with its response.
pub(super) struct TokenUse {
    key: TokenKey,
    parameters: String,
}

impl Tokens {
    /// Looks a request's token up.
    pub(super) fn look_up(&self, passed: &Passed) -> Result<Execution, Refusal> {
        let Passed { access_key_id, operation, parameters } = passed;
        // What only reads is executed each time, token or not.
        let reads =
            ALL.iter().any(|info| info.action == *operation && info.safety == Safety::ReadOnly);
        let Some(token) = parameters.get("ClientToken").filter(|_| !reads) else {
            return Ok(Execution::Plain);
        };
        ClientToken::new(token)
            .map_err(|error| Refusal::gateway(400, "InvalidClientToken", error.to_string()))?;
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
                Ok(Execution::Repeat(used.response.clone()))
            }
            Some(_) => Err(Refusal::gateway(
                400,
                "IdempotentParameterMismatch",
                "The request uses the same client token as a previous, but non-identical request.",
            )),
            None => Ok(Execution::First(TokenUse { key, parameters })),
        }
    }

    /// Keeps the response to the first request with a token.
    pub(super) fn keep(&mut self, first: TokenUse, response: Response<Bytes>) {
        let TokenUse { key, parameters } = first;
        self.used.insert(key, Used { parameters, response });
    }
}
