//! The whole life of a plan, its backups and restores, against the fake and its clock.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod support;

use std::collections::BTreeSet;
use std::time::Duration;

use aliyun_dbs::clock::Clock;
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::plan::BackupPlanDetail;
use aliyun_dbs::operations::restore::RestoreTaskDetail;
use aliyun_dbs::operations::*;
use aliyun_dbs::types::*;
use aliyun_dbs::{ApiRequest, Client, Error, Operation, Period, RawRequest, Region, RetryPolicy};
use support::{configure, create};
use time::OffsetDateTime;

/// A service of its own for each test, and a client on it.
struct World {
    dbs: FakeDbs,
    client: Client,
}

fn world() -> World {
    let dbs = FakeDbs::with_seed(7);
    let client = Client::builder()
        .region(Region::Hangzhou)
        .credentials(dbs.credentials())
        .transport(dbs.clone())
        .build()
        .unwrap();
    World { dbs, client }
}

impl World {
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

    /// A plan with logs on and its pre-check passed.
    async fn checked(&self) -> BackupPlanId {
        let id = self.bought().await;
        let mut request = configure(&id, "hunter2");
        request.enable_backup_log = Some(true);
        request.storage = Some(BackupStorage::System);
        self.ok(request).await;
        self.wait(10);
        id
    }

    /// A plan that runs and has one finished backup set.
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
        assert!(error.to_string().contains(&format!("in state {state} ")), "{error}");
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
    error.code().is_some_and(|known| *known == code)
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
        .period(Billing::PayAsYouGo)
        .backup_plan_name("nightly")
        .source(endpoint("192.0.2.10"))
        .schedule(BackupSchedule::weekly(Weekdays::EVERY_DAY, StartTime::at::<2, 30>()))
        .build()
}

/// Every change that a configured plan takes, and whether it needs a new pre-check.
fn changes(id: &BackupPlanId) -> Vec<(RawRequest, bool)> {
    fn raw<O: Operation>(request: O, checks: bool) -> (RawRequest, bool) {
        let mut raw = RawRequest::new(O::ACTION);
        let parameters = request.parameters().unwrap();
        for (name, value) in parameters.iter() {
            raw = raw.param(name, value);
        }
        for (name, secret) in parameters.secrets() {
            raw = raw.secret_param(name, secret.expose());
        }
        (raw, checks)
    }
    vec![
        raw(
            ModifyBackupSourceEndpoint::builder()
                .backup_plan_id(id.clone())
                .source(SourceChange::new(endpoint("192.0.2.11"), BackupObject::database("orders")))
                .build(),
            true,
        ),
        raw(
            ModifyBackupObjects::builder()
                .backup_plan_id(id.clone())
                .backup_objects(BackupObject::database("stock"))
                .build(),
            true,
        ),
        raw(EnableBackupLog::builder().backup_plan_id(id.clone()).build(), true),
        raw(
            ModifyBackupStrategy::builder()
                .backup_plan_id(id.clone())
                .schedule(NewSchedule::weekly(Weekday::Friday, StartTime::at::<1, 15>()))
                .build(),
            false,
        ),
        raw(
            ModifyStorageStrategy::builder()
                .backup_plan_id(id.clone())
                .lifecycle(StorageLifecycle::of::<10, 20, 30>())
                .log_backup_retention_period(7)
                .build(),
            false,
        ),
        raw(DisableBackupLog::builder().backup_plan_id(id.clone()).build(), false),
    ]
}

