//! Fleets: each plan is bought once, by any number of processes, after any crash.

mod cancel;
mod keys;
mod leases;
mod report;
mod silence;
mod unresolved;

use std::collections::BTreeSet;
use std::future::{IntoFuture, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aliyun_dbs::fake::{FakeDbs, FakePlan};
use aliyun_dbs::operations::ConfigureBackupPlan;
use aliyun_dbs::types::{BackupPlanId, BackupPlanStatus};
use aliyun_dbs::workflows::fleet::{
    Entry, Fleet, FleetError, FleetOutcomeKind, FleetSpec, Journal, MemoryJournal, PlanKey,
};
use aliyun_dbs::{Client, Clock, Region};

use crate::support::{configure, create};

const HOUR: Duration = Duration::from_secs(3600);

fn client(dbs: &FakeDbs) -> Client {
    let builder = Client::builder().region(Region::Hangzhou).credentials(dbs.credentials());
    builder.transport(dbs.clone()).build().unwrap()
}

fn configured(name: &str, plan: &BackupPlanId) -> ConfigureBackupPlan {
    let mut configuration = configure(plan, "hunter2");
    name.clone_into(&mut configuration.backup_plan_name);
    configuration
}

fn spec(name: impl Into<String>) -> FleetSpec {
    let name = name.into();
    FleetSpec::new(name.clone(), create(), move |plan| configured(&name, &plan))
}

fn specs(count: usize) -> impl ExactSizeIterator<Item = FleetSpec> + Send + 'static {
    (0..count).map(|number| spec(format!("plan-{number}")))
}

/// A service, and a journal with the clock of the service.
fn service() -> (FakeDbs, MemoryJournal) {
    let dbs = FakeDbs::with_seed(1);
    let journal = MemoryJournal::with_clock(dbs.clock().clone());
    (dbs, journal)
}

/// Returns a fleet of a new process.
fn fleet(dbs: &FakeDbs, count: usize, journal: &MemoryJournal) -> Fleet {
    client(dbs).fleet(specs(count)).named("prod").journal(journal.clone())
}

fn key(name: &str) -> PlanKey {
    PlanKey::new("prod", name, 0).unwrap()
}

/// Returns an entry of another process.
fn entry(dbs: &FakeDbs, name: &str) -> Entry {
    let worker = "other".parse().unwrap();
    Entry::new(key(name).client_token(), create(), dbs.clock().now(), worker)
}

fn purchases(dbs: &FakeDbs) -> usize {
    dbs.requests().iter().filter(|sent| sent.operation() == "CreateBackupPlan").count()
}

fn plan_name(plan: &FakePlan) -> Option<String> {
    plan.configuration.as_ref().map(|configuration| configuration.backup_plan_name.clone())
}

/// Asserts that the service has one running plan for each of the names.
fn assert_one_plan_per_name(dbs: &FakeDbs, names: usize) {
    let plans = dbs.plans();
    assert!(plans.iter().all(|plan| plan.status == BackupPlanStatus::Running), "{plans:?}");
    let names_of_plans: BTreeSet<_> = plans.iter().map(plan_name).collect();
    assert_eq!((plans.len(), names_of_plans.len()), (names, names));
}

#[tokio::test]
async fn fleet_provisions_each_plan_once() {
    let (dbs, journal) = service();
    let report = fleet(&dbs, 20, &journal).await;
    assert!(report.is_complete(), "{report}");
    assert_eq!((report.bought, report.resumed, report.already_done), (20, 0, 0));
    assert_eq!((report.fleet.as_str(), report.not_started), ("prod", Some(0)));
    assert_one_plan_per_name(&dbs, 20);
    let tokens: BTreeSet<_> = dbs
        .requests()
        .iter()
        .filter(|sent| sent.operation() == "CreateBackupPlan")
        .map(|sent| sent.parameter("ClientToken").unwrap().to_owned())
        .collect();
    assert!(tokens.contains(key("plan-0").client_token().as_str()), "tokens derive from the names");

    let requests = dbs.requests().len();
    let again = fleet(&dbs, 20, &journal).await;
    assert!(again.is_complete(), "{again}");
    assert_eq!((again.already_done, dbs.requests().len()), (20, requests), "nothing is sent");
}

