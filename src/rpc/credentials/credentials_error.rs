//! `CredentialsError`: why there are no credentials, and what to do.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use crate::rpc::outside::ExchangeError;

/// Why there are no credentials: what was looked for, and what to do. It never holds a secret.
///
/// A source that is [not configured](Self::is_not_configured) is passed over by a chain; one that
/// is configured and does not work stops it. Where that is [transient](Self::is_transient), a call
/// asks again within its time, as its [`RetryPolicy`](crate::RetryPolicy) says.
#[derive(Clone)]
pub struct CredentialsError(Arc<Reason>);

struct Reason {
    message: String,
    not_configured: bool,
    transient: bool,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// Why no response came from a source.
#[derive(Clone, Copy, Debug)]
pub(crate) enum NoResponse {
    /// No connection, and another attempt would fail as well.
    Unreachable,
    NotConnected,
    Interrupted,
    TimedOut(Duration),
    /// A response came that the transport refused.
    Unusable,
}

impl CredentialsError {
    fn made(message: String, not_configured: bool, transient: bool) -> Self {
        Self(Arc::new(Reason { message, not_configured, transient, source: None }))
    }

    /// A source that is configured and does not work. Say what was looked for and what to do,
    /// and no secret.
    pub fn new(message: impl Into<String>) -> Self {
        Self::made(message.into(), false, false)
    }

    /// A source that nobody configured; a chain goes on to the next.
    pub fn not_configured(message: impl Into<String>) -> Self {
        Self::made(message.into(), true, false)
    }

    /// A source that is configured and does not work just now: asking it again may help. A call
    /// does so, within its time.
    pub fn transient(message: impl Into<String>) -> Self {
        Self::made(message.into(), false, true)
    }

    /// The reason in other words, for a source that is configured: asking again may help as before.
    pub(crate) fn reworded(&self, message: String) -> Self {
        Self::made(message, false, self.0.transient)
    }

    /// The same of a source that nobody configured: once it was found, asking again may help.
    pub(crate) fn as_not_configured(&self) -> Self {
        Self::made(self.0.message.clone(), true, self.0.transient)
    }

    /// An answer of this HTTP status that gave no credentials.
    pub(crate) fn of_status(status: StatusCode, message: String) -> Self {
        let passing = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
        if passing { Self::transient(message) } else { Self::new(message) }
    }

    /// An exchange with `what` that gave no response. The transport's own message may quote the
    /// URL, which may contain a token, so it is not repeated.
    pub(crate) fn unanswered(what: &str, error: ExchangeError) -> Self {
        Self::no_response(
            what,
            match error {
                ExchangeError::Setup(error) => {
                    let message = format!("{what} cannot be asked: {error}");
                    return Self::new(message).with_source(error);
                }
                ExchangeError::Transport(error) => {
                    match (error.may_have_arrived(), error.is_permanent()) {
                        (true, true) => NoResponse::Unusable,
                        (true, false) => NoResponse::Interrupted,
                        (false, true) => NoResponse::Unreachable,
                        (false, false) => NoResponse::NotConnected,
                    }
                }
                ExchangeError::TimedOut(limit) => NoResponse::TimedOut(limit),
            },
        )
    }

    /// A source from which no response came.
    pub(crate) fn no_response(what: &str, why: NoResponse) -> Self {
        match why {
            NoResponse::Unreachable => Self::new(format!(
                "{what} cannot be reached: check its URL and certificate, and that this runs \
                 inside a Tokio runtime"
            )),
            NoResponse::NotConnected => {
                Self::transient(format!("{what} cannot be reached: no connection"))
            }
            NoResponse::Interrupted => {
                Self::transient(format!("{what} gave no response: the connection broke"))
            }
            NoResponse::TimedOut(limit) => {
                Self::transient(format!("{what} gave no response within {limit:?}"))
            }
            NoResponse::Unusable => Self::new(format!(
                "{what} gave a response that cannot be used, such as one that is too large"
            )),
        }
    }

    /// Adds the cause. It must not hold a secret.
    #[must_use]
    pub fn with_source(self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let Reason { message, not_configured, transient, .. } = &*self.0;
        Self(Arc::new(Reason {
            message: message.clone(),
            not_configured: *not_configured,
            transient: *transient,
            source: Some(source.into()),
        }))
    }

    /// Whether the source is just not configured.
    pub fn is_not_configured(&self) -> bool {
        self.0.not_configured
    }

    /// Whether asking again may help.
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
        f.debug_struct("CredentialsError")
            .field("message", &self.0.message)
            .field("not_configured", &self.0.not_configured)
            .field("transient", &self.0.transient)
            .finish_non_exhaustive()
    }
}

impl StdError for CredentialsError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source = self.0.source.as_ref()?;
        Some(&**source as &(dyn StdError + 'static))
    }
}
