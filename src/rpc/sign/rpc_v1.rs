//! RPC signature version 1.0: `HMAC-SHA1`, sent in parameters.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use crate::rpc::wire::percent_encode;

/// Returns the string to sign, of the method and all parameters.
///
/// `canonical_query` is the [canonical query](crate::unversioned::wire::canonical_query) of the
/// parameters of the query and the form body, without `Signature`.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::unversioned::sign::rpc_v1::string_to_sign;
///
/// assert_eq!(string_to_sign("GET", "A=1%202"), "GET&%2F&A%3D1%25202");
/// ```
pub fn string_to_sign(method: &str, canonical_query: &str) -> String {
    format!("{method}&%2F&{}", percent_encode(canonical_query))
}

/// Returns the signature in base64: the value of `Signature` before percent-encoding.
pub fn signature(access_key_secret: &str, string_to_sign: &str) -> String {
    let key = zeroize::Zeroizing::new(format!("{access_key_secret}&"));
    // HMAC accepts keys of any length, so the error of the trait method never occurs.
    Hmac::<Sha1>::new_from_slice(key.as_bytes()).map_or_else(
        |_| String::new(),
        |mut mac| {
            mac.update(string_to_sign.as_bytes());
            STANDARD.encode(mac.finalize().into_bytes())
        },
    )
}
