//! Report, progress, and journals that fail.

use std::sync::Mutex;

use aliyun_dbs::workflows::fleet::JournalError;
use async_trait::async_trait;

use super::*;

#[tokio::test]
async fn report_is_a_table_and_json() {
    let (dbs, journal) = service();
    dbs.faults().business_error("CreateBackupPlan", "BackupPlanNotCreate", "no stock").nth(3);
    journal.enter(&key("plan-0"), &entry(&dbs, "plan-0")).await.unwrap();
    dbs.clock().advance(HOUR);
    let report = fleet(&dbs, 5, &journal).concurrency(1).await;
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["fleet"], "prod");
    assert_eq!((json["bought"].as_u64(), json["unresolved_total"].as_u64()), (Some(3), Some(1)));
    assert_eq!(json["unresolved"][0]["name"], "plan-0");
    assert_eq!(json["unresolved"][0]["since"], "2026-01-01T00:00:00Z");
    let failure = &json["failed"]["create: BackupPlanNotCreate"];
    assert_eq!(failure["count"], 1, "{json}");
    assert!(failure["examples"][0].as_str().unwrap().starts_with("`plan-3`: provisioning failed"));
    assert_eq!(json["elapsed"], serde_json::json!(report.elapsed.as_secs_f64()));
    assert!(json["latency"]["median"].as_f64().unwrap() > 0.0);
    assert_eq!((report.latency.plans, report.failed_total()), (3, 1));
    let text = report.to_string();
    for line in
        ["bought                  3", "unresolved              1", "failed                  1"]
    {
        assert!(text.lines().any(|found| found == line), "{text}");
    }
    assert!(!text.contains("hunter2") && !json.to_string().contains("hunter2"));
}

#[tokio::test]
async fn progress_counts_stages_and_knows_the_end() {
    let (dbs, journal) = service();
    let mut fleet = fleet(&dbs, 100, &journal);
    let handle = fleet.handle();
    let before = handle.progress();
    assert_eq!((before.total, before.finished, before.eta), (Some(100), 0, None));
    fleet.next().await.unwrap();
    let progress = handle.progress();
    assert_eq!((progress.finished, progress.running, progress.failed), (1, 1, 0));
    assert!(progress.in_progress >= 7, "{progress:?}");
    assert!(progress.stages.values().sum::<usize>() >= 1, "{progress:?}");
    let end = progress.elapsed + progress.eta.unwrap();
    assert!(end >= Duration::from_secs(600), "10 starts per minute: {progress:?}");
    let json = serde_json::to_value(&progress).unwrap();
    assert!(json["eta"].as_f64().unwrap() > 500.0 && json["stages"].is_object(), "{json}");

    // Its waits would keep the clock from advancing.
    drop(fleet);
    let unknown = (0..).take_while(|number| *number < 2).map(|number| spec(number.to_string()));
    let fleet = client(&dbs).fleet(unknown);
    assert_eq!(fleet.handle().progress().total, None);
    assert_eq!(fleet.await.bought, 2);
}

/// Returns an error for a request, from its name and the time.
type Failure = Box<dyn Fn(&str) -> Option<JournalError> + Send>;

/// A journal that fails.
struct FailingJournal {
    journal: MemoryJournal,
    failure: Mutex<Failure>,
}

impl std::fmt::Debug for FailingJournal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FailingJournal").finish_non_exhaustive()
    }
}

impl FailingJournal {
    fn new(
        journal: &MemoryJournal,
        failure: impl Fn(&str) -> Option<JournalError> + Send + 'static,
    ) -> Self {
        Self { journal: journal.clone(), failure: Mutex::new(Box::new(failure)) }
    }

    fn check(&self, request: &str) -> Result<(), JournalError> {
        self.failure.lock().unwrap()(request).map_or(Ok(()), Err)
    }
}

#[async_trait]
impl Journal for FailingJournal {
    async fn enter(&self, key: &PlanKey, fresh: &Entry) -> Result<Entry, JournalError> {
        self.check("enter")?;
        self.journal.enter(key, fresh).await
    }

