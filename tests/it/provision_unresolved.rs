//! Tests of purchases that may have been executed, and whose token the service may have forgotten.

use std::fmt::Debug;
use std::future::ready;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::support::{configure, create};
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::CreateBackupPlan;
use aliyun_dbs::types::{
    BackupMethod, BackupPlanId, BackupPlanStatus, Billing, DatabaseType, InstanceClass,
};
use aliyun_dbs::workflows::{
    Provision, ProvisionCause, ProvisionError, ProvisionStage, UnresolvedPurchase,
};
use aliyun_dbs::{Client, Clock, Region};
use time::OffsetDateTime;

const HOUR: Duration = Duration::from_secs(3600);
const MINUTE: Duration = Duration::from_secs(60);

fn client(dbs: &FakeDbs) -> Client {
    let builder = Client::builder().region(Region::Hangzhou).credentials(dbs.credentials());
    builder.transport(dbs.clone()).build().unwrap()
}

fn provision(client: &Client) -> Provision {
    client
        .provision(create(), |plan| configure(&plan, "hunter2"))
        .client_token("t-1".parse().unwrap())
}

/// Buys a plan with a token that the service has forgotten.
async fn buy_forgotten(dbs: &FakeDbs, purchase: CreateBackupPlan) -> BackupPlanId {
    let call = client(dbs).send(purchase).client_token("t-1".parse().unwrap());
    let plan = call.await.unwrap().backup_plan_id.clone();
    dbs.forget_tokens();
    plan
}

/// Returns the tokens of the purchases that were sent.
fn purchases(dbs: &FakeDbs) -> Vec<String> {
    dbs.requests()
        .iter()
        .filter(|request| request.operation() == "CreateBackupPlan")
        .map(|request| request.parameter("ClientToken").unwrap().to_owned())
        .collect()
}

fn ids(purchase: &UnresolvedPurchase) -> Vec<BackupPlanId> {
    purchase.candidates().iter().map(|plan| plan.backup_plan_id.clone()).collect()
}

/// A service with some plans of forgotten purchases, an hour later.
async fn forgotten(plans: usize) -> (FakeDbs, Client, OffsetDateTime, Vec<BackupPlanId>) {
    let dbs = FakeDbs::with_seed(1);
    let client = client(&dbs);
    let since = dbs.clock().now();
    let mut bought = Vec::new();
    for _ in 0..plans {
        bought.push(buy_forgotten(&dbs, create()).await);
        dbs.clock().advance(Duration::from_secs(1));
    }
    dbs.clock().advance(HOUR);
    (dbs, client, since, bought)
}

#[tokio::test]
async fn old_purchase_is_not_repeated() {
    for count in [0, 1, 2, 7] {
        let (dbs, client, since, bought) = forgotten(count).await;
        let error = provision(&client).token_since(since).await.unwrap_err();
        assert_eq!(purchases(&dbs).len(), count, "no purchase is sent");
        assert_eq!((error.stage(), error.backup_plan_id()), (ProvisionStage::Create, None));
        assert!(error.may_have_bought() && !error.is_retryable() && error.call().is_none());
        assert!(matches!(error.cause(), ProvisionCause::Unresolved(_)), "{error}");
        let purchase = error.unresolved().unwrap();
        assert_eq!(ids(purchase), bought, "oldest first");
        assert_eq!((purchase.client_token().as_str(), purchase.since()), ("t-1", Some(since)));
        let text = error.to_string();
        let start = "provisioning failed in stage `create`: the purchase with client token `t-1` \
                     of 2026-01-01T00:00:00Z may have been executed, and the service may have \
                     forgotten the token: ";
        let end = match &*bought {
            [] => "no unconfigured plan matches; check the orders of the account, then buy \
                   (`buy_anyway`)"
                .to_owned(),
            [one] => format!(
                "1 unconfigured plan matches (`{one}` of 2026-01-01T00:00:00Z); continue with it \
                 (`resume`), or buy another plan (`buy_anyway`)"
            ),
            [one, two] => format!(
                "2 unconfigured plans match (`{one}` of 2026-01-01T00:00:00Z, `{two}` of \
                 2026-01-01T00:00:01Z); continue with one of them (`resume`), or buy another plan \
                 (`buy_anyway`)"
            ),
            _ => {
                assert!(text.contains(bought[4].as_str()), "{text}");
                assert!(!text.contains(bought[5].as_str()) && text.contains(", …);"), "{text}");
                continue;
            }
        };
        assert_eq!(text, format!("{start}{end}"));
    }
}

