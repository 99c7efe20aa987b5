//! The one type that secrets live in.

use std::fmt;

use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

/// A secret text: an access key secret, a security token, a database password.
///
/// * `Debug` prints `Secret(..)`; there is no `Display`.
/// * There is no `Serialize`: a request written to a file leaves its secrets out, and only the
///   wire encoder of this crate reads them, by [`expose`](Secret::expose).
/// * The memory is overwritten when the value is dropped.
///
/// It can be deserialised, so that it can be read from a configuration.
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
    /// Takes the text over.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text itself. Whoever calls this answers for where it goes.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether the text is empty.
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
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_of_a_holder_shows_nothing() {
        #[derive(Debug)]
        #[expect(dead_code, reason = "read by Debug")]
        struct Holder {
            password: Option<Secret>,
        }
        let shown = format!("{:#?}", Holder { password: Some("hunter2".into()) });
        assert!(shown.contains("Secret(..)") && !shown.contains("hunter2"), "{shown}");
    }
}