#[tokio::test]
async fn two_fleets_on_one_journal_buy_each_plan_once() {
    let (dbs, journal) = service();
    let one = tokio::spawn(fleet(&dbs, 40, &journal).into_future());
    let other = tokio::spawn(fleet(&dbs, 40, &journal).into_future());
    let (one, other) = (one.await.unwrap(), other.await.unwrap());
    assert!(one.is_complete() && other.is_complete(), "{one}\n{other}");
    assert_one_plan_per_name(&dbs, 40);
    assert_eq!(purchases(&dbs), 40, "leases save the effort");
    assert_eq!(one.bought + other.bought, 40, "{one}\n{other}");
    assert_eq!(one.already_done + other.already_done, 40, "{one}\n{other}");
    assert!(one.bought > 0 && other.bought > 0, "the work is shared");
}

#[tokio::test]
async fn two_fleets_without_journal_buy_each_plan_once() {
    let dbs = FakeDbs::with_seed(1);
    let fleet = || client(&dbs).fleet(specs(40)).named("prod").check_existing(false);
    let one = tokio::spawn(fleet().into_future());
    let other = tokio::spawn(fleet().into_future());
    let (one, other) = (one.await.unwrap(), other.await.unwrap());
    assert!(one.is_complete() && other.is_complete(), "{one}\n{other}");
    assert_one_plan_per_name(&dbs, 40);
}

#[tokio::test]
async fn generation_buys_one_more_plan() {
    let (dbs, journal) = service();
    let run = |generation| {
        let spec = spec("orders").generation(generation);
        client(&dbs).fleet([spec]).journal(journal.clone()).check_existing(false).into_future()
    };
    for (generation, plans) in [(0, 1), (0, 1), (1, 2), (1, 2), (0, 2)] {
        assert!(run(generation).await.is_complete());
        assert_eq!(dbs.plans().len(), plans, "generation {generation}");
    }
}

#[tokio::test]
async fn lost_responses_and_outages_buy_nothing_twice() {
    let (dbs, journal) = service();
    for operation in ["CreateBackupPlan", "ConfigureBackupPlan", "StartBackupPlan"] {
        for nth in 0..6 {
            dbs.faults().drop_after_processing(operation).nth(1 + 3 * nth);
            dbs.faults().http_status(operation, 503).nth(2 + 3 * nth);
        }
    }
    let report = fleet(&dbs, 20, &journal).await;
    assert!(report.is_complete(), "{report}");
    assert_one_plan_per_name(&dbs, 20);
}

#[tokio::test]
async fn runs_that_may_pass_are_repeated() {
    let (dbs, journal) = service();
    // More than one call retries.
    dbs.faults().throttle("CreateBackupPlan", Duration::from_secs(1)).times(12);
    let mut fleet = fleet(&dbs, 1, &journal);
    let outcome = fleet.next().await.unwrap();
    assert!(matches!(outcome.kind, FleetOutcomeKind::Provisioned { resumed: false, .. }));
    assert!(outcome.runs > 1, "{outcome:?}");
    assert_eq!((dbs.plans().len(), fleet.next().await.is_none()), (1, true));

    dbs.faults().throttle("CreateBackupPlan", Duration::from_secs(1)).always();
    let mut fleet = client(&dbs).fleet([spec("other")]).journal(journal).max_runs(2);
    let outcome = fleet.next().await.unwrap();
    assert_eq!(outcome.runs, 2);
    assert!(matches!(outcome.kind, FleetOutcomeKind::Failed(error) if error.is_retryable()));
}

#[tokio::test]
async fn list_that_stays_unavailable_ends_the_fleet() {
    let (dbs, journal) = service();
    dbs.faults().http_status("DescribeBackupPlanList", 503).always();
    let report = fleet(&dbs, 2, &journal).max_runs(3).await;
    assert_eq!((report.failed_total(), purchases(&dbs)), (2, 0), "{report}");
}

