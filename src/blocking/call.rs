//! Blocking `Call` and `Presign`.

use std::fmt::{self, Display};
use std::future::IntoFuture;
use std::sync::Arc;
use std::time::Duration;

use super::worker::Worker;
use super::worker_error;
use crate::rpc::client::{PresignedUrl, Response};
use crate::rpc::error::Error;
use crate::rpc::operation::ApiRequest;
use crate::rpc::retry::RetryPolicy;
use crate::rpc::value::ClientToken;

/// A prepared call; [`call`](Self::call) sends the request.
///
/// Call options override the client's.
#[must_use = "a call does nothing until `call` sends it"]
pub struct Call<R> {
    call: crate::Call<R>,
    worker: Arc<Worker>,
}

impl<R> Call<R> {
    pub(super) fn new(call: crate::Call<R>, worker: Arc<Worker>) -> Self {
        Self { call, worker }
    }

    /// Sets the timeout of the call, including all attempts and delays.
    ///
    /// See [`crate::Call::timeout`].
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.call = self.call.timeout(timeout);
        self
    }

    /// Sets the timeout of one attempt, including connecting.
    ///
    /// See [`crate::Call::attempt_timeout`].
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.call = self.call.attempt_timeout(timeout);
        self
    }

    /// Sets the retry policy of the call; see [`crate::Call::retry`].
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.call = self.call.retry(policy);
        self
    }

    /// Sets the idempotency token; overrides the request's. See [`crate::Call::client_token`].
    pub fn client_token(mut self, token: ClientToken) -> Self {
        self.call = self.call.client_token(token);
        self
    }

    /// Adds a parameter that the request's type does not have; see [`crate::Call::parameter`].
    pub fn parameter(mut self, name: impl Into<String>, value: impl Display) -> Self {
        self.call = self.call.parameter(name, value);
        self
    }

    /// Returns the idempotency token that every attempt will carry; see [`crate::Call::token`].
    pub fn token(&self) -> Option<ClientToken>
    where
        R: ApiRequest,
    {
        self.call.token()
    }

    /// Sends the request and waits for the response.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`crate::Call`], and those of a
    /// [blocking call](crate::blocking).
    pub fn call(self) -> Result<Response<R::Response>, Error>
    where
        R: ApiRequest + 'static,
    {
        self.worker.run(self.call.into_future()).map_err(worker_error)?
    }
}

impl<R: fmt::Debug> fmt::Debug for Call<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("blocking::Call").field(&self.call).finish()
    }
}

/// A prepared presigned URL; [`call`](Self::call) signs it.
#[must_use = "`call` returns the URL"]
pub struct Presign<R> {
    presign: crate::rpc::client::Presign<R>,
    worker: Arc<Worker>,
}

impl<R> Presign<R> {
    pub(super) fn new(presign: crate::rpc::client::Presign<R>, worker: Arc<Worker>) -> Self {
        Self { presign, worker }
    }

    /// Sets how long the gateway accepts the URL; see [`crate::Presign::expires_in`].
    pub fn expires_in(mut self, duration: Duration) -> Self {
        self.presign = self.presign.expires_in(duration);
        self
    }

    /// Allows the URL to contain the security token of a temporary key.
    ///
    /// See [`crate::Presign::with_security_token`].
    pub fn with_security_token(mut self) -> Self {
        self.presign = self.presign.with_security_token();
        self
    }

    /// Signs the URL and returns it. Sends nothing to the service.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`crate::Client::presign`], and those of a
    /// [blocking call](crate::blocking).
    pub fn call(self) -> Result<PresignedUrl, Error>
    where
        R: ApiRequest + 'static,
    {
        self.worker.run(self.presign.into_future()).map_err(worker_error)?
    }
}

impl<R: fmt::Debug> fmt::Debug for Presign<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("blocking::Presign").field(&self.presign).finish()
    }
}
