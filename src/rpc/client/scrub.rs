//! `Scrubber`: removes the secrets of a call from what a server sends back.
//!
//! A server may echo a secret in many encodings. They are not listed: each character of a secret
//! matches in any encoding, so mixed encodings match too. Base64 and hex, which encode bytes, are
//! forms of their own, whose characters may be encoded in turn. A string that contains a secret in
//! several layers of other encodings, such as base64 of a form, is replaced as a whole. Signatures in
//! URLs are secrets that the server makes.

mod layers;
mod patterns;
mod search;

use std::cell::OnceCell;

use smallvec::SmallVec;

use self::patterns::{PREFIX, shortest_encoding};
use self::search::Patterns;
use crate::rpc::credentials::Credentials;
use crate::rpc::decodings::LONGEST;
use crate::rpc::url_signatures::{has_signature, without_signatures};
use crate::rpc::value::Secret;
use crate::rpc::wire::Parameters;

/// The longest string of a server that an error keeps, in characters.
const MESSAGE_LIMIT: usize = 400;

/// The number of bytes of a string that are scanned.
const SCAN_LIMIT: usize = 16 * 1024;

/// The bytes of a string that may decide about a secret within the first [`SCAN_LIMIT`].
const WINDOW: usize = SCAN_LIMIT + PREFIX * LONGEST;

/// The longest string that is searched for secrets, in bytes. A longer one is treated as containing one.
const SEARCH_LIMIT: usize = 4 * SCAN_LIMIT;

const PLACEHOLDER: &str = "(secret)";

/// Finds and replaces the secrets of one attempt, in any encoding.
pub(super) struct Scrubber<'a> {
    secrets: SmallVec<[&'a str; 4]>,
    /// Created when a string is scanned; most responses have none.
    patterns: OnceCell<Patterns>,
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
        Self { secrets, patterns: OnceCell::new() }
    }

    /// Returns a string without secrets, on one line and at most [`MESSAGE_LIMIT`] characters long.
    pub(super) fn clean(&self, text: &str) -> String {
        let text = self.scrub(&without_signatures(text, PLACEHOLDER));
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
        let is_word = word.len() <= MESSAGE_LIMIT && every_byte(&word, |b| b.is_ascii_graphic());
        let is_clean = is_word && !self.finds_in(&word) && !has_signature(&word);
        if is_clean { word } else { self.clean(&word) }
    }

    /// Cleans the first [`SCAN_LIMIT`] bytes of a body, and a secret that extends beyond them.
    pub(super) fn clean_bytes(&self, body: &[u8]) -> String {
        self.clean(&String::from_utf8_lossy(&body[..body.len().min(WINDOW)]))
    }

    /// Returns whether a string contains a secret, or is too long to search.
    pub(super) fn finds_in(&self, text: &str) -> bool {
        if text.len() > SEARCH_LIMIT {
            return true;
        }
        // A request id cannot contain an encoded secret that is longer, and has no escapes.
        let is_id = every_byte(text, |byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if is_id && self.secrets.iter().all(|secret| text.len() < shortest_encoding(secret)) {
            return self.secrets.iter().any(|secret| contains_ignoring_case(text, secret));
        }
        self.patterns().search(text).finds_any() || self.finds_in_layers(text)
    }

    fn finds_in_layers(&self, text: &str) -> bool {
        layers::any(text, &|inner| self.patterns().search(inner).finds_long())
    }

    /// Returns the first [`SCAN_LIMIT`] bytes of a string, with secrets replaced.
    pub(super) fn scrub(&self, text: &str) -> String {
        let mut window = text.len().min(WINDOW);
        while !text.is_char_boundary(window) {
            window -= 1;
        }
        let text = &text[..window];
        let search = self.patterns().search(text);
        let mut out = String::with_capacity(text.len().min(SCAN_LIMIT));
        let mut copied = 0;
        for at in search.starts.iter().copied() {
            if at < copied || at >= SCAN_LIMIT {
                continue;
            }
            let Some(found) = search.match_at(at) else { continue };
            out.push_str(&text[copied..at]);
            copied = found.end;
            if found.is_base64 {
                // The characters around it contain the other bits of its first and last byte.
                let kept = out.trim_end_matches(|c| c != '=' && is_base64(c)).len();
                out.truncate(kept);
                copied += text[copied..].find(|c| !is_base64(c)).unwrap_or(text.len() - copied);
            }
            out.push_str(PLACEHOLDER);
        }
        let mut end = SCAN_LIMIT.min(text.len()).max(copied);
        while !text.is_char_boundary(end) {
            end += 1;
        }
        out.push_str(&text[copied..end]);
        if self.finds_in_layers(&out) { PLACEHOLDER.to_owned() } else { out }
    }

    fn patterns(&self) -> &Patterns {
        self.patterns.get_or_init(|| Patterns::new(&self.secrets))
    }
}

