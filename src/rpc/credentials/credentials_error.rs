//! `CredentialsError`: why a provider returned no credentials.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use super::Credentials;
use crate::rpc::outside::ExchangeError;
use crate::rpc::report::{unshown, write_report};
use crate::rpc::transport::TransportErrorKind;

/// Why a provider returned no credentials. It never contains a secret.
///
/// There are three kinds:
///
/// | kind | made by | the [default chain] | a call |
/// | --- | --- | --- | --- |
/// | the source is [not configured] | [`CredentialsError::not_configured`] | tries the next source | fails |
/// | the source failed, and may work later ([transient]) | [`CredentialsError::transient`] | stops | retries, as its [`RetryPolicy`](crate::RetryPolicy) and timeout allow |
/// | the source failed | [`CredentialsError::new`] | stops | fails |
///
/// The metadata service of an ECS instance is the exception: while it cannot be reached, its error
/// is both not configured and transient.
///
/// [default chain]: crate::credentials::DefaultChain
/// [not configured]: Self::is_not_configured
/// [transient]: Self::is_transient
#[derive(Clone)]
pub struct CredentialsError(Arc<CredentialsErrorInner>);

struct CredentialsErrorInner {
    message: String,
    not_configured: bool,
    transient: bool,
    /// Whether the source exists or seems to: it did not respond in time, or with a failure.
    responding_later: bool,
    /// A key that has expired by this machine's clock, which may be wrong.
    expired: Option<Credentials>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// Why a request to a source has no response.
#[derive(Clone, Copy, Debug)]
pub(crate) enum NoResponse {
    /// There was no connection, and a retry would fail as well.
    Unreachable,
    /// There was no connection, and a retry may succeed.
    NotConnected,
    /// The connection broke after the request was sent.
    Interrupted,
    TimedOut(Duration),
    /// The transport rejected the response.
    Unusable,
}

impl CredentialsError {
    fn build(message: String, not_configured: bool, transient: bool) -> Self {
        Self(Arc::new(CredentialsErrorInner {
            message,
            not_configured,
            transient,
            responding_later: false,
            expired: None,
            source: None,
        }))
    }

    fn responding_later(mut self, later: bool) -> Self {
        // The error was created just now, so it is not shared.
        if let Some(inner) = Arc::get_mut(&mut self.0) {
            inner.responding_later = later;
        }
        self
    }

    /// Adds a key that has expired by this machine's clock, which may be wrong.
    pub(crate) fn with_expired_key(mut self, key: Credentials) -> Self {
        // The error was created just now, so it is not shared.
        if let Some(inner) = Arc::get_mut(&mut self.0) {
            inner.expired = Some(key);
        }
        self
    }

    /// Returns a key that has expired by this machine's clock, for a caller who does not know
    /// whether this clock is right.
    pub(crate) fn expired_key(&self) -> Option<&Credentials> {
        self.0.expired.as_ref()
    }

    /// Returns whether a source that is not configured may be a slow one, such as the metadata
    /// service of an instance that is starting.
    pub(crate) fn may_respond_later(&self) -> bool {
        self.0.responding_later
    }

    /// Creates the error of a source that is configured and failed.
    ///
    /// The message should say what failed, why, and what to do, and must not contain a secret.
    pub fn new(message: impl Into<String>) -> Self {
        Self::build(message.into(), false, false)
    }

    /// Creates the error of a source that is not configured. A chain tries the next source.
    pub fn not_configured(message: impl Into<String>) -> Self {
        Self::build(message.into(), true, false)
    }

    /// Creates the error of a source that is configured and failed, and may work later.
    ///
    /// The client retries the call.
    pub fn transient(message: impl Into<String>) -> Self {
        Self::build(message.into(), false, true)
    }

    /// Returns the error of a configured source with another message. Stays transient.
    pub(crate) fn with_message(&self, message: String) -> Self {
        Self::build(message, false, self.0.transient).responding_later(self.0.responding_later)
    }

    /// Returns the same error of a source that is not configured. Stays transient, because a chain
    /// that selected the source earlier may retry it.
    pub(crate) fn as_not_configured(&self) -> Self {
        Self::build(self.0.message.clone(), true, self.0.transient)
            .responding_later(self.0.responding_later)
    }

    /// Creates the error of an HTTP status; 5xx and 429 are transient.
    pub(crate) fn from_status(status: StatusCode, message: String) -> Self {
        let transient = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
        if transient { Self::transient(message).responding_later(true) } else { Self::new(message) }
    }

    /// Creates the error of a request that has no response. It does not contain the message of the
    /// transport, which may quote a URL with a token.
    pub(crate) fn from_exchange(request: &str, error: ExchangeError) -> Self {
        Self::no_response(
            request,
            match error {
                ExchangeError::Setup(error) => {
                    let message = format!("{request} failed: {error}");
                    return Self::new(message).with_source(error);
                }
                ExchangeError::Transport(error) => match (error.kind(), error.is_permanent()) {
                    (TransportErrorKind::NotSent, true) => NoResponse::Unreachable,
                    (TransportErrorKind::NotSent, false) => NoResponse::NotConnected,
                    (TransportErrorKind::InvalidResponse, _) | (_, true) => NoResponse::Unusable,
                    (TransportErrorKind::TimedOut, _) => {
                        return Self::transient(format!("{request} timed out"));
                    }
                    (TransportErrorKind::Interrupted | TransportErrorKind::NotProcessed, _) => {
                        NoResponse::Interrupted
                    }
                },
                ExchangeError::TimedOut(timeout) => NoResponse::TimedOut(timeout),
            },
        )
    }

    /// Creates the error of a request that has no response.
    pub(crate) fn no_response(request: &str, reason: NoResponse) -> Self {
        match reason {
            NoResponse::Unreachable => Self::new(format!(
                "{request} failed: the connection could not be established; check the URL and the \
                 certificate, and that the call runs inside a Tokio runtime"
            )),
            NoResponse::NotConnected => Self::transient(format!(
                "{request} failed: the connection could not be established"
            )),
            NoResponse::Interrupted => {
                Self::transient(format!("{request} failed: the connection broke"))
                    .responding_later(true)
            }
            NoResponse::TimedOut(timeout) => {
                Self::transient(format!("{request} timed out after {timeout:?}"))
                    .responding_later(true)
            }
            NoResponse::Unusable => Self::new(format!(
                "{request} failed: the response could not be read, or is too large"
            )),
        }
    }

    /// Sets the cause, which must not contain a secret.
    #[must_use]
    pub fn with_source(self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let CredentialsErrorInner {
            message,
            not_configured,
            transient,
            responding_later,
            expired,
            ..
        } = &*self.0;
        Self(Arc::new(CredentialsErrorInner {
            message: message.clone(),
            not_configured: *not_configured,
            transient: *transient,
            responding_later: *responding_later,
            expired: expired.clone(),
            source: Some(source.into()),
        }))
    }

    /// Returns whether the source is not configured, so that a chain tries the next one.
    pub fn is_not_configured(&self) -> bool {
        self.0.not_configured
    }

    /// Returns whether a retry may succeed.
    pub fn is_transient(&self) -> bool {
        self.0.transient
    }
}

impl fmt::Display for CredentialsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for CredentialsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !f.alternate() {
            return write_report(f, self);
        }
        f.debug_struct("CredentialsError")
            .field("message", &self.0.message)
            .field("not_configured", &self.0.not_configured)
            .field("transient", &self.0.transient)
            .finish_non_exhaustive()
    }
}

impl StdError for CredentialsError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        unshown(self, self.0.source.as_deref().map(|source| source as _))
    }
}