#[tokio::test]
async fn a_plan_lives_from_purchase_to_release() {
    let world = world();
    let mut request = create();
    request.billing = Billing::PayAsYouGo;
    let id = world.ok(request).await.backup_plan_id;
    assert!(id.as_str().starts_with("dbs") && id.as_str().len() == 12, "{id}");
    world.is(&id, BackupPlanStatus::Wait).await;
    world.denied(start(&id), "wait").await;
    world.denied(stop(&id, StopMethod::All), "wait").await;
    world.denied(check(id.clone()), "wait").await;
    for (change, _) in changes(&id) {
        world.denied(change, "wait").await;
    }

    world.wait(5);
    world.ok(configure(&id, "hunter2")).await;
    world.is(&id, BackupPlanStatus::Init).await;
    world.denied(start(&id), "init").await;
    world.wait(5);
    let half = world.ok(check(id.clone())).await;
    assert_eq!((half.status, half.progress), (PreCheckStatus::Running.into(), 50));
    let states: Vec<_> = half.items.iter().map(|item| item.state.as_str()).collect();
    assert_eq!(states, ["finish", "finish", "running", "init"]);
    world.wait(5);
    let whole = world.ok(check(id.clone())).await;
    assert_eq!((whole.status, whole.progress), (PreCheckStatus::Finish.into(), 100));
    assert_eq!(whole.items[2].state, PreCheckItemState::Warning, "logs are off");
    assert!(whole.items.is_sorted_by_key(|item| (item.order_num, item.finish_time)));
    world.is(&id, BackupPlanStatus::CheckPass).await;
    world.denied(stop(&id, StopMethod::Plan), "check_pass").await;

    let set = world.ok(start(&id)).await.created_full_backup_set_id.unwrap();
    assert_eq!(world.ok(fulls(&id)).await.items[0].backup_set_id, set);
    world.is(&id, BackupPlanStatus::Running).await;
    world.denied(start(&id), "running").await;
    world.denied(configure(&id, "hunter2"), "running").await;
    world.denied(ReleaseBackupPlan::builder().backup_plan_id(id.clone()).build(), "running").await;
    world.ok(stop(&id, StopMethod::Plan)).await;
    world.is(&id, BackupPlanStatus::Pause).await;
    world.denied(stop(&id, StopMethod::Plan), "pause").await;
    world.ok(start(&id)).await;
    assert_eq!(world.dbs.full_backups().len(), 2, "each start queues one");
    world.ok(stop(&id, StopMethod::All)).await;
    for backup in world.dbs.full_backups() {
        assert_eq!(backup.status, FullBackupStatus::Pause);
    }
    world.ok(ReleaseBackupPlan::builder().backup_plan_id(id.clone()).build()).await;
    assert!(world.dbs.plans().is_empty());
    for error in [world.refused(start(&id)).await, world.refused(fulls(&id)).await] {
        assert!(is(&error, ErrorCode::InvalidJobId), "{error}");
    }
}

#[tokio::test]
async fn a_failed_pre_check_says_why_and_is_made_again() {
    let world = world();
    let id = world.bought().await;
    world.dbs.fail_next_pre_check("CHECK_PRIVILEGE", "dbs may not SELECT");
    world.ok(configure(&id, "hunter2")).await;
    world.wait(10);
    let failed = world.ok(check(id.clone())).await;
    assert_eq!((failed.status, failed.progress), (PreCheckStatus::Failed.into(), 100));
    assert_eq!(failed.items[1].state, PreCheckItemState::Failed);
    assert_eq!(failed.items[1].error_message.as_deref(), Some("dbs may not SELECT"));
    let row = world.row(&id).await;
    assert_eq!(row.backup_plan_status, BackupPlanStatus::Init);
    assert_eq!(row.error_message.as_deref(), Some("dbs may not SELECT"));
    world.denied(start(&id), "init").await;

    world.ok(configure(&id, "hunter2")).await;
    world.wait(10);
    let row = world.row(&id).await;
    assert_eq!(row.backup_plan_status, BackupPlanStatus::CheckPass);
    assert_eq!(row.error_message, None);
}

#[tokio::test]
async fn plans_start_by_themselves_when_told() {
    let world = world();
    let id = world.bought().await;
    let mut request = configure(&id, "hunter2");
    request.auto_start_backup = Some(true);
    world.ok(request).await;
    let both = world.ok(create_and_start()).await;
    assert!(both.create_backup_set);
    world.wait(9);
    world.is(&both.backup_plan_id, BackupPlanStatus::Init).await;
    assert!(world.dbs.full_backups().is_empty());
    let checked = world.now() + Duration::from_secs(1);
    // Nobody looks when it happens.
    world.wait(1000);
    for plan in world.dbs.plans() {
        assert_eq!(plan.status, BackupPlanStatus::Running);
    }
    let backups = world.dbs.full_backups();
    assert_eq!(backups.len(), 2);
    assert!(backups.iter().all(|backup| backup.created_at == checked));
    let plan = world.dbs.plans().pop().unwrap();
    assert_eq!(plan.configuration.unwrap().backup_plan_name, "nightly");
    world.ok(fulls(&both.backup_plan_id)).await;
}

