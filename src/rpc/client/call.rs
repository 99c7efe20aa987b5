//! `Call`: a request with its options, and the attempts to send it.

use std::fmt::{self, Display};
use std::future::{Future, IntoFuture};
use std::pin::{Pin, pin};
use std::time::Duration;

use tracing::Instrument;

use super::attempts::{Attempts, CLIENT_TOKEN, token};
use super::handle::Client;
use super::response::Response;
use super::trace;
use crate::rpc::error::{Error, ErrorKind, FailedCall};
use crate::rpc::operation::{ApiRequest, Safety};
use crate::rpc::retry::RetryPolicy;
use crate::rpc::sign::hex;
use crate::rpc::transport::is_signature_parameter;
use crate::rpc::value::ClientToken;
use crate::rpc::wire::Parameters;

/// A request that is sent when the call is awaited; returned by [`Client::send`].
///
/// Call options override the client's.
///
/// # Dropping a call
///
/// A call ends where its future is dropped: by a timeout around it, by the other branch of a
/// `select!`, or by cancellation of its task. A request that was already sent is not recalled, so
/// the service may still execute it. [`timeout`](Self::timeout) is better than a timeout around the
/// call: its error says whether the request may have been executed, and contains the token.
///
/// To drop a call of an operation with a client token safely, keep its [`token`](Self::token) and
/// send the same request with it again. The service runs both once:
///
/// ```no_run
/// # async fn example(client: aliyun_dbs::Client, request: aliyun_dbs::operations::CreateBackupPlan)
/// # -> Result<(), aliyun_dbs::Error> {
/// # use std::future::{IntoFuture, pending};
/// # async fn shutdown() { pending().await }
/// let call = client.send(request.clone());
/// let token = call.token(); // store it if the process may end
/// tokio::select! {
///     plan = call.into_future() => println!("bought {}", plan?.backup_plan_id),
///     () = shutdown() => {
///         if let Some(token) = token {
///             // Returns the plan of the dropped call, or buys it.
///             let plan = client.send(request).client_token(token).await?;
///             println!("bought {}", plan.backup_plan_id);
///         }
///     }
/// }
/// # Ok(()) }
/// ```
///
/// # Errors
///
/// Awaiting it returns an [`Error`] of any [`ErrorKind`] except
/// [`Configuration`](ErrorKind::Configuration):
///
/// - [`Error::code`] is the error code of the service. The page of each operation lists the
///   published codes.
/// - [`Error::may_have_executed`] returns whether the service may have executed the request.
/// - [`Error::is_retryable`] returns whether the call may succeed later.
///
/// # Examples
///
/// ```no_run
/// # async fn example(client: aliyun_dbs::Client, request: aliyun_dbs::operations::CreateBackupPlan)
/// # -> Result<(), aliyun_dbs::Error> {
/// use std::time::Duration;
/// use aliyun_dbs::RetryPolicy;
///
/// let plan = client
///     .send(request)
///     .timeout(Duration::from_secs(30))
///     .retry(RetryPolicy::never())
///     .client_token("order-4711".parse()?)
///     .await?;
/// # Ok(()) }
/// ```
#[must_use = "a call does nothing until it is awaited"]
pub struct Call<R> {
    client: Client,
    request: R,
    timeout: Duration,
    attempt_timeout: Duration,
    retry: RetryPolicy,
    client_token: Option<ClientToken>,
    /// The random token of an operation that is idempotent by token.
    drawn_token: Option<[u8; 16]>,
    extra: Vec<(String, String)>,
}

/// The future of a [`Call`].
pub type CallFuture<T> = Pin<Box<dyn Future<Output = Result<Response<T>, Error>> + Send>>;

impl Client {
    /// Returns a call that sends a request when it is awaited.
    ///
    /// Accepts every request of [`crate::operations`], and [`RawRequest`](crate::RawRequest).
    pub fn send<R: ApiRequest>(&self, request: R) -> Call<R> {
        let drawn_token = (request.safety() == Safety::IdempotentByToken).then(|| {
            let mut bytes = [0; 16];
            self.inner.clock.fill_random(&mut bytes);
            bytes
        });
        Call::new(self.clone(), request, drawn_token)
    }
}

impl<R> Call<R> {
    fn new(client: Client, request: R, drawn_token: Option<[u8; 16]>) -> Self {
        Self {
            timeout: client.inner.call_timeout,
            attempt_timeout: client.inner.attempt_timeout,
            retry: client.inner.retry,
            client,
            request,
            client_token: None,
            drawn_token,
            extra: Vec::new(),
        }
    }

