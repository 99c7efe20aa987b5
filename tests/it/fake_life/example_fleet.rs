//! Tests of the fleet that `populate_example_fleet` makes.

use std::collections::BTreeMap;

use super::*;

const DAY: time::Duration = time::Duration::DAY;

/// Returns a service with a fleet, and the inventory.
fn fleet(plans: usize) -> (FakeWorld, Vec<String>) {
    let world = world();
    let inventory = world.dbs.populate_example_fleet(plans);
    (world, inventory)
}

async fn rows(world: &FakeWorld) -> Vec<BackupPlanDetail> {
    world.client.items(DescribeBackupPlanList::builder().build()).collect().await.unwrap()
}

fn database(row: &BackupPlanDetail) -> Option<String> {
    let instance = row.source_endpoint_instance_id.as_ref().map(ToString::to_string);
    instance.or_else(|| row.source_endpoint_ip_port.clone())
}

async fn ranges(world: &FakeWorld, id: &BackupPlanId) -> Vec<DbsRecoverRange> {
    let request = DescribeRestoreRangeInfo::builder()
        .backup_plan_id(id.clone())
        .begin_timestamp_for_restore(world.now() - 60 * DAY)
        .end_timestamp_for_restore(world.now())
        .build();
    world.ok(request).await.items
}

async fn backups(world: &FakeWorld, id: &BackupPlanId) -> Vec<FullBackupFile> {
    world.client.items(fulls(id)).collect().await.unwrap()
}

/// Returns the state of a plan in words, from what the service returns.
async fn state(world: &FakeWorld, row: &BackupPlanDetail, inventory: &[String]) -> &'static str {
    let Some(database) = database(row) else { return "not configured" };
    let now = world.now();
    let ended: Vec<_> =
        backups(world, &row.backup_plan_id).await.into_iter().filter_map(|b| b.end_time).collect();
    assert!(ended.len() >= 8, "{row:?}");
    let newest = ranges(world, &row.backup_plan_id)
        .await
        .iter()
        .filter_map(|range| range.end_timestamp_for_restore)
        .max()
        .unwrap();
    let last = backups(world, &row.backup_plan_id).await;
    let last = last.iter().filter(|b| b.end_time.is_some()).max_by_key(|b| b.end_time).unwrap();
    if !inventory.contains(&database) {
        "orphan"
    } else if row.backup_plan_status == BackupPlanStatus::Stop {
        assert!(row.error_message.as_ref().is_some_and(|message| message.len() > 20));
        "failed"
    } else if last.backup_status == FullBackupStatus::Stop {
        assert!(last.error_message.as_ref().is_some_and(|message| message.len() > 20));
        "backups fail"
    } else if now - newest > DAY {
        "stale"
    } else if row.instance_expired_timestamp.is_some_and(|at| at - now < 30 * DAY) {
        "expires"
    } else {
        assert_eq!(row.backup_plan_status, BackupPlanStatus::Running);
        "well"
    }
}

async fn states(plans: usize) -> BTreeMap<&'static str, usize> {
    let (world, inventory) = fleet(plans);
    let mut states = BTreeMap::new();
    for row in rows(&world).await {
        *states.entry(state(&world, &row, &inventory).await).or_default() += 1;
    }
    states
}

#[tokio::test]
async fn twelve_plans_have_every_condition() {
    let expected = [
        ("backups fail", 1),
        ("expires", 1),
        ("failed", 1),
        ("not configured", 1),
        ("orphan", 1),
        ("stale", 1),
        ("well", 6),
    ];
    assert_eq!(states(12).await, BTreeMap::from(expected));
}

#[tokio::test]
async fn three_plans_show_a_stale_and_a_failing_one() {
    let expected = [("backups fail", 1), ("stale", 1), ("well", 1)];
    assert_eq!(states(3).await, BTreeMap::from(expected));
}

#[tokio::test]
async fn most_plans_of_a_large_fleet_are_well() {
    let states = states(60).await;
    assert!(states["well"] > 40, "{states:?}");
    assert_eq!(states.len(), 7, "{states:?}");
}

#[tokio::test]
async fn large_fleet_has_unique_names_and_databases() {
    let (world, inventory) = fleet(400);
    let rows = rows(&world).await;
    assert_eq!(rows.len(), 400);
    let names: BTreeSet<_> = rows.iter().map(|row| row.backup_plan_name.clone()).collect();
    assert_eq!(names.len(), 400);
    let databases: BTreeSet<_> = rows.iter().filter_map(database).collect();
    let known = inventory.iter().filter(|name| databases.contains(*name)).count();
    assert_eq!(inventory.len(), inventory.iter().collect::<BTreeSet<_>>().len());
    assert_eq!(inventory.len() - known, 5, "databases without a plan");
    let not_configured = rows.iter().filter(|row| database(row).is_none()).count();
    assert_eq!(databases.len(), 400 - not_configured);
    let engines: BTreeSet<_> = rows.iter().map(|row| row.database_type.to_string()).collect();
    assert!(engines.len() >= 6, "{engines:?}");
    let regions: BTreeSet<_> =
        rows.iter().map(|row| row.backup_plan_region.as_ref().map(ToString::to_string)).collect();
    assert_eq!(regions.len(), 4);
    assert!(rows.is_sorted_by_key(|row| row.backup_plan_create_time));
}

