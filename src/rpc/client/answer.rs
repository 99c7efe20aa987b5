//! From an HTTP answer, or none, to a typed one or a failure that says what to do next.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;
use time::OffsetDateTime;

use super::message::StringToSign;
use super::scrub::Scrubber;
use super::server_time::{retry_after, server_time};
use crate::rpc::clock::shown;
use crate::rpc::error::{Error, ErrorKind, Execution};
use crate::rpc::retry::Disposition;
use crate::rpc::transport::{Outcome, TransportError};
use crate::rpc::value::Open;
use crate::rpc::wire::{Answer, Refusal, Success, decode_answer};
use crate::v2019_03_06::error_code::ErrorCode;
use crate::v2019_03_06::hints;

/// Characters of an unreadable answer that an error shows.
const EXCERPT_CHARS: usize = 120;

/// A failed attempt.
pub(super) struct Failure {
    pub(super) error: Error,
    pub(super) disposition: Disposition,
    /// How long the server asks to wait.
    pub(super) retry_after: Option<Duration>,
    /// If the failure was about the time: the server's, and the one that was signed.
    pub(super) times: Option<Times>,
}

/// A request's time, which the server refused, and the server's own.
#[derive(Clone, Copy)]
pub(super) struct Times {
    pub(super) signed: OffsetDateTime,
    pub(super) server: OffsetDateTime,
}

impl Times {
    /// Whether they differ by more than the second that the stamp is rounded to.
    pub(super) fn differ(self) -> bool {
        (self.server - self.signed).abs() > time::Duration::SECOND
    }
}

impl Failure {
    pub(super) fn new(error: Error, disposition: Disposition) -> Self {
        Self { error, disposition, retry_after: None, times: None }
    }

    /// What came of the attempt.
    pub(super) fn execution(&self) -> Execution {
        if self.disposition.may_have_executed() {
            Execution::Unknown
        } else if self.error.http_status().is_some() {
            Execution::Refused
        } else {
            Execution::Unsent
        }
    }
}

