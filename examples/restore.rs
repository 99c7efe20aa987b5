//! Restores the latest restorable state of a plan into a database, and shows how far it is.
//!
//! ```text
//! cargo run --example restore
//! DBS_PASSWORD=… cargo run --example restore -- --live --plan dbs1hvb0wwwe --database orders \
//!     --into orders_copy --host 192.0.2.20 --port 3306 --user restore
//! ```
//!
//! Without `--endpoint` or `--live` it talks to a fake with a plan in it. `--live` writes to a
//! database, and so wants to know which, and its password in `DBS_PASSWORD`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to a person")]

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
use indicatif::{ProgressBar, ProgressStyle};
use support::{Failure, Place};
use time::Duration;

const USAGE: &str = "usage: restore [--plan ID] [--database NAME] [--into NAME] [--host HOST] \
[--port PORT] [--user NAME]";

/// What is restored, and where to.
struct Target {
    plan: Option<BackupPlanId>,
    database: String,
    into: String,
    host: DatabaseHost,
    port: Port,
    user: String,
}

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

fn options() -> Result<Option<(Place, Target)>, Failure> {
    let mut place = Place::new();
    let mut target = Target {
        plan: None,
        database: "orders".to_owned(),
        into: "orders_copy".to_owned(),
        host: DatabaseHost::new("192.0.2.20")?,
        port: Port::MYSQL,
        user: "restore".to_owned(),
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--help" {
            println!("{USAGE} {}", Place::OPTIONS);
            return Ok(None);
        }
        if place.take(&argument, &mut arguments)? {
            continue;
        }
        let value = arguments.next().ok_or_else(|| format!("{argument} needs a value"))?;
        match argument.as_str() {
            "--plan" => target.plan = Some(value.parse()?),
            "--database" => target.database = value,
            "--into" => target.into = value,
            "--host" => target.host = value.parse()?,
            "--port" => target.port = Port::new(value.parse()?)?,
            "--user" => target.user = value,
            other => {
                return Err(format!("unknown option {other}; {USAGE} {}", Place::OPTIONS).into());
            }
        }
    }
    Ok(Some((place, target)))
}

async fn run() -> Result<(), Failure> {
    let Some((place, target)) = options()? else { return Ok(()) };
    let password = match std::env::var("DBS_PASSWORD") {
        Ok(password) if !password.is_empty() => password,
        _ if place.is_real() => return Err("DBS_PASSWORD is not set".into()),
        _ => "correct horse".to_owned(),
    };
    let dbs = FakeDbs::new();
    let client = place.client(&dbs)?;
    let plan = match target.plan.clone() {
        Some(plan) => plan,
        None if place.is_real() => return Err(format!("--plan is missing; {USAGE}").into()),
        None => support::fill(&dbs).await?,
    };
    restore(&client, plan, &target, password).await
}

async fn restore(
    client: &Client,
    plan: BackupPlanId,
    target: &Target,
    password: String,
) -> Result<(), Failure> {
    let point = latest(client, &plan).await?;
    println!("The latest state that {plan} can be restored to: {}", in_words(&point));

    let request = CreateRestoreTask::builder()
        .backup_plan_id(plan)
        .restore_task_name(target.into.clone())
        .restore_point(point)
        .destination(RestoreDestination::Other {
            host: target.host.clone(),
            port: target.port,
            access: DatabaseAccess::mysql(target.user.clone(), password),
            objects: RestoreObject::database(&target.database).renamed(&target.into).into(),
        })
        .build();
    let task = client.send(request).await?.into_inner().restore_task_id;
    println!("Restore task {task}, into {} at {}:{}", target.into, target.host, target.port);

    client.wait_for(PreCheckPassed::new(task.clone())).await?;
    println!("The pre-check has passed");
    client.send(StartRestoreTask::builder().restore_task_id(task.clone()).build()).await?;

    let bar = ProgressBar::new(100).with_style(ProgressStyle::with_template("[{bar:40}] {msg}")?);
    let mut restoring = client.wait_for(RestoreFinished::new(task));
    while let Some(look) = restoring.next().await {
        let look = look?;
        bar.set_position(look.progress.unwrap_or(0).into());
        bar.set_message(look.summary.clone());
        if bar.is_hidden() {
            println!("{}", look.summary);
        }
    }
    bar.finish();
    println!("{} is restored", target.into);
    Ok(())
}

/// The latest moment of a range, or else the latest full backup, of the last week.
async fn latest(client: &Client, plan: &BackupPlanId) -> Result<RestorePoint, Failure> {
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
        .map(|range| range.end_timestamp_for_restore)
        .max();
    let backup = ranges
        .iter()
        .flat_map(|range| &range.full_backup_list)
        .max_by_key(|backup| backup.end_time);
    match (moment, backup) {
        (Some(moment), _) => Ok(moment.into()),
        (None, Some(backup)) => Ok(backup.backup_set_id.clone().into()),
        (None, None) => Err(format!("{plan} has nothing to restore from the last week").into()),
    }
}

fn in_words(point: &RestorePoint) -> String {
    match point {
        RestorePoint::Time(at) => format!("{} {}", at.date(), at.time()),
        RestorePoint::BackupSet(set) => format!("full backup {set}"),
    }
}
