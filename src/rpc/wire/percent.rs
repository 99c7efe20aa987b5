//! Percent-encoding by RFC 3986, as both signature versions require it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use smallvec::SmallVec;

/// All characters except the unreserved ones: `A-Z a-z 0-9 - _ . ~`.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// For each byte, 1 if it is percent-encoded and 0 otherwise.
const IS_ENCODED: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = u8::MIN;
    loop {
        table[byte as usize] = !is_unreserved(byte) as u8;
        if byte == u8::MAX {
            break table;
        }
        byte += 1;
    }
};

const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~')
}

/// Returns whether percent-encoding leaves a string unchanged.
///
/// Without branches and table look-ups, so that the compiler can vectorize the loop.
#[expect(clippy::needless_bitwise_bool, reason = "a branch would prevent vectorization")]
pub(super) fn is_unreserved_only(value: &str) -> bool {
    value.bytes().fold(true, |plain, byte| {
        let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        let digit = byte.wrapping_sub(b'0') < 10;
        let mark = (byte == b'-') | (byte == b'_') | (byte == b'.') | (byte == b'~');
        plain & (letter | digit | mark)
    })
}

/// Appends a percent-encoded string; see [`percent_encode`].
pub(crate) fn push_encoded(out: &mut String, value: &str) {
    // Encoding changes no name and few values.
    if value.bytes().fold(0, |found, byte| found | IS_ENCODED[usize::from(byte)]) == 0 {
        out.push_str(value);
    } else {
        out.extend(utf8_percent_encode(value, RESERVED));
    }
}

/// Percent-encodes a string as the signatures require.
///
/// Encodes the bytes of its UTF-8 form in upper-case hex, and a space as `%20`. Only
/// `A-Z a-z 0-9 - _ . ~` are not encoded.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::unversioned::wire::percent_encode;
///
/// assert_eq!(percent_encode("a b*~中"), "a%20b%2A~%E4%B8%AD");
/// ```
pub fn percent_encode(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    push_encoded(&mut out, value);
    out
}

/// Writes parameters as a query: percent-encoded `name=value` pairs, sorted by name.
///
/// The order is the byte order of the names, which must be unique. `&` joins the pairs.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::unversioned::wire::canonical_query;
///
/// let query = canonical_query([("b", "1 2"), ("B", ""), ("a", "é")]);
/// assert_eq!(query, "B=&a=%C3%A9&b=1%202");
/// ```
pub fn canonical_query<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut pairs: Pairs<'a> = pairs.into_iter().collect();
    pairs.sort_unstable();
    let length: usize = pairs.iter().map(|(name, value)| name.len() + value.len() + 2).sum();
    // A quarter more, for values in which some characters are encoded.
    let mut out = String::with_capacity(length + length / 4);
    push_query(&mut out, pairs.iter().copied());
    out
}

/// Returns the length of the query of these parameters, in bytes.
pub(crate) fn encoded_length<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> usize {
    let encoded = |value: &str| -> usize {
        value.bytes().map(|byte| usize::from(IS_ENCODED[usize::from(byte)])).sum()
    };
    let length = |value: &str| value.len() + 2 * encoded(value);
    // Plus 2 for `=` and `&`.
    pairs.map(|(name, value)| length(name) + length(value) + 2).sum()
}

/// Names and values; the parameters of most requests fit without an allocation.
pub(crate) type Pairs<'a> = SmallVec<[(&'a str, &'a str); 24]>;

/// Appends parameters, which are sorted by name, as a query.
pub(super) fn push_query<'a>(out: &mut String, pairs: impl Iterator<Item = (&'a str, &'a str)>) {
    push_pairs(out, pairs, push_encoded);
}

/// Appends parameters that [need no encoding](is_unreserved_only) as a query.
pub(super) fn push_unencoded<'a>(
    out: &mut String,
    pairs: impl Iterator<Item = (&'a str, &'a str)>,
) {
    push_pairs(out, pairs, String::push_str);
}

fn push_pairs<'a>(
    out: &mut String,
    pairs: impl Iterator<Item = (&'a str, &'a str)>,
    push: impl Fn(&mut String, &str),
) {
    let start = out.len();
    for (name, value) in pairs {
        if out.len() > start {
            out.push('&');
        }
        push(out, name);
        out.push('=');
        push(out, value);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn is_unreserved_only_agrees_with_the_table() {
        for byte in 0..=u8::MAX {
            let text = char::from(byte).to_string();
            assert_eq!(is_unreserved_only(&text), percent_encode(&text) == text, "{byte}");
        }
        assert!(is_unreserved_only("") && is_unreserved_only("cn-hangzhou"));
        assert!(!is_unreserved_only("cn-hangzhou 1"));
    }

    proptest! {
        #[test]
        fn encoding_is_reversible(text in any::<String>()) {
            let encoded = percent_encode(&text);
            prop_assert!(
                encoded.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.~%".contains(&b))
            );
            let decoded = percent_encoding::percent_decode_str(&encoded).decode_utf8().unwrap();
            prop_assert_eq!(decoded, text);
        }

        #[test]
        fn hex_is_upper_case(text in any::<String>()) {
            let encoded = percent_encode(&text);
            for part in encoded.split('%').skip(1) {
                let hex = part.as_bytes().get(..2).unwrap();
                prop_assert!(hex.iter().all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(b)));
            }
        }

        #[test]
        fn query_has_each_pair_once_in_byte_order(
            pairs in prop::collection::btree_map(any::<String>(), any::<String>(), 0..8),
        ) {
            let query =
                canonical_query(pairs.iter().rev().map(|(name, value)| (&**name, &**value)));
            let parsed: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect();
            // A `BTreeMap` of strings iterates in byte order.
            prop_assert_eq!(parsed, pairs.into_iter().collect::<Vec<_>>());
        }
    }
}
