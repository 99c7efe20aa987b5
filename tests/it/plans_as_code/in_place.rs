//! Changes of one plan: what a person approved, one at a time, and in every state.

use aliyun_dbs::operations::{DescribePreCheckProgressList, DisableBackupLog, StopBackupPlan};
use aliyun_dbs::types::{BackupPlanId, StopMethod};
use aliyun_dbs::workflows::reconcile::{AppliedChange, ApplyStep, Change, ReconcileError};

use super::*;

/// Returns a service with one plan that is a day old, and its specification.
async fn bought() -> (FakeDbs, PlanSpec) {
    let dbs = FakeDbs::with_seed(3);
    let spec = specs(1).remove(0);
    let change = compare(&dbs, &spec).await;
    assert!(change.is_purchase() && change.plan().is_none());
    let applied = change.apply().await.unwrap();
    assert!(applied.bought && applied.restarted && applied.impossible.is_empty(), "{applied:?}");
    dbs.clock().advance(DAY);
    (dbs, spec)
}

async fn compare(dbs: &FakeDbs, spec: &PlanSpec) -> Change {
    client(dbs).reconcile(spec).secrets(secrets).await.unwrap()
}

async fn apply(dbs: &FakeDbs, spec: &PlanSpec) -> AppliedChange {
    let applied = compare(dbs, spec).await.apply().await.unwrap();
    let left = compare(dbs, spec).await;
    assert!(left.is_empty(), "{left}");
    applied
}

fn fields(change: &Change) -> Vec<&'static str> {
    change.items().iter().map(|item| item.field).collect()
}

fn id(dbs: &FakeDbs) -> BackupPlanId {
    dbs.plans()[0].backup_plan_id.clone()
}

#[tokio::test]
async fn comparison_only_reads() {
    let (dbs, mut spec) = bought().await;
    for (_, edit) in POSSIBLE {
        edit(&mut spec, &dbs);
    }
    let before = dbs.requests().len();
    let change = compare(&dbs, &spec).await;
    assert!(!change.is_empty());
    let sent: Vec<_> =
        dbs.requests()[before..].iter().map(|it| it.operation().to_owned()).collect();
    assert_eq!(sent, ["DescribeBackupPlanList", "DescribePreCheckProgressList"]);
}

#[tokio::test]
async fn change_displays_as_a_diff() {
    let (dbs, mut spec) = bought().await;
    let plan = id(&dbs);
    assert_eq!(
        compare(&dbs, &spec).await.to_string(),
        format!("plan-0 ({plan}): nothing to change")
    );
    POSSIBLE[0].1(&mut spec, &dbs);
    login(&mut spec).user = "backup".to_owned();
    spec.class = InstanceClass::Micro;
    let change = compare(&dbs, &spec).await;
    let expected = format!(
        "plan-0 ({plan}): 2 changes, 1 not possible
  ! class          small → micro: the service only upgrades; buy another plan for a smaller class
  ~ schedule       Monday,Thursday 02:30 → Friday 04:00
  ~ user           dbs → backup (restarts the plan)"
    );
    assert_eq!(change.to_string(), expected);
    let json = serde_json::to_value(&change).unwrap();
    assert_eq!((&json["name"], &json["items"][1]["kind"]), (&"plan-0".into(), &"~".into()));
    let mut other = spec;
    other.name = "new".to_owned();
    let purchase = compare(&dbs, &other).await.to_string();
    assert!(purchase.starts_with("new: a new plan\n  + region         cn-hangzhou"), "{purchase}");
    assert!(purchase.contains("  + password       env PASSWORD_0\n"), "{purchase}");
}

