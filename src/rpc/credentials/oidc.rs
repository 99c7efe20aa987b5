//! Credentials by OpenID Connect, as pods in ACK get them (RRSA).

use async_trait::async_trait;

use super::sts::{self, RoleSession, StsEndpoint};
use super::{Credentials, CredentialsError, CredentialsProvider};
use crate::rpc::outside::Io;
use crate::rpc::value::Secret;

const ROLE_ARN: &str = "ALIBABA_CLOUD_ROLE_ARN";
const PROVIDER_ARN: &str = "ALIBABA_CLOUD_OIDC_PROVIDER_ARN";
const TOKEN_FILE: &str = "ALIBABA_CLOUD_OIDC_TOKEN_FILE";

/// A role taken on with the token that a cluster mounts into its pods (RRSA).
///
/// The token file is read at each fetch, because the cluster renews it; blanks around the token
/// are dropped. Keep it in a [`Cached`](super::Cached), as the chain does.
///
/// Source: `AssumeRoleWithOIDC`. The call is not signed, and the token travels in its body.
#[derive(Clone, Debug)]
pub struct OidcProvider {
    provider_arn: String,
    token_file: String,
    session: RoleSession,
    endpoint: StsEndpoint,
    io: Io,
}

impl OidcProvider {
    /// Takes a role on with the token in a file, for an identity provider
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
            endpoint: StsEndpoint::from_variables(&io),
            io,
        }
    }

    /// As `ALIBABA_CLOUD_ROLE_ARN`, `ALIBABA_CLOUD_OIDC_PROVIDER_ARN` and
    /// `ALIBABA_CLOUD_OIDC_TOKEN_FILE` say.
    ///
    /// # Errors
    ///
    /// Not configured when the provider's ARN and the token file are both missing; broken, and
    /// saying what is missing, when only some of the three are there. `ALIBABA_CLOUD_ROLE_ARN`
    /// alone is for other sources as well, and configures nothing.
    pub fn from_variables(io: Io) -> Result<Self, CredentialsError> {
        let role = io.variable(ROLE_ARN);
        match (role, io.variable(PROVIDER_ARN), io.variable(TOKEN_FILE)) {
            (Some(role), Some(provider), Some(file)) => {
                Ok(Self::new(provider, file, RoleSession::of(role), io))
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

    /// Calls another endpoint of STS than the variables say.
    #[must_use]
    pub fn endpoint(mut self, endpoint: StsEndpoint) -> Self {
        self.endpoint = endpoint;
        self
    }
}

#[async_trait]
impl CredentialsProvider for OidcProvider {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        let file = &self.token_file;
        let text = self.io.read(file.as_ref()).map_err(|error| {
            CredentialsError::new(format!("the token file {file} cannot be read: {error}"))
        })?;
        let token = Secret::from(text.trim());
        if token.is_empty() {
            return Err(CredentialsError::new(format!("the token file {file} is empty")));
        }
        let (endpoint, session) = (&self.endpoint, &self.session);
        sts::assume_role_with_oidc(&self.io, endpoint, &self.provider_arn, &token, session).await
    }
}
