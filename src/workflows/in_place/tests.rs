//! The table of differences: for each field, equal, different, and not returned.

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::diff::{Facts, diff};
use super::item::{ChangeItem, ChangeKind};
use super::steps::Step::{EnableLogs, Objects, Rename, Renew, Schedule, Source, Storage, Upgrade};
use super::steps::{approved, steps};
use crate::v2019_03_06::operations::{BackupPlanDetail, DescribePreCheckProgressListResponse};
use crate::workflows::plan_spec::{PlanSpec, from_json};

fn spec() -> Value {
    json!({
        "name": "orders", "region": "cn-hangzhou", "class": "small", "method": "logical",
        "billing": "1 year",
        "source": {"mysql": {
            "at": {"ecs": {"region": "cn-hangzhou", "instance": "i-1", "port": 3306}},
            "user": "dbs", "password": {"env": "PASSWORD"}, "objects": ["shop", "orders"],
        }},
        "schedule": {"weekly": {"days": ["Monday"], "at": "02:30"}},
        "retention": {"infrequent_access": 180, "archive": 365, "delete": 730},
        "storage": "built_in", "encrypted": false, "logs": true, "ssl": true,
        "resource_group": "rg-1",
        "cross_account": {"account": "1234567890123456", "role": "ram-for-dbs"},
    })
}

fn row() -> Value {
    json!({
        "BackupPlanId": "dbs1", "BackupPlanName": "orders", "BackupPlanStatus": "running",
        "BackupPlanRegion": "cn-hangzhou", "BackupMethod": "logical", "DatabaseType": "MySQL",
        "InstanceClass": "small", "InstanceChargeType": "PREPAY",
        "InstanceExpiredTimestamp": 1_798_761_600_000_u64, "ResourceGroupId": "rg-1",
        "SourceEndpointInstanceType": "ecs", "SourceEndpointRegion": "cn-hangzhou",
        "SourceEndpointInstanceID": "i-1", "SourceEndpointIpPort": "192.0.2.1:3306",
        "SourceEndpointUserName": "dbs", "SourceEndpointEnableSsl": "true",
        "CrossAliyunId": "1234567890123456", "CrossRoleName": "ram-for-dbs",
        "BackupObjects": "[{\"DBName\":\"orders\"},{\"DBName\":\"shop\"}]",
        "BackupPeriod": "Monday", "BackupStartTime": "02:30", "EnableBackupLog": true,
        "BackupStorageType": "system", "BackupRetentionPeriod": 730,
        "DuplicationInfrequentAccessPeriod": 180, "DuplicationArchivePeriod": 365,
    })
}

fn at(text: &str) -> OffsetDateTime {
    OffsetDateTime::parse(text, &Rfc3339).unwrap()
}

const NOW: &str = "2026-06-01T00:00:00Z";

fn plan(spec: &Value) -> PlanSpec {
    from_json(&json!([spec]).to_string()).unwrap().remove(0)
}

fn items_at(spec: &Value, row: &Value, now: &str, by_id: bool) -> Vec<ChangeItem> {
    let row: BackupPlanDetail = serde_json::from_value(row.clone()).unwrap();
    diff(&Facts { spec: &plan(spec), row: &row, pre_check: None, now: at(now), by_id })
}

fn items(spec: &Value, row: &Value) -> Vec<ChangeItem> {
    items_at(spec, row, NOW, true)
}

/// Returns the items as lines, with single spaces.
fn lines(items: &[ChangeItem]) -> Vec<String> {
    let line =
        |item: &ChangeItem| item.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
    items.iter().map(line).collect()
}

fn with(mut value: Value, path: &str, new: Value) -> Value {
    match path.split_once('.') {
        Some((first, rest)) => {
            let inner = value[first].take();
            value[first] = with(inner, rest, new);
        }
        None if new.is_null() => {
            value.as_object_mut().unwrap().remove(path);
        }
        None => value[path] = new,
    }
    value
}

#[test]
fn equal_plan_has_no_differences() {
    assert_eq!(lines(&items(&spec(), &row())), [""; 0]);
    // Hosts ignore case, and objects are sets of sets.
    let at = json!({"address": {"host": "DB.internal", "port": 3306}});
    let spec = with(spec(), "source.mysql.at", at);
    let row = with(row(), "SourceEndpointInstanceType", json!("other"));
    let row = with(row, "SourceEndpointIpPort", json!("db.Internal:3306"));
    assert_eq!(lines(&items(&spec, &row)), [""; 0]);
}

