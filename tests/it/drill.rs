//! Tests of `Client::drill` against the fake: points, proofs, failures, and what is measured.

use std::convert::Infallible;
use std::future::pending;
use std::time::Duration;

use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::{ConfigureBackupPlan, StartBackupPlan};
use aliyun_dbs::types::{
    BackupPlanId, BackupSchedule, BackupSetId, BackupStorage, DatabaseAccess, Port,
    RestoreDestination, RestoreObject, RestorePoint, RestoreStatus, Weekdays, start_time,
};
use aliyun_dbs::wait::WaitErrorKind;
use aliyun_dbs::workflows::drill::{Drill, DrillCause, DrillError, DrillStage, DrillStep};
use aliyun_dbs::{Client, Clock, Region};

use crate::support::{configure, create};

const PASSWORD: &str = "scratch-hunter2";

/// A fake with a running plan that has a finished backup.
struct DrillWorld {
    dbs: FakeDbs,
    client: Client,
    plan: BackupPlanId,
}

/// Returns a world whose plan backs up `rm-1`, with log backups or without.
async fn world(logs: bool) -> DrillWorld {
    let world = not_started(logs).await;
    world.start().await;
    world.dbs.clock().advance(Duration::from_secs(3600));
    world
}

async fn not_started(logs: bool) -> DrillWorld {
    let dbs = FakeDbs::with_seed(7);
    let client = Client::builder()
        .region(Region::Hangzhou)
        .credentials(dbs.credentials())
        .transport(dbs.clone())
        .build()
        .unwrap();
    let plan = client.send(create()).await.unwrap().into_inner().backup_plan_id;
    dbs.clock().advance(Duration::from_secs(5));
    let mut configuration: ConfigureBackupPlan = configure(&plan, "hunter2");
    configuration.enable_backup_log = Some(logs);
    configuration.storage = Some(BackupStorage::System);
    let every_day = BackupSchedule::weekly(Weekdays::EVERY_DAY, start_time!("02:30"));
    configuration.schedule = Some(every_day);
    client.send(configuration).await.unwrap();
    // Not by a wait, whose random intervals would give every time a fraction of a second.
    dbs.clock().advance(Duration::from_secs(10));
    DrillWorld { dbs, client, plan }
}

impl DrillWorld {
    async fn start(&self) {
        let start = StartBackupPlan::builder().backup_plan_id(self.plan.clone()).build();
        self.client.send(start).await.unwrap();
    }

    /// Returns a drill into another instance.
    fn drill(&self) -> Drill {
        self.client.drill(self.plan.clone()).restore_to(instance("rm-2"))
    }

    /// Returns how often an operation was sent.
    fn sent(&self, operation: &str) -> usize {
        self.dbs.requests().iter().filter(|request| request.operation() == operation).count()
    }

    fn set(&self) -> BackupSetId {
        self.dbs.full_backups()[0].backup_set_id.clone()
    }

    fn restored_point(&self) -> RestorePoint {
        self.dbs.restore_tasks()[0].request.restore_point.clone()
    }
}

fn instance(id: &str) -> RestoreDestination {
    RestoreDestination::Rds {
        region: Region::Hangzhou,
        instance_id: id.parse().unwrap(),
        access: DatabaseAccess::mysql("restore", PASSWORD),
        objects: RestoreObject::database("orders").into(),
    }
}

fn host(name: &str) -> RestoreDestination {
    RestoreDestination::Other {
        host: name.parse().unwrap(),
        port: Port::MYSQL,
        access: DatabaseAccess::mysql("restore", PASSWORD),
        objects: RestoreObject::database("orders").into(),
    }
}

#[tokio::test]
async fn newest_time_of_the_logs_is_restored() {
    let world = world(true).await;
    let now = world.dbs.clock().now();
    let record = world.drill().await.unwrap();
    let newest = now - Duration::from_secs(1);
    assert_eq!(world.restored_point(), RestorePoint::Time(newest));
    assert!(record.passed, "{record}");
    assert_eq!(record.point_time, Some(newest));
    assert_eq!(record.rpo, Some(Duration::from_secs(1)));
    assert_eq!(record.started_at, now);
    assert_eq!(record.plan, world.plan);
    let task = &world.dbs.restore_tasks()[0];
    assert_eq!(record.restore_task.as_ref(), Some(&task.restore_task_id));
    assert!(task.finished_at.is_some());
}

