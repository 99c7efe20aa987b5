//! `ClientToken`: the idempotency token of a request.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use serde_with::DeserializeFromStr;

use super::invalid_value::InvalidValue;

/// Idempotency token of one logical request, `ClientToken`: 1 to 64 ASCII characters.
///
/// The service runs requests with the same token and the same parameters once, however often
/// they arrive. A call without one gets a random one; give your own, and keep it, where a
/// request must survive a restart of your process.
/// Source: the pages of the operations that take one.
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
    /// Longest token, in characters.
    pub const MAX_LEN: usize = 64;

    /// Takes a text over as a token.
    ///
    /// # Errors
    ///
    /// When it is empty, longer than 64 characters, or holds something else than printable
    /// ASCII.
    pub fn new(text: impl AsRef<str>) -> Result<Self, InvalidValue> {
        let text = text.as_ref();
        Self::check(text)?;
        Ok(Self(text.into()))
    }

    /// Refuses what is no token.
    pub(crate) fn check(text: &str) -> Result<(), InvalidValue> {
        let printable =
            text.bytes().fold(true, |so_far, byte| so_far & matches!(byte, b' '..=b'~'));
        if text.is_empty() || text.len() > Self::MAX_LEN || !printable {
            return Err(InvalidValue::new(
                "ClientToken",
                text,
                "a token is 1 to 64 printable ASCII characters",
            ));
        }
        Ok(())
    }

    /// The text as it goes over the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ClientToken {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        Self::new(text)
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
    fn tokens_keep_to_the_published_length() {
        assert!(ClientToken::new("x".repeat(64)).is_ok());
        for text in [String::new(), "x".repeat(65), "é".into(), "a\tb".into()] {
            let error = ClientToken::new(&text).unwrap_err().to_string();
            assert!(error.contains("1 to 64"), "{error}");
        }
    }
}
