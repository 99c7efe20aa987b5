//! `ExploredJournal`: a journal whose requests are points.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::fault::Fault;
use super::session::{Process, Session};
use crate::v2019_03_06::types::BackupPlanId;
use crate::workflows::fleet::{Claim, Entry, Journal, JournalError, PlanKey, WorkerId};

/// A journal whose requests can fail and crash; returned by
/// [`ExploredWorld::journal`](super::ExploredWorld::journal).
#[derive(Debug)]
pub struct ExploredJournal<J> {
    pub(super) journal: J,
    pub(super) session: Arc<Session>,
    /// The process that created it.
    pub(super) process: Option<Arc<Process>>,
}

impl<J: Journal> ExploredJournal<J> {
    async fn point<T>(
        &self,
        name: &str,
        request: impl Future<Output = Result<T, JournalError>>,
    ) -> Result<T, JournalError> {
        let lost = || JournalError::unavailable("the journal is unreachable: connection lost");
        let Some(process) = self.process.clone().or_else(|| self.session.current()) else {
            return request.await;
        };
        match self.session.reach(&process, name).await {
            None => request.await,
            Some(Fault::DropBefore) => Err(lost()),
            Some(Fault::CrashBefore) => process.crash_by(Fault::CrashBefore).await,
            Some(Fault::DropAfter) => request.await.and_then(|_| Err(lost())),
            Some(fault) => {
                // The process ends before it reads the response.
                let _ = request.await;
                process.crash_by(fault).await
            }
        }
    }
}

#[async_trait]
impl<J: Journal> Journal for ExploredJournal<J> {
    async fn enter(&self, key: &PlanKey, fresh: &Entry) -> Result<Entry, JournalError> {
        self.point("journal.enter", self.journal.enter(key, fresh)).await
    }

    async fn bought(
        &self,
        key: &PlanKey,
        plan: &BackupPlanId,
    ) -> Result<BackupPlanId, JournalError> {
        self.point("journal.bought", self.journal.bought(key, plan)).await
    }

    async fn done(&self, key: &PlanKey) -> Result<(), JournalError> {
        self.point("journal.done", self.journal.done(key)).await
    }

    async fn claim(
        &self,
        key: &PlanKey,
        worker: &WorkerId,
        lease: Duration,
    ) -> Result<Claim, JournalError> {
        self.point("journal.claim", self.journal.claim(key, worker, lease)).await
    }

    async fn release(&self, key: &PlanKey, worker: &WorkerId) -> Result<(), JournalError> {
        self.point("journal.release", self.journal.release(key, worker)).await
    }

    async fn withdraw(&self, key: &PlanKey, worker: &WorkerId) -> Result<bool, JournalError> {
        self.point("journal.withdraw", self.journal.withdraw(key, worker)).await
    }
}