#[tokio::test]
async fn changes_show_and_need_a_pre_check_or_not() {
    let world = world();
    let (id, _) = world.backed_up().await;
    for (change, checks) in changes(&id) {
        let status = world.row(&id).await.backup_plan_status;
        assert_eq!(status, BackupPlanStatus::Running);
        let answer = world.ok(change).await;
        assert_eq!(answer.get("NeedPrecheck"), Some(checks.to_string()));
        if checks {
            world.is(&id, BackupPlanStatus::Init).await;
            world.wait(10);
            world.is(&id, BackupPlanStatus::CheckPass).await;
            world.ok(start(&id)).await;
        }
    }
    world
        .ok(ModifyBackupPlanName::builder()
            .backup_plan_id(id.clone())
            .backup_plan_name("renamed")
            .build())
        .await;
    let rules = ModifyBackupSetDownloadRules::builder()
        .backup_plan_id(id.clone())
        .open_auto_download(true)
        .full_data_format(BackupSetDataFormat::Sql)
        .build();
    world.ok(rules.clone()).await;
    let row = world.row(&id).await;
    assert_eq!(row.backup_plan_name, "renamed");
    assert_eq!(row.source_endpoint_ip_port.as_deref(), Some("192.0.2.11:3306"));
    assert_eq!(row.backup_objects.unwrap().known().unwrap().as_slice()[0].db_name, "stock");
    assert_eq!(row.backup_period.unwrap().to_string(), "Friday");
    assert_eq!(row.backup_start_time.unwrap().to_string(), "01:15");
    assert_eq!(row.backup_retention_period, Some(30));
    assert_eq!(row.duplication_infrequent_access_period, Some(10));
    assert_eq!(row.log_backup_retention_period, Some(7));
    assert_eq!(row.enable_backup_log, Some(false));
    assert_eq!(row.open_backup_set_auto_download, Some(true));

    // Rules are for storage of the service only.
    let other = world.bought().await;
    let mut elsewhere = rules;
    elsewhere.backup_plan_id = other.clone();
    world.denied(elsewhere.clone(), "wait").await;
    world.ok(configure(&other, "hunter2")).await;
    world.invalid(elsewhere).await;
}

#[tokio::test]
async fn full_backups_go_by_the_clock_and_fail_on_demand() {
    let world = world();
    let id = world.checked().await;
    world.ok(start(&id)).await;
    let only = async || world.ok(fulls(&id)).await.items.remove(0);
    let new = only().await;
    assert_eq!(new.backup_status, FullBackupStatus::Schedule);
    assert_eq!(new.storage_method, Some(StorageMethod::Unknown.into()));
    for (seconds, structure, data) in [(5, 0, 0), (5, 50, 0), (5, 100, 0), (25, 100, 50)] {
        world.wait(seconds);
        let row = only().await;
        assert_eq!(row.backup_status, FullBackupStatus::Running);
        assert_eq!(row.logical_structure_backup_progress, Some(structure));
        assert_eq!(row.logical_full_backup_progress, Some(data));
    }
    world.wait(25);
    let done = only().await;
    assert_eq!(done.backup_status, FullBackupStatus::Finish);
    assert_eq!(done.finish_time, Some(world.now()));
    assert_eq!(done.backup_size, Some(world.dbs.full_backups()[0].size));
    assert_eq!(done.storage_method, Some(StorageMethod::Standard.into()));
    let mut plain = fulls(&id);
    plain.show_progress = None;
    assert_eq!(world.ok(plain).await.items[0].logical_full_backup_progress, None);

    world.ok(stop(&id, StopMethod::Plan)).await;
    world.dbs.fail_next_full_backup("table orders is broken");
    let broken = world.ok(start(&id)).await.created_full_backup_set_id.unwrap();
    world.wait(60);
    let mut filter = fulls(&id);
    filter.backup_set_status = Some(FullBackupStatus::Stop);
    let list = world.ok(filter).await;
    assert_eq!(list.total_elements, 1);
    assert_eq!(list.items[0].backup_set_id, broken);
    assert_eq!(list.items[0].error_message.as_deref(), Some("table orders is broken"));
    for (language, says) in [(None, "failed"), (Some(Language::Chinese), "失败")] {
        let request = DescribeJobErrorCode::builder().task_id(broken.clone());
        let request = request.maybe_language(language).build();
        let message = world.ok(request).await.item.error_message.unwrap();
        assert!(message.contains(says) && message.contains("broken"), "{message}");
    }
    let nowhere = DescribeJobErrorCode::builder().task_id("x404".parse::<JobId>().unwrap()).build();
    assert!(is(&world.refused(nowhere).await, ErrorCode::InvalidJobId));
}

