//! Lists all backup plans as a table, or with `--json` as one JSON object a line.
//!
//! ```text
//! cargo run --example list_plans
//! cargo run --example list_plans -- --live --region cn-beijing --json
//! ```
//!
//! Without `--endpoint` or `--live` it talks to a fake with some plans in it.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to a person")]

mod support;

use std::process::ExitCode;

use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::DescribeBackupPlanList;
use aliyun_dbs::types::PageSize;
use support::{Failure, Place};
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

/// The place, and whether to write JSON; `None` when all is said already.
fn options() -> Result<Option<(Place, bool)>, Failure> {
    let mut place = Place::new();
    let mut json = false;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--json" => json = true,
            "--help" => {
                println!("{USAGE} {}", Place::OPTIONS);
                return Ok(None);
            }
            other if place.take(other, &mut arguments)? => {}
            other => {
                return Err(format!("unknown option {other}; {USAGE} {}", Place::OPTIONS).into());
            }
        }
    }
    Ok(Some((place, json)))
}

async fn run() -> Result<(), Failure> {
    let Some((place, json)) = options()? else { return Ok(()) };
    let dbs = FakeDbs::with_seed(1);
    if !place.is_real() {
        support::fill(&dbs).await?;
    }
    let client = place.client(&dbs)?;
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
