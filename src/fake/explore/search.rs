//! The search: runs a scenario under each schedule.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::exploration::Exploration;
use super::fault::Fault;
use super::run::{LIMITS, ScenarioRun, run_once};
use super::schedule::Schedule;
use super::session::TracePoint;
use super::world::ExploredWorld;

/// Runs a scenario under every schedule of up to `faults` faults and crashes.
///
/// The scenario runs a workflow with [`ExploredWorld::run`], checks the outcome, and returns an error
/// or panics if it is wrong. The exploration first runs it without faults and records its points:
/// the exchanges with the service, and the requests to a [journal](ExploredWorld::journal). Then it
/// runs the scenario with each [`Fault`] at each point, then with each pair of faults, and so on. It
/// stops at the first schedule that fails, which therefore has the fewest faults.
///
/// The number of schedules grows with the power of `faults`: for a workflow of 10 exchanges, 1 fault
/// takes about 100 schedules, and 2 faults take about 6000. They share the threads of the machine.
///
/// # What a scenario must keep to
///
/// - The same schedule repeats the same exchanges, so the scenario takes time and random values from
///   the client's [clock](crate::Client::clock) only. One that does not repeat itself is reported.
/// - Nothing waits in real time. A run that takes more than 60 seconds, or 10000 points, is reported as
///   one that does not end.
/// - Each run has its own Tokio runtime with one thread.
///
/// # Examples
///
/// A program buys a plan with its own store, which a crash does not erase:
///
/// ```
/// use std::sync::{Arc, Mutex};
///
/// use aliyun_dbs::fake::explore;
/// # use aliyun_dbs::operations::{ConfigureBackupPlan, CreateBackupPlan};
/// # use aliyun_dbs::types::{
/// #     BackupMethod, BackupPlanId, BackupPlanStatus, DatabaseAccess, DatabaseType, InstanceClass,
/// #     SourceEndpoint,
/// # };
/// # use aliyun_dbs::workflows::ProvisionError;
/// # use aliyun_dbs::{Client, Period, Region};
/// use time::OffsetDateTime;
///
/// # fn create() -> CreateBackupPlan {
/// #     CreateBackupPlan::builder()
/// #         .region(Region::Hangzhou)
/// #         .database_type(DatabaseType::MySql)
/// #         .instance_class(InstanceClass::Small)
/// #         .backup_method(BackupMethod::Logical)
/// #         .billing(Period::years::<3>())
/// #         .build()
/// # }
/// # fn configure(id: BackupPlanId) -> ConfigureBackupPlan {
/// #     ConfigureBackupPlan::builder()
/// #         .backup_plan_id(id)
/// #         .backup_plan_name("orders")
/// #         .source_endpoint(SourceEndpoint::Rds {
/// #             region: Region::Hangzhou,
/// #             instance_id: "rm-1".parse().unwrap(),
/// #             access: DatabaseAccess::mysql("dbs", "hunter2"),
/// #         })
/// #         .build()
/// # }
/// #[derive(Default)]
/// struct Row {
///     since: Option<OffsetDateTime>,
///     plan: Option<BackupPlanId>,
/// }
///
/// /// What the program does when it starts.
/// async fn provision(client: Client, row: Arc<Mutex<Row>>) -> Result<(), ProvisionError> {
///     let (since, plan) = {
///         let mut row = row.lock().unwrap();
///         (*row.since.get_or_insert(client.clock().now()), row.plan.clone())
///     };
///     let mut provision = client
///         .provision(create(), configure)
///         .client_token("orders-2026".parse().unwrap())
///         .token_since(since)
///         .record(move |created| {
///             row.lock().unwrap().plan = Some(created.backup_plan_id);
///             std::future::ready(Ok::<_, std::io::Error>(()))
///         });
///     if let Some(plan) = plan {
///         provision = provision.resume(plan);
///     }
///     provision.await.map(drop)
/// }
///
/// explore(1, |world| async move {
///     let row = Arc::new(Mutex::new(Row::default()));
///     let result = world.run(|client| provision(client, row.clone())).await;
///     let plans = world.dbs().plans();
///     match result {
///         Ok(()) if plans.len() == 1 => Ok(()),
///         // A person decides whether to continue with the plan or to buy one.
///         Err(error) if plans.len() <= 1 && error.unresolved().is_some() => Ok(()),
///         result => Err(format!("{} plans, {result:?}", plans.len())),
///     }
/// })
/// .assert_passed();
/// ```
pub fn explore<F, Fut, E>(faults: usize, scenario: F) -> Exploration
where
    F: Fn(ExploredWorld) -> Fut + Sync,
    Fut: Future<Output = Result<(), E>>,
    E: Display,
{
    search(faults, &|schedule| run_once(schedule, LIMITS, &scenario))
}

