//! Percent-encoding by RFC 3986, as both signature methods want it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use smallvec::SmallVec;

/// Everything but the unreserved characters `A-Z a-z 0-9 - _ . ~`.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// For each byte, 1 if it is written as hex and 0 if it stays.
const WRITTEN_AS_HEX: [u8; 256] = {
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

/// Whether nothing of a text is written as hex. Without branches and the table, so that the
/// compiler looks at many bytes at a time.
#[expect(clippy::needless_bitwise_bool, reason = "a branch would keep it from doing so")]
pub(super) fn is_plain(text: &str) -> bool {
    text.bytes().fold(true, |plain, byte| {
        let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        let digit = byte.wrapping_sub(b'0') < 10;
        let mark = (byte == b'-') | (byte == b'_') | (byte == b'.') | (byte == b'~');
        plain & (letter | digit | mark)
    })
}

/// Appends a text, percent-encoded: UTF-8, upper-case hex, a space as `%20`.
pub(crate) fn push_encoded(out: &mut String, text: &str) {
    // Names and most values stay as they are.
    if text.bytes().fold(0, |found, byte| found | WRITTEN_AS_HEX[usize::from(byte)]) == 0 {
        out.push_str(text);
    } else {
        out.extend(utf8_percent_encode(text, RESERVED));
    }
}

/// A text, percent-encoded: UTF-8, upper-case hex, a space as `%20`, only
/// `A-Z a-z 0-9 - _ . ~` left as they are.
///
/// ```
/// use aliyun_dbs::unversioned::wire::percent_encode;
///
/// assert_eq!(percent_encode("a b*~中"), "a%20b%2A~%E4%B8%AD");
/// ```
pub fn percent_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    push_encoded(&mut out, text);
    out
}

/// Parameters as `name=value` pairs joined by `&`: sorted by name in byte order, names and
/// values percent-encoded.
///
/// Names are taken to be unique.
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
    // With room for values of which a few characters are encoded.
    let mut out = String::with_capacity(length + length / 4);
    push_query(&mut out, pairs.iter().copied());
    out
}

/// How long parameters are as a query, bytes.
pub(crate) fn encoded_length<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> usize {
    let hex = |text: &str| -> usize {
        text.bytes().map(|byte| usize::from(WRITTEN_AS_HEX[usize::from(byte)])).sum()
    };
    let length = |text: &str| text.len() + 2 * hex(text);
    // With `=` and `&`.
    pairs.map(|(name, value)| length(name) + length(value) + 2).sum()
}

/// Names with their values; room for those of most requests.
pub(crate) type Pairs<'a> = SmallVec<[(&'a str, &'a str); 24]>;

/// Appends parameters as a query; they come sorted by name.
pub(super) fn push_query<'a>(out: &mut String, pairs: impl Iterator<Item = (&'a str, &'a str)>) {
    push_pairs(out, pairs, push_encoded);
}

/// The same of parameters that are known to be [plain](is_plain).
pub(super) fn push_plain<'a>(out: &mut String, pairs: impl Iterator<Item = (&'a str, &'a str)>) {
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
    fn plain_is_what_the_table_leaves_as_it_is() {
        for byte in 0..=u8::MAX {
            let text = char::from(byte).to_string();
            assert_eq!(is_plain(&text), percent_encode(&text) == text, "{byte}");
        }
        assert!(is_plain("") && is_plain("cn-hangzhou") && !is_plain("cn-hangzhou 1"));
    }

    proptest! {
        #[test]
        fn encoding_is_reversible_and_plain(text in any::<String>()) {
            let encoded = percent_encode(&text);
            prop_assert!(
                encoded.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.~%".contains(&b))
            );
            let decoded = percent_encoding::percent_decode_str(&encoded).decode_utf8().unwrap();
            prop_assert_eq!(decoded, text);
        }

        #[test]
        fn hex_is_upper_case_and_complete(text in any::<String>()) {
            let encoded = percent_encode(&text);
            for part in encoded.split('%').skip(1) {
                let hex = part.as_bytes().get(..2).unwrap();
                prop_assert!(hex.iter().all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(b)));
            }
        }

        #[test]
        fn a_query_holds_every_pair_once_in_byte_order(
            pairs in prop::collection::btree_map(any::<String>(), any::<String>(), 0..8),
        ) {
            let query =
                canonical_query(pairs.iter().rev().map(|(name, value)| (&**name, &**value)));
            let back: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect();
            // A `BTreeMap` of strings iterates in byte order.
            prop_assert_eq!(back, pairs.into_iter().collect::<Vec<_>>());
        }
    }
}