#[tokio::test]
async fn each_change_alone_changes_only_that() {
    for (field, edit) in POSSIBLE {
        let (dbs, mut spec) = bought().await;
        let before = spec.clone();
        edit(&mut spec, &dbs);
        let change = compare(&dbs, &spec).await;
        assert_eq!(fields(&change), [field]);
        let restarts = change.items()[0].restarts;
        let applied = apply(&dbs, &spec).await;
        assert_eq!(applied.applied, change.items());
        assert_eq!((applied.bought, applied.restarted), (false, restarts), "{field}");
        assert_matches(&dbs, &spec);
        assert_eq!((dbs.plans().len(), purchases(&dbs)), (1, 1));
        if restarts || ["class", "renewal", "encrypted"].contains(&field) {
            continue;
        }
        let back = apply(&dbs, &before).await;
        assert_eq!(back.applied.len(), 1, "{field}");
    }
}

#[tokio::test]
async fn change_back_and_forth_is_not_lost() {
    // The service never forgets a client token.
    let (dbs, one) = bought().await;
    let mut other = one.clone();
    POSSIBLE[0].1(&mut other, &dbs);
    login(&mut other).user = "backup".to_owned();
    for spec in [&other, &one, &other, &one] {
        let applied = apply(&dbs, spec).await;
        assert_eq!((applied.applied.len(), applied.restarted), (2, true));
        assert_matches(&dbs, spec);
    }
}

#[tokio::test]
async fn only_what_was_shown_is_changed() {
    let (dbs, mut spec) = bought().await;
    POSSIBLE[0].1(&mut spec, &dbs);
    let shown = compare(&dbs, &spec).await;
    let request = DisableBackupLog::builder().backup_plan_id(id(&dbs)).build();
    client(&dbs).send(request).await.unwrap();
    let applied = shown.apply().await.unwrap();
    assert_eq!(applied.applied.len(), 1);
    assert_eq!(fields(&compare(&dbs, &spec).await), ["logs"]);
}

#[tokio::test]
async fn unmanaged_fields_keep_their_values() {
    let (dbs, mut spec) = bought().await;
    spec.ssl = Some(true);
    apply(&dbs, &spec).await;
    let managed = spec.clone();
    (spec.ssl, spec.retention, spec.logs, spec.schedule) = (None, None, None, None);
    login(&mut spec).user = "backup".to_owned();
    // A failed pre-check makes the next run configure the plan again.
    dbs.fail_next_pre_check("CHECK_CONNECTION", "Access denied");
    compare(&dbs, &spec).await.apply().await.unwrap_err();
    apply(&dbs, &spec).await;
    let mut expected = managed;
    login(&mut expected).user = "backup".to_owned();
    assert_matches(&dbs, &expected);
}

#[tokio::test]
async fn failed_pre_check_is_corrected_by_the_next() {
    let (dbs, mut spec) = bought().await;
    login(&mut spec).user = "backup".to_owned();
    dbs.fail_next_pre_check("CHECK_CONNECTION", "Access denied");
    let error = compare(&dbs, &spec).await.apply().await.unwrap_err();
    assert!(matches!(error, ReconcileError::Wait(_)), "{error}");
    assert!(error.to_string().contains("Access denied"), "{error}");
    let change = compare(&dbs, &spec).await;
    assert_eq!(fields(&change), ["status"]);
    assert!(change.to_string().contains("~ status         init → running"), "{change}");
    let applied = apply(&dbs, &spec).await;
    assert!(applied.restarted);
    assert_matches(&dbs, &spec);
}

#[tokio::test]
async fn refused_state_restarts_and_repeats() {
    let (dbs, mut spec) = bought().await;
    POSSIBLE[0].1(&mut spec, &dbs);
    dbs.faults().business_error("ModifyBackupStrategy", "OperationDenied.JobStatus", "busy");
    let applied = apply(&dbs, &spec).await;
    assert_eq!(applied.applied.len(), 1);
    assert_eq!(count(&dbs, |operation| operation == "ModifyBackupStrategy"), 2);
}

