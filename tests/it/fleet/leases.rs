//! Leases: work is not doubled, and that of a dead worker is taken over.

use std::sync::Mutex;

use aliyun_dbs::workflows::fleet::{Claim, JournalError, WorkerId};
use async_trait::async_trait;

use super::*;

fn other() -> WorkerId {
    "other".parse().unwrap()
}

#[tokio::test]
async fn names_of_a_dead_worker_are_taken_over() {
    let (dbs, journal) = service();
    for name in ["plan-0", "plan-2"] {
        journal.enter(&key(name), &entry(&dbs, name)).await.unwrap();
        let claim = journal.claim(&key(name), &other(), Duration::from_secs(60)).await;
        assert_eq!(claim.unwrap(), Claim::Granted);
    }
    let report = fleet(&dbs, 3, &journal).concurrency(2).await;
    assert!(report.is_complete(), "{report}");
    assert_eq!((report.bought, report.resumed), (1, 2), "{report}");
    assert!(report.elapsed >= Duration::from_secs(60), "{report}");
    assert_one_plan_per_name(&dbs, 3);
}

#[tokio::test]
async fn names_of_a_live_worker_are_left_to_it() {
    let (dbs, journal) = service();
    journal.enter(&key("plan-0"), &entry(&dbs, "plan-0")).await.unwrap();
    journal.claim(&key("plan-0"), &other(), 24 * HOUR).await.unwrap();
    let mut fleet = fleet(&dbs, 3, &journal).concurrency(1);
    let handle = fleet.handle();
    for name in ["plan-1", "plan-2"] {
        assert_eq!(fleet.next().await.unwrap().name, name);
    }
    assert_eq!(handle.progress().held_elsewhere, 1);
    handle.drain();
    let outcome = fleet.next().await.unwrap();
    assert_eq!((outcome.name.as_str(), outcome.runs), ("plan-0", 0));
    assert!(matches!(outcome.kind, FleetOutcomeKind::Cancelled), "{outcome:?}");
    assert!(fleet.next().await.is_none());
    assert_eq!((handle.progress().held_elsewhere, dbs.plans().len()), (0, 2));
}

/// A journal that gives the lease to another worker at its first renewal.
#[derive(Debug)]
struct StolenLease {
    journal: MemoryJournal,
    claims: Mutex<u32>,
}

#[async_trait]
impl Journal for StolenLease {
    async fn enter(&self, key: &PlanKey, fresh: &Entry) -> Result<Entry, JournalError> {
        self.journal.enter(key, fresh).await
    }

    async fn bought(
        &self,
        key: &PlanKey,
        plan: &BackupPlanId,
    ) -> Result<BackupPlanId, JournalError> {
        self.journal.bought(key, plan).await
    }

    async fn done(&self, key: &PlanKey) -> Result<(), JournalError> {
        self.journal.done(key).await
    }

    async fn claim(
        &self,
        key: &PlanKey,
        worker: &WorkerId,
        lease: Duration,
    ) -> Result<Claim, JournalError> {
        let is_first_renewal = {
            let mut claims = self.claims.lock().unwrap();
            *claims += 1;
            // The first claim is before the list of existing plans, the second before the run.
            *claims == 3
        };
        if is_first_renewal {
            self.journal.release(key, worker).await?;
            self.journal.claim(key, &other(), 10 * lease).await?;
        }
        self.journal.claim(key, worker, lease).await
    }
}

#[tokio::test]
async fn lost_lease_ends_the_run_and_nothing_else() {
    let (dbs, journal) = service();
    let journal = Arc::new(StolenLease { journal, claims: Mutex::default() });
    let fleet = client(&dbs).fleet(specs(1)).named("prod").journal(journal.clone());
    let mut fleet = fleet.lease(Duration::from_secs(3));
    let outcome = fleet.next().await.unwrap();
    assert!(matches!(outcome.kind, FleetOutcomeKind::Provisioned { .. }), "{outcome:?}");
    assert_eq!(outcome.runs, 2, "{outcome:?}");
    assert!(outcome.elapsed >= Duration::from_secs(30), "{outcome:?}");
    assert_eq!(purchases(&dbs), 1, "the plan was recorded before the run ended");
    assert_one_plan_per_name(&dbs, 1);
}

/// A journal without leases.
#[derive(Clone, Debug)]
struct NoLeases(MemoryJournal);

#[async_trait]
impl Journal for NoLeases {
    async fn enter(&self, key: &PlanKey, fresh: &Entry) -> Result<Entry, JournalError> {
        self.0.enter(key, fresh).await
    }

    async fn bought(
        &self,
        key: &PlanKey,
        plan: &BackupPlanId,
    ) -> Result<BackupPlanId, JournalError> {
        self.0.bought(key, plan).await
    }

    async fn done(&self, key: &PlanKey) -> Result<(), JournalError> {
        self.0.done(key).await
    }

    async fn withdraw(&self, key: &PlanKey, _: &WorkerId) -> Result<bool, JournalError> {
        panic!("`{key}` may be that of another worker")
    }
}

#[tokio::test]
async fn journal_without_leases_doubles_effort_only() {
    let (dbs, journal) = service();
    let journal = NoLeases(journal);
    let fleet = || client(&dbs).fleet(specs(20)).named("prod").journal(journal.clone());
    let one = tokio::spawn(fleet().into_future());
    let other = tokio::spawn(fleet().into_future());
    let (one, other) = (one.await.unwrap(), other.await.unwrap());
    assert!(one.is_complete() && other.is_complete(), "{one}\n{other}");
    assert_one_plan_per_name(&dbs, 20);
}

#[tokio::test]
async fn fleet_without_lease_withdraws_nothing() {
    let (dbs, journal) = service();
    dbs.faults().http_status("CreateBackupPlan", 503).times(20);
    let fleet = client(&dbs).fleet(specs(1)).named("prod").journal(NoLeases(journal));
    let report = fleet.max_runs(2).await;
    assert_eq!(report.failed_total(), 1, "{report}");
}
