//! Tests of a journal that does not respond.

use std::future::{IntoFuture, pending};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aliyun_dbs::types::BackupPlanId;
use aliyun_dbs::workflows::fleet::{Entry, Journal, JournalError, MemoryJournal, PlanKey};
use async_trait::async_trait;

use super::{assert_one_plan_per_name, client, service, specs};

/// A journal that makes the first change of each kind, and does not respond to it.
#[derive(Debug)]
struct SilentJournal {
    journal: MemoryJournal,
    silent: &'static str,
    requests: Arc<AtomicUsize>,
}

impl SilentJournal {
    async fn respond(&self, request: &str) {
        if request == self.silent && self.requests.fetch_add(1, Ordering::SeqCst) == 0 {
            pending::<()>().await;
        }
    }
}

#[async_trait]
impl Journal for SilentJournal {
    async fn enter(&self, key: &PlanKey, fresh: &Entry) -> Result<Entry, JournalError> {
        let entry = self.journal.enter(key, fresh).await;
        self.respond("enter").await;
        entry
    }

    async fn bought(
        &self,
        key: &PlanKey,
        plan: &BackupPlanId,
    ) -> Result<BackupPlanId, JournalError> {
        let recorded = self.journal.bought(key, plan).await;
        self.respond("bought").await;
        recorded
    }

    async fn done(&self, key: &PlanKey) -> Result<(), JournalError> {
        let done = self.journal.done(key).await;
        self.respond("done").await;
        done
    }
}

#[tokio::test]
async fn silent_journal_does_not_stop_the_fleet() {
    for silent in ["enter", "bought", "done"] {
        let (dbs, journal) = service();
        let requests = Arc::new(AtomicUsize::new(0));
        let silent_journal = SilentJournal { journal, silent, requests: requests.clone() };
        let fleet = client(&dbs).fleet(specs(1)).named("prod").journal(silent_journal);
        let clock = dbs.clock().clone();
        let time = async {
            while requests.load(Ordering::SeqCst) == 0 {
                tokio::task::yield_now().await;
            }
            clock.advance(Duration::from_secs(31));
        };
        let (report, ()) = tokio::join!(fleet.into_future(), time);
        assert!(report.is_complete(), "{silent}: {report}");
        assert!(requests.load(Ordering::SeqCst) > 1, "{silent}");
        assert_one_plan_per_name(&dbs, 1);
    }
}
