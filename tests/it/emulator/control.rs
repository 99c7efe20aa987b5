//! Tests of the control API.

use std::time::Duration;

use aliyun_dbs::fake::emulator::Emulator;
use aliyun_dbs::operations::DescribeRegions;
use aliyun_dbs::{Clock, RetryPolicy};
use serde_json::json;

use super::{with, world};
use crate::support::{configure, create};

#[tokio::test]
async fn state_lists_plans_and_clock() {
    let world = world().await;
    let client = world.client();
    let id = client.send(create()).await.unwrap().backup_plan_id.clone();
    world.control("POST /_emulator/clock", r#"{"advance_seconds":5}"#).await;
    client.send(configure(&id, "hunter2")).await.unwrap();
    let response = world.control("GET /_emulator/state", "").await;
    assert_eq!(response.status, 200);
    assert!(!response.body.contains("hunter2"), "{}", response.body);
    let state = response.json();
    assert_eq!(state["plans"][0]["backup_plan_id"], id.as_str());
    assert_eq!(state["plans"][0]["backup_plan_name"], "orders");
    assert_eq!(state["plans"][0]["status"], "init");
    assert_eq!(state["clock"]["speed"], 0.0);
    assert_eq!(state["full_backups"], json!([]));
}

#[tokio::test]
async fn fault_rules_are_added_listed_and_deleted() {
    let world = world().await;
    for rule in [
        r#"{"kind":"throttle","operation":"DescribeRegions","millis":1,"nth":2,"times":3}"#,
        r#"{"kind":"drop_after_processing","always":true}"#,
        r#"{"kind":"http_status","operation":"DescribeRegions","status":503}"#,
        r#"{"kind":"gateway_error","status":403,"code":"Forbidden.RAM","message":"no"}"#,
        r#"{"kind":"business_error","code":"C","message":"m"}"#,
        r#"{"kind":"replace_body","body":"x"}"#,
        r#"{"kind":"slow","millis":10}"#,
        r#"{"kind":"refuse_connection"}"#,
        r#"{"kind":"truncate_body"}"#,
        r#"{"kind":"drop_before_processing"}"#,
        r#"{"kind":"deliver_twice"}"#,
        r#"{"kind":"fail_full_backup","message":"m"}"#,
        r#"{"kind":"fail_pre_check"}"#,
        r#"{"kind":"fail_restore","message":"m"}"#,
        r#"{"kind":"fail_download"}"#,
    ] {
        let response = world.control("POST /_emulator/faults", rule).await;
        assert_eq!(response.status, 200, "{rule}: {response:?}");
    }
    let rules = world.control("GET /_emulator/faults", "").await.json();
    assert_eq!(rules["faults"].as_array().unwrap().len(), 11);
    assert_eq!(
        rules["faults"][0],
        json!({"kind":"throttle","operation":"DescribeRegions","millis":1,"nth":2,"times":3})
    );
    assert_eq!(
        rules["faults"][1],
        json!({"kind":"drop_after_processing","operation":"*","nth":1,"always":true})
    );
    // A listed rule can be added again.
    let again = rules["faults"][0].to_string();
    assert_eq!(world.control("POST /_emulator/faults", &again).await.status, 200);

    assert_eq!(world.control("DELETE /_emulator/faults", "").await.status, 200);
    let rules = world.control("GET /_emulator/faults", "").await.json();
    assert_eq!(rules["faults"], json!([]));
    let regions = DescribeRegions::builder().build();
    world.client().send(regions).retry(RetryPolicy::never()).await.unwrap();
}

#[tokio::test]
async fn faults_and_responses_are_listed_in_order() {
    let world = world().await;
    let (faults, responses) = (world.dbs.faults(), world.dbs.responses());
    faults.throttle("DescribeRegions", Duration::from_millis(5));
    responses.set("*", "PageSize", 7).nth(2);
    faults.deliver_twice("CreateBackupPlan");
    responses.busy("StartBackupPlan", "SystemBusy");
    responses.remove("*", "TotalPages");
    let rules = world.control("GET /_emulator/faults", "").await.json();
    let kinds: Vec<_> =
        rules["faults"].as_array().unwrap().iter().map(|rule| &rule["kind"]).collect();
    assert_eq!(kinds, ["throttle", "set_field", "deliver_twice", "gateway_error", "remove_field"]);
    assert_eq!(
        rules["faults"][1],
        json!({"kind":"set_field","operation":"*","path":"PageSize","json":"7","nth":2,"times":1})
    );
    assert_eq!(world.control("DELETE /_emulator/faults", "").await.status, 200);
    let rules = world.control("GET /_emulator/faults", "").await.json();
    assert_eq!(rules["faults"], json!([]));
}

#[tokio::test]
async fn invalid_fault_rules_are_rejected_with_a_reason() {
    let world = world().await;
    for (rule, says) in [
        ("", "invalid body"),
        (r#"{"kind":"magic"}"#, "unknown variant `magic`"),
        (r#"{"kind":"slow"}"#, "missing field `millis`: rules of kind `slow` require it"),
        (r#"{"kind":"slow","milis":1}"#, "unknown field `milis`"),
        (r#"{"kind":"slow","millis":-1}"#, "invalid value"),
        (r#"{"kind":"http_status","status":99}"#, "expected 200 to 599"),
        (r#"{"kind":"truncate_body","operation":"Nope"}"#, "unknown operation `Nope`"),
        (r#"{"kind":"gateway_error","status":400,"code":"C"}"#, "missing field `message`"),
    ] {
        let response = world.control("POST /_emulator/faults", rule).await;
        assert_eq!(response.status, 400, "{response:?}");
        let error = response.json()["error"].as_str().unwrap().to_owned();
        assert!(error.contains(says), "{error}");
    }
}

#[tokio::test]
async fn clock_can_be_advanced_and_accelerated() {
    let world = world().await;
    let before = world.dbs.clock().now();
    let response = world.control("POST /_emulator/clock", r#"{"advance_seconds":90.5}"#).await;
    assert_eq!(response.json()["speed"], 0.0);
    assert_eq!(world.dbs.clock().now() - before, time::Duration::seconds_f64(90.5));
    for bad in [
        r#"{"advance_seconds":-1}"#,
        r#"{"advance_seconds":1e300}"#,
        r#"{"advance_seconds":1e11}"#,
        r#"{"speed":-1}"#,
        r#"{"speed":1e9}"#,
        r#"{"hour":1}"#,
    ] {
        let response = world.control("POST /_emulator/clock", bad).await;
        assert_eq!(response.status, 400, "{bad}: {response:?}");
    }
    world.control("POST /_emulator/clock", r#"{"speed":3600}"#).await;
    assert_eq!(world.dbs.clock().speed(), Some(3600.0));
    let response = world.control("GET /_emulator/clock", "").await.json();
    assert_eq!(response["speed"], 3600.0);
}

#[tokio::test]
async fn reset_restores_the_initial_state() {
    let world = world().await;
    let first = world.client().send(create()).await.unwrap().backup_plan_id.clone();
    world.dbs.faults().drop_before_processing("*").always();
    assert_eq!(world.control("POST /_emulator/reset", "").await.status, 200);
    assert!(world.dbs.plans().is_empty() && world.dbs.requests().is_empty());
    // The seeded sequence of ids restarts, too.
    assert_eq!(world.client().send(create()).await.unwrap().backup_plan_id, first);
}

#[tokio::test]
async fn gateways_are_added() {
    let world = world().await;
    let new = r#"{"region":"cn-hangzhou","name":"office","databases":["orders"]}"#;
    let response = world.control("POST /_emulator/gateways", new).await;
    assert!(response.json()["backup_gateway_id"].is_u64(), "{response:?}");
    let bad = r#"{"region":"","name":"office"}"#;
    assert_eq!(world.control("POST /_emulator/gateways", bad).await.status, 400);
}

#[tokio::test]
async fn unknown_paths_and_methods_are_rejected() {
    let world = world().await;
    assert_eq!(world.control("GET /_emulator/nothing", "").await.status, 404);
    assert_eq!(world.control("GET /_emulator/", "").await.status, 404);
    let response = world.control("PUT /_emulator/clock", "").await;
    assert_eq!(response.status, 405);
    assert!(response.head.contains("allow: get, post"), "{}", response.head);
}

#[tokio::test]
async fn foreign_web_pages_cannot_read_or_control() {
    let from_a_page = "Origin: https://evil.example\r\n";
    let by_a_name =
        "GET /_emulator/state HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    let world = world().await;
    assert_eq!(world.http("POST /_emulator/reset", from_a_page, "").await.status, 403);
    assert!(world.raw(by_a_name).await.starts_with("HTTP/1.1 403"));
    let page =
        "GET / HTTP/1.1\r\nHost: evil.example\r\nAccept: text/html\r\nConnection: close\r\n\r\n";
    assert!(world.raw(page).await.starts_with("HTTP/1.1 403"));

    let open = with(Emulator::allow_remote_control).await;
    assert_eq!(open.http("POST /_emulator/reset", "", "").await.status, 200);
    assert_eq!(open.http("POST /_emulator/reset", from_a_page, "").await.status, 403);
    assert!(open.raw(by_a_name).await.starts_with("HTTP/1.1 200"));
}
