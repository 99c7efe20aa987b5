//! `Replay`: a transport that replays a recording.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::recorded::redact;
use super::recording::format::{
    Exchange, ExchangeResult, FORMAT, Header, Parameter, RecordedResponse, VERSION,
};
use super::recording::{RecordingError, ReplayClock, is_whole_word};
use super::{RecordedRequest, Transport, TransportError};
use crate::rpc::clock::Clock;

/// Replays a recording as a transport.
///
/// A request gets the result of the first unused exchange of its operation that matches. Values
/// that the [`Recorder`](super::Recorder) left unchanged must be equal. Of replaced values:
///
/// | value | must be |
/// | --- | --- |
/// | in an earlier response of the recording | the value of that response |
/// | first sent by the caller | any value, but the same in all requests; responses contain it in place of the replaced one |
/// | `ClientToken`, a secret, or replaced in part | any value |
///
/// Without a match, the call fails with a [permanent](TransportError::permanent) error that says
/// what differs. The clock of the client starts when the recording started, and waits end at once.
/// Clones share the replay. [`Recorder`](super::Recorder) has an example.
#[derive(Clone)]
pub struct Replay {
    clock: ReplayClock,
    state: Arc<Mutex<ReplayState>>,
}

#[derive(Default)]
struct ReplayState {
    /// The exchanges that were not used.
    left: Vec<Exchange>,
    used: usize,
    /// The bodies of the responses that were returned, with replaced values.
    bodies: Vec<String>,
    /// The caller's values of replaced parameters.
    sent: HashMap<String, String>,
    mismatches: Vec<String>,
}

impl Replay {
    /// Reads a recording.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be read, or is not a recording of this version.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, RecordingError> {
        let path = path.as_ref();
        let invalid = |why: String| {
            let shown = path.display();
            RecordingError::new(format!("cannot read recording `{shown}`: {why}"))
        };
        let text = std::fs::read_to_string(path)
            .map_err(|error| invalid(error.to_string()).with_source(error))?;
        let mut lines = text.lines().enumerate();
        let header = lines.next().map(|(_, line)| line).unwrap_or_default();
        let header: Header = serde_json::from_str(header).map_err(|error| {
            invalid(format!("line 1: {error}; record again")).with_source(error)
        })?;
        if header.format != FORMAT || header.version != VERSION {
            let got = format!("`{}` version {}", header.format, header.version);
            return Err(invalid(format!("expected `{FORMAT}` version {VERSION}, got {got}")));
        }
        let started = OffsetDateTime::parse(&header.started, &Rfc3339).map_err(|error| {
            invalid(format!("line 1: {error}; record again")).with_source(error)
        })?;
        let mut left = Vec::new();
        for (index, line) in lines {
            let exchange = serde_json::from_str(line).map_err(|error| {
                invalid(format!("line {}: {error}; record again", index + 1)).with_source(error)
            })?;
            left.push(exchange);
        }
        let state = ReplayState { left, ..ReplayState::default() };
        Ok(Self { clock: ReplayClock::new(started), state: Arc::new(Mutex::new(state)) })
    }

    /// Asserts that every exchange was used and every request matched.
    ///
    /// # Panics
    ///
    /// Panics if a request did not match, or an exchange was not used. The message says which one.
    #[track_caller]
    pub fn assert_finished(&self) {
        let state = self.lock();
        let mismatches = state.mismatches.join("; ");
        assert!(mismatches.is_empty(), "the requests do not match the recording: {mismatches}");
        let (used, left) = (state.used, state.left.len());
        let next = state.left.first().map_or_else(String::new, |next| {
            format!("; next is exchange {}, `{}`", next.n, next.operation)
        });
        assert!(left == 0, "expected {} requests, got {used}{next}", used + left);
    }

    fn lock(&self) -> MutexGuard<'_, ReplayState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        f.debug_struct("Replay")
            .field("exchanges_left", &state.left.len())
            .field("mismatches", &state.mismatches)
            .finish_non_exhaustive()
    }
}

