//! `OidcProvider`: assumes a role with an OpenID Connect token (RRSA).

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use super::assume_role_with_oidc::AssumeRoleWithOidc;
use super::endpoint::StsEndpoint;
use super::exchange::StsExchange;
use super::session::RoleSession;
use crate::rpc::credentials::{Credentials, CredentialsError, CredentialsProvider};
use crate::rpc::outside::Io;
use crate::rpc::value::Secret;

const ROLE_ARN: &str = "ALIBABA_CLOUD_ROLE_ARN";
const PROVIDER_ARN: &str = "ALIBABA_CLOUD_OIDC_PROVIDER_ARN";
const TOKEN_FILE: &str = "ALIBABA_CLOUD_OIDC_TOKEN_FILE";

/// Assumes a RAM role with the OpenID Connect token of a pod (RRSA).
///
/// The cluster mounts the token into its pods as a file.
/// [`from_env`](Self::from_env) reads these variables:
///
/// | variable | value |
/// | --- | --- |
/// | `ALIBABA_CLOUD_ROLE_ARN` | The role, `acs:ram::<account>:role/<name>`. Required. |
/// | `ALIBABA_CLOUD_OIDC_PROVIDER_ARN` | The identity provider, `acs:ram::<account>:oidc-provider/<name>`. Required. |
/// | `ALIBABA_CLOUD_OIDC_TOKEN_FILE` | The path of the token file. Required. |
/// | `ALIBABA_CLOUD_ROLE_SESSION_NAME` | The [name of the session](RoleSession::session_name). Optional. |
/// | `ALIBABA_CLOUD_STS_REGION`, `ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED` | The [endpoint of STS](StsEndpoint). Optional. |
///
/// The provider reads the token file at every call, because the cluster renews it, and removes
/// whitespace around the token. It sends `AssumeRoleWithOIDC` without a signature, and the token in
/// the body.
///
/// The credentials are valid for one hour, or as the [`RoleSession`] sets. Wrap the provider in a
/// [`Cached`](crate::credentials::Cached), as the default chain does.
///
/// # Errors
///
/// Fails if the token file cannot be read, is empty, is not a regular file or has more than 1 MiB,
/// if the session is invalid, and if STS rejects the request; the message names the code and the
/// request id. A token file that does not exist or is empty, as when a pod starts, a broken
/// connection, no response within 10 seconds, throttling and the statuses 5xx are
/// [transient](CredentialsError::is_transient).
#[derive(Clone)]
pub struct OidcProvider {
    provider_arn: String,
    token_file: String,
    session: RoleSession,
    exchange: StsExchange,
}

impl OidcProvider {
    /// Creates a provider from an identity provider, a token file and a role.
    ///
    /// `provider_arn` has the form `acs:ram::<account>:oidc-provider/<name>`.
    pub fn new(
        provider_arn: impl Into<String>,
        token_file: impl Into<String>,
        session: RoleSession,
        io: Io,
    ) -> Self {
        Self {
            provider_arn: provider_arn.into(),
            token_file: token_file.into(),
            session,
            exchange: StsExchange::new(Arc::new(Credentials::anonymous()), io),
        }
    }

    /// Creates a provider from environment variables; see the [table](Self).
    ///
    /// # Errors
    ///
    /// Returns an error that is [not configured](CredentialsError::is_not_configured) if both
    /// `ALIBABA_CLOUD_OIDC_PROVIDER_ARN` and `ALIBABA_CLOUD_OIDC_TOKEN_FILE` are unset. If one of
    /// them is set, but not all three required variables are, the error is a failure that names the
    /// missing ones. `ALIBABA_CLOUD_ROLE_ARN` alone configures nothing, because other sources read
    /// it too.
    pub fn from_env(io: Io) -> Result<Self, CredentialsError> {
        let role = io.variable(ROLE_ARN);
        match (role, io.variable(PROVIDER_ARN), io.variable(TOKEN_FILE)) {
            (Some(role), Some(provider), Some(file)) => {
                Ok(Self::new(provider, file, RoleSession::new(role), io))
            }
            (_, None, None) => Err(CredentialsError::not_configured(format!(
                "{PROVIDER_ARN} and {TOKEN_FILE} are not set"
            ))),
            (role, provider, file) => {
                let missing = [(ROLE_ARN, role), (PROVIDER_ARN, provider), (TOKEN_FILE, file)];
                let missing: Vec<_> = missing
                    .into_iter()
                    .filter_map(|(name, value)| value.is_none().then_some(name))
                    .collect();
                let verb = if missing.len() == 1 { "is" } else { "are" };
                Err(CredentialsError::new(format!(
                    "{} {verb} not set; OIDC requires {ROLE_ARN}, {PROVIDER_ARN} and {TOKEN_FILE}",
                    missing.join(" and ")
                )))
            }
        }
    }

    /// Reads the token. A file that is absent or empty is about to be written.
    async fn token(&self) -> Result<Secret, CredentialsError> {
        let shown = shown_path(&self.token_file);
        let content = self.exchange.io().read(self.token_file.as_ref()).await.map_err(|error| {
            let message = format!(
                "reading OIDC token file `{shown}` failed: {error}; check its path and permissions"
            );
            if error.kind() == std::io::ErrorKind::NotFound {
                CredentialsError::transient(message)
            } else {
                CredentialsError::new(message)
            }
        })?;
        let token = Secret::from(zeroize::Zeroizing::new(content).trim());
        if token.is_empty() {
            return Err(CredentialsError::transient(format!(
                "invalid OIDC token file `{shown}`: expected a token, got an empty file"
            )));
        }
        if token.expose().contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(CredentialsError::new(format!(
                "invalid OIDC token file `{shown}`: expected one token, got more than one word"
            )));
        }
        Ok(token)
    }

    /// Sets the endpoint of STS. Defaults to the one that the environment names.
    #[must_use]
    pub fn endpoint(self, endpoint: StsEndpoint) -> Self {
        Self { exchange: self.exchange.endpoint(endpoint), ..self }
    }
}

/// Returns a path for messages, or an ellipsis in place of a string that does not look like one.
///
/// The token itself may have been configured in place of its path.
fn shown_path(path: &str) -> &str {
    let is_path = path.contains(['/', '\\']) && !path.contains('@') && !path.contains("://");
    if is_path && path.len() <= 255 { path } else { "…" }
}

impl fmt::Debug for OidcProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcProvider")
            .field("token_file", &shown_path(&self.token_file))
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl CredentialsProvider for OidcProvider {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        let request = AssumeRoleWithOidc {
            session: self.session.parameters(self.exchange.io())?,
            provider_arn: self.provider_arn.clone(),
            token: self.token().await?,
        };
        self.exchange.credentials(self.session.shown_role(), request).await
    }
}
