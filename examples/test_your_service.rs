//! A small service of yours, and how to test it with the fake: faults included, no waiting.

#![expect(clippy::print_stdout, reason = "an example talks to a person")]

use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::CreateBackupPlan;
use aliyun_dbs::types::{BackupMethod, BackupPlanId, ClientToken, DatabaseType, InstanceClass};
use aliyun_dbs::{Client, Error, Period, Region};

/// Your service: it buys a backup for each customer, once.
struct Backups {
    client: Client,
}

impl Backups {
    /// The customer's number makes the token, so a second try, even after a restart, buys nothing.
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

/// The service on a fake, as its tests make it.
fn on_fake() -> Result<(Backups, FakeDbs), Error> {
    let dbs = FakeDbs::new();
    let client = Client::builder()
        .region(Region::Hangzhou)
        .credentials(dbs.credentials())
        .transport(dbs.clone())
        .build()?;
    Ok((Backups { client }, dbs))
}

async fn a_lost_answer_buys_once() -> Result<(), Error> {
    let (backups, dbs) = on_fake()?;
    dbs.faults().drop_after_processing("CreateBackupPlan").times(2);
    backups.protect(7).await?;
    assert_eq!(dbs.requests().len(), 3, "sent three times");
    assert_eq!(dbs.plans().len(), 1, "bought once");
    println!("ok  a lost answer: sent 3 times, bought once");
    Ok(())
}

async fn a_crash_in_between_buys_once() -> Result<(), Error> {
    let (backups, dbs) = on_fake()?;
    dbs.faults().drop_after_processing("CreateBackupPlan").times(4);
    let Err(error) = backups.protect(7).await else { panic!("every answer was lost") };
    assert!(error.may_have_executed());
    println!("    {error}");
    let plan = backups.protect(7).await?; // the next day, with the same token
    assert_eq!(dbs.plans().len(), 1);
    assert_eq!(dbs.plans()[0].backup_plan_id, plan);
    println!("ok  a crash in between: resumed with the same token, bought once");
    Ok(())
}

async fn a_refusal_is_not_repeated() -> Result<(), Error> {
    let (backups, dbs) = on_fake()?;
    dbs.faults().business_error("CreateBackupPlan", "BackupPlanNotCreate", "out of stock");
    let Err(error) = backups.protect(7).await else { panic!("it was refused") };
    assert!(!error.may_have_executed());
    assert_eq!(error.attempts(), 1);
    println!("    {error}");
    println!("ok  a refusal: not repeated, nothing bought");
    Ok(())
}

/// In your crate these three are `#[tokio::test]` functions.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    a_lost_answer_buys_once().await?;
    a_crash_in_between_buys_once().await?;
    a_refusal_is_not_repeated().await
}
