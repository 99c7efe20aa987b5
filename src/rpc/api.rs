//! What an operation is to the client: a name, an answer, and whether it may be sent again.

use std::borrow::Cow;

use serde::Serialize;
use serde::de::DeserializeOwned;

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "a policy statement needs these two and no more")]
pub struct RamAction {
    /// The action, for example `dbs:CreateBackupPlan`.
    pub action: &'static str,
    /// The resource, `*` or a pattern with `{#regionId}`, `{#accountId}` and `{#BackupPlanId}`.
    pub resource: &'static str,
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
    /// Name of the operation on the wire.
    const ACTION: &'static str;
    /// Whether it may be sent again.
    const SAFETY: Safety;
    /// What a RAM policy must allow.
    const RAM: RamAction;
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

    /// The page that is asked for, counted from 0.
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

/// The resource pattern of operations on one plan.
pub(crate) const PLAN: &str = "acs:dbs:{#regionId}:{#accountId}:backupplan/{#BackupPlanId}";
/// The resource of operations that cannot be narrowed to a plan.
pub(crate) const ANY: &str = "*";

/// The RAM action of an operation: every one is called `dbs:` and the operation's name.
macro_rules! ram_action {
    ($operation:ident on $resource:ident) => {
        $crate::rpc::api::RamAction {
            action: concat!("dbs:", stringify!($operation)),
            resource: $resource,
        }
    };
}
pub(crate) use ram_action;

/// Implements [`Operation`] for a request with a `client_token` member: its answer, safety, RAM
/// resource and published limit, and where the password is that serde leaves out.
macro_rules! operation {
    (
        $request:ident -> $response:ident, $safety:ident, ram on $resource:ident,
        limit $calls:literal per $seconds:literal s $(, secrets $secret:expr)?
    ) => {
        impl $crate::rpc::api::Operation for $request {
            const ACTION: &'static str = stringify!($request);
            const SAFETY: $crate::rpc::api::Safety = $crate::rpc::api::Safety::$safety;
            const RAM: $crate::rpc::api::RamAction = {
                use $crate::rpc::api::$resource;
                $crate::rpc::api::ram_action!($request on $resource)
            };
            const RATE_LIMIT: Option<$crate::rpc::api::RateLimit> =
                Some($crate::rpc::api::RateLimit { calls: $calls, seconds: $seconds });

            type Response = $response;

            fn client_token(&self) -> Option<&$crate::rpc::value::ClientToken> {
                self.client_token.as_ref()
            }

            $(
                fn secrets(&self) -> Vec<(&'static str, &$crate::rpc::value::Secret)> {
                    let secret: fn(&Self) -> Option<(&'static str, &$crate::rpc::value::Secret)> =
                        $secret;
                    secret(self).into_iter().collect()
                }
            )?
        }
    };
}
pub(crate) use operation;

/// Implements [`PagedOperation`] for a request and answer with the usual members.
macro_rules! paged {
    ($request:ident, $item:ident) => {
        impl $crate::rpc::api::PagedOperation for $request {
            type Item = $item;

            fn page_num(&self) -> u32 {
                self.page_num.unwrap_or(0)
            }

            fn set_page_num(&mut self, page_num: u32) {
                self.page_num = Some(page_num);
            }

            fn page_size(&self) -> u32 {
                self.page_size.unwrap_or_default().get().into()
            }

            fn items(response: &Self::Response) -> &[$item] {
                &response.items
            }

            fn into_items(response: Self::Response) -> Vec<$item> {
                response.items
            }

            fn total_elements(response: &Self::Response) -> u64 {
                response.total_elements
            }
        }
    };
}
pub(crate) use paged;
