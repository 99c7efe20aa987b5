//! `ClientInner`: what the clones of a client share.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use time::OffsetDateTime;

use super::admission::Admission;
use super::nonce::Nonces;
use super::target::Target;
use crate::rpc::clock::Clock;
use crate::rpc::credentials::CredentialsProvider;
use crate::rpc::endpoint::Endpoint;
use crate::rpc::observe::Observer;
use crate::rpc::retry::{RetryBudget, RetryPolicy};
use crate::rpc::sign::{SignatureVersion, Timestamps};
use crate::rpc::transport::Transport;

/// What the clones of a client share.
pub(super) struct ClientInner {
    pub(super) endpoint: Endpoint,
    pub(super) credentials: Arc<dyn CredentialsProvider>,
    pub(super) transport: Arc<dyn Transport>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) signature: SignatureVersion,
    pub(super) secrets_in_query: bool,
    /// What all requests have in common.
    pub(super) target: Target,
    pub(super) retry: RetryPolicy,
    pub(super) budget: Arc<RetryBudget>,
    pub(super) call_timeout: Duration,
    pub(super) attempt_timeout: Duration,
    pub(super) admission: Admission,
    pub(super) observer: Option<Arc<dyn Observer>>,
    /// Id of the access key of the last attempt, where an observer wants to know of others.
    pub(super) last_key: Mutex<Option<String>>,
    /// What the server's clock is ahead of ours, in milliseconds, once an answer told.
    pub(super) clock_offset: AtomicI64,
    pub(super) timestamps: Timestamps,
    pub(super) nonces: Nonces,
}

impl ClientInner {
    /// The time of day as the server has it, as far as is known.
    pub(super) fn server_time(&self) -> OffsetDateTime {
        let offset = time::Duration::milliseconds(self.clock_offset.load(Ordering::Relaxed));
        let now = self.clock.now();
        now.checked_add(offset).unwrap_or(now)
    }

    /// Keeps what an answer told about the server's clock. Says by how much it changed.
    pub(super) fn learn_server_time(&self, server: OffsetDateTime) -> time::Duration {
        let offset = server - self.clock.now();
        let millis = i64::try_from(offset.whole_milliseconds()).unwrap_or(0);
        let before = self.clock_offset.swap(millis, Ordering::Relaxed);
        time::Duration::milliseconds(millis.saturating_sub(before))
    }
}
