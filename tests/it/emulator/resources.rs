//! Tests of instances, their downloads and sandboxes in the control API.

use aliyun_dbs::Region;
use aliyun_dbs::fake::InstanceEngine;
use aliyun_dbs::v2021_01_01::operations::CreateDownload;
use aliyun_dbs::v2021_01_01::types::{DownloadTarget, MySqlFormat};
use serde_json::{Value, json};

use super::{EmulatorWorld, RawResponse, world};

async fn post(world: &EmulatorWorld, resource: &str, body: &Value) -> RawResponse {
    world.control(&format!("POST /_emulator/{resource}"), &body.to_string()).await
}

fn instance(name: &str, engine: &str) -> Value {
    json!({ "region": "cn-hangzhou", "instance_name": name, "engine": engine })
}

async fn refused(world: &EmulatorWorld, resource: &str, body: &Value, says: &str) {
    let response = post(world, resource, body).await;
    assert_eq!(response.status, 400, "{body}: {response:?}");
    assert!(response.json()["error"].as_str().unwrap().contains(says), "{body}: {response:?}");
}

#[tokio::test]
async fn added_instance_can_be_downloaded() {
    let world = world().await;
    let added = post(&world, "instances", &instance("rm-orders", "rds_mysql")).await;
    assert_eq!(added.status, 200, "{added:?}");
    let added = added.json();
    assert_eq!(added["instance_name"], "rm-orders");
    let sets = added["backup_sets"].as_array().unwrap();
    assert_eq!(sets.len(), 2);
    let response = world.control("POST /_emulator/faults", r#"{"kind":"fail_download"}"#).await;
    assert_eq!(response.status, 200, "{response:?}");
    let request = CreateDownload::builder()
        .region_code(Region::Hangzhou)
        .instance_name("rm-orders".parse().unwrap())
        .source(aliyun_dbs::types::BackupSetId::new(sets[0].as_str().unwrap()).unwrap())
        .format(MySqlFormat::Csv)
        .target(DownloadTarget::Url)
        .build();
    let task = world.client().send(request).await.unwrap().task_id.clone();
    world.control("POST /_emulator/clock", r#"{"advance_seconds":40}"#).await;
    let state = world.control("GET /_emulator/state", "").await.json();
    assert_eq!(state["instances"][0]["engine"], "rds_mysql");
    assert_eq!(state["instances"][0]["region"], "cn-hangzhou");
    assert_eq!(state["instances"][0]["backup_sets"][0]["backup_set_id"], sets[0]);
    let download = &state["advanced_downloads"][0];
    assert_eq!(download["task_id"], task.as_str());
    assert_eq!((&download["status"], &download["progress"]), (&json!("failed"), &json!(50)));
    assert_eq!(download["target"], json!({ "TargetType": "URL" }));
    assert_eq!(state["sandboxes"], json!([]));
}

#[tokio::test]
async fn every_engine_has_a_name() {
    let world = world().await;
    let engines = ["rds_mysql", "rds_postgresql", "polardb_mysql", "mongodb", "rds_sqlserver"];
    for (number, engine) in engines.into_iter().enumerate() {
        let body = instance(&format!("i-{number}"), engine);
        assert_eq!(post(&world, "instances", &body).await.status, 200, "{engine}");
    }
    let state = world.control("GET /_emulator/state", "").await.json();
    for (number, engine) in engines.into_iter().enumerate() {
        assert_eq!(state["instances"][number]["engine"], engine);
    }
}

#[tokio::test]
async fn invalid_instances_are_rejected() {
    let world = world().await;
    for (body, says) in [
        (instance("rm-1", "oracle"), "unknown variant `oracle`"),
        (instance("", "mongodb"), "invalid field `instance_name`"),
        (instance(&"x".repeat(257), "mongodb"), "too long"),
        (
            json!({ "region": "cn-hangzou", "instance_name": "a", "engine": "mongodb" }),
            "cn-hangzhou",
        ),
        (json!({ "region": "cn-hangzhou", "engine": "mongodb" }), "missing field `instance_name`"),
        (json!({ "name": "a" }), "unknown field `name`"),
    ] {
        refused(&world, "instances", &body, says).await;
    }
    assert!(world.dbs.instances().is_empty());
}

#[tokio::test]
async fn sandboxes_are_added_to_plans_with_a_backup() {
    let world = world().await;
    let unknown = json!({ "backup_plan_id": "dbsunknown" });
    refused(&world, "sandboxes", &unknown, "expected a MySQL plan").await;
    refused(&world, "sandboxes", &json!({}), "missing field `backup_plan_id`").await;
    let plan = world.backed_up().await;
    let body = json!({ "backup_plan_id": plan });
    let added = post(&world, "sandboxes", &body).await;
    assert_eq!(added.status, 200, "{added:?}");
    let state = world.control("GET /_emulator/state", "").await.json();
    let sandbox = &state["sandboxes"][0];
    assert_eq!(sandbox["instance_id"], added.json()["instance_id"]);
    assert_eq!(
        (&sandbox["backup_plan_id"], &sandbox["status"]),
        (&json!(plan), &json!("check_pass"))
    );
    for _ in 0..999 {
        world.dbs.add_sandbox(&plan);
    }
    refused(&world, "sandboxes", &body, "too many sandboxes").await;
}

#[tokio::test]
async fn instances_are_bounded() {
    let world = world().await;
    for number in 0..1000 {
        let id = format!("rm-{number}").parse().unwrap();
        world.dbs.add_instance(Region::Hangzhou, id, InstanceEngine::MongoDb);
    }
    refused(&world, "instances", &instance("rm-1000", "mongodb"), "too many instances").await;
    // Replacing an instance needs no space.
    assert_eq!(post(&world, "instances", &instance("rm-0", "mongodb")).await.status, 200);
    assert_eq!(world.control("POST /_emulator/reset", "").await.status, 200);
    assert_eq!(post(&world, "instances", &instance("rm-1000", "mongodb")).await.status, 200);
}