/// Returns whether all bytes are as expected.
///
/// Without a branch for each byte, so that the compiler can vectorize the loop.
fn every_byte(text: &str, is_expected: impl Fn(u8) -> bool) -> bool {
    text.bytes().fold(true, |so_far, byte| so_far & is_expected(byte))
}

/// Returns whether a string contains a secret that is not empty, in any case of ASCII letters.
fn contains_ignoring_case(text: &str, secret: &str) -> bool {
    let is_hex = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
    // A request id is usually a UUID, and a secret is not.
    if !secret.bytes().all(is_hex) && every_byte(text, is_hex) {
        return false;
    }
    text.as_bytes().windows(secret.len()).any(|part| part.eq_ignore_ascii_case(secret.as_bytes()))
}

fn is_base64(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '-' | '_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rpc::decodings::STEPS;
    use crate::rpc::wire::percent_encode;
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

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

    /// Cleans a string of one secret.
    fn clean_of(secret: &str, text: &str) -> String {
        let (credentials, parameters) = (Credentials::new("id", secret), Parameters::new());
        Scrubber::new(&credentials, &parameters).clean(text)
    }

    #[test]
    fn secrets_are_removed_from_base64_and_hex() {
        let secret = "Pa ss/wörd\"&>?~";
        let hex = |upper: bool, separator: &str| {
            let digits = secret
                .bytes()
                .map(|byte| if upper { format!("{byte:02X}") } else { format!("{byte:02x}") });
            digits.collect::<Vec<_>>().join(separator)
        };
        let mut encoded = vec![
            hex(false, ""),
            hex(true, ""),
            hex(true, ":"),
            hex(false, " "),
            hex(false, "-"),
            format!("\\x{}", hex(false, "\\x")),
        ];
        for before in ["", "u", "us", "user:", "user4:", "user42:"] {
            for after in ["", "\n", ";x", "&b=c"] {
                let plain = format!("{before}{secret}{after}");
                for text in [STANDARD.encode(&plain), URL_SAFE_NO_PAD.encode(&plain)] {
                    let (line, next) = text.split_at(text.len() / 2);
                    let folded = format!("{line}\r\n {next}");
                    let escaped = text.replace('/', "\\/").replace('=', "\\u003d");
                    encoded.extend([percent_encode(&text), folded, escaped, text]);
                }
            }
        }
        for text in encoded {
            let shown = clean_of(secret, &format!("P: '{text}'!"));
            assert!(shown.starts_with("P: '(secret)") && shown.ends_with("'!"), "{text}: {shown}");
            assert!(shown.len() < 32, "{text}: {shown}");
        }
        let other = STANDARD.encode("user:another password of that length");
        assert_eq!(clean_of(secret, &other), other);
    }

    #[test]
    fn secrets_are_removed_from_several_layers() {
        let secret = "Pa ss/wörd\"&<\\9";
        let json = |text: &str| {
            let quoted = serde_json::to_string(text).unwrap();
            quoted[1..quoted.len() - 1].to_owned()
        };
        let html =
            |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        let go_json = |text: &str| json(text).replace('&', "\\u0026").replace('<', "\\u003c");
        let list = |text: &str, number: fn(u8) -> String, separator: &str| {
            text.bytes().map(number).collect::<Vec<_>>().join(separator)
        };
        let form = format!("A=1&Password={}&B=2", percent_encode(secret));
        let request = format!("{{\"A\":[1],\"Password\":\"{}\",\"B\":2}}", json(secret));
        for text in [
            html(&html(secret)),
            html(&html(&html(secret))),
            go_json(&html(secret)),
            percent_encode(&html(secret)),
            percent_encode(&json(secret)),
            percent_encode(&json(&json(secret))),
            json(&percent_encode(&html(secret))),
            STANDARD.encode(&form),
            STANDARD.encode(&request),
            URL_SAFE_NO_PAD.encode(html(secret)),
            percent_encode(&STANDARD.encode(&request)),
            STANDARD.encode(STANDARD.encode(secret)),
            STANDARD.encode(format!("{{\"Authorization\":\"{}\"}}", STANDARD.encode(&request))),
            STANDARD.encode(&request).as_bytes().chunks(76).fold(String::new(), |text, line| {
                text + std::str::from_utf8(line).unwrap() + "\r\n"
            }),
            list(&form, |byte| format!("{byte:02x}"), ""),
            list(&form, |byte| format!("{byte:02X}"), " "),
            list(secret, |byte| format!("0x{byte:02x}"), ", "),
            list(secret, |byte| byte.to_string(), " "),
            list(secret, |byte| byte.to_string(), ", "),
            list(secret, |byte| format!("\\{byte:03o}"), ""),
            secret.replace('ö', "\\303\\266"),
            secret.replace('ö', "\\u{f6}"),
            secret.replace('ö', "\\U000000f6"),
            html(secret).replace('ö', "&ouml;").replace('/', "&sol;"),
            secret.chars().flat_map(|c| [c, '\0']).collect(),
            secret.chars().flat_map(|c| ['\u{200b}', c]).collect(),
        ] {
            let shown = clean_of(secret, &format!("P='{text}'!"));
            assert!(shown.contains("(secret)") && shown.len() < 32, "{text}: {shown}");
        }
        for text in [
            "Specified parameter BackupPlanId is not valid &amp; \\\"x\\\".",
            "The server rejects 1, 2, 3 and 10.0.0.1:8080, see https://help.example/a/b?x=%20y",
            "eyJhIjoiYiIsImNjY2NjYyI6MX0=",
        ] {
            assert_eq!(clean_of(secret, text), text);
        }
    }

    #[test]
    fn secrets_that_are_cut_off_are_removed() {
        let secret = "planted-Pa ss/wörd";
        for (text, cleaned) in [
            ("P=planted-Pa ss/wö", "P=(secret)"),
            ("P=planted-P", "P=(secret)"),
            ("P=planted", "P=planted"),
            ("P='planted-Pa s...' is invalid", "P='(secret)...' is invalid"),
            ("P='planted-Pa s…' is invalid", "P='(secret)…' is invalid"),
            ("P='planted-Pa s'", "P='(secret)'"),
            ("{\"P\":\"planted-Pa s\",\"Q\":1}", "{\"P\":\"(secret)\",\"Q\":1}"),
            ("<P>planted-Pa s</P>", "<P>(secret)</P>"),
            ("{\"P\": \"planted%2DPa%20", "{\"P\": \"(secret)"),
            ("planted-Pa s is another", "planted-Pa s is another"),
        ] {
            assert_eq!(clean_of(secret, text), cleaned, "{text}");
        }
        let encoded = STANDARD.encode(secret);
        assert_eq!(clean_of(secret, &format!("P={}", &encoded[..18])), "P=(secret)");
    }

    #[test]
    fn secrets_are_removed_in_other_charsets() {
        for (secret, text) in [
            ("Pässwörd–1", "PÄSSWÖRD–1"),
            ("Pässwörd–1", "PÃ¤sswÃ¶rdâ€“1"),
            ("Pässwörd–1", "P\u{c3}\u{a4}ssw\u{c3}\u{b6}rd\u{e2}\u{80}\u{93}1"),
            ("Pässwörd–1", "P%E4ssw%F6rd%961"),
            ("Pässwörd–1", "P%C3%A4ssw%C3%B6rd%E2%80%931"),
            ("Pässwörd–1", "P%u00E4ssw%u00f6rd%u20131"),
            ("Pässwörd–1", "P&#228;ssw&#xF6;rd&#8211;1"),
            ("Pässwörd–1", "P\u{fffd}ssw\u{fffd}rd\u{fffd}1"),
            ("Pässwörd–1", "P\u{fffd}\u{fffd}ssw\u{fffd}\u{fffd}rd\u{fffd}\u{fffd}\u{fffd}1"),
            ("Pässwörd–1", "P?ssw?rd?1"),
            ("Pässwörd–1", "P??ssw??rd???1"),
            ("ПАРОЛЬ-парольный", "пароль-ПАРОЛЬНЫЙ"),
            ("one\ntwo three", "one\ntwo three"),
            ("one\ntwo three", "one\r\ntwo  three"),
            ("one\ntwo three", "one\\r\\ntwo three"),
            ("one\ntwo three", "one two+three"),
            ("one\ntwo three", "onetwo three"),
            ("one\ntwo three", "one%0Atwo%20three"),
            ("one\ntwo three", "one&#10;two&nbsp;three"),
            ("hunter22\n", "hunter22"),
            ("\u{feff} hunter22 \t", "hunter22"),
        ] {
            let shown = clean_of(secret, &format!("P='{text}'!"));
            assert!(shown.starts_with("P='") && shown.ends_with("(secret)'!"), "{text}: {shown}");
            assert!(shown.len() <= "P='x(secret)'!".len() + 3, "{text}: {shown}");
        }
    }

    #[test]
    fn request_ids_are_compared_without_patterns() {
        let secret = "a-secret-of-thirty-characters1";
        let (credentials, parameters) = (Credentials::new("id", secret), Parameters::new());
        let scrubber = Scrubber::new(&credentials, &parameters);
        assert!(!scrubber.finds_in("01234567-89AB-CDEF-0123-456789ABCDEF"));
        assert!(scrubber.finds_in("12A-SECRET-OF-THIRTY-CHARACTERS1"));
        assert!(scrubber.patterns.get().is_none());
    }

    /// Removes one secret from a string, and returns the number of decoded positions.
    fn scrub_counting(text: &str, secret: &str) -> (String, usize) {
        let (credentials, parameters) = (Credentials::new("id", secret), Parameters::new());
        let scrubber = Scrubber::new(&credentials, &parameters);
        STEPS.set(0);
        (scrubber.clean_bytes(text.as_bytes()), STEPS.get())
    }

    #[test]
    fn repeated_prefixes_are_cleaned_in_linear_time() {
        for part in [
            "a",
            "%2526amp;amp;\\\\u0025",
            "a\\",
            "\\",
            "%",
            "%61",
            "\\u0061",
            "YWFh",
            "61",
            "&",
            "+ ",
            "?",
        ] {
            let (short, long) = (part.repeat(60), part.repeat(20_000));
            for (secret, text) in [
                (format!("{short}!"), part.repeat(16 << 20)),
                (format!("{long}!"), part.repeat(16 << 20)),
                (format!("{long}!"), part.repeat(1_000)),
            ] {
                let scanned = text.len().min(WINDOW);
                let (_, steps) = scrub_counting(&text, &secret);
                assert!(steps <= 32 * scanned, "{part}: {steps} steps for {scanned} bytes");
            }
        }
        let (credentials, parameters) = (Credentials::new("id", "sesame"), Parameters::new());
        let scrubber = Scrubber::new(&credentials, &parameters);
        STEPS.set(0);
        assert!(scrubber.finds_in(&"s".repeat(16 << 20)), "too long to search");
        assert_eq!(STEPS.get(), 0);
    }

    #[test]
    fn long_secret_is_removed_as_far_as_it_matches() {
        let secret = (0..500).map(|number| number.to_string()).collect::<Vec<_>>().join(",");
        let encoded = percent_encode(&secret);
        for (text, cleaned) in [
            (format!("P={secret}!"), "P=(secret)!"),
            (format!("P={encoded}!"), "P=(secret)!"),
            (format!("P={}!", &secret[..200]), "P=(secret)!"),
            (format!("P={}!", STANDARD.encode(&secret)), "P=(secret)!"),
            ("P=0,1,2,3!".to_owned(), "P=0,1,2,3!"),
        ] {
            assert_eq!(scrub_counting(&text, &secret).0, cleaned);
        }
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

    proptest::proptest! {
        #[test]
        fn shortcut_for_ids_agrees_with_the_search(
            id in "[0-9a-fA-F]{8}(-[0-9a-f]{4}){3}-[0-9a-fA-Fz]{12}",
            other in "[0-9a-fA-FxzK_-]{1,12}|[é0-9a-f]{1,4}",
            (start, length) in (0..36_usize, 1..36_usize),
            kind in 0..3_usize,
        ) {
            let part = &id[start..(start + length).min(id.len())];
            let secret = [part.to_owned(), part.to_lowercase(), other][kind].clone();
            let contains = id.to_ascii_lowercase().contains(&secret.to_ascii_lowercase());
            assert_eq!(contains_ignoring_case(&id, &secret), contains);
            // A secret as long as the id fits into it in no other form.
            let long = format!("{secret:x>36}");
            for secret in [id.as_str(), &id.to_lowercase(), &long] {
                let (credentials, parameters) = (Credentials::new("id", secret), Parameters::new());
                let scrubber = Scrubber::new(&credentials, &parameters);
                let searched = scrubber.patterns().search(&id).finds_any();
                assert_eq!(scrubber.finds_in(&id), searched, "{secret}");
            }
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