#[tokio::test]
async fn missing_secret_fails_before_anything_is_sent() {
    let (dbs, mut spec) = bought().await;
    POSSIBLE[0].1(&mut spec, &dbs);
    login(&mut spec).user = "backup".to_owned();
    let missing = |secret: &SecretRef| Err::<Secret, _>(SecretError::new(secret, "no such secret"));
    let before = writes(&dbs);
    let change = client(&dbs).reconcile(&spec).secrets(missing).await.unwrap();
    let error = change.apply().await.unwrap_err();
    assert!(matches!(error, ReconcileError::Secret(_)), "{error}");
    assert_eq!(writes(&dbs), before);
    // A change that needs no secret does not read it.
    "dbs".clone_into(&mut login(&mut spec).user);
    let change = client(&dbs).reconcile(&spec).secrets(missing).await.unwrap();
    assert_eq!(change.apply().await.unwrap().applied.len(), 1);
}

#[tokio::test]
async fn paused_locked_and_failed_plans_stay() {
    for state in ["pause", "locked", "stop"] {
        let (dbs, mut spec) = bought().await;
        let plan = id(&dbs);
        match state {
            "pause" => {
                let request =
                    StopBackupPlan::builder().backup_plan_id(plan).stop_method(StopMethod::All);
                client(&dbs).send(request.build()).await.unwrap();
            }
            "locked" => assert!(dbs.lock_plan(&plan)),
            _ => assert!(dbs.fail_plan(&plan, "disk full")),
        }
        spec.retention = StorageLifecycle::new(30, 90, 400).ok();
        let before = writes(&dbs);
        let change = compare(&dbs, &spec).await;
        let is_failed = state == "stop";
        assert_eq!(fields(&change).last(), Some(&"status"), "{change}");
        let applied = change.apply().await.unwrap();
        assert_eq!(applied.applied.len(), usize::from(is_failed), "{state}");
        assert_eq!(writes(&dbs) - before, usize::from(is_failed), "{state}");
        assert_eq!(dbs.plans()[0].status.to_string(), state);
        if is_failed {
            // A change that starts a pre-check repairs it.
            login(&mut spec).user = "backup".to_owned();
            apply(&dbs, &spec).await;
            assert_matches(&dbs, &spec);
        }
    }
}

#[tokio::test]
async fn unconfigured_plan_is_configured() {
    let dbs = FakeDbs::new();
    let spec = specs(1).remove(0);
    let response = client(&dbs).send(spec.purchase()).await.unwrap();
    let plan = response.into_inner().backup_plan_id;
    let change = client(&dbs).reconcile(&spec).plan(plan).secrets(secrets).await.unwrap();
    assert!(change.items().iter().all(|item| item.kind.as_str() == "+"), "{change}");
    let mut apply = change.apply();
    let mut steps = Vec::new();
    while let Some(step) = apply.next().await {
        steps.push(step.unwrap());
    }
    assert!(steps.iter().any(|step| matches!(step, ApplyStep::Provision(_))), "{steps:?}");
    let applied = apply.await.unwrap();
    assert!(applied.restarted && !applied.bought, "{applied:?}");
    assert_matches(&dbs, &spec);
    assert_eq!(purchases(&dbs), 1);
}

#[tokio::test]
async fn change_without_effect_is_an_error() {
    let (dbs, mut spec) = bought().await;
    POSSIBLE[0].1(&mut spec, &dbs);
    let path = "Items.BackupPlanDetail.0.BackupPeriod";
    let rule = dbs.responses().set("DescribeBackupPlanList", path, "\"Sunday\"").always();
    let error = compare(&dbs, &spec).await.apply().await.unwrap_err();
    let is_expected = matches!(&error, ReconcileError::NotEffective { field: "schedule", .. });
    assert!(is_expected && error.is_retryable(), "{error}");
    drop(rule);
}

