//! `SignedUrl`: an address that gives access to a download.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::rpc::value::{Secret, lenient};

/// A signed address, which is a secret until it expires.
///
/// Everybody who knows the address can download the backup. `Debug` prints it without its
/// signature, and the type does not implement `Display`. Serialization writes it in full, so a
/// serialized response contains it.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::v2021_01_01::types::SignedUrl;
///
/// let url = SignedUrl::new("http://dbs.example/dt-1/file.csv?Signature=secret");
/// assert_eq!(url.redacted(), "http://dbs.example/dt-1/file.csv");
/// assert_eq!(format!("{url:?}"), r#"SignedUrl("http://dbs.example/dt-1/file.csv?***")"#);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct SignedUrl(Secret);

impl SignedUrl {
    /// Wraps an address.
    pub fn new(url: impl Into<String>) -> Self {
        Self(Secret::new(url))
    }

    /// Returns the address. The caller must keep it out of logs and error messages.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Returns the host and the path, without the signature.
    pub fn redacted(&self) -> String {
        let url = self.expose();
        let url = url.split(['?', '#']).next().unwrap_or_default();
        // A user name in front of the host would be a part of the secret.
        match url.split_once("://") {
            Some((scheme, rest)) => {
                let host = rest.split('/').next().unwrap_or_default();
                let user = host.rfind('@').map_or(0, |at| at + 1);
                format!("{scheme}://{}", &rest[user..])
            }
            None => url.to_owned(),
        }
    }
}

impl fmt::Debug for SignedUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SignedUrl").field(&format_args!("\"{}?***\"", self.redacted())).finish()
    }
}

impl Serialize for SignedUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

impl<'de> Deserialize<'de> for SignedUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::required::<String, D>(deserializer).map(Self::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_has_no_signature() {
        for url in ["http://a.example/b?Signature=s3cret", "https://s3cret@a.example/b#s3cret"] {
            let url = SignedUrl::new(url);
            assert!(url.redacted().ends_with("://a.example/b"), "{}", url.redacted());
            for text in [format!("{url:?}"), format!("{url:#?}")] {
                assert!(!text.contains("s3cret"), "{text}");
            }
            let json = serde_json::to_string(&url).unwrap();
            assert_eq!(serde_json::from_str::<SignedUrl>(&json).unwrap(), url);
        }
    }
}
