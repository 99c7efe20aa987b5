//! The signatures of the API gateway, public as [`unversioned::sign`](crate::unversioned::sign).

pub mod acs3;
pub mod rpc_v1;

use std::sync::{Arc, Mutex, PoisonError};

use time::{OffsetDateTime, UtcOffset};

use crate::rpc::value::labels::labels;

/// The signature version that a client signs its requests with.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    serde_with::SerializeDisplay,
    serde_with::DeserializeFromStr,
)]
#[non_exhaustive]
pub enum SignatureVersion {
    /// `ACS3-HMAC-SHA256`, which is sent in headers. The default.
    #[default]
    Acs3,
    /// RPC signature version 1.0, `HMAC-SHA1`, which is sent in parameters.
    RpcV1,
}

labels! { SignatureVersion as "signature version": Acs3 = "acs3", RpcV1 = "rpc-v1" }

/// Formats a time for both signatures: in UTC, in whole seconds, as `2024-05-06T07:08:09Z`.
pub fn timestamp(at: OffsetDateTime) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    let mut text = String::with_capacity(20);
    // Years outside 0 to 9999 are not valid timestamps of the service, but do not panic.
    match u32::try_from(at.year()) {
        Ok(year @ 0..=9999) => push_digits(&mut text, year, 4),
        _ => text.push_str(&at.year().to_string()),
    }
    for (separator, part) in [
        ('-', u8::from(at.month())),
        ('-', at.day()),
        ('T', at.hour()),
        (':', at.minute()),
        (':', at.second()),
    ] {
        text.push(separator);
        push_digits(&mut text, part.into(), 2);
    }
    text.push('Z');
    text
}

/// Caches the [`timestamp`] of the current second, which all requests of that second share.
#[derive(Debug, Default)]
pub(crate) struct TimestampCache(Mutex<Option<(i64, Arc<str>)>>);

impl TimestampCache {
    pub(crate) fn get(&self, at: OffsetDateTime) -> Arc<str> {
        let second = at.unix_timestamp();
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some((known, text)) if *known == second => Arc::clone(text),
            _ => Arc::clone(&last.insert((second, timestamp(at).into())).1),
        }
    }
}

/// Appends the last `digits` digits of a number.
fn push_digits(out: &mut String, number: u32, digits: u32) {
    for place in (0..digits).rev() {
        let digit = number / 10_u32.pow(place) % 10;
        out.push(char::from_digit(digit, 10).unwrap_or('0'));
    }
}

/// The two lower-case hex digits of each byte.
const HEX_DIGITS: [[u8; 2]; 256] = {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut table = [[0; 2]; 256];
    let mut byte = 0;
    while byte < table.len() {
        table[byte] = [DIGITS[byte >> 4], DIGITS[byte & 0xf]];
        byte += 1;
    }
    table
};

/// Writes bytes as lower-case hex digits to a buffer of twice their length.
pub(crate) fn write_hex(bytes: &[u8], digits: &mut [u8]) {
    debug_assert_eq!(digits.len(), 2 * bytes.len(), "expected a buffer of two digits per byte");
    for (pair, byte) in digits.chunks_exact_mut(2).zip(bytes) {
        pair.copy_from_slice(&HEX_DIGITS[usize::from(*byte)]);
    }
}

/// Writes bytes with [`write_hex`] and returns the digits as a string.
pub(crate) fn hex<'a>(bytes: &[u8], digits: &'a mut [u8]) -> &'a str {
    write_hex(bytes, digits);
    // Digits are UTF-8.
    std::str::from_utf8(digits).unwrap_or_default()
}

/// Returns bytes as a string of lower-case hex digits.
pub(crate) fn hex_string(bytes: &[u8]) -> String {
    let mut digits = vec![0; 2 * bytes.len()];
    hex(bytes, &mut digits).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamp_is_utc_in_whole_seconds() {
        let at = OffsetDateTime::from_unix_timestamp_nanos(1_714_979_289_999_000_000).unwrap();
        assert_eq!(timestamp(at), "2024-05-06T07:08:09Z");
        let elsewhere = at.to_offset(UtcOffset::from_hms(8, 0, 0).unwrap());
        assert_eq!(timestamp(elsewhere), "2024-05-06T07:08:09Z");
        assert_eq!(timestamp(OffsetDateTime::UNIX_EPOCH), "1970-01-01T00:00:00Z");
        let last = OffsetDateTime::from_unix_timestamp(253_402_300_799).unwrap();
        assert_eq!(timestamp(last), "9999-12-31T23:59:59Z");
        let before = OffsetDateTime::from_unix_timestamp(-62_198_755_200).unwrap();
        assert_eq!(timestamp(before), "-1-01-01T00:00:00Z");
    }

    #[test]
    fn cache_returns_the_timestamp_of_each_second() {
        let timestamps = TimestampCache::default();
        let at = |millis: i128| {
            let at = OffsetDateTime::from_unix_timestamp_nanos(millis * 1_000_000).unwrap();
            timestamps.get(at).to_string()
        };
        for (millis, text) in [
            (-1, "1969-12-31T23:59:59Z"),
            (0, "1970-01-01T00:00:00Z"),
            (999, "1970-01-01T00:00:00Z"),
            (1000, "1970-01-01T00:00:01Z"),
            (0, "1970-01-01T00:00:00Z"),
        ] {
            assert_eq!(at(millis), text);
        }
    }

    #[test]
    fn hex_has_two_digits_per_byte() {
        assert_eq!(hex_string(&[0x00, 0x0f, 0xa5, 0xff]), "000fa5ff");
        assert_eq!(hex_string(&[]), "");
    }
}