#[tokio::test]
async fn unresolved_purchase_resumes_a_candidate() {
    let (dbs, client, since, bought) = forgotten(2).await;
    let recorded = Arc::new(Mutex::new(Vec::new()));
    let hook = recorded.clone();
    let run = provision(&client).token_since(since).record(move |created| {
        hook.lock().unwrap().push(created.backup_plan_id);
        ready(Ok::<_, io::Error>(()))
    });
    let purchase = run.await.unwrap_err().into_unresolved().unwrap();
    let running = purchase.resume(bought[1].clone()).await.unwrap();
    assert_eq!(running.backup_plan_id, bought[1]);
    assert_eq!(running.client_token.as_str(), "t-1");
    assert_eq!(running.plan.backup_plan_name.as_deref(), Some("orders"), "the configuration");
    assert_eq!(*recorded.lock().unwrap(), [bought[1].clone()]);
    assert_eq!((purchases(&dbs).len(), dbs.plans()[0].status), (2, BackupPlanStatus::Wait));
}

#[tokio::test]
async fn unresolved_purchase_buys_with_the_same_token() {
    let (dbs, client, since, bought) = forgotten(1).await;
    let purchase = provision(&client).token_since(since).await.unwrap_err();
    let running = purchase.into_unresolved().unwrap().buy_anyway().await.unwrap();
    assert!(!bought.contains(&running.backup_plan_id));
    assert_eq!(purchases(&dbs)[1..], ["t-1"]);

    // A second decision buys nothing, because the service remembers the token.
    dbs.clock().advance(HOUR);
    let again = provision(&client).token_since(since).buy_anyway().await.unwrap();
    assert_eq!(again.backup_plan_id, running.backup_plan_id);
    assert_eq!(dbs.plans().len(), 2);
}

#[tokio::test]
async fn last_of_resume_and_buy_anyway_applies() {
    let (dbs, client, since, bought) = forgotten(1).await;
    let run = || provision(&client).token_since(since);
    run().buy_anyway().resume(bought[0].clone()).await.unwrap();
    assert_eq!(purchases(&dbs).len(), 1);
    run().resume(bought[0].clone()).buy_anyway().await.unwrap();
    assert_eq!(purchases(&dbs)[1..], ["t-1"]);
}

#[tokio::test]
async fn young_purchase_is_repeated() {
    let dbs = FakeDbs::new();
    let client = client(&dbs);
    let since = dbs.clock().now();
    let mut first = provision(&client);
    while dbs.plans().is_empty() {
        first.next().await.unwrap().unwrap();
    }
    drop(first);
    dbs.clock().advance(9 * MINUTE);
    provision(&client).token_since(since).await.unwrap();
    assert_eq!((purchases(&dbs).len(), dbs.plans().len()), (2, 1));

    // A longer memory than the default, and a shorter one.
    dbs.clock().advance(HOUR);
    provision(&client).token_since(since).token_memory(2 * HOUR).await.unwrap();
    let short = provision(&client).token_since(dbs.clock().now() - MINUTE).token_memory(MINUTE);
    assert!(short.await.unwrap_err().unresolved().is_some());
    assert_eq!((purchases(&dbs).len(), dbs.plans().len()), (3, 1));
}

#[tokio::test]
async fn future_time_of_a_token_is_unknown() {
    let (dbs, client, _, bought) = forgotten(2).await;
    let now = dbs.clock().now();
    let error = provision(&client).token_since(now + Duration::from_secs(6)).await.unwrap_err();
    let purchase = error.unresolved().unwrap();
    assert_eq!((ids(purchase), purchase.since()), (bought, None));
    let start = "the purchase with client token `t-1` may have been executed";
    assert!(error.to_string().contains(start), "{error}");
    provision(&client).token_since(now + Duration::from_secs(5)).await.unwrap();
    assert_eq!(purchases(&dbs)[2..], ["t-1"]);
}

#[tokio::test]
async fn slow_configuration_does_not_age_the_token() {
    let dbs = FakeDbs::new();
    let client = client(&dbs);
    let clock = dbs.clock().clone();
    let run = client.provision(create(), move |plan| async move {
        clock.sleep(15 * MINUTE).await;
        configure(&plan, "hunter2")
    });
    run.await.unwrap();
}

#[tokio::test]
async fn without_memory_a_purchase_is_sent_once() {
    let dbs = FakeDbs::new();
    let client = client(&dbs);
    let run = || provision(&client).token_memory(Duration::ZERO);
    dbs.faults().drop_after_processing("CreateBackupPlan").always();
    let error = run().await.unwrap_err();
    assert_eq!(ids(error.unresolved().unwrap()), [dbs.plans()[0].backup_plan_id.clone()]);
    assert_eq!(purchases(&dbs).len(), 1);

    // A token that was used before is not used again.
    let error = run().token_since(dbs.clock().now()).await.unwrap_err();
    assert!(error.unresolved().is_some());
    assert_eq!(purchases(&dbs).len(), 1);
    let error = run().token_since(dbs.clock().now()).buy_anyway().await.unwrap_err();
    assert!(error.unresolved().is_some());
    assert_eq!(purchases(&dbs).len(), 2);

    // A refused purchase was not executed: the error is that of the call.
    dbs.faults().clear();
    dbs.faults().business_error("CreateBackupPlan", "BackupPlanNotCreate", "no stock");
    let error = run().await.unwrap_err();
    assert!(!error.may_have_bought() && error.call().is_some(), "{error}");
    dbs.faults().throttle("CreateBackupPlan", Duration::from_secs(1));
    assert!(run().await.unwrap_err().call().unwrap().is_throttling());
    assert_eq!((purchases(&dbs).len(), dbs.plans().len()), (4, 1));
}

