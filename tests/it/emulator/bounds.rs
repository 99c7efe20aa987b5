//! Tests that clients can neither fill the memory of the emulator nor keep others out.

use std::time::Duration;

use aliyun_dbs::Region;
use aliyun_dbs::operations::{DescribeBackupPlanList, DescribeRegions};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{with, world};

#[tokio::test]
async fn planned_failures_are_bounded() {
    let world = world().await;
    let message = "x".repeat(1 << 20);
    let rule = json!({ "kind": "fail_restore", "message": "m" }).to_string();
    let plan: [&dyn Fn(); 3] = [
        &|| world.dbs.fail_next_pre_check("CHECK_PRIVILEGE", &message),
        &|| world.dbs.fail_next_full_backup(&message),
        &|| world.dbs.fail_next_restore(&message),
    ];
    for plan in plan {
        (0..15).for_each(|_| plan());
        assert_eq!(world.control("POST /_emulator/faults", &rule).await.status, 200);
        plan();
        let refusal = world.control("POST /_emulator/faults", &rule).await;
        assert_eq!(refusal.status, 400, "{refusal:?}");
        assert!(refusal.body.contains("too many planned failures"), "{refusal:?}");
        assert_eq!(world.control("POST /_emulator/reset", "").await.status, 200);
    }
    for _ in 0..1000 {
        world.dbs.fail_next_restore("m");
    }
    assert_eq!(world.control("POST /_emulator/faults", &rule).await.status, 400);
}

#[tokio::test]
async fn fault_rules_are_bounded_in_bytes() {
    let world = world().await;
    let text = "x".repeat(1 << 20);
    let rule = json!({ "kind": "truncate_body" }).to_string();
    let (faults, responses) = (world.dbs.faults(), world.dbs.responses());
    let add: [&dyn Fn(); 3] = [
        &|| drop(faults.replace_body("*", text.clone())),
        &|| drop(faults.business_error("*", "C", &text)),
        &|| drop(responses.set("*", "A", &text)),
    ];
    for add in add {
        faults.clear();
        add();
        assert_eq!(world.control("POST /_emulator/faults", &rule).await.status, 200);
        (0..15).for_each(|_| add());
        let refusal = world.control("POST /_emulator/faults", &rule).await;
        assert_eq!(refusal.status, 400);
        assert!(refusal.body.contains("too many fault rules"), "{refusal:?}");
    }
}

#[tokio::test]
async fn gateways_are_bounded() {
    let world = world().await;
    let post = async |name: String, databases: Vec<String>| {
        let body = json!({ "region": "cn-hangzhou", "name": name, "databases": databases });
        world.control("POST /_emulator/gateways", &body.to_string()).await
    };
    assert_eq!(post("x".repeat(256), vec!["y".repeat(256)]).await.status, 200);
    for (name, database) in [(257, 1), (1, 257)] {
        let refusal = post("x".repeat(name), vec!["y".repeat(database)]).await;
        assert_eq!(refusal.status, 400);
        assert!(refusal.body.contains("a name is too long"), "{refusal:?}");
    }
    for _ in 0..999 {
        world.dbs.add_gateway(Region::Hangzhou, "office");
    }
    let refusal = post("office".to_owned(), Vec::new()).await;
    assert_eq!(refusal.status, 400);
    assert!(refusal.body.contains("too many gateways"), "{refusal:?}");
}

#[tokio::test]
async fn response_rules_are_added_listed_and_applied() {
    let world = world().await;
    for rule in [
        json!({ "kind": "set_field", "operation": "DescribeBackupPlanList", "path": "TotalPages",
                "json": "9", "nth": 1, "times": 1 }),
        json!({ "kind": "remove_field", "operation": "*", "path": "A", "nth": 1, "times": 1 }),
        json!({ "kind": "body_status", "operation": "*", "status": 500, "nth": 9, "times": 1 }),
        json!({ "kind": "refuse_unknown_ids", "operation": "*", "status": 404,
                "code": "InvalidJobId", "nth": 1, "always": true }),
    ] {
        let response = world.control("POST /_emulator/faults", &rule.to_string()).await;
        assert_eq!(response.status, 200, "{response:?}");
        let rules = response.json()["faults"].as_array().unwrap().clone();
        assert_eq!(rules.last().unwrap(), &rule);
    }
    let client = world.client();
    let list = client.send(DescribeBackupPlanList::builder().build()).await.unwrap();
    assert_eq!(list.into_inner().total_pages, Some(9));
    let unknown = DescribeBackupPlanList::builder().backup_plan_ids(["dbs1".parse().unwrap()]);
    let error = client.send(unknown.build()).await.unwrap_err();
    assert_eq!(error.code(), Some("InvalidJobId"));
    let missing = world.control("POST /_emulator/faults", r#"{"kind":"set_field","path":"A"}"#);
    assert!(missing.await.body.contains("missing field `json`"));
}

#[tokio::test]
async fn slow_clients_do_not_keep_others_out() {
    let world =
        with(|emulator| emulator.max_connections(3).read_timeout(Duration::from_secs(60))).await;
    let mut slow = Vec::new();
    for beginning in [
        "GET / HT",
        "",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc",
        "GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ",
    ] {
        let mut stream = TcpStream::connect(world.address).await.unwrap();
        stream.write_all(beginning.as_bytes()).await.unwrap();
        slow.push(stream);
    }
    let call = world.client().send(DescribeRegions::builder().build()).into_future();
    tokio::time::timeout(Duration::from_secs(20), call).await.unwrap().unwrap();
}

#[tokio::test]
async fn client_that_never_reads_loses_its_connection() {
    let timeout = Duration::from_millis(200);
    let world = with(|emulator| emulator.read_timeout(timeout)).await;
    for _ in 0..15 {
        world.dbs.faults().replace_body("*", vec![b'x'; 1 << 20]).always();
    }
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    let request = "GET /_emulator/faults HTTP/1.1\r\nHost: localhost\r\n\r\n";
    // More than the socket buffers hold.
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut beginning = [0; 16];
    stream.read_exact(&mut beginning).await.unwrap();
    // The server's timer runs in real time.
    tokio::time::sleep(timeout * 5).await;
    let mut bytes = Vec::new();
    // A reset may end the read.
    let _ = stream.read_to_end(&mut bytes).await;
    assert!(bytes.len() < 15 << 20, "{} bytes arrived", bytes.len());
}