#[tokio::test]
async fn newest_backup_is_restored_without_logs() {
    let world = world(false).await;
    let finished = world.dbs.full_backups()[0].finished_at.unwrap();
    let age = world.dbs.clock().now() - finished;
    let record = world.drill().await.unwrap();
    assert_eq!(world.restored_point(), RestorePoint::BackupSet(world.set()));
    assert_eq!(record.point_time, Some(finished));
    assert_eq!(record.rpo, Some(age.unsigned_abs()));
}

#[tokio::test]
async fn backup_older_than_the_ranges_is_found() {
    let world = world(false).await;
    let stop = aliyun_dbs::operations::StopBackupPlan::builder()
        .backup_plan_id(world.plan.clone())
        .stop_method(aliyun_dbs::types::StopMethod::Plan)
        .build();
    world.client.send(stop).await.unwrap();
    world.dbs.clock().advance(Duration::from_secs(100 * 24 * 3600));
    let record = world.drill().await.unwrap();
    assert_eq!(world.restored_point(), RestorePoint::BackupSet(world.set()));
    assert!(record.rpo > Some(Duration::from_secs(99 * 24 * 3600)), "{record}");
}

#[tokio::test]
async fn chosen_point_is_restored() {
    let world = world(true).await;
    let at = world.dbs.clock().now() - Duration::from_secs(600);
    let record = world.drill().point(at).await.unwrap();
    assert_eq!(world.restored_point(), RestorePoint::Time(at));
    assert_eq!(record.rpo, Some(Duration::from_secs(600)));
    let backup = world.dbs.full_backups().remove(0);
    let record = world.drill().point(backup.backup_set_id).await.unwrap();
    assert_eq!(record.point_time, backup.finished_at);
}

#[tokio::test]
async fn plan_without_backup_has_nothing_to_restore() {
    let world = not_started(true).await;
    let error = world.drill().await.unwrap_err();
    assert!(matches!(error.cause(), DrillCause::NothingToRestore), "{error}");
    assert_eq!(world.sent("CreateRestoreTask"), 0);
    assert_eq!(error.record().restore_task, None);
}

async fn refused(world: &DrillWorld, drill: Drill) -> DrillError {
    let before = world.sent("CreateRestoreTask");
    let error = drill.await.unwrap_err();
    assert!(matches!(error.cause(), DrillCause::NotScratch(_)), "{error}");
    assert!(!error.is_retryable());
    assert_eq!(world.sent("CreateRestoreTask"), before);
    error
}

#[tokio::test]
async fn destination_that_is_the_source_is_refused() {
    let world = world(true).await;
    for destination in [instance("rm-1"), host("rm-1.mysql.rds.aliyuncs.com")] {
        let drill = world.client.drill(world.plan.clone()).restore_to(destination);
        let error = refused(&world, drill.destination_verified()).await;
        assert!(error.to_string().contains("is the database that the plan backs up"), "{error}");
    }
}

#[tokio::test]
async fn destination_without_proof_needs_verification() {
    let world = world(true).await;
    let drill = || world.client.drill(world.plan.clone()).restore_to(host("scratch.internal"));
    let error = refused(&world, drill()).await;
    assert!(error.to_string().contains("`Drill::destination_verified`"), "{error}");
    assert!(drill().destination_verified().await.unwrap().passed);
}

#[tokio::test]
async fn missing_destination_or_plan_is_refused() {
    let world = world(true).await;
    let error = refused(&world, world.client.drill(world.plan.clone())).await;
    assert!(error.to_string().contains("`Drill::restore_to`"), "{error}");
    let unknown = world.client.drill("dbs404".parse().unwrap()).restore_to(instance("rm-2"));
    refused(&world, unknown).await;
}

#[tokio::test]
async fn source_that_the_service_omits_is_not_proven() {
    let world = world(true).await;
    for field in ["SourceEndpointInstanceType", "SourceEndpointInstanceID"] {
        let path = format!("Items.BackupPlanDetail.0.{field}");
        world.dbs.responses().remove("DescribeBackupPlanList", &path).times(1);
        refused(&world, world.drill()).await;
    }
}

