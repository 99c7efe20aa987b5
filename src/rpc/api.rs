//! `trait Api`: what tells one RPC-style API from another.

use std::borrow::Cow;

use crate::rpc::endpoint::{Endpoint, Network};
use crate::rpc::value::RegionId;
use crate::rpc::wire::EnvelopeFields;

/// One version of one RPC-style API: all that the client needs to know about it.
///
/// Each [`Operation`](crate::Operation) names the API that it belongs to, so that one client can
/// call operations of several versions.
pub trait Api: Send + Sync + 'static {
    /// Name of the product, as the gateway and traces know it.
    const PRODUCT: &'static str;
    /// The version that every request names.
    const VERSION: &'static str;
    /// Number of the first page of a list.
    const FIRST_PAGE: u32;
    /// What the RAM actions of its operations begin with.
    const RAM_PREFIX: &'static str;
    /// What the user agent of a client begins with.
    const USER_AGENT: &'static str;
    /// What the names of environment variables with a client's settings begin with.
    const ENV_PREFIX: &'static str;
    /// Whether the gateway reads parameters out of a form in the body. Secrets and what is too
    /// long for a URL travel there; defaults to `true`.
    const BODY_PARAMETERS: bool = true;
    /// Whether requests and responses are confidential, such as those of an API that issues
    /// credentials: all parameters travel in the body, and errors and traces quote no response.
    /// Defaults to `false`.
    const CONFIDENTIAL: bool = false;

    /// What the fields are called that every response carries; defaults to those of the gateway.
    const ENVELOPE: EnvelopeFields = EnvelopeFields::GATEWAY;

    /// The published error codes, which are shown as they are. In all others, what looks like a
    /// secret of the call is hidden. Defaults to none.
    const ERROR_CODES: &'static [&'static str] = &[];

    /// The endpoint that serves a region.
    fn endpoint(region: &RegionId, network: Network) -> Endpoint;

    /// What to do about an error code of the API's own, returned for an operation; `None` where
    /// that is not known. What the gateway's codes mean is known to the client.
    fn hint(code: &str, operation: &str) -> Option<Cow<'static, str>> {
        let _ = (code, operation);
        None
    }
}

/// An [`Api`] as a value, so that code which sends requests need not be generic over it.
#[derive(Clone, Copy, Debug)]
pub struct ApiInfo {
    pub(crate) product: &'static str,
    pub(crate) version: &'static str,
    pub(crate) ram_prefix: &'static str,
    pub(crate) user_agent: &'static str,
    pub(crate) env_prefix: &'static str,
    pub(crate) body_parameters: bool,
    pub(crate) envelope: EnvelopeFields,
    pub(crate) confidential: bool,
    pub(crate) error_codes: &'static [&'static str],
    pub(crate) endpoint: fn(&RegionId, Network) -> Endpoint,
    pub(crate) hint: fn(&str, &str) -> Option<Cow<'static, str>>,
}

impl ApiInfo {
    /// Describes an API.
    ///
    /// # Panics
    ///
    /// If a [confidential](Api::CONFIDENTIAL) API has no
    /// [parameters in the body](Api::BODY_PARAMETERS). Called in a constant, as the client does, it
    /// does not compile then.
    pub const fn of<A: Api>() -> Self {
        assert!(
            A::BODY_PARAMETERS || !A::CONFIDENTIAL,
            "a confidential API needs parameters in the body"
        );
        Self {
            product: A::PRODUCT,
            version: A::VERSION,
            ram_prefix: A::RAM_PREFIX,
            user_agent: A::USER_AGENT,
            env_prefix: A::ENV_PREFIX,
            body_parameters: A::BODY_PARAMETERS,
            envelope: A::ENVELOPE,
            confidential: A::CONFIDENTIAL,
            error_codes: A::ERROR_CODES,
            endpoint: A::endpoint,
            hint: A::hint,
        }
    }
}
