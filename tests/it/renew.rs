//! Renewals: which plans they order, how often, and what they report.

use std::collections::BTreeSet;
use std::time::Duration;

use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::types::{BackupPlanId, Billing};
use aliyun_dbs::workflows::renew::{Renewal, RenewalOutcome, RenewalRefusal, RenewalReport};
use aliyun_dbs::{Client, Clock, ErrorKind, Period, Region};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::support::create;

const DAY: Duration = Duration::from_secs(24 * 3600);
const LIST: &str = "DescribeBackupPlanList";
const RENEW: &str = "RenewBackupPlan";
const END: &str = "Items.BackupPlanDetail.*.InstanceExpiredTimestamp";

/// Returns a client whose calls can last hours.
fn client(dbs: &FakeDbs) -> Client {
    let builder = Client::builder().region(Region::Hangzhou).credentials(dbs.credentials());
    let hours = Duration::from_secs(10 * 3600);
    builder.timeout(hours).attempt_timeout(hours).transport(dbs.clone()).build().unwrap()
}

async fn buy(dbs: &FakeDbs, billing: impl Into<Billing>) -> BackupPlanId {
    let mut purchase = create();
    purchase.billing = billing.into();
    client(dbs).send(purchase).await.unwrap().backup_plan_id.clone()
}

/// Returns a service with plans whose subscriptions end in 30 days, one second after the other.
async fn service(plans: usize) -> (FakeDbs, Vec<BackupPlanId>) {
    let dbs = FakeDbs::with_seed(1);
    let mut ids = Vec::new();
    for _ in 0..plans {
        ids.push(buy(&dbs, Period::months::<1>()).await);
        dbs.clock().advance(Duration::from_secs(1));
    }
    (dbs, ids)
}

async fn renew(dbs: &FakeDbs) -> RenewalReport {
    client(dbs).renew_expiring(31 * DAY, Period::years::<1>()).await.unwrap()
}

fn sent(dbs: &FakeDbs, operation: &str) -> usize {
    dbs.requests().iter().filter(|request| request.operation() == operation).count()
}

/// Returns the client tokens of all renewals.
fn tokens(dbs: &FakeDbs) -> BTreeSet<String> {
    let requests = dbs.requests();
    let renewals = requests.iter().filter(|request| request.operation() == RENEW);
    renewals.map(|request| request.parameter("ClientToken").unwrap().to_owned()).collect()
}

fn ends(dbs: &FakeDbs) -> Vec<OffsetDateTime> {
    dbs.plans().iter().map(|plan| plan.expires_at.unwrap()).collect()
}

/// Returns the ends of subscriptions as they were, each 365 days later.
fn year_later(ends: &[OffsetDateTime]) -> Vec<OffsetDateTime> {
    ends.iter().map(|end| *end + 365 * DAY).collect()
}

fn order(renewal: &Renewal) -> String {
    match &renewal.outcome {
        RenewalOutcome::Renewed { order: Some(order), .. } => order.to_string(),
        other => panic!("{other:?}"),
    }
}

fn refusals(report: &RenewalReport) -> Vec<RenewalRefusal> {
    let reasons = report.renewals.iter().map(|renewal| match renewal.outcome {
        RenewalOutcome::Refused { reason, .. } => reason,
        ref other => panic!("{other:?}"),
    });
    reasons.collect()
}

#[tokio::test]
async fn two_processes_renew_once() {
    let (dbs, _) = service(12).await;
    let before = ends(&dbs);
    // Both list before one of them orders.
    dbs.faults().delay(LIST, Duration::from_secs(1)).times(2);
    let (one, other) = tokio::join!(renew(&dbs), renew(&dbs));
    assert_eq!((sent(&dbs, RENEW), tokens(&dbs).len()), (24, 12));
    assert_eq!(ends(&dbs), year_later(&before));
    let orders = |report: &RenewalReport| report.renewals.iter().map(order).collect::<Vec<_>>();
    assert_eq!(orders(&one), orders(&other));
    assert!(one.is_complete() && other.is_complete());
    assert!(one.renewals.iter().map(|renewal| renewal.expires_at.unwrap()).eq(before));
}

#[tokio::test]
async fn second_run_finds_nothing_due() {
    let (dbs, _) = service(2).await;
    assert_eq!(renew(&dbs).await.renewals.len(), 2);
    let report = renew(&dbs).await;
    assert!(report.renewals.is_empty() && report.is_complete(), "{report:?}");
    assert_eq!(sent(&dbs, RENEW), 2);
}