#[test]
fn each_field_of_the_row_is_compared() {
    let fixed =
        "fixed by the purchase; use another name, or release the plan and raise `generation`";
    let restarts = "(restarts the plan)";
    for (field, value, line) in [
        ("BackupPlanName", "old", "~ name old → orders".to_owned()),
        ("BackupPlanRegion", "cn-beijing", format!("! region cn-beijing → cn-hangzhou: {fixed}")),
        ("BackupMethod", "physical", format!("! method physical → logical: {fixed}")),
        ("InstanceClass", "micro", "~ class micro → small".to_owned()),
        (
            "InstanceClass",
            "large",
            "! class large → small: the service only upgrades; buy another plan for a smaller class"
                .to_owned(),
        ),
        (
            "InstanceClass",
            "giant",
            "! class giant → small: the present class is unknown; update this crate".to_owned(),
        ),
        (
            "InstanceChargeType",
            "POSTPAY",
            "! billing pay_as_you_go → subscription: subscription and pay-as-you-go cannot be \
             exchanged; buy another plan"
                .to_owned(),
        ),
        (
            "ResourceGroupId",
            "rg-2",
            "! resource_group rg-2 → rg-1: move it in the resource management console".to_owned(),
        ),
        (
            "SourceEndpointInstanceID",
            "i-2",
            format!("~ source ecs cn-hangzhou i-2 port 3306 → ecs cn-hangzhou i-1 port 3306 {restarts}"),
        ),
        (
            "SourceEndpointInstanceType",
            "rds",
            format!("~ source rds cn-hangzhou i-1 → ecs cn-hangzhou i-1 port 3306 {restarts}"),
        ),
        ("SourceEndpointUserName", "root", format!("~ user root → dbs {restarts}")),
        ("SourceEndpointEnableSsl", "false", format!("~ ssl off → on {restarts}")),
        (
            "CrossRoleName",
            "other",
            format!(
                "~ cross_account 1234567890123456 as other → 1234567890123456 as ram-for-dbs {restarts}"
            ),
        ),
        (
            "BackupObjects",
            r#"[{"DBName":"orders","TableExcludes":[{"TableName":"tmp"}]}]"#,
            format!("~ objects orders (without tmp) → orders, shop {restarts}"),
        ),
        ("BackupPeriod", "Friday", "~ schedule Friday 02:30 → Monday 02:30".to_owned()),
        (
            "OSSBucketName",
            "backups",
            "! storage bucket backups → built_in: fixed by the first configuration: stored backups \
             stay where they are"
                .to_owned(),
        ),
        (
            "StorageEncryptMethod",
            "encrypted",
            "! encrypted on → off: the service cannot turn encryption off".to_owned(),
        ),
    ] {
        assert_eq!(lines(&items(&spec(), &with(row(), field, json!(value)))), [line], "{field}");
    }
    let row_with = |field, value| with(row(), field, value);
    let days = row_with("BackupRetentionPeriod", json!(1000));
    let line = "~ retention infrequent access 180, archive 365, delete 1000 days → infrequent access \
                180, archive 365, delete 730 days";
    assert_eq!(lines(&items(&spec(), &days)), [line]);
    let logs = row_with("EnableBackupLog", json!(false));
    assert_eq!(lines(&items(&spec(), &logs)), ["~ logs off → on (restarts the plan)"]);
    let off = with(spec(), "logs", json!(false));
    assert_eq!(lines(&items(&off, &row())), ["~ logs on → off"]);
    let encrypted = with(spec(), "encrypted", json!(true));
    assert_eq!(lines(&items(&encrypted, &row())), ["~ encrypted off → on"]);
    let manual = with(spec(), "schedule", json!("manual"));
    assert_eq!(lines(&items(&manual, &row())), ["~ schedule Monday 02:30 → manual"]);
    let row_is_manual =
        with(with(row(), "BackupPeriod", Value::Null), "BackupStartTime", Value::Null);
    assert_eq!(lines(&items(&spec(), &row_is_manual)), ["~ schedule manual → Monday 02:30"]);
}

#[test]
fn missing_field_is_neither_equal_nor_changed() {
    for (field, of_spec) in [
        ("BackupPlanName", "name"),
        ("BackupPlanRegion", "region"),
        ("BackupMethod", "method"),
        ("DatabaseType", "engine"),
        ("InstanceClass", "class"),
        ("InstanceChargeType", "billing"),
        ("ResourceGroupId", "resource_group"),
        ("SourceEndpointInstanceType", "source"),
        ("SourceEndpointInstanceID", "source"),
        ("SourceEndpointRegion", "source"),
        ("SourceEndpointIpPort", "source"),
        ("SourceEndpointUserName", "user"),
        ("SourceEndpointEnableSsl", "ssl"),
        ("CrossAliyunId", "cross_account"),
        ("BackupObjects", "objects"),
        ("BackupPeriod", "schedule"),
        ("BackupStartTime", "schedule"),
        ("BackupRetentionPeriod", "retention"),
        ("BackupStorageType", "storage"),
        ("EnableBackupLog", "logs"),
    ] {
        let found = items(&spec(), &with(row(), field, Value::Null));
        let [item] = &found[..] else { panic!("{field}: {found:?}") };
        assert_eq!((item.kind, item.field), (ChangeKind::Impossible, of_spec), "{field}");
        assert!(item.reason.as_ref().unwrap().contains("did not return it"), "{item}");
    }
    // A request that encrypts must contain the retention.
    let spec = with(with(spec(), "encrypted", json!(true)), "retention", Value::Null);
    let found = items(&spec, &with(row(), "DuplicationArchivePeriod", Value::Null));
    assert_eq!(lines(&found).len(), 1);
    assert!(found[0].reason.as_ref().unwrap().contains("needs the retention"), "{found:?}");
}

