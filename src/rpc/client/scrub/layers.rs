//! Strings inside of encoded strings, which may contain a secret: base64 of a form, escaped HTML.
//!
//! A search decodes each character once, and knows the common escapes. Here the whole string is
//! decoded, layer by layer, until nothing changes. What is found this way has no position in the
//! string, so the caller replaces all of it.

use crate::rpc::decodings::LOST;

/// The layers of escapes that are removed from one string.
const MOST_LAYERS: usize = 4;

/// The layers of base64 or lists of bytes, one in the other.
const MOST_PACKED: usize = 2;

/// The fewest bytes that a packed string has.
const SHORTEST_PACKED: usize = 6;

/// The length from which whitespace after a part of a base64 string is a fold of its line.
const FOLDED: usize = 60;

/// Returns whether `finds` is true for a string inside of another, or there are too many of them.
pub(super) fn any(text: &str, finds: &impl Fn(&str) -> bool) -> bool {
    let mut budget = 12 * text.len() + 4096;
    in_layers(text, MOST_PACKED, &mut budget, finds)
}

fn in_layers(
    text: &str,
    packed_layers: usize,
    budget: &mut usize,
    finds: &impl Fn(&str) -> bool,
) -> bool {
    let mut check = |text: &str| match budget.checked_sub(text.len()) {
        Some(left) => {
            *budget = left;
            finds(text)
        }
        None => true,
    };
    // A secret may contain what looks like an escape of another kind, so each kind is removed alone.
    let mut levels = vec![(text.to_owned(), 0)];
    let mut next = 0;
    while let Some((text, layers)) = levels.get(next).cloned().filter(|(_, n)| *n < MOST_LAYERS) {
        for kind in ['%', '&', '\\', '\0'] {
            let Some(inner) = unescape(&text, kind) else { continue };
            if levels.iter().any(|(known, _)| *known == inner) {
                continue;
            }
            if check(&inner) {
                return true;
            }
            levels.push((inner, layers + 1));
        }
        next += 1;
    }
    if packed_layers == 0 {
        return false;
    }
    let packed: Vec<String> = levels.iter().flat_map(|(text, _)| unpack(text)).collect();
    packed.iter().any(|text| check(text))
        || packed.iter().any(|text| in_layers(text, packed_layers - 1, budget, finds))
}

/// Removes one layer of the escapes that begin with a character, or returns `None` without any.
///
/// Those of a zero byte are invisible characters.
fn unescape(text: &str, kind: char) -> Option<String> {
    if kind != '\0' && !text.contains(kind) {
        return None;
    }
    let mut out = Vec::with_capacity(text.len());
    let mut changed = false;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let found = match (kind, first) {
            ('%', '%') => percent(rest),
            ('&', '&') => entity(rest),
            ('\\', '\\') => backslash(rest),
            // In UTF-16, ASCII is every other byte. The others are invisible.
            ('\0', '\0' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}') => {
                Some((first.len_utf8(), Decoded::Nothing))
            }
            _ => None,
        };
        let length = if let Some((length, decoded)) = found {
            changed = true;
            match decoded {
                Decoded::Byte(byte) => out.push(byte),
                Decoded::Char(c) => push(&mut out, c),
                Decoded::Nothing => {}
            }
            length
        } else {
            push(&mut out, first);
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    changed.then(|| String::from_utf8_lossy(&out).into_owned())
}

/// What an escape stands for.
enum Decoded {
    Byte(u8),
    Char(char),
    Nothing,
}

fn push(out: &mut Vec<u8>, c: char) {
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

fn percent(text: &str) -> Option<(usize, Decoded)> {
    if let Some(byte) = hex(text, 1, 2) {
        return Some((3, Decoded::Byte(u8::try_from(byte).ok()?)));
    }
    let unit = text[1..].starts_with('u').then(|| hex(text, 2, 4))??;
    Some((6, Decoded::Char(char::from_u32(unit).unwrap_or(LOST))))
}

fn entity(text: &str) -> Option<(usize, Decoded)> {
    let end = text.bytes().take(12).position(|byte| byte == b';')?;
    let name = &text[1..end];
    let c = if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        char::from_u32(code)?
    } else {
        named(name)?
    };
    Some((end + 1, Decoded::Char(c)))
}

