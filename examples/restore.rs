//! Restores the latest state of a plan into a database, and shows the progress.
//!
//! ```text
//! cargo run --example restore
//! DBS_PASSWORD=… cargo run --example restore -- --live --plan dbs1hvb0wwwe --database orders \
//!     --into orders_copy --host 192.0.2.20 --user restore
//! ```
//!
//! Without `--live` or `--endpoint URL`, it restores a plan of a fake service. `--live` writes to a
//! real database, so it needs `--plan`, and the password of the database in `DBS_PASSWORD`.

#[macro_use]
mod support;

use std::process::ExitCode;

use aliyun_dbs::Client;
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::{CreateRestoreTask, DescribeRestoreRangeInfo, StartRestoreTask};
use aliyun_dbs::types::{
    BackupPlanId, DatabaseAccess, DatabaseHost, Port, RestoreDestination, RestoreObject,
    RestorePoint, RestoreRangeType,
};
use aliyun_dbs::wait::{PreCheckPassed, RestoreFinished};
use clap::Parser;
use support::{BoxError, ServiceArgs};
use time::Duration;

const EXAMPLES: &str = "\
Examples:
  restore
          a plan of a fake service
  DBS_PASSWORD=… restore --live --plan dbs1hvb0wwwe --database orders --into orders_copy \
      --host 192.0.2.20 --user restore
          a real plan, into a real database";

/// Restores the latest state of a plan into a database, and shows the progress.
///
/// The example `drill` does the same, but refuses to write to the source.
#[derive(Parser)]
#[command(name = "restore", after_help = EXAMPLES, max_term_width = 100)]
struct Options {
    /// The plan to restore
    ///
    /// Required for a real service. The example `list_plans` lists all.
    #[arg(long, value_name = "ID")]
    plan: Option<BackupPlanId>,
    /// The database to restore
    #[arg(long, value_name = "NAME", default_value = "orders")]
    database: String,
    /// The name of the restored database
    #[arg(long, value_name = "NAME", default_value = "orders_copy")]
    into: String,
    /// The MySQL server to restore to
    #[arg(long, value_name = "HOST", default_value = "192.0.2.20")]
    host: DatabaseHost,
    /// The user to log in as. `DBS_PASSWORD` is the password
    #[arg(long, value_name = "NAME", default_value = "restore")]
    user: String,

    #[command(flatten)]
    service: ServiceArgs,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let options = Options::parse();
    if options.service.is_remote() && options.plan.is_none() {
        support::missing_plan::<Options>();
    }
    support::exit_code(run(&options).await)
}

async fn run(options: &Options) -> Result<(), BoxError> {
    let password = options.service.password("target")?;
    let dbs = FakeDbs::new();
    let client = options.service.client(&dbs)?;
    let plan = match options.plan.clone() {
        Some(plan) => plan,
        None => support::fill(&dbs).await?,
    };
    restore(&client, plan, options, password).await
}

async fn restore(
    client: &Client,
    plan: BackupPlanId,
    target: &Options,
    password: String,
) -> Result<(), BoxError> {
    let point = latest(client, &plan).await?;
    println!("plan            {plan}");
    match &point {
        RestorePoint::Time(at) => println!("restore point   {} {} UTC", at.date(), at.time()),
        RestorePoint::BackupSet(set) => println!("restore point   full backup {set}"),
    }

    let request = CreateRestoreTask::builder()
        .backup_plan_id(plan)
        .restore_task_name(target.into.clone())
        .restore_point(point)
        .destination(RestoreDestination::Other {
            host: target.host.clone(),
            port: Port::MYSQL,
            access: DatabaseAccess::mysql(target.user.clone(), password),
            objects: RestoreObject::database(&target.database).renamed(&target.into).into(),
        })
        .build();
    let task = client.send(request).await?.into_inner().restore_task_id;
    println!("restore task    {task}");
    println!("target          {} on {}", target.into, target.host);

    client.wait_for(PreCheckPassed::new(task.clone())).await?;
    println!("pre-check       passed");
    client.send(StartRestoreTask::builder().restore_task_id(task.clone()).build()).await?;

    let mut restoring = client.wait_for(RestoreFinished::new(task));
    while let Some(poll) = restoring.next().await {
        println!("progress        {}", poll?.summary);
    }
    println!("restored        {}", target.into);
    Ok(())
}

/// Returns the latest restorable time of the last week, or else the latest full backup.
async fn latest(client: &Client, plan: &BackupPlanId) -> Result<RestorePoint, BoxError> {
    let now = client.server_time();
    let request = DescribeRestoreRangeInfo::builder()
        .backup_plan_id(plan.clone())
        .begin_timestamp_for_restore(now - Duration::days(7))
        .end_timestamp_for_restore(now)
        .build();
    let ranges = client.send(request).await?.into_inner().items;
    let moment = ranges
        .iter()
        .filter(|range| range.range_type == RestoreRangeType::Range)
        .filter_map(|range| range.end_timestamp_for_restore)
        .max();
    let backup = ranges
        .iter()
        .flat_map(|range| &range.full_backup_list)
        .max_by_key(|backup| backup.end_time);
    match (moment, backup) {
        (Some(moment), _) => Ok(moment.into()),
        (None, Some(backup)) => Ok(backup.backup_set_id.clone().into()),
        (None, None) => Err(format!("{plan} has no backup of the last 7 days to restore").into()),
    }
}
