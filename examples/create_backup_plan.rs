//! Buys a backup plan, waits until it can be configured, configures it, and reads it back.
//!
//! ```text
//! cargo run --example create_backup_plan
//! cargo run --example create_backup_plan -- --live --region cn-beijing --period "1 month"
//! ```
//!
//! Without `--live` or `--endpoint URL`, it calls a fake service, and then prints the first request that
//! it sent. A real service gets the credentials that the default chain finds. `--live` costs money, so
//! it needs the database to back up: `DBS_INSTANCE_ID`, `DBS_USER_NAME` and `DBS_PASSWORD`.

#[macro_use]
mod support;

use std::process::ExitCode;
use std::time::Instant;

use aliyun_dbs::Period;
use aliyun_dbs::credentials::{CredentialsProvider, DefaultChain};
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::{ConfigureBackupPlan, CreateBackupPlan, DescribeBackupPlanList};
use aliyun_dbs::types::{
    BackupMethod, BackupObject, BackupSchedule, DatabaseType, InstanceClass, SourceEndpoint,
    Weekday, retention_days, start_time,
};
use clap::Parser;
use support::{BoxError, Screen, ServiceArgs};

const EXAMPLES: &str = "\
Examples:
  create_backup_plan
          a plan of a fake service, with the first request that was sent
  create_backup_plan --live --region cn-beijing --period '1 month'
          a real plan, which costs money";

/// Buys a backup plan, waits until it can be configured, configures it, and reads it back.
///
/// With `--live`, `DBS_INSTANCE_ID`, `DBS_USER_NAME` and `DBS_PASSWORD` are the database to back up.
#[derive(Parser)]
#[command(name = "create_backup_plan", after_help = EXAMPLES, max_term_width = 100)]
struct Options {
    /// The engine of the database
    #[arg(long, value_name = "T", default_value_t = DatabaseType::MySql)]
    database_type: DatabaseType,
    /// The size of the plan
    #[arg(long, value_name = "C", default_value_t = InstanceClass::Small)]
    instance_class: InstanceClass,
    /// How the plan reads the data
    #[arg(long, value_name = "M", default_value_t = BackupMethod::Logical)]
    backup_method: BackupMethod,
    /// The term of the subscription, such as `1 year` or `6 months`
    #[arg(long, value_name = "TERM", default_value_t = Period::years::<3>())]
    period: Period,

    #[command(flatten)]
    service: ServiceArgs,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    support::exit_code(run(&Options::parse()).await)
}

async fn run(options: &Options) -> Result<(), BoxError> {
    let screen = Screen::new();
    let service = &options.service;
    let instance = service.variable("DBS_INSTANCE_ID", "rm-bp1p8c2947exm")?.parse()?;
    let user = service.variable("DBS_USER_NAME", "dbs_backup")?;
    let password = service.variable("DBS_PASSWORD", "correct horse battery staple")?;
    let dbs = FakeDbs::new();
    let client = service.client(&dbs)?;
    if service.is_remote() {
        // Fails before the purchase, with every source that was tried.
        DefaultChain::new().credentials().await?;
        println!("Buying a backup plan at {}.\n", client.endpoint());
    } else {
        println!("Buying a backup plan of a fake service, in memory, free of charge.\n");
    }

    let started = Instant::now();
    let order = CreateBackupPlan::builder()
        .region(service.region())
        .database_type(options.database_type)
        .instance_class(options.instance_class)
        .backup_method(options.backup_method)
        .billing(options.period)
        .build();
    let plan = client.send(order).await?;
    println!("{}", screen.step(1, "buy", plan.backup_plan_id.as_str(), started.elapsed()));

    let started = Instant::now();
    client.clock().sleep(CreateBackupPlan::SETTLING_TIME).await;
    let settled = format!("{:?} of the service's time", CreateBackupPlan::SETTLING_TIME);
    println!("{}", screen.step(2, "wait", &settled, started.elapsed()));

    let started = Instant::now();
    let configuration = ConfigureBackupPlan::builder()
        .backup_plan_id(plan.backup_plan_id.clone())
        .backup_plan_name("orders-nightly")
        .source_endpoint(SourceEndpoint::Rds {
            region: service.region(),
            instance_id: instance,
            access: support::access(options.database_type, &user, password),
        })
        .backup_objects(BackupObject::database("orders"))
        .schedule(BackupSchedule::weekly(Weekday::Monday | Weekday::Thursday, start_time!("14:22")))
        .backup_retention_period(retention_days!(365))
        .build();
    client.send(configuration).await?;
    println!("{}", screen.step(3, "configure", "orders-nightly, kept 365 days", started.elapsed()));

    let started = Instant::now();
    let id = plan.backup_plan_id.clone();
    let list = DescribeBackupPlanList::builder().backup_plan_ids([id]).build();
    for plan in client.send(list).await?.into_inner().items {
        let days = plan.backup_period.map_or_else(|| "-".to_owned(), |days| days.to_string());
        let time = plan.backup_start_time.map_or_else(|| "-".to_owned(), |time| time.to_string());
        let status = format!("{}, backups {days} at {time} UTC", plan.backup_plan_status);
        println!("{}", screen.step(4, "read back", &status, started.elapsed()));
    }

    println!("\n{}", screen.bold("What was ordered"));
    let order = plan.order_id.as_ref().map_or("-", |order| order.as_str());
    println!("  order {order}, for {}, attempts: {}", options.period, plan.attempts());
    if !service.is_remote() {
        println!("\n{}", screen.bold("The signed request of step 1, with secrets redacted"));
        for line in dbs.requests().first().map(ToString::to_string).unwrap_or_default().lines() {
            println!("  {}", screen.dim(line));
        }
        println!("\n{}", screen.bold("Next"));
        println!("  cargo run -p examples --example test_your_service   lost responses");
        println!("  cargo run --example emulator                        the fake in a browser");
        println!("  docs/guide/src/first-plan.md                        a service of your own");
    }
    Ok(())
}
