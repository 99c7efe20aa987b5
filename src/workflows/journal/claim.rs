//! `Claim`: the result of a request for a lease.

use std::time::Duration;

use super::worker::WorkerId;

/// The result of [`Journal::claim`](super::Journal::claim).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Claim {
    /// The worker has the lease.
    Granted,
    /// Another worker has the lease.
    Held {
        /// The worker that has the lease.
        by: WorkerId,
        /// How long its lease lasts if it does not extend it.
        remaining: Duration,
    },
    /// The journal does not lease keys. Each worker may work on each of them.
    NotLeased,
}
