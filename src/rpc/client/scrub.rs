//! `Scrubber`: removes the secrets of a call from what a server sends back.
//!
//! A server may echo a secret in many encodings. They are not listed: each character of a secret
//! matches in any encoding, so mixed encodings match too.

use smallvec::{SmallVec, smallvec};

use crate::rpc::credentials::Credentials;
use crate::rpc::value::Secret;
use crate::rpc::wire::Parameters;

/// The longest string of a server that an error keeps, in characters.
const MESSAGE_LIMIT: usize = 400;

/// The number of bytes of a string that are scanned.
const SCAN_LIMIT: usize = 16 * 1024;

/// The longest encoding of one byte of a secret, such as `&#x000026;` or `%252525`.
const LONGEST_ENCODING: usize = 12;

/// Secrets shorter than this, in bytes, are replaced only as whole words.
///
/// Inside of words, the placeholders would garble the message and reveal the secret.
const SHORT: usize = 6;

/// The most backslashes before a character that are read as its escape.
///
/// More would be four layers of escaping. Without a limit, a malicious string would take too long.
const MOST_BACKSLASHES: usize = 8;

const PLACEHOLDER: &str = "(secret)";

/// Finds and replaces the secrets of one attempt, in any encoding.
pub(super) struct Scrubber<'a> {
    secrets: SmallVec<[&'a str; 4]>,
}

impl<'a> Scrubber<'a> {
    pub(super) fn new(credentials: &'a Credentials, parameters: &'a Parameters) -> Self {
        let mut secrets: SmallVec<[&str; 4]> = SmallVec::new();
        secrets.push(credentials.access_key_secret().expose());
        secrets.extend(credentials.security_token().map(Secret::expose));
        secrets.extend(parameters.secrets().map(|(_, secret)| secret.expose()));
        secrets.retain(|secret| !secret.is_empty());
        // The longest first, so that a secret which is part of another one does not match first.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        Self { secrets }
    }

    /// Returns a string without secrets, on one line and at most [`MESSAGE_LIMIT`] characters long.
    pub(super) fn clean(&self, text: &str) -> String {
        let text = self.scrub(text);
        let mut line = String::with_capacity(text.len().min(2 * MESSAGE_LIMIT));
        let words = text.split(|c: char| c.is_whitespace() || c.is_control());
        for word in words.filter(|word| !word.is_empty()) {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        if let Some((end, _)) = line.char_indices().nth(MESSAGE_LIMIT) {
            line.truncate(end);
            line.push('…');
        }
        line
    }

    /// Returns a word unchanged if it is clean already, the usual case, or [cleans](Self::clean) it.
    pub(super) fn clean_word(&self, word: String) -> String {
        let is_word =
            word.len() <= MESSAGE_LIMIT && word.bytes().all(|byte| byte.is_ascii_graphic());
        if is_word && !self.finds_in(&word) { word } else { self.clean(&word) }
    }

    /// Cleans the first [`SCAN_LIMIT`] bytes of a body, and a secret that extends beyond them.
    pub(super) fn clean_bytes(&self, body: &[u8]) -> String {
        let longest = self.secrets.first().map_or(0, |secret| secret.len());
        let window = SCAN_LIMIT + longest * LONGEST_ENCODING;
        self.clean(&String::from_utf8_lossy(&body[..body.len().min(window)]))
    }

    /// Returns whether a string contains a secret.
    pub(super) fn finds_in(&self, text: &str) -> bool {
        // Every encoding of a character takes at least one byte.
        self.secrets.iter().any(|secret| {
            let shortest = if secret.is_ascii() { secret.len() } else { 1 };
            let starts = text.bytes().take((text.len() + 1).saturating_sub(shortest));
            starts.enumerate().any(|(at, byte)| {
                may_begin(byte, secret)
                    && text.is_char_boundary(at)
                    && self.match_at(text, at).is_some()
            })
        })
    }

    /// Returns the first [`SCAN_LIMIT`] bytes of a string, with secrets replaced.
    pub(super) fn scrub(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len().min(SCAN_LIMIT));
        let mut skip_to = 0;
        for (at, c) in text.char_indices().take_while(|(at, _)| *at < SCAN_LIMIT) {
            if at < skip_to {
                continue;
            }
            if let Some(end) = self.match_at(text, at) {
                out.push_str(PLACEHOLDER);
                skip_to = end;
            } else {
                out.push(c);
            }
        }
        out
    }

