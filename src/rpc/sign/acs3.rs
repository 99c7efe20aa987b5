//! `ACS3-HMAC-SHA256`: the signature in headers.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use smallvec::SmallVec;

use super::{hex_string, write_hex};
use crate::rpc::wire::Parameters;

/// Name of the algorithm, as it stands in the string to sign and in `Authorization`.
pub const ALGORITHM: &str = "ACS3-HMAC-SHA256";

/// [`payload_hash`] of an empty body.
pub const EMPTY_PAYLOAD_HASH: &str =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// Lower-case hex of the SHA-256 of a body, `x-acs-content-sha256`.
///
/// ```
/// use aliyun_dbs::unversioned::sign::acs3;
///
/// assert_eq!(acs3::payload_hash(b""), acs3::EMPTY_PAYLOAD_HASH);
/// ```
pub fn payload_hash(body: &[u8]) -> String {
    hex_string(&Sha256::digest(body))
}

/// An access key's secret, made ready to sign: the state of HMAC behind the secret.
///
/// Making it hashes two of the five blocks of a signature. `Debug` hides it; the memory is overwritten when it is
/// dropped.
#[derive(Clone)]
pub struct SigningKey(Hmac<Sha256>);

impl SigningKey {
    /// Makes a secret ready.
    pub fn new(access_key_secret: &str) -> Self {
        Self(prepared(access_key_secret.as_bytes()))
    }

    /// The signature of the string to sign that ends in this hash, as hex digits.
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

/// HMAC behind a key.
fn prepared(key: &[u8]) -> Hmac<Sha256> {
    // HMAC takes keys of any length; the error exists for the trait's sake.
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

/// About as long as a value of `Authorization`, bytes, without the names of the headers.
const AUTHORIZATION_LENGTH: usize = 192;

/// A request in the one form that both sides hash.
///
/// `Debug` shows the names of the signed headers only: a security token may be among the values.
#[derive(Clone, PartialEq, Eq)]
pub struct CanonicalRequest {
    text: String,
    target: Range<usize>,
    headers: Range<usize>,
    signed_headers: Range<usize>,
}

impl CanonicalRequest {
    /// Puts a request into canonical form.
    ///
    /// `query` is canonical already (see
    /// [`canonical_query`](crate::unversioned::wire::canonical_query)); `headers` are exactly
    /// those under the signature, in any order and case; `payload_hash` is [`payload_hash`] of the
    /// body.
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
        // By name, and the values of a repeated header by value, which is how they are joined.
        headers.sort_unstable();
        Self::write(method, query.len(), |text| text.push_str(query), &headers, payload_hash)
    }

    /// As [`new`](Self::new) with the query of these parameters, secret ones left out. Headers that
    /// are in canonical order and form already take no detour: all is written where it is signed.
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

    /// Writes the canonical text, of headers in canonical order and form, and of a query that is
    /// written into place.
    pub(crate) fn write(
        method: &str,
        query_length: usize,
        write_query: impl FnOnce(&mut String),
        headers: &[(impl AsRef<str>, &str)],
        payload_hash: &str,
    ) -> Self {
        let headers = || headers.iter().map(|(name, value)| (name.as_ref(), *value));
        let of_headers: usize =
            headers().map(|(name, value)| 3 * name.len() + value.len() + 4).sum();
        let mut text = String::with_capacity(
            method.len() + query_length + of_headers + payload_hash.len() + AUTHORIZATION_LENGTH,
        );
        text.push_str(method);
        text.push('\n');
        let start_of_target = text.len();
        text.push_str(PATH);
        text.push('\n');
        write_query(&mut text);
        let target = start_of_target..text.len();
        text.push('\n');

        let start = text.len();
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
        let end = text.len();
        text.push('\n');
        let start_of_names = text.len();
        let mut previous = None;
        for (name, _) in headers() {
            if previous.replace(name) != Some(name) {
                text.push_str(name);
                text.push(';');
            }
        }
        // The last one ends the list, where there is one.
        text.truncate(text.len().saturating_sub(1).max(start_of_names));
        let signed_headers = start_of_names..text.len();
        text.push('\n');
        text.push_str(payload_hash);
        Self { text, target, headers: start..end, signed_headers }
    }

    /// The canonical text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Names of the headers under the signature, joined by semicolons.
    pub fn signed_headers(&self) -> &str {
        &self.text[self.signed_headers.clone()]
    }

    /// The canonical headers, one line each.
    pub fn canonical_headers(&self) -> &str {
        &self.text[self.headers.clone()]
    }

    /// What is signed: the algorithm and the hash of the canonical text.
    pub fn string_to_sign(&self) -> String {
        [ALGORITHM, "\n", &hex_string(&self.hash())].concat()
    }

    /// The signature by a secret, lower-case hex.
    pub fn signature(&self, access_key_secret: &str) -> String {
        let signature = SigningKey::new(access_key_secret).sign(&self.hash());
        text_of(&signature).to_owned()
    }

    /// The value of the `Authorization` header.
    pub fn authorization(&self, access_key_id: &str, access_key_secret: &str) -> String {
        self.clone()
            .authorize(access_key_id, &SigningKey::new(access_key_secret))
            .authorization()
            .to_owned()
    }

    fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.text.as_bytes()).into()
    }

    /// Signs, and writes the value of `Authorization` behind the text, into the same buffer.
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
        text.push_str(text_of(&signature));
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