#[tokio::test]
async fn lagging_list_places_no_second_order() {
    let (dbs, mut spec) = bought().await;
    for (field, edit) in POSSIBLE {
        if ["renewal", "class"].contains(&field) {
            edit(&mut spec, &dbs);
        }
    }
    let end = dbs.plans()[0].expires_at.unwrap().unix_timestamp_nanos() / 1_000_000;
    let row = |field| format!("Items.BackupPlanDetail.0.{field}");
    let list = "DescribeBackupPlanList";
    dbs.responses().set(list, &row("InstanceExpiredTimestamp"), end).always();
    dbs.responses().set(list, &row("InstanceClass"), "\"small\"").always();
    for _ in 0..2 {
        // Another process, which does not know of the first one.
        let error = compare(&dbs, &spec).await.apply().await.unwrap_err();
        assert!(matches!(error, ReconcileError::NotEffective { .. }), "{error}");
    }
    let plan = dbs.plans().remove(0);
    let paid = (plan.expires_at.unwrap() - plan.created_at).whole_days();
    assert!((3 * 365..=3 * 365 + 1).contains(&paid), "one renewal by two years, got {paid} days");
    assert_eq!(plan.purchase.instance_class, InstanceClass::Large);
    for operation in ["RenewBackupPlan", "UpgradeBackupPlan"] {
        assert_eq!(count(&dbs, |sent| sent == operation), 2, "{operation}");
    }
}

#[tokio::test]
async fn reconcile_and_renew_place_one_order() {
    let (dbs, mut spec) = bought().await;
    let term = Period::years::<2>();
    (spec.renew_before, spec.renew_for) = (Some(400), Some(term));
    let end = dbs.plans()[0].expires_at.unwrap();
    let change = compare(&dbs, &spec).await;
    // Both read the end before one of them orders.
    dbs.faults().delay("DescribeBackupPlanList", Duration::from_secs(1)).times(2);
    let client = client(&dbs);
    let (applied, renewed) =
        tokio::join!(change.apply(), client.renew_expiring(400 * DAY, term).into_future());
    assert_eq!(applied.unwrap().applied.len(), 1);
    assert!(renewed.unwrap().is_complete());
    assert_eq!(count(&dbs, |sent| sent == "RenewBackupPlan"), 2, "each sent its order");
    assert_eq!(dbs.plans()[0].expires_at.unwrap() - end, 730 * DAY);
}

#[tokio::test]
async fn earlier_failed_pre_check_is_ignored() {
    let (dbs, mut spec) = bought().await;
    login(&mut spec).user = "wrong".to_owned();
    dbs.fail_next_pre_check("CHECK_CONNECTION", "Access denied");
    compare(&dbs, &spec).await.apply().await.unwrap_err();
    login(&mut spec).user = "backup".to_owned();
    let request = DescribePreCheckProgressList::builder().target(id(&dbs)).build();
    let failed = client(&dbs).send(request).await.unwrap().into_inner();
    let failed = serde_json::to_value(&failed).unwrap();
    // After the change, the service still lists it twice.
    for field in ["Items", "Status"] {
        let list = "DescribePreCheckProgressList";
        dbs.responses().set(list, field, &failed[field]).times(3);
    }
    apply(&dbs, &spec).await;
    assert_matches(&dbs, &spec);
}

#[tokio::test]
async fn steps_of_a_change_can_be_read() {
    let (dbs, mut spec) = bought().await;
    POSSIBLE[0].1(&mut spec, &dbs);
    login(&mut spec).user = "backup".to_owned();
    let mut apply = compare(&dbs, &spec).await.apply().timeout(DAY);
    let mut sent = Vec::new();
    let mut waits = 0;
    while let Some(step) = apply.next().await {
        match step.unwrap() {
            ApplyStep::Sent { operation } => sent.push(operation),
            ApplyStep::Waiting { .. } => waits += 1,
            _ => {}
        }
    }
    assert_eq!(sent, ["ModifyBackupStrategy", "ModifyBackupSourceEndpoint"]);
    assert!(waits > 0);
    assert_eq!(apply.await.unwrap().applied.len(), 2);
}

#[tokio::test]
async fn late_option_of_a_change_is_an_error() {
    let (dbs, mut spec) = bought().await;
    POSSIBLE[0].1(&mut spec, &dbs);
    let mut late = compare(&dbs, &spec).await.apply();
    late.next().await.unwrap().unwrap();
    let error = late.timeout(DAY).await.unwrap_err();
    assert!(matches!(error, ReconcileError::LateOption), "{error}");
    let text = error.to_string();
    assert!(text.starts_with("an option was set after the first step"), "{text}");
    apply(&dbs, &spec).await;
}
