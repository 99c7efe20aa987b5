//! Tests of full backups, log backups, restores and downloads.

use super::*;

#[tokio::test]
async fn full_backups_follow_the_clock_and_fail_on_demand() {
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
    assert_eq!(list.total_elements, Some(1));
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
async fn weekly_plan_backs_up_on_its_days() {
    let world = world();
    // 2026-01-01 is a Thursday.
    let id = world.bought().await;
    let mut request = configure(&id, "hunter2");
    let days = Weekday::Monday | Weekday::Thursday;
    request.schedule = Some(BackupSchedule::weekly(days, start_time!("14:22")));
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
async fn running_plan_writes_log_backups() {
    let world = world();
    let id = world.checked().await;
    assert_eq!(world.ok(logs(&id)).await.total_elements, Some(0));
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
    world.wait(60);
    let list_of_paused = world.ok(logs(&id)).await.items;
    assert_eq!(
        list_of_paused[2].backup_status,
        IncrementBackupStatus::Filling,
        "PLAN does not stop log backups"
    );
    world.ok(start(&id)).await;
    world.ok(stop(&id, StopMethod::All)).await;
    world.wait(3600);
    let stopped = world.ok(logs(&id)).await.items;
    assert_eq!(stopped.len(), 3);
    assert_eq!(stopped[2].backup_status, IncrementBackupStatus::Completed);
    assert_eq!(stopped[0], list[0], "a completed file does not change");
    world.ok(start(&id)).await;
    assert_eq!(world.ok(logs(&id)).await.items.len(), 4);
    world.ok(DisableBackupLog::builder().backup_plan_id(id.clone()).build()).await;
    world.wait(3600);
    assert_eq!(world.ok(logs(&id)).await.items.len(), 3, "an empty log file is dropped");
}

#[tokio::test]
async fn restores_to_points_and_ranges() {
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
    assert_eq!(found[1].begin_timestamp_for_restore, Some(finished));
    assert_eq!(found[1].end_timestamp_for_restore, Some(world.now()));
    world.invalid(restore(&id, "1nowhere".parse::<BackupSetId>().unwrap())).await;
    world.invalid(restore(&id, finished - Duration::from_secs(1))).await;
    world.invalid(restore(&id, world.now() + Duration::from_secs(1))).await;

    let task = world.ok(restore(&id, finished + Duration::from_secs(30))).await.restore_task_id;
    world.denied(start_restore(&task), "init").await;
    world.wait(10);
    assert_eq!(world.ok(check(task.clone())).await.status, PreCheckStatus::Finish);
    assert_eq!(world.restore_row(&task).await.restore_status, RestoreStatus::CheckPass);
    world.ok(start_restore(&task)).await;
    world.denied(start_restore(&task), "running").await;
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
    assert_eq!(row.restore_status, RestoreStatus::Running, "the service publishes no final status");

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
    assert_eq!(world.ok(of_plan).await.total_elements, Some(2));
    let unknown = world.refused(start_restore(&"s404".parse().unwrap())).await;
    assert!(is(&unknown, ErrorCode::InvalidJobId), "{unknown}");
}

#[tokio::test]
async fn stop_all_and_failed_checks_block_restores() {
    let world = world();
    let (id, set) = world.backed_up().await;
    world.dbs.fail_next_pre_check("CHECK_SPACE", "not enough space");
    let failing = world.ok(restore(&id, set.clone())).await.restore_task_id;
    let task = world.ok(restore(&id, set)).await.restore_task_id;
    world.wait(10);
    world.denied(start_restore(&failing), "init").await;
    let checked = world.ok(check(failing.clone())).await;
    assert_eq!(checked.items.last().unwrap().item.as_deref(), Some("CHECK_SPACE"));
    let message = world.restore_row(&failing).await.error_message;
    assert_eq!(message.as_deref(), Some("not enough space"));
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
async fn downloads_backup_sets() {
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
        .backup_set_job_id(log.backup_set_job_id.unwrap())
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
    assert_eq!(world.ok(all).await.total_elements, Some(3));
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
async fn backup_lists_are_filtered_by_time_and_paged() {
    let world = world();
    let id = world.ok(create_and_start()).await.backup_plan_id;
    world.wait(10 + 40 * 24 * 3600);
    let mut list = fulls(&id);
    let first = world.ok(list.clone()).await;
    assert_eq!(
        (first.items.len(), first.total_elements, first.total_pages),
        (30, Some(41), Some(2))
    );
    list.page_num = Some(1);
    assert_eq!(world.ok(list.clone()).await.items.len(), 11);
    list.page_num = None;
    let second = first.items[1].create_time;
    (list.start_timestamp, list.end_timestamp) = (second, second);
    let only = world.ok(list.clone()).await.items;
    assert_eq!((only.len(), only[0].create_time), (1, second));
    list.backup_set_id = Some(first.items[0].backup_set_id.clone());
    assert_eq!(world.ok(list).await.total_elements, Some(0));
}

#[tokio::test]
async fn physical_restores_report_their_own_progress() {
    let world = world();
    let mut request = create_and_start();
    request.method = PlanMethod::Physical { log_interval_seconds: 600 };
    let source = DatabaseGatewayEndpoint {
        region: Some(Region::Hangzhou),
        instance_id: Some("dg-1".parse().unwrap()),
        host: None,
        port: None,
        access: DatabaseAccess::mysql("dbs", "hunter2"),
    };
    request.source = source.into();
    let id = world.ok(request).await.backup_plan_id;
    world.wait(75);
    let row = world.row(&id).await;
    assert_eq!(row.source_endpoint_instance_type.unwrap().as_str(), "dg");
    let set = world.dbs.full_backups()[0].backup_set_id.clone();
    let task = world.ok(restore(&id, set)).await.restore_task_id;
    world.wait(10);
    world.ok(start_restore(&task)).await;
    world.wait(30);
    let row = world.restore_row(&task).await;
    assert_eq!(row.full_data_restore_progress, None);
    assert_eq!(row.physical_full_backup_recover_progress, Some(100));
    assert_eq!(row.physical_backup_recover_progress, Some(50));
    assert_eq!(row.physical_database_online_progress, Some(0));
}

#[tokio::test]
async fn restores_to_both_ends_of_a_range() {
    // The system clock has nanoseconds; the wire format has milliseconds.
    let world = on(FakeDbs::new());
    let (id, _) = world.backed_up().await;
    world.wait(1000);
    let request = DescribeRestoreRangeInfo::builder()
        .backup_plan_id(id.clone())
        .begin_timestamp_for_restore(OffsetDateTime::UNIX_EPOCH)
        .end_timestamp_for_restore(world.now())
        .build();
    for range in world.ok(request).await.items {
        world.ok(restore(&id, range.end_timestamp_for_restore.unwrap())).await;
        if range.range_type == RestoreRangeType::Range {
            world.ok(restore(&id, range.begin_timestamp_for_restore.unwrap())).await;
        }
    }
    assert_eq!(world.dbs.restore_tasks().len(), 3);
}
