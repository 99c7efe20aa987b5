//! The attempts of a call: sending, reading, and the decision on the next one.

use std::borrow::Cow;
use std::time::Duration;

use tracing::{Instrument, debug, warn};

use super::admission::AdmissionRequest;
use super::failure::AttemptError;
use super::inner::ClientInner;
use super::keys;
use super::message::{ActionInfo, Prepared, prepare};
use super::receive::Reader;
use super::response::Response;
use super::scrub::Scrubber;
use super::trace::{self, AttemptTrace};
use crate::rpc::clock::{format_duration, within};
use crate::rpc::credentials::Credentials;
use crate::rpc::error::{Error, Execution, FailedCall};
use crate::rpc::observe::{TARGET, ThrottledBy};
use crate::rpc::operation::{ApiRequest, Safety};
use crate::rpc::outcome::{FailedAttempt, FailureCause, RetryClass};
use crate::rpc::retry::RetryPolicy;
use crate::rpc::transport::{AttemptContext, FreshConnection, SendState, TransportError};
use crate::rpc::value::ClientToken;
use crate::rpc::wire::{Decoded, Parameters};

pub(super) const CLIENT_TOKEN: &str = "ClientToken";

/// The least time that an attempt gets; a call with a short timeout needs a tenth of it.
///
/// An attempt with less would end before its response, with an unknown outcome.
const LEAST_ATTEMPT_TIME: Duration = Duration::from_millis(100);

/// The shortest delay while an earlier request with the same token is still running.
const IN_PROGRESS_DELAY: Duration = Duration::from_millis(500);

/// Returns the idempotency token of a request.
pub(super) fn token(parameters: &Parameters) -> Option<ClientToken> {
    parameters.get(CLIENT_TOKEN).and_then(|token| ClientToken::new(token).ok())
}

/// The attempts of one call.
pub(super) struct Attempts<'a, R> {
    pub(super) client: &'a ClientInner,
    pub(super) request: &'a R,
    pub(super) parameters: &'a Parameters,
    pub(super) timeout: Duration,
    pub(super) attempt_timeout: Duration,
    pub(super) retry: RetryPolicy,
}

/// The state of a call between its attempts.
struct CallProgress<'a> {
    action: &'a Cow<'static, str>,
    /// The number of attempts that were started, including those that sent nothing.
    rounds: u32,
    /// The number of rounds that found an earlier request still running.
    rounds_in_progress: u32,
    /// The number of attempts that were passed to the transport.
    attempts: u32,
    execution: Execution,
    clock_corrected: bool,
    /// The credentials of the last attempt.
    credentials: Option<Credentials>,
    replacement: Replacement,
    deadline: Duration,
}

/// The replacement of rejected credentials, at most one per call.
enum Replacement {
    /// None were rejected yet.
    NotNeeded,
    /// The provider failed for a moment, and the next attempt asks it again.
    Wanted,
    /// The credentials of the next attempt.
    Ready(Credentials),
    /// The call has used its replacement, or the provider has no other credentials.
    Done,
}

