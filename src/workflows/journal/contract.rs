//! `Journal`: the trait of all journals.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::claim::Claim;
use super::entry::Entry;
use super::journal_error::JournalError;
use super::key::PlanKey;
use super::worker::WorkerId;
use crate::v2019_03_06::types::BackupPlanId;

/// Records which plan was bought for which name, durably and once.
///
/// Each method is one conditional write, so a journal on a database is short. A journal without
/// leases implements the first three methods. [`check_journal`](super::check_journal) tests that a
/// journal keeps this contract.
///
/// # Errors
///
/// An error means that the change may or may not be recorded; callers repeat the request, or stop.
/// A key without entry is [`NotEntered`](super::JournalErrorKind::NotEntered).
#[async_trait]
pub trait Journal: fmt::Debug + Send + Sync {
    /// Stores an entry if the key has none, and returns the stored one.
    ///
    /// Atomic: of concurrent calls, one stores its entry, and all return that one. Durable when it
    /// returns.
    async fn enter(&self, key: &PlanKey, fresh: &Entry) -> Result<Entry, JournalError>;

    /// Records the plan of a key once, and returns the recorded plan.
    ///
    /// If another plan is recorded, changes nothing and returns that one. Accepted from any worker,
    /// with or without lease. Durable when it returns.
    async fn bought(
        &self,
        key: &PlanKey,
        plan: &BackupPlanId,
    ) -> Result<BackupPlanId, JournalError>;

    /// Records that the plan of a key runs. Repeating it changes nothing.
    ///
    /// Fails if no plan is recorded.
    async fn done(&self, key: &PlanKey) -> Result<(), JournalError>;

    /// Returns the entry of a key, and stores nothing. Defaults to `None`.
    ///
    /// Comparing plans with their specifications reads it. With the default, plans are found by
    /// their names.
    async fn find(&self, _key: &PlanKey) -> Result<Option<Entry>, JournalError> {
        Ok(None)
    }

    /// Leases a key to a worker, or extends its lease. Defaults to [`Claim::NotLeased`].
    ///
    /// The journal's own clock ends the lease. A lease saves effort, not money: the client token
    /// prevents a second purchase.
    async fn claim(
        &self,
        _key: &PlanKey,
        _worker: &WorkerId,
        _lease: Duration,
    ) -> Result<Claim, JournalError> {
        Ok(Claim::NotLeased)
    }

    /// Ends the lease of a worker. Does nothing if another worker has the lease.
    async fn release(&self, _key: &PlanKey, _worker: &WorkerId) -> Result<(), JournalError> {
        Ok(())
    }

    /// Removes an entry for which nothing was executed, and returns whether it did.
    ///
    /// Atomic: only if the worker entered it, no plan is recorded, and no other worker has claimed
    /// the key since, even if that lease has ended. Defaults to `false`, which is always safe. A fleet
    /// calls it only while it has a lease.
    async fn withdraw(&self, _key: &PlanKey, _worker: &WorkerId) -> Result<bool, JournalError> {
        Ok(false)
    }
}

#[async_trait]
impl<J: Journal + ?Sized> Journal for Arc<J> {
    async fn enter(&self, key: &PlanKey, fresh: &Entry) -> Result<Entry, JournalError> {
        (**self).enter(key, fresh).await
    }

    async fn bought(
        &self,
        key: &PlanKey,
        plan: &BackupPlanId,
    ) -> Result<BackupPlanId, JournalError> {
        (**self).bought(key, plan).await
    }

    async fn done(&self, key: &PlanKey) -> Result<(), JournalError> {
        (**self).done(key).await
    }

    async fn find(&self, key: &PlanKey) -> Result<Option<Entry>, JournalError> {
        (**self).find(key).await
    }

    async fn claim(
        &self,
        key: &PlanKey,
        worker: &WorkerId,
        lease: Duration,
    ) -> Result<Claim, JournalError> {
        (**self).claim(key, worker, lease).await
    }

    async fn release(&self, key: &PlanKey, worker: &WorkerId) -> Result<(), JournalError> {
        (**self).release(key, worker).await
    }

    async fn withdraw(&self, key: &PlanKey, worker: &WorkerId) -> Result<bool, JournalError> {
        (**self).withdraw(key, worker).await
    }
}
