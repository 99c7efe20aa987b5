//! Provisions many plans, each once, also from several machines and after a crash.
//!
//! ```text
//! cargo run --example fleet -- --help
//! cargo run --example fleet -- --count 200 --faults
//! cargo run --example fleet -- --spec plans.yaml --journal plans.journal --live
//! ```
//!
//! | file | for |
//! | --- | --- |
//! | `options.rs` | the command line, and the commands that resolve a name |
//! | `spec.rs` | the plans of a YAML file |
//! | `journals.rs` | the journal: a file or a database |
//! | `postgres.rs`, `redis.rs` | journals to copy into your own program |

#![expect(clippy::print_stderr, reason = "examples print to the terminal")]

mod journals;
mod options;
mod postgres;
mod redis;
mod spec;
#[macro_use]
#[path = "../support/mod.rs"]
mod support;

use std::process::ExitCode;

use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::workflows::fleet::Fleet;
use indicatif::{ProgressBar, ProgressStyle};
use options::Options;
use spec::Specs;
use support::BoxError;

#[tokio::main]
async fn main() -> ExitCode {
    match run(Options::read()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the fleet, and returns whether every plan runs.
async fn run(options: Options) -> Result<bool, BoxError> {
    let dbs = FakeDbs::new();
    if options.faults {
        for operation in ["CreateBackupPlan", "ConfigureBackupPlan", "StartBackupPlan"] {
            for nth in 0..20 {
                dbs.faults().drop_after_processing(operation).nth(1 + 7 * nth);
            }
        }
    }
    let client = options.service.client(&dbs)?;
    let specs = match &options.spec {
        Some(file) => Specs::read(file)?,
        None => Specs::Generated(options.count),
    };
    let mut fleet = options.apply(client.fleet(specs));
    if let Some(place) = &options.journal {
        fleet = fleet.journal(place.open(options.journal_timeout()).await?);
    }

    watch(&mut fleet).await?;
    let report = fleet.await;
    println!("{report}");
    if !options.service.is_remote() {
        println!("plans bought     {:>8}", dbs.plans().len());
    }
    if report.unresolved_total > 0 {
        println!("\n{}", options::commands(&report));
    }
    if let Some(file) = options.report {
        std::fs::write(file, serde_json::to_string_pretty(&report)?)?;
    }
    Ok(report.is_complete())
}

/// Runs a fleet to its end, shows its progress, and ends it early on Ctrl-C.
async fn watch(fleet: &mut Fleet) -> Result<(), BoxError> {
    let handle = fleet.handle();
    let bar = match handle.progress().total {
        Some(total) => ProgressBar::new(total.try_into()?),
        None => ProgressBar::no_length(),
    };
    let style = ProgressStyle::with_template("[{bar:40}] {pos}/{len} plans, {msg}, {elapsed}")?;
    let bar = bar.with_style(style);
    let mut is_draining = false;
    loop {
        tokio::select! {
            outcome = fleet.next() => {
                if outcome.is_none() {
                    break;
                }
                let progress = handle.progress();
                let left = progress.eta.unwrap_or_default().as_secs();
                bar.inc(1);
                bar.set_message(format!("{} failed, {left} s left", progress.failed));
            }
            Ok(()) = tokio::signal::ctrl_c() => {
                if is_draining {
                    handle.cancel();
                } else {
                    bar.println("finishing the plans in progress; interrupt again to cancel them");
                    handle.drain();
                }
                is_draining = true;
            }
        }
    }
    bar.finish_and_clear();
    Ok(())
}
