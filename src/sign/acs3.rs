//! `ACS3-HMAC-SHA256`: the signature in headers.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::Hex;

/// Name of the algorithm, as it stands in the string to sign and in `Authorization`.
pub const ALGORITHM: &str = "ACS3-HMAC-SHA256";

/// Lower-case hex of the SHA-256 of a body, `x-acs-content-sha256`.
///
/// ```
/// let hash = aliyun_dbs::sign::acs3::payload_hash(b"");
/// assert!(hash.starts_with("e3b0c44298fc1c14"));
/// ```
pub fn payload_hash(body: &[u8]) -> String {
    Hex(&Sha256::digest(body)).to_string()
}

/// A request in the one form that both sides hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CanonicalRequest {
    text: String,
    signed_headers: String,
}

impl CanonicalRequest {
    /// Puts a request into canonical form.
    ///
    /// `query` is canonical already (see [`canonical_query`](crate::wire::canonical_query));
    /// `headers` are exactly those under the signature, in any order and case; `payload_hash`
    /// is [`payload_hash`] of the body.
    pub fn new(method: &str, query: &str, headers: &[(&str, &str)], payload_hash: &str) -> Self {
        let mut lines: Vec<(String, &str)> =
            headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.trim())).collect();
        // By name, and the values of a repeated header by value, which is how they are joined.
        lines.sort_unstable();

        let mut text = String::with_capacity(512 + query.len());
        let mut signed_headers = String::with_capacity(128);
        for part in [method, "\n/\n", query, "\n"] {
            text.push_str(part);
        }
        let mut previous = None;
        for (name, value) in &lines {
            if previous == Some(name) {
                text.pop();
                text.push(',');
            } else {
                if previous.is_some() {
                    signed_headers.push(';');
                }
                signed_headers.push_str(name);
                text.push_str(name);
                text.push(':');
            }
            text.push_str(value);
            text.push('\n');
            previous = Some(name);
        }
        for part in ["\n", &signed_headers, "\n", payload_hash] {
            text.push_str(part);
        }
        Self { text, signed_headers }
    }

    /// The canonical text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Names of the headers under the signature, joined by semicolons.
    pub fn signed_headers(&self) -> &str {
        &self.signed_headers
    }

    /// The canonical headers, one line each.
    pub fn canonical_headers(&self) -> &str {
        let headers = self.text.splitn(4, '\n').nth(3).unwrap_or_default();
        headers.split_once("\n\n").map_or("", |(lines, _)| &headers[..=lines.len()])
    }

    /// What is signed: the algorithm and the hash of the canonical text.
    pub fn string_to_sign(&self) -> String {
        format!("{ALGORITHM}\n{}", Hex(&Sha256::digest(self.text.as_bytes())))
    }

    /// The signature by a secret, lower-case hex.
    pub fn signature(&self, access_key_secret: &str) -> String {
        Hex(&hmac_sha256(access_key_secret.as_bytes(), self.string_to_sign().as_bytes()))
            .to_string()
    }

    /// The value of the `Authorization` header.
    pub fn authorization(&self, access_key_id: &str, access_key_secret: &str) -> String {
        format!(
            "{ALGORITHM} Credential={access_key_id},SignedHeaders={},Signature={}",
            self.signed_headers,
            self.signature(access_key_secret)
        )
    }
}

fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    // HMAC takes keys of any length; the error exists for the trait's sake.
    Hmac::<Sha256>::new_from_slice(key).map_or([0; 32], |mut mac| {
        mac.update(message);
        mac.finalize().into_bytes().into()
    })
}
