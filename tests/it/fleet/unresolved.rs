//! Purchases that may have been executed, lost journals, and existing plans.
//!
//! A token that the service has forgotten is one that it has never seen.

use super::*;
use aliyun_dbs::workflows::UnresolvedPurchase;

/// A plan that was bought with a forgotten token, and not recorded, an hour ago.
async fn forgotten(names: &[&str]) -> (FakeDbs, MemoryJournal, Vec<BackupPlanId>) {
    let (dbs, journal) = service();
    let mut bought = Vec::new();
    for name in names {
        journal.enter(&key(name), &entry(&dbs, name)).await.unwrap();
        bought.push(client(&dbs).send(create()).await.unwrap().backup_plan_id.clone());
        dbs.clock().advance(Duration::from_secs(1));
    }
    dbs.clock().advance(HOUR);
    (dbs, journal, bought)
}

async fn unresolved(mut fleet: Fleet) -> UnresolvedPurchase {
    let outcome = fleet.next().await.unwrap();
    let FleetOutcomeKind::Unresolved(purchase) = outcome.kind else { panic!("{outcome:?}") };
    purchase
}

fn candidates(purchase: &UnresolvedPurchase) -> Vec<BackupPlanId> {
    purchase.candidates().iter().map(|plan| plan.backup_plan_id.clone()).collect()
}

#[tokio::test]
async fn old_purchase_is_unresolved_until_a_person_decides() {
    let (dbs, journal, bought) = forgotten(&["plan-0", "plan-1"]).await;
    let report = fleet(&dbs, 2, &journal).await;
    assert_eq!((report.unresolved_total, report.bought, purchases(&dbs)), (2, 0, 2), "{report}");
    for name in &report.unresolved {
        assert_eq!((&name.candidates, name.since.is_some()), (&bought, true));
    }
    assert!(!report.is_complete());

    let decided = || fleet(&dbs, 2, &journal).resume("plan-0", bought[0].clone());
    let report = decided().buy_anyway("plan-1").await;
    assert!(report.is_complete() && report.resumed == 2, "{report}");
    assert_eq!(purchases(&dbs), 3);
    // The same decisions, made again, change nothing.
    let report = decided().buy_anyway("plan-1").await;
    assert!(report.is_complete() && report.already_done == 2, "{report}");
    assert_eq!((purchases(&dbs), dbs.plans().len()), (3, 3));
}

#[tokio::test]
async fn name_that_was_entered_and_not_sent_is_unresolved() {
    let (dbs, journal) = service();
    journal.enter(&key("plan-0"), &entry(&dbs, "plan-0")).await.unwrap();
    dbs.clock().advance(HOUR);
    let purchase = unresolved(fleet(&dbs, 1, &journal)).await;
    assert_eq!((candidates(&purchase), purchases(&dbs)), (Vec::new(), 0));
    assert_eq!(*purchase.client_token(), key("plan-0").client_token());
}

#[tokio::test]
async fn unresolved_outcome_continues_and_is_recorded() {
    let (dbs, journal, bought) = forgotten(&["plan-0"]).await;
    let purchase = unresolved(fleet(&dbs, 1, &journal)).await;
    assert_eq!(candidates(&purchase), bought);
    let running = purchase.resume(bought[0].clone()).await.unwrap();
    assert_eq!(running.backup_plan_id, bought[0]);
    let recorded = journal.enter(&key("plan-0"), &entry(&dbs, "plan-0")).await.unwrap();
    assert_eq!(recorded.plan.as_ref(), Some(&bought[0]));
    let report = fleet(&dbs, 1, &journal).await;
    assert!(report.is_complete() && report.resumed == 1, "{report}");
    assert_one_plan_per_name(&dbs, 1);
}

#[tokio::test]
async fn young_purchase_is_sent_again() {
    let (dbs, journal) = service();
    journal.enter(&key("plan-0"), &entry(&dbs, "plan-0")).await.unwrap();
    // The process dies before it records the plan.
    let call = client(&dbs).send(create()).client_token(key("plan-0").client_token());
    let bought = call.await.unwrap().backup_plan_id.clone();
    dbs.clock().advance(Duration::from_secs(540));
    let mut fleet = fleet(&dbs, 1, &journal);
    let kind = fleet.next().await.unwrap().kind;
    let FleetOutcomeKind::Provisioned { plan, resumed: true } = kind else { panic!("{kind:?}") };
    assert_eq!((plan, dbs.plans().len(), purchases(&dbs)), (bought, 1, 2));
}

