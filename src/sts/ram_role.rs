//! `RamRoleProvider`: assumes a RAM role with other credentials.

use std::sync::Arc;

use async_trait::async_trait;

use super::assume_role::AssumeRole;
use super::endpoint::StsEndpoint;
use super::exchange::StsExchange;
use super::session::RoleSession;
use crate::rpc::credentials::{Credentials, CredentialsError, CredentialsProvider};
use crate::rpc::outside::Io;

/// Assumes a RAM role with the credentials of another provider.
///
/// The provider signs `AssumeRole` with the source credentials, which it gets from the other
/// provider at every call. The [`RoleSession`] sets the role and the lifetime of the session, which
/// defaults to one hour. The provider reads `ALIBABA_CLOUD_ROLE_SESSION_NAME` for the
/// [name of the session](RoleSession::session_name), and the variables of the
/// [endpoint of STS](StsEndpoint).
///
/// It calls STS at every call; wrap it in a [`Cached`](crate::credentials::Cached).
///
/// # Errors
///
/// Fails if the other provider fails, if the session is invalid, and if STS rejects the request;
/// the message names the code and the request id. A transient failure of the other provider, a
/// broken connection, no response within 10 seconds, throttling and 5xx statuses are
/// [transient](CredentialsError::is_transient).
///
/// # Examples
///
/// ```
/// use aliyun_dbs::credentials::{Cached, Credentials, Io, RamRoleProvider, RoleSession};
/// use aliyun_dbs::SystemClock;
///
/// let source = Credentials::new("LTAI-example", "the secret");
/// let session = RoleSession::new("acs:ram::123456789012:role/backups").session_name("nightly");
/// let role = RamRoleProvider::new(source, session, Io::system());
/// let provider = Cached::new(role, std::sync::Arc::new(SystemClock::new()));
/// ```
#[derive(Debug)]
pub struct RamRoleProvider {
    session: RoleSession,
    exchange: StsExchange,
}

impl RamRoleProvider {
    /// Creates a provider from the source of its credentials and a session.
    pub fn new(source: impl CredentialsProvider + 'static, session: RoleSession, io: Io) -> Self {
        Self { session, exchange: StsExchange::new(Arc::new(source), io) }
    }

    /// Sets the endpoint of STS. Defaults to the one that the environment names.
    #[must_use]
    pub fn endpoint(self, endpoint: StsEndpoint) -> Self {
        Self { exchange: self.exchange.endpoint(endpoint), ..self }
    }
}

#[async_trait]
impl CredentialsProvider for RamRoleProvider {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        let request = AssumeRole {
            session: self.session.parameters(self.exchange.io())?,
            external_id: self.session.external_id_parameter(),
        };
        self.exchange.credentials(self.session.shown_role(), request).await
    }
}
