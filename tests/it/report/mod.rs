//! Reports: what they say about the plans of a service, and what they send.

mod limits;
mod memory;

use std::time::Duration;

use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::{ConfigureBackupPlan, EnableBackupLog, StartBackupPlan};
use aliyun_dbs::types::{BackupPlanId, BackupSetId, BackupStorage, FullBackupStatus};
use aliyun_dbs::workflows::report::{
    LastBackup, Reason, ReasonKind, Report, ReportFailure, ReportRow, RestorableWindow, Verdict,
    WindowKind,
};
use aliyun_dbs::{Client, Region};
use serde_json::json;
use time::OffsetDateTime;

use crate::support::{configure, create};

const HOUR: Duration = Duration::from_secs(3600);
const LIST: &str = "DescribeBackupPlanList";
const RANGES: &str = "DescribeRestoreRangeInfo";
const BACKUPS: &str = "DescribeFullBackupList";
const BILLING: &str = "DescribeBackupPlanBilling";

fn client(dbs: &FakeDbs) -> Client {
    let builder = Client::builder().region(Region::Hangzhou).credentials(dbs.credentials());
    builder.transport(dbs.clone()).build().unwrap()
}

fn configured(plan: &BackupPlanId) -> ConfigureBackupPlan {
    let mut configuration = configure(plan, "hunter2");
    configuration.storage = Some(BackupStorage::System);
    configuration
}

/// Buys and configures plans for the database `rm-1`, and waits until their pre-checks have passed.
async fn configured_plans(dbs: &FakeDbs, count: usize) -> Vec<BackupPlanId> {
    let client = client(dbs);
    let mut plans = Vec::new();
    for _ in 0..count {
        plans.push(client.send(create()).await.unwrap().backup_plan_id.clone());
    }
    dbs.clock().advance(Duration::from_secs(10));
    for plan in &plans {
        client.send(configured(plan)).await.unwrap();
    }
    dbs.clock().advance(Duration::from_secs(60));
    plans
}

/// Starts plans, and waits until their first backup has ended.
async fn running_plans(dbs: &FakeDbs, count: usize) -> Vec<BackupPlanId> {
    let plans = configured_plans(dbs, count).await;
    for plan in &plans {
        let start = StartBackupPlan::builder().backup_plan_id(plan.clone()).build();
        client(dbs).send(start).await.unwrap();
    }
    dbs.clock().advance(HOUR);
    plans
}

/// Returns a service with one plan whose first backup has ended.
async fn one_plan() -> FakeDbs {
    let dbs = FakeDbs::with_seed(1);
    running_plans(&dbs, 1).await;
    dbs
}

fn sent(dbs: &FakeDbs, operation: &str) -> usize {
    dbs.requests().iter().filter(|request| request.operation() == operation).count()
}

fn kinds(row: &ReportRow) -> Vec<ReasonKind> {
    row.reasons.iter().map(|reason| reason.kind).collect()
}

/// Returns the only row of the report of a service.
async fn only_row(dbs: &FakeDbs) -> ReportRow {
    let mut report = client(dbs).report().await;
    assert!(report.is_complete(), "{:?}", report.errors);
    assert_eq!(report.rows.len(), 1);
    report.rows.remove(0)
}

#[tokio::test]
async fn running_plan_is_protected() {
    let dbs = one_plan().await;
    let row = only_row(&dbs).await;
    assert_eq!((row.verdict, kinds(&row)), (Verdict::Protected, vec![ReasonKind::Ok]));
    assert_eq!((row.name.as_deref(), row.database.as_deref()), (Some("orders"), Some("rm-1")));
    let last = row.last_full_backup.unwrap();
    assert_eq!(last.status, FullBackupStatus::Finish);
    assert_eq!(last.at, row.newest_point);
    assert!(row.newest_point_age.unwrap() < HOUR);
    assert_eq!(row.windows.len(), 1);
    assert_eq!((row.windows[0].kind, Some(row.windows[0].to)), (WindowKind::Backup, last.at));
    assert_eq!(row.storage_bytes, row.used_bytes);
    assert!(row.storage_bytes > Some(0) && row.included_bytes > Some(0));
    let days = row.expires_in.unwrap().as_secs() / 86_400;
    assert!((1090..=1096).contains(&days), "{days}");
}

