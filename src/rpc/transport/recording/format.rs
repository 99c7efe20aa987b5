//! The format of a recording: JSON Lines, a header and then one line per exchange.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::rpc::transport::{TransportError, TransportErrorKind};

/// The name of the format, in the header.
pub(in crate::rpc::transport) const FORMAT: &str = "aliyun-rpc-recording";

/// The version of the format, in the header.
pub(in crate::rpc::transport) const VERSION: u32 = 1;

/// The first line of a recording.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::rpc::transport) struct Header {
    pub(in crate::rpc::transport) format: String,
    pub(in crate::rpc::transport) version: u32,
    /// When the recording started, in RFC 3339.
    pub(in crate::rpc::transport) started: String,
}

/// A request and its result.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::rpc::transport) struct Exchange {
    pub(in crate::rpc::transport) n: u64,
    /// When the result arrived, in milliseconds since the start.
    pub(in crate::rpc::transport) at_ms: u64,
    pub(in crate::rpc::transport) operation: String,
    pub(in crate::rpc::transport) parameters: BTreeMap<String, Parameter>,
    #[serde(flatten)]
    pub(in crate::rpc::transport) result: ExchangeResult,
}

/// A recorded parameter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(in crate::rpc::transport) enum Parameter {
    /// The value as it was sent.
    Sent(String),
    /// A value that replaces the whole value.
    Replaced { replaced: String },
    /// The value, of which parts are replaced.
    Edited { edited: String },
    /// A secret, of which only the name is recorded.
    Secret { secret: bool },
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::rpc::transport) enum ExchangeResult {
    Response(RecordedResponse),
    Error(RecordedError),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::rpc::transport) struct RecordedResponse {
    pub(in crate::rpc::transport) status: u16,
    pub(in crate::rpc::transport) headers: BTreeMap<String, String>,
    pub(in crate::rpc::transport) body: Value,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::rpc::transport) struct RecordedError {
    kind: RecordedErrorKind,
    permanent: bool,
    message: String,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RecordedErrorKind {
    NotSent,
    NotProcessed,
    Interrupted,
    TimedOut,
    InvalidResponse,
}

impl RecordedError {
    pub(in crate::rpc::transport) fn new(error: &TransportError, message: String) -> Self {
        let kind = match error.kind() {
            TransportErrorKind::NotSent => RecordedErrorKind::NotSent,
            TransportErrorKind::NotProcessed => RecordedErrorKind::NotProcessed,
            TransportErrorKind::Interrupted => RecordedErrorKind::Interrupted,
            TransportErrorKind::TimedOut => RecordedErrorKind::TimedOut,
            TransportErrorKind::InvalidResponse => RecordedErrorKind::InvalidResponse,
        };
        Self { kind, permanent: error.is_permanent(), message }
    }

    pub(in crate::rpc::transport) fn to_error(&self) -> TransportError {
        let message = self.message.clone();
        let error = match self.kind {
            RecordedErrorKind::NotSent => TransportError::not_sent(message),
            RecordedErrorKind::NotProcessed => TransportError::not_processed(message),
            RecordedErrorKind::Interrupted => TransportError::interrupted(message),
            RecordedErrorKind::TimedOut => TransportError::timeout(message),
            RecordedErrorKind::InvalidResponse => TransportError::invalid_response(message),
        };
        if self.permanent { error.permanent() } else { error }
    }
}
