//! What an operation is to the client: a name, an answer, and whether it may be sent again.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::rpc::api::{Api, ApiInfo};
use crate::rpc::value::{ClientToken, Secret};
use crate::rpc::wire::{EncodeError, Parameters};

/// Whether an operation may be sent again after an attempt whose outcome is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Safety {
    /// Changes nothing: sending it again is harmless.
    ReadOnly,
    /// Changes something, and the service runs it once per [`ClientToken`]: sending it again
    /// with the same token is harmless.
    IdempotentByToken,
    /// Changes something, and the service cannot tell a second request from a repeated one:
    /// it is never sent again once it may have been executed.
    Mutating,
}

/// The RAM action of an operation and the resource it acts on, for access policies.
///
/// `Display` writes the action as a policy does: the API's prefix, a colon and the operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(clippy::exhaustive_structs, reason = "a policy statement needs these and no more")]
pub struct RamAction {
    /// The API's prefix ([`Api::RAM_PREFIX`]).
    pub prefix: &'static str,
    /// The operation.
    pub operation: &'static str,
    /// The resource, `*` or a pattern with names in braces (`{#regionId}`).
    pub resource: &'static str,
}

impl fmt::Display for RamAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.prefix, self.operation)
    }
}

/// A published limit on calls of an operation, per account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the service publishes these two numbers")]
pub struct RateLimit {
    /// Calls that are let through in a window.
    pub calls: u32,
    /// Length of the window, seconds.
    pub seconds: u32,
}

/// One operation of the service: the request, and what is known about it.
///
/// Implemented by every request of [`crate::operations`]. Implement it for a request type of
/// your own to call an operation that this crate has no type for; for a single call
/// [`RawRequest`](crate::RawRequest) is shorter.
pub trait Operation: Serialize + Send + Sync {
    /// The API that it belongs to.
    type Api: Api;

    /// Name of the operation on the wire.
    const ACTION: &'static str;
    /// Whether it may be sent again.
    const SAFETY: Safety;
    /// The resource that a RAM policy must allow it on.
    const RAM_RESOURCE: &'static str;
    /// What a RAM policy must allow.
    const RAM: RamAction = RamAction {
        prefix: Self::Api::RAM_PREFIX,
        operation: Self::ACTION,
        resource: Self::RAM_RESOURCE,
    };
    /// The published limit on calls, where there is one.
    const RATE_LIMIT: Option<RateLimit>;

    /// The members of the answer besides its envelope.
    type Response: DeserializeOwned + Send;

    /// The token that the request itself carries; [`Call::client_token`](crate::Call::client_token)
    /// goes before it.
    fn client_token(&self) -> Option<&ClientToken> {
        None
    }

    /// The parameters that serde leaves out because they are secret, by wire name.
    fn secrets(&self) -> Vec<(&'static str, &Secret)> {
        Vec::new()
    }
}

/// An [`Operation`] whose answers come a page at a time.
///
/// [`Client::pages`](crate::Client::pages) and [`Client::items`](crate::Client::items) walk
/// through them.
pub trait PagedOperation: Operation<Response: 'static> + Clone + Unpin + 'static {
    /// A row of a page.
    type Item: Clone + PartialEq + Send + Sync + Unpin + 'static;

    /// The page that is asked for, counted from [`Api::FIRST_PAGE`].
    fn page_num(&self) -> u32;

    /// Asks for another page.
    fn set_page_num(&mut self, page_num: u32);

    /// The rows of a page that are asked for.
    fn page_size(&self) -> u32;

    /// The rows of an answer.
    fn items(response: &Self::Response) -> &[Self::Item];

    /// The rows of an answer, taken out of it.
    fn into_items(response: Self::Response) -> Vec<Self::Item>;

    /// The rows on all pages together, as an answer tells it.
    fn total_elements(response: &Self::Response) -> u64;
}

/// What [`Client::send`](crate::Client::send) takes: any [`Operation`], or a
/// [`RawRequest`](crate::RawRequest).
pub trait ApiRequest: Send + Sync {
    /// The members of the answer besides its envelope.
    type Response: DeserializeOwned + Send;

    /// The API that the operation belongs to.
    fn api(&self) -> &ApiInfo;

    /// The version of the API that the request names; defaults to the API's own.
    fn version(&self) -> &str {
        self.api().version
    }

    /// Name of the operation on the wire.
    fn action(&self) -> Cow<'static, str>;

    /// Whether it may be sent again.
    fn safety(&self) -> Safety;

    /// The published limit on calls of the operation, where it is known; a client with
    /// [`rate_limiting`](crate::ClientBuilder::rate_limiting) keeps it.
    fn rate_limit(&self) -> Option<RateLimit> {
        None
    }

    /// The request as parameters.
    ///
    /// # Errors
    ///
    /// When a request type of your own cannot be written as parameters.
    fn parameters(&self) -> Result<Parameters, EncodeError>;
}

impl<O: Operation> ApiRequest for O {
    type Response = O::Response;

    fn api(&self) -> &ApiInfo {
        const { &ApiInfo::of::<O::Api>() }
    }

    fn action(&self) -> Cow<'static, str> {
        Cow::Borrowed(O::ACTION)
    }

    fn safety(&self) -> Safety {
        O::SAFETY
    }

    fn rate_limit(&self) -> Option<RateLimit> {
        O::RATE_LIMIT
    }

    fn parameters(&self) -> Result<Parameters, EncodeError> {
        let mut parameters = Parameters::from_serialize(self)?;
        // The requests of this crate have it among their members.
        if let Some(token) = self.client_token()
            && parameters.get("ClientToken") != Some(token.as_str())
        {
            parameters.set("ClientToken", token);
        }
        for (name, secret) in self.secrets() {
            parameters.set_secret(name, secret.clone());
        }
        Ok(parameters)
    }
}
