//! `EcsRamRoleProvider`: credentials of the RAM role of an ECS instance.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};

use super::uri::CredentialsResponse;
use super::{Credentials, CredentialsError, CredentialsProvider, server_ahead};
use crate::rpc::outside::{Io, Route};
use crate::rpc::value::Secret;

const ROLE: &str = "ALIBABA_CLOUD_ECS_METADATA";
const DISABLED: &str = "ALIBABA_CLOUD_ECS_METADATA_DISABLED";
const V1_DISABLED: &str = "ALIBABA_CLOUD_IMDSV1_DISABLED";

const ENDPOINT: &str = "http://100.100.100.200";
const ROLES_PATH: &str = "/latest/meta-data/ram/security-credentials/";
/// The timeout of one request. Connecting times out after one second, so that the chain soon continues
/// outside of ECS; the rest is for a response that is late.
const TIMEOUT: Duration = Duration::from_secs(2);
/// The lifetime of a token of the metadata service.
const TOKEN_SECONDS: &str = "21600";

/// Fetches temporary credentials of the RAM role of the ECS instance that runs the process.
///
/// The source is the metadata service of the instance, `http://100.100.100.200`.
/// [`from_env`](Self::from_env) reads the first two variables, and every request reads the third:
///
/// | variable | value |
/// | --- | --- |
/// | `ALIBABA_CLOUD_ECS_METADATA` | The name of the role. Defaults to the role that the metadata service names. |
/// | `ALIBABA_CLOUD_ECS_METADATA_DISABLED` | `true` disables the provider. |
/// | `ALIBABA_CLOUD_IMDSV1_DISABLED` | `true` forbids requests without a token (version 1 of the service). |
///
/// The provider requests a token (IMDSv2) that is valid for 6 hours. If it gets none, or the
/// service refuses the request with the token, it sends the request without one, unless that is
/// forbidden. No request uses a proxy. Connecting times out after 1 second, each request after 2.
///
/// The credentials have an expiration. The provider fetches them at every call; wrap it in a
/// [`Cached`](super::Cached), as the default chain does.
///
/// # Errors
///
/// The error is [not configured](CredentialsError::is_not_configured) if the role has no given
/// name, and the metadata service cannot be reached or names no role. Any other failure ends a
/// chain. A role name has at most 64 ASCII letters, digits, `.`, `_` or `-`; any other one is an error
/// that does not show it. A broken connection, a timeout, and the statuses 429 and 5xx are
/// [transient](CredentialsError::is_transient).
#[derive(Clone)]
pub struct EcsRamRoleProvider {
    role: Option<String>,
    endpoint: String,
    io: Io,
}

impl fmt::Debug for EcsRamRoleProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let role = self.role.as_deref().filter(|role| is_role_name(role));
        f.debug_struct("EcsRamRoleProvider").field("role", &role).finish_non_exhaustive()
    }
}

/// Returns whether a string is the name of a RAM role. Another response may contain a secret.
fn is_role_name(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '@' | '_' | '-');
    (1..=64).contains(&name.len()) && name.chars().all(allowed)
}

enum MetadataError {
    /// The metadata service does not exist here, or the instance has no role.
    Absent(CredentialsError),
    Failed(CredentialsError),
}

impl MetadataError {
    fn into_failed(self) -> Self {
        match self {
            Self::Absent(error) | Self::Failed(error) => Self::Failed(error),
        }
    }
}

impl EcsRamRoleProvider {
    /// Creates a provider for a role. `None` selects the role that the metadata service names.
    pub fn new(role: Option<String>, io: Io) -> Self {
        Self { role, endpoint: ENDPOINT.to_owned(), io }
    }

    /// Creates a provider from `ALIBABA_CLOUD_ECS_METADATA` and
    /// `ALIBABA_CLOUD_ECS_METADATA_DISABLED`.
    ///
    /// # Errors
    ///
    /// Returns an error that is [not configured](CredentialsError::is_not_configured) if the
    /// provider is disabled.
    pub fn from_env(io: Io) -> Result<Self, CredentialsError> {
        if io.is_true(DISABLED) {
            return Err(CredentialsError::not_configured(format!("{DISABLED} is `true`")));
        }
        let role = io.variable(ROLE);
        Ok(Self::new(role, io))
    }

    /// Creates a provider for a profile, whose role overrides that of the environment.
    ///
    /// Returns why the environment forbids it, if it does.
    pub(crate) fn of_profile(role: Option<String>, io: &Io) -> Result<Self, CredentialsError> {
        let provider = Self::from_env(io.clone())?;
        Ok(Self { role: role.or(provider.role), ..provider })
    }

