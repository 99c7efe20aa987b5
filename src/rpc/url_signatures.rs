//! Signatures in URLs, and temporary keys, that a server sends.
//!
//! Whoever has one can use the URL, or the key, until it expires.

use std::borrow::Cow;

use super::decodings::for_each_decoding;

/// The ends of the names of secrets, such as `Signature`, `x-oss-signature` and `AccessKeySecret`.
const NAMES: [&str; 4] = ["signature", "accesskeysecret", "securitytoken", "security-token"];

/// The bytes that separate a name from its value, or begin the encoding of one that does.
const SEPARATORS: &[u8] = b"=:,>%&\\";

const QUOTES: &[char] = &['"', '\'', '`'];

/// The characters of an escape whose first character is encoded, as in `&amp;#61;`.
const LONGEST_ESCAPE: usize = 16;

/// The longest string after a colon without quotes that is not a signature, but text of a message.
const LONGEST_WORD: usize = 20;

/// Returns a string with a placeholder for the values of signatures and temporary keys.
///
/// Knows `Signature=…` of a query, in one or more encodings, and the forms in which logs and documents
/// show a field: `signature="…"`, `"Signature":"…"`, `("Signature", "…")` and `<Signature>…`.
pub(super) fn without_signatures<'t>(text: &'t str, placeholder: &str) -> Cow<'t, str> {
    if !text.bytes().any(|byte| SEPARATORS.contains(&byte)) {
        return text.into();
    }
    // Has the length of the text, so that positions are the same.
    let lower = text.to_ascii_lowercase();
    let mut clean = String::new();
    let mut copied = 0;
    let names = NAMES.into_iter().flat_map(|name| lower.match_indices(name));
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    for (at, name) in names {
        if at < copied {
            continue;
        }
        let Some((start, end)) = value(text, at + name.len()) else { continue };
        clean.push_str(&text[copied..start]);
        clean.push_str(placeholder);
        copied = end;
    }
    if copied == 0 {
        return text.into();
    }
    clean.push_str(&text[copied..]);
    clean.into()
}

/// Returns whether a string contains a signature or a temporary key.
pub(super) fn has_signature(text: &str) -> bool {
    matches!(without_signatures(text, ""), Cow::Owned(_))
}

/// Returns where the value begins and ends that follows a name.
fn value(text: &str, name_end: usize) -> Option<(usize, usize)> {
    let mut at = name_end;
    let take = |at: &mut usize, wanted: &[char]| {
        let (c, end) = decode(text, *at).filter(|(c, _)| wanted.contains(c))?;
        *at = end;
        Some(c)
    };
    take(&mut at, QUOTES);
    let is_spaced = take(&mut at, &[' ']).is_some();
    let separator = take(&mut at, &['=', ':', ',', '>'])?;
    let after_separator = at;
    while take(&mut at, &[' ']).is_some() {}
    let is_quoted = take(&mut at, QUOTES).is_some();
    // `Signature= and` has no value.
    let start = if is_quoted || is_spaced || separator != '=' { at } else { after_separator };
    let mut end = start;
    let mut length = 0;
    while let Some((_, next)) = decode(text, end).filter(|(c, _)| is_in_value(*c)) {
        (end, length) = (next, length + 1);
    }
    let is_value = is_quoted || matches!(separator, '=' | '>') || length > LONGEST_WORD;
    (is_value && length > 0).then_some((start, end))
}

/// Returns whether a character can be in base64 or hex, or in an encoding that is cut off.
fn is_in_value(c: char) -> bool {
    c.is_ascii_alphanumeric() || "+/=-_.~%".contains(c)
}

/// Returns the character at a position, and where its encoding ends.
///
/// Knows encodings in others, such as `&amp;#61;` and `\u00253D` for `=`.
fn decode(text: &str, at: usize) -> Option<(char, usize)> {
    let (mut c, mut end) = decode_once(text, at)?;
    // An encoded character that begins an escape itself.
    while matches!(c, '%' | '&' | '\\') && end > at + 1 {
        let mut inner = String::from(c);
        let mut ends = vec![end];
        for _ in 1..LONGEST_ESCAPE {
            let Some((c, next)) = decode_once(text, ends[ends.len() - 1]) else { break };
            inner.push(c);
            ends.push(next);
        }
        let (decoded, length) = decode_once(&inner, 0)?;
        let count = inner[..length].chars().count();
        c = decoded;
        if count == 1 {
            break;
        }
        end = *ends.get(count - 1)?;
    }
    Some((c, end))
}

