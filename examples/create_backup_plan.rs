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

use std::fmt::Display;
use std::process::ExitCode;
use std::str::FromStr;

use aliyun_dbs::credentials::{CredentialsProvider, DefaultChain};
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::{ConfigureBackupPlan, CreateBackupPlan, DescribeBackupPlanList};
use aliyun_dbs::types::{
    BackupMethod, BackupObject, BackupSchedule, DatabaseAccess, DatabaseType, InstanceClass,
    SourceEndpoint, Weekday, retention_days, start_time,
};
use aliyun_dbs::{Client, Error, Period, Region};
use support::BoxError;

const USAGE: &str = "usage: create_backup_plan [--live | --endpoint URL] [--region ID] \
[--database-type T] [--instance-class C] [--backup-method M] [--period \"1 year\"]";

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

struct Options {
    live: bool,
    endpoint: Option<String>,
    region: Region,
    database_type: DatabaseType,
    instance_class: InstanceClass,
    backup_method: BackupMethod,
    period: Period,
}

/// Reads the options; returns `None` after `--help`.
fn options() -> Result<Option<Options>, BoxError> {
    let mut options = Options {
        live: false,
        endpoint: None,
        region: Region::Hangzhou,
        database_type: DatabaseType::MySql,
        instance_class: InstanceClass::Small,
        backup_method: BackupMethod::Logical,
        period: Period::years::<3>(),
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        if name == "--help" {
            println!("{USAGE}");
            return Ok(None);
        }
        if name == "--live" {
            options.live = true;
            continue;
        }
        let mut value = || arguments.next().ok_or_else(|| format!("missing value after `{name}`"));
        match name.as_str() {
            "--endpoint" => options.endpoint = Some(value()?),
            "--region" => options.region = parse(&name, &value()?)?,
            "--database-type" => options.database_type = parse(&name, &value()?)?,
            "--instance-class" => options.instance_class = parse(&name, &value()?)?,
            "--backup-method" => options.backup_method = parse(&name, &value()?)?,
            "--period" => options.period = parse(&name, &value()?)?,
            _ => return Err(support::unexpected(&name, USAGE)),
        }
    }
    Ok(Some(options))
}

/// Parses the value of an option. The error names the option.
fn parse<T: FromStr<Err: Display>>(name: &str, value: &str) -> Result<T, String> {
    value.parse().map_err(|error| format!("{name}: {error}"))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    support::exit_code(run().await)
}

async fn run() -> Result<(), BoxError> {
    let Some(options) = options()? else { return Ok(()) };
    let remote = options.live || options.endpoint.is_some();
    let chain = DefaultChain::new();
    if remote {
        chain.credentials().await?; // fails before the purchase, with every source that was tried
    }
    let database = Database::from_env(options.live)?;
    let dbs = FakeDbs::new();
    let client = if remote {
        let mut builder = Client::builder().region(options.region);
        if let Some(endpoint) = &options.endpoint {
            builder = builder.endpoint(endpoint);
        }
        builder.credentials(chain).build()?
    } else {
        Client::builder()
            .region(options.region)
            .credentials(dbs.credentials())
            .transport(dbs.clone())
            .build()?
    };
    let service = if remote { client.endpoint().to_string() } else { "fake, in memory".to_owned() };
    println!("service      {service}\n");

    let plan = buy(&client, &options).await?;
    println!("1. Buy a plan for {}", options.period);
    println!("   plan      {}", plan.backup_plan_id);
    println!("   order     {}", plan.order_id.as_ref().map_or("-", |id| id.as_str()));
    println!("   request   {}", plan.request_id());
    println!("   attempts  {}\n", plan.attempts());

    println!("2. Wait {:?} until it can be configured\n", CreateBackupPlan::SETTLING_TIME);
    client.clock().sleep(CreateBackupPlan::SETTLING_TIME).await;

    let configured = client.send(configuration(&plan.backup_plan_id, &options, &database)?).await?;
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
                .region(options.region)
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
            region: options.region,
            instance_id: database.instance_id.parse()?,
            access,
        })
        .backup_objects(BackupObject::database("orders"))
        .schedule(BackupSchedule::weekly(Weekday::Monday | Weekday::Thursday, start_time!("14:22")))
        .backup_retention_period(retention_days!(365))
        .build())
}
