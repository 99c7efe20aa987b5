//! Credentials from environment variables.

use std::fmt;

use async_trait::async_trait;

use super::{Credentials, CredentialsError, CredentialsProvider};
use crate::rpc::outside::Io;
use crate::rpc::value::Secret;

const ACCESS_KEY_ID: &str = "ALIBABA_CLOUD_ACCESS_KEY_ID";
const ACCESS_KEY_SECRET: &str = "ALIBABA_CLOUD_ACCESS_KEY_SECRET";
const SECURITY_TOKEN: &str = "ALIBABA_CLOUD_SECURITY_TOKEN";

/// Credentials from `ALIBABA_CLOUD_ACCESS_KEY_ID`, `ALIBABA_CLOUD_ACCESS_KEY_SECRET` and, for a
/// temporary key, `ALIBABA_CLOUD_SECURITY_TOKEN`.
///
/// The variables are read at every use. An empty one counts as not set.
#[derive(Clone)]
pub struct EnvironmentProvider {
    io: Io,
}

impl EnvironmentProvider {
    /// Reads the environment of the process.
    pub fn new() -> Self {
        Self::from_io(Io::system())
    }

    /// Reads variables by a function of yours, for tests or another store of settings.
    pub fn with_reader(read: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self::from_io(Io::system().with_env(read))
    }

    /// Reads variables as an [`Io`] does.
    pub fn from_io(io: Io) -> Self {
        Self { io }
    }

    /// Reads the variables now.
    ///
    /// # Errors
    ///
    /// When one of the two is missing; the message names it. Not configured when both are.
    pub fn load(&self) -> Result<Credentials, CredentialsError> {
        let read = |name| self.io.variable(name);
        let (id, secret) = (read(ACCESS_KEY_ID), read(ACCESS_KEY_SECRET).map(Secret::from));
        let (id, secret) = match (id, secret) {
            (Some(id), Some(secret)) => (id, secret),
            (id, secret) => {
                let missing =
                    [(id.is_none(), ACCESS_KEY_ID), (secret.is_none(), ACCESS_KEY_SECRET)]
                        .into_iter()
                        .filter_map(|(missing, name)| missing.then_some(name))
                        .collect::<Vec<_>>();
                let verb = if missing.len() == 1 { "is" } else { "are" };
                let message = format!(
                    "{} {verb} not set; set the id and the secret of an access key \
                     (and {SECURITY_TOKEN} for a temporary one)",
                    missing.join(" and "),
                );
                return Err(if missing.len() == 2 {
                    CredentialsError::not_configured(message)
                } else {
                    CredentialsError::new(message)
                });
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
    fn a_pair_is_permanent_and_a_token_makes_it_temporary() {
        let pair = load(&[(ACCESS_KEY_ID, "id"), (ACCESS_KEY_SECRET, "s"), (SECURITY_TOKEN, "")]);
        assert_eq!(pair.unwrap(), Credentials::new("id", "s"));
        let triple =
            load(&[(ACCESS_KEY_ID, "id"), (ACCESS_KEY_SECRET, "s"), (SECURITY_TOKEN, "t")]);
        assert_eq!(triple.unwrap(), Credentials::new("id", "s").with_security_token("t"));
    }

    #[test]
    fn the_error_names_what_is_missing_and_only_that() {
        let both = load(&[]).unwrap_err().to_string();
        assert!(both.starts_with(&format!("{ACCESS_KEY_ID} and {ACCESS_KEY_SECRET} are not set")));
        let half = load(&[(ACCESS_KEY_ID, "id"), (ACCESS_KEY_SECRET, "")]).unwrap_err().to_string();
        assert!(half.starts_with(&format!("{ACCESS_KEY_SECRET} is not set")), "{half}");
    }
}