/// What is needed to read an answer besides the answer.
pub(super) struct Reader<'a> {
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
    ) -> Result<(StatusCode, Answer<T>, Option<String>), Failure> {
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

    /// Reads an answer: a success, or why it is none.
    pub(super) fn read<T: DeserializeOwned>(
        &self,
        response: &http::Response<Bytes>,
    ) -> Result<Answer<T>, Failure> {
        let status = response.status();
        if status.is_redirection() {
            return Err(self.redirect(response));
        }
        let body = response.body();
        if !status.is_success() {
            return Err(match Refusal::parse(body) {
                Some(refusal) => self.refused(&refusal, response),
                None => self.unreadable(response, None),
            });
        }
        match decode_answer::<T>(body) {
            Ok(answer) if answer.envelope.success == Some(Success::Yes) => Ok(answer),
            // A type without required members takes the gateway's refusal for an answer.
            Ok(answer) if answer.envelope.success.is_none() => match Refusal::parse(body) {
                Some(refusal) if refusal.is_one() => Err(self.refused(&refusal, response)),
                _ => Ok(answer),
            },
            Ok(answer) if answer.envelope.success == Some(Success::Unclear) => {
                let why = "unclear: its Success is neither true nor false";
                Err(self.unreadable(response, Some(why.to_owned())))
            }
            Ok(answer) => {
                // With the gateway's `Code`, which is not of the envelope.
                let refusal = Refusal::parse(body).unwrap_or_else(|| Refusal {
                    code: answer.envelope.err_code.unwrap_or_default(),
                    message: answer.envelope.err_message.unwrap_or_default(),
                    request_id: answer.envelope.request_id,
                    success: Some(Success::No),
                    business: true,
                    ..Refusal::default()
                });
                Err(self.refused(&refusal, response))
            }
            // A refusal does not have the members of a success, so the decoder stumbles first.
            Err(_) => Err(match Refusal::parse(body) {
                Some(refusal) if refusal.is_one() => self.refused(&refusal, response),
                _ => self.unreadable(response, self.misfit::<T>(body)),
            }),
        }
    }

    /// Turns a transport's error into a failure.
    pub(super) fn not_answered(&self, error: TransportError) -> Failure {
        let (kind, disposition) = match (error.outcome(), error.is_permanent()) {
            (Outcome::NotSent, false) => (ErrorKind::Connect, Disposition::NotExecuted),
            (Outcome::NotSent, true) => (ErrorKind::Connect, Disposition::Final),
            (Outcome::TimedOut, false) => (ErrorKind::Timeout, Disposition::Ambiguous),
            (Outcome::TimedOut, true) => (ErrorKind::Timeout, Disposition::AmbiguousFinal),
            (Outcome::Interrupted, false) => (ErrorKind::Interrupted, Disposition::Ambiguous),
            (Outcome::Interrupted, true) => (ErrorKind::Interrupted, Disposition::AmbiguousFinal),
            (Outcome::UnusableAnswer, false) => (ErrorKind::Answer, Disposition::Ambiguous),
            (Outcome::UnusableAnswer, true) => (ErrorKind::Answer, Disposition::AmbiguousFinal),
        };
        let message = self.scrubber.clean(&error.to_string());
        let mut failed = Error::new(kind, message);
        // A transport of somebody else's may have put anything into its error.
        if !self.leaks(&error) {
            failed = failed.with_source(error);
        }
        if kind == ErrorKind::Connect {
            failed = failed.with_hint("Check the endpoint, the network and the proxy");
        }
        Failure::new(failed, disposition)
    }

    /// Whether an error shows a secret, by itself or by its causes.
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
        in_body.or_else(in_header).map(|id| self.scrubber.clean_word(id))
    }

    fn refused(&self, refusal: &Refusal, response: &http::Response<Bytes>) -> Failure {
        let status = response.status();
        let code: Open<ErrorCode> = refusal.code.as_str().into();
        let retry_after = retry_after(response.headers(), self.now);
        let asked_to_wait = response.headers().get("x-acs-retry-after").is_some()
            && retry_after.is_some_and(|wait| !wait.is_zero());
        let throttling = code.as_str().contains("Throttling")
            || status == StatusCode::TOO_MANY_REQUESTS
            || asked_to_wait;
        // A service that failed and asks to wait may have executed the request all the same.
        let failed = (status.is_server_error() && status != StatusCode::SERVICE_UNAVAILABLE)
            || status == StatusCode::REQUEST_TIMEOUT
            || matches!(
                code.known(),
                Some(
                    ErrorCode::InternalError
                        | ErrorCode::InternalFailure
                        | ErrorCode::SignatureNonceUsed
                )
            );
        let held_back = throttling && !(asked_to_wait && failed);
        let disposition = disposition(status, &code, refusal.business, held_back);
        let clock_is_off = is_about_time(&code);

        let signed_the_same = || self.signed_the_same(&refusal.message);
        let hint = hints::of_refusal(&code, self.action, throttling, signed_the_same);
        let mut said = self.message(&code, &refusal.message);
        let code = match code {
            Open::Known(_) => code,
            Open::Unknown(text) => self.scrubber.clean(text.as_str()).as_str().into(),
        };
        if code.as_str().is_empty() && said.is_empty() {
            "the service refused, and gave no reason".clone_into(&mut said);
        }
        let mut error = Error::new(ErrorKind::Service, said)
            .with_http_status(status)
            .with_request_id(self.request_id(refusal.request_id.clone(), response.headers()))
            .throttling(throttling);
        if let Some(hint) = hint {
            error = error.with_hint(hint);
        }
        if !code.as_str().is_empty() {
            error = error.with_code(code);
        }
        Failure {
            error: error.with_retry_after(retry_after),
            disposition,
            retry_after,
            times: server_time(response.headers())
                .filter(|_| clock_is_off)
                .map(|server| Times { signed: self.now, server }),
        }
    }

    /// The server's words, without what it echoes.
    fn message(&self, code: &Open<ErrorCode>, message: &str) -> String {
        // The signature's refusal quotes the key id and every parameter, passwords included.
        let said = if *code == ErrorCode::SignatureDoesNotMatch {
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
            .and_then(|text| url::Url::parse(text).ok())
            .and_then(|url| url.host_str().map(|host| format!(" to {}", self.scrubber.clean(host))))
            .unwrap_or_default();
        let error = Error::new(
            ErrorKind::Answer,
            format!("the endpoint redirects{target}, and a signed request is not sent elsewhere"),
        )
        .with_http_status(status)
        .with_request_id(self.request_id(None, response.headers()))
        .with_hint("Check the endpoint, and whether a proxy or login page stands before it");
        Failure::new(error, Disposition::Final)
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
        let throttling = status == StatusCode::TOO_MANY_REQUESTS;
        let disposition = match status {
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
                Disposition::NotExecuted
            }
            status if status.is_client_error() && status != StatusCode::REQUEST_TIMEOUT => {
                Disposition::Final
            }
            _ => Disposition::Ambiguous,
        };
        let mut error = Error::new(ErrorKind::Answer, message)
            .with_http_status(status)
            .with_request_id(self.request_id(None, response.headers()))
            .throttling(throttling);
        if of_the_service {
            error = error.with_hint("RawRequest reads answers that this version does not know");
        } else if !status.is_server_error() {
            error = error.with_hint(
                "Check the endpoint, and whether a proxy or login page stands before it",
            );
        }
        let retry_after = retry_after(response.headers(), self.now);
        Failure { retry_after, ..Failure::new(error.with_retry_after(retry_after), disposition) }
    }

    /// Which member of a well-formed answer does not fit, and why.
    fn misfit<T: DeserializeOwned>(&self, body: &[u8]) -> Option<String> {
        let mut json: Value = serde_json::from_slice(body).ok()?;
        json.is_object().then_some(())?;
        // Before the types see it: their errors quote the value, perhaps cut in the middle.
        self.scrub_texts(&mut json);
        let error = serde_path_to_error::deserialize::<_, T>(json).err()?;
        Some(format!("not as documented at {}: {}", error.path(), error.inner()))
    }

    fn scrub_texts(&self, json: &mut Value) {
        match json {
            Value::String(text) => *text = self.scrubber.scrub(text),
            Value::Array(values) => values.iter_mut().for_each(|value| self.scrub_texts(value)),
            Value::Object(members) => {
                members.values_mut().for_each(|value| self.scrub_texts(value));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn excerpt(&self, body: &[u8]) -> String {
        // Cleaned before it is cut, so that no half of a secret stays.
        let clean = self.scrubber.clean_bytes(body);
        match clean.char_indices().nth(EXCERPT_CHARS) {
            Some((end, _)) => format!("{}…", &clean[..end]),
            None => clean,
        }
    }
}

/// Whether a refusal may hide an execution, and whether to try again.
fn disposition(
    status: StatusCode,
    code: &Open<ErrorCode>,
    business: bool,
    held_back: bool,
) -> Disposition {
    if held_back {
        return Disposition::NotExecuted;
    }
    match code.known() {
        Some(ErrorCode::ServiceUnavailable | ErrorCode::ServiceUnavailableTemporary) => {
            return Disposition::NotExecuted;
        }
        // The nonce is new with each attempt, so one that is known means that the network
        // delivered this very request twice: the first copy may have been executed.
        Some(ErrorCode::SignatureNonceUsed) => return Disposition::Ambiguous,
        // The service's own refusal is final, but a service that failed may have done half.
        Some(ErrorCode::InternalError) if business && status.is_success() => {
            return Disposition::AmbiguousFinal;
        }
        Some(ErrorCode::InternalError | ErrorCode::InternalFailure) => {
            return Disposition::Ambiguous;
        }
        _ => {}
    }
    match status {
        StatusCode::SERVICE_UNAVAILABLE => Disposition::NotExecuted,
        StatusCode::REQUEST_TIMEOUT => Disposition::Ambiguous,
        status if status.is_server_error() => Disposition::Ambiguous,
        _ => Disposition::Final,
    }
}

fn is_about_time(code: &Open<ErrorCode>) -> bool {
    matches!(
        code.known(),
        Some(
            ErrorCode::InvalidTimeStampExpired
                | ErrorCode::InvalidTimeStampFormat
                | ErrorCode::IllegalTimestamp
        )
    )
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_have_been_executed_is_told_from_what_was_refused() {
        use Disposition::{Ambiguous, AmbiguousFinal, Final, NotExecuted};
        for (status, code, business, expected) in [
            (400, "Throttling.User", false, NotExecuted),
            (503, "ServiceUnavailable", false, NotExecuted),
            (503, "Whatever", false, NotExecuted),
            (500, "InternalError", false, Ambiguous),
            (504, "", false, Ambiguous),
            (400, "SignatureNonceUsed", false, Ambiguous),
            (200, "InternalError", true, AmbiguousFinal),
            (200, "BackupPlanNotCreate", true, Final),
            (500, "Param.NotFound", true, Ambiguous),
            (400, "InvalidParameter", false, Final),
            (403, "Forbidden.RAM", false, Final),
            (404, "InvalidAction.NotFound", false, Final),
        ] {
            let throttling = code.contains("Throttling");
            let status = StatusCode::from_u16(status).unwrap();
            let got = disposition(status, &code.into(), business, throttling);
            assert_eq!(got, expected, "{status} {code}");
        }
    }
}
