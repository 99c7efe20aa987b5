//! `Call`: a request with its options, and the attempts to send it.

use std::borrow::Cow;
use std::fmt::{self, Display};
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use tracing::{Instrument, debug, warn};

use super::admission::AdmissionRequest;
use super::failure::AttemptError;
use super::handle::Client;
use super::inner::ClientInner;
use super::keys;
use super::message::{ActionInfo, Prepared, prepare};
use super::receive::Reader;
use super::response::Response;
use super::scrub::Scrubber;
use super::trace::{self, AttemptTrace};
use crate::rpc::clock::{format_duration, random_digits, within};
use crate::rpc::credentials::Credentials;
use crate::rpc::error::{Error, ErrorKind, Execution, FailedCall};
use crate::rpc::observe::{TARGET, ThrottledBy};
use crate::rpc::operation::{ApiRequest, Safety};
use crate::rpc::outcome::{FailedAttempt, FailureCause, RetryClass};
use crate::rpc::retry::RetryPolicy;
use crate::rpc::transport::{AttemptContext, is_signature_parameter};
use crate::rpc::value::ClientToken;
use crate::rpc::wire::{Decoded, Parameters};

const CLIENT_TOKEN: &str = "ClientToken";

/// A request that is sent when the call is awaited; returned by [`Client::send`].
///
/// Call options override the client's.
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
    extra: Vec<(String, String)>,
}

/// The future of a [`Call`].
pub type CallFuture<T> = Pin<Box<dyn Future<Output = Result<Response<T>, Error>> + Send>>;

impl Client {
    /// Returns a call that sends a request when it is awaited.
    ///
    /// Accepts every request of [`crate::operations`], and [`RawRequest`](crate::RawRequest).
    pub fn send<R: ApiRequest>(&self, request: R) -> Call<R> {
        Call::new(self.clone(), request)
    }
}

