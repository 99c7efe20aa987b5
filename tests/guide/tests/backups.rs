//! The service of the chapter about tests, with its tests.

#![expect(
    missing_docs,
    missing_debug_implementations,
    clippy::missing_errors_doc,
    reason = "the chapter shows a program, whose parts are not public"
)]

// ANCHOR: service
use aliyun_dbs::operations::CreateBackupPlan;
use aliyun_dbs::types::{BackupMethod, BackupPlanId, DatabaseType, InstanceClass};
use aliyun_dbs::{Client, Error, Period, Region};

/// Buys one backup plan for each customer.
pub struct Backups {
    client: Client,
}

impl Backups {
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// Buys the plan of a customer. Soon after a crash, a repetition buys nothing.
    pub async fn protect(&self, customer: u32) -> Result<BackupPlanId, Error> {
        let request = CreateBackupPlan::builder()
            .region(Region::Hangzhou)
            .database_type(DatabaseType::PostgreSql)
            .instance_class(InstanceClass::Micro)
            .backup_method(BackupMethod::Logical)
            .billing(Period::months::<6>())
            .build();
        let token = format!("customer-{customer}").parse()?;
        let plan = self.client.send(request).client_token(token).await?;
        Ok(plan.into_inner().backup_plan_id)
    }
}

#[cfg(test)]
mod tests {
    use aliyun_dbs::fake::FakeDbs;

    use super::*;

    fn on_fake() -> (Backups, FakeDbs) {
        let dbs = FakeDbs::new();
        let client = Client::builder()
            .region(Region::Hangzhou)
            .credentials(dbs.credentials())
            .transport(dbs.clone())
            .build()
            .unwrap();
        (Backups::new(client), dbs)
    }

    #[tokio::test]
    async fn lost_responses_buy_one_plan() {
        let (backups, dbs) = on_fake();
        dbs.faults().drop_after_processing("CreateBackupPlan").times(2);
        backups.protect(7).await.unwrap();
        assert_eq!(dbs.requests().len(), 3); // sent three times
        assert_eq!(dbs.plans().len(), 1); // bought once
    }

    #[tokio::test]
    async fn repetition_after_a_crash_buys_one_plan() {
        let (backups, dbs) = on_fake();
        dbs.faults().drop_after_processing("CreateBackupPlan").times(4);
        let error = backups.protect(7).await.unwrap_err();
        assert!(error.may_have_executed());
        backups.protect(7).await.unwrap(); // after the restart, with the same token
        assert_eq!(dbs.plans().len(), 1);
    }

    #[tokio::test]
    async fn rejection_is_not_retried() {
        let (backups, dbs) = on_fake();
        dbs.faults().business_error("CreateBackupPlan", "BackupPlanNotCreate", "sold out");
        let error = backups.protect(7).await.unwrap_err();
        assert!(error.is("BackupPlanNotCreate") && !error.may_have_executed());
        assert_eq!(error.attempts(), 1);
    }
}
// ANCHOR_END: service
