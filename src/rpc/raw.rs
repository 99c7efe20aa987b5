//! `RawRequest`: an operation by its name, for what this crate has no type for.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::rpc::api::{Api, ApiInfo};
use crate::rpc::operation::{ApiRequest, Safety};
use crate::rpc::value::Secret;
use crate::rpc::wire::{EncodeError, Lenient, Parameters};

/// A request by operation name and parameters, checked by nobody but the service.
///
/// It is treated as [`Safety::Mutating`] until you say otherwise, so it is not sent again once it
/// may have been executed.
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
    /// A request for an operation of another API that this client's endpoint serves.
    pub fn for_api<A: Api>(action: impl Into<Cow<'static, str>>) -> Self {
        Self {
            api: ApiInfo::of::<A>(),
            version: None,
            action: action.into(),
            safety: Safety::Mutating,
            parameters: Parameters::new(),
        }
    }

    /// Names another version of the API; defaults to the version that the API's type stands for.
    pub fn version(mut self, version: impl Into<Cow<'static, str>>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// Sets a parameter to what its value displays as.
    pub fn parameter(mut self, name: impl AsRef<str>, value: impl fmt::Display) -> Self {
        self.parameters.set(name.as_ref(), value);
        self
    }

    /// Sets a parameter that must not be seen: it travels in the body and is not shown.
    pub fn secret_parameter(mut self, name: impl AsRef<str>, value: impl Into<Secret>) -> Self {
        self.parameters.set_secret(name.as_ref(), value.into());
        self
    }

    /// Says whether the operation may be sent again.
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

/// The answer to a [`RawRequest`]: the JSON object, without the members of the envelope
/// (`RequestId`, `HttpStatusCode`, `Success`, `ErrCode`, `ErrMessage`).
///
/// `Display` is its JSON text; [`decode`](RawResponse::decode) reads it into a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawResponse(serde_json::Map<String, serde_json::Value>);

impl RawResponse {
    /// Reads the answer into a type, for example `serde_json::Value`.
    ///
    /// # Errors
    ///
    /// When the answer does not have the members that the type wants.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, RawDecodeError> {
        serde_path_to_error::deserialize(Lenient::new(serde_json::Value::Object(self.0.clone())))
            .map_err(|error| RawDecodeError { message: error.to_string() })
    }

    /// The text of a member that is a string, a number or a flag.
    pub fn get(&self, member: &str) -> Option<String> {
        match self.0.get(member)? {
            serde_json::Value::String(text) => Some(text.clone()),
            value @ (serde_json::Value::Number(_) | serde_json::Value::Bool(_)) => {
                Some(value.to_string())
            }
            _ => None,
        }
    }
}

impl fmt::Display for RawResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(&self.0).map_err(|_| fmt::Error)?)
    }
}

impl<'de> Deserialize<'de> for RawResponse {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::Object(members) => Ok(Self(members)),
            _ => Err(D::Error::custom("the answer is not a JSON object")),
        }
    }
}

impl Serialize for RawResponse {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// A [`RawResponse`] that does not fit the type it was to be read into.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer does not fit the type: {message}")]
pub struct RawDecodeError {
    message: String,
}
