//! `Operation` and `ApiRequest`: the requests that a client sends, and what is known about them.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::rpc::api::{Api, ApiInfo};
use crate::rpc::value::labels::labels;
use crate::rpc::value::{ClientToken, Secret};
use crate::rpc::wire::{EncodeError, Parameters};

/// Whether the client may retry an operation after an attempt whose outcome is unknown.
///
/// The outcome is unknown after a timeout, a broken connection, a server error (HTTP 5xx other than
/// 503) or an unreadable response: the service may have executed the request. A request that was
/// certainly not executed is retried whatever its safety; see
/// [`RetryPolicy`](crate::RetryPolicy).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Safety {
    /// The operation changes nothing. The client retries it.
    ReadOnly,
    /// The operation changes something, and the service runs it once per [`ClientToken`].
    ///
    /// The client retries it with the same token.
    IdempotentByToken,
    /// The operation changes something, and the service runs it once per request.
    ///
    /// The client does not retry it once the service may have executed it.
    Mutating,
}

labels! {
    Safety:
    ReadOnly = "read_only",
    IdempotentByToken = "idempotent_by_token",
    Mutating = "mutating",
}

/// The RAM action and the resource that an access policy must allow for an operation.
///
/// `Display` writes the action as a policy does: the prefix, a colon and the operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(clippy::exhaustive_structs, reason = "a policy statement needs these and no more")]
pub struct RamAction {
    /// The prefix of the API ([`Api::RAM_PREFIX`]).
    pub prefix: &'static str,
    /// The name of the operation.
    pub operation: &'static str,
    /// The resource: `*`, or a pattern with names in braces such as `{#regionId}`.
    pub resource: &'static str,
}

impl fmt::Display for RamAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.prefix, self.operation)
    }
}

/// The published limit on the calls of an operation, per account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the service publishes these two numbers")]
pub struct RateLimit {
    /// The number of calls that the service accepts in a window.
    pub calls: u32,
    /// The length of the window in seconds.
    pub seconds: u32,
}

/// An operation of the service: the request, and what the client knows about it.
///
/// Every request of [`crate::operations`] implements it. Implement it for another type to call an
/// operation that this crate has no type for; [`RawRequest`](crate::RawRequest) is shorter for a
/// single call.
///
/// # Retries
///
/// Within the [`RetryPolicy`](crate::RetryPolicy) and the timeout of the call, the client always
/// retries a request that was certainly not executed: after connect errors, throttling and HTTP
/// 503. When the outcome is unknown, [`SAFETY`](Self::SAFETY) decides: the client retries
/// [`ReadOnly`](Safety::ReadOnly) operations, and [`IdempotentByToken`](Safety::IdempotentByToken)
/// operations with the same client token. It does not retry [`Mutating`](Safety::Mutating) ones;
/// the call fails, and [`Error::may_have_executed`](crate::Error::may_have_executed) returns true.
///
/// An `IdempotentByToken` request carries the token of
/// [`Call::client_token`](crate::Call::client_token), else its own
/// ([`client_token`](Self::client_token)), else a random one. All attempts of a call carry the same
/// token.
///
/// # Limits
///
/// [`RATE_LIMIT`](Self::RATE_LIMIT) is the limit that the vendor publishes. The client enforces it
/// only if [`ClientBuilder::rate_limiting`](crate::ClientBuilder::rate_limiting) is set. In either
/// case, it retries a call that the service throttles, after the delay that the service asks for.
///
/// # Permissions
///
/// [`RAM`](Self::RAM) is the action and the resource that a RAM policy must allow the caller.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a request of an API",
    label = "expected a request by value, such as `DescribeRegions`",
    note = "if it is a reference, clone the request: `client.send(request.clone())`",
    note = "if it is a builder, finish it with `.build()`"
)]
pub trait Operation: Serialize + Send + Sync {
    /// The API that the operation belongs to.
    type Api: Api;

