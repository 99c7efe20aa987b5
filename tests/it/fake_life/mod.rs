//! Tests of the life of plans, backups and restores, against the fake and its clock.

mod backups;
mod downloads;
mod example_fleet;
mod plans;
mod service;
mod versions;

use std::collections::BTreeSet;
use std::time::Duration;

use crate::support::{configure, create};
use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::BackupPlanDetail;
use aliyun_dbs::operations::RestoreTaskDetail;
use aliyun_dbs::operations::*;
use aliyun_dbs::transport::RecordedRequest;
use aliyun_dbs::types::*;
use aliyun_dbs::wait::PlanRunning;
use aliyun_dbs::{
    ApiRequest, Client, Clock, Error, Operation, Period, RawRequest, Region, RetryPolicy,
};
use time::OffsetDateTime;

/// The fake of one test, and a client that uses it.
struct FakeWorld {
    dbs: FakeDbs,
    client: Client,
}

fn world() -> FakeWorld {
    on(FakeDbs::with_seed(7))
}

fn on(dbs: FakeDbs) -> FakeWorld {
    let client = Client::builder()
        .region(Region::Hangzhou)
        .credentials(dbs.credentials())
        .transport(dbs.clone())
        .build()
        .unwrap();
    FakeWorld { dbs, client }
}

impl FakeWorld {
    fn wait(&self, seconds: u64) {
        self.dbs.clock().advance(Duration::from_secs(seconds));
    }

    fn now(&self) -> OffsetDateTime {
        self.dbs.clock().now()
    }

    async fn ok<R: ApiRequest + 'static>(&self, request: R) -> R::Response {
        self.client.send(request).retry(RetryPolicy::never()).await.unwrap().into_inner()
    }

    async fn refused<R: ApiRequest + 'static>(&self, request: R) -> Error
    where
        R::Response: std::fmt::Debug,
    {
        self.client.send(request).retry(RetryPolicy::never()).await.unwrap_err()
    }

    async fn bought(&self) -> BackupPlanId {
        let id = self.ok(create()).await.backup_plan_id;
        self.wait(5);
        id
    }

    /// Creates a plan with log backups enabled and its pre-check passed.
    async fn checked(&self) -> BackupPlanId {
        let id = self.bought().await;
        let mut request = configure(&id, "hunter2");
        request.enable_backup_log = Some(true);
        request.storage = Some(BackupStorage::System);
        self.ok(request).await;
        self.wait(10);
        id
    }

    /// Creates a running plan with one finished backup set.
    async fn backed_up(&self) -> (BackupPlanId, BackupSetId) {
        let id = self.checked().await;
        let set = self.ok(start(&id)).await.created_full_backup_set_id.unwrap();
        self.wait(65);
        (id, set)
    }

    async fn row(&self, id: &BackupPlanId) -> BackupPlanDetail {
        let request = DescribeBackupPlanList::builder().backup_plan_ids([id.clone()]).build();
        self.ok(request).await.items.remove(0)
    }

    async fn is(&self, id: &BackupPlanId, status: BackupPlanStatus) {
        assert_eq!(self.row(id).await.backup_plan_status, status);
    }

    async fn denied<R: ApiRequest + 'static>(&self, request: R, state: &str)
    where
        R::Response: std::fmt::Debug,
    {
        let error = self.refused(request).await;
        assert!(is(&error, ErrorCode::OperationDeniedJobStatus), "{error}");
        assert!(error.to_string().contains(&format!("in state `{state}`")), "{error}");
    }

    async fn invalid<R: ApiRequest + 'static>(&self, request: R)
    where
        R::Response: std::fmt::Debug,
    {
        let error = self.refused(request).await;
        assert!(is(&error, ErrorCode::InvalidParameter), "{error}");
    }

    async fn restore_row(&self, id: &RestoreTaskId) -> RestoreTaskDetail {
        let request = DescribeRestoreTaskList::builder().selection(id.clone()).build();
        self.ok(request).await.items.remove(0)
    }
}

fn is(error: &Error, code: ErrorCode) -> bool {
    error.is(code)
}