#[tokio::test]
async fn retries_end_with_the_memory_of_the_token() {
    let dbs = FakeDbs::new();
    let builder = Client::builder().region(Region::Hangzhou).credentials(dbs.credentials());
    let retry = aliyun_dbs::RetryPolicy::standard().max_attempts(1000);
    let client = builder.transport(dbs.clone()).retry(retry).timeout(HOUR).build().unwrap();
    // The service executes the purchase, and stays busy with its token.
    dbs.faults().gateway_error("CreateBackupPlan", 409, "LastTokenProcessing", "busy").always();
    dbs.faults().drop_after_processing("CreateBackupPlan");
    let started = dbs.clock().now();
    let since = started - 9 * MINUTE;
    let mut runs = 0;
    loop {
        let error = provision(&client).token_since(since).await.unwrap_err();
        assert!(error.may_have_bought(), "{error}");
        if error.unresolved().is_some() {
            break;
        }
        assert!(error.is_retryable(), "{error}");
        runs += 1;
        assert!(runs < 10, "{error}");
        dbs.clock().sleep(Duration::from_secs(1)).await;
    }
    let age = dbs.clock().now() - since;
    assert!(age >= 10 * MINUTE && age < 10 * MINUTE + Duration::from_secs(5), "{age}");
    assert!(purchases(&dbs).len() > 3);
    let sent = purchases(&dbs).len();
    dbs.faults().clear();
    assert!(provision(&client).token_since(since).await.unwrap_err().unresolved().is_some());
    assert_eq!(purchases(&dbs).len(), sent);
}

#[tokio::test]
async fn other_plans_are_no_candidates() {
    let dbs = FakeDbs::with_seed(1);
    let client = client(&dbs);
    let group = |name: &str| {
        let mut purchase = create();
        purchase.resource_group_id = Some(name.parse().unwrap());
        purchase
    };
    buy_forgotten(&dbs, group("rg-a")).await;
    dbs.clock().advance(16 * MINUTE);
    let since = dbs.clock().now();
    // Later times of the token, up to 15 minutes after the purchase, find the plan as well.
    dbs.clock().advance(MINUTE);
    let mine = buy_forgotten(&dbs, group("rg-a")).await;
    dbs.clock().advance(Duration::from_secs(1));
    let ungrouped = buy_forgotten(&dbs, create()).await;
    let changes: [fn(&mut CreateBackupPlan); 6] = [
        |purchase| purchase.region = Region::Beijing,
        |purchase| purchase.database_type = DatabaseType::PostgreSql,
        |purchase| purchase.instance_class = InstanceClass::Large,
        |purchase| purchase.backup_method = BackupMethod::Physical,
        |purchase| purchase.billing = Billing::PayAsYouGo,
        |purchase| purchase.resource_group_id = Some("rg-b".parse().unwrap()),
    ];
    for change in changes {
        let mut purchase = group("rg-a");
        change(&mut purchase);
        buy_forgotten(&dbs, purchase).await;
    }
    let configured = client.provision(group("rg-a"), |plan| configure(&plan, "x"));
    configured.await.unwrap();
    dbs.clock().advance(HOUR);
    let run =
        |since| client.provision(group("rg-a"), |plan| configure(&plan, "x")).token_since(since);
    let error = run(since).await.unwrap_err();
    assert_eq!(ids(error.unresolved().unwrap()), [mine.clone(), ungrouped.clone()]);
    let error = run(since + 17 * MINUTE).await.unwrap_err();
    assert_eq!(ids(error.unresolved().unwrap()), [] as [BackupPlanId; 0]);
    let error = run(since + 16 * MINUTE).await.unwrap_err();
    assert_eq!(ids(error.unresolved().unwrap()), [mine, ungrouped]);
}

