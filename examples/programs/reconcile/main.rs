//! Compares backup plans with a file, shows the differences, and changes plans in place.
//!
//! ```text
//! cargo run --example reconcile -- --help
//! cargo run --example reconcile
//! cargo run --example reconcile -- plans.yaml --live
//! cargo run --example reconcile -- plans.yaml --live --apply --journal plans.journal
//! ```
//!
//! | file | for |
//! | --- | --- |
//! | `options.rs` | the command line |
//! | `tour.rs` | the run without a file |

#![expect(clippy::print_stderr, reason = "examples print to the terminal")]

// First, because its macro replaces that of the standard library in the others.
#[macro_use]
#[path = "../support/mod.rs"]
mod support;
mod options;
mod tour;

use std::io::{IsTerminal, stdout};
use std::process::ExitCode;
use std::sync::Arc;

use aliyun_dbs::Client;
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::workflows::fleet::{FileJournal, FleetReport, Journal};
use aliyun_dbs::workflows::plan_spec::PlanSpec;
use options::Options;
use support::BoxError;

/// The exit code if a difference is left.
const DIFFERS: u8 = 2;

#[tokio::main]
async fn main() -> ExitCode {
    let options = match Options::read() {
        Ok(options) => options,
        Err(error) => {
            // Fails if the reader of the help is gone.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::FAILURE } else { ExitCode::SUCCESS };
        }
    };
    match run(&options).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(DIFFERS),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Returns whether no difference is left.
async fn run(options: &Options) -> Result<bool, BoxError> {
    let dbs = FakeDbs::with_seed(1);
    // Plans of others, which the file does not have.
    dbs.populate_example_fleet(3);
    let client = options.service.client(&dbs)?;
    let Some(file) = &options.plans else { return tour::run(&dbs, &client, options).await };
    let plans = support::read_plans(file)?;
    let journal: Option<Arc<dyn Journal>> = match &options.journal {
        Some(file) => Some(Arc::new(FileJournal::open(file)?)),
        None => None,
    };
    reconcile(&client, plans, options, journal, options.apply).await
}

/// Shows the differences, makes the changes if asked, and returns whether no difference is left.
async fn reconcile(
    client: &Client,
    plans: Vec<PlanSpec>,
    options: &Options,
    journal: Option<Arc<dyn Journal>>,
    apply: bool,
) -> Result<bool, BoxError> {
    let secrets = support::secrets(&options.service);
    let mut drift = client.drift(plans).named(&options.fleet).secrets(secrets);
    if let Some(journal) = journal {
        drift = drift.journal(journal);
    }
    let drift = drift.await?;
    print_diff(&drift.to_string());
    if !apply || drift.is_empty() {
        return Ok(drift.is_empty());
    }
    let mut fleet = drift.apply();
    support::watch(&mut fleet).await?;
    let report = fleet.await;
    println!("\n{report}");
    if report.unresolved_total > 0 {
        println!("\nThe example `fleet` resolves names, with the same file, journal and fleet.");
    }
    match report.is_complete() {
        true => Ok(true),
        false if is_without_error(&report) => Ok(false),
        false => Err("not all changes were made; the same command continues".into()),
    }
}

/// Returns whether all that is left cannot be changed in place.
fn is_without_error(report: &FleetReport) -> bool {
    let mut report = report.clone();
    report.impossible_total = 0;
    report.is_complete()
}

/// Prints a diff: with colours in a terminal, or plain.
fn print_diff(diff: &str) {
    let is_colored = stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    for line in diff.lines() {
        let color = match line.trim_start().chars().next() {
            _ if !is_colored || !line.starts_with("  ") => None,
            Some('+') => Some(32),
            Some('~') => Some(33),
            Some('!') => Some(31),
            _ => None,
        };
        match color {
            Some(color) => println!("\x1b[{color}m{line}\x1b[0m"),
            None => println!("{line}"),
        }
    }
}