    /// Sets the endpoint of the metadata service, for tests.
    ///
    /// Defaults to `http://100.100.100.200`.
    #[must_use]
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        let url: String = url.into();
        url.trim_end_matches('/').clone_into(&mut self.endpoint);
        self
    }

    async fn request(
        &self,
        method: Method,
        path: &str,
        header: Option<(&str, &str)>,
    ) -> Result<Response<Bytes>, CredentialsError> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.endpoint));
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        let request = request.body(Bytes::new()).map_err(|_| {
            CredentialsError::new(
                "invalid request to the metadata service: the endpoint, the token or the role name \
                 has a character that HTTP does not allow",
            )
        })?;
        self.io.send(Route::Direct, request, TIMEOUT).await.map_err(|error| {
            CredentialsError::from_exchange("request to the metadata service", error)
        })
    }

    /// Requests a token, and returns `None` if the metadata service does not return one.
    async fn token(&self) -> Result<Option<Secret>, CredentialsError> {
        let header = ("x-aliyun-ecs-metadata-token-ttl-seconds", TOKEN_SECONDS);
        let response = self.request(Method::PUT, "/latest/api/token", Some(header)).await?;
        let token = std::str::from_utf8(response.body()).unwrap_or_default().trim();
        let is_token = response.status() == StatusCode::OK && !token.is_empty();
        Ok(is_token.then(|| token.into()))
    }

    /// Gets a path with a new token, or without one as fallback.
    async fn get(&self, path: &str) -> Result<Response<Bytes>, MetadataError> {
        let allows_v1 = !self.io.is_true(V1_DISABLED);
        match self.token().await {
            Ok(Some(token)) => {
                let header = ("x-aliyun-ecs-metadata-token", token.expose());
                match self.request(Method::GET, path, Some(header)).await {
                    Ok(response) if response.status() == StatusCode::OK || !allows_v1 => {
                        return Ok(response);
                    }
                    Err(error) if !allows_v1 => return Err(MetadataError::Failed(error)),
                    _ => {}
                }
            }
            Ok(None) if !allows_v1 => {
                return Err(MetadataError::Failed(CredentialsError::new(format!(
                    "request to the metadata service failed: it returned no token, and \
                     {V1_DISABLED} is `true`; unset it to allow requests without a token"
                ))));
            }
            Err(error) if !allows_v1 => return Err(MetadataError::Absent(error)),
            _ => {}
        }
        self.request(Method::GET, path, None).await.map_err(MetadataError::Absent)
    }

    async fn instance_role(&self) -> Result<String, MetadataError> {
        let response = self.get(ROLES_PATH).await?;
        let role = std::str::from_utf8(response.body()).unwrap_or_default().trim();
        let status = response.status();
        if status == StatusCode::NOT_FOUND || (status == StatusCode::OK && role.is_empty()) {
            let message = "this ECS instance has no RAM role; attach one to it";
            return Err(MetadataError::Absent(CredentialsError::new(message)));
        }
        if status != StatusCode::OK || !is_role_name(role) {
            let message = format!(
                "unexpected response at the address of the metadata service (HTTP {}): expected the \
                 name of a RAM role",
                status.as_u16()
            );
            return Err(MetadataError::Absent(CredentialsError::from_status(status, message)));
        }
        Ok(role.to_owned())
    }

    async fn fetch(&self) -> Result<Credentials, MetadataError> {
        let (role, shown) = match &self.role {
            Some(role) if is_role_name(role) => (role.clone(), format!("RAM role `{role}`")),
            Some(_) => {
                return Err(MetadataError::Failed(CredentialsError::new(format!(
                    "invalid name of a RAM role: expected at most 64 ASCII letters, digits, `.`, `_` \
                     or `-`; check {ROLE} or the profile"
                ))));
            }
            // Messages do not repeat what a server sent.
            None => (self.instance_role().await?, "the RAM role of this instance".to_owned()),
        };
        let operation = format!("getting credentials of {shown}");
        let failed = |reason: &str| {
            MetadataError::Failed(CredentialsError::new(format!("{operation} failed: {reason}")))
        };
        // A metadata service that named the role exists, so no response is a failure.
        let path = format!("{ROLES_PATH}{role}");
        let response = self.get(&path).await.map_err(MetadataError::into_failed)?;
        if response.status() != StatusCode::OK {
            let status = response.status();
            let message = format!(
                "{operation} failed: the metadata service returned HTTP {}; check that this \
                 instance has the role",
                status.as_u16()
            );
            return Err(MetadataError::Failed(CredentialsError::from_status(status, message)));
        }
        let ahead = server_ahead(response.headers(), self.io.clock().now());
        let response: CredentialsResponse = serde_json::from_slice(response.body())
            .map_err(|_| failed("the response of the metadata service is not JSON"))?;
        if response.code.as_deref() != Some("Success") {
            return Err(failed(
                "expected `Code` to be `Success` in the response of the metadata service",
            ));
        }
        response.into_credentials().map(|key| key.with_server_ahead(ahead)).ok_or_else(|| {
            failed(
                "expected `AccessKeyId`, `AccessKeySecret`, `SecurityToken` and `Expiration` \
                 (RFC 3339) from the metadata service",
            )
        })
    }
}

#[async_trait]
impl CredentialsProvider for EcsRamRoleProvider {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        self.fetch().await.map_err(|error| match error {
            MetadataError::Failed(error) => error,
            // The name of a role configures the source.
            MetadataError::Absent(error) if self.role.is_some() => error,
            MetadataError::Absent(error) => error.as_not_configured(),
        })
    }
}
