//! Transports: how a signed request gets to the service, and an answer back.
//!
//! [`Transport`] is the seam. `ReqwestTransport` (features `rustls` and `native-tls`) speaks HTTP,
//! [`ScriptedTransport`] plays a list of responses, and the module `fake` (feature `fake`) has the
//! service in memory.

mod options;
mod recorded;
#[cfg(any(feature = "rustls", feature = "native-tls"))]
mod reqwest;
mod scripted;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;

pub(crate) use options::{HttpOptions, ProxyChoice, parse_proxy};
pub use recorded::RecordedRequest;
pub(crate) use recorded::belongs_to_the_signature;
#[cfg(feature = "fake")]
pub(crate) use recorded::is_common;
#[cfg(any(feature = "rustls", feature = "native-tls"))]
pub use reqwest::ReqwestTransport;
pub use scripted::ScriptedTransport;

use crate::rpc::clock::Clock;

/// Sends one HTTP request and returns the answer, whatever its status.
///
/// * One call is one attempt: no retries, no redirects; the client does the rest.
/// * The request is signed: headers and query must arrive as they are.
/// * The request's extensions carry an [`AttemptContext`], unless
///   [`uses_attempt_context`](Transport::uses_attempt_context) says that nobody looks.
/// * Dropping the future gives the attempt up; the client does so when time runs out.
#[async_trait]
pub trait Transport: fmt::Debug + Send + Sync {
    /// Sends the request and reads the whole answer.
    ///
    /// # Errors
    ///
    /// When no whole answer came. Say [`TransportError::not_sent`] only if not a byte of the
    /// request can have reached the service, since that is what makes a repetition safe.
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError>;

    /// Whether requests are to carry an [`AttemptContext`]. One that does not look at it says no and
    /// spares each request three allocations.
    fn uses_attempt_context(&self) -> bool {
        true
    }

    /// The clock that the other end lives by, if it is not the machine's; a client without a
    /// clock of its own takes this one. Fakes have one, so that tests do not wait.
    fn clock(&self) -> Option<Arc<dyn Clock>> {
        None
    }
}

#[async_trait]
impl<T: Transport + ?Sized> Transport for Arc<T> {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        (**self).send(request).await
    }

    fn uses_attempt_context(&self) -> bool {
        (**self).uses_attempt_context()
    }

    fn clock(&self) -> Option<Arc<dyn Clock>> {
        (**self).clock()
    }
}

/// Which attempt of which operation a request is; in its `extensions()`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AttemptContext {
    /// Name of the operation.
    pub operation: Cow<'static, str>,
    /// Number of the attempt, counted from 1.
    pub attempt: u32,
}

impl AttemptContext {
    pub(crate) fn new(operation: Cow<'static, str>, attempt: u32) -> Self {
        Self { operation, attempt }
    }
}

/// Why no whole answer came: above all, whether the request can have arrived.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct TransportError {
    outcome: Delivery,
    permanent: bool,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// How far the request got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    NotSent,
    Interrupted,
    TimedOut,
    InvalidResponse,
}

impl TransportError {
    fn new(outcome: Delivery, message: impl Into<String>) -> Self {
        Self { outcome, permanent: false, message: message.into(), source: None }
    }

    /// Not a byte of the request reached the service: no connection came about.
    pub fn not_sent(message: impl Into<String>) -> Self {
        Self::new(Delivery::NotSent, message)
    }

    /// The request, or a part of it, may have arrived: the connection broke at some point.
    pub fn ambiguous(message: impl Into<String>) -> Self {
        Self::new(Delivery::Interrupted, message)
    }

    /// The request may have arrived, and no answer came in time.
    pub fn timeout(message: impl Into<String>) -> Self {
        Self::new(Delivery::TimedOut, message)
    }

    /// An answer came that could not be taken, because of its size or its form.
    pub fn invalid_response(message: impl Into<String>) -> Self {
        Self::new(Delivery::InvalidResponse, message)
    }

    /// Says that another attempt will fail just the same.
    #[must_use]
    pub fn permanent(mut self) -> Self {
        self.permanent = true;
        self
    }

    /// Adds the cause. It must not hold the request's URL or body.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Whether the request may have arrived.
    pub fn may_have_arrived(&self) -> bool {
        self.outcome != Delivery::NotSent
    }

    pub(crate) fn outcome(&self) -> Delivery {
        self.outcome
    }

    pub(crate) fn is_permanent(&self) -> bool {
        self.permanent
    }
}
