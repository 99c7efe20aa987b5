//! `Call`: one request on its way, with all its attempts.

use std::borrow::Cow;
use std::fmt::{self, Display};
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use tracing::{Instrument, debug, warn};

use super::admission::Applicant;
use super::answer::{Failure, Reader};
use super::scrub::Scrubber;
use super::trace::{self, AttemptTrace};
use super::{Client, Response, message};
use crate::clock::{random_hex, within};
use crate::credentials::{Credentials, CredentialsError};
use crate::error::{Error, ErrorKind};
use crate::observe::ThrottledBy;
use crate::operation::{ApiRequest, Safety};
use crate::retry::{Disposition, RetryPolicy};
use crate::transport::{AttemptContext, COMMON_PARAMETERS, TransportError};
use crate::types::{ClientToken, ErrorCode};
use crate::wire::{Answer, Parameters};

const CLIENT_TOKEN: &str = "ClientToken";

/// A call that has been prepared and not yet sent: awaiting it sends it.
///
/// Options on the call go before those of the client.
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

impl<R> Call<R> {
    pub(super) fn new(client: Client, request: R) -> Self {
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

    /// How long the call may take with all its attempts and waits.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long one attempt may take, connecting included.
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
    async fn run(self) -> Result<Response<R::Response>, Error> {
        let action = self.request.action();
        let client = self.client.clone();
        let started = client.inner.clock.elapsed();
        let span = trace::call_span(&client.inner, &action);
        let result = self.run_in_span(action.clone()).instrument(span.clone()).await;
        let elapsed = client.inner.clock.elapsed().saturating_sub(started);
        trace::call_ended(&client.inner, &span, &action, elapsed, &result);
        result
    }

    async fn run_in_span(self, action: Cow<'static, str>) -> Result<Response<R::Response>, Error> {
        let client = self.client.clone();
        let clock = &*client.inner.clock;
        let started = clock.elapsed();
        let parameters = match self.parameters() {
            Ok(parameters) => parameters,
            Err(error) => return Err(error.in_call(action, 0, false, None)),
        };
        let token = parameters.get(CLIENT_TOKEN).and_then(|token| ClientToken::new(token).ok());
        let mut state = State {
            action,
            attempts: 0,
            may_have_executed: false,
            clock_corrected: false,
            credentials: None,
            credentials_replaced: false,
            deadline: started.saturating_add(self.timeout),
        };
        loop {
            let failure = match self.attempt(&client, &parameters, &mut state).await {
                Ok((status, answer, request_id)) => {
                    if state.attempts == 1 {
                        client.inner.budget.give_back();
                    }
                    return Ok(Response {
                        value: answer.value,
                        request_id,
                        http_status: status,
                        http_status_code: answer.envelope.http_status_code,
                        attempts: state.attempts,
                        client_token: token,
                    });
                }
                Err(failure) => failure,
            };
            state.may_have_executed |= failure.disposition.may_have_executed();
            if self.has_other_credentials(&client, &failure, &mut state).await {
                continue;
            }
            match self.next_wait(&client, &failure, &mut state) {
                Ok(wait) => {
                    let attempt = state.attempts;
                    trace::retried(&client.inner, &state.action, attempt, &failure, wait);
                    if !wait.is_zero() {
                        clock.sleep(wait).await;
                    }
                }
                Err(reason) => {
                    let lasting = failure.disposition == Disposition::Final
                        || failure.disposition == Disposition::AmbiguousFinal;
                    let mut error = failure.error.retryable(!lasting).in_call(
                        state.action,
                        state.attempts,
                        state.may_have_executed,
                        token.as_ref(),
                    );
                    if let (Some(reason), None) = (reason, error.hint()) {
                        error = error.with_hint(reason);
                    }
                    trace::failed(&error);
                    return Err(error);
                }
            }
        }
    }

    /// The request's parameters, with what the call adds.
    fn parameters(&self) -> Result<Parameters, Error> {
        let mut parameters = self.request.parameters().map_err(|error| {
            Error::new(ErrorKind::Request, error.to_string()).with_source(error)
        })?;
        for (name, value) in &self.extra {
            parameters.set(name, value);
        }
        let reserved = |name: &&str| COMMON_PARAMETERS.contains(name) && *name != "RegionId";
        if let Some(name) = parameters.iter().map(|(name, _)| name).find(reserved) {
            return Err(Error::new(
                ErrorKind::Request,
                format!("the parameter {name} belongs to the signature and is set by the client"),
            ));
        }
        if let Some(token) = &self.client_token {
            parameters.set(CLIENT_TOKEN, token);
        } else if self.request.safety() == Safety::IdempotentByToken
            && !parameters.contains(CLIENT_TOKEN)
        {
            parameters.set(CLIENT_TOKEN, random_hex(&*self.client.inner.clock));
        }
        // A raw parameter may hold anything, and retries lean on the token.
        if let Some(token) = parameters.get(CLIENT_TOKEN) {
            ClientToken::new(token)?;
        }
        Ok(parameters)
    }

    /// One attempt: fresh credentials, time, nonce and signature.
    async fn attempt(
        &self,
        client: &Client,
        parameters: &Parameters,
        state: &mut State,
    ) -> Result<(http::StatusCode, Answer<R::Response>, Option<String>), Failure> {
        let inner = &*client.inner;
        let clock = &*inner.clock;
        let applicant = Applicant {
            action: &state.action,
            limit: self.request.rate_limit(),
            clock,
            deadline: state.deadline,
        };
        let held_back = |wait| {
            let (attempt, by) = (state.attempts + 1, ThrottledBy::Client);
            trace::throttled(inner, &state.action, attempt, by, Some(wait));
        };
        let _slot = inner.admission.admit(&applicant, held_back).await?;
        let left = state.deadline.saturating_sub(clock.elapsed());
        if left.is_zero() {
            let error = Error::new(ErrorKind::Timeout, self.over());
            return Err(Failure::new(error, Disposition::NotExecuted));
        }
        let credentials = within(clock, left, inner.credentials.credentials())
            .await
            .ok_or_else(|| {
                let message = "the credentials provider took the whole time of the call";
                Failure::new(Error::new(ErrorKind::Timeout, message), Disposition::NotExecuted)
            })?
            .map_err(|error| Failure::new(no_credentials(error), Disposition::Final))?;
        check(&credentials)?;
        let credentials = &*state.credentials.insert(credentials);
        trace::credentials_used(inner, credentials);

        state.attempts += 1;
        let nonce = random_hex(clock);
        let signed = message::sign(
            inner,
            &state.action,
            parameters,
            credentials,
            inner.server_time(),
            &nonce,
        )
        .map_err(|error| Failure::new(error, Disposition::Final))?;
        let mut request = signed.request;
        request.extensions_mut().insert(AttemptContext::new(state.action.clone(), state.attempts));
        let reader = Reader {
            action: &state.action,
            scrubber: Scrubber::new(credentials, parameters),
            string_to_sign: &signed.string_to_sign,
            now: clock.now(),
        };

        let attempt = AttemptTrace::start(inner, &state.action, state.attempts);
        let limit = self.attempt_timeout.min(state.deadline.saturating_sub(clock.elapsed()));
        let answer = within(clock, limit, inner.transport.send(request))
            .instrument(attempt.span.clone())
            .await;
        let result =
            match answer {
                None => Err(reader
                    .not_answered(TransportError::timeout(format!("no answer within {limit:?}")))),
                Some(Err(error)) => Err(reader.not_answered(error)),
                Some(Ok(response)) => reader.read(&response).map(|answer: Answer<R::Response>| {
                    let id = reader
                        .request_id(answer.envelope.request_id.as_deref(), response.headers());
                    (response.status(), answer, id)
                }),
            };
        attempt.end(result.as_ref().map(|(status, _, id)| (*status, id.as_deref())));
        result
    }

    /// Whether the credentials were refused and their provider has others: once a call. What was
    /// refused for its credentials was not executed, so it may be sent again whatever it is.
    async fn has_other_credentials(
        &self,
        client: &Client,
        failure: &Failure,
        state: &mut State,
    ) -> bool {
        let code = failure.error.code().and_then(|code| code.known().copied());
        if !code.is_some_and(is_about_credentials)
            || std::mem::replace(&mut state.credentials_replaced, true)
        {
            return false;
        }
        let Some(refused) = &state.credentials else { return false };
        let inner = &*client.inner;
        let left = state.deadline.saturating_sub(inner.clock.elapsed());
        let others = within(&*inner.clock, left, inner.credentials.replace(refused)).await;
        let found = matches!(&others, Some(Ok(others)) if others != refused);
        if found {
            debug!(target: "aliyun_dbs", reason = %failure.error, "trying other credentials");
        }
        found
    }

    /// How long to wait before the next attempt, or why there is none.
    fn next_wait(
        &self,
        client: &Client,
        failure: &Failure,
        state: &mut State,
    ) -> Result<Duration, Option<Cow<'static, str>>> {
        let inner = &*client.inner;
        if let Some(server) = failure.server_time {
            let change = inner.learn_server_time(server);
            if !state.clock_corrected && change.abs() > time::Duration::SECOND {
                state.clock_corrected = true;
                warn!(
                    target: "aliyun_dbs",
                    seconds = change.whole_seconds(),
                    "the clock differs from the server's; corrected for this client",
                );
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
        if state.attempts >= self.retry.attempts() {
            return Err(None);
        }
        let wait = self.retry.delay(state.attempts, failure.retry_after, &*inner.clock);
        if inner.clock.elapsed().saturating_add(wait) >= state.deadline {
            return Err(Some(
                format!(
                    "The next attempt would come after the call's time limit of {:?}",
                    self.timeout
                )
                .into(),
            ));
        }
        if !inner.budget.take_retry() {
            return Err(Some(
                "The client's retry budget is used up: too many calls fail at the moment".into(),
            ));
        }
        Ok(wait)
    }

    fn over(&self) -> String {
        format!("the call's time limit of {:?} is over", self.timeout)
    }
}

struct State {
    action: Cow<'static, str>,
    attempts: u32,
    may_have_executed: bool,
    clock_corrected: bool,
    /// The credentials of the last attempt.
    credentials: Option<Credentials>,
    credentials_replaced: bool,
    deadline: Duration,
}

impl<R: ApiRequest + 'static> IntoFuture for Call<R> {
    type Output = Result<Response<R::Response>, Error>;
    type IntoFuture = CallFuture<R::Response>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
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

/// Whether other credentials may help.
fn is_about_credentials(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::InvalidSecurityTokenExpired
            | ErrorCode::InvalidSecurityTokenMalformed
            | ErrorCode::InvalidSecurityTokenMismatch
            | ErrorCode::InvalidAccessKeyIdNotFound
            | ErrorCode::InvalidAccessKeyIdInactive
    )
}

pub(super) fn no_credentials(error: CredentialsError) -> Error {
    Error::new(ErrorKind::Credentials, format!("no credentials: {error}")).with_source(error)
}

/// What would be refused anyway, with a better reason.
pub(super) fn check(credentials: &Credentials) -> Result<(), Failure> {
    let missing = match (
        credentials.access_key_id().is_empty(),
        credentials.access_key_secret().is_empty(),
    ) {
        (false, false) => return Ok(()),
        (true, _) => "the access key id is empty",
        (false, true) => "the access key secret is empty",
    };
    Err(Failure::new(Error::new(ErrorKind::Credentials, missing), Disposition::Final))
}
