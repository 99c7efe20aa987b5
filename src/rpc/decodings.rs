//! The characters that a string may encode at a position.

/// The most backslashes before a character that are read as its escape.
///
/// More would be four layers of escaping. Without a limit, a malicious string would take too long.
const MOST_BACKSLASHES: usize = 8;

/// The longest HTML entity, such as `&#x000026;`.
const LONGEST_ENTITY: usize = 12;

/// The most bytes of an encoded character: four bytes as `\xHH` with eight backslashes.
pub(super) const LONGEST: usize = 4 * (MOST_BACKSLASHES + 3);

/// A character that another encoding could not represent. It may be any that is not ASCII.
pub(super) const LOST: char = char::REPLACEMENT_CHARACTER;

/// The characters of the bytes 0x80 to 0x9F in Windows-1252, which many programs call Latin-1.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

#[cfg(test)]
thread_local! {
    /// The number of positions that the tests of this thread decoded.
    pub(super) static STEPS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Calls `found` with the length and the character of each decoding at a position.
///
/// Whitespace and control characters are spaces, in any encoding.
pub(super) fn for_each_decoding(text: &str, at: usize, mut found: impl FnMut(usize, char)) {
    #[cfg(test)]
    STEPS.set(STEPS.get() + 1);
    let text = &text[at..];
    let Some(first) = text.chars().next() else { return };
    let mut found = |length, c: char| {
        let is_space = c.is_whitespace() || c.is_control();
        found(length, if is_space { ' ' } else { c });
        // A byte of 0x80 to 0x9F is a control character or a character of Windows-1252.
        if ('\u{80}'..='\u{9f}').contains(&c) {
            found(length, WINDOWS_1252[c as usize - 0x80]);
        }
    };
    found(first.len_utf8(), first);
    match first {
        '+' => found(1, ' '),
        '%' => percent(text.as_bytes(), found),
        '&' => entity(text, found),
        '\\' => backslash(text, found),
        '?' | LOST => {
            // One per character, or one per byte.
            let run = text.chars().take(4).take_while(|c| *c == first).count();
            (1..=run).for_each(|count| found(count * first.len_utf8(), LOST));
        }
        _ if !first.is_ascii() => misread(text, found),
        _ => {}
    }
}

/// Decodes percent-encoding (`%2F`), applied one to four times (`%252F`), and `%u002F`.
fn percent(text: &[u8], mut found: impl FnMut(usize, char)) {
    if text.get(1) == Some(&b'u')
        && let Some(c) = hex(text, 2, 4).and_then(char::from_u32)
    {
        found(6, c);
    }
    for layers in 0..4 {
        let length = 3 + 2 * layers;
        let byte = |index: usize| {
            let start = index * length;
            let is_layered = text.get(start) == Some(&b'%')
                && (0..layers).all(|layer| {
                    text.get(start + 1 + 2 * layer..start + 3 + 2 * layer) == Some(b"25")
                });
            if is_layered { hex(text, start + 1 + 2 * layers, 2) } else { None }
        };
        let Some(first) = byte(0) else { continue };
        found(length, char::from_u32(first).unwrap_or(LOST));
        if let Some((count, c)) = utf8(first, byte) {
            found(count * length, c);
        }
    }
}

/// Decodes UTF-8 that was read as Latin-1: `Ã¶` for `ö`.
fn misread(text: &str, mut found: impl FnMut(usize, char)) {
    let byte = |index: usize| text.chars().nth(index).and_then(latin1_byte);
    if let Some((count, c)) = byte(0).and_then(|first| utf8(first, byte)) {
        found(text.chars().take(count).map(char::len_utf8).sum(), c);
    }
}

/// Returns the byte of a character in Latin-1 or Windows-1252.
fn latin1_byte(c: char) -> Option<u32> {
    match u32::from(c) {
        code @ 0x80..=0xFF => Some(code),
        _ => (0x80..).zip(WINDOWS_1252).find(|(_, known)| *known == c).map(|(byte, _)| byte),
    }
}

/// Decodes a character of several UTF-8 bytes; returns the number of bytes and the character.
fn utf8(first: u32, byte: impl Fn(usize) -> Option<u32>) -> Option<(usize, char)> {
    let count = match first {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => return None,
    };
    let mut bytes = [0; 4];
    for (index, slot) in bytes[..count].iter_mut().enumerate() {
        *slot = u8::try_from(byte(index)?).ok()?;
    }
    Some((count, std::str::from_utf8(&bytes[..count]).ok()?.chars().next()?))
}

/// Decodes an HTML entity: `&amp;`, `&#38;` or `&#x26;`.
fn entity(text: &str, mut found: impl FnMut(usize, char)) {
    let Some(end) = text.bytes().take(LONGEST_ENTITY).position(|byte| byte == b';') else { return };
    let name = text[1..end].to_ascii_lowercase();
    let decoded = match name.as_str() {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "equals" => Some('='),
        "plus" => Some('+'),
        "sol" => Some('/'),
        "nbsp" => Some(' '),
        _ => name.strip_prefix('#').and_then(|number| {
            let code = match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }),
    };
    if let Some(c) = decoded {
        found(end + 1, c);
    }
}

/// Decodes a backslash escape (`\"`, `\/`, `\n`, `\x26`, `\u0026`), escaped one or more times.
fn backslash(text: &str, mut found: impl FnMut(usize, char)) {
    let slashes = backslashes(text);
    (2..=slashes).for_each(|length| found(length, '\\'));
    let rest = &text[slashes..];
    let Some(escaped) = rest.chars().next() else { return };
    found(slashes + escaped.len_utf8(), escaped);
    let bytes = text.as_bytes();
    match escaped {
        'n' | 'r' | 't' => found(slashes + 1, ' '),
        'x' => {
            let length = slashes + 3;
            let byte = |index: usize| {
                let start = index * length;
                let is_escape = text.get(start..).is_some_and(|rest| backslashes(rest) == slashes);
                let is_hex = is_escape && bytes.get(start + slashes) == Some(&b'x');
                if is_hex { hex(bytes, start + slashes + 1, 2) } else { None }
            };
            let Some(first) = byte(0) else { return };
            found(length, char::from_u32(first).unwrap_or(LOST));
            if let Some((count, c)) = utf8(first, byte) {
                found(count * length, c);
            }
        }
        'u' => {
            let Some(unit) = hex(bytes, slashes + 1, 4) else { return };
            let end = slashes + 5;
            if let Some(c) = char::from_u32(unit) {
                found(end, c);
            } else if let Some(rest) = text.get(end..) {
                let second = backslashes(rest);
                let is_pair = second > 0 && rest.as_bytes().get(second) == Some(&b'u');
                let low = if is_pair { hex(rest.as_bytes(), second + 1, 4) } else { None };
                let pair = low.and_then(|low| {
                    let units = [u16::try_from(unit).ok()?, u16::try_from(low).ok()?];
                    char::decode_utf16(units).next()?.ok()
                });
                if let Some(c) = pair {
                    found(end + second + 5, c);
                }
            }
        }
        _ => {}
    }
}

fn backslashes(text: &str) -> usize {
    text.bytes().take(MOST_BACKSLASHES).take_while(|byte| *byte == b'\\').count()
}

/// Returns the value of hex digits.
fn hex(text: &[u8], start: usize, digits: usize) -> Option<u32> {
    text.get(start..start + digits)?
        .iter()
        .try_fold(0, |value, digit| Some(value * 16 + char::from(*digit).to_digit(16)?))
}
