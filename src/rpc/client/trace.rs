//! What a call tells about itself: spans of `tracing`, and events for an observer.
//!
//! Names follow OpenTelemetry's semantic conventions for RPC and HTTP where they have one.

use std::sync::PoisonError;
use std::time::Duration;

use tracing::{Span, debug, field, info_span, warn};

use super::failure::Failure;
use super::inner::ClientInner;
use super::response::Response;
use crate::rpc::credentials::Credentials;
use crate::rpc::error::{Error, ErrorKind};
use crate::rpc::observe::{
    AttemptEnded, AttemptOutcome, AttemptStarted, CallEnded, CredentialRefreshed, Retried, TARGET,
    Throttled, ThrottledBy,
};

/// `rpc.system`, after the model of `aws-api`.
const RPC_SYSTEM: &str = "aliyun-api";

/// The span of a call.
pub(super) fn call_span(client: &ClientInner, product: &str, action: &str) -> Span {
    // Members are worked out only where somebody listens.
    info_span!(
        target: TARGET,
        "aliyun.call",
        otel.name = %format_args!("{product}/{action}"),
        otel.kind = "client",
        otel.status_code = field::Empty,
        rpc.system = RPC_SYSTEM,
        rpc.service = product,
        rpc.method = action,
        server.address = client.endpoint.host_and_port().0,
        server.port = client.endpoint.host_and_port().1,
        "error.type" = field::Empty,
        error.message = field::Empty,
        aliyun.attempts = field::Empty,
        aliyun.request_id = field::Empty,
    )
}

/// Tells how a call ended.
pub(super) fn call_ended<T>(
    client: &ClientInner,
    span: &Span,
    action: &str,
    started: Duration,
    result: &Result<Response<T>, Error>,
) {
    if span.is_none() && client.observer.is_none() {
        return;
    }
    let (attempts, request_id) = match result {
        Ok(response) => (response.attempts(), response.request_id.as_deref()),
        Err(error) => (error.attempts(), error.request_id()),
    };
    span.record("aliyun.attempts", attempts);
    span.record("aliyun.request_id", request_id);
    if let Err(error) = result {
        span.record("otel.status_code", "ERROR");
        span.record("error.type", error_type(error));
        span.record("error.message", field::display(error));
    }
    if let Some(observer) = &client.observer {
        observer.call_ended(&CallEnded {
            operation: action,
            attempts,
            elapsed: client.clock.elapsed().saturating_sub(started),
            request_id,
            error: result.as_ref().err(),
        });
    }
}

/// Tells that a failed attempt is followed by another.
pub(super) fn retried(
    client: &ClientInner,
    action: &str,
    attempt: u32,
    failure: &Failure,
    wait: Duration,
) {
    debug!(
        target: TARGET,
        {
            aliyun.attempt = attempt,
            aliyun.wait_ms = millis(wait),
            error.message = %failure.error,
        },
        "trying again",
    );
    if let Some(observer) = &client.observer {
        let reason = failure.error.to_string();
        observer.retried(&Retried { operation: action, attempt, reason: &reason, delay: wait });
    }
}

/// Tells that an attempt is held back.
pub(super) fn throttled(
    client: &ClientInner,
    action: &str,
    attempt: u32,
    by: ThrottledBy,
    wait: Option<Duration>,
) {
    debug!(
        target: TARGET,
        {
            aliyun.attempt = attempt,
            aliyun.wait_ms = wait.map(millis),
            aliyun.throttled_by = ?by,
        },
        "throttled",
    );
    if let Some(observer) = &client.observer {
        observer.throttled(&Throttled { operation: action, attempt, by, delay: wait });
    }
}

/// Tells an observer when the credentials are others than before.
pub(super) fn credentials_used(client: &ClientInner, credentials: &Credentials) {
    let Some(observer) = &client.observer else { return };
    let access_key_id = credentials.access_key_id();
    let mut last = client.last_key.lock().unwrap_or_else(PoisonError::into_inner);
    match &*last {
        Some(known) if known == access_key_id => return,
        known => {
            let changed = known.is_some();
            *last = Some(access_key_id.to_owned());
            drop(last);
            if !changed {
                return;
            }
        }
    }
    let expiration = credentials.expiration();
    observer.credential_refreshed(&CredentialRefreshed { access_key_id, expiration });
}

