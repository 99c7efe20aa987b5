//! `Secret`: the type of every secret string.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

/// A secret string, such as an access key secret, a security token or a password.
///
/// * `Debug` prints `Secret(..)`, and the type does not implement `Display`.
/// * The type does not implement `Serialize`, so a request that is written to a file omits its
///   secrets. The client sends them with [`expose`](Secret::expose).
/// * Dropping the value overwrites its memory.
/// * The type implements `Deserialize`, so a configuration file can contain one.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::types::Secret;
///
/// let password = Secret::from("correct horse");
/// assert_eq!(format!("{password:?}"), "Secret(..)");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Wraps a string.
    pub fn new(value: impl Into<String>) -> Self {
        Self(Zeroizing::new(value.into()))
    }

    /// Returns the secret string. The caller must keep it out of logs and error messages.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Removes whitespace at both ends.
    pub(crate) fn trimmed(self) -> Self {
        let trimmed = self.0.trim();
        if trimmed.len() == self.0.len() { self } else { Self::new(trimmed) }
    }

    /// Returns whether the string is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self::new(value)
    }
}

impl From<&str> for Secret {
    fn from(value: &str) -> Self {
        Self::new(value)
    }
}

impl<'de> Deserialize<'de> for Secret {
    /// Reads a string. The error does not contain the value, which serde and its formats quote.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)
            .map(Self::from)
            .map_err(|_| D::Error::custom("expected a string in quotes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_the_secret() {
        #[derive(Debug)]
        #[expect(dead_code, reason = "read by Debug")]
        struct Holder {
            password: Option<Secret>,
        }
        let shown = format!("{:#?}", Holder { password: Some("hunter2".into()) });
        assert!(shown.contains("Secret(..)") && !shown.contains("hunter2"), "{shown}");
    }

    /// Reading freed memory needs `unsafe`, so the type of the field proves it.
    #[test]
    fn dropped_secret_is_erased() {
        fn erased_on_drop<T: zeroize::ZeroizeOnDrop>(_: &T) {}
        let Secret(value) = Secret::from("hunter2");
        erased_on_drop(&value);
    }

    #[test]
    fn deserialize_error_hides_the_value() {
        for json in
            ["84739201", "-84739201", "84739201.5", "true", "[84739201]", "{\"84739201\":1}"]
        {
            let error = serde_json::from_str::<Secret>(json).unwrap_err().to_string();
            assert!(error.contains("a string in quotes"), "{error}");
            assert!(!error.contains("84739201") && !error.contains("true"), "{error}");
        }
        assert_eq!(serde_json::from_str::<Secret>(r#""a\"b""#).unwrap().expose(), "a\"b");
    }
}