#[tokio::test]
async fn search_checks_the_rows_of_the_service() {
    let (dbs, client, since, _) = forgotten(0).await;
    // A service that ignores the filters and sends few fields.
    let row = |id: &str, fields: &str| {
        format!(
            r#"{{"BackupPlanId":"{id}","DatabaseType":"MySQL","InstanceClass":"small",
            "BackupMethod":"logical",{fields}}}"#
        )
    };
    let rows = [
        row("dbs-running", r#""BackupPlanStatus":"running""#),
        row("dbs-bare", r#""BackupPlanStatus":"wait""#),
        row("dbs-new-term", r#""BackupPlanStatus":"wait","InstanceChargeType":"HOURLY""#),
        row("dbs-beijing", r#""BackupPlanStatus":"wait","BackupPlanRegion":"cn-beijing""#),
        row("dbs-odd", r#""BackupPlanStatus":"unheard-of""#),
    ];
    let body = format!(
        r#"{{"Success":true,"PageNum":0,"PageSize":100,"TotalElements":5,"TotalPages":1,
        "Items":{{"BackupPlanDetail":[{}]}}}}"#,
        rows.join(",")
    );
    dbs.faults().replace_body("DescribeBackupPlanList", body);
    let error = provision(&client).token_since(since).await.unwrap_err();
    let found = ids(error.unresolved().unwrap());
    let found: Vec<_> = found.iter().map(BackupPlanId::as_str).collect();
    assert_eq!(found, ["dbs-bare", "dbs-new-term"]);
}

#[tokio::test]
async fn failed_search_can_be_repeated() {
    let (dbs, client, since, _) = forgotten(1).await;
    dbs.faults().refuse_connection("DescribeBackupPlanList").always();
    let error = provision(&client).token_since(since).await.unwrap_err();
    assert_eq!(error.stage(), ProvisionStage::Create);
    assert!(error.is_retryable() && error.unresolved().is_none(), "{error}");
    assert_eq!(error.call().unwrap().operation(), Some("DescribeBackupPlanList"));

    // After a purchase with an unknown outcome, the error is that of the purchase.
    dbs.faults().drop_after_processing("CreateBackupPlan");
    let error = provision(&client).token_memory(Duration::ZERO).await.unwrap_err();
    assert_eq!(error.call().unwrap().operation(), Some("CreateBackupPlan"));
    assert!(error.may_have_bought(), "{error}");
}

#[tokio::test]
async fn search_reads_every_page() {
    let (dbs, client, since, bought) = forgotten(230).await;
    let purchase = provision(&client).token_since(since).await.unwrap_err();
    assert_eq!(ids(purchase.unresolved().unwrap()), bought);
    let lists =
        dbs.requests().iter().filter(|sent| sent.operation().starts_with("Describe")).count();
    assert_eq!(lists, 3);
}

#[tokio::test]
async fn other_errors_are_not_unresolved() {
    let dbs = FakeDbs::new();
    dbs.faults().business_error("CreateBackupPlan", "BackupPlanNotCreate", "no stock");
    let error = provision(&client(&dbs)).await.unwrap_err();
    assert!(error.unresolved().is_none());
    let text = error.to_string();
    let error: ProvisionError = error.into_unresolved().unwrap_err();
    assert_eq!(error.to_string(), text);
    assert_eq!(error.client_token().unwrap().as_str(), "t-1");
}

#[tokio::test]
async fn unresolved_purchase_shows_no_password() {
    fn shown(value: &impl Debug) -> String {
        format!("{value:?} {value:#?}")
    }
    fn is_shared<T: Send + Sync + 'static>(value: T) -> T {
        value
    }
    let (_dbs, client, since, bought) = forgotten(1).await;
    let error = is_shared(provision(&client).token_since(since).await.unwrap_err());
    let mut text = format!("{error} {} {}", shown(&error), shown(error.cause()));
    let purchase = is_shared(error.into_unresolved().unwrap());
    text += &purchase.to_string();
    text += &shown(&purchase);
    text += &shown(&purchase.resume(bought[0].clone()));
    assert!(text.contains("t-1") && text.contains(bought[0].as_str()), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
}

#[cfg(feature = "blocking")]
#[test]
fn blocking_purchase_is_not_repeated() {
    let dbs = FakeDbs::new();
    let builder = Client::builder().region(Region::Hangzhou).credentials(dbs.credentials());
    let client = builder.transport(dbs.clone()).build_blocking().unwrap();
    let since = dbs.clock().now();
    client.send(create()).call().unwrap();
    dbs.clock().advance(HOUR);
    let run = || {
        let run = client.provision(create(), |plan| configure(&plan, "hunter2"));
        run.client_token("t-1".parse().unwrap()).token_since(since)
    };
    let error = run().run().unwrap_err();
    let plan = ids(error.unresolved().unwrap())[0].clone();
    run().resume(plan).run().unwrap();
    assert!(run().token_memory(Duration::ZERO).run().unwrap_err().unresolved().is_some());
    run().buy_anyway().run().unwrap();
    assert_eq!((purchases(&dbs).len(), dbs.plans().len()), (2, 2));
}
