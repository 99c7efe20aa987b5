//! RPC signature version 1.0, `HMAC-SHA1`: the signature in parameters.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use crate::rpc::wire::percent_encode;

/// What is signed: the method and all parameters, of query and form body alike, in canonical
/// form without `Signature` (see [`canonical_query`](crate::unversioned::wire::canonical_query)).
///
/// ```
/// use aliyun_dbs::unversioned::sign::rpc_v1::string_to_sign;
///
/// assert_eq!(string_to_sign("GET", "A=1%202"), "GET&%2F&A%3D1%25202");
/// ```
pub fn string_to_sign(method: &str, canonical_query: &str) -> String {
    format!("{method}&%2F&{}", percent_encode(canonical_query))
}

/// The signature by a secret, in base64: the value of `Signature` before percent-encoding.
pub fn signature(access_key_secret: &str, string_to_sign: &str) -> String {
    let key = zeroize::Zeroizing::new(format!("{access_key_secret}&"));
    // HMAC takes keys of any length; the error exists for the trait's sake.
    Hmac::<Sha1>::new_from_slice(key.as_bytes()).map_or_else(
        |_| String::new(),
        |mut mac| {
            mac.update(string_to_sign.as_bytes());
            STANDARD.encode(mac.finalize().into_bytes())
        },
    )
}