#[tokio::test]
async fn failed_pre_check_starts_no_restore() {
    let world = world(true).await;
    world.dbs.fail_next_pre_check("CHECK_PRIVILEGE", "no write privilege");
    let error = world.drill().await.unwrap_err();
    assert!(matches!(error.cause(), DrillCause::Wait(_)), "{error}");
    assert!(error.to_string().contains("no write privilege"), "{error}");
    assert_eq!(world.sent("StartRestoreTask"), 0);
    let record = error.record();
    assert!(record.restore_task.is_some() && !record.passed);
    assert!(record.pre_check >= Duration::from_secs(10) && record.restore.is_zero());
    assert!(record.failure.as_ref().unwrap().contains("no write privilege"));
}

#[tokio::test]
async fn failed_restore_runs_no_check() {
    let world = world(true).await;
    world.dbs.fail_next_restore("disk is full");
    let drill = world.drill().check(async |_| -> Result<(), Infallible> { panic!("runs") });
    let error = drill.await.unwrap_err();
    assert!(error.to_string().contains("disk is full"), "{error}");
    assert!(error.record().restore >= Duration::from_secs(30));
}

#[tokio::test]
async fn failed_call_is_the_cause() {
    let world = world(true).await;
    world.dbs.faults().gateway_error("StartRestoreTask", 403, "Forbidden.RAM", "denied");
    let error = world.drill().await.unwrap_err();
    assert!(matches!(error.cause(), DrillCause::Call(_)), "{error}");
    assert!(error.record().restore_task.is_some());
}

#[tokio::test]
async fn failed_check_is_a_record_without_the_password() {
    let world = world(true).await;
    let record = world
        .drill()
        .check(async |target| {
            let login = target.destination.password().unwrap().expose().to_owned();
            Err(std::io::Error::other(format!("mysql://restore:{login}@rm-2: no table")))
        })
        .await
        .unwrap();
    assert!(!record.passed);
    let failure = record.failure.as_deref().unwrap();
    assert_eq!(failure, "the check failed: mysql://restore:***@rm-2: no table");
    let json = serde_json::to_string(&record).unwrap();
    assert!(!json.contains(PASSWORD) && !record.to_string().contains(PASSWORD), "{json}");
    assert!(record.to_string().contains("failed"), "{record}");
}

#[tokio::test]
async fn check_gets_the_restored_database() {
    let world = world(true).await;
    let dbs = world.dbs.clone();
    let record = world
        .drill()
        .check(async move |target| {
            let task = dbs.restore_tasks().remove(0);
            assert_eq!(target.restore_task, task.restore_task_id);
            assert_eq!(target.destination, task.request.destination);
            assert_eq!(target.point, task.request.restore_point);
            assert!(task.finished_at.is_some());
            dbs.clock().advance(Duration::from_secs(40));
            Ok::<_, Infallible>(())
        })
        .await
        .unwrap();
    assert!(record.passed);
    assert_eq!(record.check, Duration::from_secs(40));
}

#[tokio::test]
async fn times_are_measured_and_serialised() {
    let world = world(true).await;
    let begun = world.dbs.clock().elapsed();
    let record = world.drill().await.unwrap();
    assert_eq!(begun + record.rto, world.dbs.clock().elapsed());
    // The fake takes 10 and 60 seconds, and polls are up to 60 seconds apart.
    let seconds = |from, to| Duration::from_secs(from)..Duration::from_secs(to);
    assert!(seconds(10, 40).contains(&record.pre_check), "{record:?}");
    assert!(seconds(60, 120).contains(&record.restore), "{record:?}");
    assert!(record.pre_check + record.restore <= record.rto);
    assert!(record.check.is_zero());
    let json = serde_json::to_value(&record).unwrap();
    assert_eq!(json["started_at"], "2026-01-01T01:00:15Z");
    assert_eq!(json["point_time"], "2026-01-01T01:00:14Z");
    assert_eq!(json["rpo"], 1.0);
    assert_eq!(json["rto"], record.rto.as_secs_f64());
    assert_eq!(json["passed"], true);
    assert_eq!(json.as_object().unwrap().len(), 11);
    let line = record.to_string();
    assert!(line.starts_with(&format!("drill of `{}` passed in ", world.plan)), "{line}");
    assert!(line.ends_with("; the restored point was 1s old"), "{line}");
}

