//! Reading of responses: a typed value, or the classified error of the attempt.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use time::OffsetDateTime;

use super::body_limit::{MAX_VALUES, has_too_many_values};
use super::confidential::{is_request_id, known_part};
use super::failure::{AttemptError, RejectedTime};
use super::inner::ClientInner;
use super::message::StringToSign;
use super::scrub::Scrubber;
use super::server_time::{retry_after, server_time};
use super::{hints, keys};
use crate::rpc::api::ApiInfo;
use crate::rpc::clock::format_duration;
use crate::rpc::error::ErrorKind;
use crate::rpc::outcome::{BusyCode, FailedAttempt, FailureCause};
use crate::rpc::transport::{TransportError, TransportErrorKind};
use crate::rpc::url_signatures::has_signature;
use crate::rpc::wire::{
    Decoded, ErrorResponse, SuccessFlag, UnreadField, decode_response, read_envelope,
};

/// The number of characters of an unreadable body or field that the client quotes.
const EXCERPT_CHARS: usize = 120;

/// The bytes of strings that a description of a mismatch searches for secrets.
const SCRUB_BUDGET: usize = 256 * 1024;

const REQUEST_ID: &str = "x-acs-request-id";

/// The hint for a response that does not come from the gateway.
const CHECK_ENDPOINT: &str = "the response is not from the service: check the endpoint, and whether a proxy or login page \
     intercepts requests";

/// Reads the response to one attempt.
pub(super) struct Reader<'a> {
    pub(super) client: &'a ClientInner,
    pub(super) api: &'a ApiInfo,
    pub(super) action: &'a str,
    pub(super) scrubber: Scrubber<'a>,
    pub(super) string_to_sign: &'a StringToSign,
    pub(super) now: OffsetDateTime,
    /// Whether the outcome of an earlier attempt of the call is unknown.
    pub(super) after_unknown: bool,
}

