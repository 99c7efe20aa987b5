//! Finding plans, by record and by name, and the drift of all plans.

use std::sync::OnceLock;

use aliyun_dbs::operations::{ReleaseBackupPlan, StopBackupPlan};
use aliyun_dbs::types::{BackupPlanId, StopMethod};
use aliyun_dbs::workflows::fleet::{FleetError, FleetHandle, FleetOutcomeKind, PlanKey};
use aliyun_dbs::workflows::reconcile::ReconcileError;

use super::*;

/// Returns a service with plans of specifications, and their journal.
async fn service(specs: &[PlanSpec]) -> (FakeDbs, MemoryJournal) {
    let dbs = FakeDbs::with_seed(2);
    let journal = empty(&dbs);
    let report = fleet(&client(&dbs), specs, journal.clone()).await;
    assert!(report.is_complete(), "{report}");
    (dbs, journal)
}

fn empty(dbs: &FakeDbs) -> MemoryJournal {
    MemoryJournal::with_clock(dbs.clock().clone())
}

async fn rename(dbs: &FakeDbs, plan: &BackupPlanId, name: &str) {
    let request = ModifyBackupPlanName::builder().backup_plan_id(plan.clone());
    client(dbs).send(request.backup_plan_name(name).build()).await.unwrap();
}

async fn recorded(journal: &MemoryJournal, name: &str) -> Option<BackupPlanId> {
    let key = PlanKey::new("prod", name, 0).unwrap();
    journal.find(&key).await.unwrap().and_then(|entry| entry.plan)
}

#[tokio::test]
async fn plan_is_adopted_by_its_unique_name() {
    let mut specs = specs(3);
    let (dbs, _) = service(&specs).await;
    let journal = empty(&dbs);
    let report = fleet(&client(&dbs), &specs, journal.clone()).await;
    assert_eq!((report.already_done, purchases(&dbs)), (3, 3), "{report}");
    let plan = named(&dbs, "plan-1").backup_plan_id;
    assert_eq!(recorded(&journal, "plan-1").await, Some(plan.clone()));

    // The same without a fleet.
    let journal = empty(&dbs);
    POSSIBLE[0].1(&mut specs[1], &dbs);
    let change = client(&dbs).reconcile(&specs[1]).named("prod").journal(journal.clone());
    let change = change.secrets(secrets).await.unwrap();
    assert_eq!(recorded(&journal, "plan-1").await, None, "a comparison writes nothing");
    assert_eq!(change.apply().await.unwrap().applied.len(), 1);
    assert_eq!(recorded(&journal, "plan-1").await, Some(plan));
}

#[tokio::test]
async fn plan_of_the_name_with_another_engine_stays() {
    let specs = specs(1);
    let (dbs, _) = service(&specs).await;
    let journal = empty(&dbs);
    let mut other = specs[0].clone();
    other.source = PlanSpecSource::MariaDb(login(&mut other).clone());
    POSSIBLE[0].1(&mut other, &dbs);
    let before = writes(&dbs);
    let report = fleet(&client(&dbs), &[other.clone()], journal.clone()).await;
    assert_eq!((report.impossible_total, report.bought, report.changed), (1, 0, 0), "{report}");
    let change = client(&dbs).reconcile(&other).named("prod").journal(journal.clone());
    let applied = change.secrets(secrets).await.unwrap().apply().await.unwrap();
    assert_eq!((applied.applied.len(), applied.impossible.len()), (0, 2));
    assert_eq!(writes(&dbs), before);
    assert_eq!(recorded(&journal, "plan-0").await, None);
}

#[tokio::test]
async fn two_plans_of_a_name_are_an_error() {
    let specs = specs(2);
    let (dbs, journal) = service(&specs).await;
    let plans = ["plan-0", "plan-1"].map(|name| named(&dbs, name).backup_plan_id);
    rename(&dbs, &plans[1], "plan-0").await;
    let error = client(&dbs).reconcile(&specs[0]).await.unwrap_err();
    let ReconcileError::AmbiguousName { plans: found, .. } = &error else { panic!("{error}") };
    assert_eq!(found[..], plans[..]);
    assert!(!error.is_retryable());
    assert!(client(&dbs).drift([specs[0].clone()]).await.is_err());
    let mut fleet_without_journal = fleet(&client(&dbs), &specs[..1], empty(&dbs));
    let kind = fleet_without_journal.next().await.unwrap().kind;
    assert!(
        matches!(
            kind,
            FleetOutcomeKind::Failed(FleetError::Reconcile(ReconcileError::AmbiguousName { .. }))
        ),
        "{kind:?}"
    );
    // The recorded id decides, and so does the caller.
    let report = fleet(&client(&dbs), &specs[..1], journal).await;
    assert_eq!((report.already_done, report.is_complete()), (1, true), "{report}");
    let change = client(&dbs).reconcile(&specs[0]).plan(plans[0].clone()).await.unwrap();
    assert!(change.is_empty(), "{change}");
    assert_eq!(purchases(&dbs), 2);
}

