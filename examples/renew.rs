//! Renews the subscriptions that end soon. Without `--apply` it only lists them.
//!
//! ```text
//! cargo run --example renew
//! cargo run --example renew -- --within 14 --term "1 year" --live
//! cargo run --example renew -- --within 14 --term "1 year" --live --apply
//! ```

#[macro_use]
mod support;

use std::process::ExitCode;
use std::time::Duration;

use aliyun_dbs::Period;
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::types::BackupPlanId;
use clap::Parser;
use support::{BoxError, ServiceArgs};

const DAY: Duration = Duration::from_secs(24 * 3600);

const EXAMPLES: &str = "\
Examples:
  renew
          what is due in a fake service
  renew --within 14 --live
          what is due in the next 14 days; orders nothing
  renew --within 14 --term '1 year' --live --apply
          orders it; run it from a timer, on several machines if you like";

/// Renews the subscriptions that end soon.
///
/// Without `--apply`, it lists them and orders nothing. Each is ordered once, even if several machines
/// run the command at the same time. The exit code is 0 if all plans that are due were renewed.
#[derive(Parser)]
#[command(name = "renew", after_help = EXAMPLES, max_term_width = 100)]
struct Options {
    /// Order the renewals, which cost money
    #[arg(long)]
    apply: bool,
    /// Renew what ends within this number of days
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    within: u16,
    /// How long to renew, such as `1 year` or `6 months`. Longer than `--within`
    #[arg(long, value_name = "TERM", default_value = "1 year")]
    term: Period,
    /// Renew only this plan. Can be repeated
    #[arg(long = "plan", value_name = "ID")]
    plans: Vec<BackupPlanId>,
    /// Also renew plans that ended more than 7 days ago
    #[arg(long)]
    include_overdue: bool,
    #[command(flatten)]
    service: ServiceArgs,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    support::exit_code_if_complete(run(Options::parse()).await)
}

/// Prints the report, and returns whether it is complete.
async fn run(options: Options) -> Result<bool, BoxError> {
    let dbs = FakeDbs::with_seed(1);
    if !options.service.is_remote() {
        // Plans of a year, of which two weeks are left.
        support::fill(&dbs).await?;
        dbs.clock().advance(351 * DAY);
    }
    let client = options.service.client(&dbs)?;
    let mut renewals = client.renew_expiring(u32::from(options.within) * DAY, options.term);
    if !options.apply {
        renewals = renewals.dry_run();
    }
    if options.include_overdue {
        renewals = renewals.include_overdue();
    }
    if !options.plans.is_empty() {
        renewals = renewals.plans(options.plans);
    }
    let report = renewals.await?;
    println!("{report}");
    if report.dry_run && !report.renewals.is_empty() {
        println!("nothing was ordered; `--apply` orders what is due");
    }
    Ok(report.is_complete())
}
