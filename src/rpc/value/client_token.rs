//! `ClientToken`: the idempotency token of a request.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use serde_with::DeserializeFromStr;

use super::invalid_value::InvalidValue;

/// The idempotency token of one logical request: 1 to 64 printable ASCII characters.
///
/// The service runs requests with the same token and the same parameters once, however often
/// they arrive. The client generates a random token for a call without one. Set and store a token
/// if a call must stay idempotent after the process restarts.
///
/// Wire name: `ClientToken`. Source: the vendor's pages of the operations that accept it.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::types::ClientToken;
///
/// let token: ClientToken = "order-4711".parse()?;
/// assert!(ClientToken::new("x".repeat(65)).is_err());
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, DeserializeFromStr)]
#[serde(transparent)]
pub struct ClientToken(Box<str>);

impl ClientToken {
    /// The length of the longest token: 64 characters.
    pub const MAX_LEN: usize = 64;

    /// Creates a token from a string.
    ///
    /// # Errors
    ///
    /// If the string is empty, is longer than 64 characters, or contains a character that is not
    /// printable ASCII.
    pub fn new(value: impl AsRef<str>) -> Result<Self, InvalidValue> {
        let value = value.as_ref();
        Self::check(value)?;
        Ok(Self(value.into()))
    }

    /// Returns an error if the string is not a valid token.
    pub(crate) fn check(value: &str) -> Result<(), InvalidValue> {
        let printable =
            value.bytes().fold(true, |so_far, byte| so_far & matches!(byte, b' '..=b'~'));
        if value.is_empty() || value.len() > Self::MAX_LEN || !printable {
            return Err(InvalidValue::new(
                "ClientToken",
                value,
                "expected 1 to 64 printable ASCII characters",
            ));
        }
        Ok(())
    }

    /// Returns the token as it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ClientToken {
    type Err = InvalidValue;

    fn from_str(value: &str) -> Result<Self, InvalidValue> {
        Self::new(value)
    }
}

impl fmt::Display for ClientToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_rejects_invalid_tokens() {
        assert!(ClientToken::new("x".repeat(64)).is_ok());
        for text in [String::new(), "x".repeat(65), "é".into(), "a\tb".into()] {
            let error = ClientToken::new(&text).unwrap_err().to_string();
            assert!(error.contains("1 to 64"), "{error}");
        }
    }
}