#[tokio::test]
async fn renewal_killed_after_the_order_is_ordered_once() {
    let (dbs, _) = service(1).await;
    let before = ends(&dbs);
    let listed = before[0].unix_timestamp() * 1000;
    dbs.faults().drop_after_processing(RENEW).always();
    let report = renew(&dbs).await;
    let RenewalOutcome::Failed { error, .. } = &report.renewals[0].outcome else {
        panic!("{report:?}")
    };
    assert!(error.may_have_executed() && !report.is_complete());
    let text = error.to_string();
    assert!(text.contains("renew again, for the same term"), "{text}");
    assert!(!text.contains(error.client_token().unwrap().as_str()), "{text}");
    assert_eq!(ends(&dbs), year_later(&before));
    // The list still has the old end.
    dbs.faults().clear();
    dbs.responses().set(LIST, END, listed);
    order(&renew(&dbs).await.renewals[0]);
    assert_eq!(tokens(&dbs).len(), 1);
    assert_eq!(ends(&dbs), year_later(&before));
    assert!(renew(&dbs).await.renewals.is_empty());
}

#[tokio::test]
async fn other_term_is_refused_with_the_same_token() {
    let (dbs, _) = service(1).await;
    let before = ends(&dbs);
    let listed = before[0].unix_timestamp() * 1000;
    renew(&dbs).await;
    dbs.responses().set(LIST, END, listed);
    let report = client(&dbs).renew_expiring(31 * DAY, Period::years::<2>()).await.unwrap();
    let RenewalOutcome::Failed { error, .. } = &report.renewals[0].outcome else {
        panic!("{report:?}")
    };
    assert!(error.is("IdempotentParameterMismatch"), "{error}");
    assert_eq!(ends(&dbs), year_later(&before));
}

#[tokio::test]
async fn dry_run_sends_no_order() {
    let (dbs, plans) = service(1).await;
    let before = ends(&dbs);
    let renewals = client(&dbs).renew_expiring(31 * DAY, Period::years::<1>());
    let report = renewals.dry_run().await.unwrap();
    assert!(report.dry_run && report.is_complete());
    let renewal = &report.renewals[0];
    assert!(matches!(renewal.outcome, RenewalOutcome::Due), "{renewal:?}");
    assert_eq!((&renewal.plan, renewal.expires_at), (&plans[0], Some(before[0])));
    assert_eq!((sent(&dbs, RENEW), ends(&dbs)), (0, before));
}

#[tokio::test]
async fn plan_that_ends_later_is_not_ordered() {
    let (dbs, _) = service(1).await;
    let renewals = client(&dbs).renew_expiring(29 * DAY, Period::years::<1>()).await.unwrap();
    assert!(renewals.renewals.is_empty());
    dbs.clock().advance(2 * DAY);
    let renewals = client(&dbs).renew_expiring(29 * DAY, Period::years::<1>()).await.unwrap();
    assert_eq!((renewals.renewals.len(), sent(&dbs, RENEW)), (1, 1));
}

#[tokio::test]
async fn pay_as_you_go_is_refused_if_named() {
    let (dbs, mut plans) = service(1).await;
    plans.push(buy(&dbs, Billing::PayAsYouGo).await);
    let renewals = || client(&dbs).renew_expiring(31 * DAY, Period::years::<1>());
    let report = renewals().dry_run().await.unwrap();
    assert_eq!((report.renewals.len(), &report.renewals[0].plan), (1, &plans[0]));
    let report = renewals().plans([plans[1].clone()]).await.unwrap();
    assert_eq!(refusals(&report), [RenewalRefusal::PayAsYouGo]);
    assert!(!report.is_complete());
    assert_eq!(sent(&dbs, RENEW), 0);
}

#[tokio::test]
async fn missing_end_is_refused() {
    let (dbs, _) = service(1).await;
    dbs.responses().remove(LIST, END).always();
    let report = renew(&dbs).await;
    assert_eq!(refusals(&report), [RenewalRefusal::NoExpiry]);
    assert_eq!((report.renewals[0].expires_at, sent(&dbs, RENEW)), (None, 0));
}

#[tokio::test]
async fn overdue_plan_is_renewed_if_included() {
    let (dbs, _) = service(1).await;
    dbs.clock().advance(36 * DAY);
    let renewals = || client(&dbs).renew_expiring(31 * DAY, Period::years::<1>());
    let report = renewals().dry_run().await.unwrap();
    assert!(report.is_complete() && report.renewals.len() == 1, "ended 6 days ago: {report}");
    dbs.clock().advance(2 * DAY);
    assert_eq!(refusals(&renewals().await.unwrap()), [RenewalRefusal::Overdue]);
    assert_eq!(sent(&dbs, RENEW), 0);
    order(&renewals().include_overdue().await.unwrap().renewals[0]);
}