/// Returns the character that the longest encoding at a position has, and where it ends.
fn decode_once(text: &str, at: usize) -> Option<(char, usize)> {
    let mut longest = None;
    let mut length = 0;
    for_each_decoding(text, at, |found, c| {
        if found > length {
            (length, longest) = (found, Some(c));
        }
    });
    Some((longest?, at + length))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rpc::wire::percent_encode;

    #[test]
    fn values_of_signatures_are_replaced() {
        for (text, expected) in [
            (
                "https://h/f?Expires=1&Signature=ab%2Fc%3D",
                "https://h/f?Expires=1&Signature=(secret)",
            ),
            ("h?Signature=ab/c==&x=1 and", "h?Signature=(secret)&x=1 and"),
            (
                "h?x-oss-signature=0f&x=1, h?SIGNATURE=Z",
                "h?x-oss-signature=(secret)&x=1, h?SIGNATURE=(secret)",
            ),
            (r#""h?Signature\u003dab\/c", 1"#, r#""h?Signature\u003d(secret)", 1"#),
            ("to=h%3FSignature%3Dab", "to=h%3FSignature%3D(secret)"),
            (
                "h?security-token=a%2B&Signature=b&SecurityToken=c",
                "h?security-token=(secret)&Signature=(secret)&SecurityToken=(secret)",
            ),
            (
                r#"{"AccessKeySecret":"a","SecurityToken":"b"}"#,
                r#"{"AccessKeySecret":"(secret)","SecurityToken":"(secret)"}"#,
            ),
            ("InvalidSecurityToken.Expired: no", "InvalidSecurityToken.Expired: no"),
            ("é Signature=é", "é Signature=é"),
            (
                "SignatureDoesNotMatch, SignatureVersion=1, Signature= and",
                "SignatureDoesNotMatch, SignatureVersion=1, Signature= and",
            ),
        ] {
            assert_eq!(without_signatures(text, "(secret)"), expected);
        }
    }

    #[test]
    fn nested_encodings_are_known() {
        for equals in [
            "%3d",
            "%253D",
            "%25253d",
            "%252525252525253D",
            "&#61;",
            "&#x3D;",
            "&#x003d;",
            "&equals;",
            "&amp;#61;",
            "&amp;amp;#61;",
            "\\u003d",
            "\\\\u003D",
            "\\x3d",
            "%26%2361%3B",
            "\\u00253D",
            "%5Cu003d",
        ] {
            let text = format!("h?Signature{equals}ab&amp;x=1");
            let expected = format!("h?Signature{equals}(secret)&amp;x=1");
            assert_eq!(without_signatures(&text, "(secret)"), expected, "{equals}");
        }
        for value in
            ["a&#43;b&#x2F;c&#61;", "a&plus;b&sol;c&equals;", "a%252Bb%252Fc%253D", "a\\/b"]
        {
            let text = format!("Signature={value}&amp;x=1");
            assert_eq!(without_signatures(&text, "-"), "Signature=-&amp;x=1", "{value}");
        }
    }

    #[test]
    fn fields_of_logs_and_documents_are_known() {
        for (text, expected) in [
            (r#"signature="ab" x=1"#, r#"signature="(secret)" x=1"#),
            (r#"signature=\"ab\" x=1"#, r#"signature=\"(secret)\" x=1"#),
            ("Signature = ab, x", "Signature = (secret), x"),
            (r#"{"Signature":"ab","x":1}"#, r#"{"Signature":"(secret)","x":1}"#),
            (r#"Url { signature: "ab" }"#, r#"Url { signature: "(secret)" }"#),
            (r#"[("Signature", "ab")]"#, r#"[("Signature", "(secret)")]"#),
            ("<Signature>ab</Signature>", "<Signature>(secret)</Signature>"),
            ("%22Signature%22%3A%22ab%22", "%22Signature%22%3A%22(secret)%22"),
            (
                "x-oss-signature: 0123456789abcdef0123, x",
                "x-oss-signature: 0123456789abcdef0123, x",
            ),
            ("x-oss-signature: 0123456789abcdef01234, x", "x-oss-signature: (secret), x"),
        ] {
            assert_eq!(without_signatures(text, "(secret)"), expected);
            assert_eq!(has_signature(text), text != expected);
        }
        for text in [
            "invalid signature: try again",
            "SignatureNonce=1&SignatureMethod=HMAC",
            "signature",
            "",
        ] {
            assert!(!has_signature(text), "{text}");
        }
    }

    fn each(text: &str, encode: fn(u32) -> String) -> String {
        text.chars().fold(String::new(), |all, c| all + &encode(c.into()))
    }

    proptest! {
        #[test]
        fn no_encoding_shows_a_signature(
            value in "[A-Za-z0-9+/]{4,40}={0,2}",
            layers in proptest::collection::vec(0..3_u8, 0..3),
        ) {
            let encode = |text: &str, layer| match layer {
                0 => percent_encode(text),
                1 => each(text, |c| format!("&#{c};")),
                _ => each(text, |c| format!("\\u{c:04x}")),
            };
            // A name is not encoded: its characters need no escape.
            let (mut equals, mut shown, mut end) = ("=".to_owned(), value.clone(), "&".to_owned());
            for layer in layers {
                equals = encode(&equals, layer);
                shown = encode(&shown, layer);
                end = encode(&end, layer);
            }
            let text = format!("h?Signature{equals}{shown}{end}x");
            let clean = without_signatures(&text, "-");
            prop_assert_eq!(clean, format!("h?Signature{equals}-{end}x"));
        }

        #[test]
        fn json_stays_json(text in r#"[a-c\\"=%&;#0-9\n]{0,40}"#) {
            let value = format!("h?Signature={text}");
            let json = serde_json::to_string(&[&value]).unwrap();
            let clean = without_signatures(&json, "-");
            let list: Result<Vec<String>, _> = serde_json::from_str(&clean);
            prop_assert!(list.is_ok(), "{json} {clean}");
        }
    }
}
