//! `Call` and `Presign`, which block.

use std::fmt::{self, Display};
use std::future::IntoFuture;
use std::sync::Arc;
use std::time::Duration;

use super::no_output;
use super::worker::Worker;
use crate::rpc::client::{PresignedUrl, Response};
use crate::rpc::error::Error;
use crate::rpc::operation::ApiRequest;
use crate::rpc::retry::RetryPolicy;
use crate::rpc::value::ClientToken;

/// A call that has been prepared and not yet sent; [`call`](Self::call) sends it.
///
/// Options on the call go before those of the client.
#[must_use = "a call does nothing until `call` sends it"]
pub struct Call<R> {
    call: crate::Call<R>,
    worker: Arc<Worker>,
}

impl<R> Call<R> {
    pub(super) fn new(call: crate::Call<R>, worker: Arc<Worker>) -> Self {
        Self { call, worker }
    }

    /// How long the call may take with all its attempts and waits.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.call = self.call.timeout(timeout);
        self
    }

    /// How long one attempt may take, connecting included.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.call = self.call.attempt_timeout(timeout);
        self
    }

    /// How often and how patiently the call is tried again.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.call = self.call.retry(policy);
        self
    }

    /// The idempotency token, before the request's own and before a random one.
    pub fn client_token(mut self, token: ClientToken) -> Self {
        self.call = self.call.client_token(token);
        self
    }

    /// A parameter that the request's type does not have; see [`crate::Call::parameter`].
    pub fn parameter(mut self, name: impl Into<String>, value: impl Display) -> Self {
        self.call = self.call.parameter(name, value);
        self
    }

    /// Sends the request and waits for the answer.
    ///
    /// # Errors
    ///
    /// As the call of the async client.
    pub fn call(self) -> Result<Response<R::Response>, Error>
    where
        R: ApiRequest + 'static,
    {
        self.worker.run(self.call.into_future()).map_err(no_output)?
    }
}

impl<R: fmt::Debug> fmt::Debug for Call<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("blocking::Call").field(&self.call).finish()
    }
}

/// A URL that has been prepared and not yet signed; [`call`](Self::call) signs it.
#[must_use = "there is no URL until `call` signs it"]
pub struct Presign<R> {
    presign: crate::rpc::client::Presign<R>,
    worker: Arc<Worker>,
}

impl<R> Presign<R> {
    pub(super) fn new(presign: crate::rpc::client::Presign<R>, worker: Arc<Worker>) -> Self {
        Self { presign, worker }
    }

    /// How long the gateway is to accept the URL; see
    /// [`expires_in`](crate::Presign::expires_in).
    pub fn expires_in(mut self, duration: Duration) -> Self {
        self.presign = self.presign.expires_in(duration);
        self
    }

    /// Lets the security token of a temporary key stand in the URL; see
    /// [`with_security_token`](crate::Presign::with_security_token).
    pub fn with_security_token(mut self) -> Self {
        self.presign = self.presign.with_security_token();
        self
    }

    /// Signs the URL. Nothing is sent.
    ///
    /// # Errors
    ///
    /// When the request may not stand in a URL, or there are no credentials.
    pub fn call(self) -> Result<PresignedUrl, Error>
    where
        R: ApiRequest + 'static,
    {
        self.worker.run(self.presign.into_future()).map_err(no_output)?
    }
}

impl<R: fmt::Debug> fmt::Debug for Presign<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("blocking::Presign").field(&self.presign).finish()
    }
}
