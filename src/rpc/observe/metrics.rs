//! `Metrics`: an observer that records calls with the `metrics` crate.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, Once, PoisonError};

use ::metrics::{
    Label, SharedString, Unit, counter, describe_counter, describe_histogram, histogram,
};

use super::events::{
    AttemptEnded, AttemptOutcome, AttemptStarted, CallEnded, Observer, Retried, Throttled,
};
use crate::rpc::error::ErrorKind;

const CALL_DURATION: &str = "rpc.client.call.duration";
const REQUEST_DURATION: &str = "http.client.request.duration";
const REQUEST_SIZE: &str = "http.client.request.body.size";
const RESPONSE_SIZE: &str = "http.client.response.body.size";
const ATTEMPTS: &str = "aliyun.client.attempts";
const RETRIES: &str = "aliyun.client.retries";
const THROTTLED: &str = "aliyun.client.throttled";

const METHOD: &str = "rpc.method";
const ERROR_TYPE: &str = "error.type";
const STATUS: &str = "http.response.status_code";
const THROTTLED_BY: &str = "aliyun.throttled_by";

/// The operation that is recorded beyond the limits of [`LabelValues`], as OpenTelemetry names it.
const OTHER: &str = "_OTHER";

/// An observer that records calls with the `metrics` crate.
///
/// The recorder that the program installs receives them, for example an exporter for Prometheus.
/// Names follow the semantic conventions of OpenTelemetry where those define one. An exporter for
/// Prometheus writes `_` instead of `.`.
///
/// | metric | type | labels |
/// | --- | --- | --- |
/// | `rpc.client.call.duration` | histogram, seconds | `rpc.method`, `error.type` |
/// | `http.client.request.duration` | histogram, seconds | `rpc.method`, `http.response.status_code`, `error.type` |
/// | `http.client.request.body.size` | histogram, bytes; includes the query, which can have the parameters | the same |
/// | `http.client.response.body.size` | histogram, bytes | the same |
/// | `aliyun.client.attempts` | counter | `rpc.method` |
/// | `aliyun.client.retries` | counter | `rpc.method` |
/// | `aliyun.client.throttled` | counter | `rpc.method`, `aliyun.throttled_by` (`service` or `client`) |
///
/// `rpc.client.call.duration` includes all attempts and delays of a call; the histograms of HTTP
/// have a value for each attempt. `error.type` is the error code of the service, else the name of
/// the [`ErrorKind`](crate::ErrorKind), or `abandoned` for an attempt whose call was dropped; it is
/// absent without an error. A label without a value is absent.
///
/// The number of labels is limited, because each combination takes memory: a value of `Metrics` and
/// its clones record at most 256 operations and 256 error codes, of at most 64 characters of
/// `[A-Za-z0-9._-]`. Other operations become `_OTHER`, and other codes the name of their kind.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::Client;
/// use aliyun_dbs::observe::Metrics;
///
/// let builder = Client::builder().observer(Metrics::new());
/// # drop(builder);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Metrics(Arc<MetricsState>);

#[derive(Debug)]
struct MetricsState {
    /// Descriptions are sent once, with the first event: the recorder may be installed late.
    described: Once,
    operations: LabelValues,
    codes: LabelValues,
}

impl Default for MetricsState {
    fn default() -> Self {
        let described = Once::new();
        Self { described, operations: LabelValues::default(), codes: LabelValues::default() }
    }
}

impl Metrics {
    /// Creates an observer, which uses the recorder that is installed at the time of an event.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the label of an operation.
    fn method(&self, operation: &str) -> Label {
        self.0.described.call_once(describe);
        let value = self.0.operations.get(operation).unwrap_or(SharedString::const_str(OTHER));
        Label::new(METHOD, value)
    }

    /// Returns the label of an error.
    fn error_type(&self, kind: ErrorKind, code: Option<&str>) -> Label {
        let code = code.filter(|_| kind == ErrorKind::Service);
        let value = code.and_then(|code| self.0.codes.get(code));
        Label::new(ERROR_TYPE, value.unwrap_or(SharedString::const_str(kind.as_str())))
    }
}

