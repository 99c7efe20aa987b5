//! `ACS3-HMAC-SHA256`: the signature that is sent in headers.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use smallvec::SmallVec;

use super::{hex_string, write_hex};
use crate::rpc::wire::Parameters;

/// The name of the algorithm, in the string to sign and in `Authorization`.
pub const ALGORITHM: &str = "ACS3-HMAC-SHA256";

/// The [`payload_hash`] of an empty body.
pub const EMPTY_PAYLOAD_HASH: &str =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// Returns the SHA-256 of a body in lower-case hex, the value of `x-acs-content-sha256`.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::unversioned::sign::acs3;
///
/// assert_eq!(acs3::payload_hash(b""), acs3::EMPTY_PAYLOAD_HASH);
/// ```
pub fn payload_hash(body: &[u8]) -> String {
    hex_string(&Sha256::digest(body))
}

/// A signing key: the state of HMAC after an access key secret.
///
/// Creating it hashes two of the five blocks of a signature, so reuse it. `Debug` hides it, and
/// dropping it overwrites its memory.
#[derive(Clone)]
pub struct SigningKey(Hmac<Sha256>);

impl SigningKey {
    /// Creates a signing key from an access key secret.
    pub fn new(access_key_secret: &str) -> Self {
        Self(keyed_hmac(access_key_secret.as_bytes()))
    }

    /// Returns the signature, in hex digits, of the string to sign that ends with this hash.
    fn sign(&self, hash: &[u8; 32]) -> [u8; 64] {
        let mut mac = self.0.clone();
        mac.update(b"ACS3-HMAC-SHA256\n");
        mac.update(&hex_digits(hash));
        hex_digits(&mac.finalize().into_bytes())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(..)")
    }
}

/// Returns the state of HMAC after a key.
fn keyed_hmac(key: &[u8]) -> Hmac<Sha256> {
    // HMAC accepts keys of any length, so the error of the trait method never occurs.
    Hmac::new_from_slice(key)
        .unwrap_or_else(|_| Hmac::new(&hmac::digest::Key::<Hmac<Sha256>>::default()))
}

fn hex_digits(bytes: &[u8]) -> [u8; 64] {
    let mut digits = [0; 64];
    write_hex(bytes, &mut digits);
    digits
}

/// The path of every request.
const PATH: &str = "/";

/// The estimated length of `Authorization` in bytes, without the names of the headers.
const AUTHORIZATION_LENGTH: usize = 192;

/// A request in the canonical form that the client and the gateway hash.
///
/// `Debug` shows only the names of the signed headers, because a value may be a security token.
#[derive(Clone, PartialEq, Eq)]
pub struct CanonicalRequest {
    text: String,
    target: Range<usize>,
    headers: Range<usize>,
    signed_headers: Range<usize>,
}

impl CanonicalRequest {
    /// Creates the canonical form of a request.
    ///
    /// * `query`: the [canonical query](crate::unversioned::wire::canonical_query).
    /// * `headers`: the headers to sign, in any order and case.
    /// * `payload_hash`: the [`payload_hash`] of the body.
    pub fn new(method: &str, query: &str, headers: &[(&str, &str)], payload_hash: &str) -> Self {
        let names: Vec<Cow<'_, str>> = headers
            .iter()
            .map(|(name, _)| {
                if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
                    Cow::Owned(name.to_ascii_lowercase())
                } else {
                    Cow::Borrowed(*name)
                }
            })
            .collect();
        let mut headers: SmallVec<[(&str, &str); 16]> =
            names.iter().zip(headers).map(|(name, (_, value))| (&**name, value.trim())).collect();
        // By name, and then by value, the order in which repeated headers are joined.
        headers.sort_unstable();
        Self::write(method, query.len(), |text| text.push_str(query), &headers, payload_hash)
    }

    /// Creates the canonical form of a request whose query has the parameters that are not secret.
    ///
    /// The other arguments are those of [`new`](Self::new). If the headers are already sorted and
    /// in canonical form, all parts are written to the buffer directly.
    pub fn from_parameters(
        method: &str,
        parameters: &Parameters,
        headers: &[(impl AsRef<str>, &str)],
        payload_hash: &str,
    ) -> Self {
        if !are_canonical(headers) {
            let headers: Vec<_> =
                headers.iter().map(|(name, value)| (name.as_ref(), *value)).collect();
            return Self::new(method, &parameters.canonical_query(), &headers, payload_hash);
        }
        let write_query = |text: &mut String| parameters.push_query(text);
        Self::write(method, parameters.query_length(), write_query, headers, payload_hash)
    }

    /// Writes the canonical form of headers that are already canonical and sorted.
    ///
    /// `write_query` appends the query to the buffer.
    pub(crate) fn write(
        method: &str,
        query_length: usize,
        write_query: impl FnOnce(&mut String),
        headers: &[(impl AsRef<str>, &str)],
        payload_hash: &str,
    ) -> Self {
        let headers = || headers.iter().map(|(name, value)| (name.as_ref(), *value));
        let headers_length: usize =
            headers().map(|(name, value)| 3 * name.len() + value.len() + 4).sum();
        let mut text = String::with_capacity(
            method.len()
                + query_length
                + headers_length
                + payload_hash.len()
                + AUTHORIZATION_LENGTH,
        );
        text.push_str(method);
        text.push('\n');
        let target_start = text.len();
        text.push_str(PATH);
        text.push('\n');
        write_query(&mut text);
        let target = target_start..text.len();
        text.push('\n');

        let headers_start = text.len();
        let mut previous = None;
        for (name, value) in headers() {
            if previous.replace(name) == Some(name) {
                text.pop();
                text.push(',');
            } else {
                text.push_str(name);
                text.push(':');
            }
            text.push_str(value);
            text.push('\n');
        }
        let headers_end = text.len();
        text.push('\n');
        let names_start = text.len();
        let mut previous = None;
        for (name, _) in headers() {
            if previous.replace(name) != Some(name) {
                text.push_str(name);
                text.push(';');
            }
        }
        // Removes the last semicolon, if any.
        text.truncate(text.len().saturating_sub(1).max(names_start));
        let signed_headers = names_start..text.len();
        text.push('\n');
        text.push_str(payload_hash);
        Self { text, target, headers: headers_start..headers_end, signed_headers }
    }

    /// Returns the canonical request.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the names of the signed headers, joined by semicolons.
    pub fn signed_headers(&self) -> &str {
        &self.text[self.signed_headers.clone()]
    }

    /// Returns the canonical headers, one per line.
    pub fn canonical_headers(&self) -> &str {
        &self.text[self.headers.clone()]
    }

    /// Returns the string to sign: the algorithm and the hash of the canonical request.
    pub fn string_to_sign(&self) -> String {
        [ALGORITHM, "\n", &hex_string(&self.hash())].concat()
    }

    /// Returns the signature in lower-case hex.
    pub fn signature(&self, access_key_secret: &str) -> String {
        let signature = SigningKey::new(access_key_secret).sign(&self.hash());
        hex_str(&signature).to_owned()
    }

    /// Returns the value of the `Authorization` header.
    pub fn authorization(&self, access_key_id: &str, access_key_secret: &str) -> String {
        self.clone()
            .authorize(access_key_id, &SigningKey::new(access_key_secret))
            .authorization()
            .to_owned()
    }

    fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.text.as_bytes()).into()
    }

    /// Signs the request and appends the value of `Authorization` to the same buffer.
    pub fn authorize(self, access_key_id: &str, key: &SigningKey) -> AuthorizedRequest {
        let hash = self.hash();
        let signature = key.sign(&hash);
        let Self { mut text, target, headers, signed_headers } = self;
        let start = text.len();
        text.push_str("ACS3-HMAC-SHA256 Credential=");
        text.push_str(access_key_id);
        text.push_str(",SignedHeaders=");
        text.extend_from_within(signed_headers);
        text.push_str(",Signature=");
        text.push_str(hex_str(&signature));
        AuthorizedRequest { authorization: start..text.len(), text, target, headers, hash }
    }
}

