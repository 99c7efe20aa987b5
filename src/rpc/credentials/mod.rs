//! Credentials, and the providers that call no API.
//!
//! The providers that call an API are in `sts` and `credentials`, because they use the client.

mod cached;
mod credentials_error;
mod ecs;
mod environment;
mod fetch;
mod process;
mod uri;

use std::fmt;
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use http::HeaderMap;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

pub use cached::Cached;
pub use credentials_error::CredentialsError;
pub(crate) use credentials_error::NoResponse;
pub use ecs::EcsRamRoleProvider;
pub use environment::EnvironmentProvider;
pub use process::ProcessProvider;
pub use uri::UriProvider;

use crate::rpc::http_date;
use crate::rpc::sign::acs3::SigningKey;
use crate::rpc::value::Secret;

/// An access key, permanent or temporary.
///
/// It signs requests, and is also a [`CredentialsProvider`] that returns itself. It is cheap to
/// clone, because clones share the secret. `Debug` shows the id of the key, and hides the secret
/// and the token.
///
/// # Examples
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
    /// How far the clock that `expiration` refers to is ahead of this machine's, if known.
    server_ahead: Option<time::Duration>,
    /// Whether requests are not signed.
    anonymous: bool,
    /// Derived from the secret at the first signature.
    signing_key: OnceLock<SigningKey>,
    /// Why a server would reject the key, if it would; found at the first request.
    defect: OnceLock<Option<&'static str>>,
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
    /// Creates a permanent access key.
    ///
    /// Whitespace around the id and the secret, such as the line break at the end of a file, is
    /// removed.
    pub fn new(access_key_id: impl Into<String>, access_key_secret: impl Into<Secret>) -> Self {
        Self(Arc::new(AccessKey {
            id: trimmed(access_key_id.into()),
            secret: access_key_secret.into().trimmed(),
            security_token: None,
            expiration: None,
            server_ahead: None,
            anonymous: false,
            signing_key: OnceLock::new(),
            defect: OnceLock::new(),
        }))
    }

    /// Creates credentials that sign nothing, for operations with another proof of identity.
    pub(crate) fn anonymous() -> Self {
        let mut credentials = Self::new("", "");
        Arc::make_mut(&mut credentials.0).anonymous = true;
        credentials
    }

    pub(crate) fn is_anonymous(&self) -> bool {
        self.0.anonymous
    }

    /// Sets the security token, which makes the key a temporary one.
    ///
    /// Whitespace around the token is removed.
    #[must_use]
    pub fn with_security_token(mut self, token: impl Into<Secret>) -> Self {
        let key = Arc::make_mut(&mut self.0);
        key.security_token = Some(token.into().trimmed());
        key.defect = OnceLock::new();
        self
    }

    /// Sets when the key expires. Without it, the time is unknown.
    #[must_use]
    pub fn with_expiration(mut self, expiration: OffsetDateTime) -> Self {
        Arc::make_mut(&mut self.0).expiration = Some(expiration);
        self
    }

    /// Sets how far the clock of the server that issued the key is ahead of this machine's.
    pub(crate) fn with_server_ahead(mut self, ahead: Option<time::Duration>) -> Self {
        Arc::make_mut(&mut self.0).server_ahead = ahead;
        self
    }

    /// Returns how far the clock of the server that issued the key is ahead, if known.
    pub(crate) fn server_ahead(&self) -> Option<time::Duration> {
        self.0.server_ahead
    }

    /// Returns when the key expires by the clock of this machine.
    ///
    /// `service_ahead` replaces the difference of the clocks if the source of the key told none.
    pub(crate) fn local_expiration(&self, service_ahead: time::Duration) -> Option<OffsetDateTime> {
        let expiration = self.0.expiration?;
        let ahead = self.0.server_ahead.unwrap_or(service_ahead);
        Some(expiration.checked_sub(ahead).unwrap_or(expiration))
    }

    /// Returns the id of the key, which is not a secret.
    pub fn access_key_id(&self) -> &str {
        &self.0.id
    }

    /// Returns the secret of the key.
    pub fn access_key_secret(&self) -> &Secret {
        &self.0.secret
    }

    /// Returns the security token of a temporary key.
    pub fn security_token(&self) -> Option<&Secret> {
        self.0.security_token.as_ref()
    }

    /// Returns when the key expires.
    ///
    /// `None` if it does not expire, or the time is unknown.
    pub fn expiration(&self) -> Option<OffsetDateTime> {
        self.0.expiration
    }

    /// Returns the signing key, which is derived once for all clones.
    pub(crate) fn signing_key(&self) -> &SigningKey {
        self.0.signing_key.get_or_init(|| SigningKey::new(self.0.secret.expose()))
    }

    /// Returns why a server would reject the key, if it would.
    pub(crate) fn defect(&self) -> Option<&'static str> {
        *self.0.defect.get_or_init(|| self.0.find_defect())
    }
}

