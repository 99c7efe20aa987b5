//! `CallLog`: the last calls, for the status page and the control API.

use std::collections::VecDeque;

use bytes::Bytes;
use http::Response;
use serde::{Deserialize, Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::rpc::sign::SignatureVersion;
use crate::rpc::transport::RecordedRequest;

/// The most characters of a request that the log keeps.
const MAX_REQUEST_CHARS: usize = 8 << 10;
/// The most characters of an operation's name, and of its version, that the log keeps.
const MAX_OPERATION_CHARS: usize = 64;

/// A call and its outcome, without secrets.
#[derive(Clone, Debug, Serialize)]
pub(super) struct LoggedCall {
    /// When the call arrived, by the fake's clock, as the times of plans and backups are.
    #[serde(serialize_with = "rfc3339")]
    pub(super) at: OffsetDateTime,
    pub(super) operation: String,
    /// The API version that the request names.
    pub(super) version: Option<String>,
    method: String,
    signature_version: Option<u8>,
    /// `ok`, an error code, or what a fault rule did.
    pub(super) outcome: String,
    pub(super) http_status: Option<u16>,
    request_id: Option<String>,
    request: String,
}

fn rfc3339<S: Serializer>(at: &OffsetDateTime, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&at.format(&Rfc3339).unwrap_or_default())
}

/// The error code of a response, in each of its envelopes.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct ResponseCodes {
    code: Option<String>,
    err_code: Option<String>,
    error_code: Option<String>,
}

impl LoggedCall {
    /// Logs a call with its response.
    pub(super) fn with_response(
        request: &RecordedRequest,
        response: &Response<Bytes>,
        at: OffsetDateTime,
    ) -> Self {
        let codes: ResponseCodes = serde_json::from_slice(response.body()).unwrap_or_default();
        // Successful responses of version 2021-01-01 have these codes as well.
        let is_error = |code: &String| !matches!(code.as_str(), "" | "Success");
        let mut codes = [codes.code, codes.err_code, codes.error_code].into_iter().flatten();
        let code = codes.find(is_error);
        let status = response.status();
        let outcome = code.unwrap_or_else(|| {
            if status.is_success() { "ok".to_owned() } else { format!("HTTP {}", status.as_u16()) }
        });
        let id = response.headers().get("x-acs-request-id").and_then(|id| id.to_str().ok());
        Self {
            http_status: Some(status.as_u16()),
            request_id: id.map(str::to_owned),
            ..Self::without_response(request, &outcome, at)
        }
    }

    /// Logs a call whose response a fault rule changes.
    pub(super) fn with_fault(
        request: &RecordedRequest,
        response: &Response<Bytes>,
        fault: &str,
        at: OffsetDateTime,
    ) -> Self {
        let call = Self::with_response(request, response, at);
        Self { outcome: format!("{}, {fault}", call.outcome), ..call }
    }

    /// Logs a call that gets no response.
    pub(super) fn without_response(
        request: &RecordedRequest,
        outcome: &str,
        at: OffsetDateTime,
    ) -> Self {
        let signature_version = request.signature_version().map(|version| match version {
            SignatureVersion::Acs3 => 3,
            SignatureVersion::RpcV1 => 1,
        });
        let mut operation = request.operation().to_owned();
        shorten(&mut operation, MAX_OPERATION_CHARS);
        let version = request.header("x-acs-version").or_else(|| request.parameter("Version"));
        let mut version = version.map(str::to_owned);
        if let Some(version) = &mut version {
            shorten(version, MAX_OPERATION_CHARS);
        }
        let mut request_text = request.to_string();
        shorten(&mut request_text, MAX_REQUEST_CHARS);
        Self {
            at,
            operation,
            version,
            method: request.method().to_string(),
            signature_version,
            outcome: outcome.to_owned(),
            http_status: None,
            request_id: None,
            request: request_text,
        }
    }
}

/// Shortens a string to a number of characters, and marks it with an ellipsis.
fn shorten(string: &mut String, max_chars: usize) {
    if let Some((end, _)) = string.char_indices().nth(max_chars) {
        string.truncate(end);
        string.push('…');
    }
}

/// The last calls, oldest first. Drops the oldest call when it is full.
#[derive(Debug)]
pub(super) struct CallLog {
    calls: VecDeque<LoggedCall>,
    capacity: usize,
}

impl CallLog {
    pub(super) const fn new(capacity: usize) -> Self {
        Self { calls: VecDeque::new(), capacity }
    }

    pub(super) fn add(&mut self, call: LoggedCall) {
        if self.calls.len() >= self.capacity {
            self.calls.pop_front();
        }
        self.calls.push_back(call);
    }

    pub(super) fn clear(&mut self) {
        self.calls.clear();
    }

    pub(super) const fn calls(&self) -> &VecDeque<LoggedCall> {
        &self.calls
    }
}
