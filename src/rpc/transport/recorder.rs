//! `Recorder`: a transport that records the exchanges of another one.

use std::fmt;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use serde::Serialize;
use time::format_description::well_known::Rfc3339;

use super::recording::format::{FORMAT, Header, VERSION};
use super::recording::{RecordingError, RecordingSummary, Redactor};
use super::{RecordedRequest, Transport, TransportError};
use crate::rpc::clock::{Clock, SystemClock};
use crate::rpc::private_file::private_options;

/// Records exchanges of another transport to a file, without secrets.
///
/// [`Replay`](super::Replay) replays the file. It is in JSON Lines: a header, then one line per
/// exchange. Clones record to the same file. A request whose future is dropped is not recorded.
/// On Unix, only the owner can read the file.
///
/// | value | in the file |
/// | --- | --- |
/// | signature, access key, security token, parameters of the body, passwords | removed, also where the service repeats them |
/// | ids, names, hosts, addresses, URLs, other words with digits or more than 32 characters | replaced, each with the same value everywhere |
/// | messages | the words, without quoted parts, names, and words with digits or dots |
/// | numbers, dates, times, other words | unchanged |
/// | bodies that are not JSON | the length |
///
/// Set [`replace`](Self::replace) for other words that must not be in the file, and read the file
/// before you publish it.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use aliyun_dbs::credentials::Credentials;
/// use aliyun_dbs::transport::{Recorder, Replay, ScriptedTransport, Transport};
/// use aliyun_dbs::{Client, RawRequest, Region};
///
/// # let path = std::env::temp_dir().join(format!("recording-{}.jsonl", std::process::id()));
/// # let _ = std::fs::remove_file(&path);
/// fn client(transport: impl Transport + 'static) -> Result<Client, aliyun_dbs::Error> {
///     let builder = Client::builder().region(Region::Hangzhou);
///     builder.credentials(Credentials::new("id", "secret")).transport(transport).build()
/// }
///
/// let service = ScriptedTransport::new().respond(200, r#"{"Success":true,"State":"Running"}"#);
/// let recorder = Recorder::create(service, &path)?;
/// let recorded = client(recorder.clone())?;
/// recorded.send(RawRequest::new("DescribeDLAService")).await?;
/// assert_eq!(recorder.finish()?.exchanges, 1);
///
/// let replay = Replay::open(&path)?;
/// let replayed = client(replay.clone())?;
/// let response = replayed.send(RawRequest::new("DescribeDLAService")).await?;
/// assert_eq!(response.get("State").as_deref(), Some("Running"));
/// replay.assert_finished();
/// # std::fs::remove_file(path)?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Recorder<T> {
    inner: T,
    clock: Arc<dyn Clock>,
    started: Duration,
    recording: Arc<Mutex<Recording>>,
}

/// The file of a recorder.
struct Recording {
    path: PathBuf,
    file: File,
    redactor: Redactor,
    exchanges: u64,
    /// The first failure to write, after which nothing is written.
    failure: Option<std::io::Error>,
}

impl Recording {
    fn write(&mut self, line: &impl Serialize) {
        if self.failure.is_some() {
            return;
        }
        let written = serde_json::to_vec(line).map_err(Into::into).and_then(|mut line| {
            line.push(b'\n');
            self.file.write_all(&line)
        });
        self.failure = written.err();
    }
}

impl<T: Transport> Recorder<T> {
    /// Creates the file and a transport that records to it.
    ///
    /// # Errors
    ///
    /// Returns an error if the file exists or cannot be created.
    pub fn create(inner: T, path: impl AsRef<Path>) -> Result<Self, RecordingError> {
        let path = path.as_ref().to_owned();
        let file = private_options().write(true).create_new(true).open(&path).map_err(|error| {
            let shown = path.display();
            let message = match error.kind() {
                std::io::ErrorKind::AlreadyExists => format!(
                    "cannot create recording `{shown}`: the file exists; choose another path, or \
                     remove the file"
                ),
                _ => format!("cannot create recording `{shown}`: {error}"),
            };
            RecordingError::new(message).with_source(error)
        })?;
        let clock = inner.clock().unwrap_or_else(|| Arc::new(SystemClock::new()));
        let started = clock.now().format(&Rfc3339).unwrap_or_default();
        let mut recording =
            Recording { path, file, redactor: Redactor::default(), exchanges: 0, failure: None };
        recording.write(&Header { format: FORMAT.to_owned(), version: VERSION, started });
        let recorder = Self {
            inner,
            started: clock.elapsed(),
            clock,
            recording: Arc::new(Mutex::new(recording)),
        };
        recorder.finish()?;
        Ok(recorder)
    }

    /// Replaces a string wherever it occurs, for example a host name.
    #[must_use]
    pub fn replace(self, text: impl Into<String>, with: impl Into<String>) -> Self {
        self.lock().redactor.replace(text.into(), with.into());
        self
    }

    /// Returns what was recorded so far.
    ///
    /// # Errors
    ///
    /// Returns an error if an exchange could not be written. The calls themselves do not fail.
    pub fn finish(&self) -> Result<RecordingSummary, RecordingError> {
        let recording = self.lock();
        let failure = match &recording.failure {
            Some(error) => Some(std::io::Error::new(error.kind(), error.to_string())),
            None => recording.file.sync_data().err(),
        };
        if let Some(error) = failure {
            let shown = recording.path.display();
            let message = format!("cannot write recording `{shown}`: {error}; record again");
            return Err(RecordingError::new(message).with_source(error));
        }
        let replaced = recording.redactor.replaced();
        Ok(RecordingSummary { exchanges: recording.exchanges, replaced })
    }
}

impl<T> Recorder<T> {
    fn lock(&self) -> MutexGuard<'_, Recording> {
        self.recording.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: fmt::Debug> fmt::Debug for Recorder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder")
            .field("inner", &self.inner)
            .field("path", &self.lock().path)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl<T: Transport> Transport for Recorder<T> {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let recorded = RecordedRequest::new(request.clone());
        let result = self.inner.send(request).await;
        let passed = self.clock.elapsed().saturating_sub(self.started);
        let at_ms = u64::try_from(passed.as_millis()).unwrap_or(u64::MAX);
        let mut recording = self.lock();
        recording.exchanges += 1;
        let number = recording.exchanges;
        let exchange = recording.redactor.exchange((number, at_ms), &recorded, &result);
        recording.write(&exchange);
        result
    }

    fn inner(&self) -> Option<&dyn Transport> {
        Some(&self.inner)
    }
}