    /// Returns the end of a secret that starts at this position.
    fn match_at(&self, text: &str, at: usize) -> Option<usize> {
        self.secrets.iter().find_map(|secret| {
            let end = at + encoded_length(&text[at..], secret)?;
            let before = text[..at].chars().next_back();
            let after = text[end..].chars().next();
            let inside_a_word = [before, after].into_iter().flatten().any(char::is_alphanumeric);
            (secret.len() >= SHORT || !inside_a_word).then_some(end)
        })
    }
}

/// Returns the length of a secret at the start of a string, in any encodings.
fn encoded_length(text: &str, secret: &str) -> Option<usize> {
    if !text.bytes().next().is_some_and(|byte| may_begin(byte, secret)) {
        return None;
    }
    let mut ends: SmallVec<[usize; 8]> = smallvec![0];
    for c in secret.chars() {
        let mut next = SmallVec::new();
        for end in ends {
            for_each_encoding(&text[end..], c, |length| {
                if !next.contains(&(end + length)) {
                    next.push(end + length);
                }
            });
        }
        if next.is_empty() {
            return None;
        }
        ends = next;
    }
    ends.into_iter().max()
}

/// Returns whether some encoding of a secret may start with this byte.
///
/// A cheap check that excludes most positions.
fn may_begin(byte: u8, secret: &str) -> bool {
    matches!(byte, b'+' | b'%' | b'&' | b'\\')
        || secret.bytes().next().is_some_and(|first| first.eq_ignore_ascii_case(&byte))
}

/// Calls `found` with the length of each encoding of `c` at the start of a string.
fn for_each_encoding(text: &str, c: char, mut found: impl FnMut(usize)) {
    let Some(first) = text.chars().next() else { return };
    if first.eq_ignore_ascii_case(&c) {
        found(first.len_utf8());
    }
    match first {
        '+' if c == ' ' => found(1),
        '%' => percent(text.as_bytes(), c, found),
        '&' => entity(text, c).into_iter().for_each(found),
        '\\' => backslash(text, c, found),
        _ => {}
    }
}

/// Matches percent-encoding (`%2F`) in either case, applied one to four times (`%252F`).
fn percent(text: &[u8], c: char, mut found: impl FnMut(usize)) {
    let mut buffer = [0; 4];
    let bytes = c.encode_utf8(&mut buffer).as_bytes();
    for layers in 0..4 {
        let mut at = 0;
        let matches = bytes.iter().all(|byte| {
            let layer = (0..layers).all(|layer| {
                let start = at + 1 + 2 * layer;
                text.get(start..start + 2) == Some(b"25")
            });
            let start = at + 1 + 2 * layers;
            let hex = text.get(start..start + 2).is_some_and(|digits| {
                digits.eq_ignore_ascii_case(format!("{byte:02x}").as_bytes())
            });
            let begins = text.get(at) == Some(&b'%');
            at = start + 2;
            begins && layer && hex
        });
        if matches {
            found(at);
        }
    }
}

/// Matches an HTML entity: `&amp;`, `&#38;` or `&#x26;`.
fn entity(text: &str, c: char) -> Option<usize> {
    let end = text.bytes().take(LONGEST_ENCODING).position(|byte| byte == b';')?;
    let name = text[1..end].to_ascii_lowercase();
    let decoded = match name.as_str() {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
    };
    decoded.eq_ignore_ascii_case(&c).then_some(end + 1)
}

/// Matches a backslash escape (`\"`, `\/`, `\n`, `\u0026`), escaped one or more times.
fn backslash(text: &str, c: char, mut found: impl FnMut(usize)) {
    let slashes = backslashes(text);
    if c == '\\' {
        (2..=slashes).for_each(&mut found);
    }
    let rest = &text[slashes..];
    let short = match c {
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        other => other,
    };
    if rest.starts_with(short) {
        found(slashes + short.len_utf8());
    }
    let mut units = [0; 2];
    let mut at = 0;
    let matches = c.encode_utf16(&mut units).iter().all(|unit| {
        let slashes = backslashes(&text[at..]);
        let start = at + slashes;
        at = start + 5;
        let digits = text.get(start..at);
        slashes > 0
            && digits.is_some_and(|digits| digits.eq_ignore_ascii_case(&format!("u{unit:04x}")))
    });
    if matches {
        found(at);
    }
}