#[tokio::test]
async fn lost_journal_buys_nothing_again() {
    let (dbs, journal) = service();
    assert!(fleet(&dbs, 10, &journal).await.is_complete());
    // Another name of the fleet has tokens that the service does not know.
    let empty = || MemoryJournal::with_clock(dbs.clock().clone());
    let report = client(&dbs).fleet(specs(10)).named("lost").journal(empty()).await;
    assert_eq!((report.unresolved_total, purchases(&dbs)), (10, 10), "{report}");
    assert!(report.unresolved.iter().all(|name| name.candidates.len() == 1), "{report}");

    let lost = empty();
    let adopting = || client(&dbs).fleet(specs(10)).named("lost").journal(lost.clone());
    let report = adopting().adopt_existing().await;
    assert!(report.is_complete(), "{report}");
    assert_eq!(adopting().await.already_done, 10);
    assert_eq!(purchases(&dbs), 10);
    assert_one_plan_per_name(&dbs, 10);
}

#[tokio::test]
async fn existing_plan_is_named_and_can_be_resumed() {
    let (dbs, journal) = service();
    assert!(fleet(&dbs, 1, &journal).await.is_complete());
    let lost = MemoryJournal::with_clock(dbs.clock().clone());
    let purchase = unresolved(fleet(&dbs, 1, &lost)).await;
    let plan = dbs.plans()[0].backup_plan_id.clone();
    assert_eq!(candidates(&purchase), std::slice::from_ref(&plan));
    let text = purchase.to_string();
    assert!(text.contains(&format!("1 plan has the configured name (`{plan}`")), "{text}");
    let report = fleet(&dbs, 1, &lost).resume("plan-0", plan).await;
    assert!(report.is_complete(), "{report}");
    assert_one_plan_per_name(&dbs, 1);
}

#[tokio::test]
async fn other_plan_than_the_recorded_one_fails() {
    let (dbs, journal) = service();
    assert!(fleet(&dbs, 1, &journal).await.is_complete());
    let other = client(&dbs).send(create()).await.unwrap().backup_plan_id.clone();
    let key = key("plan-1");
    let recorded = dbs.plans()[0].backup_plan_id.clone();
    journal.enter(&key, &entry(&dbs, "plan-1")).await.unwrap();
    journal.bought(&key, &recorded).await.unwrap();
    let mut fleet = client(&dbs).fleet([spec("plan-1")]).named("prod").journal(journal);
    fleet = fleet.resume("plan-1", other.clone());
    let kind = fleet.next().await.unwrap().kind;
    let FleetOutcomeKind::Failed(error) = kind else { panic!("{kind:?}") };
    assert!(!error.is_retryable());
    let text = error.to_string();
    assert!(text.contains(recorded.as_str()) && text.contains(other.as_str()), "{text}");
}

#[tokio::test]
async fn no_memory_sends_once() {
    let (dbs, journal) = service();
    let fleet = || fleet(&dbs, 3, &journal).token_memory(Duration::ZERO).concurrency(1);
    dbs.faults().drop_after_processing("CreateBackupPlan").nth(2);
    let report = fleet().await;
    assert_eq!((report.bought, report.unresolved_total), (2, 1), "{report}");
    assert_eq!((purchases(&dbs), dbs.plans().len()), (3, 3));
    let name = &report.unresolved[0];
    let report = fleet().resume(&name.name, name.candidates[0].clone()).await;
    assert!(report.is_complete(), "{report}");
    assert_one_plan_per_name(&dbs, 3);
}

#[tokio::test]
async fn changed_specification_buys_no_second_plan() {
    let (dbs, journal) = service();
    journal.enter(&key("orders"), &entry(&dbs, "orders")).await.unwrap();
    let call = client(&dbs).send(create()).client_token(key("orders").client_token());
    let bought = call.await.unwrap().backup_plan_id.clone();
    let mut larger = create();
    larger.instance_class = aliyun_dbs::types::InstanceClass::Large;
    let spec = FleetSpec::new("orders", larger, |plan| configured("orders", &plan));
    let fleet = client(&dbs).fleet([spec]).named("prod").journal(journal);
    assert_eq!(candidates(&unresolved(fleet).await), [bought]);
    assert_eq!(dbs.plans().len(), 1);
}
