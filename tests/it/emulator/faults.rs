//! Tests of fault rules, as a client on the network sees them.

use std::time::Duration;

use aliyun_dbs::operations::{CreateBackupPlan, DescribeRegions};
use aliyun_dbs::{ErrorKind, RetryPolicy};

use super::world;
use crate::support::create;

fn regions() -> DescribeRegions {
    DescribeRegions::builder().build()
}

#[tokio::test]
async fn lost_response_buys_one_plan() {
    let world = world().await;
    world.dbs.faults().drop_after_processing("CreateBackupPlan").times(2);
    let plan = world.client().send(create()).await.unwrap();
    assert_eq!((plan.attempts(), world.dbs.plans().len()), (3, 1));
    assert_eq!(world.dbs.plans()[0].backup_plan_id, plan.backup_plan_id);
}

#[tokio::test]
async fn request_that_arrives_twice_buys_one_plan() {
    let world = world().await;
    world.control("POST /_emulator/faults", r#"{"kind":"deliver_twice"}"#).await;
    let plan = world.client().send(create()).await.unwrap();
    assert_eq!((plan.attempts(), world.dbs.plans().len()), (2, 1));
    assert_eq!(world.dbs.requests().len(), 3);
}

#[tokio::test]
async fn connections_close_without_a_response() {
    let world = world().await;
    let faults = world.dbs.faults();
    faults.drop_before_processing("CreateBackupPlan");
    faults.refuse_connection("CreateBackupPlan");
    for _ in 0..2 {
        let call = world.client().send(create()).retry(RetryPolicy::never());
        let error = call.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Interrupted, "{error}");
        assert!(error.may_have_executed());
    }
    assert!(world.dbs.plans().is_empty());
}

#[tokio::test]
async fn truncated_body_ends_halfway() {
    let world = world().await;
    world.dbs.faults().truncate_body("*").always();
    let error = world.client().send(regions()).retry(RetryPolicy::never()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Interrupted, "{error}");

    let text = world.http("GET /?Action=DescribeRegions&Format=JSON", "", "").await;
    assert!(text.body.starts_with("{\"") && !text.body.ends_with('}'), "{text:?}");
    let length = text.head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    assert_eq!(length.parse::<usize>().unwrap() / 2, text.body.len());
}

#[tokio::test]
async fn throttling_sends_the_retry_delay() {
    let world = world().await;
    world.dbs.faults().throttle("DescribeRegions", Duration::from_millis(40)).times(2);
    let response = world.http("GET /?Action=DescribeRegions&Format=json", "", "").await;
    assert_eq!(response.status, 400);
    assert!(response.head.contains("\r\nx-acs-retry-after: 40\r\n"), "{}", response.head);
    assert_eq!(response.json()["Code"], "Throttling.User");
    let begin = std::time::Instant::now();
    assert_eq!(world.client().send(regions()).await.unwrap().attempts(), 2);
    assert!(begin.elapsed() >= Duration::from_millis(40));
}

#[tokio::test]
async fn rate_limits_count_in_real_time() {
    let world = world().await;
    world.dbs.enforce_rate_limits(true);
    let info = aliyun_dbs::operations::ALL.iter().find(|info| info.action == "CreateBackupPlan");
    let limit = info.unwrap().rate_limit.unwrap();
    let client = world.client();
    let send = |request: CreateBackupPlan| client.send(request).retry(RetryPolicy::never());
    for _ in 0..limit.calls {
        send(create()).await.unwrap();
        world.dbs.clock().advance(Duration::from_secs(3600));
    }
    let error = send(create()).await.unwrap_err();
    assert!(error.to_string().contains("Throttling.User"), "{error}");
}

#[tokio::test]
async fn delayed_response_follows_the_fake_clock() {
    let world = world().await;
    world.dbs.faults().delay("CreateBackupPlan", Duration::from_secs(3600));
    let client = world.client();
    let call = tokio::spawn(async move { client.send(create()).await });
    while world.dbs.plans().is_empty() {
        tokio::task::yield_now().await;
    }
    assert!(!call.is_finished());
    world.dbs.clock().advance(Duration::from_secs(3600));
    call.await.unwrap().unwrap();
}

#[tokio::test]
async fn replaced_responses_arrive_unchanged() {
    let world = world().await;
    world.dbs.faults().http_status("*", 502);
    world.dbs.faults().replace_body("*", "<b>");
    let response = world.http("GET /?Action=DescribeRegions", "", "").await;
    assert_eq!(response.status, 502);
    assert!(
        response.head.contains("text/html") && response.body.contains("<h1>502"),
        "{response:?}"
    );
    assert_eq!(world.http("GET /?Action=DescribeRegions", "", "").await.body, "<b>");
}
