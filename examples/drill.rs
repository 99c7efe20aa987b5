//! Restores the newest backup of a plan into a scratch database, and shows how long it takes.
//!
//! ```text
//! cargo run --example drill -- --help
//! cargo run --example drill
//! DBS_PASSWORD=… cargo run --example drill -- --live --plan dbs1hvb0wwwe --database orders \
//!     --host 192.0.2.20 --user restore
//! ```

#[macro_use]
mod support;

use std::process::ExitCode;
use std::time::Duration;

use aliyun_dbs::Client;
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::types::{
    BackupPlanId, DatabaseAccess, DatabaseHost, DatabaseType, InstanceId, Port, RestoreDestination,
    RestoreObject,
};
use aliyun_dbs::workflows::drill::{Drill, DrillRecord, DrillStep};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use support::{BoxError, ServiceArgs};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const EXAMPLES: &str = "\
Examples:
  drill
          a plan of a fake service, into a fake database
  drill --at 2026-03-01T09:00:00Z --json
          the state of a moment, and the record as JSON
  DBS_PASSWORD=… drill --live --plan dbs1hvb0wwwe --database orders --instance rm-bp1scratch4exm
          a real plan, into another RDS instance
  DBS_PASSWORD=… drill --live --plan dbs1hvb0wwwe --database orders --host db.internal --verified
          into a host of which you know that it is not the source";

/// Restores the newest backup of a plan into a scratch database, and shows how long it takes.
///
/// The drill refuses a destination that may be the database which the plan backs up. It leaves the
/// scratch database as it is. The record names the restored moment, how old it was (RPO), and how long
/// the restore took (RTO). The exit code is 0 if the backup was restored.
#[derive(Parser)]
#[command(name = "drill", after_help = EXAMPLES, max_term_width = 100)]
struct Options {
    /// The plan whose backup is restored
    ///
    /// Required for a real service. The example `list_plans` lists all.
    #[arg(long, value_name = "ID")]
    plan: Option<BackupPlanId>,
    /// The moment to restore, in RFC 3339. The newest one by default
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    at: Option<OffsetDateTime>,
    /// The timeout of the drill in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 24 * 3600)]
    timeout: u64,
    /// Print the record as JSON
    #[arg(long)]
    json: bool,

    /// The database to restore
    #[arg(long, value_name = "NAME", default_value = "orders", help_heading = SCRATCH)]
    database: String,
    /// The name of the restored database. The same by default
    #[arg(long, value_name = "NAME", help_heading = SCRATCH)]
    into: Option<String>,
    /// Restore into this RDS instance
    #[arg(long, value_name = "ID", conflicts_with = "host", help_heading = SCRATCH)]
    instance: Option<InstanceId>,
    /// Restore into the MySQL server at this address
    #[arg(long, value_name = "HOST", default_value = "192.0.2.20", help_heading = SCRATCH)]
    host: DatabaseHost,
    /// The port of that server
    #[arg(long, value_name = "PORT", default_value_t = 3306, help_heading = SCRATCH)]
    port: u16,
    /// The user of the scratch database
    #[arg(long, value_name = "NAME", default_value = "restore", help_heading = SCRATCH)]
    user: String,
    /// You have verified that the scratch database is not the source
    ///
    /// Needed if the service cannot tell, for example because one of them is given by its name.
    #[arg(long, help_heading = SCRATCH)]
    verified: bool,

    #[command(flatten)]
    service: ServiceArgs,
}

const SCRATCH: &str = "Scratch database, whose password is in `DBS_PASSWORD`";

fn parse_time(value: &str) -> Result<OffsetDateTime, String> {
    OffsetDateTime::parse(value, &Rfc3339)
        .map_err(|error| format!("expected a time such as `2026-03-01T09:00:00Z`: {error}"))
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
    match record.failure {
        Some(failure) => Err(failure.into()),
        None => Ok(()),
    }
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
