//! `SecretRef` and `SecretStore`: secrets by reference.

use std::error::Error as StdError;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::rpc::outside::Io;
use crate::rpc::report::{unshown, write_report};
use crate::rpc::value::Secret;

/// Names a secret, without containing it.
///
/// In a file it is `{ env: NAME }` or `{ file: PATH }`, with an optional `rotated`. `Display`
/// writes `env NAME` or `file PATH`.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::workflows::plan_spec::SecretRef;
///
/// assert_eq!(SecretRef::env("ORDERS_PASSWORD").to_string(), "env ORDERS_PASSWORD");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct SecretRef {
    /// Where the secret is.
    pub from: SecretSource,
    /// When the secret was last changed at the database. RFC 3339 in a file.
    ///
    /// Set it to the time at which the earlier secret stopped working. A plan whose last pre-check
    /// is older gets the new secret. `None`: a change of the secret alone changes no plan.
    pub rotated: Option<OffsetDateTime>,
}

/// Where a secret is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SecretSource {
    /// An environment variable.
    Env(String),
    /// A file that contains nothing else.
    File(PathBuf),
}

impl SecretRef {
    /// Names an environment variable.
    pub fn env(name: impl Into<String>) -> Self {
        Self::of(SecretSource::Env(name.into()))
    }

    /// Names a file.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self::of(SecretSource::File(path.into()))
    }

    pub(super) const fn of(from: SecretSource) -> Self {
        Self { from, rotated: None }
    }

    /// Sets when the secret was last changed at the database.
    #[must_use]
    pub fn rotated(mut self, at: OffsetDateTime) -> Self {
        self.rotated = Some(at);
        self
    }

    /// Returns the time of the last change as a file has it.
    pub(super) fn rotated_text(&self) -> Option<String> {
        self.rotated.and_then(|at| at.format(&Rfc3339).ok())
    }
}

impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.from.fmt(f)
    }
}

impl fmt::Display for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "env {name}"),
            Self::File(path) => write!(f, "file {}", path.display()),
        }
    }
}

/// Reads the secrets that specifications name. Implemented for closures.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::types::Secret;
/// use aliyun_dbs::workflows::plan_spec::{SecretError, SecretRef, SecretStore};
///
/// let store = |secret: &SecretRef| match secret.to_string().as_str() {
///     "env ORDERS_PASSWORD" => Ok(Secret::from("correct horse")),
///     _ => Err(SecretError::new(secret, "the vault has no such secret")),
/// };
/// assert!(store.read(&SecretRef::env("ORDERS_PASSWORD")).is_ok());
/// ```
pub trait SecretStore: Send + Sync {
    /// Returns a secret.
    ///
    /// # Errors
    ///
    /// If the secret is missing or cannot be read. The error does not contain the secret.
    fn read(&self, secret: &SecretRef) -> Result<Secret, SecretError>;
}

impl<F> SecretStore for F
where
    F: Fn(&SecretRef) -> Result<Secret, SecretError> + Send + Sync,
{
    fn read(&self, secret: &SecretRef) -> Result<Secret, SecretError> {
        self(secret)
    }
}

/// Reads environment variables and regular files of at most 1 MiB. The default.
///
/// Whitespace around the value of a variable, and one newline at the end of a file, are not part of
/// the secret. An empty secret is an error.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "has no state")]
pub struct SystemSecrets;

impl SecretStore for SystemSecrets {
    fn read(&self, secret: &SecretRef) -> Result<Secret, SecretError> {
        read_with(&Io::system(), secret)
    }
}

fn read_with(io: &Io, secret: &SecretRef) -> Result<Secret, SecretError> {
    match &secret.from {
        SecretSource::Env(name) => io.variable(name).map(Secret::new).ok_or_else(|| {
            SecretError::new(secret, "the environment variable is not set, or is empty")
        }),
        SecretSource::File(path) => {
            let content =
                io.read_blocking(path).map_err(|error| SecretError::new(secret, error))?;
            let content = Secret::new(content);
            let value = content.expose();
            let value =
                value.strip_suffix('\n').map_or(value, |v| v.strip_suffix('\r').unwrap_or(v));
            if value.is_empty() {
                return Err(SecretError::new(secret, "the file is empty"));
            }
            Ok(Secret::from(value))
        }
    }
}

/// Why a secret could not be read.
#[derive(Clone)]
pub struct SecretError {
    source: SecretSource,
    reason: Arc<dyn StdError + Send + Sync>,
}

impl SecretError {
    /// Creates an error. The reason must not contain the secret.
    pub fn new(secret: &SecretRef, reason: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { source: secret.from.clone(), reason: Arc::from(reason.into()) }
    }

    /// Returns where the secret was expected.
    pub fn secret(&self) -> &SecretSource {
        &self.source
    }
}

impl fmt::Display for SecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "could not read the secret `{}`: {}", self.source, self.reason)
    }
}

impl fmt::Debug for SecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_report(f, self)
    }
}

impl StdError for SecretError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        unshown(self, Some(&*self.reason))
    }
}
