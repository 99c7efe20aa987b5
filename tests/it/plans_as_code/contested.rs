//! Plans that a person or another process changes at the same time.

use aliyun_dbs::operations::{DisableBackupLog, ModifyBackupStrategy, StopBackupPlan};
use aliyun_dbs::types::{BackupPlanId, NewSchedule, StopMethod};

use super::*;

/// Returns a service with a plan that is a day old, its journal, and its specification.
async fn bought() -> (FakeDbs, MemoryJournal, PlanSpec) {
    let dbs = FakeDbs::with_seed(3);
    let journal = MemoryJournal::with_clock(dbs.clock().clone());
    let specs = specs(1);
    let report = fleet(&client(&dbs), &specs, journal.clone()).await;
    assert!(report.is_complete(), "{report}");
    dbs.clock().advance(DAY);
    (dbs, journal, specs.into_iter().next().unwrap())
}

fn id(dbs: &FakeDbs) -> BackupPlanId {
    dbs.plans()[0].backup_plan_id.clone()
}

async fn disable_logs(dbs: &FakeDbs) {
    let request = DisableBackupLog::builder().backup_plan_id(id(dbs)).build();
    client(dbs).send(request).await.unwrap();
}

/// Returns the fields that differ.
async fn differing(dbs: &FakeDbs, spec: &PlanSpec) -> Vec<&'static str> {
    let change = client(dbs).reconcile(spec).secrets(secrets).await.unwrap();
    change.items().iter().map(|item| item.field).collect()
}

/// A network that locks the plan after the change of its schedule.
#[derive(Debug)]
struct Locking(FakeDbs);

#[async_trait::async_trait]
impl Transport for Locking {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let response = self.0.send(request).await;
        if count(&self.0, |sent| sent == "ModifyBackupStrategy") > 0 {
            self.0.lock_plan(&id(&self.0));
        }
        response
    }

    fn clock(&self) -> Option<Arc<dyn Clock>> {
        let clock: Arc<dyn Clock> = self.0.clock().clone();
        Some(clock)
    }
}

#[tokio::test]
async fn change_is_not_applied_if_the_plan_locks() {
    let (dbs, _, mut spec) = bought().await;
    POSSIBLE[0].1(&mut spec, &dbs);
    let path = "Items.BackupPlanDetail.0.BackupPeriod";
    let _rule = dbs.responses().set("DescribeBackupPlanList", path, "\"Sunday\"").always();
    let client = client_over(&dbs, Locking(dbs.clone()));
    let change = client.reconcile(&spec).secrets(secrets).await.unwrap();
    let changed = change.apply().await.unwrap();
    assert!(changed.applied.is_empty(), "{changed:?}");
    let left: Vec<_> = changed.impossible.iter().map(|item| item.field).collect();
    assert_eq!(left, ["schedule", "status"]);
}

#[tokio::test]
async fn interrupted_purchase_changes_only_what_was_shown() {
    let specs = specs(1);
    let mut started = 0;
    for requests in 0.. {
        let dbs = FakeDbs::with_seed(3);
        let journal = MemoryJournal::with_clock(dbs.clock().clone());
        let (network, died) = Mortal::new(&dbs, requests, true);
        let killed = fleet(&client_over(&dbs, network), &specs, journal.clone());
        if until_death(&died, killed).await.is_some() {
            break;
        }
        let is_configured = |plan: &FakePlan| plan.status == BackupPlanStatus::CheckPass;
        if !dbs.plans().first().is_some_and(is_configured) {
            continue;
        }
        started += 1;
        let drift = client(&dbs).drift(specs.clone()).named("prod").journal(journal);
        let drift = drift.secrets(secrets).await.unwrap();
        disable_logs(&dbs).await;
        let report = drift.apply().await;
        assert_eq!((report.resumed, report.failed_total()), (1, 0), "{report}");
        assert_eq!(count(&dbs, |sent| sent == "EnableBackupLog"), 0);
        assert_eq!(dbs.plans()[0].status, BackupPlanStatus::Running);
        assert_eq!(differing(&dbs, &specs[0]).await, ["logs"]);
    }
    assert!(started > 0);
}