#[tokio::test]
async fn released_plan_is_not_bought_again() {
    let mut specs = specs(1);
    specs[0].billing = Billing::PayAsYouGo;
    let (dbs, journal) = service(&specs).await;
    let plan = dbs.plans().remove(0).backup_plan_id;
    let stop = StopBackupPlan::builder().backup_plan_id(plan.clone()).stop_method(StopMethod::All);
    client(&dbs).send(stop.build()).await.unwrap();
    let release = ReleaseBackupPlan::builder().backup_plan_id(plan.clone()).build();
    client(&dbs).send(release).await.unwrap();
    let change = client(&dbs).reconcile(&specs[0]).named("prod").journal(journal.clone());
    let change = change.await.unwrap();
    assert!(!change.is_purchase() && change.to_string().contains("raise `generation`"), "{change}");
    assert!(change.apply().await.unwrap().applied.is_empty());
    let report = fleet(&client(&dbs), &specs, journal.clone()).await;
    assert_eq!((report.impossible_total, report.is_complete()), (1, false), "{report}");
    assert_eq!((purchases(&dbs), dbs.plans().len()), (1, 0));
    // A person decides to buy another one.
    specs[0].generation = 1;
    let report = fleet(&client(&dbs), &specs, journal).await;
    assert_eq!((report.bought, report.is_complete()), (1, true), "{report}");
}

#[tokio::test]
async fn drift_lists_buys_changes_and_leaves_unknown_plans() {
    let all = specs(5);
    let (dbs, journal) = service(&all).await;
    let mut wanted = all[1..].to_vec();
    wanted.push(specs(6).remove(5));
    POSSIBLE[0].1(&mut wanted[0], &dbs);
    wanted[3].region = Region::Beijing;
    let bought_by_hand = client(&dbs).send(all[0].purchase()).await.unwrap().into_inner();
    let before = (writes(&dbs), dbs.requests().len());
    let drift = client(&dbs).drift(wanted.clone()).named("prod").journal(journal.clone());
    let drift = drift.secrets(secrets).await.unwrap();
    assert_eq!((writes(&dbs), dbs.requests().len()), (before.0, before.1 + 1), "one list");
    let unknown: Vec<_> = drift.unknown().iter().map(|unknown| unknown.plan.clone()).collect();
    let first = named(&dbs, "plan-0");
    assert_eq!(unknown, [first.backup_plan_id.clone(), bought_by_hand.backup_plan_id]);
    let text = drift.to_string();
    for line in [
        "  ~ schedule       Monday,Thursday 02:30 → Friday 04:00\n",
        "plan-5: a new plan\n",
        "  ! region         cn-hangzhou → cn-beijing: fixed by the purchase",
        "5 plans: 1 to buy, 1 to change, 1 not possible to change, 2 without difference",
        &format!("unknown plan {} `plan-0`: running", unknown[0]),
        &format!("unknown plan {}: wait", unknown[1]),
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    let report = drift.apply().await;
    assert_eq!((report.bought, report.changed, report.impossible_total), (1, 1, 1), "{report}");
    assert_eq!(dbs.plans().len(), 7);
    assert_eq!(format!("{:?}", named(&dbs, "plan-0")), format!("{first:?}"));
    let drift = client(&dbs).drift(wanted).named("prod").journal(journal).await.unwrap();
    assert_eq!(drift.changes().iter().filter(|change| !change.is_empty()).count(), 1, "{drift}");
}

#[tokio::test]
async fn approved_change_never_becomes_a_purchase() {
    let mut specs = specs(1);
    specs[0].billing = Billing::PayAsYouGo;
    let (dbs, _) = service(&specs).await;
    POSSIBLE[0].1(&mut specs[0], &dbs);
    let drift = client(&dbs).drift(specs.clone()).secrets(secrets).await.unwrap();
    let plan = dbs.plans().remove(0).backup_plan_id;
    let stop = StopBackupPlan::builder().backup_plan_id(plan.clone()).stop_method(StopMethod::All);
    client(&dbs).send(stop.build()).await.unwrap();
    let release = ReleaseBackupPlan::builder().backup_plan_id(plan).build();
    client(&dbs).send(release).await.unwrap();
    let report = drift.apply().await;
    assert_eq!((report.bought, purchases(&dbs)), (0, 1), "{report}");
    assert!(!report.is_complete());
}

#[tokio::test]
async fn invalid_specifications_send_nothing() {
    let dbs = FakeDbs::new();
    let mut invalid = specs(1).remove(0);
    invalid.renew_before = Some(30);
    let twice = [specs(1).remove(0), specs(1).remove(0)];
    let errors = [
        client(&dbs).reconcile(&invalid).await.unwrap_err(),
        client(&dbs).drift([invalid.clone()]).await.unwrap_err(),
        client(&dbs).drift(twice).await.unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(error, ReconcileError::Spec(_)), "{error}");
    }
    let report = fleet(&client(&dbs), &[invalid], empty(&dbs)).await;
    assert_eq!((report.failed_total(), report.bought), (1, 0), "{report}");
    assert!(dbs.requests().is_empty());
}