#[tokio::test]
async fn a_weekly_plan_backs_up_on_its_days() {
    let world = world();
    // 2026-01-01 is a Thursday.
    let id = world.bought().await;
    let mut request = configure(&id, "hunter2");
    let days = Weekday::Monday | Weekday::Thursday;
    request.schedule = Some(BackupSchedule::weekly(days, StartTime::at::<14, 22>()));
    request.auto_start_backup = Some(true);
    world.ok(request).await;
    world.wait(14 * 24 * 3600);
    let at: Vec<_> = world
        .dbs
        .full_backups()
        .iter()
        .map(|backup| backup.created_at.unix_timestamp() - 1_767_225_600)
        .collect();
    let day = 24 * 3600;
    let time = 14 * 3600 + 22 * 60;
    assert_eq!(at, [15, time, 4 * day + time, 7 * day + time, 11 * day + time]);
    world.ok(stop(&id, StopMethod::Plan)).await;
    world.wait(7 * 24 * 3600);
    assert_eq!(world.dbs.full_backups().len(), 5);
}

#[tokio::test]
async fn logs_are_written_while_a_plan_with_logs_runs() {
    let world = world();
    let id = world.checked().await;
    assert_eq!(world.ok(logs(&id)).await.total_elements, 0);
    world.ok(start(&id)).await;
    world.wait(25 * 60);
    let list = world.ok(logs(&id)).await.items;
    let seen: Vec<_> =
        list.iter().map(|log| (log.backup_set_id.as_str(), log.backup_status.as_str())).collect();
    assert_eq!(
        seen,
        [
            ("mysql-bin.000001", "COMPLETED"),
            ("mysql-bin.000002", "COMPLETED"),
            ("mysql-bin.000003", "FILLING"),
        ]
    );
    world.ok(stop(&id, StopMethod::Plan)).await;
    world.wait(3600);
    let stopped = world.ok(logs(&id)).await.items;
    assert_eq!(stopped.len(), 3);
    assert_eq!(stopped[2].backup_status, IncrementBackupStatus::Completed);
    assert_eq!(stopped[0], list[0], "a finished file stays as it is");
    world.ok(start(&id)).await;
    assert_eq!(world.ok(logs(&id)).await.items.len(), 4);
    world.ok(DisableBackupLog::builder().backup_plan_id(id.clone()).build()).await;
    world.wait(3600);
    assert_eq!(world.ok(logs(&id)).await.items.len(), 3, "nothing was written in no time");
}