#[tokio::test]
async fn logs_restore_to_the_last_minutes() {
    let dbs = FakeDbs::with_seed(1);
    let plans = configured_plans(&dbs, 1).await;
    let client = client(&dbs);
    let logs = EnableBackupLog::builder().backup_plan_id(plans[0].clone()).build();
    client.send(logs).await.unwrap();
    // The pre-check runs again.
    dbs.clock().advance(Duration::from_secs(60));
    let start = StartBackupPlan::builder().backup_plan_id(plans[0].clone()).build();
    client.send(start).await.unwrap();
    dbs.clock().advance(24 * HOUR);
    let row = client.report().rpo(HOUR / 4).await.rows.remove(0);
    assert_eq!(row.verdict, Verdict::Protected, "{:?}", row.reasons);
    assert!(row.newest_point_age.unwrap() < HOUR / 4);
    let logs: Vec<_> =
        row.windows.iter().filter(|window| window.kind == WindowKind::Logs).collect();
    assert_eq!((logs.len(), Some(logs[0].to)), (1, row.newest_point));
    let first = row.last_full_backup.unwrap().at.unwrap();
    assert!(logs[0].from <= first && first < logs[0].to);
}

#[tokio::test]
async fn options_set_the_limits_of_verdicts() {
    let dbs = one_plan().await;
    let report = client(&dbs).report().rpo(HOUR / 2).await;
    assert_eq!((report.rows[0].verdict, report.rpo), (Verdict::Stale, HOUR / 2));
    let report = client(&dbs).report().expiring_within(24 * HOUR * 1100).await;
    assert_eq!(report.rows[0].verdict, Verdict::Expiring);
    // Older than the history: all finished backups are read.
    let before = sent(&dbs, BACKUPS);
    let report = client(&dbs).report().history(Duration::from_secs(60)).await;
    assert_eq!(report.rows[0].verdict, Verdict::Protected, "{:?}", report.rows[0].reasons);
    assert_eq!(sent(&dbs, BACKUPS) - before, 2);
    let report = client(&dbs).report().history(Duration::MAX).rpo(Duration::MAX).await;
    assert_eq!(report.rows[0].verdict, Verdict::Protected);
    let report = client(&dbs).report().price(|row| row.plan.as_ref().map(|_| 12.5)).await;
    assert_eq!(report.rows[0].monthly_price, Some(12.5));
    let report = client(&dbs).report().price(|_| Some(f64::NAN)).await;
    assert_eq!(report.rows[0].monthly_price, None);
}

#[tokio::test]
async fn bought_plan_is_unprotected_without_details() {
    let dbs = FakeDbs::with_seed(1);
    client(&dbs).send(create()).await.unwrap();
    let row = only_row(&dbs).await;
    assert_eq!((row.verdict, kinds(&row)), (Verdict::Unprotected, vec![ReasonKind::NotConfigured]));
    assert_eq!(sent(&dbs, RANGES) + sent(&dbs, BACKUPS) + sent(&dbs, BILLING), 0);
}

#[tokio::test]
async fn failed_backup_says_why() {
    let dbs = FakeDbs::with_seed(1);
    dbs.fail_next_full_backup("Access denied for user 'dbs'");
    running_plans(&dbs, 1).await;
    let row = only_row(&dbs).await;
    assert_eq!(
        (row.verdict, kinds(&row)),
        (Verdict::Failing, vec![ReasonKind::BackupFailed, ReasonKind::NothingRestorable]),
    );
    assert!(row.reasons[0].text.ends_with("failed: Access denied for user 'dbs'"));
    assert_eq!(sent(&dbs, "DescribeJobErrorCode"), 0);
    // The list omits the message: the job has it.
    dbs.responses().remove(BACKUPS, "Items.FullBackupFile.*.ErrMessage").always();
    let row = only_row(&dbs).await;
    assert!(row.reasons[0].text.contains("job failed: Access denied"), "{:?}", row.reasons);
    assert_eq!(sent(&dbs, "DescribeJobErrorCode"), 1);
    dbs.faults().business_error("DescribeJobErrorCode", "Param.NotFound", "gone").always();
    let row = only_row(&dbs).await;
    assert_eq!(row.verdict, Verdict::Failing);
    assert!(row.reasons[0].text.contains("its error could not be read"), "{:?}", row.reasons);
}

