//! `Redactor`: turns an exchange into its recorded form, without secrets, names and ids.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, Response};
use serde_json::{Number, Value};

use super::format::{Exchange, ExchangeResult, Parameter, RecordedError, RecordedResponse};
use super::names::{Names, SECRET};
use crate::rpc::transport::{RecordedRequest, TransportError};

/// The response headers that are recorded.
const HEADERS: [&str; 4] = ["content-type", "date", "retry-after", "x-acs-retry-after"];

/// The longest word that is recorded unchanged, in characters.
const LONGEST_WORD: usize = 32;

/// The shortest number within a message that is replaced, in digits.
const LONG_NUMBER: usize = 8;

/// Ends of field names whose values are replaced, with the word that begins the replacement.
const PRIVATE: [(&str, &str); 29] = [
    ("Id", "id"),
    ("ID", "id"),
    ("Ids", "id"),
    ("Identifier", "id"),
    ("Sid", "id"),
    ("Uid", "id"),
    ("Name", "name"),
    ("Names", "name"),
    ("Bucket", "name"),
    ("Host", "host"),
    ("Hostname", "host"),
    ("IPs", "host"),
    ("IP", "host"),
    ("Ip", "host"),
    ("IpPort", "host"),
    ("Token", "token"),
    ("DbList", "name"),
    ("Vpc", "id"),
    ("VSwitch", "id"),
    ("connectionString", "host"),
    ("Dir", "dir"),
    ("Path", "dir"),
    ("Home", "dir"),
    ("Location", "dir"),
    ("File", "dir"),
    ("Url", "url"),
    ("URL", "url"),
    ("Message", MESSAGE),
    ("Msg", MESSAGE),
];

/// Ends of field names whose values are public words, even if they contain digits.
const PUBLIC: [&str; 6] =
    ["Region", "RegionId", "RegionCode", "ErrCode", "ErrorCode", "StatusCode"];

/// The kind of a string whose words are recorded.
const MESSAGE: &str = "message";

/// Removes secrets, and replaces names and ids with the same values in every exchange.
#[derive(Default)]
pub(in crate::rpc::transport) struct Redactor {
    names: Names,
}

impl Redactor {
    /// Replaces a string wherever it occurs.
    pub(in crate::rpc::transport) fn replace(&mut self, text: String, with: String) {
        self.names.replace(text, with);
    }

    /// Returns the number of different values that were replaced.
    pub(in crate::rpc::transport) fn replaced(&self) -> usize {
        self.names.count()
    }

    /// Returns the recorded form of an exchange.
    pub(in crate::rpc::transport) fn exchange(
        &mut self,
        (n, at_ms): (u64, u64),
        request: &RecordedRequest,
        result: &Result<Response<Bytes>, TransportError>,
    ) -> Exchange {
        self.learn_secrets(request);
        // The first pass finds the names, which the second replaces wherever they occur.
        self.pass((n, at_ms), request, result);
        self.pass((n, at_ms), request, result)
    }

    fn pass(
        &mut self,
        (n, at_ms): (u64, u64),
        request: &RecordedRequest,
        result: &Result<Response<Bytes>, TransportError>,
    ) -> Exchange {
        let parameters = self.parameters(request);
        let result = match result {
            Ok(response) => ExchangeResult::Response(RecordedResponse {
                status: response.status().as_u16(),
                headers: self.headers(response.headers()),
                body: self.body(response.body()),
            }),
            Err(error) => {
                ExchangeResult::Error(RecordedError::new(error, self.message(&error.to_string())))
            }
        };
        let operation = request.operation().to_owned();
        Exchange { n, at_ms, operation, parameters, result }
    }

    fn learn_secrets(&mut self, request: &RecordedRequest) {
        for (name, value) in request.all_parameters() {
            let is_key =
                matches!(name, "AccessKeyId" | "BearerToken" | "SecurityToken" | "Signature");
            // The body contains the signature's parameters too if another SDK built the request.
            let is_common = matches!(name, "Action" | "Version" | "Format" | "RegionId");
            if is_key || is_secret(name) || request.is_in_body(name) && !is_common {
                self.names.secret(value);
            }
        }
        if let Some(token) = request.header("x-acs-security-token") {
            self.names.secret(token);
        }
        let authorization = request.header("authorization").unwrap_or_default();
        for part in authorization.split([',', ' ']) {
            if let Some(value) =
                part.strip_prefix("Credential=").or_else(|| part.strip_prefix("Signature="))
            {
                self.names.secret(value);
            }
        }
    }

    fn parameters(&mut self, request: &RecordedRequest) -> BTreeMap<String, Parameter> {
        let own = request.parameters().into_iter();
        own.map(|(name, value)| {
            let recorded = if request.is_in_body(name) || is_secret(name) {
                Parameter::Secret { secret: true }
            } else {
                let text = self.string(name, value);
                if text == value {
                    Parameter::Sent(text)
                } else if self.names.get(value).is_some() {
                    Parameter::Replaced { replaced: text }
                } else {
                    Parameter::Edited { edited: text }
                }
            };
            (name.to_owned(), recorded)
        })
        .collect()
    }

    fn headers(&mut self, headers: &HeaderMap) -> BTreeMap<String, String> {
        let shown = HEADERS.into_iter().filter_map(|name| {
            let value = headers.get(name)?.to_str().ok()?;
            Some((name.to_owned(), self.names.replace_fixed(value)))
        });
        shown.collect()
    }

