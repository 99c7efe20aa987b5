//! Keeping secrets out of what a server says back.

use crate::credentials::Credentials;
use crate::types::Secret;
use crate::wire::{Parameters, percent_encode};

/// Longest text of a server that an error keeps, in characters.
const TEXT_LIMIT: usize = 400;

/// What the secrets of one attempt look like, in every spelling that a server may echo.
pub(super) struct Scrubber {
    needles: Vec<zeroize::Zeroizing<String>>,
}

impl Scrubber {
    pub(super) fn new(credentials: &Credentials, parameters: &Parameters) -> Self {
        let mut scrubber = Self { needles: Vec::new() };
        scrubber.add(credentials.access_key_secret());
        if let Some(token) = credentials.security_token() {
            scrubber.add(token);
        }
        for (_, secret) in parameters.secrets() {
            scrubber.add(secret);
        }
        // The longest first, so that a part of one is not cut out before the whole.
        scrubber.needles.sort_by_key(|needle| std::cmp::Reverse(needle.len()));
        scrubber.needles.dedup();
        scrubber
    }

    fn add(&mut self, secret: &Secret) {
        let secret = secret.expose();
        if secret.is_empty() {
            return;
        }
        let once = percent_encode(secret);
        let json = serde_json::to_string(secret).unwrap_or_default();
        let json = json.trim_matches('"').to_owned();
        let html = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let spellings = [
            secret.to_owned(),
            percent_encode(&once),
            once.replace("%20", "+"),
            once.to_ascii_lowercase(),
            once,
            json,
            html,
        ];
        self.needles.extend(spellings.into_iter().map(zeroize::Zeroizing::new));
    }

    /// A server's text without secrets, on one line, of a length that an error can carry.
    pub(super) fn clean(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for needle in &self.needles {
            if text.contains(needle.as_str()) {
                text = replace(&text, needle);
            }
        }
        let mut line = String::with_capacity(text.len().min(TEXT_LIMIT));
        for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
            if word.is_empty() {
                continue;
            }
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
}

/// Secrets shorter than this are replaced only where they stand alone: cut out of words, they
/// would spoil the message, and the gaps would tell them.
const SHORT: usize = 6;

fn replace(text: &str, needle: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for (start, _) in text.match_indices(needle) {
        let end = start + needle.len();
        let before = text[..start].chars().next_back();
        let after = text[end..].chars().next();
        let inside_a_word = [before, after].into_iter().flatten().any(char::is_alphanumeric);
        if needle.len() < SHORT && inside_a_word {
            continue;
        }
        out.push_str(&text[copied..start]);
        out.push_str("(secret)");
        copied = end;
    }
    out.push_str(&text[copied..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scrubber() -> Scrubber {
        let mut parameters = Parameters::new();
        parameters.set_secret("P", "pa ss/wörd\"&".into());
        Scrubber::new(&Credentials::new("id", "se+cret").with_security_token("tok=en"), &parameters)
    }

    #[test]
    fn no_spelling_of_a_secret_survives() {
        let encoded = percent_encode("pa ss/wörd\"&");
        for text in [
            "x pa ss/wörd\"& y".to_owned(),
            format!("P={encoded}"),
            format!("P%3D{}", percent_encode(&encoded)),
            format!("P={}", encoded.replace("%20", "+")),
            format!("P={}", encoded.to_lowercase()),
            "{\"P\":\"pa ss/wörd\\\"&\"}".to_owned(),
            "se+cret tok=en tok%3Den tok%253Den".to_owned(),
        ] {
            let clean = scrubber().clean(&text);
            assert!(clean.contains("(secret)"), "{clean}");
            for part in ["ss", "wörd", "w%C3", "w%25C3", "cret)x", "tok"] {
                assert!(!clean.replace("(secret)", "").contains(part), "{part}: {clean}");
            }
        }
    }

    #[test]
    fn short_secrets_do_not_spoil_words() {
        let scrubber = Scrubber::new(&Credentials::new("id", "s"), &Parameters::new());
        assert_eq!(scrubber.clean("is missing: s, 's'"), "is missing: (secret), '(secret)'");
    }

    #[test]
    fn texts_become_one_short_line() {
        let clean = scrubber().clean(&format!("a\r\n\t b\u{1b}[31m {}", "x".repeat(1000)));
        assert!(clean.starts_with("a b [31m x"), "{clean}");
        assert_eq!(clean.chars().count(), TEXT_LIMIT + 1);
    }
}