#[tokio::test]
async fn stream_yields_the_steps_in_order() {
    let world = world(true).await;
    let mut drill = world.drill();
    let mut names = Vec::new();
    while let Some(step) = drill.next().await {
        names.push(match step.unwrap() {
            DrillStep::Waiting { stage: DrillStage::PreCheck, .. } => "pre-check",
            DrillStep::Waiting { .. } => "restore",
            DrillStep::Chosen { .. } => "chosen",
            DrillStep::Created { .. } => "created",
            DrillStep::Started => "started",
            DrillStep::Restored => "restored",
            DrillStep::Checked { passed: true } => "passed",
            step => panic!("{step:?}"),
        });
    }
    names.dedup();
    let expected = ["chosen", "created", "pre-check", "started", "restore", "restored", "passed"];
    assert_eq!(names, expected);
    assert!(drill.await.unwrap().passed);
}

#[tokio::test]
async fn failed_stream_says_that_it_has_ended() {
    let world = not_started(true).await;
    let mut drill = world.drill();
    assert!(drill.next().await.unwrap().is_err());
    let error = drill.await.unwrap_err();
    assert!(matches!(error.cause(), DrillCause::Ended), "{error}");
}

#[tokio::test]
async fn dropped_drill_starts_no_restore() {
    let world = world(true).await;
    let mut drill = world.drill();
    while let Some(step) = drill.next().await {
        if let DrillStep::Waiting { .. } = step.unwrap() {
            break;
        }
    }
    drop(drill);
    world.dbs.clock().advance(Duration::from_secs(3600));
    assert_eq!(world.sent("StartRestoreTask"), 0);
    assert_eq!(world.dbs.restore_tasks()[0].status, RestoreStatus::CheckPass);
}

#[tokio::test]
async fn drill_that_is_only_prepared_sends_nothing() {
    let world = world(true).await;
    let before = world.dbs.requests().len();
    drop(world.drill().check(async |_| Ok::<_, Infallible>(())));
    assert_eq!(world.dbs.requests().len(), before);
}

#[tokio::test]
async fn timeout_ends_the_restore_and_the_check() {
    let world = world(true).await;
    let error = world.drill().timeout(Duration::from_secs(30)).await.unwrap_err();
    let timed_out = |error: &DrillError| matches!(error.cause(), DrillCause::Wait(wait) if wait.kind() == WaitErrorKind::TimedOut);
    assert!(timed_out(&error) && error.is_retryable(), "{error}");

    let clock = world.dbs.clock().clone();
    let endless = world.drill().timeout(Duration::from_secs(3600)).check(async move |_| {
        clock.sleep(Duration::from_secs(7200)).await;
        pending::<Result<(), Infallible>>().await
    });
    let error = endless.await.unwrap_err();
    assert!(timed_out(&error), "{error}");
    assert!(error.to_string().contains("the check of the restored database"), "{error}");
}

#[tokio::test]
async fn backup_beyond_its_retention_is_not_restored() {
    let world = world(false).await;
    world.dbs.responses().remove("DescribeRestoreRangeInfo", "Items.DBSRecoverRange.*").always();
    let path = "Items.FullBackupFile.*.BackupSetExpiredTime";
    world.dbs.responses().set("DescribeFullBackupList", path, "1767225600000").always();
    let error = world.drill().await.unwrap_err();
    assert!(matches!(error.cause(), DrillCause::NothingToRestore), "{error}");
    assert_eq!(world.sent("CreateRestoreTask"), 0);
}

#[tokio::test]
async fn panic_of_the_check_reaches_the_caller() {
    let world = world(true).await;
    let drill = world.drill().check(async |_| -> Result<(), Infallible> { panic!("no table") });
    let panic = tokio::spawn(drill.into_future()).await.unwrap_err().into_panic();
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"no table"));
    assert!(world.dbs.restore_tasks()[0].finished_at.is_some(), "restored before the check");
}
