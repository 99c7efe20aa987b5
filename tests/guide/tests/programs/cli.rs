//! A nightly command without async: its arguments are values of the crate.

use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::CreateBackupPlan;
use aliyun_dbs::types::{BackupMethod, DatabaseType, InstanceClass};
use aliyun_dbs::{Client, Period, Region, blocking};
use anyhow::Context;
use clap::Parser;

/// Buys a backup plan.
#[derive(Debug, Parser)]
#[command(name = "cli")]
struct Options {
    /// Where the plan is
    #[arg(long, default_value_t = Region::Hangzhou)]
    region: Region,
    /// The engine of the database
    #[arg(long)]
    database: DatabaseType,
    /// The size of the plan
    #[arg(long, default_value_t = InstanceClass::Micro)]
    class: InstanceClass,
    /// The term, such as `1 year`
    #[arg(long)]
    period: Period,
}

fn run(client: &blocking::Client, options: &Options) -> anyhow::Result<String> {
    let request = CreateBackupPlan::builder()
        .region(options.region)
        .database_type(options.database)
        .instance_class(options.class)
        .backup_method(BackupMethod::Logical)
        .billing(options.period)
        .build();
    let plan = client.send(request).call().context("could not buy the plan")?;
    Ok(format!("{} for {}", plan.backup_plan_id, options.period))
}

fn client(dbs: &FakeDbs) -> anyhow::Result<blocking::Client> {
    let builder = Client::builder().region(Region::Hangzhou).credentials(dbs.credentials());
    Ok(builder.transport(dbs.clone()).build_blocking()?)
}

#[test]
fn help_lists_the_possible_values() {
    let help = Options::try_parse_from(["cli", "--help"]).unwrap_err().to_string();
    // With its feature `wrap_help`, clap breaks lines.
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    for values in ["MySQL", "PostgreSQL", "micro, small, medium", "cn-hangzhou"] {
        assert!(help.contains(values), "{values} is missing:\n{help}");
    }
}

#[test]
fn wrong_arguments_are_explained() {
    let arguments = ["cli", "--database", "MySQL", "--period", "10 years"];
    let error = Options::try_parse_from(arguments).unwrap_err().to_string();
    assert!(error.contains("10 years"), "{error}");
    let arguments = ["cli", "--database", "MySQ", "--period", "1 year"];
    let error = Options::try_parse_from(arguments).unwrap_err().to_string();
    assert!(error.contains("did you mean `MySQL`?"), "{error}");
}

#[test]
fn command_buys_on_the_blocking_client() -> anyhow::Result<()> {
    let dbs = FakeDbs::with_seed(7);
    let arguments = ["cli", "--database", "MySQL", "--period", "1 year"];
    let printed = run(&client(&dbs)?, &Options::try_parse_from(arguments)?)?;
    assert_eq!(printed, format!("{} for 1 year", dbs.plans()[0].backup_plan_id));
    dbs.faults().business_error("CreateBackupPlan", "BackupPlanNotCreate", "out of stock");
    let error = run(&client(&dbs)?, &Options::try_parse_from(arguments)?).unwrap_err();
    assert!(
        format!("{error:#}").starts_with("could not buy the plan: CreateBackupPlan"),
        "{error:#}"
    );
    Ok(())
}
