//! `ScriptedTransport`: a list of answers and failures, played in order.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Response, StatusCode};

use super::{RecordedRequest, Transport, TransportError};

/// Plays answers and failures in the order they were written down, checks what is sent against
/// what was expected, and keeps all of it.
///
/// For tests of one exchange; for tests of a service that uses several operations, the fake is
/// the better double. Clones share one script.
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
/// let answer =
///     client.send(RawRequest::new("DescribeDLAService").parameter("BackupPlanId", "dbs1")).await?;
/// assert_eq!(answer.get("State").as_deref(), Some("Running"));
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
    expected: Option<Expectation>,
    steps: VecDeque<Step>,
    requests: Vec<RecordedRequest>,
    mismatches: Vec<String>,
}

struct Step {
    expected: Option<Expectation>,
    outcome: Result<Response<Bytes>, TransportError>,
}

struct Expectation {
    operation: String,
    parameters: Vec<(String, String)>,
}

impl Expectation {
    /// How a request differs, by names of parameters; values may be secret.
    fn mismatch(&self, request: &RecordedRequest) -> Option<String> {
        if self.operation != request.operation() {
            return Some(format!("expected {}, got {}", self.operation, request.operation()));
        }
        let sent = request.parameters();
        let mut differences = Vec::new();
        for (name, value) in &self.parameters {
            match sent.iter().find(|(known, _)| known == name) {
                None => differences.push(format!("{name} is missing")),
                Some((_, sent)) if sent != value => {
                    differences.push(format!("{name} has another value"));
                }
                Some(_) => {}
            }
        }
        for (name, _) in sent {
            let expected = self.parameters.iter().any(|(known, _)| known == name);
            // A random token cannot be expected.
            if !expected && name != "ClientToken" {
                differences.push(format!("{name} was not expected"));
            }
        }
        (!differences.is_empty()).then(|| format!("{}: {}", self.operation, differences.join(", ")))
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
    /// An empty script.
    pub fn new() -> Self {
        Self::default()
    }

    /// Says what the request of the next step must be: its operation and exactly its parameters.
    ///
    /// A `ClientToken` that is not named may have any value. A request that differs is not
    /// answered, and [`assert_finished`](Self::assert_finished) tells how it does.
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

    /// A step that answers with this status and body. A status that HTTP does not have becomes
    /// 500.
    pub fn respond(self, status: u16, body: impl Into<Bytes>) -> Self {
        let mut response = Response::new(body.into());
        *response.status_mut() =
            StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        self.respond_with(response)
    }

    /// A step that answers with this response, headers included.
    pub fn respond_with(self, response: Response<Bytes>) -> Self {
        self.step(Ok(response))
    }

    /// A step that fails.
    pub fn fail(self, error: TransportError) -> Self {
        self.step(Err(error))
    }

    fn step(self, outcome: Result<Response<Bytes>, TransportError>) -> Self {
        {
            let mut script = self.lock();
            let expected = script.expected.take();
            script.steps.push_back(Step { expected, outcome });
        }
        self
    }

    /// What was sent so far.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.lock().requests.clone()
    }

    /// Ends a test: every step was played and every request was as expected.
    ///
    /// # Panics
    ///
    /// When that is not so; the message says what differs.
    #[track_caller]
    pub fn assert_finished(&self) {
        let script = self.lock();
        assert!(script.mismatches.is_empty(), "requests differ: {}", script.mismatches.join("; "));
        assert!(
            script.steps.is_empty(),
            "{} of the script's steps were not played",
            script.steps.len()
        );
    }

    fn lock(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn play(&self, request: http::Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let request = RecordedRequest::new(request);
        let mut script = self.lock();
        let Some(step) = script.steps.pop_front() else {
            let message = format!("{} came after the end of the script", request.operation());
            script.requests.push(request);
            script.mismatches.push(message.clone());
            return Err(TransportError::not_sent(message).permanent());
        };
        let mismatch = step.expected.and_then(|expected| expected.mismatch(&request));
        script.requests.push(request);
        match mismatch {
            None => step.outcome,
            Some(mismatch) => {
                script.mismatches.push(mismatch.clone());
                Err(TransportError::not_sent(format!("the script differs: {mismatch}")).permanent())
            }
        }
    }
}

#[async_trait]
impl Transport for ScriptedTransport {
    async fn send(&self, request: http::Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        self.play(request)
    }
}
