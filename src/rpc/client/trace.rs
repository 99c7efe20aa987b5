//! Telemetry of calls: spans of `tracing`, and events for an observer.
//!
//! Names follow OpenTelemetry's semantic conventions for RPC and HTTP where those define one.

use std::sync::PoisonError;
use std::time::Duration;

use bytes::Bytes;
use tracing::{Span, debug, field, info_span, warn};

use super::failure::AttemptError;
use super::inner::ClientInner;
use super::response::Response;
use crate::rpc::credentials::Credentials;
use crate::rpc::error::{Error, ErrorKind};
use crate::rpc::observe::{
    AttemptEnded, AttemptOutcome, AttemptStarted, CallEnded, CredentialRefreshed, Retried, TARGET,
    Throttled, ThrottledBy,
};
use crate::rpc::value::one_line::one_line;
use crate::rpc::wire::UnreadField;

/// The value of `rpc.system`, by analogy with `aws-api`.
const RPC_SYSTEM: &str = "aliyun-api";

/// Returns the span of a call.
pub(super) fn call_span(client: &ClientInner, product: &str, action: &str) -> Span {
    // The fields are computed only if a subscriber is interested.
    info_span!(
        target: TARGET,
        "aliyun.call",
        otel.name = %format_args!("{product}/{}", one_line(action)),
        otel.kind = "client",
        otel.status_code = field::Empty,
        rpc.system = RPC_SYSTEM,
        rpc.service = product,
        rpc.method = &*one_line(action),
        server.address = client.endpoint.host_and_port().0,
        server.port = client.endpoint.host_and_port().1,
        "error.type" = field::Empty,
        error.message = field::Empty,
        aliyun.attempts = field::Empty,
        aliyun.request_id = field::Empty,
    )
}

/// Records the end of a call.
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

/// Warns about the fields of a response that could not be read.
pub(super) fn unread(action: &str, request_id: Option<&str>, fields: &[UnreadField]) {
    if let Some(first) = fields.first() {
        warn!(
            target: TARGET,
            {
                rpc.method = action,
                aliyun.request_id = request_id,
                aliyun.unread_fields = fields.len(),
                aliyun.first_unread = %first,
            },
            "a response has fields that could not be read",
        );
    }
}

/// Records that another attempt follows a failed one.
pub(super) fn retried(
    client: &ClientInner,
    action: &str,
    attempt: u32,
    failed: &AttemptError,
    delay: Duration,
) {
    debug!(
        target: TARGET,
        {
            aliyun.attempt = attempt,
            aliyun.wait_ms = millis(delay),
            error.message = %failed.error,
        },
        "retrying",
    );
    if let Some(observer) = &client.observer {
        let reason = failed.error.to_string();
        observer.retried(&Retried { operation: action, attempt, reason: &reason, delay });
    }
}

/// Records that the service or the client throttles an attempt.
pub(super) fn throttled(
    client: &ClientInner,
    action: &str,
    attempt: u32,
    by: ThrottledBy,
    delay: Option<Duration>,
) {
    debug!(
        target: TARGET,
        {
            aliyun.attempt = attempt,
            aliyun.wait_ms = delay.map(millis),
            aliyun.throttled_by = by.as_str(),
        },
        "throttled",
    );
    if let Some(observer) = &client.observer {
        observer.throttled(&Throttled { operation: action, attempt, by, delay });
    }
}

/// Notifies the observer if the access key is not that of the last attempt.
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

/// Records the error that a call ends with.
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

/// The telemetry of one attempt, which is recorded as abandoned if it is dropped early.
pub(super) struct AttemptTrace<'a> {
    pub(super) span: Span,
    client: &'a ClientInner,
    action: &'a str,
    attempt: u32,
    started: Duration,
    request_bytes: u64,
    /// Also true from the start if there is neither an observer nor a subscriber.
    ended: bool,
}

impl<'a> AttemptTrace<'a> {
    pub(super) fn start(
        client: &'a ClientInner,
        action: &'a str,
        attempt: u32,
        request: &http::Request<Bytes>,
    ) -> Self {
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
        let is_enabled = client.observer.is_some() || !span.is_none();
        let started = if is_enabled { client.clock.elapsed() } else { Duration::ZERO };
        let query = request.uri().query().unwrap_or_default().len();
        let request_bytes = size(query + request.body().len());
        Self { span, client, action, attempt, started, request_bytes, ended: !is_enabled }
    }

    /// Records the end of the attempt: status and request id, or the error.
    pub(super) fn end(
        mut self,
        result: Result<(http::StatusCode, Option<&str>), &AttemptError>,
        response_bytes: Option<usize>,
    ) {
        let is_disabled = std::mem::replace(&mut self.ended, true);
        if !is_disabled {
            self.record(&result, response_bytes.map(size));
        }
        if let Err(failed) = result
            && failed.error.is_throttling()
        {
            let by = ThrottledBy::Service;
            throttled(self.client, self.action, self.attempt, by, failed.retry_after);
        }
    }

    fn record(
        &self,
        result: &Result<(http::StatusCode, Option<&str>), &AttemptError>,
        response_bytes: Option<u64>,
    ) {
        let elapsed = self.elapsed();
        self.span.record("aliyun.elapsed_ms", millis(elapsed));
        let (status, request_id) = match result {
            Ok((status, id)) => (Some(*status), *id),
            Err(failed) => (failed.error.http_status(), failed.error.request_id()),
        };
        self.span.record("http.response.status_code", status.map(|status| status.as_u16()));
        self.span.record("aliyun.request_id", request_id);
        let Err(failed) = result else {
            self.notify(status, response_bytes, elapsed, AttemptOutcome::Succeeded);
            return;
        };
        let error = &failed.error;
        let code = error.code();
        self.span.record("otel.status_code", "ERROR");
        self.span.record("error.type", error_type(error));
        self.span.record("aliyun.code", code);
        let outcome = AttemptOutcome::Failed {
            kind: error.kind(),
            code,
            message: error.message(),
            may_have_executed: failed.retry_class.may_have_executed(),
        };
        self.notify(status, response_bytes, elapsed, outcome);
    }

    fn notify(
        &self,
        http_status: Option<http::StatusCode>,
        response_bytes: Option<u64>,
        elapsed: Duration,
        outcome: AttemptOutcome<'_>,
    ) {
        if let Some(observer) = &self.client.observer {
            observer.attempt_ended(&AttemptEnded {
                operation: self.action,
                attempt: self.attempt,
                http_status,
                elapsed,
                request_bytes: self.request_bytes,
                response_bytes,
                outcome,
            });
        }
    }

    fn elapsed(&self) -> Duration {
        self.client.clock.elapsed().saturating_sub(self.started)
    }
}

impl Drop for AttemptTrace<'_> {
    fn drop(&mut self) {
        // An observer that panics while another panic unwinds would abort the process.
        if !self.ended && !std::thread::panicking() {
            self.notify(None, None, self.elapsed(), AttemptOutcome::Abandoned);
        }
    }
}

/// Returns the value of `error.type`: the service's error code, or the error kind.
fn error_type(error: &Error) -> &str {
    match error.kind() {
        ErrorKind::Service => error.code().unwrap_or(ErrorKind::Service.as_str()),
        kind => kind.as_str(),
    }
}

fn size(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
