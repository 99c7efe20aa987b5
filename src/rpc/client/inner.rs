//! `ClientInner`: the state that the clones of a client share.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
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
use crate::rpc::sign::{SignatureVersion, TimestampCache};
use crate::rpc::transport::Transport;
use crate::rpc::value::RegionId;

/// The state that the clones of a client share.
pub(super) struct ClientInner {
    /// The region whose endpoint this is.
    pub(super) region: Option<RegionId>,
    pub(super) endpoint: Endpoint,
    pub(super) credentials: Arc<dyn CredentialsProvider>,
    pub(super) transport: Arc<dyn Transport>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) signature: SignatureVersion,
    pub(super) secrets_in_query: bool,
    pub(super) fresh_for_writes: bool,
    /// The parts that all requests have in common.
    pub(super) target: Target,
    pub(super) retry: RetryPolicy,
    pub(super) budget: Arc<RetryBudget>,
    pub(super) call_timeout: Duration,
    pub(super) attempt_timeout: Duration,
    pub(super) admission: Admission,
    pub(super) observer: Option<Arc<dyn Observer>>,
    /// The access key id of the last attempt, kept only for an observer.
    pub(super) last_key: Mutex<Option<String>>,
    /// How far the server's clock is ahead, in milliseconds; 0 until known.
    pub(super) clock_offset: AtomicI64,
    /// Whether the service has accepted the time of a request, or told its own.
    pub(super) knows_server_time: AtomicBool,
    pub(super) timestamps: TimestampCache,
    pub(super) nonces: Nonces,
}

impl ClientInner {
    /// Returns the current time of the server, as far as it is known.
    pub(super) fn server_time(&self) -> OffsetDateTime {
        let offset = time::Duration::milliseconds(self.clock_offset.load(Ordering::Relaxed));
        let now = self.clock.now();
        now.checked_add(offset).unwrap_or(now)
    }

    /// Stores the offset to the server's clock. Returns by how much the offset changed.
    pub(super) fn learn_server_time(&self, server: OffsetDateTime) -> time::Duration {
        let offset = server - self.clock.now();
        let millis = i64::try_from(offset.whole_milliseconds()).unwrap_or(0);
        let before = self.clock_offset.swap(millis, Ordering::Relaxed);
        self.knows_server_time.store(true, Ordering::Relaxed);
        self.credentials.correct_clock(time::Duration::milliseconds(millis));
        time::Duration::milliseconds(millis.saturating_sub(before))
    }

    /// Remembers that the service accepted the time of a request.
    pub(super) fn server_time_accepted(&self) {
        if !self.knows_server_time.load(Ordering::Relaxed) {
            self.knows_server_time.store(true, Ordering::Relaxed);
        }
    }
}