#[test]
fn omitted_field_is_not_managed() {
    let mut spec = spec();
    for field in [
        "schedule",
        "retention",
        "storage",
        "encrypted",
        "logs",
        "ssl",
        "resource_group",
        "cross_account",
    ] {
        spec = with(spec, field, Value::Null);
    }
    let mut row = row();
    for field in
        ["BackupPeriod", "BackupRetentionPeriod", "EnableBackupLog", "SourceEndpointEnableSsl"]
    {
        row = with(row, field, Value::Null);
    }
    assert_eq!(lines(&items(&spec, &row)), [""; 0]);
}

#[test]
fn status_decides_what_is_possible() {
    let differs = || with(row(), "InstanceClass", json!("micro"));
    let restart = "~ status init → running (restarts the plan)";
    let class = "~ class micro → small";
    for (status, expected) in [
        ("running", vec![class]),
        ("init", vec![class, restart]),
        (
            "stop",
            vec![
                class,
                "! status stop → running: the plan failed: disk full; correct the cause, then change or configure the plan",
            ],
        ),
        (
            "pause",
            vec![
                "! class micro → small: the plan is paused; `StartBackupPlan` resumes it",
                "! status pause → running: the plan is paused; `StartBackupPlan` resumes it",
            ],
        ),
        (
            "locked",
            vec![
                "! class micro → small: the plan is locked; check its order",
                "! status locked → running: the plan is locked; check its order",
            ],
        ),
        (
            "asleep",
            vec![
                "! class micro → small: the plan is in the unknown state `asleep`; update this crate",
                "! status asleep → running: the plan is in the unknown state `asleep`; update this crate",
            ],
        ),
    ] {
        let row = with(differs(), "BackupPlanStatus", json!(status));
        let row = with(row, "ErrMessage", json!("disk full"));
        assert_eq!(lines(&items(&spec(), &row)), expected, "{status}");
    }
    // A change that starts a pre-check also repairs the plan.
    let row_failed = with(row(), "BackupPlanStatus", json!("stop"));
    let row_failed = with(row_failed, "SourceEndpointUserName", json!("root"));
    assert_eq!(lines(&items(&spec(), &row_failed)), ["~ user root → dbs (restarts the plan)"]);
    let row = with(row(), "BackupPlanStatus", json!("wait"));
    let found = items(&spec(), &row);
    assert!(found.iter().all(|item| item.kind == ChangeKind::Add && item.restarts), "{found:?}");
    assert!(lines(&found).contains(&"+ password env PASSWORD".to_owned()));
}

#[test]
fn plan_of_another_kind_is_not_touched() {
    for (field, by_id) in
        [("DatabaseType", true), ("DatabaseType", false), ("BackupPlanRegion", false)]
    {
        let value = if field == "DatabaseType" { "Oracle" } else { "cn-beijing" };
        let row = with(with(row(), field, json!(value)), "InstanceClass", json!("micro"));
        let found = items_at(&spec(), &row, NOW, by_id);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found.iter().all(|item| item.kind == ChangeKind::Impossible), "{found:?}");
    }
    let row =
        with(with(row(), "BackupPlanRegion", json!("cn-beijing")), "InstanceClass", json!("micro"));
    let found = items_at(&spec(), &row, NOW, true);
    assert_eq!(found.iter().filter(|item| item.is_possible()).count(), 1, "the plan is recorded");
}