#[tokio::test]
async fn what_was_backed_up_is_restored() {
    let world = world();
    let id = world.checked().await;
    let ranges = async || {
        let request = DescribeRestoreRangeInfo::builder()
            .backup_plan_id(id.clone())
            .begin_timestamp_for_restore(OffsetDateTime::UNIX_EPOCH)
            .end_timestamp_for_restore(world.now())
            .build();
        world.ok(request).await.items
    };
    let set = world.ok(start(&id)).await.created_full_backup_set_id.unwrap();
    world.invalid(restore(&id, set.clone())).await;
    assert_eq!(ranges().await, []);
    world.wait(65);
    let finished = world.now();
    world.wait(600);
    let found = ranges().await;
    assert_eq!(found[0].range_type, RestoreRangeType::Point);
    assert_eq!(found[0].full_backup_list[0].backup_set_id, set);
    assert_eq!(found[1].range_type, RestoreRangeType::Range);
    assert_eq!(found[1].begin_timestamp_for_restore, finished);
    assert_eq!(found[1].end_timestamp_for_restore, world.now());
    world.invalid(restore(&id, "1nowhere".parse::<BackupSetId>().unwrap())).await;
    world.invalid(restore(&id, finished - Duration::from_secs(1))).await;
    world.invalid(restore(&id, world.now() + Duration::from_secs(1))).await;

    let task = world.ok(restore(&id, finished + Duration::from_secs(30))).await.restore_task_id;
    world.denied_task(start_restore(&task), "init").await;
    world.wait(10);
    assert_eq!(world.ok(check(task.clone())).await.status, PreCheckStatus::Finish);
    assert_eq!(world.restore_row(&task).await.restore_status, RestoreStatus::CheckPass);
    world.ok(start_restore(&task)).await;
    world.denied_task(start_restore(&task), "running").await;
    let progress = async || {
        let row = world.restore_row(&task).await;
        [
            row.structure_before_restore_progress.unwrap(),
            row.full_data_restore_progress.unwrap(),
            row.structure_after_restore_progress.unwrap(),
            row.continuous_restore_progress.unwrap(),
        ]
    };
    assert_eq!(progress().await, [0; 4]);
    world.wait(24);
    assert_eq!(progress().await, [100, 60, 0, 0]);
    world.wait(35);
    assert_eq!(world.restore_row(&task).await.restore_task_finish_time, None);
    world.wait(1);
    assert_eq!(progress().await, [100; 4]);
    let row = world.restore_row(&task).await;
    assert_eq!(row.restore_task_finish_time, Some(world.now()));
    assert_eq!(row.restore_status, RestoreStatus::Running, "no finished value is published");

    world.dbs.fail_next_restore("the disk is full");
    let failing = world.ok(restore(&id, set)).await.restore_task_id;
    world.wait(10);
    world.ok(start_restore(&failing)).await;
    world.wait(60);
    let row = world.restore_row(&failing).await;
    assert_eq!(row.restore_status, RestoreStatus::Stop);
    assert_eq!(row.error_message.as_deref(), Some("the disk is full"));
    assert_eq!((row.full_data_restore_progress, row.restore_task_finish_time), (Some(100), None));
    let explained = DescribeJobErrorCode::builder().task_id(failing).build();
    assert!(world.ok(explained).await.item.error_message.unwrap().contains("disk"));
    let of_plan = DescribeRestoreTaskList::builder().selection(id.clone()).build();
    assert_eq!(world.ok(of_plan).await.total_elements, 2);
    let unknown = world.refused(start_restore(&"s404".parse().unwrap())).await;
    assert!(is(&unknown, ErrorCode::InvalidJobId), "{unknown}");
}

impl World {
    async fn denied_task(&self, request: StartRestoreTask, state: &str) {
        self.denied(request, state).await;
    }
}

#[tokio::test]
async fn stopping_all_pauses_restores_and_a_failed_check_holds_them_back() {
    let world = world();
    let (id, set) = world.backed_up().await;
    world.dbs.fail_next_pre_check("CHECK_SPACE", "there is no room");
    let failing = world.ok(restore(&id, set.clone())).await.restore_task_id;
    let task = world.ok(restore(&id, set)).await.restore_task_id;
    world.wait(10);
    world.denied(start_restore(&failing), "init").await;
    let checked = world.ok(check(failing.clone())).await;
    assert_eq!(checked.items.last().unwrap().item, "CHECK_SPACE");
    let message = world.restore_row(&failing).await.error_message;
    assert_eq!(message.as_deref(), Some("there is no room"));
    world.ok(start_restore(&task)).await;
    world.wait(20);
    world.ok(stop(&id, StopMethod::All)).await;
    world.wait(600);
    let row = world.restore_row(&task).await;
    assert_eq!(row.restore_status, RestoreStatus::Pause);
    assert_eq!(row.full_data_restore_progress, Some(33));
    assert_eq!(world.dbs.restore_tasks()[1].finished_at, None);
}

