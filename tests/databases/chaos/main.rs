//! Processes of the fleet example that are killed, on one journal, against a service with faults.
//!
//! `.ci/services cargo test --test chaos` starts the databases and prints a table. These variables
//! change the runs:
//!
//! | variable | meaning | default |
//! | --- | --- | --- |
//! | `CHAOS_PLANS` | the names, each of which must get one plan | 1000 |
//! | `CHAOS_KILLS` | how many processes are killed, per journal | 60 |
//! | `CHAOS_SEED` | selects faults, victims and moments | random |

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]
#![expect(clippy::print_stderr, reason = "reports of the example's code")]

use std::collections::BTreeSet;
use std::io::Write;
use std::time::{Duration, Instant};

use aliyun_dbs::types::BackupPlanStatus;
use aliyun_dbs::workflows::fleet::{Entry, PlanKey, WorkerId};
use time::OffsetDateTime;
use tokio::sync::Mutex;

mod figures;
#[path = "../../../examples/programs/fleet/journals.rs"]
mod journals;
#[path = "../../../examples/programs/fleet/postgres.rs"]
mod postgres;
mod processes;
#[path = "../../../examples/programs/fleet/redis.rs"]
mod redis;
mod service;
mod store;

use figures::Figures;
use processes::Processes;
use service::Service;
use store::Store;

/// The processes that share a journal.
const PROCESSES: usize = 8;
/// How long a run may take.
const LIMIT: Duration = Duration::from_secs(1800);

/// Held by the test that runs: each uses all processors.
static ALONE: Mutex<()> = Mutex::const_new(());

fn number(variable: &str) -> Option<u64> {
    let value = std::env::var(variable).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("`{variable}`: expected a number, got `{value}`")))
}