/// Sends the units and descriptions of the metrics.
fn describe() {
    let (seconds, bytes, count) = (Unit::Seconds, Unit::Bytes, Unit::Count);
    describe_histogram!(CALL_DURATION, seconds, "The duration of calls, with retries and delays");
    describe_histogram!(REQUEST_DURATION, seconds, "The duration of attempts");
    describe_histogram!(REQUEST_SIZE, bytes, "The size of requests: query and body");
    describe_histogram!(RESPONSE_SIZE, bytes, "The size of the bodies of responses");
    describe_counter!(ATTEMPTS, count, "The number of attempts");
    describe_counter!(RETRIES, count, "The number of retries");
    describe_counter!(THROTTLED, count, "The number of attempts that were throttled");
}

impl Observer for Metrics {
    fn attempt_started(&self, event: &AttemptStarted<'_>) {
        counter!(ATTEMPTS, vec![self.method(event.operation)]).increment(1);
    }

    #[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^53 bytes")]
    fn attempt_ended(&self, event: &AttemptEnded<'_>) {
        let mut labels = vec![self.method(event.operation)];
        if let Some(status) = event.http_status {
            labels.push(Label::new(STATUS, status.as_str().to_owned()));
        }
        match event.outcome {
            AttemptOutcome::Succeeded => {}
            AttemptOutcome::Failed { kind, code, .. } => labels.push(self.error_type(kind, code)),
            AttemptOutcome::Abandoned => {
                labels.push(Label::from_static_parts(ERROR_TYPE, event.outcome.as_str()));
            }
        }
        histogram!(REQUEST_DURATION, labels.clone()).record(event.elapsed.as_secs_f64());
        if let Some(size) = event.response_bytes {
            histogram!(RESPONSE_SIZE, labels.clone()).record(size as f64);
        }
        histogram!(REQUEST_SIZE, labels).record(event.request_bytes as f64);
    }

    fn retried(&self, event: &Retried<'_>) {
        counter!(RETRIES, vec![self.method(event.operation)]).increment(1);
    }

    fn throttled(&self, event: &Throttled<'_>) {
        let by = Label::from_static_parts(THROTTLED_BY, event.by.as_str());
        counter!(THROTTLED, vec![self.method(event.operation), by]).increment(1);
    }

    fn call_ended(&self, event: &CallEnded<'_>) {
        let mut labels = vec![self.method(event.operation)];
        if let Some(error) = event.error {
            labels.push(self.error_type(error.kind(), error.code()));
        }
        histogram!(CALL_DURATION, labels).record(event.elapsed.as_secs_f64());
    }
}

/// The values of a label, which are limited in number and length.
#[derive(Debug, Default)]
struct LabelValues(Mutex<HashSet<Arc<str>>>);

impl LabelValues {
    const MAX_COUNT: usize = 256;
    const MAX_LENGTH: usize = 64;

    /// Returns a value, or `None` beyond the limits.
    fn get(&self, value: &str) -> Option<SharedString> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = known.get(value) {
            return Some(value.clone().into());
        }
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        if known.len() >= Self::MAX_COUNT
            || !(1..=Self::MAX_LENGTH).contains(&value.len())
            || !value.bytes().all(is_plain)
        {
            return None;
        }
        let value: Arc<str> = value.into();
        known.insert(value.clone());
        Some(value.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_values_are_limited() {
        let values = LabelValues::default();
        let long = "x".repeat(65);
        for odd in ["", " ", "a b", "ä", "a\n", "<x>", &long] {
            assert_eq!(values.get(odd), None, "{odd}");
        }
        let value = |number: usize| format!("Code_{number}").replace('_', ".");
        for number in 0..LabelValues::MAX_COUNT {
            assert_eq!(values.get(&value(number)), Some(value(number).into()));
        }
        assert_eq!(values.get("Another"), None);
        assert_eq!(values.get("Code.0"), Some("Code.0".into()));
        assert!(LabelValues::default().get(&long[1..]).is_some());
    }
}
