//! Keeping secrets out of what a server says back.
//!
//! Spellings are not listed but read: each character of a secret matches in whatever way a
//! server may write it, so mixtures and odd cases match as well.

use smallvec::{SmallVec, smallvec};

use crate::rpc::credentials::Credentials;
use crate::rpc::value::Secret;
use crate::rpc::wire::Parameters;

/// Longest text of a server that an error keeps, in characters.
const TEXT_LIMIT: usize = 400;

/// Bytes of a text that are looked at for that.
const SCAN_LIMIT: usize = 16 * 1024;

/// Longest spelling of one byte of a secret: `&#x000026;`, `%252525` and the like.
const LONGEST_SPELLING: usize = 12;

/// Secrets shorter than this are replaced only where they stand alone: cut out of words, they
/// would spoil the message, and the gaps would tell them.
const SHORT: usize = 6;

/// Backslashes before one character that are read as its escape; more would be four layers of
/// escaping, and reading any number would take a hostile text for ever.
const MOST_BACKSLASHES: usize = 8;

const PLACEHOLDER: &str = "(secret)";

/// The secrets of one attempt, to be found in whatever spelling a server may echo them.
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
        // The longest first, so that a part of one is not cut out before the whole.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        Self { secrets }
    }

    /// A server's text without secrets, on one line, of a length that an error can carry.
    pub(super) fn clean(&self, text: &str) -> String {
        let text = self.scrub(text);
        let mut line = String::with_capacity(text.len().min(2 * TEXT_LIMIT));
        let words = text.split(|c: char| c.is_whitespace() || c.is_control());
        for word in words.filter(|word| !word.is_empty()) {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        if let Some((end, _)) = line.char_indices().nth(TEXT_LIMIT) {
            line.truncate(end);
            line.push('…');
        }
        line
    }

    /// As [`clean`](Self::clean), of a text that mostly is a clean word and then stays as it is.
    pub(super) fn clean_word(&self, text: String) -> String {
        let is_word = text.len() <= TEXT_LIMIT && text.bytes().all(|byte| byte.is_ascii_graphic());
        if is_word && !self.finds_in(&text) { text } else { self.clean(&text) }
    }

    /// The beginning of a body, cleaned. A secret that begins within it is found even if it ends
    /// behind it.
    pub(super) fn clean_bytes(&self, body: &[u8]) -> String {
        let longest = self.secrets.first().map_or(0, |secret| secret.len());
        let window = SCAN_LIMIT + longest * LONGEST_SPELLING;
        self.clean(&String::from_utf8_lossy(&body[..body.len().min(window)]))
    }

    /// Whether a secret stands in a text.
    pub(super) fn finds_in(&self, text: &str) -> bool {
        // Every spelling of a character takes a byte or more.
        self.secrets.iter().any(|secret| {
            let shortest = if secret.is_ascii() { secret.len() } else { 1 };
            let places = text.bytes().take((text.len() + 1).saturating_sub(shortest));
            places.enumerate().any(|(at, byte)| {
                may_begin(byte, secret)
                    && text.is_char_boundary(at)
                    && self.match_at(text, at).is_some()
            })
        })
    }

    /// The first bytes of a text, with secrets replaced.
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

    /// Where a secret that begins here ends.
    fn match_at(&self, text: &str, at: usize) -> Option<usize> {
        self.secrets.iter().find_map(|secret| {
            let end = at + spelled_length(&text[at..], secret)?;
            let before = text[..at].chars().next_back();
            let after = text[end..].chars().next();
            let inside_a_word = [before, after].into_iter().flatten().any(char::is_alphanumeric);
            (secret.len() >= SHORT || !inside_a_word).then_some(end)
        })
    }
}