#[tokio::test]
async fn only_named_plans_are_renewed() {
    let (dbs, plans) = service(3).await;
    let unknown: BackupPlanId = "dbsunknown".parse().unwrap();
    let renewals = || client(&dbs).renew_expiring(31 * DAY, Period::years::<1>());
    let report = renewals().plans([]).await.unwrap();
    assert!(report.renewals.is_empty() && dbs.requests().len() == 3, "nothing was sent");
    let report = renewals().plans([unknown.clone(), plans[1].clone()]).await.unwrap();
    let [renewed, missing] = &report.renewals[..] else { panic!("{report:?}") };
    assert_eq!((&renewed.plan, &missing.plan), (&plans[1], &unknown));
    order(renewed);
    let reason = json!(missing.outcome);
    assert_eq!(reason, json!({ "outcome": "refused", "reason": "not_found" }));
    assert_eq!(sent(&dbs, RENEW), 1);
}

#[tokio::test]
async fn term_not_longer_than_the_time_is_refused() {
    let (dbs, _) = service(1).await;
    let requests = dbs.requests().len();
    for (within, term) in [(365 * DAY, "1 year"), (28 * DAY, "1 month"), (Duration::MAX, "9 years")]
    {
        let renewals = client(&dbs).renew_expiring(within, term.parse().unwrap());
        let error = renewals.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Request, "{error}");
        assert!(error.to_string().starts_with("invalid within `"), "{error}");
    }
    assert_eq!(dbs.requests().len(), requests, "nothing was sent");
}

#[tokio::test]
async fn failed_order_does_not_end_the_others() {
    let (dbs, plans) = service(2).await;
    let before = ends(&dbs);
    dbs.faults().business_error(RENEW, "Order.NoMoney", "not enough money");
    let report = renew(&dbs).await;
    let json = serde_json::to_value(&report).unwrap();
    let end = |index: usize| {
        before[index].format(&time::format_description::well_known::Rfc3339).unwrap()
    };
    let Value::String(error) = &json["renewals"][0]["error"] else { panic!("{json}") };
    assert!(error.contains("not enough money"), "{error}");
    let expected = json!({
        "renewals": [
            { "plan": plans[0], "name": plans[0], "expires_at": end(0), "outcome": "failed", "error": error },
            {
                "plan": plans[1], "name": plans[1], "expires_at": end(1), "outcome": "renewed",
                "order": order(&report.renewals[1]),
            },
        ],
        "dry_run": false,
        "unread_rows": 0,
    });
    assert_eq!(json, expected);
}

#[tokio::test]
async fn failed_list_is_an_error() {
    let (dbs, _) = service(1).await;
    dbs.faults().business_error(LIST, "Forbidden", "no permission").always();
    let renewals = client(&dbs).renew_expiring(31 * DAY, Period::years::<1>());
    let error = renewals.await.unwrap_err();
    assert!(error.is("Forbidden"), "{error}");
    assert_eq!(sent(&dbs, RENEW), 0);
}

#[tokio::test]
async fn unreadable_row_makes_the_report_incomplete() {
    let (dbs, _) = service(2).await;
    dbs.responses().null(LIST, "Items.BackupPlanDetail.*").always();
    let report = renew(&dbs).await;
    assert_eq!((report.renewals.len(), report.unread_rows), (0, 2));
    assert!(!report.is_complete());
}

#[tokio::test]
async fn many_plans_stay_within_the_limits() {
    let (dbs, _) = service(150).await;
    let before = ends(&dbs);
    dbs.enforce_rate_limits(true);
    let started = dbs.clock().elapsed();
    let report = renew(&dbs).await;
    let elapsed = dbs.clock().elapsed().saturating_sub(started).as_secs();
    assert!(report.is_complete());
    assert_eq!(ends(&dbs), year_later(&before));
    assert_eq!((sent(&dbs, LIST), sent(&dbs, RENEW)), (2, 150), "none was throttled");
    assert!((16..=20).contains(&elapsed), "150 orders at 9 per second: {elapsed} s");
}

#[tokio::test]
async fn old_row_is_read_again_before_its_order() {
    let (dbs, plans) = service(10).await;
    // 8 orders last longer than rows may be old. Another process has renewed the ninth plan since.
    dbs.faults().delay(RENEW, Duration::from_secs(400)).times(8);
    let renewed = (ends(&dbs)[8] + 365 * DAY).unix_timestamp() * 1000;
    dbs.responses().set(LIST, END, renewed).nth(2);
    let report = renew(&dbs).await;
    let renewed: Vec<_> = report.renewals.iter().map(|renewal| renewal.plan.clone()).collect();
    let expected: Vec<_> = [&plans[..8], &plans[9..]].concat();
    assert_eq!(renewed, expected);
    assert_eq!((sent(&dbs, LIST), sent(&dbs, RENEW)), (3, 9));
    report.renewals.iter().for_each(|renewal| drop(order(renewal)));
}
