//! Reports of fleets that change, lie or have hostile names while they are read.

use std::time::Duration;

use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::{ConfigureBackupPlan, EnableBackupLog, StartBackupPlan};
use aliyun_dbs::types::{BackupPlanId, BackupStorage, Open};
use aliyun_dbs::workflows::report::{
    AlertOptions, ReasonKind, Report, ReportRow, Verdict, alert_rules,
};
use aliyun_dbs::{Client, Region};
use time::OffsetDateTime;

use crate::report_render::metrics::parse_metrics;
use crate::report_render::xml::parse_xml;
use crate::support::{configure, create};

const HOUR: Duration = Duration::from_secs(3600);

fn client(dbs: &FakeDbs) -> Client {
    let builder = Client::builder().region(Region::Hangzhou).credentials(dbs.credentials());
    builder.transport(dbs.clone()).build().unwrap()
}

/// Returns plans for `rm-1` whose first backup has ended.
async fn running_plans(dbs: &FakeDbs, count: usize) -> Vec<BackupPlanId> {
    let client = client(dbs);
    let mut plans = Vec::new();
    for _ in 0..count {
        plans.push(client.send(create()).await.unwrap().into_inner().backup_plan_id);
    }
    dbs.clock().advance(Duration::from_secs(10));
    for plan in &plans {
        let mut configuration: ConfigureBackupPlan = configure(plan, "hunter2");
        configuration.storage = Some(BackupStorage::System);
        client.send(configuration).await.unwrap();
    }
    dbs.clock().advance(Duration::from_secs(60));
    for plan in &plans {
        client.send(StartBackupPlan::builder().backup_plan_id(plan.clone()).build()).await.unwrap();
    }
    dbs.clock().advance(HOUR);
    plans
}

fn kinds(row: &ReportRow) -> Vec<ReasonKind> {
    row.reasons.iter().map(|reason| reason.kind).collect()
}

/// A changed plan waits for its start, and makes no backups, although the last one is fresh.
#[tokio::test]
async fn plan_that_waits_for_its_start_is_failing() {
    let dbs = FakeDbs::with_seed(1);
    let plans = running_plans(&dbs, 1).await;
    let client = client(&dbs);
    assert_eq!(client.report().await.rows[0].verdict, Verdict::Protected);
    client.send(EnableBackupLog::builder().backup_plan_id(plans[0].clone()).build()).await.unwrap();
    for status in ["init", "check_pass"] {
        for report in [client.report(), client.report().lists_only()] {
            let row = report.await.rows.remove(0);
            assert_eq!(row.status.as_ref().map(Open::as_str), Some(status));
            assert_eq!((row.verdict, kinds(&row)[0]), (Verdict::Failing, ReasonKind::NotStarted));
        }
        dbs.clock().advance(Duration::from_secs(60));
    }
    client.send(StartBackupPlan::builder().backup_plan_id(plans[0].clone()).build()).await.unwrap();
    assert_eq!(client.report().await.rows[0].verdict, Verdict::Protected);
}

/// Plans are gone after they were listed, and before their details were read.
#[tokio::test]
async fn plan_that_vanishes_is_unknown() {
    let dbs = FakeDbs::with_seed(1);
    running_plans(&dbs, 4).await;
    let mut report = client(&dbs).report().concurrency(1).inventory(["rm-1", "rm-2"]);
    let first = report.next().await.unwrap();
    assert_eq!(first.verdict, Verdict::Protected, "{:?}", first.reasons);
    dbs.reset();
    let rest = report.await;
    assert!(rest.is_complete(), "{:?}", rest.errors);
    let unknown = rest.rows.iter().filter(|row| row.verdict == Verdict::Unknown);
    assert_eq!((unknown.count(), rest.rows.len()), (3, 4), "{:?}", rest.rows);
    assert_eq!(rest.rows[0].database.as_deref(), Some("rm-2"));
}

/// One slow or failing region leaves the rows of the other as they are.
#[tokio::test]
async fn throttled_details_are_unknown_for_one_account() {
    let dbs = FakeDbs::with_seed(1);
    let other = dbs.add_account();
    running_plans(&dbs, 2).await;
    running_plans(&other, 2).await;
    for operation in ["DescribeRestoreRangeInfo", "DescribeFullBackupList"] {
        dbs.faults().gateway_error(operation, 400, "Throttling.User", "too fast").times(3);
    }
    let report = client(&dbs).report().concurrency(4).label("a").and("b", client(&other)).await;
    assert!(report.is_complete());
    assert_eq!(report.rows.len(), 4);
    for row in &report.rows {
        let is_known = row.verdict == Verdict::Protected;
        assert!(is_known || kinds(row)[0] == ReasonKind::MissingPoints, "{:?}", row.reasons);
    }
}