impl Reader<'_> {
    /// Reads the result of the transport; `None` if it exceeded the time limit.
    pub(super) fn read_outcome<T: DeserializeOwned>(
        &self,
        result: Option<Result<http::Response<Bytes>, TransportError>>,
        limit: Duration,
    ) -> Result<(StatusCode, Decoded<T>, Option<String>), AttemptError> {
        match result {
            None => {
                let limit = format_duration(limit);
                let error = TransportError::timeout(format!("no response within {limit}"));
                Err(self.transport_error(error))
            }
            Some(Err(error)) => Err(self.transport_error(error)),
            Some(Ok(response)) => {
                let mut decoded = self.read(&response)?;
                for field in &mut decoded.unread {
                    *field = self.unread_field(field);
                }
                let id = self.request_id(decoded.envelope.request_id.take(), response.headers());
                Ok((response.status(), decoded, id))
            }
        }
    }

    /// Decodes a response, or classifies the error that it reports.
    pub(super) fn read<T: DeserializeOwned>(
        &self,
        response: &http::Response<Bytes>,
    ) -> Result<Decoded<T>, AttemptError> {
        let status = response.status();
        if status.is_redirection() {
            return Err(self.redirect(response));
        }
        let body = response.body();
        if has_too_many_values(body) {
            let why = format!("the response has more than {MAX_VALUES} JSON values");
            return Err(self.transport_error(TransportError::invalid_response(why).permanent()));
        }
        let fields = &self.api.envelope;
        if !status.is_success() {
            let refusal =
                read_envelope(body, fields).and_then(|found| found.error_response(fields, false));
            return Err(match refusal {
                Some(refusal) => self.rejected(&refusal, response),
                None => self.unreadable(response, None),
            });
        }
        match decode_response::<T>(body, fields) {
            Ok(decoded) => {
                let success = decoded.envelope.success;
                if success == Some(SuccessFlag::Yes) {
                    return Ok(decoded);
                }
                if success == Some(SuccessFlag::Unclear) {
                    let why = "expected `true` or `false` in `Success`";
                    return Err(self.unreadable(response, Some(why.to_owned())));
                }
                // A type without required fields also accepts an error of the gateway. If the
                // body is not valid as a whole, the envelope of the API was decoded already.
                let has_value = success.is_none() && decoded.has_own_field(body);
                let refusal = match read_envelope(body, fields) {
                    Some(envelope) => envelope.error_response(fields, has_value),
                    None => decoded.envelope.error_response(fields, has_value),
                };
                match refusal {
                    Some(refusal) if refusal.is_failure() => Err(self.rejected(&refusal, response)),
                    // And it accepts any other JSON, which an intermediary may have sent.
                    _ if !has_value && decoded.envelope.request_id.is_none() => {
                        Err(self.unreadable(response, None))
                    }
                    _ => Ok(decoded),
                }
            }
            // An error does not have the fields of a success, so decoding it fails first.
            Err(mismatch) => {
                let refusal = mismatch
                    .envelope
                    .as_ref()
                    .and_then(|found| found.error_response(fields, false));
                Err(match refusal {
                    Some(refusal) if refusal.is_failure() => self.rejected(&refusal, response),
                    _ => {
                        // Scrubbed before decoding: errors of the types quote a part of the value.
                        let mut budget = SCRUB_BUDGET;
                        let scrub = |value: &mut String| {
                            let left = budget;
                            budget = left.saturating_sub(value.len());
                            *value = if left > 0 {
                                self.scrubber.scrub(value)
                            } else {
                                "…".to_owned()
                            };
                        };
                        let why = mismatch.describe::<T>(!self.api.confidential, scrub);
                        self.unreadable(response, why)
                    }
                })
            }
        }
    }

    /// Classifies an error of the transport.
    fn transport_error(&self, error: TransportError) -> AttemptError {
        let cause = match error.kind() {
            TransportErrorKind::NotSent => FailureCause::NotConnected,
            TransportErrorKind::NotProcessed => FailureCause::NotProcessed,
            TransportErrorKind::TimedOut => FailureCause::TimedOut,
            TransportErrorKind::Interrupted => FailureCause::Interrupted,
            TransportErrorKind::InvalidResponse => FailureCause::InvalidResponse,
        };
        let attempt = FailedAttempt::new(cause).permanent(error.is_permanent());
        let message = self.scrubber.clean(&error.to_string());
        let hint = error.hint();
        AttemptError::classified(&attempt, message).map(|mut failed| {
            // The error of a custom transport may contain secrets.
            if !self.leaks(&error) {
                failed = failed.with_source(error);
            }
            if failed.kind() == ErrorKind::Connect {
                let host = self.client.endpoint.authority();
                failed = failed.with_hint(match (hint, &self.client.region) {
                    (Some(hint), _) => hint.to_owned(),
                    (None, Some(region)) => format!(
                        "check the endpoint `{host}` of region `{region}`, the network and the \
                         proxy"
                    ),
                    (None, None) => {
                        format!("check the endpoint `{host}`, the network and the proxy")
                    }
                });
            }
            failed
        })
    }

    /// Returns whether an error or one of its sources contains a secret, or a signature of a URL.
    fn leaks(&self, error: &TransportError) -> bool {
        let mut printed = format!("{error:#?}");
        let mut source: Option<&dyn std::error::Error> = Some(error);
        while let Some(error) = source {
            printed = format!("{printed}\n{error}\n{error:#?}");
            source = error.source();
        }
        self.scrubber.finds_in(&printed) || has_signature(&printed)
    }

    /// Returns the request id of the body or the header.
    fn request_id(&self, in_body: Option<String>, headers: &HeaderMap) -> Option<String> {
        let in_header = || Some(headers.get(REQUEST_ID)?.to_str().ok()?.to_owned());
        in_body
            .or_else(in_header)
            .filter(|id| !self.api.confidential || is_request_id(id))
            .map(|id| self.scrubber.clean_word(id))
    }

    /// Returns a field that could not be read as a response shows it.
    fn unread_field(&self, field: &UnreadField) -> UnreadField {
        let text = if self.api.confidential {
            String::new()
        } else {
            shortened(self.scrubber.clean(field.text()))
        };
        UnreadField::new(self.scrubber.clean_word(field.path().to_owned()), text)
    }

    /// Returns the error code as errors and traces show it.
    ///
    /// A published code stays unchanged, so that it can be compared even if it contains a secret.
    fn shown_code(&self, code: &str) -> String {
        let is_published = |known: &&str| known.eq_ignore_ascii_case(code);
        if let Some(published) = self.api.error_codes.iter().find(|known| is_published(known)) {
            (*published).to_owned()
        } else if self.api.confidential {
            self.scrubber.clean(known_part(code))
        } else {
            self.scrubber.clean(code)
        }
    }

    fn rejected(&self, refusal: &ErrorResponse, response: &http::Response<Bytes>) -> AttemptError {
        // Other servers send a code too. Only the gateway sends a request id with it.
        if !refusal.from_service
            && refusal.request_id.is_none()
            && !response.headers().contains_key(REQUEST_ID)
        {
            return self.unreadable(response, None);
        }
        let retry_after = retry_after(response.headers(), self.now);
        let throttled = response.headers().contains_key("x-acs-retry-after")
            && retry_after.is_some_and(|delay| !delay.is_zero());
        let cause = if refusal.from_service {
            FailureCause::ServiceError
        } else {
            FailureCause::GatewayError
        };
        let code = refusal.code.as_str();
        let attempt = FailedAttempt {
            body_status: refusal.http_status,
            busy: self.busy_code(code),
            after_unknown: self.after_unknown,
            throttled,
            retry_after,
            ..FailedAttempt::new(cause).status(response.status()).code(code)
        };
        let mut message = self.message(code, &refusal.message);
        let shown_code = self.shown_code(code);
        if shown_code.is_empty() && message.is_empty() {
            "the service rejected the request without a reason".clone_into(&mut message);
        }
        let failed = AttemptError::classified(&attempt, message).map(|mut error| {
            error = error
                .with_request_id(self.request_id(refusal.request_id.clone(), response.headers()));
            let same_string_to_sign = || self.same_string_to_sign(&refusal.message);
            let hint = hints::for_refusal(
                self.api,
                code,
                self.action,
                error.is_throttling(),
                same_string_to_sign,
            );
            if let Some(hint) = hint {
                error = error.with_hint(hint);
            }
            if shown_code.is_empty() { error } else { error.with_code(shown_code) }
        });
        let times = server_time(response.headers(), self.now)
            .filter(|_| is_about_time(code))
            .map(|server| RejectedTime { signed: self.now, server });
        let rejects_credentials = keys::are_rejected_by(code);
        AttemptError { times, rejects_credentials, ..failed }
    }

    /// Returns what an error code says about requests that are still running.
    fn busy_code(&self, code: &str) -> BusyCode {
        let is_in = |codes: &[&str]| codes.iter().any(|known| known.eq_ignore_ascii_case(code));
        if is_in(self.api.token_in_use_codes) {
            BusyCode::Token
        } else if is_in(self.api.busy_codes) {
            BusyCode::Resource
        } else {
            BusyCode::No
        }
    }

    /// Returns the server's message, without what it echoes of the request.
    fn message(&self, code: &str, message: &str) -> String {
        if self.api.confidential {
            return String::new();
        }
        // This message quotes the access key id and every parameter, passwords included.
        let kept = if code.eq_ignore_ascii_case("SignatureDoesNotMatch") {
            let echo = message.to_ascii_lowercase().find("server ");
            message[..echo.unwrap_or(message.len())].trim_end_matches([' ', '.', ','])
        } else {
            message
        };
        self.scrubber.clean(kept)
    }

    /// Returns whether the server signed the same string as the client.
    ///
    /// Returns `None` if the server's message does not quote its string.
    fn same_string_to_sign(&self, message: &str) -> Option<bool> {
        let lower = message.to_ascii_lowercase();
        let quotes = lower.contains("stringtosign is") || lower.contains("string to sign is");
        let last_line = self.string_to_sign.last_line();
        quotes.then(|| !last_line.is_empty() && message.contains(&**last_line))
    }

    fn redirect(&self, response: &http::Response<Bytes>) -> AttemptError {
        let status = response.status();
        let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        let target = location
            // The host of a URL has another encoding: lower case, Punycode, the number of an IP address.
            .filter(|location| !self.api.confidential && !self.scrubber.finds_in(location))
            .and_then(|location| url::Url::parse(location).ok())
            .and_then(|url| Some(format!(" to `{}`", self.scrubber.clean(url.host_str()?))))
            .unwrap_or_default();
        AttemptError::classified(
            &FailedAttempt::new(FailureCause::Redirect).status(status),
            format!("the endpoint redirects{target}, and the client does not follow redirects"),
        )
        .map(|error| {
            error
                .with_request_id(self.request_id(None, response.headers()))
                .with_hint(CHECK_ENDPOINT)
        })
    }

    /// Classifies a response that does not have the form of the API.
    fn unreadable(&self, response: &http::Response<Bytes>, why: Option<String>) -> AttemptError {
        let status = response.status();
        let is_of_the_service = why.is_some();
        let why = self.scrubber.clean(&why.unwrap_or_else(|| describe(response)));
        let excerpt = self.excerpt(response.body());
        let message = if excerpt.is_empty() {
            format!("the response could not be read: {why}")
        } else {
            format!("the response could not be read: {why}; it begins with `{excerpt}`")
        };
        let attempt = FailedAttempt {
            retry_after: retry_after(response.headers(), self.now),
            ..FailedAttempt::new(FailureCause::UnexpectedResponse).status(status)
        };
        AttemptError::classified(&attempt, message).map(|error| {
            let error = error.with_request_id(self.request_id(None, response.headers()));
            if is_of_the_service {
                error.with_hint(
                    "use `RawRequest` for responses that this version of the crate does not know",
                )
            } else {
                error.with_hint(CHECK_ENDPOINT)
            }
        })
    }

    fn excerpt(&self, body: &[u8]) -> String {
        if self.api.confidential {
            return String::new();
        }
        // Cleaned before it is cut, so that no part of a secret remains.
        shortened(self.scrubber.clean_bytes(body))
    }
}

