//! Buys, configures and starts three plans at once, and shows their progress.
//!
//! ```text
//! cargo run --example provision
//! cargo run --example provision -- --fail
//! ```
//!
//! It uses a fake service whose clock runs 50 times as fast as real time. With `--fail`, one pre-check
//! fails. The example then provisions that plan again with the same token, which resumes and buys
//! nothing.

#[macro_use]
mod support;

use std::process::ExitCode;
use std::time::Duration;

use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::types::{BackupPlanId, DatabaseAccess, DatabaseType};
use aliyun_dbs::workflows::{Provision, ProvisionStep};
use aliyun_dbs::{Client, Region};
use clap::Parser;
use support::BoxError;

const PLANS: [(&str, DatabaseType); 3] = [
    ("orders", DatabaseType::MySql),
    ("ledger", DatabaseType::MariaDb),
    ("archive", DatabaseType::Drds),
];

const EXAMPLES: &str = "\
Examples:
  provision
  provision --fail";

/// Buys, configures and starts three plans of a fake service at once, and shows their progress.
///
/// The clock of the service runs 50 times as fast as real time.
#[derive(Parser)]
#[command(name = "provision", after_help = EXAMPLES, max_term_width = 100)]
struct Options {
    /// Let a pre-check fail, and provision that plan again, which buys nothing
    #[arg(long)]
    fail: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    support::exit_code(run(Options::parse().fail).await)
}

async fn run(fail: bool) -> Result<(), BoxError> {
    let dbs = FakeDbs::new();
    if fail {
        dbs.fail_next_pre_check("CHECK_BINLOG_ON", "binlog is switched off");
    }
    let client = Client::builder()
        .region(Region::Hangzhou)
        .credentials(dbs.credentials())
        .transport(dbs.clone())
        .build()?;

    // One second of the fake's clock lasts 20 ms of real time.
    dbs.clock().pause();
    let clock = dbs.clock().clone();
    let time = tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_millis(20)).await;
            clock.advance(Duration::from_secs(1));
        }
    });

    let mut tasks = tokio::task::JoinSet::new();
    for (name, database) in PLANS {
        let client = client.clone();
        tasks.spawn(async move {
            match show_progress(provision(&client, name, database)?, name).await {
                Ok(plan) => Ok(plan),
                Err(error) => {
                    println!("{name:8} {error}");
                    println!("{name:8} binlog enabled, provisioning again with the same token");
                    show_progress(provision(&client, name, database)?, name).await
                }
            }
        });
    }
    let mut plans = Vec::new();
    while let Some(plan) = tasks.join_next().await {
        plans.push(plan??);
    }
    time.abort();
    println!("plans running: {}, plans bought: {}", plans.len(), dbs.plans().len());
    Ok(())
}

fn provision(
    client: &Client,
    name: &'static str,
    database: DatabaseType,
) -> Result<Provision, BoxError> {
    let purchase = support::purchase(database, &format!("{name}-2026"))?;
    Ok(client.provision(purchase, move |plan| {
        let access = DatabaseAccess::mysql("dbs", "correct horse");
        support::configuration(plan, &format!("{name}-nightly"), name, access)
    }))
}

/// Prints the steps of a provisioning until it ends.
async fn show_progress(mut provision: Provision, name: &str) -> Result<BackupPlanId, BoxError> {
    let mut plan = None;
    while let Some(step) = provision.next().await {
        let text = match step? {
            ProvisionStep::Prepared => "configuration complete".to_owned(),
            ProvisionStep::Created { backup_plan_id, .. } => {
                plan = Some(backup_plan_id.clone());
                format!("bought {backup_plan_id}")
            }
            ProvisionStep::Settled => "ready for its configuration".to_owned(),
            ProvisionStep::Configured => "configured".to_owned(),
            ProvisionStep::PreCheckPassed => "pre-check passed".to_owned(),
            ProvisionStep::Started { .. } => "started".to_owned(),
            ProvisionStep::Running => "running".to_owned(),
            // Each poll of the service, with its progress.
            _ => continue,
        };
        println!("{name:8} {text}");
    }
    plan.ok_or_else(|| "provisioning ended without a plan".into())
}