/// The service claims impossible times.
#[tokio::test]
async fn impossible_times_are_never_protected() {
    const RANGES: &str = "DescribeRestoreRangeInfo";
    const BACKUPS: &str = "DescribeFullBackupList";
    const LIST: &str = "DescribeBackupPlanList";
    let set_backups = |dbs: &FakeDbs, field: &str, time: &str| {
        dbs.responses().set(BACKUPS, &format!("Items.FullBackupFile.*.{field}"), time).always();
    };
    // A full backup beyond its retention, which the service lists still.
    let dbs = FakeDbs::with_seed(1);
    running_plans(&dbs, 1).await;
    dbs.responses().remove(RANGES, "Items.DBSRecoverRange.*").always();
    set_backups(&dbs, "BackupSetExpiredTime", "1767225600000");
    let row = client(&dbs).report().await.rows.remove(0);
    assert_eq!(row.verdict, Verdict::Unprotected, "{:?}", row.reasons);
    assert!(row.last_full_backup.is_some());
    // All times in the year 9999 or in 1970.
    for (time, verdict) in
        [("253402300799000", Verdict::Unknown), ("0", Verdict::Stale), ("-1", Verdict::Stale)]
    {
        let dbs = FakeDbs::with_seed(1);
        running_plans(&dbs, 1).await;
        dbs.responses().remove(RANGES, "Items.DBSRecoverRange.*").always();
        for field in ["EndTime", "FinishTime", "StartTime", "CreateTime"] {
            set_backups(&dbs, field, time);
        }
        let report = client(&dbs).report().await;
        let row = &report.rows[0];
        assert_ne!(row.verdict, Verdict::Protected, "{time}");
        assert!(
            row.verdict == verdict || row.verdict == Verdict::Unknown,
            "{time}: {:?}",
            row.reasons
        );
        parse_xml(&report.svg());
        parse_xml(&report.html());
        parse_metrics(&report.prometheus());
    }
    // A subscription until the year 9999 does not overflow.
    let dbs = FakeDbs::with_seed(1);
    running_plans(&dbs, 1).await;
    let path = "Items.BackupPlanDetail.*.InstanceExpiredTimestamp";
    dbs.responses().set(LIST, path, "253402300799000").always();
    dbs.responses()
        .set("DescribeBackupPlanBilling", "Item.BuyExpiredTimestamp", "253402300799000")
        .always();
    let report = client(&dbs).report().expiring_within(Duration::MAX).history(Duration::MAX).await;
    assert_eq!(report.rows[0].verdict, Verdict::Expiring);
    parse_xml(&report.svg());
    parse_xml(&report.html());
    parse_metrics(&report.prometheus());
}

/// The inventory has hostile, repeated, empty and very long ids.
#[tokio::test]
async fn hostile_inventory_is_listed_once() {
    let dbs = FakeDbs::with_seed(1);
    running_plans(&dbs, 1).await;
    let long = "x".repeat(300);
    let ids = [
        "rm-1",
        "RM-1 ",
        "",
        "  ",
        "<script>alert(1)</script>",
        "<SCRIPT>alert(1)</script>",
        "\"quoted\"\\",
        "\u{202e}txe",
        "🚒🇨🇳👩‍🚒",
        "a\nb",
        long.as_str(),
    ];
    let report = client(&dbs).report().inventory(ids).await;
    assert_eq!(report.rows.len(), 1 + 6, "{:?}", report.rows);
    let unprotected = report.summary.by_verdict[&Verdict::Unprotected];
    assert_eq!((unprotected, report.rows.last().unwrap().verdict), (6, Verdict::Protected));
    let reasons = report.rows.iter().flat_map(|row| &row.reasons);
    assert!(reasons.clone().all(|reason| reason.text.chars().count() <= 300));
    let html = report.html();
    assert!(html.contains("&lt;script&gt;") && !html.contains("<script>alert"));
    assert_eq!(parse_xml(&html).iter().filter(|element| element.name == "script").count(), 1);
    assert!(!report.svg().contains("<script"));
    parse_xml(&report.svg());
    let metrics = parse_metrics(&report.prometheus());
    assert_eq!(metrics.series("dbs_plan_verdict").count(), 7);
    let ids: Vec<_> = metrics.label_values("database").collect();
    assert!(ids.contains(&"a\nb") && ids.contains(&"\"quoted\"\\"));
}

/// Rules that a Prometheus server accepts, for any options.
#[test]
fn alert_rules_are_valid_for_any_options() {
    let mut report = Report::new(OffsetDateTime::UNIX_EPOCH, Vec::new());
    for time in [Duration::ZERO, Duration::from_millis(1), Duration::from_secs(1), Duration::MAX] {
        (report.rpo, report.expiring_within) = (time, time);
        let mut options = AlertOptions::from(&report);
        options.report_every = time;
        let text = alert_rules(&options);
        let yaml: serde_yaml_ng::Value = serde_yaml_ng::from_str(&text).unwrap();
        for rule in yaml["groups"][0]["rules"].as_sequence().unwrap() {
            let expression = rule["expr"].as_str().unwrap();
            assert!(!expression.contains("inf") && !expression.contains("NaN"), "{expression}");
            if let Some(lasting) = rule.get("for") {
                let lasting = lasting.as_str().unwrap().strip_suffix('s').unwrap();
                // A duration of Prometheus is a signed 64-bit number of nanoseconds.
                let lasting: i64 = lasting.parse().unwrap();
                assert!(lasting.checked_mul(1_000_000_000).is_some(), "{lasting}");
            }
        }
    }
}