#[tokio::test]
async fn approved_purchase_is_finished_at_any_point() {
    let mut specs = specs(1);
    let rotated = FakeDbs::with_seed(3).clock().now().replace_nanosecond(0).unwrap();
    let secret = &mut login(&mut specs[0]).password;
    *secret = secret.clone().rotated(rotated);
    for requests in 0.. {
        let dbs = FakeDbs::with_seed(3);
        let journal = MemoryJournal::with_clock(dbs.clock().clone());
        let drift = client(&dbs).drift(specs.clone()).named("prod").journal(journal.clone());
        let shown = drift.secrets(secrets).await.unwrap();
        let (network, died) = Mortal::new(&dbs, requests, true);
        let killed = fleet(&client_over(&dbs, network), &specs, journal);
        if until_death(&died, killed).await.is_some() {
            break;
        }
        let report = shown.apply().await;
        assert!(report.is_complete(), "{requests}: {report}");
        assert_eq!(differing(&dbs, &specs[0]).await, [""; 0], "{requests}");
        assert_eq!(purchases(&dbs), 1, "{requests}");
    }
}

#[tokio::test]
async fn restart_configures_only_what_was_shown() {
    let (dbs, _, mut spec) = bought().await;
    "backup".clone_into(&mut login(&mut spec).user);
    dbs.fail_next_pre_check("CHECK_CONNECTION", "Access denied");
    let compare = || client(&dbs).reconcile(&spec).secrets(secrets).into_future();
    compare().await.unwrap().apply().await.unwrap_err();
    let shown = compare().await.unwrap();
    disable_logs(&dbs).await;
    let schedule = NewSchedule::weekly(Weekday::Sunday, start_time!("09:00"));
    let request = ModifyBackupStrategy::builder().backup_plan_id(id(&dbs)).schedule(schedule);
    client(&dbs).send(request.build()).await.unwrap();
    let changed = shown.apply().await.unwrap();
    assert!(changed.restarted && changed.applied.len() == 1, "{changed:?}");
    assert_eq!(dbs.plans()[0].status, BackupPlanStatus::Running);
    assert_eq!(differing(&dbs, &spec).await, ["schedule", "logs"]);
}

#[tokio::test]
async fn plan_bought_after_the_list_is_found() {
    let specs = specs(1);
    let dbs = FakeDbs::with_seed(3);
    let journal = MemoryJournal::with_clock(dbs.clock().clone());
    // The second plan of the name waits for the first, and has listed no plan.
    let twice = [specs[0].clone(), specs[0].clone()];
    let report = fleet(&client(&dbs), &twice, journal).await;
    assert_eq!((report.bought, report.already_done), (1, 1), "{report}");
    assert!(report.is_complete(), "{report}");
    assert_eq!(purchases(&dbs), 1);
}

#[tokio::test]
async fn plan_that_does_not_run_differs() {
    for state in ["pause", "locked"] {
        let (dbs, journal, spec) = bought().await;
        if state == "pause" {
            let request = StopBackupPlan::builder().backup_plan_id(id(&dbs));
            let request = request.stop_method(StopMethod::All).build();
            client(&dbs).send(request).await.unwrap();
        } else {
            assert!(dbs.lock_plan(&id(&dbs)));
        }
        let change = client(&dbs).reconcile(&spec).await.unwrap().to_string();
        assert!(change.contains(&format!("! status         {state} → running: ")), "{change}");
        let report = fleet(&client(&dbs), &[spec], journal).await;
        let counts = (report.already_done, report.changed, report.impossible_total);
        assert_eq!((counts, report.is_complete()), ((0, 0, 1), false), "{report}");
    }
}
