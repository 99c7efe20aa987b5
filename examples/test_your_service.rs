//! Shows how to test a service with the fake: lost responses, crashes and errors, without waiting.
//!
//! ```text
//! cargo run --example test_your_service
//! ```

#[macro_use]
mod support;

use std::process::ExitCode;

use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::CreateBackupPlan;
use aliyun_dbs::types::{BackupMethod, BackupPlanId, ClientToken, DatabaseType, InstanceClass};
use aliyun_dbs::{Client, Error, Period, Region};
use clap::Parser;
use support::BoxError;

/// Shows how to test a service with the fake: lost responses, crashes and errors.
///
/// It needs no options, no account and no network.
#[derive(Parser)]
#[command(
    name = "test_your_service",
    after_help = "Examples:\n  test_your_service",
    max_term_width = 100
)]
struct Options {}

/// The service under test, which buys one backup plan for each customer.
struct Backups {
    client: Client,
}

impl Backups {
    /// Buys the plan of a customer.
    ///
    /// The token is derived from the customer's number, so a repetition buys nothing, even after a
    /// restart, as long as the service remembers the token.
    async fn protect(&self, customer: u32) -> Result<BackupPlanId, Error> {
        let token: ClientToken = format!("customer-{customer}").parse()?;
        let request = CreateBackupPlan::builder()
            .region(Region::Hangzhou)
            .database_type(DatabaseType::PostgreSql)
            .instance_class(InstanceClass::Micro)
            .backup_method(BackupMethod::Logical)
            .billing(Period::months::<6>())
            .build();
        let plan = self.client.send(request).client_token(token).await?;
        Ok(plan.into_inner().backup_plan_id)
    }
}

/// Creates the service on a fake, as each test needs it.
fn service_on_fake() -> Result<(Backups, FakeDbs), Error> {
    let dbs = FakeDbs::new();
    let client = Client::builder()
        .region(Region::Hangzhou)
        .credentials(dbs.credentials())
        .transport(dbs.clone())
        .build()?;
    Ok((Backups { client }, dbs))
}

async fn lost_response_buys_one_plan() -> Result<(), Error> {
    let (backups, dbs) = service_on_fake()?;
    dbs.faults().drop_after_processing("CreateBackupPlan").times(2);
    backups.protect(7).await?;
    assert_eq!(dbs.requests().len(), 3, "the client sends the request three times");
    assert_eq!(dbs.plans().len(), 1, "the service sells one plan");
    println!("ok  lost response: sent 3 times, bought once");
    Ok(())
}

async fn repetition_after_a_crash_buys_one_plan() -> Result<(), Error> {
    let (backups, dbs) = service_on_fake()?;
    dbs.faults().drop_after_processing("CreateBackupPlan").times(4);
    let Err(error) = backups.protect(7).await else {
        panic!("the call succeeded, although every response was lost")
    };
    assert!(error.may_have_executed());
    println!("    {error}");
    let plan = backups.protect(7).await?; // after the restart, with the same token
    assert_eq!(dbs.plans().len(), 1);
    assert_eq!(dbs.plans()[0].backup_plan_id, plan);
    println!("ok  crash: repeated with the same token, bought once");
    Ok(())
}

async fn rejection_is_not_retried() -> Result<(), Error> {
    let (backups, dbs) = service_on_fake()?;
    dbs.faults().business_error("CreateBackupPlan", "BackupPlanNotCreate", "out of stock");
    let Err(error) = backups.protect(7).await else {
        panic!("the call succeeded, although the service rejected it")
    };
    assert!(!error.may_have_executed());
    assert_eq!(error.attempts(), 1);
    println!("    {error}");
    println!("ok  rejection: sent once, nothing bought");
    Ok(())
}

/// Runs the three tests. In a crate, they would be `#[tokio::test]` functions.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    Options::parse();
    support::exit_code(run().await)
}

async fn run() -> Result<(), BoxError> {
    lost_response_buys_one_plan().await?;
    repetition_after_a_crash_buys_one_plan().await?;
    rejection_is_not_retried().await?;
    Ok(())
}
