//! `EnvironmentProvider`: an access key from environment variables.

use std::fmt;

use async_trait::async_trait;

use super::{Credentials, CredentialsError, CredentialsProvider};
use crate::rpc::outside::Io;
use crate::rpc::value::Secret;

const ACCESS_KEY_ID: &str = "ALIBABA_CLOUD_ACCESS_KEY_ID";
const ACCESS_KEY_SECRET: &str = "ALIBABA_CLOUD_ACCESS_KEY_SECRET";
const SECURITY_TOKEN: &str = "ALIBABA_CLOUD_SECURITY_TOKEN";

/// Reads an access key from environment variables.
///
/// | variable | value |
/// | --- | --- |
/// | `ALIBABA_CLOUD_ACCESS_KEY_ID` | The id of the key. Required. |
/// | `ALIBABA_CLOUD_ACCESS_KEY_SECRET` | The secret of the key. Required. |
/// | `ALIBABA_CLOUD_SECURITY_TOKEN` | The token of a temporary key. Optional. |
///
/// An empty variable is the same as an unset one. The provider reads the variables at every call
/// and caches nothing. The credentials have no expiration, even if they are temporary.
///
/// # Errors
///
/// The error is [not configured](CredentialsError::is_not_configured) if both required variables
/// are unset. If only one of them is unset, it is a failure that names that variable.
#[derive(Clone)]
pub struct EnvironmentProvider {
    io: Io,
}

impl EnvironmentProvider {
    /// Creates a provider that reads the environment of the process.
    pub fn new() -> Self {
        Self::from_io(Io::system())
    }

    /// Creates a provider that reads variables through a function, for tests or another store.
    pub fn with_reader(read: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self::from_io(Io::system().with_env(read))
    }

    /// Creates a provider that reads variables through an [`Io`].
    pub fn from_io(io: Io) -> Self {
        Self { io }
    }

    /// Reads the variables and returns the access key.
    ///
    /// # Errors
    ///
    /// Returns an error if a required variable is unset; see [the type](Self#errors).
    pub fn load(&self) -> Result<Credentials, CredentialsError> {
        let read = |name| self.io.variable(name);
        let half = |missing: &str, present: &str| {
            CredentialsError::new(format!(
                "{missing} is not set, but {present} is; set both, or neither to use another source"
            ))
        };
        let (id, secret) = match (read(ACCESS_KEY_ID), read(ACCESS_KEY_SECRET).map(Secret::from)) {
            (Some(id), Some(secret)) => (id, secret),
            (None, Some(_)) => return Err(half(ACCESS_KEY_ID, ACCESS_KEY_SECRET)),
            (Some(_), None) => return Err(half(ACCESS_KEY_SECRET, ACCESS_KEY_ID)),
            (None, None) => {
                return Err(CredentialsError::not_configured(format!(
                    "{ACCESS_KEY_ID} and {ACCESS_KEY_SECRET} are not set; set both, and \
                     {SECURITY_TOKEN} for a temporary key"
                )));
            }
        };
        let credentials = Credentials::new(id, secret);
        Ok(match read(SECURITY_TOKEN) {
            Some(token) => credentials.with_security_token(token),
            None => credentials,
        })
    }
}

impl Default for EnvironmentProvider {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for EnvironmentProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnvironmentProvider").finish_non_exhaustive()
    }
}

#[async_trait]
impl CredentialsProvider for EnvironmentProvider {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        self.load()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(variables: &'static [(&str, &str)]) -> Result<Credentials, CredentialsError> {
        EnvironmentProvider::with_reader(|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
        .load()
    }

    #[test]
    fn token_makes_the_key_temporary() {
        let pair = load(&[(ACCESS_KEY_ID, "id"), (ACCESS_KEY_SECRET, "s"), (SECURITY_TOKEN, "")]);
        assert_eq!(pair.unwrap(), Credentials::new("id", "s"));
        let triple =
            load(&[(ACCESS_KEY_ID, "id"), (ACCESS_KEY_SECRET, "s"), (SECURITY_TOKEN, "t")]);
        assert_eq!(triple.unwrap(), Credentials::new("id", "s").with_security_token("t"));
    }

    #[test]
    fn error_names_only_the_missing_variables() {
        let both = load(&[]).unwrap_err().to_string();
        assert!(both.starts_with(&format!("{ACCESS_KEY_ID} and {ACCESS_KEY_SECRET} are not set")));
        let half = load(&[(ACCESS_KEY_ID, "id"), (ACCESS_KEY_SECRET, "")]).unwrap_err().to_string();
        assert!(half.starts_with(&format!("{ACCESS_KEY_SECRET} is not set")), "{half}");
    }
}