    async fn bought(
        &self,
        key: &PlanKey,
        plan: &BackupPlanId,
    ) -> Result<BackupPlanId, JournalError> {
        let recorded = self.journal.bought(key, plan).await?;
        // The change is made, and its response is lost.
        self.check("bought")?;
        Ok(recorded)
    }

    async fn done(&self, key: &PlanKey) -> Result<(), JournalError> {
        self.check("done")?;
        self.journal.done(key).await
    }
}

#[tokio::test]
async fn restart_of_the_journal_costs_seconds() {
    for request in ["enter", "bought", "done"] {
        let (dbs, journal) = service();
        let clock = dbs.clock().clone();
        let failed_since = Mutex::new(None);
        let failing = FailingJournal::new(&journal, move |failing| {
            let mut since = failed_since.lock().unwrap();
            let is_new = failing == request && since.is_none();
            let since = *since.get_or_insert(clock.elapsed()).min(&mut clock.elapsed());
            let is_down = clock.elapsed() < since + Duration::from_secs(30);
            (failing == request && (is_new || is_down))
                .then(|| JournalError::unavailable("the database restarts"))
        });
        let report = client(&dbs).fleet(specs(5)).named("prod").journal(failing).await;
        assert!(report.is_complete(), "{request}: {report}");
        assert_one_plan_per_name(&dbs, 5);
        assert_eq!(purchases(&dbs), 5, "{request}");
    }
}

#[tokio::test]
async fn fatal_error_of_the_journal_stops_the_fleet() {
    for request in ["enter", "bought", "done"] {
        for error in [
            || JournalError::corrupt("line 17 is damaged"),
            || JournalError::unavailable("the database is down"),
        ] {
            let (dbs, journal) = service();
            let failing =
                FailingJournal::new(&journal, move |failing| (failing == request).then(error));
            let fleet = client(&dbs).fleet(specs(50)).named("prod").journal(failing);
            let report = fleet.concurrency(4).await;
            assert!(!report.is_complete() && report.failed_total() >= 1, "{report}");
            let reason = report.stopped_by.clone().unwrap();
            assert!(reason.contains(&error().to_string()), "{reason}");
            assert!(report.not_started.unwrap() >= 45, "{report}");
            let most = if request == "enter" { 0 } else { 5 };
            assert!(dbs.plans().len() <= most, "{request}: {report}");
            let repaired = self::fleet(&dbs, 50, &journal).await;
            assert!(repaired.is_complete(), "{request}: {repaired}");
            assert_one_plan_per_name(&dbs, 50);
        }
    }
}

/// A journal that is emptied while a plan is bought.
#[tokio::test]
async fn plan_is_recorded_in_an_emptied_journal() {
    let (dbs, _) = service();
    let journal = Arc::new(EmptiedJournal(Mutex::default()));
    let report = client(&dbs).fleet(specs(1)).named("prod").journal(journal.clone()).await;
    assert!(report.is_complete(), "{report}");
    let current = journal.0.lock().unwrap().clone();
    let recorded = current.enter(&key("plan-0"), &entry(&dbs, "plan-0")).await.unwrap();
    assert_eq!(recorded.plan.as_ref(), Some(&dbs.plans()[0].backup_plan_id));
}

#[derive(Debug)]
struct EmptiedJournal(Mutex<MemoryJournal>);

#[async_trait]
impl Journal for EmptiedJournal {
    async fn enter(&self, key: &PlanKey, fresh: &Entry) -> Result<Entry, JournalError> {
        let journal = self.0.lock().unwrap().clone();
        journal.enter(key, fresh).await
    }

    async fn bought(
        &self,
        key: &PlanKey,
        plan: &BackupPlanId,
    ) -> Result<BackupPlanId, JournalError> {
        static EMPTIED: AtomicUsize = AtomicUsize::new(0);
        if EMPTIED.fetch_add(1, Ordering::Relaxed) == 0 {
            *self.0.lock().unwrap() = MemoryJournal::new();
        }
        let journal = self.0.lock().unwrap().clone();
        journal.bought(key, plan).await
    }

    async fn done(&self, key: &PlanKey) -> Result<(), JournalError> {
        let journal = self.0.lock().unwrap().clone();
        journal.done(key).await
    }
}
