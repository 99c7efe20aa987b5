//! Lists all backup plans as a table, or as JSON with one object per line.
//!
//! ```text
//! cargo run --example list_plans
//! cargo run --example list_plans -- --live --region cn-beijing --json
//! ```
//!
//! Without `--live` or `--endpoint URL`, it lists the plans of a fake service. `--live` uses the
//! credentials that the default chain finds.

#[macro_use]
mod support;

use std::process::ExitCode;

use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::DescribeBackupPlanList;
use aliyun_dbs::types::PageSize;
use clap::Parser;
use support::{BoxError, ServiceArgs};
use time::format_description::well_known::Rfc3339;

const EXAMPLES: &str = "\
Examples:
  list_plans
          the plans of a fake service
  list_plans --live --region cn-beijing --json
          the plans of an account, one JSON object per line";

/// Lists all backup plans as a table, or as JSON with one object per line.
#[derive(Parser)]
#[command(name = "list_plans", after_help = EXAMPLES, max_term_width = 100)]
struct Options {
    /// Print JSON, one object per line
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    service: ServiceArgs,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    support::exit_code(run(Options::parse()).await)
}

async fn run(options: Options) -> Result<(), BoxError> {
    let Options { json, service } = options;
    let dbs = FakeDbs::with_seed(1);
    if !service.is_remote() {
        support::fill(&dbs).await?;
    }
    let client = service.client(&dbs)?;
    let request = DescribeBackupPlanList::builder().page_size(PageSize::MAX).build();
    let mut plans = client.items(request);
    if !json {
        println!(
            "{:14} {:20} {:10} {:10} {:8} BOUGHT",
            "PLAN", "NAME", "STATUS", "DATABASE", "CLASS"
        );
    }
    // Ends when the reader does, as after `| head`, instead of fetching the other pages.
    while !support::output_closed()
        && let Some(plan) = plans.next().await
    {
        let plan = plan?;
        if json {
            println!("{}", serde_json::to_string(&plan)?);
            continue;
        }
        let bought = plan.backup_plan_create_time.map(|at| at.format(&Rfc3339)).transpose()?;
        println!(
            "{:14} {:20} {:10} {:10} {:8} {}",
            plan.backup_plan_id,
            plan.backup_plan_name.as_deref().unwrap_or_default(),
            plan.backup_plan_status,
            plan.database_type,
            plan.instance_class,
            bought.unwrap_or_default(),
        );
    }
    Ok(())
}
