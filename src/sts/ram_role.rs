//! `RamRoleProvider`: credentials of a RAM role that another identity assumes.

use std::sync::Arc;

use async_trait::async_trait;

use super::assume_role::AssumeRole;
use super::endpoint::StsEndpoint;
use super::exchange::Exchange;
use super::session::RoleSession;
use crate::rpc::credentials::{Credentials, CredentialsError, CredentialsProvider};
use crate::rpc::outside::Io;

/// Assumes a RAM role with other credentials.
///
/// The other credentials are fetched at each call, so temporary ones stay valid. Wrap it in a
/// [`Cached`](crate::credentials::Cached), as the chain does.
///
/// Source: `AssumeRole`.
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
    exchange: Exchange,
}

impl RamRoleProvider {
    /// Assumes a role with other credentials.
    pub fn new(source: impl CredentialsProvider + 'static, session: RoleSession, io: Io) -> Self {
        Self { session, exchange: Exchange::new(Arc::new(source), io) }
    }

    /// Sets the endpoint of STS; overrides the variables.
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
            external_id: self.session.given_external_id(),
        };
        self.exchange.credentials(self.session.role_arn(), request).await
    }
}