#[tokio::test]
async fn refused_names_are_bought_on_the_next_day() {
    let (dbs, journal) = service();
    let refusal =
        dbs.faults().gateway_error("CreateBackupPlan", 403, "Forbidden.RAM", "no permission");
    drop(refusal.always());
    let report = fleet(&dbs, 20, &journal).await;
    assert_eq!((report.failed_total(), report.unresolved_total), (20, 0), "{report}");
    dbs.faults().clear();
    dbs.clock().advance(24 * HOUR);
    let report = fleet(&dbs, 20, &journal).await;
    assert!(report.is_complete(), "{report}");
    assert_one_plan_per_name(&dbs, 20);
}

#[tokio::test]
async fn failed_configuration_buys_nothing() {
    let (dbs, journal) = service();
    let failing = FleetSpec::new("orders", create(), |_| {
        ready(Err::<ConfigureBackupPlan, _>("no password".to_owned()))
    });
    let mut fleet = client(&dbs).fleet([failing]).journal(journal.clone());
    let outcome = fleet.next().await.unwrap();
    let FleetOutcomeKind::Failed(error) = outcome.kind else { panic!("{outcome:?}") };
    assert!(
        matches!(&error, FleetError::Provision(_)) && error.to_string().contains("no password")
    );
    assert_eq!(dbs.plans().len(), 0);
}

#[tokio::test]
async fn invalid_name_fails_alone() {
    let (dbs, journal) = service();
    let fleet = client(&dbs).fleet(["", "orders", "a\nb"].map(spec)).journal(journal);
    let report = fleet.await;
    assert_eq!((report.bought, report.failed_total()), (1, 2), "{report}");
    assert!(report.failed.contains_key("name: Invalid"), "{report}");
}

#[tokio::test]
async fn equal_names_in_one_fleet_share_a_plan() {
    let (dbs, journal) = service();
    let fleet = client(&dbs).fleet(["orders"; 5].map(spec)).journal(journal).concurrency(3);
    let report = fleet.await;
    assert!(report.is_complete(), "{report}");
    assert_eq!((report.bought, report.already_done, dbs.plans().len()), (1, 4, 1));
}

/// Counts the specifications that exist at the same time.
#[derive(Default)]
struct Alive {
    now: AtomicUsize,
    most: AtomicUsize,
}

struct AliveMark(Arc<Alive>);

impl AliveMark {
    fn new(alive: &Arc<Alive>) -> Self {
        let now = alive.now.fetch_add(1, Ordering::Relaxed) + 1;
        alive.most.fetch_max(now, Ordering::Relaxed);
        Self(alive.clone())
    }
}

impl Drop for AliveMark {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Ordering::Relaxed);
    }
}

#[tokio::test]
async fn memory_does_not_grow_with_the_fleet() {
    let (dbs, journal) = service();
    let alive = Arc::new(Alive::default());
    let specs = (0..5_000).map({
        let alive = alive.clone();
        move |number| {
            let mark = AliveMark::new(&alive);
            FleetSpec::new(format!("plan-{number}"), create(), move |_| {
                let _ = &mark;
                Err::<ConfigureBackupPlan, _>("no password")
            })
        }
    });
    let report = client(&dbs).fleet(specs).journal(journal).concurrency(16).await;
    assert_eq!(report.failed_total(), 5_000);
    assert_eq!(report.failed.values().map(|group| group.examples.len()).sum::<usize>(), 3);
    let most = alive.most.load(Ordering::Relaxed);
    assert!(most <= 17, "{most} specifications at once");
    assert_eq!(alive.now.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn journal_keeps_the_plan_before_its_configuration() {
    let (dbs, journal) = service();
    dbs.faults().business_error("ConfigureBackupPlan", "BackupPlanNotExist", "refused").always();
    let report = fleet(&dbs, 1, &journal).await;
    assert_eq!(report.failed_total(), 1, "{report}");
    let entry = journal.enter(&key("plan-0"), &entry(&dbs, "plan-0")).await.unwrap();
    assert_eq!((entry.plan, entry.done), (Some(dbs.plans()[0].backup_plan_id.clone()), false));
}