#[tokio::test]
async fn failing_states_come_from_the_list() {
    let dbs = FakeDbs::with_seed(1);
    let plans = running_plans(&dbs, 2).await;
    assert!(dbs.lock_plan(&plans[0]) && dbs.fail_plan(&plans[1], "disk full"));
    let report = client(&dbs).report().await;
    let reasons: Vec<_> = report.rows.iter().map(|row| (row.verdict, kinds(row)[0])).collect();
    assert!(reasons.contains(&(Verdict::Failing, ReasonKind::Locked)), "{reasons:?}");
    assert!(reasons.contains(&(Verdict::Failing, ReasonKind::PlanFailed)), "{reasons:?}");
    assert_eq!(report.summary.by_verdict[&Verdict::Failing], 2);
}

#[tokio::test]
async fn unreadable_details_are_unknown() {
    for (operation, verdict, reasons) in [
        (RANGES, Verdict::Unknown, vec![ReasonKind::MissingPoints]),
        (BACKUPS, Verdict::Unknown, vec![ReasonKind::MissingPoints, ReasonKind::MissingLastBackup]),
        // The list has the expiry, so nothing that a verdict needs is missing.
        (BILLING, Verdict::Protected, vec![ReasonKind::Ok, ReasonKind::MissingStorage]),
    ] {
        let dbs = one_plan().await;
        dbs.faults().business_error(operation, "Request.Forbidden", "no permission").always();
        let row = only_row(&dbs).await;
        assert_eq!((row.verdict, kinds(&row)), (verdict, reasons), "{operation}");
        let text = &row.reasons.last().unwrap().text;
        assert!(text.contains("no permission") && !text.contains('\n'), "{text}");
    }
}

#[tokio::test]
async fn lost_fields_are_never_protected() {
    for (operation, path, kind) in [
        (LIST, "Items.BackupPlanDetail.*.BackupPlanStatus", ReasonKind::MissingStatus),
        (RANGES, "Items.DBSRecoverRange.*.RangeType", ReasonKind::MissingPoints),
        (BACKUPS, "Items.FullBackupFile.*.BackupStatus", ReasonKind::MissingLastBackup),
        (BACKUPS, "Items.FullBackupFile.*", ReasonKind::MissingPoints),
    ] {
        let dbs = one_plan().await;
        dbs.responses().null(operation, path).always();
        let row = only_row(&dbs).await;
        assert_eq!(kinds(&row)[0], kind, "{operation} {path}: {:?}", row.reasons);
    }
    let dbs = one_plan().await;
    dbs.responses().null(LIST, "Items.BackupPlanDetail.*.InstanceChargeType").always();
    dbs.responses().null(BILLING, "Item.BuyChargeType").always();
    assert_eq!(kinds(&only_row(&dbs).await), [ReasonKind::MissingChargeType]);
    let dbs = one_plan().await;
    dbs.responses().null(LIST, "Items.BackupPlanDetail.*.InstanceExpiredTimestamp").always();
    dbs.responses().null(BILLING, "Item.BuyExpiredTimestamp").always();
    assert_eq!(kinds(&only_row(&dbs).await), [ReasonKind::MissingExpiry]);
}