/// Prints a line, which the test harness does not capture.
fn print(line: &str) {
    std::io::stderr().write_all(format!("{line}\n").as_bytes()).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_processes_buy_each_plan_once() {
    let _alone = ALONE.lock().await;
    let plans = number("CHAOS_PLANS").map_or(1000, |plans| plans.try_into().unwrap());
    let kills = number("CHAOS_KILLS").map_or(60, |kills| kills.try_into().unwrap());
    let seed = number("CHAOS_SEED").unwrap_or_else(|| fastrand::u64(..1_000_000));
    print(&format!("\nCHAOS_SEED={seed} CHAOS_PLANS={plans} CHAOS_KILLS={kills}"));
    print(Figures::HEADER);
    for store in Store::all() {
        let figures = chaos(&store, plans, kills, fastrand::Rng::with_seed(seed)).await;
        print(&figures.to_string());
    }
}

/// Runs a fleet on one journal, and returns its figures after checking them.
async fn chaos(
    store: &Store,
    plans: usize,
    mut kills: usize,
    mut random: fastrand::Rng,
) -> Figures {
    let service = Service::start().await;
    service.add_faults(plans, &mut random).await;
    let fleet = format!("chaos-{:x}", random.u64(..));
    // One process has a file open, so that it must do the work of all.
    let concurrency = if store.is_shared() { 16 } else { 16 * PROCESSES };
    let arguments = [
        ("--count", plans.to_string()),
        ("--concurrency", concurrency.to_string()),
        ("--journal", store.argument()),
        ("--fleet", fleet.clone()),
        ("--token-memory", "3600".to_owned()),
        ("--lease", "5".to_owned()),
    ];
    let mut figures = Figures::new(store.name());
    let mut processes = Processes::start(&service.url, &service.keys::<PROCESSES>(), &arguments);
    // When this many plans are bought, one process is killed.
    let mut moments: Vec<_> = (0..kills).map(|_| random.usize(1..=plans * 19 / 20)).collect();
    moments.sort_unstable();
    let start = Instant::now();
    let mut restart = None;
    while !processes.have_ended() {
        assert!(start.elapsed() < LIMIT, "{}: no end after {LIMIT:?}", store.name());
        tokio::time::sleep(Duration::from_millis(random.u64(50..250))).await;
        service.observe().await;
        let bought = service.dbs.plans().len();
        if kills > 0 && bought >= moments[moments.len() - kills] {
            kills -= 1;
            let victim = store.holder().filter(|_| random.bool());
            processes.kill(victim, &mut random);
            figures.kills += 1;
        }
        if restart.is_none() && bought >= plans / 2 {
            restart = Some(store.restart());
            figures.restarts += usize::from(store.is_shared());
        }
    }
    figures.seconds = start.elapsed().as_secs();
    restart.expect("the run reached its middle").await.unwrap();
    service.observe().await;
    check(store, &service, &fleet, plans).await;
    assert_eq!(kills, 0, "{}: the run ended before all kills", store.name());
    service.count(&mut figures).await;
    figures
}

/// Checks that each name has one plan, which runs, and that the journal has it.
async fn check(store: &Store, service: &Service, fleet: &str, count: usize) {
    let name_of = |number| format!("fleet-{number:05}");
    let name = store.name();
    let plans = service.dbs.plans();
    assert_eq!(plans.len(), count, "{name}: the number of plans that were bought");
    let mut names = BTreeSet::new();
    for plan in &plans {
        let id = &plan.backup_plan_id;
        assert_eq!(plan.status, BackupPlanStatus::Running, "{name}: {id}");
        let configuration = plan.configuration.as_ref().unwrap();
        let plan = configuration.backup_plan_name.clone();
        assert!(names.insert(plan.clone()), "{name}: two plans have the name `{plan}`");
    }
    assert_eq!(names, (0..count).map(name_of).collect(), "{name}");

    let journal = store.open().await;
    for plan in plans {
        let configuration = plan.configuration.unwrap();
        let key = PlanKey::new(fleet, configuration.backup_plan_name, 0).unwrap();
        let worker = WorkerId::new("check").unwrap();
        let fresh =
            Entry::new(key.client_token(), plan.purchase, OffsetDateTime::now_utc(), worker);
        let entry = journal.enter(&key, &fresh).await.unwrap();
        assert_eq!((entry.plan, entry.done), (Some(plan.backup_plan_id), true), "{name}: {key}");
    }
}

/// Two users start the same command at the same moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_terminals_buy_each_plan_once() {
    const PLANS: usize = 40;
    let _alone = ALONE.lock().await;
    for store in Store::all() {
        let service = Service::start().await;
        let fleet = format!("terminals-{:x}", fastrand::u64(..));
        let arguments = [
            ("--count", PLANS.to_string()),
            ("--concurrency", "16".to_owned()),
            ("--journal", store.argument()),
            ("--fleet", fleet.clone()),
        ];
        let mut processes = Processes::start(&service.url, &service.keys::<2>(), &arguments);
        let start = Instant::now();
        while !processes.have_ended() {
            assert!(start.elapsed() < LIMIT, "{}: no end after {LIMIT:?}", store.name());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        check(&store, &service, &fleet, PLANS).await;
        let worked: Vec<_> = processes.reports().iter().map(Worked::of).collect();
        assert_eq!(worked.iter().map(|worked| worked.provisioned).sum::<u64>(), 40, "{worked:?}");
        assert_eq!(worked.iter().map(|worked| worked.found).sum::<u64>(), 40, "{worked:?}");
        if store.is_shared() {
            assert!(worked.iter().all(|worked| worked.provisioned > 0), "{worked:?}");
        }
    }
}

/// What one process reports.
#[derive(Debug)]
struct Worked {
    provisioned: u64,
    /// The plans that the journal says run already.
    found: u64,
}

impl Worked {
    fn of(report: &serde_json::Value) -> Self {
        let number = |field: &str| report[field].as_u64().unwrap();
        Self { provisioned: number("bought") + number("resumed"), found: number("already_done") }
    }
}