impl AccessKey {
    fn find_defect(&self) -> Option<&'static str> {
        // The parts have no whitespace around them, so blank ones are empty.
        Some(if self.anonymous {
            return None;
        } else if self.id.is_empty() {
            "the access key id is empty"
        } else if self.secret.is_empty() {
            "the access key secret is empty"
        } else if self.id.contains(|c: char| !c.is_ascii_graphic()) {
            "the access key id contains a space, a line break or another invalid character"
        } else if self.secret.expose().contains(char::is_control) {
            "the access key secret contains a line break or another control character"
        } else if self.security_token.as_ref().is_some_and(Secret::is_empty) {
            "the security token is empty; omit it for a permanent access key"
        } else {
            return None;
        })
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

/// A source of credentials.
///
/// The client calls it before every attempt of a call, so an implementation that fetches
/// credentials should cache them. [`Cached`] adds a cache to any provider.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::credentials::{Credentials, CredentialsError, CredentialsProvider};
///
/// #[derive(Debug)]
/// struct Vault;
///
/// #[async_trait::async_trait]
/// impl CredentialsProvider for Vault {
///     async fn credentials(&self) -> Result<Credentials, CredentialsError> {
///         let read = |name: &str| std::fs::read_to_string(format!("/run/secrets/{name}"));
///         let failed = |error: std::io::Error| {
///             CredentialsError::new(format!("reading the access key failed: {error}"))
///         };
///         let (id, secret) = (read("id").map_err(failed)?, read("secret").map_err(failed)?);
///         Ok(Credentials::new(id.trim(), secret.trim()))
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not provide credentials",
    label = "expected `Credentials` or a provider, such as `DefaultChain::new()`",
    note = "if it is a reference, pass a clone, or an `Arc` of a provider"
)]
#[async_trait]
pub trait CredentialsProvider: fmt::Debug + Send + Sync {
    /// Returns valid credentials, and fetches them if necessary.
    ///
    /// # Errors
    ///
    /// Returns an error if no credentials are available. The message should say which source
    /// failed, why, and what to do, and must not contain a secret.
    async fn credentials(&self) -> Result<Credentials, CredentialsError>;

    /// Returns valid credentials that are available without waiting. Defaults to `None`.
    ///
    /// The client calls it first, and [`credentials`](Self::credentials) if it returns `None`. An
    /// implementation must not return credentials that were passed to [`refresh`](Self::refresh) as
    /// rejected.
    fn cached(&self) -> Option<Credentials> {
        None
    }

    /// Returns credentials that replace those that the service rejected as expired or invalid.
    ///
    /// A provider with a cache fetches new ones. Defaults to calling
    /// [`credentials`](Self::credentials).
    ///
    /// # Errors
    ///
    /// Returns the errors of [`credentials`](Self::credentials).
    async fn refresh(&self, rejected: &Credentials) -> Result<Credentials, CredentialsError> {
        let _ = rejected;
        self.credentials().await
    }

    /// Corrects the clock by which the provider decides whether credentials have expired.
    ///
    /// `service_ahead` is how far the service's clock is ahead of this machine's; it may be negative.
    /// The client calls it when the service rejects the time of a request. A provider that wraps
    /// another one should call that one's. Defaults to doing nothing.
    fn correct_clock(&self, service_ahead: time::Duration) {
        let _ = service_ahead;
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

    fn correct_clock(&self, service_ahead: time::Duration) {
        (**self).correct_clock(service_ahead);
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

fn trimmed(value: String) -> String {
    let trimmed = value.trim();
    if trimmed.len() == value.len() { value } else { trimmed.to_owned() }
}

/// Returns how far the server that sent a response is ahead of this machine, by its `Date`.
///
/// Differences up to a minute are treated as none, because `Date` has whole seconds and the
/// response may have been delayed.
pub(crate) fn server_ahead(headers: &HeaderMap, now: OffsetDateTime) -> Option<time::Duration> {
    let date = headers.get(http::header::DATE).and_then(|date| date.to_str().ok());
    let ahead = date.and_then(|date| http_date::parse(date, now)).map(|server| server - now)?;
    Some(if ahead.abs() > time::Duration::MINUTE { ahead } else { time::Duration::ZERO })
}

/// Parses an expiration time, which all sources write as RFC 3339.
pub(crate) fn parse_expiration(time: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(time.trim(), &Rfc3339).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whitespace_around_keys_is_removed() {
        let padded = Credentials::new(" LTAI\n", "a b\r\n").with_security_token("t\n");
        assert_eq!(padded, Credentials::new("LTAI", "a b").with_security_token("t"));
        assert_eq!(padded.access_key_secret().expose(), "a b");
    }

    #[test]
    fn defect_follows_the_security_token() {
        let credentials = Credentials::new("LTAI", "sesame");
        assert_eq!(credentials.defect(), None);
        let empty = credentials.with_security_token(" ");
        assert!(empty.defect().is_some_and(|why| why.contains("security token")));
        assert_eq!(empty.with_security_token("token").defect(), None);
        assert_eq!(Credentials::anonymous().defect(), None);
    }

    #[test]
    fn expiration_follows_the_servers_clock() {
        let now = OffsetDateTime::from_unix_timestamp(1_767_225_600).unwrap();
        let ahead = |date: &str| {
            let headers = [(http::header::DATE, date.parse().unwrap())].into_iter().collect();
            server_ahead(&headers, now)
        };
        let hours = time::Duration::hours;
        assert_eq!(ahead("Thu, 01 Jan 2026 02:00:00 GMT"), Some(hours(2)));
        assert_eq!(ahead("Wednesday, 31-Dec-25 22:00:00 GMT"), Some(hours(-2)));
        assert_eq!(ahead("Thu Jan  1 00:00:59 2026"), Some(hours(0)));
        assert_eq!((ahead("soon"), server_ahead(&HeaderMap::new(), now)), (None, None));
        let key = Credentials::new("a", "b").with_expiration(now);
        assert_eq!(key.local_expiration(hours(3)), Some(now - hours(3)));
        let of_server = key.clone().with_server_ahead(Some(hours(2)));
        assert_eq!(of_server.local_expiration(hours(3)), Some(now - hours(2)));
        assert_eq!(key, of_server);
    }

    #[test]
    fn debug_shows_only_the_key_id() {
        let credentials = Credentials::new("LTAI", "sesame").with_security_token("token-1");
        let shown = format!("{credentials:?}");
        assert!(shown.contains("LTAI"), "{shown}");
        assert!(!shown.contains("sesame") && !shown.contains("token-1"), "{shown}");
    }
}
