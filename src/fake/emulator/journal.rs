//! The last calls, as they are shown.

use std::collections::VecDeque;

use bytes::Bytes;
use http::Response;
use serde::{Deserialize, Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::rpc::sign::SignatureVersion;
use crate::rpc::transport::RecordedRequest;

/// The longest text of a request that is kept.
const MAX_TEXT: usize = 8 << 10;

/// A call, without its secrets.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Entry {
    #[serde(serialize_with = "rfc3339")]
    pub(super) at: OffsetDateTime,
    pub(super) operation: String,
    method: String,
    signature_version: Option<u8>,
    /// `ok`, the code of a refusal, or what became of the call.
    pub(super) outcome: String,
    pub(super) http_status: Option<u16>,
    request_id: Option<String>,
    request: String,
}

fn rfc3339<S: Serializer>(at: &OffsetDateTime, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&at.format(&Rfc3339).unwrap_or_default())
}

/// What an answer says about how it went.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Said {
    code: Option<String>,
    err_code: Option<String>,
    error_code: Option<String>,
}

impl Entry {
    /// A call that got its answer.
    pub(super) fn answered(request: &RecordedRequest, response: &Response<Bytes>) -> Self {
        let said: Said = serde_json::from_slice(response.body()).unwrap_or_default();
        let code = said.code.or(said.err_code).or(said.error_code);
        let status = response.status();
        let outcome = code.unwrap_or_else(|| {
            if status.is_success() { "ok".to_owned() } else { format!("HTTP {}", status.as_u16()) }
        });
        let id = response.headers().get("x-acs-request-id").and_then(|id| id.to_str().ok());
        Self {
            http_status: Some(status.as_u16()),
            request_id: id.map(str::to_owned),
            ..Self::without_answer(request, &outcome)
        }
    }

    /// A call whose answer a rule has spoilt.
    pub(super) fn faulty(
        request: &RecordedRequest,
        response: &Response<Bytes>,
        fault: &str,
    ) -> Self {
        let answered = Self::answered(request, response);
        Self { outcome: format!("{}, {fault}", answered.outcome), ..answered }
    }

    /// A call without an answer.
    pub(super) fn without_answer(request: &RecordedRequest, outcome: &str) -> Self {
        let signature_version = request.signature_version().map(|version| match version {
            SignatureVersion::Acs3 => 3,
            SignatureVersion::RpcV1 => 1,
        });
        let mut operation = request.operation().to_owned();
        cut(&mut operation, 64);
        let mut text = request.to_string();
        cut(&mut text, MAX_TEXT);
        Self {
            at: OffsetDateTime::now_utc(),
            operation,
            method: request.method().to_string(),
            signature_version,
            outcome: outcome.to_owned(),
            http_status: None,
            request_id: None,
            request: text,
        }
    }
}

fn cut(text: &mut String, length: usize) {
    if let Some((end, _)) = text.char_indices().nth(length) {
        text.truncate(end);
        text.push('…');
    }
}

/// The last calls.
#[derive(Debug)]
pub(super) struct Journal {
    entries: VecDeque<Entry>,
    capacity: usize,
}

impl Journal {
    pub(super) const fn new(capacity: usize) -> Self {
        Self { entries: VecDeque::new(), capacity }
    }

    pub(super) fn add(&mut self, entry: Entry) {
        if self.entries.len() >= self.capacity {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    pub(super) fn clear(&mut self) {
        self.entries.clear();
    }

    /// The calls, oldest first.
    pub(super) const fn entries(&self) -> &VecDeque<Entry> {
        &self.entries
    }
}
