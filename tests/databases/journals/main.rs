//! Checks the journals of the fleet example on their databases.
//!
//! `.ci/services` starts the databases and runs these tests. Each test kills its database, so there
//! is one per database.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]
#![expect(clippy::print_stdout, reason = "the figures of the races")]

use std::collections::HashMap;
use std::future::Future;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use aliyun_dbs::operations::CreateBackupPlan;
use aliyun_dbs::types::BackupPlanId;
use aliyun_dbs::workflows::fleet::{
    Entry, Journal, JournalError, PlanKey, WorkerId, check_journal,
};
use time::OffsetDateTime;
use tokio::task::{JoinSet, spawn_blocking};

#[path = "../../../examples/programs/fleet/postgres.rs"]
mod postgres;
#[path = "../../../examples/programs/fleet/redis.rs"]
mod redis_journal;

use postgres::PostgresJournal;
use redis_journal::RedisJournal;

/// The tasks that race, and the connections that they share.
const TASKS: usize = 64;
const CONNECTIONS: usize = 8;

/// The keys for which the tasks race at least, besides those during the restart.
const KEYS: usize = 10;

/// Returns the value of a variable that `.ci/services` sets.
fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| {
        panic!("`{name}` is not set: run `.ci/services cargo test --test journals`")
    })
}

/// Repeats a request while the database is unreachable, and counts the failures.
async fn repeat<T, F, Fut>(failures: &AtomicUsize, request: F) -> T
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<T, JournalError>>,
{
    for _ in 0..600 {
        match request().await {
            Err(error) if error.is_retryable() => {
                failures.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            result => return result.unwrap(),
        }
    }
    panic!("the database is unreachable for 30 seconds")
}

/// Returns an entry whose token and worker no other entry has.
fn entry(task: usize) -> Entry {
    let purchase: CreateBackupPlan = serde_json::from_str(
        r#"{"Region": "cn-hangzhou", "DatabaseType": "MySQL", "InstanceClass": "small",
            "BackupMethod": "logical", "PayType": "prepay", "Period": "Year", "UsedTime": 1}"#,
    )
    .unwrap();
    let worker = WorkerId::new(format!("worker-{task}")).unwrap();
    let token = format!("token-{task}").parse().unwrap();
    Entry::new(token, purchase, OffsetDateTime::now_utc(), worker)
}

/// Races for keys until the database has been killed and restarted, and checks that each key has one
/// entry and one plan, also on a new connection.
async fn race<J, F, Fut>(connect: F, restart: String)
where
    J: Journal + 'static,
    F: Fn() -> Fut,
    Fut: Future<Output = Result<J, JournalError>>,
{
    let fleet = format!("race-{}", OffsetDateTime::now_utc().unix_timestamp_nanos());
    let key = move |index: usize| PlanKey::new(&*fleet, format!("plan-{index}"), 0).unwrap();
    let (failures, restarted) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let mut journals = Vec::new();
    for _ in 0..CONNECTIONS {
        journals.push(Arc::new(connect().await.unwrap()));
    }
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let (journal, key) = (journals[task % CONNECTIONS].clone(), key.clone());
        let (failures, restarted) = (failures.clone(), restarted.clone());
        tasks.spawn(async move {
            let plan = BackupPlanId::new(format!("p{task}")).unwrap();
            let mut seen = Vec::new();
            while seen.len() < KEYS || !restarted.load(Ordering::Acquire) {
                let (key, fresh) = (key(seen.len()), entry(task));
                let stored = repeat(&failures, || journal.enter(&key, &fresh)).await;
                let recorded = repeat(&failures, || journal.bought(&key, &plan)).await;
                repeat(&failures, || journal.done(&key)).await;
                assert!(stored.plan.is_none_or(|plan| plan == recorded));
                seen.push((stored.token, recorded));
            }
            seen
        });
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let status = spawn_blocking(|| Command::new(restart).status()).await.unwrap().unwrap();
    assert!(status.success(), "the database does not restart: {status}");
    restarted.store(true, Ordering::Release);

    let mut found = HashMap::new();
    while let Some(seen) = tasks.join_next().await {
        for (index, seen) in seen.unwrap().into_iter().enumerate() {
            let first = found.entry(index).or_insert_with(|| seen.clone());
            assert_eq!(*first, seen, "key {index}");
        }
    }
    let failures = failures.load(Ordering::Relaxed);
    assert!(failures > 0, "the restart interrupted no request");
    println!("{} keys, {TASKS} tasks, {failures} requests repeated", found.len());

    let journal = connect().await.unwrap();
    for (index, (token, plan)) in found {
        let stored = journal.enter(&key(index), &entry(TASKS)).await.unwrap();
        assert_eq!((stored.token, stored.plan, stored.done), (token, Some(plan), true));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_keeps_the_contract() {
    let url = variable("DBS_TEST_POSTGRES");
    let connect = || PostgresJournal::connect(&url);
    check_journal(connect).await.unwrap();
    race(connect, variable("DBS_TEST_POSTGRES_RESTART")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_keeps_the_contract() {
    let url = variable("DBS_TEST_REDIS");
    let connect = || RedisJournal::connect(&url);
    check_journal(connect).await.unwrap();
    race(connect, variable("DBS_TEST_REDIS_RESTART")).await;

    let client = redis::Client::open(&*url).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let mut set = redis::cmd("CONFIG");
    set.arg(&["SET", "appendfsync", "everysec"]);
    set.query_async::<()>(&mut connection).await.unwrap();
    let error = connect().await.unwrap_err().to_string();
    assert_eq!(error, "Redis may lose changes: set `appendfsync` to `always`");
}
