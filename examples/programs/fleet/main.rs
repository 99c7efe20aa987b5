//! Provisions many plans, each once, also from several machines and after a crash.
//!
//! ```text
//! cargo run --example fleet -- --help
//! cargo run --example fleet -- --count 200 --faults
//! cargo run --example fleet -- --spec examples/plans.yaml
//! cargo run --example fleet -- --spec plans.yaml --journal plans.journal --live
//! ```
//!
//! | file | for |
//! | --- | --- |
//! | `plans.rs` | the plans, of a file or generated |
//! | `options.rs` | the command line |
//! | `resolutions.rs` | the commands that resolve a name |
//! | `journals.rs` | the journal: a file or a database |
//! | `postgres.rs`, `redis.rs` | journals to copy into your own program |

#![expect(clippy::print_stderr, reason = "examples print to the terminal")]

mod journals;
mod options;
mod plans;
mod postgres;
mod redis;
mod resolutions;
#[macro_use]
#[path = "../support/mod.rs"]
mod support;

use std::process::ExitCode;

use aliyun_dbs::fake::FakeDbs;
use options::Options;
use support::BoxError;

#[tokio::main]
async fn main() -> ExitCode {
    support::exit_code_if_complete(run(Options::read()).await)
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
    let mut fleet = options.apply(client.fleet(plans::of(&options)?));
    if let Some(place) = &options.journal {
        fleet = fleet.journal(place.open(options.journal_timeout()).await?);
    }

    support::watch(&mut fleet).await?;
    let report = fleet.await;
    println!("{report}");
    if !options.service.is_remote() {
        println!("plans bought     {:>8}", dbs.plans().len());
    }
    if report.unresolved_total > 0 {
        println!("\n{}", resolutions::commands(&report));
    }
    if let Some(file) = options.report {
        std::fs::write(file, serde_json::to_string_pretty(&report)?)?;
    }
    Ok(report.is_complete())
}