#[test]
fn password_changes_after_a_rotation_only() {
    let rotated = "2026-03-01T09:00:00Z";
    let with_rotation =
        with(spec(), "source.mysql.password", json!({"env": "PASSWORD", "rotated": rotated}));
    let millis = |text: &str| i64::try_from(at(text).unix_timestamp_nanos() / 1_000_000).unwrap();
    let found = |status: &str, boot: Option<&str>, now: &str| {
        let boot = boot.map(|boot| json!(millis(boot).to_string()));
        let check = json!({"Status": status, "Items": {"PreCheckProgressDetail": [
            {"Item": "A", "State": "finish", "BootTime": boot},
            {"Item": "B", "State": "finish"},
        ]}});
        let check: DescribePreCheckProgressListResponse = serde_json::from_value(check).unwrap();
        let row: BackupPlanDetail = serde_json::from_value(row()).unwrap();
        let spec = plan(&with_rotation);
        let pre_check = Some(&check);
        lines(&diff(&Facts { spec: &spec, row: &row, pre_check, now: at(now), by_id: true }))
    };
    let line = format!("~ password rotated {rotated} (restarts the plan)");
    for (status, boot, is_changed) in [
        ("finish", Some("2026-03-01T09:00:00Z"), false),
        ("finish", Some("2026-03-01T08:59:59Z"), true),
        ("finish", None, true),
        ("failed", Some("2026-03-02T09:00:00Z"), true),
        ("running", Some("2026-03-02T09:00:00Z"), true),
    ] {
        let expected: Vec<_> = is_changed.then(|| line.clone()).into_iter().collect();
        assert_eq!(found(status, boot, NOW), expected, "{status} {boot:?}");
    }
    let early = found("finish", None, "2026-02-01T00:00:00Z");
    assert!(early[0].starts_with("! password") && early[0].contains("future"), "{early:?}");
    assert_eq!(
        lines(&items(&spec(), &row())),
        [""; 0],
        "a secret without `rotated` is not compared"
    );
    assert_eq!(lines(&items(&with_rotation, &row())), [line], "a plan without pre-check");
}

#[test]
fn renewal_is_due_within_its_days_only() {
    // The subscription ends on 2027-01-01.
    let spec = with(with(spec(), "renew_before", json!(30)), "renew_for", json!("1 year"));
    for (now, line) in [
        ("2026-12-01T00:00:00Z", None),
        ("2026-12-02T00:00:00Z", Some("~ renewal ends 2027-01-01 → 1 year more")),
        ("2027-01-08T00:00:00Z", Some("~ renewal ends 2027-01-01 → 1 year more")),
        (
            "2027-01-08T00:00:01Z",
            Some(
                "! renewal ends 2027-01-01 → 1 year more: it ended more than 7 days ago, so the service has deleted the backups",
            ),
        ),
    ] {
        let expected: Vec<_> = line.into_iter().collect();
        assert_eq!(lines(&items_at(&spec, &row(), now, true)), expected, "{now}");
    }
    let short = with(with(spec.clone(), "renew_before", json!(27)), "renew_for", json!("1 month"));
    let line = "! renewal ends 2027-01-01 → 1 month more: the renewed term may be over when it \
                begins; set a longer `renew_for`";
    assert_eq!(lines(&items_at(&short, &row(), "2027-01-02T00:00:00Z", true)), [line]);
    let locked = with(row(), "BackupPlanStatus", json!("locked"));
    let found = items_at(&spec, &locked, "2027-01-02T00:00:00Z", true);
    assert!(found[0].is_possible(), "a renewal unlocks the plan: {found:?}");
    let row = with(row(), "InstanceExpiredTimestamp", Value::Null);
    assert_eq!(items(&spec, &row)[0].kind, ChangeKind::Impossible);
}

#[test]
fn requests_are_sent_in_a_safe_order() {
    let mut row = row();
    for (field, value) in [
        ("EnableBackupLog", json!(false)),
        ("BackupObjects", json!("[{\"DBName\":\"a\"}]")),
        ("SourceEndpointUserName", json!("root")),
        ("BackupRetentionPeriod", json!(999)),
        ("BackupPeriod", json!("Friday")),
        ("BackupPlanName", json!("old")),
        ("InstanceClass", json!("micro")),
    ] {
        row = with(row, field, value);
    }
    let spec = with(with(spec(), "renew_before", json!(300)), "renew_for", json!("1 year"));
    let found = items(&spec, &row);
    let order = [Renew, Upgrade, Rename, Schedule, Storage, Source, EnableLogs];
    assert_eq!(steps(&found), order, "the source contains the objects");
    let mut without_source = found;
    without_source.retain(|item| item.field != "user");
    let order = [Renew, Upgrade, Rename, Schedule, Storage, Objects, EnableLogs];
    assert_eq!(steps(&without_source), order);
}

#[test]
fn only_approved_items_are_kept() {
    let row =
        with(with(row(), "SourceEndpointUserName", json!("root")), "InstanceClass", json!("micro"));
    let all = items(&spec(), &row);
    assert_eq!(approved(all.clone(), None), all);
    assert_eq!(approved(all.clone(), Some(&all)), all);
    let class = &all[..1];
    assert_eq!(approved(all.clone(), Some(class)), class);
    // The source is one request: another difference of it must wait for its own approval.
    let ssl = with(row, "SourceEndpointEnableSsl", json!("false"));
    assert_eq!(approved(items(&spec(), &ssl), Some(&all)), class);
    let mut other = all.clone();
    other[0].to = Some("large".to_owned());
    assert_eq!(approved(all, Some(&other[..1])), []);
}