#[tokio::test]
async fn inventory_finds_gaps_and_orphans() {
    let dbs = one_plan().await;
    let report = client(&dbs).report().inventory(["RM-1", "rm-2", "db.example.com:3306"]).await;
    let rows: Vec<_> = report
        .rows
        .iter()
        .map(|row| (row.verdict, row.database.as_deref().unwrap(), row.plan.is_some()))
        .collect();
    assert_eq!(
        rows,
        [
            (Verdict::Unprotected, "db.example.com:3306", false),
            (Verdict::Unprotected, "rm-2", false),
            (Verdict::Protected, "rm-1", true),
        ],
    );
    assert_eq!((report.summary.plans, kinds(&report.rows[0])), (1, vec![ReasonKind::NoPlan]));
    let report = client(&dbs).report().inventory(["rm-2"]).await;
    let orphan = report.rows.iter().find(|row| row.plan.is_some()).unwrap();
    assert_eq!(
        (orphan.verdict, kinds(orphan)),
        (Verdict::Orphan, vec![ReasonKind::NotInInventory])
    );
    let nothing: [&str; 0] = [];
    assert_eq!(client(&dbs).report().inventory(nothing).await.rows[0].verdict, Verdict::Orphan);
}

#[tokio::test]
async fn failed_list_makes_the_inventory_unknown() {
    let dbs = one_plan().await;
    dbs.faults().business_error(LIST, "Request.Forbidden", "no permission").always();
    let report = client(&dbs).report().label("prod").inventory(["rm-1"]).await;
    assert!(!report.is_complete());
    assert_eq!(report.errors[0].account.as_deref(), Some("prod"));
    assert!(report.errors[0].message.contains("no permission"), "{:?}", report.errors);
    let [row] = &report.rows[..] else { panic!("one row: {:?}", report.rows) };
    assert_eq!((row.verdict, kinds(row)), (Verdict::Unknown, vec![ReasonKind::ListIncomplete]));
}

#[tokio::test]
async fn unreadable_plan_makes_the_list_incomplete() {
    let dbs = one_plan().await;
    dbs.responses().null(LIST, "Items.BackupPlanDetail.*").always();
    let report = client(&dbs).report().inventory(["rm-1"]).await;
    assert_eq!(report.errors[0].message, "1 row of the list of plans could not be read");
    assert_eq!(report.rows[0].verdict, Verdict::Unknown);
}

#[tokio::test]
async fn accounts_are_read_together() {
    let dbs = FakeDbs::with_seed(1);
    let other = dbs.add_account();
    running_plans(&dbs, 1).await;
    running_plans(&other, 2).await;
    let report = client(&dbs).report().label("prod").and("test", client(&other)).await;
    let mut accounts: Vec<_> = report.rows.iter().map(|row| row.account.as_deref()).collect();
    accounts.sort_unstable();
    assert_eq!(accounts, [Some("prod"), Some("test"), Some("test")]);
    assert_eq!((report.summary.plans, report.summary.list_calls), (3, 2));
    // One account fails, the other is still reported.
    dbs.faults().business_error(LIST, "Request.Forbidden", "no permission");
    let report = client(&dbs).report().label("prod").and("test", client(&other)).await;
    assert_eq!(report.errors.len(), 1);
    assert!(!report.rows.is_empty());
    // Two clients that list the same plan: one row.
    let report = client(&dbs).report().and("again", client(&dbs)).await;
    assert_eq!((report.rows.len(), report.summary.list_calls), (1, 2));
}

#[tokio::test]
async fn lists_only_sends_no_details() {
    let dbs = one_plan().await;
    let report = client(&dbs).report().lists_only().await;
    assert_eq!((report.summary.list_calls, report.summary.detail_calls), (1, 0));
    assert_eq!(sent(&dbs, RANGES) + sent(&dbs, BACKUPS) + sent(&dbs, BILLING), 0);
    assert_eq!(report.rows[0].verdict, Verdict::Unknown, "backups were not read");
    let report = client(&dbs).report().lists_only().inventory(["rm-2"]).await;
    assert!(report.rows.iter().any(|row| row.verdict == Verdict::Orphan));
}

