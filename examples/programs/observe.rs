//! Shows a call with two retries: its log, and the counts of an observer.
//!
//! ```text
//! cargo run --example observe
//! ```

#[macro_use]
mod support;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::observe::{AttemptEnded, CallEnded, Observer, Retried, Throttled};
use aliyun_dbs::operations::CreateBackupPlan;
use aliyun_dbs::types::{BackupMethod, DatabaseType, InstanceClass};
use aliyun_dbs::{Client, Period, Region};
use clap::Parser;
use support::BoxError;
use tracing_subscriber::filter::LevelFilter;

/// Shows a call with two retries: its log, and the counts of an observer.
///
/// It needs no options, no account and no network.
#[derive(Parser)]
#[command(name = "observe", after_help = "Examples:\n  observe", max_term_width = 100)]
struct Options {}

/// Counts events. A service would update its metrics here.
#[derive(Clone, Debug, Default)]
struct Metrics(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    calls: AtomicU32,
    attempts: AtomicU32,
    retries: AtomicU32,
    throttled: AtomicU32,
}

impl Observer for Metrics {
    fn attempt_ended(&self, event: &AttemptEnded<'_>) {
        self.0.attempts.fetch_add(1, Ordering::Relaxed);
        let status =
            event.http_status.map_or("no response".to_owned(), |status| format!("HTTP {status}"));
        println!("    observer: attempt {} of {}: {status}", event.attempt, event.operation);
    }

    fn retried(&self, event: &Retried<'_>) {
        self.0.retries.fetch_add(1, Ordering::Relaxed);
        println!("    observer: retry in {:?}: {}", event.delay, event.reason);
    }

    fn throttled(&self, _: &Throttled<'_>) {
        self.0.throttled.fetch_add(1, Ordering::Relaxed);
    }

    fn call_ended(&self, event: &CallEnded<'_>) {
        self.0.calls.fetch_add(1, Ordering::Relaxed);
        println!("    observer: {} took {:?}", event.operation, event.elapsed);
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    Options::parse();
    support::exit_code(run().await)
}

async fn run() -> Result<(), BoxError> {
    // In the log, calls and attempts are spans, and retries are events.
    tracing_subscriber::fmt()
        .with_max_level(LevelFilter::DEBUG)
        .with_ansi(false)
        .without_time()
        // Otherwise it complains about a closed pipe.
        .log_internal_errors(false)
        .init();

    let dbs = FakeDbs::with_seed(7);
    dbs.faults().drop_after_processing("CreateBackupPlan");
    dbs.faults().throttle("CreateBackupPlan", Duration::from_secs(2));
    let metrics = Metrics::default();
    let client = Client::builder()
        .region(Region::Hangzhou)
        .credentials(dbs.credentials())
        .transport(dbs.clone())
        .observer(metrics.clone())
        .build()?;
    let plan = client
        .send(
            CreateBackupPlan::builder()
                .region(Region::Hangzhou)
                .database_type(DatabaseType::MySql)
                .instance_class(InstanceClass::Small)
                .backup_method(BackupMethod::Logical)
                .billing(Period::years::<1>())
                .build(),
        )
        .await?;

    println!("\nplan       {}", plan.backup_plan_id);
    let read = |counter: &AtomicU32| counter.load(Ordering::Relaxed);
    let Counters { calls, attempts, retries, throttled } = &*metrics.0;
    let counted = [read(calls), read(attempts), read(retries), read(throttled)];
    for (name, count) in ["calls", "attempts", "retries", "throttled"].iter().zip(counted) {
        println!("{name:10} {count}");
    }
    assert_eq!(counted, [1, 3, 2, 1]);
    assert_eq!(dbs.plans().len(), 1, "bought once");
    Ok(())
}