/// Length of the secret at the start of a text, in any mixture of spellings.
fn spelled_length(text: &str, secret: &str) -> Option<usize> {
    if !text.bytes().next().is_some_and(|byte| may_begin(byte, secret)) {
        return None;
    }
    let mut ends: SmallVec<[usize; 8]> = smallvec![0];
    for c in secret.chars() {
        let mut next = SmallVec::new();
        for end in ends {
            spellings(&text[end..], c, |length| {
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

/// Whether a secret may begin with this byte of a text, in some spelling. Mostly it may not, which
/// spares a closer look.
fn may_begin(byte: u8, secret: &str) -> bool {
    matches!(byte, b'+' | b'%' | b'&' | b'\\')
        || secret.bytes().next().is_some_and(|first| first.eq_ignore_ascii_case(&byte))
}

/// Tells the length of each way in which a text begins with a character.
fn spellings(text: &str, c: char, mut found: impl FnMut(usize)) {
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

/// `%2F`, in either case, encoded once or up to four times (`%252F`).
fn percent(text: &[u8], c: char, mut found: impl FnMut(usize)) {
    let mut buffer = [0; 4];
    let bytes = c.encode_utf8(&mut buffer).as_bytes();
    for layers in 0..4 {
        let mut at = 0;
        let whole = bytes.iter().all(|byte| {
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
        if whole {
            found(at);
        }
    }
}

/// `&amp;`, `&#38;`, `&#x26;`.
fn entity(text: &str, c: char) -> Option<usize> {
    let end = text.bytes().take(LONGEST_SPELLING).position(|byte| byte == b';')?;
    let name = text[1..end].to_ascii_lowercase();
    let meant = match name.as_str() {
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
    meant.eq_ignore_ascii_case(&c).then_some(end + 1)
}

/// `\"`, `\/`, `\n`, `\u0026`, behind one or more backslashes.
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
    let whole = c.encode_utf16(&mut units).iter().all(|unit| {
        let slashes = backslashes(&text[at..]);
        let start = at + slashes;
        at = start + 5;
        let given = text.get(start..at);
        slashes > 0
            && given.is_some_and(|given| given.eq_ignore_ascii_case(&format!("u{unit:04x}")))
    });
    if whole {
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

    /// Cleans a text of one attempt's secrets.
    fn clean(text: &str) -> String {
        let mut parameters = Parameters::new();
        parameters.set_secret("P", "Pa ss/wörd\"&".into());
        let credentials = Credentials::new("id", "se+cret").with_security_token("tok=en");
        Scrubber::new(&credentials, &parameters).clean(text)
    }

    #[test]
    fn no_spelling_of_a_secret_survives() {
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
    fn no_half_of_a_secret_is_left_where_a_body_is_cut() {
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
    fn a_flood_of_backslashes_is_cleaned_in_good_time() {
        let (credentials, parameters) = (Credentials::new("id", r"\\a\b\c"), Parameters::new());
        let scrubber = Scrubber::new(&credentials, &parameters);
        assert!(scrubber.clean(&"\\".repeat(SCAN_LIMIT)).starts_with('\\'));
    }

    proptest::proptest! {
        #[test]
        fn any_text_can_be_cleaned(text in r"[a&%\\\\+;#xu0-9é🚀 ]{0,40}", secret in r"[a&%\\\\+é🚀 ]{1,6}") {
            let (credentials, parameters) = (Credentials::new("id", secret), Parameters::new());
            let scrubber = Scrubber::new(&credentials, &parameters);
            scrubber.clean(&text);
            scrubber.clean_bytes(text.as_bytes());
        }
    }

    #[test]
    fn short_secrets_do_not_spoil_words() {
        let (credentials, parameters) = (Credentials::new("id", "s"), Parameters::new());
        let scrubber = Scrubber::new(&credentials, &parameters);
        assert_eq!(scrubber.clean("is missing: s, 's'"), "is missing: (secret), '(secret)'");
    }

    #[test]
    fn texts_become_one_short_line() {
        let clean = clean(&format!("a\r\n\t b\u{1b}[31m {}", "x".repeat(1000)));
        assert!(clean.starts_with("a b [31m x"), "{clean}");
        assert_eq!(clean.chars().count(), TEXT_LIMIT + 1);
    }
}