/// A canonical request with its `Authorization`, all in one buffer, which the parts of the message
/// can be cut out of.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthorizedRequest {
    text: String,
    /// Where path and query stand, on two lines.
    target: Range<usize>,
    /// Where the canonical headers stand, one line each.
    headers: Range<usize>,
    authorization: Range<usize>,
    hash: [u8; 32],
}

/// A signed request as one buffer, and where in it each piece of the HTTP message stands.
pub(crate) struct Pieces {
    pub(crate) buffer: Bytes,
    /// Path and query, as they stand in the request line.
    pub(crate) path_and_query: Range<usize>,
    pub(crate) authorization: Range<usize>,
    /// SHA-256 of the canonical text, which ends the string to sign.
    pub(crate) hash: [u8; 32],
    /// Where the next header stands.
    next_header: usize,
}

impl Pieces {
    /// Where the value of the next signed header stands, in the order in which they were signed.
    /// Name and value are of this length; a name must not repeat.
    #[inline]
    pub(crate) fn next_value(&mut self, name: &str, value: &str) -> Range<usize> {
        // A line is "name:value\n".
        let start = self.next_header + name.len() + 1;
        let end = start + value.len();
        self.next_header = end + 1;
        start..end
    }
}

impl AuthorizedRequest {
    /// The value of the `Authorization` header.
    pub fn authorization(&self) -> &str {
        &self.text[self.authorization.clone()]
    }

    /// The pieces to send. One byte changes: the line break between path and query becomes a
    /// question mark.
    pub(crate) fn into_pieces(self) -> Pieces {
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
        Pieces { buffer, path_and_query, authorization, hash, next_header: headers.start }
    }
}

impl fmt::Debug for AuthorizedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthorizedRequest(..)")
    }
}

/// Whether headers are certainly in order and lower case, without blanks around their values.
fn are_canonical(headers: &[(impl AsRef<str>, &str)]) -> bool {
    let headers = || headers.iter().map(|(name, value)| (name.as_ref(), value.as_bytes()));
    let is_lower_case =
        |name: &str| name.bytes().fold(true, |so_far, byte| so_far & !byte.is_ascii_uppercase());
    let is_dark = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_graphic);
    headers().is_sorted()
        && headers().all(|(name, value)| {
            is_lower_case(name) && is_dark(value.first()) && is_dark(value.last())
        })
}

fn text_of(digits: &[u8]) -> &str {
    // Digits are UTF-8.
    std::str::from_utf8(digits).unwrap_or_default()
}
