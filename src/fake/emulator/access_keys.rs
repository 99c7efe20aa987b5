//! Access keys and accounts, as JSON for the control API.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::fake::dbs::FakeDbs;
use crate::rpc::client::check_credentials;
use crate::rpc::credentials::Credentials;
use crate::rpc::value::Secret;

/// The most accounts, and the most access keys of all accounts.
const MAX_ACCOUNTS: usize = 100;
const MAX_KEYS: usize = 1000;
/// The most bytes of an access key id or secret, and of a security token.
const MAX_PART: usize = 256;
const MAX_TOKEN: usize = 4096;

/// The body of `POST /_emulator/access_keys`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAccessKey {
    access_key_id: String,
    /// Required; the error of a missing [`Secret`] does not name the field.
    access_key_secret: Option<Secret>,
    security_token: Option<Secret>,
    #[serde(default)]
    account: usize,
}

impl NewAccessKey {
    /// Adds the key to its account, and the account if it is the next one.
    ///
    /// # Errors
    ///
    /// When the key or the account is invalid, or there are too many.
    pub(super) fn add(self, dbs: &FakeDbs) -> Result<Value, String> {
        let Self { access_key_id, access_key_secret, security_token, account } = self;
        let access_key_secret = access_key_secret.ok_or("missing field `access_key_secret`")?;
        let token = security_token.as_ref().map_or(0, |token| token.expose().len());
        if access_key_id.len().max(access_key_secret.expose().len()) > MAX_PART || token > MAX_TOKEN
        {
            return Err(format!(
                "invalid access key: a part is too long; send at most {MAX_PART} bytes, and \
                 {MAX_TOKEN} of the security token"
            ));
        }
        let mut credentials = Credentials::new(access_key_id, access_key_secret);
        if let Some(token) = security_token {
            credentials = credentials.with_security_token(token);
        }
        check_credentials(&credentials).map_err(|error| error.to_string())?;
        let id = credentials.access_key_id().to_owned();
        if dbs.server().keys_besides(&id) >= MAX_KEYS {
            return Err(format!(
                "too many access keys: at most {MAX_KEYS} are kept; restart the emulator, or \
                 replace one by sending its id"
            ));
        }
        if account >= MAX_ACCOUNTS {
            return Err(format!(
                "too many accounts: at most {MAX_ACCOUNTS} are kept; send an `account` below that"
            ));
        }
        let owner = dbs.account(account).ok_or_else(|| {
            let next = dbs.server().accounts();
            format!("invalid account {account}: expected 0 to {next}, which adds an account")
        })?;
        owner.add_credentials(credentials);
        Ok(json!({ "access_key_id": id, "account": account }))
    }
}
