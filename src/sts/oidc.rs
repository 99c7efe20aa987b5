//! `OidcProvider`: credentials by OpenID Connect, as pods in ACK get them (RRSA).

use std::sync::Arc;

use async_trait::async_trait;

use super::assume_role_with_oidc::AssumeRoleWithOidc;
use super::endpoint::StsEndpoint;
use super::exchange::Exchange;
use super::session::RoleSession;
use crate::rpc::credentials::{Credentials, CredentialsError, CredentialsProvider};
use crate::rpc::outside::Io;
use crate::rpc::value::Secret;

const ROLE_ARN: &str = "ALIBABA_CLOUD_ROLE_ARN";
const PROVIDER_ARN: &str = "ALIBABA_CLOUD_OIDC_PROVIDER_ARN";
const TOKEN_FILE: &str = "ALIBABA_CLOUD_OIDC_TOKEN_FILE";

/// Assumes a role with the token that a cluster mounts into its pods (RRSA).
///
/// The token file is read at each call, because the cluster renews it; whitespace around the token
/// is removed. Wrap it in a [`Cached`](crate::credentials::Cached), as the chain does.
///
/// Source: `AssumeRoleWithOIDC`. The request is not signed, and the token travels in its body.
#[derive(Clone, Debug)]
pub struct OidcProvider {
    provider_arn: String,
    token_file: String,
    session: RoleSession,
    exchange: Exchange,
}

impl OidcProvider {
    /// Assumes a role with the token in a file, issued by an identity provider
    /// (`acs:ram::<account>:oidc-provider/<name>`).
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
            exchange: Exchange::new(Arc::new(Credentials::anonymous()), io),
        }
    }

    /// Reads `ALIBABA_CLOUD_ROLE_ARN`, `ALIBABA_CLOUD_OIDC_PROVIDER_ARN` and
    /// `ALIBABA_CLOUD_OIDC_TOKEN_FILE`.
    ///
    /// # Errors
    ///
    /// Returns an error that is [not configured](CredentialsError::is_not_configured) if both the
    /// provider's ARN and the token file are unset, and one that names what is missing if only
    /// some of the three are set. `ALIBABA_CLOUD_ROLE_ARN` alone configures nothing: other sources
    /// read it as well.
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
                    "{} {verb} not set; OIDC needs all of {ROLE_ARN}, {PROVIDER_ARN}, {TOKEN_FILE}",
                    missing.join(" and ")
                )))
            }
        }
    }

    /// Sets the endpoint of STS; overrides the variables.
    #[must_use]
    pub fn endpoint(self, endpoint: StsEndpoint) -> Self {
        Self { exchange: self.exchange.endpoint(endpoint), ..self }
    }
}

#[async_trait]
impl CredentialsProvider for OidcProvider {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        let file = &self.token_file;
        let text = self.exchange.io().read(file.as_ref()).map_err(|error| {
            CredentialsError::new(format!("the token file {file} cannot be read: {error}"))
        })?;
        let token = Secret::from(text.trim());
        if token.is_empty() {
            return Err(CredentialsError::new(format!("the token file {file} is empty")));
        }
        let request = AssumeRoleWithOidc {
            session: self.session.parameters(self.exchange.io())?,
            provider_arn: self.provider_arn.clone(),
            token,
        };
        self.exchange.credentials(self.session.role_arn(), request).await
    }
}
