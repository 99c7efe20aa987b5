//! `Call`: one request on its way, with all its attempts.

use std::borrow::Cow;
use std::fmt::{self, Display};
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use time::OffsetDateTime;
use tracing::{Instrument, debug, warn};

use super::admission::Applicant;
use super::failure::Failure;
use super::handle::Client;
use super::inner::ClientInner;
use super::message::{Addressee, StringToSign};
use super::receive::Reader;
use super::response::Response;
use super::scrub::Scrubber;
use super::trace::{self, AttemptTrace};
use super::{keys, message};
use crate::rpc::clock::{random_digits, shown, within};
use crate::rpc::credentials::Credentials;
use crate::rpc::error::{Error, ErrorKind, Execution, FailedCall};
use crate::rpc::observe::{TARGET, ThrottledBy};
use crate::rpc::operation::{ApiRequest, Safety};
use crate::rpc::outcome::{Disposition, Event, Facts};
use crate::rpc::retry::RetryPolicy;
use crate::rpc::transport::{AttemptContext, belongs_to_the_signature};
use crate::rpc::value::ClientToken;
use crate::rpc::wire::{Decoded, Parameters};

const CLIENT_TOKEN: &str = "ClientToken";

/// A call that has been prepared and not yet sent: awaiting it sends it.
///
/// Options on the call go before those of the client.
///
/// # Errors
///
/// Awaiting it gives an [`Error`], of every [`ErrorKind`] but
/// [`Configuration`](ErrorKind::Configuration). Ask it for the [`code`](Error::code) of a refusal
/// (the docs of each operation name those that are published), whether the call
/// [may have been executed](Error::may_have_executed) all the same, and whether it
/// [may succeed later](Error::is_retryable).
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
    /// Prepares a call; awaiting it sends the request.
    ///
    /// Takes any request of [`crate::operations`], or a [`RawRequest`](crate::RawRequest).
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

    /// How long the call may take with all its attempts and waits. One of 0 is over before
    /// anything is sent.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long one attempt may take, connecting included; more than 0.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// How often and how patiently the call is tried again.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// The idempotency token, before the request's own and before a random one.
    pub fn client_token(mut self, token: ClientToken) -> Self {
        self.client_token = Some(token);
        self
    }

    /// A parameter that the request's type does not have, such as `OwnerId`; one of the same
    /// name gives way. It must not be a secret: it travels in the query.
    pub fn parameter(mut self, name: impl Into<String>, value: impl Display) -> Self {
        self.extra.push((name.into(), value.to_string()));
        self
    }
}