#[tokio::test]
async fn dropped_report_sends_nothing_more() {
    let dbs = FakeDbs::with_seed(1);
    running_plans(&dbs, 6).await;
    let mut report = client(&dbs).report().concurrency(2);
    assert_eq!(dbs.requests().iter().filter(|sent| sent.operation() == LIST).count(), 0);
    assert!(report.next().await.is_some());
    assert!(sent(&dbs, RANGES) <= 3, "two plans at once");
    // The rest of the rows, with the numbers of all.
    let rest = report.await;
    assert_eq!((rest.rows.len(), rest.summary.plans, rest.summary.detail_calls), (5, 6, 18));

    let mut report = client(&dbs).report().concurrency(2);
    assert!(report.next().await.is_some());
    drop(report);
    let before = dbs.requests().len();
    dbs.clock().advance(HOUR);
    tokio::task::yield_now().await;
    assert_eq!(dbs.requests().len(), before);
    let mut report = client(&dbs).report();
    while report.next().await.is_some() {}
    assert!(report.next().await.is_none(), "the stream has ended");
}

#[test]
fn report_serializes_as_documented() {
    let at = |seconds: i64| OffsetDateTime::from_unix_timestamp(1_767_225_600 + seconds).unwrap();
    let mut row = ReportRow::default();
    row.account = Some("prod".to_owned());
    row.plan = Some("dbs1".parse().unwrap());
    row.verdict = Verdict::Failing;
    row.reasons = vec![Reason::new(ReasonKind::BackupFailed, "denied")];
    row.windows = vec![RestorableWindow::logs(at(-60), at(-30)), RestorableWindow::backup(at(-10))];
    row.newest_point = Some(at(-10));
    row.newest_point_age = Some(Duration::from_millis(10_500));
    let mut last = LastBackup::new("set1".parse::<BackupSetId>().unwrap(), FullBackupStatus::Stop);
    last.size = Some(7);
    row.last_full_backup = Some(last);
    let mut report = Report::new(at(0), vec![ReportRow::default(), row]);
    report.errors = vec![ReportFailure::new(None, "no permission")];
    let expected = json!({
        "at": "2026-01-01T00:00:00Z",
        "rows": [
            {
                "account": "prod", "plan": "dbs1", "name": null, "region": null, "engine": null,
                "database": null, "status": null, "verdict": "failing",
                "reasons": [{ "kind": "backup_failed", "text": "denied" }],
                "windows": [
                    { "from": "2025-12-31T23:59:00Z", "to": "2025-12-31T23:59:30Z", "kind": "logs" },
                    { "from": "2025-12-31T23:59:50Z", "to": "2025-12-31T23:59:50Z", "kind": "backup" },
                ],
                "newest_point": "2025-12-31T23:59:50Z", "newest_point_age": 10.5,
                "last_full_backup": {
                    "set": "set1", "status": "stop", "at": null, "size": 7, "error": null,
                },
                "billing": null, "expires_at": null, "expires_in": null, "storage_bytes": null,
                "used_bytes": null, "included_bytes": null, "monthly_price": null,
            },
            {
                "account": null, "plan": null, "name": null, "region": null, "engine": null,
                "database": null, "status": null, "verdict": "unknown", "reasons": [],
                "windows": [], "newest_point": null, "newest_point_age": null,
                "last_full_backup": null, "billing": null, "expires_at": null, "expires_in": null,
                "storage_bytes": null, "used_bytes": null, "included_bytes": null,
                "monthly_price": null,
            },
        ],
        "summary": {
            "plans": 1, "by_verdict": { "failing": 1, "unknown": 1 }, "storage_bytes": 0,
            "list_calls": 0, "detail_calls": 0,
        },
        "errors": [{ "account": null, "message": "no permission" }],
        "elapsed": 0.0, "history": 2_592_000.0, "rpo": 86_400.0, "expiring_within": 2_592_000.0,
    });
    assert_eq!(serde_json::to_value(&report).unwrap(), expected);
}