fn backslashes(text: &str) -> usize {
    text.bytes().take(MOST_BACKSLASHES).take_while(|byte| *byte == b'\\').count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rpc::wire::percent_encode;

    /// Cleans a string of the secrets of an example attempt.
    fn clean(text: &str) -> String {
        let mut parameters = Parameters::new();
        parameters.set_secret("P", "Pa ss/wörd\"&".into());
        let credentials = Credentials::new("id", "se+cret").with_security_token("tok=en");
        Scrubber::new(&credentials, &parameters).clean(text)
    }

    #[test]
    fn secrets_are_removed_in_every_encoding() {
        let once = percent_encode("Pa ss/wörd\"&");
        let twice = percent_encode(&once);
        for text in [
            "Pa ss/wörd\"&",
            "PA SS/Wörd\"&",
            &once,
            &twice,
            &percent_encode(&twice),
            &once.replace("%20", "+"),
            &once.replace("%2F", "%2f").replace("%C3%B6", "%c3%b6"),
            &once.to_lowercase(),
            "Pa ss/wörd\\\"&",
            "Pa ss\\/w\\u00f6rd\\u0022\\u0026",
            "Pa ss/w\\\\u00F6rd\\\\\"\\\\u0026",
            "Pa ss/wörd&quot;&amp;",
            "Pa ss/w&#246;rd&#34;&#x26;",
            "Pa+ss%2fwörd&#34;&",
        ] {
            assert_eq!(clean(&format!("P={text}!")), "P=(secret)!", "{text}");
        }
        for rocket in ["\\ud83d\\ude80", "\\\\uD83D\\\\uDE80", "%F0%9F%9A%80", "&#x1F680;"] {
            let (credentials, parameters) =
                (Credentials::new("id", "to the 🚀"), Parameters::new());
            let scrubber = Scrubber::new(&credentials, &parameters);
            assert_eq!(scrubber.clean(&format!("to the {rocket}")), "(secret)", "{rocket}");
        }
        assert_eq!(clean("se+cret tok%3Den tok%253Den"), "(secret) (secret) (secret)");
        assert_eq!(clean("nothing here: Pa ss/w, tok"), "nothing here: Pa ss/w, tok");
    }

    #[test]
    fn secret_at_the_scan_limit_is_removed() {
        let mut parameters = Parameters::new();
        parameters.set_secret("P", "planted-password".into());
        let credentials = Credentials::new("id", "s");
        let scrubber = Scrubber::new(&credentials, &parameters);
        for cut in 1..60 {
            let body = format!("x{}planted-password and more", " ".repeat(SCAN_LIMIT - cut));
            let shown = scrubber.clean_bytes(body.as_bytes());
            assert!(!shown.contains('p'), "{shown}");
        }
    }

    #[test]
    fn many_backslashes_are_cleaned_quickly() {
        let (credentials, parameters) = (Credentials::new("id", r"\\a\b\c"), Parameters::new());
        let scrubber = Scrubber::new(&credentials, &parameters);
        assert!(scrubber.clean(&"\\".repeat(SCAN_LIMIT)).starts_with('\\'));
    }

    proptest::proptest! {
        #[test]
        fn any_string_can_be_cleaned(text in r"[a&%\\\\+;#xu0-9é🚀 ]{0,40}", secret in r"[a&%\\\\+é🚀 ]{1,6}") {
            let (credentials, parameters) = (Credentials::new("id", secret), Parameters::new());
            let scrubber = Scrubber::new(&credentials, &parameters);
            scrubber.clean(&text);
            scrubber.clean_bytes(text.as_bytes());
        }
    }

    #[test]
    fn short_secrets_match_only_as_words() {
        let (credentials, parameters) = (Credentials::new("id", "s"), Parameters::new());
        let scrubber = Scrubber::new(&credentials, &parameters);
        assert_eq!(scrubber.clean("is missing: s, 's'"), "is missing: (secret), '(secret)'");
    }

    #[test]
    fn messages_become_one_short_line() {
        let clean = clean(&format!("a\r\n\t b\u{1b}[31m {}", "x".repeat(1000)));
        assert!(clean.starts_with("a b [31m x"), "{clean}");
        assert_eq!(clean.chars().count(), MESSAGE_LIMIT + 1);
    }
}