impl<R: ApiRequest> Attempts<'_, R> {
    /// Makes attempts until one succeeds or no other follows.
    pub(super) async fn run(&self, started: Duration) -> Result<Response<R::Response>, Error> {
        let action = &self.request.action();
        let mut state = CallProgress {
            action,
            rounds: 0,
            rounds_in_progress: 0,
            attempts: 0,
            execution: Execution::Unsent,
            clock_corrected: false,
            credentials: None,
            replacement: Replacement::NotNeeded,
            deadline: started.saturating_add(self.timeout),
        };
        loop {
            state.rounds += 1;
            let failed = match self.attempt(&mut state).await {
                Ok((status, decoded, request_id)) => {
                    self.client.server_time_accepted();
                    if state.rounds == 1 {
                        self.client.budget.give_back();
                    }
                    trace::unread(action, request_id.as_deref(), &decoded.unread);
                    return Ok(Response {
                        unread: decoded.unread,
                        unread_rows: decoded.unread_rows,
                        value: decoded.value,
                        request_id,
                        http_status: status,
                        http_status_code: decoded.envelope.http_status,
                        attempts: state.attempts,
                        client_token: token(self.parameters),
                    });
                }
                Err(failed) => failed,
            };
            state.execution = state.execution.max(failed.execution);
            let Some(failed) = self.refresh_credentials(failed, &mut state).await else {
                continue;
            };
            match self.next_delay(&failed, &mut state) {
                Ok(delay) => {
                    trace::retried(self.client, action, state.attempts, &failed, delay);
                    if !delay.is_zero() {
                        self.client.clock.sleep(delay).await;
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
                        client_token: token(self.parameters),
                        rejected: failed.retry_class == RetryClass::Permanent,
                    });
                    trace::failed(&error);
                    return Err(error);
                }
            }
        }
    }

    /// Makes one attempt, with current credentials, time, nonce and signature.
    async fn attempt(
        &self,
        state: &mut CallProgress<'_>,
    ) -> Result<(http::StatusCode, Decoded<R::Response>, Option<String>), AttemptError> {
        let client = self.client;
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
        let credentials = self.credentials(state).await?;
        let left = self.time_left(state.deadline)?;
        keys::check(&credentials).map_err(AttemptError::unsent)?;
        let credentials = &*state.credentials.insert(credentials);
        trace::credentials_used(client, credentials);

        state.attempts += 1;
        let context = client
            .transport
            .uses_attempt_context()
            .then(|| AttemptContext::new(state.action.clone(), state.attempts));
        let to = ActionInfo::of(self.request, state.action);
        let Prepared { mut request, string_to_sign, now } =
            prepare(client, to, context, self.parameters, credentials)?;
        let sending = client.transport.reports_sending().then(SendState::new);
        if let Some(sending) = &sending {
            request.extensions_mut().insert(sending.clone());
        }
        if client.fresh_for_writes && self.request.safety() != Safety::ReadOnly {
            request.extensions_mut().insert(FreshConnection);
        }
        let attempt = AttemptTrace::start(client, state.action, state.attempts, &request);
        let limit = self.attempt_timeout.min(left);
        // The transport's future is dropped at the end of this statement, so that a request which
        // waits for its connection is not sent any more.
        let mut response = within(&*client.clock, limit, client.transport.send(request))
            .instrument(attempt.span.clone())
            .await;
        if response.is_none() && sending.is_some_and(|sending| sending.abandon()) {
            let limit = format_duration(limit);
            let message = format!("could not connect: no connection within {limit}");
            response = Some(Err(TransportError::not_sent(message)));
        }
        let reader = Reader {
            client,
            api: self.request.api(),
            action: state.action,
            scrubber: Scrubber::new(credentials, self.parameters),
            after_unknown: state.execution == Execution::Unknown,
            string_to_sign: &string_to_sign,
            now,
        };
        let size =
            response.as_ref().and_then(|response| Some(response.as_ref().ok()?.body().len()));
        let result = reader.read_outcome(response, limit);
        attempt.end(result.as_ref().map(|(status, _, id)| (*status, id.as_deref())), size);
        result
    }

    /// Returns the credentials of the next attempt.
    async fn credentials(&self, state: &mut CallProgress<'_>) -> Result<Credentials, AttemptError> {
        let client = self.client;
        // The replacement of rejected credentials overrides what the provider has cached.
        match (std::mem::replace(&mut state.replacement, Replacement::Done), &state.credentials) {
            (Replacement::Ready(replacement), _) => return Ok(replacement),
            (Replacement::Wanted, Some(rejected)) => {
                let left = self.time_left(state.deadline)?;
                let replaced = keys::replace(client, rejected, left).await;
                if replaced.as_ref().is_err_and(|failed| failed.retry_class.is_retryable()) {
                    state.replacement = Replacement::Wanted;
                }
                return replaced;
            }
            (other, _) => state.replacement = other,
        }
        match client.credentials.cached() {
            Some(credentials) => Ok(credentials),
            None => keys::fetch(client, self.time_left(state.deadline)?).await,
        }
    }

    /// Returns the time until the deadline, or an error if that is too short for an attempt.
    fn time_left(&self, deadline: Duration) -> Result<Duration, AttemptError> {
        let left = deadline.saturating_sub(self.client.clock.elapsed());
        if left > Duration::ZERO && left >= self.least_attempt_time() {
            return Ok(left);
        }
        let timeout = format_duration(self.timeout);
        let message = if left.is_zero() {
            format!("the call exceeded its timeout of {timeout}")
        } else {
            format!("the call's timeout of {timeout} leaves no time for an attempt")
        };
        let attempt = FailedAttempt::new(FailureCause::DeadlineExceeded);
        Err(AttemptError::classified(&attempt, message))
    }

    fn least_attempt_time(&self) -> Duration {
        LEAST_ATTEMPT_TIME.min(self.timeout / 10)
    }

    /// Returns whether a request with rejected credentials or time may be sent again.
    ///
    /// Such a request was not executed, unless the status (such as 500) leaves that open.
    fn may_be_repeated(&self, failed: &AttemptError) -> bool {
        let retry_class = failed.retry_class;
        !retry_class.may_have_executed() || retry_class.allows_retry(self.request.safety())
    }

    /// Replaces rejected credentials, once per call.
    ///
    /// Returns `None` if the provider has others. If the provider fails for a moment, the failure
    /// becomes one that is retried within the deadline.
    async fn refresh_credentials(
        &self,
        mut failed: AttemptError,
        state: &mut CallProgress<'_>,
    ) -> Option<AttemptError> {
        if !failed.rejects_credentials || !self.may_be_repeated(&failed) {
            return Some(failed);
        }
        let (Replacement::NotNeeded, Some(rejected)) = (&state.replacement, &state.credentials)
        else {
            return Some(failed);
        };
        let left = state.deadline.saturating_sub(self.client.clock.elapsed());
        match keys::replace(self.client, rejected, left).await {
            Ok(replacement) if replacement != *rejected => {
                state.replacement = Replacement::Ready(replacement);
            }
            Ok(_) => {
                state.replacement = Replacement::Done;
                return Some(failed);
            }
            Err(reason) => {
                if reason.retry_class.is_retryable() {
                    state.replacement = Replacement::Wanted;
                    if failed.retry_class == RetryClass::Permanent {
                        failed.retry_class = RetryClass::Transient;
                    }
                } else {
                    state.replacement = Replacement::Done;
                }
                let why = format!("the credentials could not be replaced: {}", reason.error);
                return Some(failed.map(|error| error.and_hint(why)));
            }
        }
        debug!(target: TARGET, reason = %failed.error, "retrying with refreshed credentials");
        trace::retried(self.client, state.action, state.attempts, &failed, Duration::ZERO);
        None
    }

    /// Returns the delay before the next attempt.
    ///
    /// If no attempt follows, returns an addition to the hint as the error, if there is one.
    fn next_delay(
        &self,
        failed: &AttemptError,
        state: &mut CallProgress<'_>,
    ) -> Result<Duration, Option<Cow<'static, str>>> {
        let client = self.client;
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
            let check = (self.request.api().effect_check)(state.action);
            let check = match failed.retry_class {
                RetryClass::Ambiguous => Some(check.unwrap_or("check its effect")),
                // Without a check, the hint would only repeat that the outcome is unknown.
                RetryClass::AmbiguousPermanent => check,
                _ => None,
            };
            return Err(check.map(|check| {
                format!(
                    "the client did not retry, because the operation could run twice: {check} \
                     before you send it again"
                )
                .into()
            }));
        }
        // The end of a request that is still running is a matter of time, not of attempts.
        let in_progress = failed.retry_class == RetryClass::InProgress && self.retry.attempts() > 1;
        state.rounds_in_progress += u32::from(in_progress);
        if !in_progress && state.rounds - state.rounds_in_progress >= self.retry.attempts() {
            return Err(None);
        }
        let mut delay = self.retry.delay(state.rounds, failed.retry_after, &*client.clock);
        if in_progress {
            delay = delay.max(IN_PROGRESS_DELAY);
        }
        let latest = state.deadline.saturating_sub(self.least_attempt_time());
        if client.clock.elapsed().saturating_add(delay) >= latest {
            let timeout = format_duration(self.timeout);
            let reason = match (failed.retry_after, failed.error.retry_after()) {
                // The message says already that the call timed out.
                (Some(_), None) => return Err(None),
                _ if failed.error.is_timeout() && failed.execution == Execution::Unsent => {
                    return Err(None);
                }
                _ if in_progress => format!(
                    "a request with this client token is still running, and the call's timeout of \
                     {timeout} leaves no time to wait for it"
                ),
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
