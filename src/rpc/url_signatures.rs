//! Signatures in URLs that a server sends: whoever has one can use the URL until it expires.

use std::borrow::Cow;

/// The end of the names of signatures in queries, such as `Signature` and `x-oss-signature`.
const NAME: &str = "signature";

/// How `=` is written in queries, in nested queries and in JSON.
const EQUALS: [&str; 3] = ["=", "%3d", "\\u003d"];

/// Returns a string with a placeholder for the values of signatures in queries.
pub(super) fn without_signatures<'t>(text: &'t str, placeholder: &str) -> Cow<'t, str> {
    // Has the length of the text, so that positions are the same.
    let lower = text.to_ascii_lowercase();
    let mut clean = String::new();
    let mut copied = 0;
    for (at, _) in lower.match_indices(NAME) {
        let end = at + NAME.len();
        let Some(equals) = EQUALS.iter().find(|equals| lower[end..].starts_with(**equals)) else {
            continue;
        };
        let start = end + equals.len();
        let length = text[start..].bytes().take_while(|byte| is_in_value(*byte)).count();
        if start < copied || length == 0 {
            continue;
        }
        clean.push_str(&text[copied..start]);
        clean.push_str(placeholder);
        copied = start + length;
    }
    if copied == 0 {
        return text.into();
    }
    clean.push_str(&text[copied..]);
    clean.into()
}

/// Returns whether a character can be in base64 or hex, or in their form in a query or JSON.
fn is_in_value(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/=%-_.~\\".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

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
            ("é Signature=é", "é Signature=é"),
            (
                "SignatureDoesNotMatch, SignatureVersion=1, Signature=",
                "SignatureDoesNotMatch, SignatureVersion=1, Signature=",
            ),
        ] {
            assert_eq!(without_signatures(text, "(secret)"), expected);
        }
    }
}