/// Runs a scenario under one schedule, for example one that [`explore`] has found.
///
/// A schedule whose faults do not all happen fails: it belongs to another version of the workflow.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::fake::replay;
/// use aliyun_dbs::operations::DescribeRegions;
///
/// let schedule = "DescribeRegions.1=throttle,DescribeRegions.2=crash-after".parse()?;
/// let exploration = replay(&schedule, |world| async move {
///     let send = |client: aliyun_dbs::Client| async move {
///         client.send(DescribeRegions::builder().build()).await
///     };
///     world.run(send).await.map(drop)
/// });
/// exploration.assert_passed();
/// assert_eq!(exploration.points(), 3);
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
pub fn replay<F, Fut, E>(schedule: &Schedule, scenario: F) -> Exploration
where
    F: Fn(ExploredWorld) -> Fut + Sync,
    Fut: Future<Output = Result<(), E>>,
    E: Display,
{
    let mut exploration = Exploration::default();
    let run = |schedule: &Schedule| run_once(schedule, LIMITS, &scenario);
    // In a thread of its own, so that the caller may be in a runtime.
    run_all(std::slice::from_ref(schedule), false, &run, &mut exploration);
    exploration
}

/// Runs a scenario under a schedule.
type RunScenario<'s> = dyn Fn(&Schedule) -> ScenarioRun + Sync + 's;

fn search(faults: usize, run: &RunScenario<'_>) -> Exploration {
    let mut exploration = Exploration::default();
    let mut schedules = vec![Schedule::default()];
    for left in (0..=faults).rev() {
        schedules = run_all(&schedules, left > 0, run, &mut exploration);
    }
    exploration
}

/// Runs all schedules up to the first that fails, and returns those with one more fault.
///
/// The threads take them in order, so the result does not depend on the number of threads.
fn run_all(
    schedules: &[Schedule],
    extend: bool,
    run: &RunScenario<'_>,
    exploration: &mut Exploration,
) -> Vec<Schedule> {
    let next = AtomicUsize::new(0);
    let first_failure = AtomicUsize::new(usize::MAX);
    let results = Mutex::new(BTreeMap::new());
    let work = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(schedule) = schedules.get(index) else { break };
            if index > first_failure.load(Ordering::Relaxed) {
                break;
            }
            let ScenarioRun { trace, failure } = run(schedule);
            if failure.is_some() {
                first_failure.fetch_min(index, Ordering::Relaxed);
            }
            let longer = if extend { extended(schedule, &trace) } else { Vec::new() };
            let result = (trace.len(), longer, failure);
            results.lock().unwrap_or_else(PoisonError::into_inner).insert(index, result);
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from).min(schedules.len());
    thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    let results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut all_longer = Vec::new();
    for (points, longer, failure) in results.into_values() {
        if exploration.schedules == 0 {
            exploration.points = points;
        }
        exploration.schedules += 1;
        exploration.failure = failure;
        if exploration.failure.is_some() {
            return Vec::new();
        }
        all_longer.extend(longer);
    }
    all_longer
}

/// Returns the schedules with one more fault, after the last one.
fn extended(schedule: &Schedule, trace: &[TracePoint]) -> Vec<Schedule> {
    let last = trace.iter().rposition(|point| point.fault.is_some());
    let after = trace.iter().skip(last.map_or(0, |last| last + 1));
    let faults = |point: &TracePoint| {
        let name = point.name.clone();
        Fault::all(point.is_of_journal()).map(move |fault| schedule.and(name.clone(), fault))
    };
    after.flat_map(faults).collect()
}