#[tokio::test]
async fn backup_sets_are_downloaded() {
    let world = world();
    let id = world.checked().await;
    let set = world.ok(start(&id)).await.created_full_backup_set_id.unwrap();
    let full = CreateFullBackupSetDownload::builder().backup_set_id(set.clone()).build();
    world.denied(full.clone(), "schedule").await;
    world.wait(65);
    let log = world.ok(logs(&id)).await.items.remove(0);
    let task = world.ok(full.clone()).await.backup_set_download_task_id;
    let again = world.refused(full.clone()).await;
    assert!(is(&again, ErrorCode::DownloadTaskJobAlreadyExist), "{again}");
    let mut increment = CreateIncrementBackupSetDownload::builder()
        .backup_set_job_id(log.backup_set_job_id)
        .backup_set_id(log.backup_set_id)
        .build();
    world.ok(increment.clone()).await;
    let row = async |task: &BackupSetDownloadTaskId| {
        let request = DescribeBackupSetDownloadTaskList::builder().selection(task.clone()).build();
        world.ok(request).await.items.remove(0)
    };
    for (state, wait) in [("checking", 5), ("schedule", 5), ("running", 20), ("finish", 0)] {
        let seen = row(&task).await;
        assert_eq!(seen.backup_set_download_status.as_str(), state);
        assert_eq!(seen.backup_set_download_internet_url.is_some(), state == "finish");
        world.wait(wait);
    }
    world.ok(full).await;
    let all = DescribeBackupSetDownloadTaskList::builder().selection(id).build();
    assert_eq!(world.ok(all).await.total_elements, 3);
    assert_eq!(world.dbs.downloads()[1].backup_set_id.as_str(), "mysql-bin.000001");

    increment.backup_set_id = "mysql-bin.000099".parse().unwrap();
    let missing = world.refused(increment).await;
    assert!(is(&missing, ErrorCode::InvalidJobId), "{missing}");
    let unknown: BackupSetDownloadTaskId = "dl404".parse().unwrap();
    let unknown = DescribeBackupSetDownloadTaskList::builder().selection(unknown).build();
    let unknown = world.refused(unknown).await;
    assert!(is(&unknown, ErrorCode::DownloadTaskCannotFind), "{unknown}");
}

#[tokio::test]
async fn gateways_list_their_databases_after_a_while() {
    let world = world();
    let id = world.dbs.add_gateway(Region::Hangzhou, "idc-1");
    world.dbs.add_gateway(Region::Beijing, "idc-2");
    assert!(world.dbs.add_gateway_databases(id, ["orders", "stock"]));
    assert!(!world.dbs.add_gateway_databases(1.into(), ["orders"]));
    let list = DescribeBackupGatewayList::builder().region(Region::Hangzhou).build();
    let rows = world.ok(list).await.items;
    assert_eq!((rows.len(), rows[0].backup_gateway_id), (1, id));
    let ask = CreateGetDBListFromAgentTask::builder().backup_gateway_id(id).build();
    let task_id = world.ok(ask).await.task_id;
    let fetch = GetDBListFromAgent::builder().backup_gateway_id(id).task_id(task_id).build();
    assert!(world.ok(fetch.clone()).await.db_list.is_empty());
    world.wait(3);
    assert_eq!(world.ok(fetch).await.db_list, ["orders", "stock"]);
    world
        .invalid(CreateGetDBListFromAgentTask::builder().backup_gateway_id(1.into()).build())
        .await;
    let request = GetDBListFromAgent::builder().backup_gateway_id(1.into()).task_id(task_id);
    world.invalid(request.build()).await;
}

