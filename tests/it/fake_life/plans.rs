//! Tests of the life of a plan, from purchase to release.

use super::*;

#[tokio::test]
async fn plan_lives_from_purchase_to_release() {
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
    assert_eq!((half.status, half.progress), (PreCheckStatus::Running.into(), Some(50)));
    let states: Vec<_> = half.items.iter().map(|item| item.state.as_str()).collect();
    assert_eq!(states, ["finish", "finish", "running", "init"]);
    world.wait(5);
    let whole = world.ok(check(id.clone())).await;
    assert_eq!((whole.status, whole.progress), (PreCheckStatus::Finish.into(), Some(100)));
    assert_eq!(whole.items[2].state, PreCheckItemState::Warning, "log backups are off");
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
    assert_eq!(world.dbs.full_backups().len(), 2, "each start queues one backup");
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
async fn failed_pre_check_explains_and_can_be_repeated() {
    let world = world();
    let id = world.bought().await;
    world.dbs.fail_next_pre_check("CHECK_PRIVILEGE", "dbs may not SELECT");
    world.ok(configure(&id, "hunter2")).await;
    world.wait(10);
    let failed = world.ok(check(id.clone())).await;
    assert_eq!((failed.status, failed.progress), (PreCheckStatus::Failed.into(), Some(100)));
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
async fn auto_start_starts_plans_after_the_pre_check() {
    let world = world();
    let id = world.bought().await;
    let mut request = configure(&id, "hunter2");
    request.auto_start_backup = Some(true);
    world.ok(request).await;
    let both = world.ok(create_and_start()).await;
    assert_eq!(both.create_backup_set, Some(true));
    world.wait(9);
    world.is(&both.backup_plan_id, BackupPlanStatus::Init).await;
    assert!(world.dbs.full_backups().is_empty());
    let checked = world.now() + Duration::from_secs(1);
    // No request arrives at the moment itself.
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
async fn changes_are_listed_and_may_need_a_pre_check() {
    let world = world();
    let (id, _) = world.backed_up().await;
    for (change, checks) in changes(&id) {
        let status = world.row(&id).await.backup_plan_status;
        assert_eq!(status, BackupPlanStatus::Running);
        let response = world.ok(change).await;
        assert_eq!(response.get("NeedPrecheck"), Some(checks.to_string()));
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
        .auto_download(AutoDownload::To(DownloadTargetLocation::Local))
        .full_data_format(BackupSetDataFormat::Sql)
        .build();
    world.ok(rules.clone()).await;
    let row = world.row(&id).await;
    assert_eq!(row.backup_plan_name.as_deref(), Some("renamed"));
    assert_eq!(row.source_endpoint_ip_port.as_deref(), Some("192.0.2.11:3306"));
    assert_eq!(row.backup_objects.unwrap().known().unwrap().as_slice()[0].db_name, "stock");
    assert_eq!(row.backup_period.unwrap().to_string(), "Friday");
    assert_eq!(row.backup_start_time.unwrap().to_string(), "01:15");
    assert_eq!(row.backup_retention_period, Some(30));
    assert_eq!(row.duplication_infrequent_access_period, Some(10));
    assert_eq!(row.log_backup_retention_period, Some(7));
    assert_eq!(row.enable_backup_log, Some(false));
    assert_eq!(row.open_backup_set_auto_download, Some(true));

    // Download rules need storage of the service.
    let other = world.bought().await;
    let mut elsewhere = rules;
    elsewhere.backup_plan_id = other.clone();
    world.denied(elsewhere.clone(), "wait").await;
    world.ok(configure(&other, "hunter2")).await;
    world.invalid(elsewhere).await;
}

#[tokio::test]
async fn subscriptions_expire_and_can_be_renewed() {
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
async fn failed_plan_stays_stopped_until_reconfigured() {
    let world = world();
    let id = world.checked().await;
    world.ok(start(&id)).await;
    assert!(world.dbs.fail_plan(&id, "the database is gone"));
    assert!(!world.dbs.fail_plan(&"dbs404".parse().unwrap(), "gone"));
    world.is(&id, BackupPlanStatus::Stop).await;
    assert_eq!(world.row(&id).await.error_message.as_deref(), Some("the database is gone"));
    world.denied(start(&id), "stop").await;
    world.denied(stop(&id, StopMethod::All), "stop").await;
    let error = world.client.wait_for(PlanRunning::new(id.clone())).await.unwrap_err();
    assert!(error.to_string().contains("the database is gone"), "{error}");

    world.ok(configure(&id, "hunter2")).await;
    world.wait(10);
    world.is(&id, BackupPlanStatus::CheckPass).await;
    assert_eq!(world.row(&id).await.error_message, None);
    world.ok(start(&id)).await;
    world.is(&id, BackupPlanStatus::Running).await;
}
