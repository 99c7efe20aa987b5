//! `OidcProvider`: assumes a role with an OpenID Connect token (RRSA).

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
/// Fails if the token file cannot be read or is empty, if the session is invalid, and if STS
/// rejects the request; the message names the code and the request id. A broken connection, no
/// response within 10 seconds, throttling and 5xx statuses are
/// [transient](CredentialsError::is_transient).
#[derive(Clone, Debug)]
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

    /// Sets the endpoint of STS. Defaults to the one that the environment names.
    #[must_use]
    pub fn endpoint(self, endpoint: StsEndpoint) -> Self {
        Self { exchange: self.exchange.endpoint(endpoint), ..self }
    }
}

#[async_trait]
impl CredentialsProvider for OidcProvider {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        let file = &self.token_file;
        let content = self.exchange.io().read(file.as_ref()).map_err(|error| {
            CredentialsError::new(format!(
                "reading OIDC token file `{file}` failed: {error}; check its path and permissions"
            ))
        })?;
        let token = Secret::from(content.trim());
        if token.is_empty() {
            return Err(CredentialsError::new(format!(
                "invalid OIDC token file `{file}`: expected a token, got an empty file"
            )));
        }
        let request = AssumeRoleWithOidc {
            session: self.session.parameters(self.exchange.io())?,
            provider_arn: self.provider_arn.clone(),
            token,
        };
        self.exchange.credentials(self.session.role_arn(), request).await
    }
}