#[tokio::test]
async fn subscriptions_expire_and_are_renewed() {
    let world = world();
    let (id, set) = world.backed_up().await;
    let bill = DescribeBackupPlanBilling::builder().backup_plan_id(id.clone()).build();
    let before = world.ok(bill.clone()).await.item;
    assert_eq!(before.is_expired, Some(false));
    assert_eq!(before.full_storage_size, Some(world.dbs.full_backups()[0].size));
    world.invalid(ReleaseBackupPlan::builder().backup_plan_id(id.clone()).build()).await;
    world.wait(3 * 365 * 24 * 3600);
    world.is(&id, BackupPlanStatus::Locked).await;
    assert_eq!(world.ok(bill).await.item.is_expired, Some(true));
    world.denied(start(&id), "locked").await;
    world.denied(stop(&id, StopMethod::All), "locked").await;
    world.denied(configure(&id, "hunter2"), "locked").await;
    world.denied(restore(&id, set), "locked").await;
    world.denied(changes(&id).remove(0).0, "locked").await;
    let renew = |id: &BackupPlanId| {
        RenewBackupPlan::builder().backup_plan_id(id.clone()).period(Period::months::<2>()).build()
    };
    world.ok(renew(&id)).await;
    world.is(&id, BackupPlanStatus::Running).await;
    let expires = world.row(&id).await.instance_expired_timestamp.unwrap();
    assert_eq!(expires - world.now(), time::Duration::days(60));

    let upgrade = |class| {
        UpgradeBackupPlan::builder().backup_plan_id(id.clone()).instance_class(class).build()
    };
    world.invalid(upgrade(InstanceClass::Small)).await;
    world.invalid(upgrade(InstanceClass::Micro)).await;
    world.ok(upgrade(InstanceClass::Large)).await;
    assert_eq!(world.row(&id).await.instance_class, InstanceClass::Large);

    assert!(world.dbs.lock_plan(&id));
    world.is(&id, BackupPlanStatus::Locked).await;
    assert!(world.dbs.unlock_plan(&id));
    world.is(&id, BackupPlanStatus::Running).await;
    assert!(!world.dbs.lock_plan(&"dbs404".parse().unwrap()));

    let other = world.ok(create_and_start()).await.backup_plan_id;
    world.invalid(renew(&other)).await;
    let nowhere = DescribeBackupPlanBilling::builder();
    world.invalid(nowhere.backup_plan_id("dbs404".parse().unwrap()).build()).await;
}

#[tokio::test]
async fn published_limits_hold_when_asked_for() {
    let world = world();
    let list = || DescribeBackupPlanList::builder().build();
    for _ in 0..60 {
        world.ok(list()).await;
    }
    world.dbs.enforce_rate_limits(true);
    for _ in 0..50 {
        world.ok(list()).await;
    }
    world.wait(20);
    for _ in 0..2 {
        let error = world.refused(list()).await;
        assert!(error.is_throttling() && !error.may_have_executed(), "{error}");
    }
    world.ok(DescribeRegions::builder().build()).await;
    world.wait(40);
    world.ok(list()).await;
    // With retries a client waits as it is told.
    for _ in 0..49 {
        world.ok(list()).await;
    }
    let before = world.now();
    let call = world.client.send(list()).timeout(Duration::from_secs(300));
    assert_eq!(call.await.unwrap().attempts(), 2);
    assert!(world.now() - before >= time::Duration::seconds(60));
}

#[tokio::test]
async fn reading_is_answered_anew_whatever_its_token() {
    let world = world();
    let list = || DescribeBackupPlanList::builder().client_token("once".parse().unwrap()).build();
    assert_eq!(world.ok(list()).await.total_elements, 0);
    world.bought().await;
    assert_eq!(world.ok(list()).await.total_elements, 1);
}

#[tokio::test]
async fn the_role_is_created_once() {
    let world = world();
    let role = || InitializeDbsServiceLinkedRole::builder().build();
    world.ok(role()).await;
    let again = world.refused(role()).await;
    assert!(is(&again, ErrorCode::EntityAlreadyExistsRole), "{again}");
}

