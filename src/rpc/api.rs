//! `Api`: what differs between RPC-style APIs.

use std::borrow::Cow;

use crate::rpc::endpoint::{Endpoint, Network};
use crate::rpc::value::RegionId;
use crate::rpc::wire::EnvelopeFields;

/// A version of an RPC-style API: what the client needs to know about it.
///
/// Each [`Operation`](crate::Operation) names its API, so that one client can call operations of
/// several versions.
pub trait Api: Send + Sync + 'static {
    /// The name of the product for the gateway and in traces.
    const PRODUCT: &'static str;
    /// The version that requests carry, which is a date.
    const VERSION: &'static str;
    /// The number of the first page of a list.
    const FIRST_PAGE: u32;
    /// The prefix of the RAM actions of its operations.
    const RAM_PREFIX: &'static str;
    /// The first part of the client's user agent.
    const USER_AGENT: &'static str;
    /// The prefix of the environment variables that configure a client.
    const ENV_PREFIX: &'static str;
    /// Whether the gateway reads parameters from a form in the body. Defaults to `true`.
    ///
    /// The client sends secrets there, and parameters that are too long for a URL.
    const BODY_PARAMETERS: bool = true;
    /// Whether requests and responses are confidential. Defaults to `false`.
    ///
    /// Set it for an API that issues credentials, for example: the client then sends all
    /// parameters in the body, and errors and traces quote nothing of a response.
    const CONFIDENTIAL: bool = false;

    /// The names of the fields that every response has. Defaults to those of the gateway.
    const ENVELOPE: EnvelopeFields = EnvelopeFields::GATEWAY;

    /// The published error codes. Defaults to none.
    ///
    /// Errors show these codes unchanged. In other codes, the client replaces what looks like a
    /// secret of the call.
    const ERROR_CODES: &'static [&'static str] = &[];

    /// The error codes that say that a request with the same client token is still running.
    /// Defaults to none.
    ///
    /// The client waits, and sends the request again with the same token until the deadline of the
    /// call.
    const TOKEN_IN_USE_CODES: &'static [&'static str] = &[];

    /// The error codes that say that a resource or the service is busy. Defaults to none.
    ///
    /// After an attempt of unknown outcome, that attempt may be what keeps it busy: the client then
    /// waits as for [`TOKEN_IN_USE_CODES`](Self::TOKEN_IN_USE_CODES).
    const BUSY_CODES: &'static [&'static str] = &[];

    /// Returns the endpoint that serves a region.
    fn endpoint(region: &RegionId, network: Network) -> Endpoint;

    /// Returns the known region id that an id misspells. Defaults to `None`.
    ///
    /// The client rejects such a region, because it would look for an endpoint that does not exist.
    fn misspelled_region(region: &RegionId) -> Option<&'static str> {
        let _ = region;
        None
    }

    /// Returns what to do about an error code of this API. Defaults to `None`.
    ///
    /// The hint completes an error line: lower case, without a full stop. The client has hints for
    /// the codes of the gateway.
    fn hint(code: &str, operation: &str) -> Option<Cow<'static, str>> {
        let _ = (code, operation);
        None
    }

    /// Returns how to find out whether an operation was executed. Defaults to `None`.
    ///
    /// It completes "… before you send it again" in the hint of an error after an attempt whose
    /// outcome is unknown, for example "find the task with `DescribeTask`".
    fn effect_check(operation: &str) -> Option<&'static str> {
        let _ = operation;
        None
    }
}

/// An [`Api`] as a value, for code that is not generic over it.
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
    pub(crate) token_in_use_codes: &'static [&'static str],
    pub(crate) busy_codes: &'static [&'static str],
    pub(crate) endpoint: fn(&RegionId, Network) -> Endpoint,
    pub(crate) misspelled_region: fn(&RegionId) -> Option<&'static str>,
    pub(crate) hint: fn(&str, &str) -> Option<Cow<'static, str>>,
    pub(crate) effect_check: fn(&str) -> Option<&'static str>,
}

impl ApiInfo {
    /// Returns the value that describes an API.
    ///
    /// # Panics
    ///
    /// Panics if a [confidential](Api::CONFIDENTIAL) API does not accept
    /// [parameters in the body](Api::BODY_PARAMETERS). The client evaluates it in a constant, where
    /// that is a compile error.
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
            token_in_use_codes: A::TOKEN_IN_USE_CODES,
            busy_codes: A::BUSY_CODES,
            endpoint: A::endpoint,
            misspelled_region: A::misspelled_region,
            hint: A::hint,
            effect_check: A::effect_check,
        }
    }
}