    /// Sets the timeout of the call with all its attempts and delays. Defaults to the client's.
    ///
    /// With a timeout of zero, the call fails before it sends anything.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the timeout of one attempt, connecting included. Defaults to the client's.
    ///
    /// It must be above zero.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// Sets the retry policy. Defaults to the client's.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sets the idempotency token. Defaults to the request's own, or else a random one.
    ///
    /// [`token`](Self::token) returns the one that the call uses.
    pub fn client_token(mut self, token: ClientToken) -> Self {
        self.client_token = Some(token);
        self
    }

    /// Sets a parameter that the request's type does not have, such as `OwnerId`.
    ///
    /// Replaces an existing parameter of that name. The value must not be a secret: the client
    /// sends it in the query.
    pub fn parameter(mut self, name: impl Into<String>, value: impl Display) -> Self {
        self.extra.push((name.into(), value.to_string()));
        self
    }
}

impl<R: ApiRequest> Call<R> {
    /// Returns the idempotency token that every attempt will carry, if the operation has one.
    ///
    /// It is the token of [`client_token`](Self::client_token), else the request's own, else the
    /// random one that [`Client::send`] has drawn. Keep it before you await the call under a
    /// timeout or in a `select!`; see [dropping a call](Self#dropping-a-call).
    pub fn token(&self) -> Option<ClientToken> {
        token(&self.parameters().ok()?)
    }

    /// Sends the request until an attempt succeeds or no other follows.
    async fn run(&self, started: Duration) -> Result<Response<R::Response>, Error> {
        let parameters = match self.parameters() {
            Ok(parameters) => parameters,
            Err(error) => {
                let (action, safety) = (self.request.action(), self.request.safety());
                return Err(error.in_call(FailedCall::unsent(action, safety)));
            }
        };
        Attempts {
            client: &self.client.inner,
            request: &self.request,
            parameters: &parameters,
            timeout: self.timeout,
            attempt_timeout: self.attempt_timeout,
            retry: self.retry,
        }
        .run(started)
        .await
    }

    /// Returns the parameters of the request and those that the call adds.
    fn parameters(&self) -> Result<Parameters, Error> {
        if self.attempt_timeout.is_zero() {
            return Err(invalid("invalid attempt_timeout `0s`: expected a duration above zero"));
        }
        if self.request.action().trim().is_empty() {
            return Err(invalid("the name of the operation is empty"));
        }
        if self.request.version().trim().is_empty() {
            return Err(invalid("the API version is empty"));
        }
        let mut parameters = self
            .request
            .parameters()
            .map_err(|error| invalid(error.to_string()).with_source(error))?;
        for (name, value) in &self.extra {
            parameters.set(name, value);
        }
        let secrets = || parameters.secrets().map(|(name, _)| name);
        if secrets().any(|name| name == CLIENT_TOKEN) {
            let why = "invalid secret parameter `ClientToken`: errors show the token, so that the \
                       request can be sent again";
            return Err(invalid(why).with_hint("set it as a plain parameter"));
        }
        let plain = parameters.iter().map(|(name, _)| name);
        if let Some(name) = plain.chain(secrets()).find(is_signature_parameter) {
            return Err(reserved_parameter(name));
        }
        if let Some(token) = &self.client_token {
            parameters.set(CLIENT_TOKEN, token);
        } else if let Some(token) = parameters.get(CLIENT_TOKEN) {
            // A raw parameter may have any value, and retries are safe only with a valid token.
            ClientToken::check(token)?;
        } else if let Some(bytes) = &self.drawn_token {
            parameters.set(CLIENT_TOKEN, hex(bytes, &mut [0; 32]));
        }
        Ok(parameters)
    }
}

fn invalid(why: impl Into<String>) -> Error {
    Error::new(ErrorKind::Request, why)
}

/// Returns the error for a parameter that the client itself sets.
pub(super) fn reserved_parameter(name: &str) -> Error {
    invalid(format!("invalid parameter `{name}`: the client sets it for the signature"))
        .with_hint("remove it")
}

impl<R: ApiRequest + 'static> IntoFuture for Call<R> {
    type Output = Result<Response<R::Response>, Error>;
    type IntoFuture = CallFuture<R::Response>;

    fn into_future(self) -> Self::IntoFuture {
        // An `async fn` would store the call in its future twice.
        Box::pin(async move {
            let client = &*self.client.inner;
            let span = trace::call_span(client, self.request.api().product, &self.request.action());
            let started = client.clock.elapsed();
            // Pinned first, because `instrument` moves a future, and this one is large.
            let run = pin!(self.run(started));
            let result = run.instrument(span.clone()).await;
            trace::call_ended(client, &span, &self.request.action(), started, &result);
            result
        })
    }
}

impl<R: fmt::Debug> fmt::Debug for Call<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("request", &self.request)
            .field("timeout", &self.timeout)
            .field("retry", &self.retry)
            .field("client_token", &self.client_token)
            .finish_non_exhaustive()
    }
}
