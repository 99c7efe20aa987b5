//! Observing calls: an [`Observer`] is told what a client does, for metrics and the like.
//!
//! For logs and traces there is nothing to do: calls and attempts are spans of [`tracing`] with
//! the names of OpenTelemetry's semantic conventions (`rpc.method`, `server.address`,
//! `http.response.status_code`, `error.type` …); what those do not know begins with
//! `aliyun.`. An observer is for numbers.
//!
//! [`tracing`]: https://docs.rs/tracing
//!
//! ```
//! use std::sync::Arc;
//! use std::sync::atomic::{AtomicU32, Ordering};
//! use aliyun_dbs::observe::{CallEnded, Observer, Retried};
//!
//! #[derive(Clone, Debug, Default)]
//! struct Counts {
//!     calls: Arc<AtomicU32>,
//!     retries: Arc<AtomicU32>,
//! }
//!
//! impl Observer for Counts {
//!     fn call_ended(&self, _: &CallEnded<'_>) {
//!         self.calls.fetch_add(1, Ordering::Relaxed);
//!     }
//!     fn retried(&self, _: &Retried<'_>) {
//!         self.retries.fetch_add(1, Ordering::Relaxed);
//!     }
//! }
//!
//! let counts = Counts::default();
//! let builder = aliyun_dbs::Client::builder().observer(counts.clone());
//! # drop(builder);
//! ```

use std::fmt;
use std::time::Duration;

use http::StatusCode;
use time::OffsetDateTime;

use crate::rpc::error::{Error, ErrorKind};

/// The target of all spans and events of `tracing`: the name of the crate.
pub(crate) const TARGET: &str = env!("CARGO_CRATE_NAME");

/// Is told what the calls of a client do. Every method does nothing unless it is written.
///
/// Methods run on the task of the call: keep them short, and do not block. Events hold no
/// secrets; what a server said has been searched for them.
pub trait Observer: fmt::Debug + Send + Sync {
    /// An attempt is about to be sent.
    fn attempt_started(&self, event: &AttemptStarted<'_>) {
        let _ = event;
    }

    /// An attempt has ended. There is one for each [`attempt_started`](Self::attempt_started),
    /// also when the call is dropped on the way.
    fn attempt_ended(&self, event: &AttemptEnded<'_>) {
        let _ = event;
    }

    /// An attempt failed, and another will be made after a wait.
    fn retried(&self, event: &Retried<'_>) {
        let _ = event;
    }

    /// An attempt was refused for too many calls, or held back by the client.
    fn throttled(&self, event: &Throttled<'_>) {
        let _ = event;
    }

    /// An attempt uses other credentials than the one before it: the provider has new ones.
    fn credential_refreshed(&self, event: &CredentialRefreshed<'_>) {
        let _ = event;
    }

    /// A call has ended, well or with an error. One that is dropped on the way does not end.
    fn call_ended(&self, event: &CallEnded<'_>) {
        let _ = event;
    }
}

/// An attempt is about to be sent.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct AttemptStarted<'a> {
    /// Name of the operation.
    pub operation: &'a str,
    /// Number of the attempt, counted from 1.
    pub attempt: u32,
}

/// An attempt has ended.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct AttemptEnded<'a> {
    /// Name of the operation.
    pub operation: &'a str,
    /// Number of the attempt, counted from 1.
    pub attempt: u32,
    /// The HTTP status, if an answer came.
    pub http_status: Option<StatusCode>,
    /// How long the attempt took.
    pub elapsed: Duration,
    /// How it ended.
    pub outcome: AttemptOutcome<'a>,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttemptOutcome<'a> {
    /// The service did what was asked.
    Succeeded,
    /// It failed.
    #[non_exhaustive]
    Failed {
        /// What kind of thing went wrong.
        kind: ErrorKind,
        /// The code of a refusal.
        code: Option<&'a str>,
        /// The reason in words.
        message: &'a str,
        /// Whether the attempt may have been executed all the same.
        may_have_executed: bool,
    },
    /// The call was dropped while the attempt was on its way.
    Abandoned,
}

/// An attempt failed, and another will be made.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Retried<'a> {
    /// Name of the operation.
    pub operation: &'a str,
    /// Number of the attempt that failed, counted from 1; 0 where there were no credentials to send
    /// a first one with.
    pub attempt: u32,
    /// Why it failed, in one line.
    pub reason: &'a str,
    /// How long the call waits before the next one.
    pub delay: Duration,
}

/// An attempt was refused or held back, because there are too many.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Throttled<'a> {
    /// Name of the operation.
    pub operation: &'a str,
    /// Number of the attempt, counted from 1.
    pub attempt: u32,
    /// Who asks to wait.
    pub by: ThrottledBy,
    /// How long to wait, if that was said.
    pub delay: Option<Duration>,
}

/// Who holds an attempt back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ThrottledBy {
    /// The service refused it.
    Service,
    /// The client waits, because of
    /// [`rate_limiting`](crate::ClientBuilder::rate_limiting).
    Client,
}

/// The client has begun to use other credentials.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CredentialRefreshed<'a> {
    /// Id of the new access key.
    pub access_key_id: &'a str,
    /// When the credentials expire, if they do and that is known.
    pub expiration: Option<OffsetDateTime>,
}

/// A call has ended.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CallEnded<'a> {
    /// Name of the operation.
    pub operation: &'a str,
    /// How many attempts were made.
    pub attempts: u32,
    /// How long the call took with all its attempts and waits.
    pub elapsed: Duration,
    /// The id of the last request, if it is known.
    pub request_id: Option<&'a str>,
    /// The error, if it failed.
    pub error: Option<&'a Error>,
}