impl<R> Call<R> {
    fn new(client: Client, request: R) -> Self {
        Self {
            timeout: client.inner.call_timeout,
            attempt_timeout: client.inner.attempt_timeout,
            retry: client.inner.retry,
            client,
            request,
            client_token: None,
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
    /// Makes attempts until one succeeds or no other follows.
    async fn attempts(&self, started: Duration) -> Result<Response<R::Response>, Error> {
        let client = &*self.client.inner;
        let action = &self.request.action();
        let parameters = match self.parameters() {
            Ok(parameters) => parameters,
            Err(error) => {
                let call = FailedCall::unsent(action.clone(), self.request.safety());
                return Err(error.in_call(call));
            }
        };
        let mut state = CallProgress {
            action,
            rounds: 0,
            attempts: 0,
            execution: Execution::Unsent,
            clock_corrected: false,
            credentials: None,
            credentials_replaced: false,
            replacement: None,
            deadline: started.saturating_add(self.timeout),
        };
        loop {
            state.rounds += 1;
            let failed = match self.attempt(client, &parameters, &mut state).await {
                Ok((status, decoded, request_id)) => {
                    if state.rounds == 1 {
                        client.budget.give_back();
                    }
                    return Ok(Response {
                        value: decoded.value,
                        request_id,
                        http_status: status,
                        http_status_code: decoded.envelope.http_status,
                        attempts: state.attempts,
                        client_token: token(&parameters),
                    });
                }
                Err(failed) => failed,
            };
            state.execution = state.execution.max(failed.execution);
            if self.refresh_credentials(client, &failed, &mut state).await {
                continue;
            }
            match self.next_delay(client, &failed, &mut state) {
                Ok(delay) => {
                    trace::retried(client, action, state.attempts, &failed, delay);
                    if !delay.is_zero() {
                        client.clock.sleep(delay).await;
                    }
                }
                Err(reason) => {
                    let mut error = failed.error.retryable(failed.retry_class.is_retryable());
                    if let Some(reason) = reason {
                        error = error.and_hint(reason);
                    }
                    let error = error.in_call(FailedCall {
                        operation: action.clone(),
                        safety: self.request.safety(),
                        attempts: state.attempts,
                        execution: state.execution,
                        client_token: token(&parameters),
                        rejected: failed.retry_class == RetryClass::Permanent,
                    });
                    trace::failed(&error);
                    return Err(error);
                }
            }
        }
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
        } else if self.request.safety() == Safety::IdempotentByToken {
            let mut digits = [0; 32];
            parameters.set(CLIENT_TOKEN, random_digits(&*self.client.inner.clock, &mut digits));
        }
        Ok(parameters)
    }

    /// Makes one attempt, with current credentials, time, nonce and signature.
    async fn attempt(
        &self,
        client: &ClientInner,
        parameters: &Parameters,
        state: &mut CallProgress<'_>,
    ) -> Result<(http::StatusCode, Decoded<R::Response>, Option<String>), AttemptError> {
        let _slot = {
            let on_delay = |delay| {
                let (attempt, by) = (state.attempts + 1, ThrottledBy::Client);
                trace::throttled(client, state.action, attempt, by, Some(delay));
            };
            let request = AdmissionRequest {
                action: state.action,
                limit: self.request.rate_limit(),
                clock: &*client.clock,
                deadline: state.deadline,
            };
            client.admission.admit(request, on_delay)
        }
        .await?;
        // The replacement of rejected credentials overrides what the provider has cached.
        let available = state.replacement.take().or_else(|| client.credentials.cached());
        let credentials = match available {
            Some(credentials) => credentials,
            None => keys::fetch(client, self.time_left(client, state.deadline)?).await?,
        };
        let left = self.time_left(client, state.deadline)?;
        keys::check(&credentials).map_err(AttemptError::unsent)?;
        let credentials = &*state.credentials.insert(credentials);
        trace::credentials_used(client, credentials);

        state.attempts += 1;
        let context = client
            .transport
            .uses_attempt_context()
            .then(|| AttemptContext::new(state.action.clone(), state.attempts));
        let to = ActionInfo::of(&self.request, state.action);
        let Prepared { request, string_to_sign, now } =
            prepare(client, to, context, parameters, credentials)?;
        let attempt = AttemptTrace::start(client, state.action, state.attempts);
        let limit = self.attempt_timeout.min(left);
        let response = within(&*client.clock, limit, client.transport.send(request))
            .instrument(attempt.span.clone())
            .await;
        let reader = Reader {
            api: self.request.api(),
            action: state.action,
            scrubber: Scrubber::new(credentials, parameters),
            string_to_sign: &string_to_sign,
            now,
        };
        let result = reader.read_outcome(response, limit);
        attempt.end(result.as_ref().map(|(status, _, id)| (*status, id.as_deref())));
        result
    }

    /// Returns the time until the deadline, or an error if it has passed.
    fn time_left(
        &self,
        client: &ClientInner,
        deadline: Duration,
    ) -> Result<Duration, AttemptError> {
        match deadline.saturating_sub(client.clock.elapsed()) {
            Duration::ZERO => {
                let timeout = format_duration(self.timeout);
                let message = format!("the call exceeded its timeout of {timeout}");
                let attempt = FailedAttempt::new(FailureCause::DeadlineExceeded);
                Err(AttemptError::classified(&attempt, message))
            }
            left => Ok(left),
        }
    }

    /// Returns whether a request with rejected credentials or time may be sent again.
    ///
    /// Such a request was not executed, unless the status (such as 500) leaves that open.
    fn may_be_repeated(&self, failed: &AttemptError) -> bool {
        let retry_class = failed.retry_class;
        !retry_class.may_have_executed() || retry_class.allows_retry(self.request.safety())
    }

    /// Refreshes rejected credentials, once per call. Returns whether the provider has others.
    async fn refresh_credentials(
        &self,
        client: &ClientInner,
        failed: &AttemptError,
        state: &mut CallProgress<'_>,
    ) -> bool {
        if !failed.rejects_credentials
            || !self.may_be_repeated(failed)
            || std::mem::replace(&mut state.credentials_replaced, true)
        {
            return false;
        }
        let Some(rejected) = &state.credentials else { return false };
        let left = state.deadline.saturating_sub(client.clock.elapsed());
        let refreshed = within(&*client.clock, left, client.credentials.refresh(rejected)).await;
        state.replacement = match refreshed {
            Some(Ok(refreshed)) if refreshed != *rejected => Some(refreshed),
            _ => return false,
        };
        debug!(target: TARGET, reason = %failed.error, "retrying with refreshed credentials");
        trace::retried(client, state.action, state.attempts, failed, Duration::ZERO);
        true
    }

    /// Returns the delay before the next attempt.
    ///
    /// If no attempt follows, returns an addition to the hint as the error, if there is one.
    fn next_delay(
        &self,
        client: &ClientInner,
        failed: &AttemptError,
        state: &mut CallProgress<'_>,
    ) -> Result<Duration, Option<Cow<'static, str>>> {
        if let Some(times) = failed.times {
            let change = client.learn_server_time(times.server);
            if change.abs() > time::Duration::SECOND {
                warn!(
                    target: TARGET,
                    seconds = change.whole_seconds(),
                    "the clock differs from the server's; this client corrects for it",
                );
            }
            // Another call may have corrected the clock since this request was signed.
            if times.differ()
                && self.may_be_repeated(failed)
                && !std::mem::replace(&mut state.clock_corrected, true)
            {
                return Ok(Duration::ZERO);
            }
        }
        if !failed.retry_class.allows_retry(self.request.safety()) {
            return Err((failed.retry_class == RetryClass::Ambiguous).then(|| {
                "the client did not retry, because the operation could run twice: check its \
                 effect before you send it again"
                    .into()
            }));
        }
        if state.rounds >= self.retry.attempts() {
            return Err(None);
        }
        let delay = self.retry.delay(state.rounds, failed.retry_after, &*client.clock);
        if client.clock.elapsed().saturating_add(delay) >= state.deadline {
            let timeout = format_duration(self.timeout);
            let reason = match (failed.retry_after, failed.error.retry_after()) {
                // The message says already that the call timed out.
                (Some(_), None) => return Err(None),
                _ if failed.error.is_timeout() && failed.execution == Execution::Unsent => {
                    return Err(None);
                }
                (_, Some(asked)) if !asked.is_zero() => format!(
                    "the service asks to retry after {}, beyond the call's timeout of {timeout}",
                    format_duration(asked)
                ),
                _ => format!("the call's timeout of {timeout} leaves no time for another attempt"),
            };
            return Err(Some(reason.into()));
        }
        if !client.budget.take_retry() {
            return Err(Some(
                "the client did not retry, because too many failed calls emptied its retry budget"
                    .into(),
            ));
        }
        Ok(delay)
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

/// Returns the idempotency token of a request.
fn token(parameters: &Parameters) -> Option<ClientToken> {
    parameters.get(CLIENT_TOKEN).and_then(|token| ClientToken::new(token).ok())
}

/// The state of a call between its attempts.
struct CallProgress<'a> {
    action: &'a Cow<'static, str>,
    /// The number of attempts that were started, including those that sent nothing.
    rounds: u32,
    /// The number of attempts that were passed to the transport.
    attempts: u32,
    execution: Execution,
    clock_corrected: bool,
    /// The credentials of the last attempt.
    credentials: Option<Credentials>,
    credentials_replaced: bool,
    /// The credentials of the next attempt, which replace rejected ones.
    replacement: Option<Credentials>,
    deadline: Duration,
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
            let result = self.attempts(started).instrument(span.clone()).await;
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
