//! Metrics: an [`Observer`] receives an event for each call, attempt, retry and throttling.
//!
//! Logs and traces need no observer: the client records calls and attempts as spans of
//! [`tracing`]. Their fields have the names of OpenTelemetry's semantic conventions
//! (`rpc.method`, `server.address`, `http.response.status_code`, `error.type` and so on); the names
//! of all other fields begin with `aliyun.`.
//!
//! [`ErrorKind`], [`AttemptOutcome`] and [`ThrottledBy`] have an `as_str` that suits the labels of
//! metrics.
//!
//! [`ErrorKind`]: crate::ErrorKind
//! [`tracing`]: https://docs.rs/tracing
//!
//! With the feature `metrics`, `Metrics` is an observer for the `metrics` crate, which has exporters for
//! Prometheus and others.
//!
//! # Examples
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

mod events;
#[cfg(feature = "metrics")]
mod metrics;

pub use self::events::{
    AttemptEnded, AttemptOutcome, AttemptStarted, CallEnded, CredentialRefreshed, Observer,
    Retried, Throttled, ThrottledBy,
};
#[cfg(feature = "metrics")]
pub use self::metrics::Metrics;

/// The target of all spans and events of `tracing`.
pub(crate) const TARGET: &str = env!("CARGO_CRATE_NAME");