impl fmt::Debug for CanonicalRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CanonicalRequest")
            .field("signed_headers", &self.signed_headers())
            .finish_non_exhaustive()
    }
}

/// A canonical request and its `Authorization`, in one buffer.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthorizedRequest {
    text: String,
    /// The path and the query, on two lines.
    target: Range<usize>,
    /// The canonical headers, one per line.
    headers: Range<usize>,
    authorization: Range<usize>,
    hash: [u8; 32],
}

/// The buffer of a signed request, and the ranges of the parts of the HTTP message in it.
pub(crate) struct SignedParts {
    pub(crate) buffer: Bytes,
    /// The path and the query, as in the request line.
    pub(crate) path_and_query: Range<usize>,
    pub(crate) authorization: Range<usize>,
    /// The SHA-256 of the canonical request, with which the string to sign ends.
    pub(crate) hash: [u8; 32],
    /// The start of the next header.
    next_header: usize,
}

impl SignedParts {
    /// Returns the range of the value of the next signed header, in the order of the signature.
    ///
    /// `name` and `value` must be those of that header, and a name must not repeat.
    #[inline]
    pub(crate) fn next_header_value(&mut self, name: &str, value: &str) -> Range<usize> {
        // A line is "name:value\n".
        let start = self.next_header + name.len() + 1;
        let end = start + value.len();
        self.next_header = end + 1;
        start..end
    }
}

impl AuthorizedRequest {
    /// Returns the value of the `Authorization` header.
    pub fn authorization(&self) -> &str {
        &self.text[self.authorization.clone()]
    }

    /// Returns the parts to send. The line break between path and query becomes a question mark.
    pub(crate) fn into_parts(self) -> SignedParts {
        let Self { text, target, headers, authorization, hash } = self;
        let mut buffer = text.into_bytes();
        let end_of_path = target.start + PATH.len();
        let path_and_query = if target.end == end_of_path + 1 {
            // The query is empty.
            target.start..end_of_path
        } else {
            buffer[end_of_path] = b'?';
            target
        };
        let buffer = Bytes::from(buffer);
        SignedParts { buffer, path_and_query, authorization, hash, next_header: headers.start }
    }
}

impl fmt::Debug for AuthorizedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthorizedRequest(..)")
    }
}

/// Returns whether headers are sorted, in lower case and without whitespace around their values.
fn are_canonical(headers: &[(impl AsRef<str>, &str)]) -> bool {
    let headers = || headers.iter().map(|(name, value)| (name.as_ref(), value.as_bytes()));
    let is_lower_case =
        |name: &str| name.bytes().fold(true, |so_far, byte| so_far & !byte.is_ascii_uppercase());
    let is_visible = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_graphic);
    headers().is_sorted()
        && headers().all(|(name, value)| {
            is_lower_case(name) && is_visible(value.first()) && is_visible(value.last())
        })
}

/// Returns hex digits as a string.
fn hex_str(digits: &[u8]) -> &str {
    // Digits are UTF-8.
    std::str::from_utf8(digits).unwrap_or_default()
}
