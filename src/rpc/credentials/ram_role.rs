//! Credentials of a RAM role that another identity takes on.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use super::sts::{self, RoleSession, StsEndpoint};
use super::{Credentials, CredentialsError, CredentialsProvider};
use crate::rpc::outside::Io;

/// A role taken on by the owner of other credentials.
///
/// The other credentials are asked for at each fetch, so temporary ones stay valid. Keep it in a
/// [`Cached`](super::Cached), as the chain does.
///
/// Source: `AssumeRole`.
///
/// ```
/// use aliyun_dbs::credentials::{Cached, Credentials, Io, RamRoleProvider, RoleSession};
/// use aliyun_dbs::clock::SystemClock;
///
/// let by = Credentials::new("LTAI-example", "the secret");
/// let session = RoleSession::of("acs:ram::123456789012:role/backups").session_name("nightly");
/// let role = RamRoleProvider::new(by, session, Io::system());
/// let provider = Cached::new(role, std::sync::Arc::new(SystemClock::new()));
/// ```
pub struct RamRoleProvider {
    by: Arc<dyn CredentialsProvider>,
    session: RoleSession,
    endpoint: StsEndpoint,
    io: Io,
}

impl RamRoleProvider {
    /// Takes a role on by other credentials.
    pub fn new(by: impl CredentialsProvider + 'static, session: RoleSession, io: Io) -> Self {
        let endpoint = StsEndpoint::from_variables(&io);
        Self { by: Arc::new(by), session, endpoint, io }
    }

    /// Calls another endpoint of STS than the variables say.
    #[must_use]
    pub fn endpoint(mut self, endpoint: StsEndpoint) -> Self {
        self.endpoint = endpoint;
        self
    }
}

#[async_trait]
impl CredentialsProvider for RamRoleProvider {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        let by = self.by.credentials().await.map_err(|error| {
            let role = self.session.role_arn();
            error.reworded(format!("there is nobody to take {role} on: {error}"))
        })?;
        sts::assume_role(&self.io, &self.endpoint, &by, &self.session).await
    }
}

impl fmt::Debug for RamRoleProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RamRoleProvider")
            .field("by", &self.by)
            .field("session", &self.session)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}
