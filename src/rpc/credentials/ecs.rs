//! Credentials of the RAM role that an ECS instance has.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};

use super::uri::FetchedKeys;
use super::{Credentials, CredentialsError, CredentialsProvider};
use crate::rpc::outside::{Io, Route};
use crate::rpc::value::Secret;

const ROLE: &str = "ALIBABA_CLOUD_ECS_METADATA";
const DISABLED: &str = "ALIBABA_CLOUD_ECS_METADATA_DISABLED";
const V1_DISABLED: &str = "ALIBABA_CLOUD_IMDSV1_DISABLED";

const SERVICE: &str = "http://100.100.100.200";
const ROLES: &str = "/latest/meta-data/ram/security-credentials/";
/// How long one answer may take: off ECS nobody is there, and the chain shall go on.
const LIMIT: Duration = Duration::from_secs(1);
/// How long a token of the metadata service is good for.
const TOKEN_SECONDS: &str = "21600";

/// The RAM role of the ECS instance that the process runs on, from its metadata service.
///
/// It asks with a token (IMDSv2), and without one where that fails, unless
/// `ALIBABA_CLOUD_IMDSV1_DISABLED` is `true`. Keep it in a [`Cached`](super::Cached), as the
/// chain does. No proxy stands before the metadata service.
#[derive(Clone, Debug)]
pub struct EcsRamRoleProvider {
    role: Option<String>,
    endpoint: String,
    io: Io,
}

/// Why the metadata service gave nothing.
enum MetadataFailure {
    /// Nobody answers, or there is no such thing.
    Absent(CredentialsError),
    Broken(CredentialsError),
}

impl MetadataFailure {
    fn broken(self) -> Self {
        match self {
            Self::Absent(error) | Self::Broken(error) => Self::Broken(error),
        }
    }
}

impl EcsRamRoleProvider {
    /// Asks for this role, or first for its name.
    pub fn new(role: Option<String>, io: Io) -> Self {
        Self { role, endpoint: SERVICE.to_owned(), io }
    }

    /// As `ALIBABA_CLOUD_ECS_METADATA` (the role's name) and
    /// `ALIBABA_CLOUD_ECS_METADATA_DISABLED` say.
    ///
    /// # Errors
    ///
    /// Not configured when it is disabled.
    pub fn from_env(io: Io) -> Result<Self, CredentialsError> {
        if io.is_true(DISABLED) {
            return Err(CredentialsError::not_configured(format!("{DISABLED} is true")));
        }
        let role = io.variable(ROLE);
        Ok(Self::new(role, io))
    }

    /// Asks another service than `http://100.100.100.200`, for tests.
    #[must_use]
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        let url: String = url.into();
        url.trim_end_matches('/').clone_into(&mut self.endpoint);
        self
    }

    async fn ask(
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
                "the metadata service gave a token or role that HTTP cannot carry",
            )
        })?;
        self.io
            .send(Route::Direct, request, LIMIT)
            .await
            .map_err(|error| CredentialsError::unanswered("the metadata service", error))
    }

    /// A token of the metadata service; `None` where it gives none.
    async fn token(&self) -> Result<Option<Secret>, CredentialsError> {
        let header = ("x-aliyun-ecs-metadata-token-ttl-seconds", TOKEN_SECONDS);
        let answer = self.ask(Method::PUT, "/latest/api/token", Some(header)).await?;
        let text = std::str::from_utf8(answer.body()).unwrap_or_default().trim();
        let good = answer.status() == StatusCode::OK && !text.is_empty();
        Ok(good.then(|| text.into()))
    }

    /// Gets a path with a fresh token, and without one if that fails and is allowed.
    async fn get(&self, path: &str) -> Result<Response<Bytes>, MetadataFailure> {
        let v1 = !self.io.is_true(V1_DISABLED);
        match self.token().await {
            Ok(Some(token)) => {
                let header = ("x-aliyun-ecs-metadata-token", token.expose());
                match self.ask(Method::GET, path, Some(header)).await {
                    Ok(answer) if answer.status() == StatusCode::OK || !v1 => return Ok(answer),
                    Err(error) if !v1 => return Err(MetadataFailure::Broken(error)),
                    _ => {}
                }
            }
            Ok(None) if !v1 => {
                return Err(MetadataFailure::Broken(CredentialsError::new(format!(
                    "the metadata service gives no token, and {V1_DISABLED} is true"
                ))));
            }
            Err(error) if !v1 => return Err(MetadataFailure::Absent(error)),
            _ => {}
        }
        self.ask(Method::GET, path, None).await.map_err(MetadataFailure::Absent)
    }

    async fn role_of_the_instance(&self) -> Result<String, MetadataFailure> {
        let answer = self.get(ROLES).await?;
        let text = std::str::from_utf8(answer.body()).unwrap_or_default().trim();
        let status = answer.status();
        if status == StatusCode::NOT_FOUND || (status == StatusCode::OK && text.is_empty()) {
            let why = "this ECS instance has no RAM role";
            return Err(MetadataFailure::Absent(CredentialsError::new(why)));
        }
        if status != StatusCode::OK || text.contains(['\n', '<', '/']) {
            let why = format!(
                "what answers in place of the metadata service is none (HTTP {})",
                status.as_u16()
            );
            return Err(MetadataFailure::Absent(CredentialsError::of_status(status, why)));
        }
        Ok(text.to_owned())
    }

    async fn fetch(&self) -> Result<Credentials, MetadataFailure> {
        let role = match &self.role {
            Some(role) => role.clone(),
            None => self.role_of_the_instance().await?,
        };
        let broken = |why: String| MetadataFailure::Broken(CredentialsError::new(why));
        // A service that named the role is there, so its silence is a failure.
        let answer = self.get(&format!("{ROLES}{role}")).await.map_err(MetadataFailure::broken)?;
        if answer.status() != StatusCode::OK {
            let status = answer.status();
            let why = format!(
                "the metadata service answered HTTP {} for the role {role}; is it the role of this \
                 instance?",
                status.as_u16()
            );
            return Err(MetadataFailure::Broken(CredentialsError::of_status(status, why)));
        }
        let answer: FetchedKeys = serde_json::from_slice(answer.body()).map_err(|_| {
            broken(format!("the metadata service answered no JSON for the role {role}"))
        })?;
        if answer.code.as_deref() != Some("Success") {
            return Err(broken(format!(
                "the metadata service answered another Code than Success for the role {role}"
            )));
        }
        answer.credentials().ok_or_else(|| {
            broken(format!(
                "the metadata service answered no whole credentials for the role {role}"
            ))
        })
    }
}

#[async_trait]
impl CredentialsProvider for EcsRamRoleProvider {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        self.fetch().await.map_err(|failure| match failure {
            MetadataFailure::Broken(error) => error,
            // With the role's name somebody said that there is one.
            MetadataFailure::Absent(error) if self.role.is_some() => error,
            MetadataFailure::Absent(error) => error.as_not_configured(),
        })
    }
}
