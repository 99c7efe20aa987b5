//! Restores the newest backup of a plan into a scratch database, and shows how long it takes.
//!
//! ```text
//! cargo run --example drill
//! DBS_PASSWORD=… cargo run --example drill -- --live --plan dbs1hvb0wwwe --database orders \
//!     --host 192.0.2.20 --user restore
//! ```

#[macro_use]
#[path = "../support/mod.rs"]
mod support;
mod options;

use std::process::ExitCode;
use std::time::Duration;

use aliyun_dbs::Client;
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::types::{
    BackupPlanId, DatabaseAccess, DatabaseType, Port, RestoreDestination, RestoreObject,
};
use aliyun_dbs::workflows::drill::{Drill, DrillRecord, DrillStep};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use options::Options;
use support::BoxError;
use time::format_description::well_known::Rfc3339;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let options = Options::parse();
    if options.service.is_remote() && options.plan.is_none() {
        support::missing_plan::<Options>();
    }
    support::exit_code(run(&options).await)
}

async fn run(options: &Options) -> Result<(), BoxError> {
    let password = options.service.password("scratch")?;
    let dbs = FakeDbs::new();
    let client = options.service.client(&dbs)?;
    let plan = match options.plan.clone() {
        Some(plan) => plan,
        None => example_plan(&dbs)?,
    };
    let drill = prepare(options, &client, plan, password)?;
    let record = watch(drill, options.json).await?;
    if options.json {
        println!("{}", serde_json::to_string_pretty(&record)?);
    } else {
        print(&record);
    }
    record.failure.map_or(Ok(()), |failure| Err(failure.into()))
}

/// Returns a MySQL plan of a fake fleet.
fn example_plan(dbs: &FakeDbs) -> Result<BackupPlanId, BoxError> {
    dbs.populate_example_fleet(12);
    let backups = dbs.full_backups();
    let newest = |id: &BackupPlanId| {
        let of_plan = backups.iter().filter(|backup| backup.backup_plan_id == *id);
        of_plan.filter_map(|backup| backup.finished_at).max()
    };
    let plans = dbs.plans();
    let mysql = plans.iter().filter(|plan| plan.purchase.database_type == DatabaseType::MySql);
    let plan = mysql.max_by_key(|plan| newest(&plan.backup_plan_id));
    Ok(plan.ok_or("the fake has no plan")?.backup_plan_id.clone())
}

fn prepare(
    options: &Options,
    client: &Client,
    plan: BackupPlanId,
    password: String,
) -> Result<Drill, BoxError> {
    let access = DatabaseAccess::mysql(&options.user, password);
    let mut object = RestoreObject::database(&options.database);
    if let Some(into) = &options.into {
        object = object.renamed(into);
    }
    let destination = match options.instance.clone() {
        Some(instance_id) => RestoreDestination::Rds {
            region: options.service.region(),
            instance_id,
            access,
            objects: object.into(),
        },
        None => RestoreDestination::Other {
            host: options.host.clone(),
            port: Port::new(options.port)?,
            access,
            objects: object.into(),
        },
    };
    let mut drill = client
        .drill(plan)
        .restore_to(destination)
        .timeout(Duration::from_secs(options.timeout))
        // A real check connects to the restored database, and counts rows or compares sums.
        .check(async |restored| match restored.destination.objects() {
            Some(_) => Ok(()),
            None => Err("no database was restored"),
        });
    if let Some(at) = options.at {
        drill = drill.point(at);
    }
    // The fake has no databases, so nothing can be overwritten.
    let is_safe = options.verified || !options.service.is_remote();
    Ok(if is_safe { drill.destination_verified() } else { drill })
}

/// Runs the drill, and shows its progress where a terminal is.
async fn watch(mut drill: Drill, quiet: bool) -> Result<DrillRecord, BoxError> {
    let bar = ProgressBar::new(100).with_style(ProgressStyle::with_template("[{bar:40}] {msg}")?);
    while let Some(step) = drill.next().await {
        let line = match step? {
            DrillStep::Waiting { stage, summary, progress } => {
                bar.set_position(progress.unwrap_or(0).into());
                bar.set_message(format!("{stage}: {summary}"));
                continue;
            }
            DrillStep::Chosen { at: Some(at), .. } => {
                format!("restore point   {}", at.format(&Rfc3339)?)
            }
            DrillStep::Created { restore_task } => format!("restore task    {restore_task}"),
            DrillStep::Started => "pre-check       passed".to_owned(),
            DrillStep::Restored => "restore         finished".to_owned(),
            _ => continue,
        };
        if !quiet {
            bar.suspend(|| println!("{line}"));
        }
    }
    bar.finish_and_clear();
    Ok(drill.await?)
}

fn print(record: &DrillRecord) {
    let seconds = |time: Duration| format!("{:>8.0} s", time.as_secs_f64());
    println!("pre-check       {}", seconds(record.pre_check));
    println!("restore         {}", seconds(record.restore));
    println!("check           {}", seconds(record.check));
    if let Some(rpo) = record.rpo {
        println!("RPO             {}", seconds(rpo));
    }
    println!("RTO             {}", seconds(record.rto));
    println!("{record}");
}
