//! `ScriptedTransport`: returns prepared responses and errors in order.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Response, StatusCode};

use super::recorded::redact;
use super::{RecordedRequest, Transport, TransportError};

/// Returns prepared responses and errors in order, and checks and records the requests.
///
/// Use it in tests of one exchange. For tests of code that calls several operations, use the fake
/// service. Clones share one script.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), aliyun_dbs::Error> {
/// use aliyun_dbs::{Client, RawRequest, Region};
/// use aliyun_dbs::credentials::Credentials;
/// use aliyun_dbs::transport::ScriptedTransport;
///
/// let script = ScriptedTransport::new()
///     .expect("DescribeDLAService", [("BackupPlanId", "dbs1")])
///     .respond(200, r#"{"RequestId":"R","Success":true,"State":"Running"}"#);
/// let client = Client::builder()
///     .region(Region::Hangzhou)
///     .credentials(Credentials::new("id", "secret"))
///     .transport(script.clone())
///     .build()?;
/// let request = RawRequest::new("DescribeDLAService").parameter("BackupPlanId", "dbs1");
/// let response = client.send(request).await?;
/// assert_eq!(response.get("State").as_deref(), Some("Running"));
/// script.assert_finished();
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct ScriptedTransport {
    script: Arc<Mutex<Script>>,
}

#[derive(Default)]
struct Script {
    /// The expected request of the next step to be added.
    expected: Option<Expectation>,
    steps: VecDeque<Step>,
    requests: Vec<RecordedRequest>,
    mismatches: Vec<String>,
}

struct Step {
    expected: Option<Expectation>,
    result: Result<Response<Bytes>, TransportError>,
}

struct Expectation {
    operation: String,
    parameters: Vec<(String, String)>,
}

impl Expectation {
    /// Returns how a request differs, without values that may be secret.
    fn mismatch(&self, request: &RecordedRequest) -> Option<String> {
        if self.operation != request.operation() {
            return Some(format!("expected `{}`, got `{}`", self.operation, request.operation()));
        }
        let sent = request.parameters();
        let mut differences = Vec::new();
        for (name, value) in &self.parameters {
            match sent.iter().find(|(known, _)| known == name) {
                None => differences.push(format!("parameter `{name}`: expected a value, got none")),
                Some((_, sent)) if sent != value => differences.push(if request.is_in_body(name) {
                    // Secrets are sent in the body.
                    format!("parameter `{name}`: the value in the body differs")
                } else {
                    let (expected, got) = (redact(name, value), redact(name, sent));
                    format!("parameter `{name}`: expected `{expected}`, got `{got}`")
                }),
                Some(_) => {}
            }
        }
        for (name, _) in sent {
            let expected = self.parameters.iter().any(|(known, _)| known == name);
            // A test cannot know a random token.
            if !expected && name != "ClientToken" {
                differences.push(format!("parameter `{name}`: expected none, got a value"));
            }
        }
        (!differences.is_empty())
            .then(|| format!("`{}`: {}", self.operation, differences.join(", ")))
    }
}

impl Script {
    /// Records a request that differs, and returns the error for it.
    fn record_mismatch(&mut self, request: RecordedRequest, mismatch: &str) -> TransportError {
        self.requests.push(request);
        let mismatch = format!("request {}: {mismatch}", self.requests.len());
        let message = format!("the request does not match the script: {mismatch}");
        self.mismatches.push(mismatch);
        TransportError::not_sent(message).permanent()
    }
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Script")
            .field("steps_left", &self.steps.len())
            .field("requests", &self.requests)
            .field("mismatches", &self.mismatches)
            .finish_non_exhaustive()
    }
}

impl ScriptedTransport {
    /// Creates an empty script.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the expected request of the next step: its operation and exactly its parameters.
    ///
    /// A `ClientToken` that is not listed may have any value. A request that differs fails with a
    /// [permanent](TransportError::permanent) error that says what differs, and
    /// [`assert_finished`](Self::assert_finished) panics.
    pub fn expect<N: Into<String>, V: Into<String>>(
        self,
        operation: impl Into<String>,
        parameters: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let parameters = parameters.into_iter().map(|(name, value)| (name.into(), value.into()));
        self.lock().expected =
            Some(Expectation { operation: operation.into(), parameters: parameters.collect() });
        self
    }

    /// Adds a step that returns a response with a status and a body.
    ///
    /// A number that is not a valid HTTP status becomes 500.
    pub fn respond(self, status: u16, body: impl Into<Bytes>) -> Self {
        let mut response = Response::new(body.into());
        *response.status_mut() =
            StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        self.respond_with(response)
    }

    /// Adds a step that returns a response, including its headers.
    pub fn respond_with(self, response: Response<Bytes>) -> Self {
        self.step(Ok(response))
    }

    /// Adds a step that returns an error.
    pub fn fail(self, error: TransportError) -> Self {
        self.step(Err(error))
    }

    fn step(self, result: Result<Response<Bytes>, TransportError>) -> Self {
        {
            let mut script = self.lock();
            let expected = script.expected.take();
            script.steps.push_back(Step { expected, result });
        }
        self
    }

    /// Returns the requests that were sent so far.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.lock().requests.clone()
    }

    /// Asserts that every step was used and every request was as expected.
    ///
    /// # Panics
    ///
    /// Panics if a request differed from its expectation, a request came after the last step, or a
    /// step was not used. The message says which one, with the expected and the received request.
    #[track_caller]
    pub fn assert_finished(&self) {
        let script = self.lock();
        let mismatches = script.mismatches.join("; ");
        assert!(mismatches.is_empty(), "the requests do not match the script: {mismatches}");
        let (sent, left) = (script.requests.len(), script.steps.len());
        let next = script.steps.front().and_then(|step| step.expected.as_ref());
        let next = next.map_or_else(String::new, |next| format!("; next is `{}`", next.operation));
        assert!(left == 0, "expected {} requests, got {sent}{next}", sent + left);
    }

    fn lock(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run_step(&self, request: http::Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let request = RecordedRequest::new(request);
        let mut script = self.lock();
        let Some(step) = script.steps.pop_front() else {
            let operation = request.operation();
            let mismatch = format!("expected the end of the script, got `{operation}`");
            return Err(script.record_mismatch(request, &mismatch));
        };
        match step.expected.and_then(|expected| expected.mismatch(&request)) {
            None => {
                script.requests.push(request);
                step.result
            }
            Some(mismatch) => Err(script.record_mismatch(request, &mismatch)),
        }
    }
}

#[async_trait]
impl Transport for ScriptedTransport {
    async fn send(&self, request: http::Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        self.run_step(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "expected 2 requests, got 0; next is `StopBackupPlan`")]
    fn assert_finished_names_unused_steps() {
        let none: [(&str, &str); 0] = [];
        let script = ScriptedTransport::new().expect("StopBackupPlan", none).respond(200, "{}");
        script.respond(200, "{}").assert_finished();
    }

    #[test]
    #[should_panic(expected = "the requests do not match the script: request 1: expected the end \
                               of the script, got `StopBackupPlan`")]
    fn assert_finished_names_unexpected_requests() {
        let script = ScriptedTransport::new();
        let request = http::Request::get("https://h.example/?Action=StopBackupPlan");
        assert!(script.run_step(request.body(Bytes::new()).unwrap()).is_err());
        script.assert_finished();
    }
}
