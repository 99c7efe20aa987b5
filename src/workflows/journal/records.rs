//! `Records`: the rules of the journals in memory and in a file.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::claim::Claim;
use super::entry::Entry;
use super::journal_error::JournalError;
use super::key::PlanKey;
use super::worker::WorkerId;
use crate::rpc::clock::{Clock, SystemClock};
use crate::v2019_03_06::types::BackupPlanId;

/// A change of the records, which a file has as one line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Change {
    Enter { key: PlanKey, entry: Box<Entry> },
    Bought { key: PlanKey, plan: BackupPlanId },
    Done { key: PlanKey },
    Withdraw { key: PlanKey },
}

/// Makes a change durable before it is applied.
pub(super) trait ChangeLog {
    fn write(&mut self, change: &Change) -> Result<(), JournalError>;
}

/// The log of a journal in memory.
#[derive(Debug)]
pub(super) struct NoLog;

impl ChangeLog for NoLog {
    fn write(&mut self, _: &Change) -> Result<(), JournalError> {
        Ok(())
    }
}

/// All entries and leases of a journal.
#[derive(Debug)]
pub(super) struct Records {
    by_key: HashMap<PlanKey, Record>,
    clock: Arc<dyn Clock>,
}

#[derive(Debug)]
struct Record {
    entry: Entry,
    /// The worker with the lease, and when it ends by [`Clock::elapsed`].
    lease: Option<(WorkerId, Duration)>,
    /// Whether a worker may have claimed the key that did not enter it.
    claimed_by_other: bool,
}

impl Default for Records {
    fn default() -> Self {
        Self::new(Arc::new(SystemClock::new()))
    }
}

impl Records {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { by_key: HashMap::new(), clock }
    }

    pub(super) fn len(&self) -> usize {
        self.by_key.len()
    }

    /// Applies a change that is logged. Returns `false` if it contradicts the records.
    pub(super) fn apply(&mut self, change: Change) -> bool {
        match change {
            Change::Enter { key, entry } => {
                let record = Record { entry: *entry, lease: None, claimed_by_other: false };
                self.by_key.insert(key, record).is_none()
            }
            Change::Bought { key, plan } => self
                .by_key
                .get_mut(&key)
                .is_some_and(|record| record.entry.plan.replace(plan).is_none()),
            Change::Done { key } => self.by_key.get_mut(&key).is_some_and(|record| {
                record.entry.done = true;
                record.entry.plan.is_some()
            }),
            Change::Withdraw { key } => {
                self.by_key.remove(&key).is_some_and(|record| record.entry.plan.is_none())
            }
        }
    }

    /// Prevents that entries are withdrawn which other processes may have claimed since.
    pub(super) fn keep_all(&mut self) {
        self.by_key.values_mut().for_each(|record| record.claimed_by_other = true);
    }

    fn change(&mut self, change: Change, log: &mut dyn ChangeLog) -> Result<(), JournalError> {
        log.write(&change)?;
        self.apply(change);
        Ok(())
    }

    fn record(&mut self, key: &PlanKey) -> Result<&mut Record, JournalError> {
        self.by_key.get_mut(key).ok_or_else(|| JournalError::not_entered(key))
    }

    pub(super) fn find(&self, key: &PlanKey) -> Option<Entry> {
        self.by_key.get(key).map(|record| record.entry.clone())
    }

    pub(super) fn enter(
        &mut self,
        key: &PlanKey,
        fresh: &Entry,
        log: &mut dyn ChangeLog,
    ) -> Result<Entry, JournalError> {
        if let Some(record) = self.by_key.get(key) {
            return Ok(record.entry.clone());
        }
        self.change(Change::Enter { key: key.clone(), entry: Box::new(fresh.clone()) }, log)?;
        Ok(fresh.clone())
    }

    pub(super) fn bought(
        &mut self,
        key: &PlanKey,
        plan: &BackupPlanId,
        log: &mut dyn ChangeLog,
    ) -> Result<BackupPlanId, JournalError> {
        if let Some(recorded) = &self.record(key)?.entry.plan {
            return Ok(recorded.clone());
        }
        self.change(Change::Bought { key: key.clone(), plan: plan.clone() }, log)?;
        Ok(plan.clone())
    }

    pub(super) fn done(
        &mut self,
        key: &PlanKey,
        log: &mut dyn ChangeLog,
    ) -> Result<(), JournalError> {
        let Entry { plan, done, .. } = &self.record(key)?.entry;
        if plan.is_none() {
            let message = format!("`{key}` is not done: the journal has no plan of it");
            return Err(JournalError::conflict(message));
        }
        if *done { Ok(()) } else { self.change(Change::Done { key: key.clone() }, log) }
    }

    pub(super) fn claim(
        &mut self,
        key: &PlanKey,
        worker: &WorkerId,
        lease: Duration,
    ) -> Result<Claim, JournalError> {
        let now = self.clock.elapsed();
        let record = self.record(key)?;
        if let Some((by, end)) = &record.lease
            && by != worker
            && *end > now
        {
            return Ok(Claim::Held { by: by.clone(), remaining: end.saturating_sub(now) });
        }
        record.lease = Some((worker.clone(), now.saturating_add(lease)));
        record.claimed_by_other |= record.entry.entered_by != *worker;
        Ok(Claim::Granted)
    }

    pub(super) fn release(&mut self, key: &PlanKey, worker: &WorkerId) {
        if let Some(record) = self.by_key.get_mut(key) {
            record.lease.take_if(|(by, _)| by == worker);
        }
    }

    pub(super) fn withdraw(
        &mut self,
        key: &PlanKey,
        worker: &WorkerId,
        log: &mut dyn ChangeLog,
    ) -> Result<bool, JournalError> {
        let may_withdraw =
            self.by_key.get(key).is_some_and(|Record { entry, claimed_by_other, .. }| {
                entry.entered_by == *worker && entry.plan.is_none() && !claimed_by_other
            });
        if may_withdraw {
            self.change(Change::Withdraw { key: key.clone() }, log)?;
        }
        Ok(may_withdraw)
    }
}