/// Returns the first [`EXCERPT_CHARS`] characters of a string.
fn shortened(text: String) -> String {
    match text.char_indices().nth(EXCERPT_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn is_about_time(code: &str) -> bool {
    ["InvalidTimeStamp.Expired", "InvalidTimeStamp.Format", "IllegalTimestamp"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(code))
}

/// Returns why a body is not a JSON response of the API.
fn describe(response: &http::Response<Bytes>) -> String {
    let body = response.body();
    if body.is_empty() {
        return "the body is empty".to_owned();
    }
    if let Some(encoding) = compression(response) {
        return format!("the body is compressed ({encoding}), which the client does not ask for");
    }
    let Ok(text) = std::str::from_utf8(body) else {
        return format!("the body is not UTF-8 ({} bytes)", body.len());
    };
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let start = text.trim_start();
    if kind.is_some_and(|kind| kind.contains("html")) || start.starts_with('<') {
        return "expected JSON, got a web page".to_owned();
    }
    match serde_json::from_str::<serde::de::IgnoredAny>(text) {
        Ok(_) => "expected a response of the API, got other JSON".to_owned(),
        Err(error) if error.is_eof() => format!("the body ends after {} bytes", body.len()),
        Err(error) => format!("invalid JSON ({error})"),
    }
}

/// Returns how a body is compressed, by its first bytes or else by its header.
fn compression(response: &http::Response<Bytes>) -> Option<&'static str> {
    match &response.body()[..] {
        [0x1f, 0x8b, ..] => Some("gzip"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some("zstd"),
        [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] => Some("deflate"),
        body if body.starts_with(b"\xfd7zXZ\0") => Some("xz"),
        body if body.starts_with(b"BZh") => Some("bzip2"),
        _ => {
            let header = response.headers().get(CONTENT_ENCODING)?.to_str().ok()?.trim();
            // Another value of the header may be anything, and is not quoted.
            let known = ["br", "gzip", "deflate", "zstd", "compress", "xz", "bzip2"];
            known.into_iter().find(|name| header.eq_ignore_ascii_case(name))
        }
    }
}
