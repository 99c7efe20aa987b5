//! Functions of the signatures and of the wire, outside the promise of semantic versioning.
//!
//! They are for those who send signed requests by an HTTP stack of their own. Any release may
//! change or remove what is here, also one that changes only the last number of the version. Pin
//! the exact version (`aliyun-dbs = "=0.1.0"`) if you depend on it.

/// Signatures of the API gateway: pure functions of what is sent, the key, the time and a nonce.
///
/// * [`acs3`](sign::acs3): `ACS3-HMAC-SHA256`, what today's gateways and this crate use;
/// * [`rpc_v1`](sign::rpc_v1): `HMAC-SHA1`, the older RPC signature, for private clouds that know
///   no other.
///
/// Source: the gateway's pages on request structure and signature; checked byte for byte against
/// 159 examples made with the vendor's own packages.
pub mod sign {
    pub use crate::rpc::sign::{acs3, rpc_v1, timestamp};
}

/// How parameters are written, on the wire and under the signature alike.
///
/// [`Parameters`](crate::Parameters) is what a request becomes, and stands at the root.
pub mod wire {
    pub use crate::rpc::wire::{canonical_query, percent_encode};
}
