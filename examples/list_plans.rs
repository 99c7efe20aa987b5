//! Lists all backup plans as a table, or as JSON with one object per line.
//!
//! ```text
//! cargo run --example list_plans
//! cargo run --example list_plans -- --live --region cn-beijing --json
//! ```
//!
//! Without `--live` or `--endpoint URL`, it lists the plans of a fake service. `--live` uses the
//! credentials that the default chain finds.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "examples print to the terminal")]

mod support;

use std::process::ExitCode;

use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::DescribeBackupPlanList;
use aliyun_dbs::types::PageSize;
use support::{BoxError, ServiceArgs};
use time::format_description::well_known::Rfc3339;

const USAGE: &str = "usage: list_plans [--json]";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Reads the service and whether to print JSON; returns `None` after `--help`.
fn options() -> Result<Option<(ServiceArgs, bool)>, BoxError> {
    let mut service = ServiceArgs::new();
    let mut json = false;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--json" => json = true,
            "--help" => {
                println!("{USAGE} {}", ServiceArgs::USAGE);
                return Ok(None);
            }
            other if service.read_option(other, &mut arguments)? => {}
            other => {
                return Err(
                    format!("unknown option `{other}`; {USAGE} {}", ServiceArgs::USAGE).into()
                );
            }
        }
    }
    Ok(Some((service, json)))
}

async fn run() -> Result<(), BoxError> {
    let Some((service, json)) = options()? else { return Ok(()) };
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
    while let Some(plan) = plans.next().await {
        let plan = plan?;
        if json {
            println!("{}", serde_json::to_string(&plan)?);
            continue;
        }
        println!(
            "{:14} {:20} {:10} {:10} {:8} {}",
            plan.backup_plan_id,
            plan.backup_plan_name,
            plan.backup_plan_status,
            plan.database_type,
            plan.instance_class,
            plan.backup_plan_create_time.format(&Rfc3339)?,
        );
    }
    Ok(())
}
