//! `Lease`: keeps the lease of a key while its plan is provisioned.

use std::sync::Arc;
use std::time::Duration;

use super::context::FleetContext;
use crate::rpc::clock::with_timeout;
use crate::workflows::journal::{Claim, JournalErrorKind, PlanKey, WorkerId};

/// The lease of a key.
pub(super) struct Lease {
    pub(super) context: Arc<FleetContext>,
    pub(super) key: PlanKey,
    pub(super) worker: WorkerId,
    /// When the claim was sent, by the client's clock.
    pub(super) claimed: Duration,
}

impl Lease {
    /// Renews the lease after each third of it, and returns once it is lost.
    ///
    /// A lease that no renewal confirms in time is lost, whatever the journal has.
    pub(super) async fn keep(mut self) {
        let FleetContext { options, .. } = &*self.context;
        let clock = options.client.clock();
        let third = options.lease / 3;
        loop {
            // Does not advance a fake clock, unlike a sleep.
            clock.deadline(third).await;
            let now = clock.elapsed();
            // After a pause of the machine, one claim shows whether another worker has the key.
            let left = self.claimed.saturating_add(options.lease).saturating_sub(now).max(third);
            let claim = options.journal.claim(&self.key, &self.worker, options.lease);
            match with_timeout(move || clock.deadline(left), claim).await {
                Some(Ok(Claim::Granted)) => self.claimed = now,
                Some(Ok(Claim::NotLeased)) => return std::future::pending().await,
                // The next renewal may be in time.
                Some(Err(error)) if error.kind() == JournalErrorKind::Unavailable => {
                    if clock.elapsed().saturating_sub(self.claimed) >= options.lease {
                        return;
                    }
                }
                Some(Ok(Claim::Held { .. }) | Err(_)) | None => return,
            }
        }
    }
}
