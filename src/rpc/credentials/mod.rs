//! Credentials: the access key that signs requests, and the providers that need no API to get one.
//!
//! A provider that calls an API stands above this folder, because it is a user of the client.

mod cached;
mod credentials_error;
mod ecs;
mod environment;
mod process;
mod uri;

use std::fmt;
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

pub use cached::Cached;
pub use credentials_error::CredentialsError;
pub(crate) use credentials_error::NoResponse;
pub use ecs::EcsRamRoleProvider;
pub use environment::EnvironmentProvider;
pub use process::ProcessProvider;
pub use uri::UriProvider;

use crate::rpc::sign::acs3::SigningKey;
use crate::rpc::value::Secret;

/// An access key, perhaps a temporary one. Cheap to clone: clones share one secret.
///
/// `Debug` shows the key id and hides secret and token. As a
/// [`CredentialsProvider`] it provides itself.
///
/// ```
/// use aliyun_dbs::credentials::Credentials;
///
/// let credentials = Credentials::new("LTAI-example", "the secret");
/// assert!(!format!("{credentials:?}").contains("the secret"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials(Arc<AccessKey>);

#[derive(Clone)]
struct AccessKey {
    id: String,
    secret: Secret,
    security_token: Option<Secret>,
    expiration: Option<OffsetDateTime>,
    /// Whether requests go unsigned.
    anonymous: bool,
    /// The secret, ready to sign, once it was used.
    signing_key: OnceLock<SigningKey>,
}

impl PartialEq for AccessKey {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
            && self.secret == other.secret
            && self.security_token == other.security_token
            && self.expiration == other.expiration
            && self.anonymous == other.anonymous
    }
}

impl Eq for AccessKey {}

impl Credentials {
    /// A permanent access key.
    pub fn new(access_key_id: impl Into<String>, access_key_secret: impl Into<Secret>) -> Self {
        Self(Arc::new(AccessKey {
            id: access_key_id.into(),
            secret: access_key_secret.into(),
            security_token: None,
            expiration: None,
            anonymous: false,
            signing_key: OnceLock::new(),
        }))
    }

    /// No key: requests go unsigned, as operations want it that have another proof of identity.
    pub(crate) fn anonymous() -> Self {
        let mut credentials = Self::new("", "");
        Arc::make_mut(&mut credentials.0).anonymous = true;
        credentials
    }

    pub(crate) fn is_anonymous(&self) -> bool {
        self.0.anonymous
    }

    /// Makes it a temporary key, which is only good with its token.
    #[must_use]
    pub fn with_security_token(mut self, token: impl Into<Secret>) -> Self {
        Arc::make_mut(&mut self.0).security_token = Some(token.into());
        self
    }

    /// Says when the key expires.
    #[must_use]
    pub fn with_expiration(mut self, expiration: OffsetDateTime) -> Self {
        Arc::make_mut(&mut self.0).expiration = Some(expiration);
        self
    }

    /// Id of the key; not a secret.
    pub fn access_key_id(&self) -> &str {
        &self.0.id
    }

    /// Secret of the key.
    pub fn access_key_secret(&self) -> &Secret {
        &self.0.secret
    }

    /// Token of a temporary key.
    pub fn security_token(&self) -> Option<&Secret> {
        self.0.security_token.as_ref()
    }

    /// When the key expires, if it does and that is known.
    pub fn expiration(&self) -> Option<OffsetDateTime> {
        self.0.expiration
    }

    /// The secret, ready to sign; made once for all clones.
    pub(crate) fn signing_key(&self) -> &SigningKey {
        self.0.signing_key.get_or_init(|| SigningKey::new(self.0.secret.expose()))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("access_key_id", &self.0.id)
            .field("access_key_secret", &self.0.secret)
            .field("security_token", &self.0.security_token)
            .field("expiration", &self.0.expiration)
            .finish()
    }
}

/// A source of credentials, asked before every attempt of a call.
///
/// An implementation that fetches them keeps them until shortly before they expire.
#[async_trait]
pub trait CredentialsProvider: fmt::Debug + Send + Sync {
    /// Credentials that are valid now.
    ///
    /// # Errors
    ///
    /// When there are none; the message says what was looked for, and where.
    async fn credentials(&self) -> Result<Credentials, CredentialsError>;

    /// Credentials that are at hand and valid now, for which nothing needs to be waited for; a call
    /// asks this first. `None` leads to [`credentials`](Self::credentials). Credentials that
    /// [`refresh`](Self::refresh) was told of as rejected must not come back from here.
    fn cached(&self) -> Option<Credentials> {
        None
    }

    /// Credentials in place of ones that the service has rejected as expired or invalid. A
    /// provider that keeps what it fetched fetches anew; others look again.
    ///
    /// # Errors
    ///
    /// As [`credentials`](Self::credentials).
    async fn refresh(&self, rejected: &Credentials) -> Result<Credentials, CredentialsError> {
        let _ = rejected;
        self.credentials().await
    }
}

#[async_trait]
impl<P: CredentialsProvider + ?Sized> CredentialsProvider for Arc<P> {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        (**self).credentials().await
    }

    fn cached(&self) -> Option<Credentials> {
        (**self).cached()
    }

    async fn refresh(&self, rejected: &Credentials) -> Result<Credentials, CredentialsError> {
        (**self).refresh(rejected).await
    }
}

#[async_trait]
impl CredentialsProvider for Credentials {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        Ok(self.clone())
    }

    fn cached(&self) -> Option<Credentials> {
        Some(self.clone())
    }
}

/// An expiry as the sources write it.
pub(crate) fn expiration(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text.trim(), &Rfc3339).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_the_key_id_only() {
        let credentials = Credentials::new("LTAI", "sesame").with_security_token("token-1");
        let shown = format!("{credentials:?}");
        assert!(shown.contains("LTAI"), "{shown}");
        assert!(!shown.contains("sesame") && !shown.contains("token-1"), "{shown}");
    }
}
