//! Signatures of the API gateway; public as [`unversioned::sign`](crate::unversioned::sign).

pub mod acs3;
pub mod rpc_v1;

use std::sync::{Arc, Mutex, PoisonError};

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
    let mut text = String::with_capacity(20);
    // Years outside 0 to 9999 are no time stamps of this service, and are written all the same.
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

/// Writes [`timestamp`]s once a second and not once a request.
#[derive(Debug, Default)]
pub(crate) struct Timestamps(Mutex<Option<(i64, Arc<str>)>>);

impl Timestamps {
    pub(crate) fn at(&self, at: OffsetDateTime) -> Arc<str> {
        let second = at.unix_timestamp();
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some((known, text)) if *known == second => Arc::clone(text),
            _ => Arc::clone(&last.insert((second, timestamp(at).into())).1),
        }
    }
}

/// Appends the last digits of a number.
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

/// Writes bytes as lower-case hex digits into a buffer of twice their length.
pub(crate) fn write_hex(bytes: &[u8], digits: &mut [u8]) {
    debug_assert_eq!(digits.len(), 2 * bytes.len(), "two digits a byte");
    for (pair, byte) in digits.chunks_exact_mut(2).zip(bytes) {
        pair.copy_from_slice(&HEX_DIGITS[usize::from(*byte)]);
    }
}

/// As [`write_hex`], and gives the digits as a text.
pub(crate) fn hex<'a>(bytes: &[u8], digits: &'a mut [u8]) -> &'a str {
    write_hex(bytes, digits);
    // Digits are UTF-8.
    std::str::from_utf8(digits).unwrap_or_default()
}

/// Bytes as lower-case hex digits.
pub(crate) fn hex_string(bytes: &[u8]) -> String {
    let mut digits = vec![0; 2 * bytes.len()];
    hex(bytes, &mut digits).to_owned()
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
        assert_eq!(timestamp(OffsetDateTime::UNIX_EPOCH), "1970-01-01T00:00:00Z");
        let last = OffsetDateTime::from_unix_timestamp(253_402_300_799).unwrap();
        assert_eq!(timestamp(last), "9999-12-31T23:59:59Z");
        let before = OffsetDateTime::from_unix_timestamp(-62_198_755_200).unwrap();
        assert_eq!(timestamp(before), "-1-01-01T00:00:00Z");
    }

    #[test]
    fn a_second_has_one_timestamp_and_the_next_another() {
        let timestamps = Timestamps::default();
        let at = |millis: i128| {
            let at = OffsetDateTime::from_unix_timestamp_nanos(millis * 1_000_000).unwrap();
            timestamps.at(at).to_string()
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
    fn hex_has_two_digits_a_byte() {
        assert_eq!(hex_string(&[0x00, 0x0f, 0xa5, 0xff]), "000fa5ff");
        assert_eq!(hex_string(&[]), "");
    }
}