impl<R: ApiRequest> Call<R> {
    /// Attempts until one succeeds or the last one has failed.
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
            let failure = match self.attempt(client, &parameters, &mut state).await {
                Ok((status, answer, request_id)) => {
                    if state.rounds == 1 {
                        client.budget.give_back();
                    }
                    return Ok(Response {
                        value: answer.value,
                        request_id,
                        http_status: status,
                        http_status_code: answer.envelope.http_status,
                        attempts: state.attempts,
                        client_token: token(&parameters),
                    });
                }
                Err(failure) => failure,
            };
            state.execution = state.execution.max(failure.execution);
            if self.has_other_credentials(client, &failure, &mut state).await {
                continue;
            }
            match self.next_wait(client, &failure, &mut state) {
                Ok(wait) => {
                    trace::retried(client, action, state.attempts, &failure, wait);
                    if !wait.is_zero() {
                        client.clock.sleep(wait).await;
                    }
                }
                Err(reason) => {
                    let mut error = failure.error.retryable(failure.disposition.is_passing());
                    if let Some(reason) = reason {
                        error = error.and_hint(reason);
                    }
                    let error = error.in_call(FailedCall {
                        operation: action.clone(),
                        safety: self.request.safety(),
                        attempts: state.attempts,
                        execution: state.execution,
                        client_token: token(&parameters),
                        refused: failure.disposition == Disposition::Final,
                    });
                    trace::failed(&error);
                    return Err(error);
                }
            }
        }
    }

    /// The request's parameters, with what the call adds.
    fn parameters(&self) -> Result<Parameters, Error> {
        if self.attempt_timeout.is_zero() {
            return Err(Error::new(
                ErrorKind::Request,
                "an attempt_timeout of 0 lets nothing be sent: give the call a time, or none",
            ));
        }
        if self.request.action().trim().is_empty() {
            return Err(Error::new(ErrorKind::Request, "the operation has no name"));
        }
        if self.request.version().trim().is_empty() {
            return Err(Error::new(ErrorKind::Request, "the request names no API version"));
        }
        let mut parameters = self.request.parameters().map_err(|error| {
            Error::new(ErrorKind::Request, error.to_string()).with_source(error)
        })?;
        for (name, value) in &self.extra {
            parameters.set(name, value);
        }
        let secrets = || parameters.secrets().map(|(name, _)| name);
        if secrets().any(|name| name == CLIENT_TOKEN) {
            return Err(Error::new(
                ErrorKind::Request,
                "ClientToken is no secret: the client shows it, so that the request can be sent \
                 again",
            ));
        }
        let plain = parameters.iter().map(|(name, _)| name);
        if let Some(name) = plain.chain(secrets()).find(belongs_to_the_signature) {
            return Err(Error::new(
                ErrorKind::Request,
                format!("the parameter {name} belongs to the signature and is set by the client"),
            ));
        }
        if let Some(token) = &self.client_token {
            parameters.set(CLIENT_TOKEN, token);
        } else if let Some(token) = parameters.get(CLIENT_TOKEN) {
            // A raw parameter may hold anything, and retries lean on the token.
            ClientToken::check(token)?;
        } else if self.request.safety() == Safety::IdempotentByToken {
            let mut digits = [0; 32];
            parameters.set(CLIENT_TOKEN, random_digits(&*self.client.inner.clock, &mut digits));
        }
        Ok(parameters)
    }

    /// One attempt: fresh credentials, time, nonce and signature.
    async fn attempt(
        &self,
        client: &ClientInner,
        parameters: &Parameters,
        state: &mut CallProgress<'_>,
    ) -> Result<(http::StatusCode, Decoded<R::Response>, Option<String>), Failure> {
        let _slot = {
            let held_back = |wait| {
                let (attempt, by) = (state.attempts + 1, ThrottledBy::Client);
                trace::throttled(client, state.action, attempt, by, Some(wait));
            };
            let applicant = Applicant {
                action: state.action,
                limit: self.request.rate_limit(),
                clock: &*client.clock,
                deadline: state.deadline,
            };
            client.admission.admit(applicant, held_back)
        }
        .await?;
        // Those that came for refused ones go before what the provider has at hand.
        let given = state.replacement.take().or_else(|| client.credentials.cached());
        let credentials = match given {
            Some(credentials) => credentials,
            None => keys::fetch(client, self.time_left(client, state.deadline)?).await?,
        };
        let left = self.time_left(client, state.deadline)?;
        keys::check(&credentials).map_err(Failure::unsent)?;
        let credentials = &*state.credentials.insert(credentials);
        trace::credentials_used(client, credentials);

        state.attempts += 1;
        let context = client
            .transport
            .uses_attempt_context()
            .then(|| AttemptContext::new(state.action.clone(), state.attempts));
        let to = Addressee::of(&self.request, state.action);
        let Prepared { request, string_to_sign, now } =
            prepare(client, to, context, parameters, credentials)?;
        let attempt = AttemptTrace::start(client, state.action, state.attempts);
        let limit = self.attempt_timeout.min(left);
        let answer = within(&*client.clock, limit, client.transport.send(request))
            .instrument(attempt.span.clone())
            .await;
        let reader = Reader {
            api: self.request.api(),
            action: state.action,
            scrubber: Scrubber::new(credentials, parameters),
            string_to_sign: &string_to_sign,
            now,
        };
        let result = reader.read_outcome(answer, limit);
        attempt.end(result.as_ref().map(|(status, _, id)| (*status, id.as_deref())));
        result
    }

    /// What is left of the call's time, if anything is.
    fn time_left(&self, client: &ClientInner, deadline: Duration) -> Result<Duration, Failure> {
        match deadline.saturating_sub(client.clock.elapsed()) {
            Duration::ZERO => {
                let message = format!("the call's time limit of {} is over", shown(self.timeout));
                Err(Failure::judged(&Facts::new(Event::NoTime), message))
            }
            left => Ok(left),
        }
    }

    /// Whether a refusal for credentials or time may be sent again with others. It was not executed,
    /// unless it came with a status that proves nothing, such as 500.
    fn may_be_repeated(&self, failure: &Failure) -> bool {
        let disposition = failure.disposition;
        !disposition.may_have_executed() || disposition.allows_retry(self.request.safety())
    }

    /// Whether the credentials were refused and their provider has others: once a call. What was
    /// refused for its credentials was not executed, so it may be sent again whatever it is.
    async fn has_other_credentials(
        &self,
        client: &ClientInner,
        failure: &Failure,
        state: &mut CallProgress<'_>,
    ) -> bool {
        if !failure.refuses_credentials
            || !self.may_be_repeated(failure)
            || std::mem::replace(&mut state.credentials_replaced, true)
        {
            return false;
        }
        let Some(refused) = &state.credentials else { return false };
        let left = state.deadline.saturating_sub(client.clock.elapsed());
        let others = within(&*client.clock, left, client.credentials.refresh(refused)).await;
        state.replacement = match others {
            Some(Ok(others)) if others != *refused => Some(others),
            _ => return false,
        };
        debug!(target: TARGET, reason = %failure.error, "trying other credentials");
        trace::retried(client, state.action, state.attempts, failure, Duration::ZERO);
        true
    }

    /// How long to wait before the next attempt, or why there is none.
    fn next_wait(
        &self,
        client: &ClientInner,
        failure: &Failure,
        state: &mut CallProgress<'_>,
    ) -> Result<Duration, Option<Cow<'static, str>>> {
        if let Some(times) = failure.times {
            let change = client.learn_server_time(times.server);
            if change.abs() > time::Duration::SECOND {
                warn!(
                    target: TARGET,
                    seconds = change.whole_seconds(),
                    "the clock differs from the server's; corrected for this client",
                );
            }
            // Another call may have corrected the clock since this request was signed.
            if times.differ()
                && self.may_be_repeated(failure)
                && !std::mem::replace(&mut state.clock_corrected, true)
            {
                return Ok(Duration::ZERO);
            }
        }
        if !failure.disposition.allows_retry(self.request.safety()) {
            return Err((failure.disposition == Disposition::Ambiguous).then(|| {
                "It was not sent again, because it could then be executed twice: look at what \
                 is there before you repeat it"
                    .into()
            }));
        }
        if state.rounds >= self.retry.attempts() {
            return Err(None);
        }
        let wait = self.retry.delay(state.rounds, failure.retry_after, &*client.clock);
        if client.clock.elapsed().saturating_add(wait) >= state.deadline {
            let limit = shown(self.timeout);
            let reason = match (failure.retry_after, failure.error.retry_after()) {
                // The client's own limit has said so.
                (Some(_), None) => return Err(None),
                (_, Some(asked)) if !asked.is_zero() => format!(
                    "The service asks to wait {}, which goes beyond the call's time limit of {limit}",
                    shown(asked)
                ),
                _ => format!("The next attempt would come after the call's time limit of {limit}"),
            };
            return Err(Some(reason.into()));
        }
        if !client.budget.take_retry() {
            return Err(Some(
                "The client's retry budget is used up: too many calls fail at the moment".into(),
            ));
        }
        Ok(wait)
    }
}