    /// The name of the operation on the wire.
    const ACTION: &'static str;
    /// Whether the client may retry the operation when its outcome is unknown.
    ///
    /// See [Retries](#retries).
    const SAFETY: Safety;
    /// The resource on which a RAM policy must allow the operation.
    ///
    /// See [Permissions](#permissions).
    const RAM_RESOURCE: &'static str;
    /// The RAM action and resource that a policy must allow.
    ///
    /// Defaults to the API's prefix with the name of the operation, on
    /// [`RAM_RESOURCE`](Self::RAM_RESOURCE).
    /// See [Permissions](#permissions).
    const RAM: RamAction = RamAction {
        prefix: Self::Api::RAM_PREFIX,
        operation: Self::ACTION,
        resource: Self::RAM_RESOURCE,
    };
    /// The published limit on calls per account, or `None` if none is published.
    ///
    /// See [Limits](#limits).
    const RATE_LIMIT: Option<RateLimit>;

    /// The response, without the fields of the [envelope](Api::ENVELOPE).
    type Response: DeserializeOwned + Send;

    /// Returns the idempotency token of the request. Defaults to `None`.
    ///
    /// [`Call::client_token`](crate::Call::client_token) overrides it.
    fn client_token(&self) -> Option<&ClientToken> {
        None
    }

    /// Returns the secret parameters by wire name. Defaults to none.
    ///
    /// Serde does not serialize them.
    fn secrets(&self) -> Vec<(&'static str, &Secret)> {
        Vec::new()
    }
}

/// An [`Operation`] that returns a list page by page.
///
/// [`Client::pages`](crate::Client::pages) and [`Client::items`](crate::Client::items) fetch the
/// pages.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not return a list page by page",
    label = "expected the request of a list by value, such as `DescribeFullBackupList`",
    note = "if it is a reference, clone the request; if it is a builder, finish it with `.build()`",
    note = "send a request that does not return pages with `client.send`"
)]
pub trait PagedOperation: Operation<Response: 'static> + Clone + Unpin + 'static {
    /// An item of a page.
    type Item: Clone + PartialEq + Send + Sync + Unpin + 'static;

    /// Returns what identifies an item, such as its id.
    ///
    /// Two items with the same id on different pages are one item, which
    /// [`Client::items`](crate::Client::items) delivers once.
    fn item_id(item: &Self::Item) -> Cow<'_, str>;

    /// Returns the number of the requested page. The first page is [`Api::FIRST_PAGE`].
    fn page_num(&self) -> u32;

    /// Sets the number of the requested page.
    fn set_page_num(&mut self, page_num: u32);

    /// Returns the requested number of items per page.
    fn page_size(&self) -> u32;

    /// Returns the items of a response.
    fn items(response: &Self::Response) -> &[Self::Item];

    /// Returns the items of a response by value.
    fn into_items(response: Self::Response) -> Vec<Self::Item>;

    /// Returns the number of items on all pages, as a response reports it.
    fn total_elements(response: &Self::Response) -> u64;
}

/// A request that [`Client::send`](crate::Client::send) accepts.
///
/// Every [`Operation`] and [`RawRequest`](crate::RawRequest) implement it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a request of an API",
    label = "expected a request by value, such as `DescribeRegions`",
    note = "if it is a reference, clone the request: `client.send(request.clone())`",
    note = "if it is a builder, finish it with `.build()`"
)]
pub trait ApiRequest: Send + Sync {
    /// The response, without the fields of the [envelope](Api::ENVELOPE).
    type Response: DeserializeOwned + Send;

    /// Returns the API that the operation belongs to.
    fn api(&self) -> &ApiInfo;

    /// Returns the API version that the request names. Defaults to [`Api::VERSION`].
    fn version(&self) -> &str {
        self.api().version
    }

    /// Returns the name of the operation on the wire.
    fn action(&self) -> Cow<'static, str>;

    /// Returns whether the client may retry the operation when its outcome is unknown.
    fn safety(&self) -> Safety;

    /// Returns the published limit on calls, if there is one. Defaults to `None`.
    ///
    /// [`ClientBuilder::rate_limiting`](crate::ClientBuilder::rate_limiting) enforces it.
    fn rate_limit(&self) -> Option<RateLimit> {
        None
    }

    /// Encodes the request as parameters.
    ///
    /// # Errors
    ///
    /// Returns an error if the type of the request cannot be encoded as parameters, and an
    /// [`Operation`] if the value of a parameter is empty or blank.
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
        // The requests of this crate have the token as a field already.
        if let Some(token) = self.client_token()
            && parameters.get("ClientToken") != Some(token.as_str())
        {
            parameters.set("ClientToken", token);
        }
        for (name, secret) in self.secrets() {
            parameters.set_secret(name, secret.clone());
        }
        parameters.require_values()?;
        Ok(parameters)
    }
}