/// Returns the character of a named HTML entity; [`LOST`] for one that is not ASCII.
fn named(name: &str) -> Option<char> {
    const NAMES: [&str; 38] = [
        "amp&",
        "lt<",
        "gt>",
        "quot\"",
        "apos'",
        "excl!",
        "num#",
        "dollar$",
        "percnt%",
        "lpar(",
        "rpar)",
        "ast*",
        "plus+",
        "comma,",
        "hyphen-",
        "period.",
        "sol/",
        "colon:",
        "semi;",
        "equals=",
        "quest?",
        "commat@",
        "lsqb[",
        "lbrack[",
        "bsol\\",
        "rsqb]",
        "rbrack]",
        "Hat^",
        "lowbar_",
        "grave`",
        "lcub{",
        "lbrace{",
        "verbar|",
        "vert|",
        "rcub}",
        "rbrace}",
        "nbsp\u{a0}",
        "Tab\u{a0}",
    ];
    let known = NAMES.iter().find_map(|known| {
        let c = known.strip_prefix(name)?;
        c.chars().next().filter(|first| first.len_utf8() == c.len())
    });
    let is_name = name.len() > 1 && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    known.or(is_name.then_some(LOST))
}

fn backslash(text: &str) -> Option<(usize, Decoded)> {
    let escaped = text[1..].chars().next()?;
    let long = match escaped {
        'x' => hex(text, 2, 2).and_then(|byte| Some((4, Decoded::Byte(u8::try_from(byte).ok()?)))),
        'U' => hex(text, 2, 8).map(|code| (10, char_of(code))),
        'u' if text[2..].starts_with('{') => {
            let end = text.bytes().take(10).position(|byte| byte == b'}');
            end.and_then(|end| Some((end + 1, char_of(hex(text, 3, end.checked_sub(3)?)?))))
        }
        'u' => hex(text, 2, 4).map(|unit| match surrogates(text, unit) {
            Some(c) => (12, Decoded::Char(c)),
            None => (6, char_of(unit)),
        }),
        '0'..='3' => octal(text).map(|byte| (4, Decoded::Byte(byte))),
        'n' | 'r' | 't' => Some((2, Decoded::Char(' '))),
        _ => None,
    };
    // Before another letter or digit, a backslash is itself.
    let itself = || (1 + escaped.len_utf8(), Decoded::Char(escaped));
    long.or_else(|| (!escaped.is_ascii_alphanumeric()).then(itself))
}

fn char_of(code: u32) -> Decoded {
    Decoded::Char(char::from_u32(code).unwrap_or(LOST))
}

fn surrogates(text: &str, high: u32) -> Option<char> {
    let is_pair = text.get(6..8) == Some("\\u");
    let units =
        [u16::try_from(high).ok()?, u16::try_from(is_pair.then(|| hex(text, 8, 4))??).ok()?];
    char::decode_utf16(units).next()?.ok()
}

fn octal(text: &str) -> Option<u8> {
    u8::from_str_radix(text.get(1..4)?, 8).ok()
}

fn hex(text: &str, start: usize, digits: usize) -> Option<u32> {
    let digits = text.get(start..start + digits)?;
    let is_hex = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| u32::from_str_radix(digits, 16).ok())?
}

/// Returns the strings in the base64 strings and lists of bytes of a string.
fn unpack(text: &str) -> Vec<String> {
    // What precedes a base64 string may look like its beginning, so it may start at any offset.
    let mut unpacked = vec![Vec::new(); 4];
    let mut run = Vec::new();
    let mut part = 0;
    for byte in text.bytes().chain([b'\n', b'.']) {
        if let Some(six) = sextet(byte) {
            run.push(six);
            part += 1;
            continue;
        }
        if part >= FOLDED && byte.is_ascii_whitespace() {
            continue;
        }
        for (offset, out) in unpacked.iter_mut().enumerate() {
            add_text(out, &bytes_of(run.get(offset..).unwrap_or_default()));
        }
        run.clear();
        part = 0;
    }
    for radix in [10, 16] {
        unpacked.push(byte_lists(text, radix));
    }
    unpacked.retain(|text| !text.is_empty());
    unpacked.iter().map(|text| String::from_utf8_lossy(text).into_owned()).collect()
}