#[test]
fn fleet_follows_from_the_seed() {
    let made = |seed| {
        let dbs = FakeDbs::with_seed(seed);
        let inventory = dbs.populate_example_fleet(30);
        format!("{inventory:?} {:?} {:?}", dbs.plans(), dbs.full_backups())
    };
    assert_eq!(made(3), made(3));
    assert_ne!(made(3), made(4));
}

#[test]
fn second_call_adds_plans_with_other_names() {
    let dbs = FakeDbs::with_seed(3);
    let (first, second) = (dbs.populate_example_fleet(12), dbs.populate_example_fleet(12));
    let plans = dbs.plans();
    let names: BTreeSet<_> = plans
        .iter()
        .filter_map(|plan| Some(plan.configuration.as_ref()?.backup_plan_name.clone()))
        .collect();
    assert_eq!((plans.len(), names.len()), (24, 22));
    assert!(first.iter().all(|database| !second.contains(database)));
}

#[test]
fn empty_fleet_has_one_database_without_plan() {
    let (world, inventory) = fleet(0);
    assert_eq!((world.dbs.plans().len(), inventory.len()), (0, 1));
}

#[tokio::test]
async fn backups_follow_the_schedule_and_grow() {
    let (world, _) = fleet(60);
    for row in rows(&world).await {
        let (Some(days), Some(at)) = (&row.backup_period, &row.backup_start_time) else { continue };
        let (days, at) = (*days.known().unwrap(), *at.known().unwrap());
        let backups = backups(&world, &row.backup_plan_id).await;
        for backup in &backups {
            let created = backup.create_time.unwrap();
            assert!(world.now() - created <= 62 * DAY && created <= world.now(), "{backup:?}");
            let day = created.weekday().number_days_from_monday();
            assert!(days.contains(Weekday::ALL[usize::from(day)]), "{backup:?}");
            assert_eq!((created.hour(), created.minute()), (at.hour(), at.minute()));
        }
        let whole = backups.iter().filter(|b| b.backup_status == FullBackupStatus::Finish);
        let sizes: Vec<_> = whole.map(|backup| backup.backup_size).collect();
        assert!(sizes.is_sorted() && sizes.first() < sizes.last(), "{sizes:?}");
        assert!(world.now() - backups[0].create_time.unwrap() > 52 * DAY);
    }
}

#[tokio::test]
async fn ranges_billing_and_lists_agree() {
    let (world, _) = fleet(24);
    let mut with_gap = 0;
    for row in rows(&world).await {
        let id = &row.backup_plan_id;
        let billing = DescribeBackupPlanBilling::builder().backup_plan_id(id.clone()).build();
        let billing = world.ok(billing).await.item;
        assert_eq!(billing.buy_expired_timestamp, row.instance_expired_timestamp);
        assert_eq!(Some(billing.buy_charge_type), row.instance_charge_type);
        assert_eq!(billing.buy_create_timestamp, row.backup_plan_create_time);
        let finished: Vec<_> = backups(&world, id).await;
        let finished = finished.iter().filter(|b| b.finish_time.is_some());
        assert_eq!(billing.full_storage_size, Some(finished.filter_map(|b| b.backup_size).sum()));
        let by_logs: Vec<_> = ranges(&world, id)
            .await
            .into_iter()
            .filter(|range| range.range_type == RestoreRangeType::Range)
            .collect();
        let end = by_logs.last().and_then(|range| range.end_timestamp_for_restore);
        assert_eq!(end, row.end_timestamp_for_restore);
        with_gap += usize::from(by_logs.len() == 2);
    }
    assert!(with_gap >= 1);
}

#[tokio::test]
async fn fleet_lives_on_with_the_clock() {
    let (world, _) = fleet(12);
    let before = world.dbs.full_backups().len();
    world.wait(3 * 24 * 3600);
    let added = world.dbs.full_backups().len() - before;
    assert!((15..=40).contains(&added), "{added}");
}

#[test]
fn fleet_of_three_hundred_is_made_quickly() {
    let start = std::time::Instant::now();
    let (world, _) = fleet(300);
    let elapsed = start.elapsed();
    assert_eq!(world.dbs.plans().len(), 300);
    // Alone on a machine it takes a fraction of this.
    assert!(elapsed < Duration::from_secs(2), "{elapsed:?}");
}
