//! `RawRequest`: a request by operation name, for operations that this crate has no type for.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::rpc::api::{Api, ApiInfo};
use crate::rpc::operation::{ApiRequest, Safety};
use crate::rpc::report::write_report;
use crate::rpc::url_signatures::without_signatures;
use crate::rpc::value::Secret;
use crate::rpc::value::one_line::one_line;
use crate::rpc::wire::{EncodeError, Parameters, decode_value};

/// What output shows instead of a secret.
const PLACEHOLDER: &str = "(secret)";

/// A request by operation name and parameters, which only the service validates.
///
/// Its safety defaults to [`Safety::Mutating`]: the client does not retry it once the service may
/// have executed it.
///
/// # Examples
///
/// ```no_run
/// # async fn example(client: aliyun_dbs::Client) -> Result<(), aliyun_dbs::Error> {
/// use aliyun_dbs::{RawRequest, Safety};
///
/// let regions = client
///     .send(RawRequest::new("DescribeRegions").safety(Safety::ReadOnly).parameter("ClientToken", "t-1"))
///     .await?;
/// println!("{regions}");
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct RawRequest {
    api: ApiInfo,
    version: Option<Cow<'static, str>>,
    action: Cow<'static, str>,
    safety: Safety,
    parameters: Parameters,
}

impl RawRequest {
    /// Returns a request for an operation of another API, which the client's endpoint must serve.
    pub fn for_api<A: Api>(action: impl Into<Cow<'static, str>>) -> Self {
        Self {
            api: ApiInfo::of::<A>(),
            version: None,
            action: action.into(),
            safety: Safety::Mutating,
            parameters: Parameters::new(),
        }
    }

    /// Sets the version of the API. Defaults to [`Api::VERSION`].
    ///
    /// Only the version that is sent changes: the client still reads the success, the error code and
    /// the hints by the [`Api`] of the request. Use [`for_api`](Self::for_api) for a version that has an
    /// [`Api`] of its own.
    pub fn version(mut self, version: impl Into<Cow<'static, str>>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// Sets a parameter. The client sends the `Display` output of the value.
    pub fn parameter(mut self, name: impl AsRef<str>, value: impl fmt::Display) -> Self {
        self.parameters.set(name.as_ref(), value);
        self
    }

    /// Sets a secret parameter, which the client sends in the body and does not show.
    pub fn secret_parameter(mut self, name: impl AsRef<str>, value: impl Into<Secret>) -> Self {
        self.parameters.set_secret(name.as_ref(), value.into());
        self
    }

    /// Sets whether the client may retry the operation. Defaults to [`Safety::Mutating`].
    pub fn safety(mut self, safety: Safety) -> Self {
        self.safety = safety;
        self
    }
}

impl ApiRequest for RawRequest {
    type Response = RawResponse;

    fn api(&self) -> &ApiInfo {
        &self.api
    }

    fn version(&self) -> &str {
        self.version.as_deref().unwrap_or(self.api.version)
    }

    fn action(&self) -> Cow<'static, str> {
        self.action.clone()
    }

    fn safety(&self) -> Safety {
        self.safety
    }

    fn parameters(&self) -> Result<Parameters, EncodeError> {
        Ok(self.parameters.clone())
    }
}

/// The response to a [`RawRequest`]: a JSON object.
///
/// It does not contain the fields of the envelope of its API ([`Api::ENVELOPE`]), such as `RequestId`,
/// `Success` and `ErrCode`.
///
/// `Display` writes JSON, and `{:#}` indents it. Like `Debug`, it shows `(secret)` instead of the
/// signatures of addresses, with which everybody can download a backup, and instead of the secrets
/// and security tokens of temporary keys.
/// [`decode`](RawResponse::decode), [`get`](RawResponse::get) and serialization return the values
/// unchanged.
#[derive(Clone, PartialEq, Eq)]
pub struct RawResponse(serde_json::Map<String, serde_json::Value>);

impl RawResponse {
    /// Decodes the response into a type, for example `serde_json::Value`.
    ///
    /// # Errors
    ///
    /// Returns an error with the path of the field that does not fit the type.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, RawDecodeError> {
        decode_value(serde_json::Value::Object(self.0.clone())).map_err(|message| {
            // It quotes the value.
            let message = without_signatures(&message, PLACEHOLDER);
            RawDecodeError { message: one_line(message).into_owned() }
        })
    }

    /// Returns a string, number or boolean field as a string.
    ///
    /// Returns `None` if the field does not exist or has another type.
    pub fn get(&self, field: &str) -> Option<String> {
        match self.0.get(field)? {
            serde_json::Value::String(string) => Some(string.clone()),
            value @ (serde_json::Value::Number(_) | serde_json::Value::Bool(_)) => {
                Some(value.to_string())
            }
            _ => None,
        }
    }
}

impl fmt::Display for RawResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = if f.alternate() {
            serde_json::to_string_pretty(&self.0)
        } else {
            serde_json::to_string(&self.0)
        };
        f.write_str(&without_signatures(&json.map_err(|_| fmt::Error)?, PLACEHOLDER))
    }
}

impl fmt::Debug for RawResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawResponse({self})")
    }
}

impl<'de> Deserialize<'de> for RawResponse {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::Object(fields) => Ok(Self(fields)),
            _ => Err(D::Error::custom("expected a JSON object")),
        }
    }
}

impl Serialize for RawResponse {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// The error of [`RawResponse::decode`].
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot decode the response: {message}")]
pub struct RawDecodeError {
    message: String,
}

impl fmt::Debug for RawDecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_report(f, self)
    }
}