/// Tells that the call ends with an error.
pub(super) fn failed(error: &Error) {
    warn!(
        target: TARGET,
        {
            "error.type" = error_type(error),
            error.message = %error,
        },
        "call failed",
    );
}

/// An attempt on its way; dropped before it has ended, it tells that it was abandoned.
pub(super) struct AttemptTrace<'a> {
    pub(super) span: Span,
    client: &'a ClientInner,
    action: &'a str,
    attempt: u32,
    started: Duration,
    /// From the start, where nobody listens.
    ended: bool,
}

impl<'a> AttemptTrace<'a> {
    pub(super) fn start(client: &'a ClientInner, action: &'a str, attempt: u32) -> Self {
        let span = info_span!(
            target: TARGET,
            "aliyun.attempt",
            otel.name = "POST",
            otel.kind = "client",
            otel.status_code = field::Empty,
            http.request.method = "POST",
            http.request.resend_count = attempt.saturating_sub(1),
            http.response.status_code = field::Empty,
            server.address = client.endpoint.host_and_port().0,
            server.port = client.endpoint.host_and_port().1,
            "error.type" = field::Empty,
            aliyun.attempt = attempt,
            aliyun.code = field::Empty,
            aliyun.request_id = field::Empty,
            aliyun.elapsed_ms = field::Empty,
        );
        if let Some(observer) = &client.observer {
            observer.attempt_started(&AttemptStarted { operation: action, attempt });
        }
        let heard = client.observer.is_some() || !span.is_none();
        let started = if heard { client.clock.elapsed() } else { Duration::ZERO };
        Self { span, client, action, attempt, started, ended: !heard }
    }

    /// Tells how the attempt ended: with a status and a request id, or with a failure.
    pub(super) fn end(mut self, result: Result<(http::StatusCode, Option<&str>), &Failure>) {
        let unheard = std::mem::replace(&mut self.ended, true);
        if !unheard {
            self.record(&result);
        }
        if let Err(failure) = result
            && failure.error.is_throttling()
        {
            let by = ThrottledBy::Service;
            throttled(self.client, self.action, self.attempt, by, failure.retry_after);
        }
    }

    fn record(&self, result: &Result<(http::StatusCode, Option<&str>), &Failure>) {
        let elapsed = self.elapsed();
        self.span.record("aliyun.elapsed_ms", millis(elapsed));
        let (status, request_id) = match result {
            Ok((status, id)) => (Some(*status), *id),
            Err(failure) => (failure.error.http_status(), failure.error.request_id()),
        };
        self.span.record("http.response.status_code", status.map(|status| status.as_u16()));
        self.span.record("aliyun.request_id", request_id);
        let Err(failure) = result else {
            self.tell(status, elapsed, AttemptOutcome::Succeeded);
            return;
        };
        let error = &failure.error;
        let code = error.code();
        self.span.record("otel.status_code", "ERROR");
        self.span.record("error.type", error_type(error));
        self.span.record("aliyun.code", code);
        let outcome = AttemptOutcome::Failed {
            kind: error.kind(),
            code,
            message: error.message(),
            may_have_executed: failure.disposition.may_have_executed(),
        };
        self.tell(status, elapsed, outcome);
    }

    fn tell(
        &self,
        http_status: Option<http::StatusCode>,
        elapsed: Duration,
        outcome: AttemptOutcome<'_>,
    ) {
        if let Some(observer) = &self.client.observer {
            let (operation, attempt) = (self.action, self.attempt);
            let event = AttemptEnded { operation, attempt, http_status, elapsed, outcome };
            observer.attempt_ended(&event);
        }
    }

    fn elapsed(&self) -> Duration {
        self.client.clock.elapsed().saturating_sub(self.started)
    }
}

impl Drop for AttemptTrace<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.tell(None, self.elapsed(), AttemptOutcome::Abandoned);
        }
    }
}

/// `error.type`: a word out of few, to group by. The service's codes are such words.
fn error_type(error: &Error) -> &str {
    match error.kind() {
        ErrorKind::Configuration => "configuration",
        ErrorKind::Credentials => "credentials",
        ErrorKind::Request => "request",
        ErrorKind::Connect => "connect",
        ErrorKind::Timeout => "timeout",
        ErrorKind::Interrupted => "interrupted",
        ErrorKind::Response => "response",
        ErrorKind::Service => error.code().unwrap_or("service"),
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
