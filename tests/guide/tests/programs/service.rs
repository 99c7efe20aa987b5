//! A web service with a trait of its own, whose mock fails as the real service does.

use aliyun_dbs::fake::{self, ErrorBuilder, FakeDbs};
use aliyun_dbs::operations::{BackupPlanDetail, CreateBackupPlan, DescribeBackupPlanList};
use aliyun_dbs::reexport::{async_trait, http::StatusCode};
use aliyun_dbs::types::{BackupPlanId, ErrorCode};
use aliyun_dbs::{Client, Error};

#[async_trait]
trait Backups: Send + Sync {
    async fn buy(&self, order: &str) -> Result<BackupPlanId, Error>;
    async fn newest(&self) -> Result<Option<BackupPlanDetail>, Error>;
}

struct Dbs(Client, CreateBackupPlan);

#[async_trait]
impl Backups for Dbs {
    async fn buy(&self, order: &str) -> Result<BackupPlanId, Error> {
        let plan = self.0.send(self.1.clone()).client_token(order.parse()?).await?;
        Ok(plan.into_inner().backup_plan_id)
    }
    async fn newest(&self) -> Result<Option<BackupPlanDetail>, Error> {
        self.0.items(DescribeBackupPlanList::builder().build()).next().await.transpose()
    }
}

async fn post_plan(backups: &dyn Backups, order: &str) -> (StatusCode, String) {
    match backups.buy(order).await {
        Ok(plan) => (StatusCode::CREATED, plan.to_string()),
        Err(error) => (status(&error), format!("{}: {error}", error.kind().as_str())),
    }
}

fn status(error: &Error) -> StatusCode {
    match error {
        _ if error.may_have_executed() || error.is_retryable() => StatusCode::SERVICE_UNAVAILABLE,
        _ if error.is(ErrorCode::BackupPlanNotCreate) => StatusCode::CONFLICT,
        _ => StatusCode::BAD_GATEWAY,
    }
}

struct Mock(Option<ErrorBuilder>);

#[async_trait]
impl Backups for Mock {
    async fn buy(&self, _: &str) -> Result<BackupPlanId, Error> {
        let bought = || Ok(fake::sample::<CreateBackupPlan>().backup_plan_id);
        self.0.clone().map_or_else(bought, |error| Err(error.build()))
    }
    async fn newest(&self) -> Result<Option<BackupPlanDetail>, Error> {
        Ok(fake::sample::<DescribeBackupPlanList>().items.into_iter().next())
    }
}

#[tokio::test]
async fn mock_fails_as_the_service_does() {
    for (error, expected, text) in [
        (ErrorBuilder::timeout(), StatusCode::SERVICE_UNAVAILABLE, "timeout: CreateBackupPlan"),
        (ErrorBuilder::service("BackupPlanNotCreate"), StatusCode::CONFLICT, "service: "),
        (ErrorBuilder::credentials("no profile"), StatusCode::BAD_GATEWAY, "credentials: "),
    ] {
        let (status, body) = post_plan(&Mock(Some(error)), "order-1").await;
        assert!(status == expected && body.starts_with(text), "{status} {body}");
    }
    assert_eq!(post_plan(&Mock(None), "order-1").await.0, StatusCode::CREATED);
    assert!(Mock(None).newest().await.unwrap().unwrap().backup_plan_name.is_some());
}

#[tokio::test]
async fn repeated_order_buys_once_on_the_fake() {
    let dbs = FakeDbs::new();
    dbs.faults().drop_after_processing("CreateBackupPlan").times(4);
    let backups = Dbs(guide::client(&dbs), guide::purchase());
    assert_eq!(post_plan(&backups, "order-1").await.0, StatusCode::SERVICE_UNAVAILABLE);
    let (_, plan) = post_plan(&backups, "order-1").await;
    assert_eq!(backups.newest().await.unwrap().unwrap().backup_plan_id.as_str(), plan);
    assert_eq!(dbs.plans().len(), 1);
}