fn start(id: &BackupPlanId) -> StartBackupPlan {
    StartBackupPlan::builder().backup_plan_id(id.clone()).build()
}

fn stop(id: &BackupPlanId, method: StopMethod) -> StopBackupPlan {
    StopBackupPlan::builder().backup_plan_id(id.clone()).stop_method(method).build()
}

fn check(target: impl Into<PreCheckTarget>) -> DescribePreCheckProgressList {
    DescribePreCheckProgressList::builder().target(target).build()
}

fn fulls(id: &BackupPlanId) -> DescribeFullBackupList {
    DescribeFullBackupList::builder().backup_plan_id(id.clone()).show_progress(true).build()
}

fn logs(id: &BackupPlanId) -> DescribeIncrementBackupList {
    DescribeIncrementBackupList::builder().backup_plan_id(id.clone()).build()
}

fn restore(id: &BackupPlanId, point: impl Into<RestorePoint>) -> CreateRestoreTask {
    CreateRestoreTask::builder()
        .backup_plan_id(id.clone())
        .restore_task_name("drill")
        .restore_point(point)
        .destination(RestoreDestination::Rds {
            region: Region::Hangzhou,
            instance_id: "rm-2".parse().unwrap(),
            access: DatabaseAccess::mysql("dbs", "hunter2"),
            objects: RestoreObject::database("orders").into(),
        })
        .build()
}

fn start_restore(id: &RestoreTaskId) -> StartRestoreTask {
    StartRestoreTask::builder().restore_task_id(id.clone()).build()
}

fn endpoint(host: &str) -> SourceEndpoint {
    SourceEndpoint::Other {
        host: host.parse().unwrap(),
        port: Port::MYSQL,
        access: DatabaseAccess::mysql("dbs", "hunter2"),
    }
}

fn create_and_start() -> CreateAndStartBackupPlan {
    CreateAndStartBackupPlan::builder()
        .region(Region::Hangzhou)
        .database_type(DatabaseType::MySql)
        .instance_class(InstanceClass::Small)
        .method(PlanMethod::Logical)
        .billing(Billing::PayAsYouGo)
        .backup_plan_name("nightly")
        .source(endpoint("192.0.2.10"))
        .schedule(BackupSchedule::weekly(Weekdays::EVERY_DAY, start_time!("02:30")))
        .build()
}

/// Returns every change that a configured plan accepts, and whether it needs a new pre-check.
fn changes(id: &BackupPlanId) -> Vec<(RawRequest, bool)> {
    fn raw<O: Operation>(request: &O, checks: bool) -> (RawRequest, bool) {
        let mut raw = RawRequest::new(O::ACTION);
        let parameters = request.parameters().unwrap();
        for (name, value) in parameters.iter() {
            raw = raw.parameter(name, value);
        }
        for (name, secret) in parameters.secrets() {
            raw = raw.secret_parameter(name, secret.expose());
        }
        (raw, checks)
    }
    vec![
        raw(
            &ModifyBackupSourceEndpoint::builder()
                .backup_plan_id(id.clone())
                .source(SourceChange::new(endpoint("192.0.2.11"), BackupObject::database("orders")))
                .build(),
            true,
        ),
        raw(
            &ModifyBackupObjects::builder()
                .backup_plan_id(id.clone())
                .backup_objects(BackupObject::database("stock"))
                .build(),
            true,
        ),
        raw(&EnableBackupLog::builder().backup_plan_id(id.clone()).build(), true),
        raw(
            &ModifyBackupStrategy::builder()
                .backup_plan_id(id.clone())
                .schedule(NewSchedule::weekly(Weekday::Friday, start_time!("01:15")))
                .build(),
            false,
        ),
        raw(
            &ModifyStorageStrategy::builder()
                .backup_plan_id(id.clone())
                .lifecycle(storage_lifecycle!(10, 20, 30))
                .log_backup_retention_period(7)
                .build(),
            false,
        ),
        raw(&DisableBackupLog::builder().backup_plan_id(id.clone()).build(), false),
    ]
}
