//! `MemoryJournal`: a journal that ends with the process.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;

use super::claim::Claim;
use super::contract::Journal;
use super::entry::Entry;
use super::journal_error::JournalError;
use super::key::PlanKey;
use super::records::{NoLog, Records};
use super::worker::WorkerId;
use crate::rpc::clock::Clock;
use crate::v2019_03_06::types::BackupPlanId;

/// A journal in memory, which ends with the process. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct MemoryJournal {
    records: Arc<Mutex<Records>>,
}

impl MemoryJournal {
    /// Creates an empty journal.
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates an empty journal whose leases end by a clock of your own.
    pub fn with_clock(clock: Arc<dyn Clock>) -> Self {
        Self { records: Arc::new(Mutex::new(Records::new(clock))) }
    }

    fn records(&self) -> MutexGuard<'_, Records> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Journal for MemoryJournal {
    async fn enter(&self, key: &PlanKey, fresh: &Entry) -> Result<Entry, JournalError> {
        self.records().enter(key, fresh, &mut NoLog)
    }

    async fn bought(
        &self,
        key: &PlanKey,
        plan: &BackupPlanId,
    ) -> Result<BackupPlanId, JournalError> {
        self.records().bought(key, plan, &mut NoLog)
    }

    async fn done(&self, key: &PlanKey) -> Result<(), JournalError> {
        self.records().done(key, &mut NoLog)
    }

    async fn find(&self, key: &PlanKey) -> Result<Option<Entry>, JournalError> {
        Ok(self.records().find(key))
    }

    async fn claim(
        &self,
        key: &PlanKey,
        worker: &WorkerId,
        lease: Duration,
    ) -> Result<Claim, JournalError> {
        self.records().claim(key, worker, lease)
    }

    async fn release(&self, key: &PlanKey, worker: &WorkerId) -> Result<(), JournalError> {
        self.records().release(key, worker);
        Ok(())
    }

    async fn withdraw(&self, key: &PlanKey, worker: &WorkerId) -> Result<bool, JournalError> {
        self.records().withdraw(key, worker, &mut NoLog)
    }
}
