//! Buys a backup plan, waits until it can be configured, configures it, and shows it.
//!
//! ```text
//! cargo run --example create_backup_plan
//! cargo run --example create_backup_plan -- --live --region cn-beijing --period "1 month"
//! ```
//!
//! Without `--live` or `--endpoint URL`, it calls a fake service and then prints the requests that it
//! sent. A real service gets the credentials that the default chain finds. `--live` costs money, so it
//! needs the database to back up: `DBS_INSTANCE_ID`, `DBS_USER_NAME` and `DBS_PASSWORD`.

#[macro_use]
mod support;

use std::process::ExitCode;

use aliyun_dbs::credentials::{CredentialsProvider, DefaultChain};
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::{ConfigureBackupPlan, CreateBackupPlan, DescribeBackupPlanList};
use aliyun_dbs::types::{
    BackupMethod, BackupObject, BackupSchedule, DatabaseAccess, DatabaseType, InstanceClass,
    SourceEndpoint, Weekday, retention_days, start_time,
};
use aliyun_dbs::{Client, Error, Period};
use clap::Parser;
use support::{BoxError, ServiceArgs};

const EXAMPLES: &str = "\
Examples:
  create_backup_plan
          a plan of a fake service, with the requests that were sent
  create_backup_plan --live --region cn-beijing --period '1 month'
          a real plan, which costs money";

/// Buys a backup plan, waits until it can be configured, configures it, and shows it.
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

/// The RDS instance to back up, and its login.
struct Database {
    instance_id: String,
    user_name: String,
    password: String,
}

impl Database {
    /// Reads the database from the environment. Without `--live`, uses sample values.
    fn from_env(live: bool) -> Result<Self, String> {
        let read = |name: &str, sample: &str| match std::env::var(name) {
            Ok(value) if !value.is_empty() => Ok(value),
            _ if live => Err(format!(
                "{name} is not set: with --live, set DBS_INSTANCE_ID, DBS_USER_NAME and \
                 DBS_PASSWORD to the database to back up"
            )),
            _ => Ok(sample.to_owned()),
        };
        Ok(Self {
            instance_id: read("DBS_INSTANCE_ID", "rm-bp1p8c2947exm")?,
            user_name: read("DBS_USER_NAME", "dbs_backup")?,
            password: read("DBS_PASSWORD", "correct horse battery staple")?,
        })
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    support::exit_code(run(&Options::parse()).await)
}

async fn run(options: &Options) -> Result<(), BoxError> {
    let remote = options.service.is_remote();
    if remote {
        // Fails before the purchase, with every source that was tried.
        DefaultChain::new().credentials().await?;
    }
    let database = Database::from_env(options.service.is_live())?;
    let dbs = FakeDbs::new();
    let client = options.service.client(&dbs)?;
    let service = if remote { client.endpoint().to_string() } else { "fake, in memory".to_owned() };
    println!("service      {service}\n");

    let plan = buy(&client, options).await?;
    println!("1. Buy a plan for {}", options.period);
    println!("   plan      {}", plan.backup_plan_id);
    println!("   order     {}", plan.order_id.as_ref().map_or("-", |id| id.as_str()));
    println!("   request   {}", plan.request_id());
    println!("   attempts  {}\n", plan.attempts());

    println!("2. Wait {:?} until it can be configured\n", CreateBackupPlan::SETTLING_TIME);
    client.clock().sleep(CreateBackupPlan::SETTLING_TIME).await;

    let configured = client.send(configuration(&plan.backup_plan_id, options, &database)?).await?;
    println!("3. Configure it");
    println!("   request   {}\n", configured.request_id());

    let list = client
        .send(
            DescribeBackupPlanList::builder()
                .backup_plan_ids([plan.backup_plan_id.clone()])
                .build(),
        )
        .await?;
    println!("4. List it");
    for plan in &list.items {
        let status = plan.backup_plan_status.as_str();
        let name = plan.backup_plan_name.as_deref().unwrap_or("unknown");
        println!("   plan      {}", plan.backup_plan_id);
        println!("   name      {name}");
        println!("   status    {status}");
        if let (Some(days), Some(time)) = (&plan.backup_period, &plan.backup_start_time) {
            println!("   backups   {days} at {time} UTC");
        }
    }

    if !remote {
        println!("\nRequests sent, with secrets redacted:");
        for request in dbs.requests() {
            println!("\n{request}");
        }
    }
    Ok(())
}

async fn buy(
    client: &Client,
    options: &Options,
) -> Result<aliyun_dbs::Response<aliyun_dbs::operations::CreateBackupPlanResponse>, Error> {
    client
        .send(
            CreateBackupPlan::builder()
                .region(options.service.region())
                .database_type(options.database_type)
                .instance_class(options.instance_class)
                .backup_method(options.backup_method)
                .billing(options.period)
                .build(),
        )
        .await
}

fn configuration(
    plan: &aliyun_dbs::types::BackupPlanId,
    options: &Options,
    database: &Database,
) -> Result<ConfigureBackupPlan, Error> {
    let (user, password) = (database.user_name.as_str(), database.password.as_str());
    let access = match options.database_type {
        DatabaseType::PostgreSql => DatabaseAccess::postgresql(user, password, "orders"),
        DatabaseType::MongoDb => DatabaseAccess::mongodb(user, password, "admin"),
        DatabaseType::Oracle => DatabaseAccess::oracle(user, password, "ORCL"),
        DatabaseType::Redis => DatabaseAccess::redis(password),
        DatabaseType::SqlServer => DatabaseAccess::sql_server(user, password),
        _ => DatabaseAccess::mysql(user, password),
    };
    Ok(ConfigureBackupPlan::builder()
        .backup_plan_id(plan.clone())
        .backup_plan_name("orders-nightly")
        .source_endpoint(SourceEndpoint::Rds {
            region: options.service.region(),
            instance_id: database.instance_id.parse()?,
            access,
        })
        .backup_objects(BackupObject::database("orders"))
        .schedule(BackupSchedule::weekly(Weekday::Monday | Weekday::Thursday, start_time!("14:22")))
        .backup_retention_period(retention_days!(365))
        .build())
}
