//! Tests of the crate's client against the emulator.

use aliyun_dbs::fake::InstanceEngine;
use aliyun_dbs::operations::{
    ALL, DescribeBackupPlanList, NamedOperation, OperationVisitor, visit,
};
use aliyun_dbs::{Call, Client, Region, RetryPolicy, SignatureVersion, v2021_01_01};
use serde_json::{Map, Value, json};

use super::world;
use crate::support::{configure, create};

/// Sends an operation with parameters from the test data.
struct Send<'a> {
    client: &'a Client,
    parameters: &'a Map<String, Value>,
}

type Outcome = std::pin::Pin<Box<dyn Future<Output = Result<(), aliyun_dbs::Error>>>>;

impl OperationVisitor for Send<'_> {
    type Output = Outcome;

    fn visit<O: NamedOperation>(self) -> Outcome {
        let request: O = serde_json::from_value(self.parameters.clone().into()).unwrap();
        let call: Call<O> = self.client.send(request).retry(RetryPolicy::never());
        Box::pin(async move { call.await.map(drop) })
    }
}

#[tokio::test]
async fn every_operation_responds_to_both_signatures() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/requests.json");
    let requests: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let world = world().await;
    for version in [SignatureVersion::Acs3, SignatureVersion::RpcV1] {
        let client = world.client_as(version, world.dbs.credentials());
        let mut accepted = 0;
        for info in ALL {
            let parameters = requests[info.action][0].as_object().unwrap();
            match visit(info.action, Send { client: &client, parameters }).unwrap().await {
                Ok(()) => accepted += 1,
                // The plans in the data do not exist, so the service, not the gateway, rejects it.
                Err(error) => {
                    assert_eq!(error.http_status().unwrap().as_u16(), 200, "{error}");
                    assert!(error.code().is_some(), "{error}");
                }
            }
        }
        assert!(accepted >= 5, "only {accepted} requests were accepted");
    }
    assert_eq!(world.dbs.requests().len(), 2 * ALL.len());
}

#[tokio::test]
async fn version_2021_responds_to_both_signatures() {
    for version in [SignatureVersion::Acs3, SignatureVersion::RpcV1] {
        let world = world().await;
        let client = world.client_as(version, world.dbs.credentials());
        let plan = world.backed_up().await;
        let sandbox = world.dbs.add_sandbox(&plan).unwrap();
        let name = "rm-orders".parse().unwrap();
        let instance = world.dbs.add_instance(Region::Hangzhou, name, InstanceEngine::RdsMySql);
        let (id, set) = (&instance.instance_name, &instance.backup_sets[0].id);
        let bare = plan.bare();
        let send = async |action: &'static str, parameters: Value| {
            let parameters = parameters.as_object().unwrap();
            let call = v2021_01_01::operations::visit(action, Send { client: &client, parameters });
            call.unwrap().await.unwrap_or_else(|error| panic!("{action}: {error}"));
            action
        };
        world.dbs.fail_next_download();
        let of_instance = json!({ "RegionCode": "cn-hangzhou", "InstanceName": id });
        let with = |more: Value| {
            let mut all = of_instance.clone();
            all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            all
        };
        let create = json!({
            "BakSetType": "full", "BakSetId": set, "FormatType": "CSV", "TargetType": "URL",
        });
        let of_plan = json!({ "BackupPlanId": bare });
        let mut actions = vec![
            send("DescribeDownloadSupport", of_instance.clone()).await,
            send("CreateDownload", with(create)).await,
            send("DescribeDownloadTask", of_instance.clone()).await,
        ];
        let task = world.dbs.advanced_downloads()[0].task_id.clone();
        world.dbs.clock().advance(std::time::Duration::from_secs(40));
        actions.push(send("RetryDownloadTask", with(json!({ "TaskId": task }))).await);
        world.dbs.clock().advance(std::time::Duration::from_secs(70));
        let address = json!({ "RegionCode": "cn-hangzhou", "TaskId": task, "Duration": 300 });
        actions.push(send("DescribeDownloadBackupSetStorageInfo", address).await);
        let group = json!({
            "ResourceId": plan, "ResourceType": "backupplan", "NewResourceGroupId": "rg-1",
        });
        actions.push(send("ChangeResourceGroup", group).await);
        actions.push(send("DescribeCostInfoByDbsInstance", json!({ "BackupPlanId": plan })).await);
        for action in
            ["DescribeSandboxRecoveryTime", "DescribeSandboxBackupSets", "DescribeSandboxInstances"]
        {
            actions.push(send(action, of_plan.clone()).await);
        }
        let delete = json!({ "BackupPlanId": bare, "InstanceId": sandbox });
        actions.push(send("DeleteSandboxInstance", delete).await);
        actions.sort_unstable();
        let all: Vec<_> = v2021_01_01::operations::ALL.iter().map(|info| info.action).collect();
        assert_eq!(actions, all, "send each typed operation in this test, also a new one");
    }
}

#[tokio::test]
async fn temporary_key_buys_and_configures_a_plan() {
    let world = world().await;
    let key = aliyun_dbs::credentials::Credentials::new("STS.1", "secret")
        .with_security_token("token-hunter2");
    world.dbs.add_credentials(key.clone());
    for version in [SignatureVersion::Acs3, SignatureVersion::RpcV1] {
        let client = world.client_as(version, key.clone());
        let plan = client.send(create()).await.unwrap();
        assert_eq!(plan.attempts(), 1);
        world.dbs.clock().advance(std::time::Duration::from_secs(5));
        client.send(configure(&plan.backup_plan_id, "pa ss&%+wörd")).await.unwrap();
    }
    assert_eq!(world.dbs.plans().len(), 2);
    let calls = world.control("GET /_emulator/requests", "").await;
    for secret in ["token-hunter2", "pa ss", "rd%", "wörd"] {
        assert!(!calls.body.contains(secret), "{}", calls.body);
    }
    assert_eq!(calls.json()["requests"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn signatures_use_real_time_at_any_clock_speed() {
    let world = world().await;
    world.dbs.clock().advance(std::time::Duration::from_secs(30 * 86400));
    let client = world.client();
    let plan = client.send(create()).await.unwrap();
    assert_eq!(plan.attempts(), 1);
    let created = world.dbs.plans()[0].created_at;
    assert!(created - time::OffsetDateTime::now_utc() > time::Duration::days(29));
}

#[tokio::test]
async fn one_connection_serves_many_calls() {
    // With a limit of one connection, a second one would wait until the first closes.
    let world = super::with(|emulator| emulator.max_connections(1)).await;
    let client = world.client();
    for _ in 0..20 {
        client.send(DescribeBackupPlanList::builder().build()).await.unwrap();
    }
    assert_eq!(world.dbs.requests().len(), 20);
}

#[tokio::test]
async fn extra_connection_waits_for_a_free_slot() {
    let world = super::with(|emulator| emulator.max_connections(1)).await;
    let idle = tokio::net::TcpStream::connect(world.address).await.unwrap();
    tokio::task::yield_now().await;
    let client = world.client();
    let call = tokio::spawn(async move {
        client.send(DescribeBackupPlanList::builder().build()).await.map(drop)
    });
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
    drop(idle);
    call.await.unwrap().unwrap();
}