/// Calls every operation, successfully; gives the answers as texts.
async fn everything(world: &World) -> Vec<String> {
    let mut answers = Vec::new();
    macro_rules! call {
        ($request:expr) => {{
            let answer = world.ok($request).await;
            answers.push(serde_json::to_string(&answer).unwrap());
            answer
        }};
    }
    call!(InitializeDbsServiceLinkedRole::builder().build());
    let regions = call!(DescribeRegions::builder().build()).regions;
    assert_eq!(regions.len(), Region::ALL.len());
    call!(DescribeNodeCidrList::builder().region(Region::Hangzhou).build());
    let gateway = world.dbs.add_gateway(Region::Hangzhou, "idc-1");
    call!(DescribeBackupGatewayList::builder().region(Region::Hangzhou).build());
    let ask = CreateGetDBListFromAgentTask::builder().backup_gateway_id(gateway).build();
    let task_id = call!(ask).task_id;
    call!(GetDBListFromAgent::builder().backup_gateway_id(gateway).task_id(task_id).build());
    let id = call!(create()).backup_plan_id;
    let other = call!(create_and_start()).backup_plan_id;
    world.wait(5);
    let mut request = configure(&id, "hunter2");
    request.storage = Some(BackupStorage::System);
    call!(request);
    call!(check(id.clone()));
    for (change, _) in changes(&id) {
        call!(change);
    }
    call!(EnableBackupLog::builder().backup_plan_id(id.clone()).build());
    world.wait(10);
    call!(ModifyBackupSetDownloadRules::builder().backup_plan_id(id.clone()).build());
    call!(
        ModifyBackupPlanName::builder()
            .backup_plan_id(id.clone())
            .backup_plan_name("renamed")
            .build()
    );
    let set = call!(start(&id)).created_full_backup_set_id.unwrap();
    world.wait(3 * 24 * 3600);
    call!(fulls(&id));
    call!(fulls(&other));
    let log = call!(logs(&id)).items.remove(0);
    call!(CreateFullBackupSetDownload::builder().backup_set_id(set.clone()).build());
    call!(
        CreateIncrementBackupSetDownload::builder()
            .backup_set_job_id(log.backup_set_job_id)
            .backup_set_id(log.backup_set_id)
            .build()
    );
    call!(DescribeBackupSetDownloadTaskList::builder().selection(id.clone()).build());
    call!(
        DescribeRestoreRangeInfo::builder()
            .backup_plan_id(id.clone())
            .begin_timestamp_for_restore(world.now() - Duration::from_secs(3600))
            .end_timestamp_for_restore(world.now())
            .build()
    );
    let task = call!(restore(&id, set)).restore_task_id;
    world.wait(10);
    call!(start_restore(&task));
    call!(DescribeRestoreTaskList::builder().selection(task.clone()).build());
    call!(DescribeJobErrorCode::builder().task_id(task).build());
    call!(DescribeDLAService::builder().backup_plan_id(id.clone()).build());
    call!(DescribeBackupPlanBilling::builder().backup_plan_id(id.clone()).build());
    call!(
        RenewBackupPlan::builder().backup_plan_id(id.clone()).period(Period::years::<1>()).build()
    );
    call!(
        UpgradeBackupPlan::builder()
            .backup_plan_id(id.clone())
            .instance_class(InstanceClass::Large)
            .build()
    );
    call!(stop(&other, StopMethod::All));
    call!(ReleaseBackupPlan::builder().backup_plan_id(other).build());
    call!(DescribeBackupPlanList::builder().build());
    answers
}

#[tokio::test]
async fn every_operation_is_answered() {
    let world = world();
    everything(&world).await;
    let requests = world.dbs.requests();
    let called: BTreeSet<_> = requests.iter().map(|request| request.operation()).collect();
    let known: BTreeSet<_> = ALL.iter().map(|info| info.action).collect();
    assert_eq!(called, known);
}

#[tokio::test]
async fn one_seed_gives_the_same_requests_and_answers() {
    let run = async |seed: u64, looks: bool| {
        let dbs = FakeDbs::with_seed(seed);
        dbs.faults().drop_after_processing("CreateBackupPlan");
        dbs.faults().gateway_error("CreateBackupPlan", 503, "ServiceUnavailable", "busy");
        let builder = Client::builder().region(Region::Hangzhou).credentials(dbs.credentials());
        let client = builder.transport(dbs.clone()).build().unwrap();
        let bought = client.send(create()).await.unwrap();
        assert_eq!(bought.attempts(), 3);
        let first = format!("{} {}", bought.request_id(), bought.backup_plan_id);
        let world = World { dbs, client };
        if looks {
            world.dbs.plans();
        }
        let mut answers = everything(&world).await;
        answers.push(first);
        let wire = |request: &aliyun_dbs::transport::RecordedRequest| {
            (request.uri().to_string(), format!("{:?}", request.headers()), request.body().clone())
        };
        (answers, world.dbs.requests().iter().map(wire).collect::<Vec<_>>())
    };
    let once = run(1, false).await;
    assert_eq!(once, run(1, true).await);
    assert_ne!(once, run(2, false).await);
}