fn sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

fn bytes_of(sextets: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(sextets.len());
    for group in sextets.chunks(4) {
        let bits = group.iter().fold(0u32, |bits, six| bits << 6 | u32::from(*six));
        let bits = bits << (6 * (4 - group.len()));
        bytes.extend_from_slice(&bits.to_be_bytes()[1..group.len().max(1)]);
    }
    bytes
}

/// Returns the strings in lists of bytes, such as `[104, 117, 110]`, `0x68 0x75` or `6875`.
fn byte_lists(text: &str, radix: u32) -> Vec<u8> {
    let mut out = Vec::new();
    let mut bytes = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let skipped = rest.trim_start_matches([' ', ',', ':', '-', ';']);
        // A decimal number ends at a separator, a hexadecimal one after two digits.
        let is_separated = bytes.is_empty() || skipped.len() < rest.len() || radix == 16;
        let start = match radix {
            16 => skipped.strip_prefix("0x").unwrap_or(skipped),
            _ => skipped,
        };
        let most = if radix == 16 { 2 } else { start.len().min(4) };
        let digits =
            start.bytes().take(most).take_while(|b| char::from(*b).is_digit(radix)).count();
        let number = (radix == 10 || digits == 2)
            .then(|| u8::from_str_radix(&start[..digits], radix).ok())
            .flatten();
        if let (true, Some(number)) = (is_separated, number) {
            bytes.push(number);
            rest = &start[digits..];
        } else {
            add_text(&mut out, &bytes);
            bytes.clear();
            rest = &skipped[skipped.chars().next().map_or(0, char::len_utf8)..];
        }
    }
    add_text(&mut out, &bytes);
    out
}

/// Adds bytes that are a string of UTF-8, or at least for the most part.
fn add_text(out: &mut Vec<u8>, bytes: &[u8]) {
    if bytes.len() < SHORTEST_PACKED {
        return;
    }
    let text = String::from_utf8_lossy(bytes);
    let is_odd = |c: &char| *c == LOST || (c.is_control() && !c.is_ascii_whitespace());
    if text.chars().filter(is_odd).count() * 4 <= text.chars().count() {
        out.extend_from_slice(bytes);
        out.push(b'\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_one_layer_are_removed() {
        for (text, decoded) in [
            ("a%5C%22b", "a\\\"b"),
            ("&amp;quot;", "&quot;"),
            ("\\u0026lt;\\u{f6}\\U000000f6\\ud83d\\ude80", "&lt;öö🚀"),
            ("\\303\\266\\\\", "ö\\"),
            ("&plus;&#x2B;&#43;", "+++"),
            ("w&ouml;rd", "w\u{fffd}rd"),
            ("h\0u\0n\0t", "hunt"),
        ] {
            let first = text.find(['%', '&', '\\', '\0']).unwrap_or_default();
            let kind = text[first..].chars().next().unwrap_or_default();
            assert_eq!(unescape(text, kind).as_deref(), Some(decoded), "{text}");
        }
        for text in ["", "a", "100 % & more", "%", "%é", "&é;", "a=b&c=d; x", "\\"] {
            for kind in ['%', '&', '\\', '\0'] {
                assert_eq!(unescape(text, kind), None, "{text}");
            }
        }
    }

    #[test]
    fn packed_texts_are_found() {
        for text in [
            "body=aHVudGVyMiBvciBzbw==!",
            "x/aHVudGVyMiBvciBzbw",
            "[104, 117, 110, 116, 101, 114, 50]",
            "104 117 110 116 101 114 50",
            "0x68,0x75,0x6e,0x74,0x65,0x72,0x32",
            "68:75:6E:74:65:72:32",
            "=68756e74657232.",
        ] {
            assert!(unpack(text).iter().any(|text| text.contains("hunter2")), "{text}");
        }
        assert_eq!(unpack("the value of a parameter is invalid, see 1, 2 and 3"), [""; 0]);
    }

    #[test]
    fn too_many_layers_count_as_found() {
        assert!(!in_layers("&amp;amp;", 2, &mut 100, &|_| false));
        assert!(in_layers("&amp;amp;", 2, &mut 5, &|_| false));
    }
}
