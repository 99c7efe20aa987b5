//! `Names`: which value replaces which real one, in all exchanges of a recording.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::form_urlencoded;

/// What a recording contains in place of a secret.
pub(super) const SECRET: &str = "<secret>";

/// The shortest secret that is replaced within words, in bytes.
const SHORTEST: usize = 4;

/// The shortest number that is replaced, in digits. Shorter ones identify nothing.
const SHORTEST_NUMBER: usize = 5;

const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The replacements of a recording.
#[derive(Default)]
pub(super) struct Names {
    /// Secrets and the replacements of the caller, which also match within words.
    fixed: HashMap<String, String>,
    /// Values of names and ids, which match whole words.
    known: HashMap<String, String>,
    used: HashSet<String>,
    counters: HashMap<&'static str, usize>,
}

impl Names {
    pub(super) fn count(&self) -> usize {
        self.fixed.len() + self.known.len()
    }

    /// Adds a replacement of the caller.
    pub(super) fn replace(&mut self, text: String, with: String) {
        if !text.is_empty() {
            self.used.insert(with.clone());
            self.fixed.insert(text, with);
        }
    }

    /// Adds a secret, also in the encodings of URLs and forms.
    pub(super) fn secret(&mut self, secret: &str) {
        if secret.is_empty() {
            return;
        }
        let form: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        let percent = utf8_percent_encode(secret, RESERVED).to_string();
        for text in [secret.to_owned(), form, percent] {
            self.fixed.insert(text, SECRET.to_owned());
        }
    }

    /// Returns the replacement of a whole value, if it has one.
    pub(super) fn get(&self, value: &str) -> Option<&str> {
        self.fixed.get(value).or_else(|| self.known.get(value)).map(String::as_str)
    }

    /// Returns the replacement of a whole value, of the same form.
    pub(super) fn stand_in(&mut self, kind: &'static str, value: &str) -> String {
        if let Some(known) = self.get(value) {
            return known.to_owned();
        }
        let is_number = value.bytes().all(|byte| byte.is_ascii_digit());
        if value.is_empty()
            || self.used.contains(value)
            || is_number && value.len() < SHORTEST_NUMBER
        {
            return value.to_owned();
        }
        if let Some((address, port)) = value.rsplit_once(':')
            && port.parse::<u16>().is_ok()
            && !address.is_empty()
            && (kind == "host" || address.parse::<IpAddr>().is_ok())
        {
            return format!("{}:{port}", self.stand_in(kind, address));
        }
        let is_address = value.parse::<IpAddr>().is_ok();
        loop {
            let counter =
                self.counters.entry(if is_address { "address" } else { kind }).or_default();
            *counter += 1;
            let number = *counter;
            let with = if is_number {
                // 20 digits that begin with 9 are not a `u64`.
                let first = if value.len() == 20 { '1' } else { '9' };
                format!("{first}{number:0width$}", width = value.len() - 1)
            } else if is_address {
                match number {
                    1..255 => format!("192.0.2.{number}"),
                    _ => format!("198.18.{}.{}", number / 256 % 256, number % 256),
                }
            } else {
                match kind {
                    "host" => format!("host-{number:04}.example"),
                    "url" => format!("https://url-{number:04}.example/"),
                    _ => format!("{kind}-{number:04}"),
                }
            };
            let is_unique = !self.known.contains_key(&with) && self.used.insert(with.clone());
            // The addresses for documentation end at some time; then they repeat.
            if is_unique || number > 1_000_000 {
                self.known.insert(value.to_owned(), with.clone());
                return with;
            }
        }
    }

    /// Replaces every known value within a string, the longest first.
    pub(super) fn replace_known(&self, text: &str) -> String {
        self.replace_each(text, |_| true)
    }

    /// Replaces known values within a word that may be one of the service, such as `check_pass`.
    ///
    /// A plan may have the name of such a word, or of a part of it.
    pub(super) fn replace_in_word(&self, word: &str) -> String {
        self.replace_each(word, |known| !known.chars().all(char::is_alphabetic))
    }

    /// Replaces secrets and what the caller set, within a string.
    pub(super) fn replace_fixed(&self, text: &str) -> String {
        self.replace_each(text, |_| false)
    }

    fn replace_each(&self, text: &str, is_replaced: impl Fn(&str) -> bool) -> String {
        // A short secret would match within most words.
        let fixed = self.fixed.iter().map(|(real, with)| (real, with, real.len() < SHORTEST));
        let known = self.known.iter().filter(|(real, _)| is_replaced(real));
        let known = known.map(|(real, with)| (real, with, true));
        let mut found: Vec<_> =
            fixed.chain(known).filter(|(real, ..)| text.contains(real.as_str())).collect();
        if found.is_empty() {
            return text.to_owned();
        }
        found.sort_by_key(|(real, ..)| std::cmp::Reverse(real.len()));
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        while let Some(next) = text[at..].chars().next() {
            let rest = &text[at..];
            let hit = found.iter().find(|(real, _, is_word)| {
                rest.starts_with(real.as_str())
                    && (!is_word || is_whole_word(text, at, at + real.len()))
            });
            if let Some((real, with, _)) = hit {
                out.push_str(with);
                at += real.len();
            } else {
                out.push(next);
                at += next.len_utf8();
            }
        }
        out
    }
}

/// Returns whether a part of a string is not within a longer word.
pub(in crate::rpc::transport) fn is_whole_word(text: &str, start: usize, end: usize) -> bool {
    let before = text[..start].chars().next_back();
    let after = text[end..].chars().next();
    !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
}