impl ReplayState {
    /// Removes and returns the first exchange that matches, or returns what differs.
    fn take(&mut self, request: &RecordedRequest) -> Result<Exchange, String> {
        let operation = request.operation();
        let mut first = None;
        for index in 0..self.left.len() {
            let exchange = &self.left[index];
            if exchange.operation != operation {
                continue;
            }
            match self.compare(exchange, request) {
                Ok(values) => {
                    self.sent.extend(values);
                    self.used += 1;
                    return Ok(self.left.remove(index));
                }
                Err(difference) => {
                    first.get_or_insert(format!(
                        "exchange {}, `{operation}`: {difference}",
                        exchange.n
                    ));
                }
            }
        }
        Err(first.unwrap_or_else(|| match self.left.first() {
            Some(next) => {
                format!("expected `{}` (exchange {}), got `{operation}`", next.operation, next.n)
            }
            None => format!("expected the end of the recording, got `{operation}`"),
        }))
    }

    /// Returns the values that the caller sends first, or how the request differs.
    fn compare(
        &self,
        exchange: &Exchange,
        request: &RecordedRequest,
    ) -> Result<Vec<(String, String)>, String> {
        let sent = request.parameters();
        let (mut values, mut differences) = (Vec::new(), Vec::new());
        for (name, recorded) in &exchange.parameters {
            let value = sent.iter().find(|(known, _)| known == name).map(|(_, value)| *value);
            let Some(value) = value else {
                if name != "ClientToken" {
                    differences.push(format!("parameter `{name}`: expected a value, got none"));
                }
                continue;
            };
            let expected = match recorded {
                _ if name == "ClientToken" || request.is_in_body(name) => continue,
                Parameter::Edited { .. } | Parameter::Secret { .. } => continue,
                Parameter::Sent(expected) => expected,
                Parameter::Replaced { replaced } => match self.sent.get(replaced) {
                    Some(earlier) => earlier,
                    None if self.bodies.iter().any(|body| contains_word(body, replaced)) => {
                        replaced
                    }
                    None => {
                        values.push((replaced.clone(), value.to_owned()));
                        continue;
                    }
                },
            };
            if expected != value {
                let (expected, got) = (redact(name, expected), redact(name, value));
                differences.push(format!("parameter `{name}`: expected `{expected}`, got `{got}`"));
            }
        }
        for (name, _) in sent {
            if name != "ClientToken" && !exchange.parameters.contains_key(name) {
                differences.push(format!("parameter `{name}`: expected none, got a value"));
            }
        }
        if differences.is_empty() { Ok(values) } else { Err(differences.join(", ")) }
    }

    /// Returns a response, with the caller's values in place of those that replaced them.
    fn response(&mut self, recorded: &RecordedResponse) -> Response<Bytes> {
        let mut body = recorded.body.clone();
        self.bodies.push(body.to_string());
        self.restore(&mut body);
        let body = match body {
            Value::String(text) => text,
            json => json.to_string(),
        };
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() =
            StatusCode::from_u16(recorded.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in &recorded.headers {
            if let (Ok(name), Ok(value)) =
                (http::HeaderName::try_from(name), HeaderValue::try_from(value))
            {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }

    fn restore(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                if let Some(sent) = self.sent.get(text.as_str()) {
                    text.clone_from(sent);
                }
            }
            Value::Number(number) => {
                let sent = self.sent.get(&number.to_string());
                if let Some(sent) = sent.and_then(|sent| sent.parse().ok()) {
                    *number = sent;
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.restore(item)),
            Value::Object(fields) => fields.values_mut().for_each(|field| self.restore(field)),
            Value::Null | Value::Bool(_) => {}
        }
    }
}

fn contains_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(start, _)| is_whole_word(text, start, start + word.len()))
}

#[async_trait]
impl Transport for Replay {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let request = RecordedRequest::new(request);
        let mut state = self.lock();
        let exchange = match state.take(&request) {
            Ok(exchange) => exchange,
            Err(mismatch) => {
                let mismatch = format!("request {}: {mismatch}", state.used + 1);
                let message = format!("the request does not match the recording: {mismatch}");
                state.mismatches.push(mismatch);
                return Err(TransportError::not_sent(message).permanent());
            }
        };
        self.clock.advance_to(Duration::from_millis(exchange.at_ms));
        match &exchange.result {
            ExchangeResult::Response(response) => Ok(state.response(response)),
            ExchangeResult::Error(error) => Err(error.to_error()),
        }
    }

    fn clock(&self) -> Option<Arc<dyn Clock>> {
        Some(Arc::new(self.clock.clone()))
    }
}