/// The token that a request carries.
fn token(parameters: &Parameters) -> Option<ClientToken> {
    parameters.get(CLIENT_TOKEN).and_then(|token| ClientToken::new(token).ok())
}

/// A request that is ready to go.
struct Prepared {
    request: http::Request<Bytes>,
    string_to_sign: StringToSign,
    /// The server's time when it was signed.
    now: OffsetDateTime,
}

/// Signs a request. A function of its own, so that the future of the call does not keep what only
/// this needs.
fn prepare(
    client: &ClientInner,
    to: Addressee<'_>,
    context: Option<AttemptContext>,
    parameters: &Parameters,
    credentials: &Credentials,
) -> Result<Prepared, Failure> {
    let mut digits = [0; 32];
    let now = client.server_time();
    let nonce = client.nonces.next(&*client.clock, now, &mut digits);
    let message::Signed { mut request, string_to_sign } =
        message::sign(client, to, parameters, credentials, now, nonce).map_err(Failure::unsent)?;
    if let Some(context) = context {
        request.extensions_mut().insert(context);
    }
    Ok(Prepared { request, string_to_sign, now })
}

struct CallProgress<'a> {
    action: &'a Cow<'static, str>,
    /// How often an attempt was begun; it may have ended before anything was sent.
    rounds: u32,
    /// How often the request was given to the transport.
    attempts: u32,
    execution: Execution,
    clock_corrected: bool,
    /// The credentials of the last attempt.
    credentials: Option<Credentials>,
    credentials_replaced: bool,
    /// Those of the next attempt, in place of refused ones.
    replacement: Option<Credentials>,
    deadline: Duration,
}

impl<R: ApiRequest + 'static> IntoFuture for Call<R> {
    type Output = Result<Response<R::Response>, Error>;
    type IntoFuture = CallFuture<R::Response>;

    fn into_future(self) -> Self::IntoFuture {
        // A block and not an `async fn`, whose future would hold the call twice.
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
