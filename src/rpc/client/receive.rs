//! From an HTTP response, or none, to a typed response or a failure that says what to do next.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use time::OffsetDateTime;

use super::failure::{Failure, Times};
use super::message::StringToSign;
use super::scrub::Scrubber;
use super::server_time::{retry_after, server_time};
use super::{hints, keys};
use crate::rpc::api::ApiInfo;
use crate::rpc::clock::shown;
use crate::rpc::error::ErrorKind;
use crate::rpc::outcome::{Event, Facts};
use crate::rpc::transport::{Delivery, TransportError};
use crate::rpc::wire::{Decoded, Refusal, Success, decode_response, read_envelope};

/// Characters of an unreadable answer that an error shows.
const EXCERPT_CHARS: usize = 120;

/// What is needed to read a response besides the response.
pub(super) struct Reader<'a> {
    pub(super) api: &'a ApiInfo,
    pub(super) action: &'a str,
    pub(super) scrubber: Scrubber<'a>,
    pub(super) string_to_sign: &'a StringToSign,
    pub(super) now: OffsetDateTime,
}

impl Reader<'_> {
    /// Reads what came of sending, if anything did within a time.
    pub(super) fn read_outcome<T: DeserializeOwned>(
        &self,
        outcome: Option<Result<http::Response<Bytes>, TransportError>>,
        limit: Duration,
    ) -> Result<(StatusCode, Decoded<T>, Option<String>), Failure> {
        match outcome {
            None => {
                let error = TransportError::timeout(format!("no answer within {}", shown(limit)));
                Err(self.not_answered(error))
            }
            Some(Err(error)) => Err(self.not_answered(error)),
            Some(Ok(response)) => {
                let mut answer = self.read(&response)?;
                let id = self.request_id(answer.envelope.request_id.take(), response.headers());
                Ok((response.status(), answer, id))
            }
        }
    }

    /// Reads a response: a success, or the reason why it failed.
    pub(super) fn read<T: DeserializeOwned>(
        &self,
        response: &http::Response<Bytes>,
    ) -> Result<Decoded<T>, Failure> {
        let status = response.status();
        if status.is_redirection() {
            return Err(self.redirect(response));
        }
        let body = response.body();
        let fields = &self.api.envelope;
        if !status.is_success() {
            let refusal = read_envelope(body, fields).and_then(|found| found.refusal(fields));
            return Err(match refusal {
                Some(refusal) => self.refused(&refusal, response),
                None => self.unreadable(response, None),
            });
        }
        match decode_response::<T>(body, fields) {
            Ok(decoded) => {
                let refusal = match decoded.envelope.success {
                    Some(Success::Yes) => return Ok(decoded),
                    Some(Success::Unclear) => {
                        let why = "unclear: its Success is neither true nor false";
                        return Err(self.unreadable(response, Some(why.to_owned())));
                    }
                    // A type without required fields takes the gateway's refusal for a success. A
                    // body that cannot be read as a whole has at least the API's own fields.
                    Some(Success::No) | None => match read_envelope(body, fields) {
                        Some(envelope) => envelope.refusal(fields),
                        None => decoded.envelope.refusal(fields),
                    },
                };
                match refusal {
                    Some(refusal) if refusal.is_one() => Err(self.refused(&refusal, response)),
                    _ => Ok(decoded),
                }
            }
            // A refusal does not have the fields of a success, so the decoder stumbles first.
            Err(misfit) => {
                let refusal = misfit.envelope.as_ref().and_then(|found| found.refusal(fields));
                Err(match refusal {
                    Some(refusal) if refusal.is_one() => self.refused(&refusal, response),
                    _ => {
                        // Before the types see it: their errors quote the value, perhaps cut in the
                        // middle.
                        let scrub = |text: &mut String| *text = self.scrubber.scrub(text);
                        let why = misfit.describe::<T>(!self.api.confidential, scrub);
                        self.unreadable(response, why)
                    }
                })
            }
        }
    }

    /// Turns a transport's error into a failure.
    pub(super) fn not_answered(&self, error: TransportError) -> Failure {
        let event = match error.outcome() {
            Delivery::NotSent => Event::NotSent,
            Delivery::TimedOut => Event::TimedOut,
            Delivery::Interrupted => Event::Interrupted,
            Delivery::InvalidResponse => Event::Unusable,
        };
        let facts = Facts::new(event).permanent(error.is_permanent());
        let message = self.scrubber.clean(&error.to_string());
        Failure::judged(&facts, message).map(|mut failed| {
            // A transport of somebody else's may have put anything into its error.
            if !self.leaks(&error) {
                failed = failed.with_source(error);
            }
            if failed.kind() == ErrorKind::Connect {
                failed = failed.with_hint("Check the endpoint, the network and the proxy");
            }
            failed
        })
    }

    /// Whether an error or one of its causes shows a secret.
    fn leaks(&self, error: &TransportError) -> bool {
        let mut shown = format!("{error:?}");
        let mut cause: Option<&dyn std::error::Error> = Some(error);
        while let Some(error) = cause {
            shown = format!("{shown}\n{error}\n{error:?}");
            cause = error.source();
        }
        self.scrubber.finds_in(&shown)
    }

    /// The request's id, of the body or the header.
    pub(super) fn request_id(
        &self,
        in_body: Option<String>,
        headers: &HeaderMap,
    ) -> Option<String> {
        let in_header = || Some(headers.get("x-acs-request-id")?.to_str().ok()?.to_owned());
        in_body
            .or_else(in_header)
            .filter(|id| !self.api.confidential || is_plain_word(id))
            .map(|id| self.scrubber.clean_word(id))
    }

    /// The error code as errors and traces show it. A published code is shown as it is, so that it
    /// can be compared even where a secret is a part of it.
    fn shown_code(&self, code: &str) -> String {
        let is_published = |known: &&str| known.eq_ignore_ascii_case(code);
        if let Some(published) = self.api.error_codes.iter().find(|known| is_published(known)) {
            (*published).to_owned()
        } else if self.api.confidential && !is_plain_word(code) {
            String::new()
        } else {
            self.scrubber.clean(code)
        }
    }

    fn refused(&self, refusal: &Refusal, response: &http::Response<Bytes>) -> Failure {
        let retry_after = retry_after(response.headers(), self.now);
        let asks_to_wait = response.headers().contains_key("x-acs-retry-after")
            && retry_after.is_some_and(|wait| !wait.is_zero());
        let event = if refusal.business { Event::ServiceRefusal } else { Event::GatewayRefusal };
        let code = refusal.code.as_str();
        let facts = Facts {
            body_status: refusal.http_status,
            throttled: asks_to_wait,
            retry_after,
            ..Facts::new(event).status(response.status()).code(code)
        };
        let mut said = self.message(code, &refusal.message);
        let shown_code = self.shown_code(code);
        if shown_code.is_empty() && said.is_empty() {
            "the service refused, and gave no reason".clone_into(&mut said);
        }
        let failure = Failure::judged(&facts, said).map(|mut error| {
            error = error
                .with_request_id(self.request_id(refusal.request_id.clone(), response.headers()));
            let signed_the_same = || self.signed_the_same(&refusal.message);
            let throttling = error.is_throttling();
            let hint = hints::of_refusal(self.api, code, self.action, throttling, signed_the_same);
            if let Some(hint) = hint {
                error = error.with_hint(hint);
            }
            if shown_code.is_empty() { error } else { error.with_code(shown_code) }
        });
        let times = server_time(response.headers())
            .filter(|_| is_about_time(code))
            .map(|server| Times { signed: self.now, server });
        let refuses_credentials = keys::are_refused_by(code);
        Failure { times, refuses_credentials, ..failure }
    }

    /// The server's words, without what it echoes.
    fn message(&self, code: &str, message: &str) -> String {
        if self.api.confidential {
            return String::new();
        }
        // The signature's refusal quotes the key id and every parameter, passwords included.
        let said = if code.eq_ignore_ascii_case("SignatureDoesNotMatch") {
            let echo = message.to_ascii_lowercase().find("server ");
            message[..echo.unwrap_or(message.len())].trim_end_matches([' ', '.', ','])
        } else {
            message
        };
        self.scrubber.clean(said)
    }

    /// Whether the string that the server signed, which its message quotes, is ours.
    fn signed_the_same(&self, message: &str) -> Option<bool> {
        let lower = message.to_ascii_lowercase();
        let quotes = lower.contains("stringtosign is") || lower.contains("string to sign is");
        let ours = self.string_to_sign.last_line();
        quotes.then(|| !ours.is_empty() && message.contains(&**ours))
    }

    fn redirect(&self, response: &http::Response<Bytes>) -> Failure {
        let status = response.status();
        let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        let target = location
            .filter(|_| !self.api.confidential)
            .and_then(|text| url::Url::parse(text).ok())
            .and_then(|url| url.host_str().map(|host| format!(" to {}", self.scrubber.clean(host))))
            .unwrap_or_default();
        Failure::judged(
            &Facts::new(Event::Redirect).status(status),
            format!("the endpoint redirects{target}, and a signed request is not sent elsewhere"),
        )
        .map(|error| {
            error
                .with_request_id(self.request_id(None, response.headers()))
                .with_hint("Check the endpoint, and whether a proxy or login page stands before it")
        })
    }

    /// An answer that is not one of the service's.
    fn unreadable(&self, response: &http::Response<Bytes>, why: Option<String>) -> Failure {
        let status = response.status();
        let of_the_service = why.is_some();
        let what = self.scrubber.clean(&why.unwrap_or_else(|| describe(response)));
        let shown = self.excerpt(response.body());
        let message = if shown.is_empty() {
            format!("the answer is {what}")
        } else {
            format!("the answer is {what}, and begins: {shown}")
        };
        let facts = Facts {
            retry_after: retry_after(response.headers(), self.now),
            ..Facts::new(Event::Unreadable).status(status)
        };
        Failure::judged(&facts, message).map(|error| {
            let error = error.with_request_id(self.request_id(None, response.headers()));
            if of_the_service {
                error.with_hint("RawRequest reads answers that this version does not know")
            } else if !status.is_server_error() {
                error.with_hint(
                    "Check the endpoint, and whether a proxy or login page stands before it",
                )
            } else {
                error
            }
        })
    }

    fn excerpt(&self, body: &[u8]) -> String {
        if self.api.confidential {
            return String::new();
        }
        // Cleaned before it is cut, so that no half of a secret stays.
        let clean = self.scrubber.clean_bytes(body);
        match clean.char_indices().nth(EXCERPT_CHARS) {
            Some((end, _)) => format!("{}…", &clean[..end]),
            None => clean,
        }
    }
}

/// Whether a text is a word such as error codes and request ids are, and not a sentence or a secret
/// with other characters.
fn is_plain_word(text: &str) -> bool {
    text.len() <= 64 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b))
}

fn is_about_time(code: &str) -> bool {
    ["InvalidTimeStamp.Expired", "InvalidTimeStamp.Format", "IllegalTimestamp"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(code))
}

/// What stands in the place of a JSON answer.
fn describe(response: &http::Response<Bytes>) -> String {
    let body = response.body();
    if body.is_empty() {
        return "empty".to_owned();
    }
    let Ok(text) = std::str::from_utf8(body) else {
        return format!("not UTF-8 text ({} bytes)", body.len());
    };
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let start = text.trim_start();
    if kind.is_some_and(|kind| kind.contains("html")) || start.starts_with('<') {
        return "a web page, not JSON".to_owned();
    }
    match serde_json::from_str::<serde::de::IgnoredAny>(text) {
        Ok(_) => "JSON of another kind".to_owned(),
        Err(error) if error.is_eof() => format!("cut short after {} bytes", body.len()),
        Err(error) => format!("not JSON ({error})"),
    }
}