    fn body(&mut self, body: &Bytes) -> Value {
        match serde_json::from_slice(body) {
            Ok(value) => self.value("", value),
            Err(_) => Value::String(format!("(not JSON, {} bytes)", body.len())),
        }
    }

    fn value(&mut self, key: &str, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.string(key, &text)),
            Value::Number(number) => self.number(key, number),
            Value::Array(items) => {
                Value::Array(items.into_iter().map(|item| self.value(key, item)).collect())
            }
            Value::Object(fields) => {
                let fields = fields.into_iter().map(|(name, value)| {
                    let value = self.value(&name, value);
                    (self.names.replace_fixed(&name), value)
                });
                Value::Object(fields.collect())
            }
            Value::Null | Value::Bool(_) => value,
        }
    }

    fn number(&mut self, key: &str, number: Number) -> Value {
        let text = number.to_string();
        let replaced = match private_kind(key) {
            Some(kind) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.names.stand_in(kind, &text)
            }
            _ => self.names.get(&text).map_or_else(|| text.clone(), str::to_owned),
        };
        if replaced == text {
            return Value::Number(number);
        }
        serde_json::from_str(&replaced).map_or(Value::String(replaced), Value::Number)
    }

    fn string(&mut self, key: &str, text: &str) -> String {
        if text.is_empty() {
            return String::new();
        }
        if is_secret(key) {
            self.names.secret(text);
            return SECRET.to_owned();
        }
        if text.starts_with(['[', '{'])
            && let Ok(value) = serde_json::from_str(text)
        {
            return self.value(key, value).to_string();
        }
        let kind = private_kind(key);
        if kind == Some(MESSAGE) {
            return self.message(text);
        }
        if matches!(text, "true" | "false") {
            return text.to_owned();
        }
        if is_time(text) || kind.is_none() && is_number(text) {
            return self.names.get(text).map_or_else(|| text.to_owned(), str::to_owned);
        }
        if text.contains(',') && !text.contains(char::is_whitespace) {
            return text
                .split(',')
                .map(|part| self.string(key, part))
                .collect::<Vec<_>>()
                .join(",");
        }
        match kind {
            Some(kind) => self.names.stand_in(kind, text),
            None if text.contains(char::is_whitespace) => self.message(text),
            // A region or an error code is a public word.
            None if key == "Code" || PUBLIC.iter().any(|end| key.ends_with(end)) => {
                self.names.replace_in_word(text)
            }
            None if has_digit(text) || text.chars().count() > LONGEST_WORD => {
                self.names.stand_in("value", text)
            }
            None => self.names.replace_in_word(text),
        }
    }

    /// Replaces names, quoted words and words with digits in a string.
    fn message(&mut self, text: &str) -> String {
        for quoted in quoted_parts(text) {
            self.learn(quoted);
        }
        let is_end = |c: char| !c.is_alphanumeric() && !matches!(c, '-' | '_' | '.' | '@' | ':');
        for word in text.split(is_end) {
            let word = word.trim_matches(['.', ':', '-']);
            if has_digit(word) || word.contains(['.', '@']) {
                self.learn(word);
            }
        }
        self.names.replace_known(text)
    }

    /// Adds a part of a message to the names, unless it is public or known.
    fn learn(&mut self, part: &str) {
        let is_short_number = is_number(part) && part.len() < LONG_NUMBER;
        if !part.trim().is_empty()
            && !is_short_number
            && !is_time(part)
            && self.names.replace_known(part) == part
        {
            let is_address = part.split(':').next().is_some_and(|host| host.contains('.'));
            self.names.stand_in(if is_address { "host" } else { "value" }, part);
        }
    }
}

/// Returns the parts of a string that are in quotation marks or brackets.
fn quoted_parts(text: &str) -> Vec<&str> {
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let mut parts = Vec::new();
    for (start, open) in text.match_indices(['\'', '"', '`', '[']) {
        // An apostrophe is within or after a word.
        if is_word(text[..start].chars().next_back()) {
            continue;
        }
        let inner = &text[start + 1..];
        let close = if open == "[" { "]" } else { open };
        let end =
            inner.match_indices(close).find(|(at, _)| !is_word(inner[at + 1..].chars().next()));
        parts.extend(end.map(|(at, _)| &inner[..at]));
    }
    parts
}

/// Returns the kind of the values of a field if they are private.
fn private_kind(key: &str) -> Option<&'static str> {
    if key.ends_with("RegionId") {
        return None;
    }
    let found = PRIVATE.iter().find(|(end, _)| key.ends_with(end) || key.eq_ignore_ascii_case(end));
    found.map(|(_, kind)| *kind)
}

fn is_secret(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ["password", "secret", "securitytoken"].iter().any(|word| lower.contains(word))
}

fn has_digit(text: &str) -> bool {
    text.chars().any(char::is_numeric)
}

fn is_number(text: &str) -> bool {
    has_digit(text)
        && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'%'))
        && text.trim_end_matches('%').parse::<f64>().is_ok()
}

/// Returns whether a string is a date, or a time such as `01:00` or `01:00-02:00`.
fn is_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_date = bytes.len() >= 10
        && bytes[..10].iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        })
        && bytes[10..].iter().all(|byte| byte.is_ascii_digit() || b"TZ:.+- ".contains(byte));
    let is_clock = text.contains(':')
        && text
            .trim_end_matches('Z')
            .split([':', '-'])
            .all(|part| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit()));
    is_date && bytes.len() <= 40 || is_clock
}
