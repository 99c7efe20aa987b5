//! `SendError`: why a request got no response.

use std::error::Error as StdError;
use std::fmt;

use super::tls::BoxError;
use crate::rpc::transport::http::connect_error::HttpError;

/// Why a request got no response, in the words of hyper-util's client, which reqwest uses.
#[derive(Debug)]
pub(super) struct SendError {
    step: Step,
    source: Option<BoxError>,
}

/// The step that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Connect,
    SendRequest,
    /// No byte was written to the connection.
    Canceled,
    /// The request has an HTTP version that the connection does not support.
    UserUnsupportedVersion,
}

impl SendError {
    pub(super) fn new(step: Step, source: impl Into<BoxError>) -> Self {
        Self { step, source: Some(source.into()) }
    }

    pub(super) fn unsupported_version() -> Self {
        Self { step: Step::UserUnsupportedVersion, source: None }
    }
}

impl From<SendError> for HttpError {
    fn from(error: SendError) -> Self {
        let is_connect = error.step == Step::Connect;
        Self::of_request(error, is_connect)
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "client error ({:?})", self.step)
    }
}

impl StdError for SendError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|source| &**source as _)
    }
}