#[tokio::test]
async fn two_fleets_change_each_plan_once() {
    let mut specs = specs(24);
    let (dbs, journal) = service(&specs).await;
    dbs.clock().advance(DAY);
    for ((_, edit), spec) in POSSIBLE.iter().zip(mysql_plans(&mut specs)) {
        edit(spec, &dbs);
    }
    let run = || tokio::spawn(fleet(&client(&dbs), &specs, journal.clone()).into_future());
    let (one, other) = (run(), run());
    let (one, other) = (one.await.unwrap(), other.await.unwrap());
    assert!(one.is_complete() && other.is_complete(), "{one}\n{other}");
    assert_eq!(one.changed + other.changed, POSSIBLE.len(), "{one}\n{other}");
    for spec in &specs {
        assert_matches(&dbs, spec);
    }
    for operation in ["RenewBackupPlan", "UpgradeBackupPlan", "ModifyBackupObjects"] {
        assert_eq!(count(&dbs, |sent| sent == operation), 1, "{operation}");
    }
}

/// A network that cancels a fleet when it sends an operation.
#[derive(Debug)]
struct Cancelling {
    dbs: FakeDbs,
    operation: &'static str,
    handle: Arc<OnceLock<FleetHandle>>,
}

#[async_trait::async_trait]
impl Transport for Cancelling {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let before = count(&self.dbs, |sent| sent == self.operation);
        let response = self.dbs.send(request).await;
        if count(&self.dbs, |sent| sent == self.operation) > before {
            self.handle.get().unwrap().cancel();
        }
        response
    }

    fn clock(&self) -> Option<Arc<dyn Clock>> {
        let clock: Arc<dyn Clock> = self.dbs.clock().clone();
        Some(clock)
    }
}

#[tokio::test]
async fn cancelled_change_is_continued_by_the_next_fleet() {
    let mut specs = specs(1);
    let (dbs, journal) = service(&specs).await;
    "backup".clone_into(&mut login(&mut specs[0]).user);
    let handle = Arc::default();
    let operation = "ModifyBackupSourceEndpoint";
    let network = Cancelling { dbs: dbs.clone(), operation, handle: Arc::clone(&handle) };
    let mut stopped = fleet(&client_over(&dbs, network), &specs, journal.clone());
    handle.set(stopped.handle()).unwrap();
    let kind = stopped.next().await.unwrap().kind;
    assert!(matches!(kind, FleetOutcomeKind::Cancelled), "{kind:?}");
    assert_eq!(dbs.plans()[0].status, BackupPlanStatus::Init);
    let report = fleet(&client(&dbs), &specs, journal).await;
    assert_eq!((report.changed, report.is_complete()), (1, true), "{report}");
    assert_matches(&dbs, &specs[0]);
}
