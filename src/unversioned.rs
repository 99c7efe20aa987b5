//! Signing and encoding functions without a semver guarantee.
//!
//! Use them to send signed requests with another HTTP stack. Any release may change or remove
//! them, even a patch release. Pin the exact version (`aliyun-dbs = "=0.1.0"`) if you depend on
//! them.
//!
//! | module | contents |
//! | --- | --- |
//! | [`sign`] | the signatures of the API gateway |
//! | [`wire`] | the encoding of parameters |

/// The signatures of the API gateway: pure functions of the request, key, time and nonce.
///
/// * [`acs3`](sign::acs3): `ACS3-HMAC-SHA256`, which current gateways and this crate use;
/// * [`rpc_v1`](sign::rpc_v1): `HMAC-SHA1`, the older RPC signature, for private clouds that
///   support no other.
///
/// Source: the gateway's pages on request structure and signature. The tests compare them byte for
/// byte with 159 examples made with the vendor's packages.
pub mod sign {
    pub use crate::rpc::sign::{acs3, rpc_v1, timestamp};
}

/// The encoding of parameters, the same in the request and in the string to sign.
///
/// [`Parameters`](crate::Parameters) holds the parameters of a request.
pub mod wire {
    pub use crate::rpc::wire::{canonical_query, percent_encode};
}
