//! Repairs what no JSON parser reads, so that it costs a field and not the response.

use std::borrow::Cow;

/// Rewrites a body as JSON that can be parsed, in two cases that concern one value only.
///
/// A number whose digits do not fit 64 bits becomes a string, which keeps its digits. A string
/// that is not Unicode becomes an object, which no field can be read from.
pub(super) fn repair(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let is_lossy = matches!(text, Cow::Owned(_));
    let text = text.trim_start_matches('\u{feff}');
    let mut out = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c == '"' || c == '-' || c.is_ascii_digit()) {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = if rest.starts_with('"') { string_end(rest) } else { number_end(rest) };
        let (token, after) = rest.split_at(end);
        if token.starts_with('"') {
            push_string(&mut out, token, is_lossy, after.trim_start().starts_with(':'));
        } else {
            push_number(&mut out, token);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

fn string_end(text: &str) -> usize {
    let mut bytes = text.bytes().enumerate().skip(1);
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' => _ = bytes.next(),
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn number_end(text: &str) -> usize {
    let part = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
    text.find(|c: char| !part(c)).unwrap_or(text.len())
}

fn push_number(out: &mut String, number: &str) {
    const EXACT: f64 = 9_223_372_036_854_775_808.0;
    let is_exact = number.parse::<u64>().is_ok() || number.parse::<i64>().is_ok();
    let is_huge = || number.parse::<f64>().is_ok_and(|value| value.abs() >= EXACT);
    if !is_exact && is_huge() {
        out.extend(["\"", number, "\""]);
    } else {
        out.push_str(number);
    }
}

fn push_string(out: &mut String, string: &str, is_lossy: bool, is_key: bool) {
    let replaced = replace_lone_surrogates(string);
    let is_unicode =
        matches!(replaced, Cow::Borrowed(_)) && !(is_lossy && string.contains('\u{fffd}'));
    if is_unicode || is_key {
        out.push_str(&replaced);
    } else {
        out.extend(["{\"not Unicode\":", &replaced, "}"]);
    }
}

/// Replaces `\ud83d` without a second half, and a second half without a first.
fn replace_lone_surrogates(string: &str) -> Cow<'_, str> {
    let unit = |at: usize| {
        let digits = string.get(at..at + 6)?.strip_prefix("\\u")?;
        u32::from_str_radix(digits, 16).ok()
    };
    let is_low = |unit: u32| (0xdc00..0xe000).contains(&unit);
    let mut out = String::new();
    let (mut copied, mut at) = (0, 0);
    while let Some(found) = string[at..].find('\\') {
        at += found;
        match unit(at) {
            Some(high) if (0xd800..0xdc00).contains(&high) && unit(at + 6).is_some_and(is_low) => {
                at += 12;
            }
            Some(lone) if (0xd800..0xe000).contains(&lone) => {
                out.extend([&string[copied..at], "\\ufffd"]);
                at += 6;
                copied = at;
            }
            _ => {
                at += 1 + string[at + 1..].chars().next().map_or(0, char::len_utf8);
            }
        }
    }
    if copied == 0 { Cow::Borrowed(string) } else { Cow::Owned(out + &string[copied..]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn huge_numbers_become_strings() {
        for (json, repaired) in [
            (r#"{"a":214373455920017123456}"#, r#"{"a":"214373455920017123456"}"#),
            (r"[1e400,-1e30,1.5e3]", r#"["1e400","-1e30",1.5e3]"#),
            (
                r"[18446744073709551615,-9223372036854775808]",
                r"[18446744073709551615,-9223372036854775808]",
            ),
            (r#"{"a\"1e400":"1e400\\"}"#, r#"{"a\"1e400":"1e400\\"}"#),
            (r#"{"a":"#, r#"{"a":"#),
            (r#""\"#, r#""\"#),
            ("-", "-"),
        ] {
            assert_eq!(repair(json.as_bytes()), repaired);
        }
    }

    #[test]
    fn strings_that_are_not_unicode_become_objects() {
        for (json, repaired) in [
            (&b"{\"a\":\"\xd6\",\"b\":1}"[..], "{\"a\":{\"not Unicode\":\"\u{fffd}\"},\"b\":1}"),
            (
                br#"["\ud83d","\\ud83d","\ud83d\ude80"]"#,
                r#"[{"not Unicode":"\ufffd"},"\\ud83d","\ud83d\ude80"]"#,
            ),
            (b"{\"\xd6\" : 1}", "{\"\u{fffd}\" : 1}"),
            ("[\"\u{fffd}\"]".as_bytes(), "[\"\u{fffd}\"]"),
        ] {
            assert_eq!(repair(json), repaired);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_repaired_without_panic(text in r#"[a"\\ud8dc0é{}:,0-9eE.+-]{0,40}"#) {
            repair(text.as_bytes());
        }
    }
}
