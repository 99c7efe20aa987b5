//! Tests of both API versions on one fake: plans, resource groups, costs, sandboxes, refusals.

use aliyun_dbs::fake::InstanceEngine;
use aliyun_dbs::v2021_01_01::operations::{
    ChangeResourceGroup, DeleteSandboxInstance, DescribeCostInfoByDbsInstance,
    DescribeSandboxBackupSets, DescribeSandboxInstances, DescribeSandboxRecoveryTime, UNTYPED,
};
use aliyun_dbs::v2021_01_01::types::{
    SandboxInstanceId, SandboxSetKind, SandboxStatus, page_number,
};
use aliyun_dbs::{Dbs20190306, Dbs20210101};

use super::*;

fn raw(action: &'static str) -> RawRequest {
    RawRequest::for_api::<Dbs20210101>(action).safety(aliyun_dbs::Safety::ReadOnly)
}

fn move_to(id: &BackupPlanId, group: &str) -> ChangeResourceGroup {
    ChangeResourceGroup::builder()
        .new_resource_group_id(group.parse().unwrap())
        .backup_plan_id(id.clone())
        .build()
}

impl FakeWorld {
    async fn group(&self, id: &BackupPlanId) -> Option<String> {
        self.row(id).await.resource_group_id.map(|group| group.to_string())
    }

    /// Creates a plan with one finished full backup and log backups, and a sandbox.
    async fn with_sandbox(&self) -> (BackupPlanId, SandboxInstanceId) {
        let (id, _) = self.backed_up().await;
        let sandbox = self.dbs.add_sandbox(&id).unwrap();
        (id, sandbox)
    }
}

fn sandboxes(id: &BackupPlanId) -> DescribeSandboxInstances {
    DescribeSandboxInstances::builder().backup_plan_id(id.clone()).build()
}

fn delete(id: &BackupPlanId, sandbox: &SandboxInstanceId) -> DeleteSandboxInstance {
    DeleteSandboxInstance::builder().backup_plan_id(id.clone()).instance_id(sandbox.clone()).build()
}

#[tokio::test]
async fn one_client_buys_a_plan_and_moves_it() {
    let world = world();
    let id = world.checked().await;
    assert_eq!(world.ok(move_to(&id, "rg-new")).await.moved, Some(true));
    assert_eq!(world.group(&id).await.as_deref(), Some("rg-new"));
    let list = |group: &str| {
        DescribeBackupPlanList::builder().resource_group_id(group.parse().unwrap()).build()
    };
    assert_eq!(world.ok(list("rg-new")).await.items.len(), 1);
    assert!(world.ok(list("rg-old")).await.items.is_empty());
    let mut elsewhere = move_to(&id, "rg-other");
    elsewhere.region_code = Some(Region::Beijing);
    assert_eq!(world.refused(elsewhere).await.code(), Some("Param.NotFound"));
    let unknown = "dbsunknown".parse().unwrap();
    assert_eq!(world.refused(move_to(&unknown, "rg-1")).await.code(), Some("Param.NotFound"));
    // The raw id without its prefix is refused.
    let bare = raw("ChangeResourceGroup")
        .parameter("ResourceId", id.bare().as_str())
        .parameter("ResourceType", "backupplan")
        .parameter("NewResourceGroupId", "rg-1");
    assert_eq!(world.refused(bare).await.code(), Some("Param.NotFound"));
    assert_eq!(world.group(&id).await.as_deref(), Some("rg-new"));
}

#[tokio::test]
async fn client_token_moves_a_plan_once() {
    let world = world();
    let id = world.bought().await;
    let send = async |group: &str, token: &str| {
        let call = world.client.send(move_to(&id, group)).client_token(token.parse().unwrap());
        call.retry(RetryPolicy::never()).await.map(drop)
    };
    send("rg-1", "first").await.unwrap();
    send("rg-2", "second").await.unwrap();
    send("rg-1", "first").await.unwrap();
    assert_eq!(world.group(&id).await.as_deref(), Some("rg-2"));
    let error = send("rg-3", "first").await.unwrap_err();
    assert_eq!(error.code(), Some("IdempotentParameterMismatch"), "{error}");
    // A lost response is sent again with the same token.
    world.dbs.faults().drop_after_processing("ChangeResourceGroup");
    let moved = world.client.send(move_to(&id, "rg-4")).await.unwrap();
    assert_eq!((moved.attempts(), moved.moved), (2, Some(true)));
}

#[tokio::test]
async fn wrong_versions_and_names_are_rejected() {
    let world = world();
    let refused = async |request: RawRequest, code: &str| {
        let error = world.refused(request.safety(aliyun_dbs::Safety::ReadOnly)).await;
        assert_eq!(error.code(), Some(code), "{error}");
        assert!(!error.may_have_executed());
    };
    refused(RawRequest::new("DescribeRegions").version("2020-01-01"), "InvalidVersion").await;
    let unknown = "InvalidAction.NotFound";
    refused(raw("DescribeRegions"), unknown).await;
    refused(raw("CreateSandboxInstance"), unknown).await;
    for name in ["DescribeDownloadSupport", "DescribeBackupPolicy"] {
        refused(RawRequest::for_api::<Dbs20190306>(name), unknown).await;
    }
    // A used token does not return its response to another version.
    let buy = |version: &'static str| {
        let purchase = create();
        let mut raw = RawRequest::new("CreateBackupPlan").version(version);
        for (name, value) in purchase.parameters().unwrap().iter() {
            raw = raw.parameter(name, value);
        }
        raw.parameter("ClientToken", "t")
    };
    world.ok(buy("2019-03-06")).await;
    refused(buy("2021-01-01"), unknown).await;
    assert_eq!(world.dbs.plans().len(), 1);
}

#[tokio::test]
async fn untyped_operations_are_refused() {
    let world = world();
    for operation in UNTYPED {
        let error = world.refused(raw(operation.action)).await;
        assert_eq!(error.code(), Some("Request.Forbidden"), "{error}");
        assert_eq!(error.http_status().map(|status| status.as_u16()), Some(403));
        let says = format!("the fake does not implement `{}`", operation.action);
        assert!(error.to_string().contains(&says), "{error}");
    }
}

#[tokio::test]
async fn missing_and_invalid_parameters_have_codes() {
    let world = world();
    let support = || raw("DescribeDownloadSupport").parameter("InstanceName", "rm-1");
    for (request, code) in [
        (support(), "DBS.ParamIsInValid"),
        (support().parameter("RegionCode", "cn-nowhere"), "DBS.ParamIsInValid"),
        (raw("DescribeDownloadTask").parameter("RegionCode", "cn-beijing"), "DBS.ParamIsInValid"),
        (raw("RetryDownloadTask"), "DBS.ParamIsInValid"),
        (raw("DescribeSandboxInstances"), "Param.NotFound"),
        (raw("DescribeSandboxInstances").parameter("BackupPlanId", "dbs1h1"), "Param.NotFound"),
    ] {
        let error = world.refused(request).await;
        assert_eq!(error.code(), Some(code), "{error}");
        assert_eq!(error.http_status().map(|status| status.as_u16()), Some(200));
    }
    // As in the vendor's sample of a failure.
    let sample = include_str!("../../../src/fake/samples/2021-01-01/_failure.json");
    let sample: serde_json::Value = serde_json::from_str(sample).unwrap();
    let error = world.refused(support()).await;
    assert_eq!(error.message(), sample["Message"].as_str().unwrap());
}

#[tokio::test]
async fn costs_are_of_plans_and_instances() {
    let world = world();
    let plan = world.bought().await;
    let name = "d-1".parse().unwrap();
    world.dbs.add_instance(Region::Beijing, name, InstanceEngine::MongoDb);
    let request = DescribeCostInfoByDbsInstance::builder;
    let all = world.ok(request().build()).await;
    assert_eq!((all.items.len(), all.unparsed), (2, None));
    let region = world.ok(request().region_code(Region::Beijing).build()).await.items;
    let one = request().backup_plan_id("dbs:d-1".parse().unwrap()).build();
    let one = world.ok(one).await.items;
    assert_eq!(one, region);
    assert_eq!(one[0].module_name.as_deref(), Some("mongodb"));
    let of_plan = world.ok(request().backup_plan_id(plan.into()).build()).await.items;
    assert_eq!(of_plan.len(), 1);
    let unknown = request().backup_plan_id("dbs:d-2".parse().unwrap()).build();
    assert_eq!(world.refused(unknown).await.code(), Some("Param.NotFound"));
}

#[tokio::test]
async fn sandbox_is_created_used_and_deleted() {
    let world = world();
    let (id, sandbox) = world.with_sandbox().await;
    let row = world.ok(sandboxes(&id)).await.items.remove(0);
    assert_eq!((&row.instance_id, row.backup_plan_id), (&sandbox, Some(id.bare())));
    assert_eq!((row.status, row.restore_seconds), (SandboxStatus::CheckPass.into(), None));
    world.wait(59);
    let error = world.refused(delete(&id, &sandbox)).await;
    assert_eq!(error.code(), Some("Param.NotFound"), "{error}");
    assert!(error.to_string().contains("the sandbox is creating"), "{error}");
    world.wait(1);
    assert_eq!(world.dbs.sandboxes()[0].status, SandboxStatus::Running);
    let row = world.ok(sandboxes(&id)).await.items.remove(0);
    assert_eq!((row.status, row.restore_seconds), (SandboxStatus::Running.into(), Some(60)));
    world.ok(delete(&id, &sandbox)).await;
    assert!(world.ok(sandboxes(&id)).await.items.is_empty());
    assert_eq!(world.refused(delete(&id, &sandbox)).await.code(), Some("Param.NotFound"));
}

#[tokio::test]
async fn sandboxes_show_full_backups_and_log_files() {
    let world = world();
    let (id, _) = world.with_sandbox().await;
    world.wait(40 * 600);
    let times = DescribeSandboxRecoveryTime::builder().backup_plan_id(id.clone()).build();
    let times = world.ok(times).await.into_inner();
    let finished = world.dbs.full_backups()[0].finished_at.unwrap();
    let seconds = |at: Option<OffsetDateTime>| at.unwrap().unix_timestamp();
    assert_eq!(seconds(times.recovery_begin_time), finished.unix_timestamp());
    assert_eq!(seconds(times.recovery_end_time), world.now().unix_timestamp());
    let list = DescribeSandboxBackupSets::builder().backup_plan_id(id.clone()).build();
    let first = world.ok(list.clone()).await;
    let sets = world.client.items(list.clone()).collect().await.unwrap();
    assert_eq!((first.items.len(), first.total_elements), (30, Some(sets.len() as u64)));
    assert!(sets.is_sorted_by_key(|set| std::cmp::Reverse(set.backup_set_time)));
    let mut full = sets.iter().filter(|set| set.backup_set_type == SandboxSetKind::Full);
    let full_id = &full.next().unwrap().backup_set_id;
    assert!(full_id.as_str().starts_with(&format!("{}_20", id.bare())), "{full_id}");
    assert_eq!(full.next(), None);
    let newest = &sets[0].backup_set_id;
    assert!(newest.as_str().starts_with(&format!("Inc_{}_20", id.bare())), "{newest}");
    // Pages count from 1.
    let mut second = list.clone();
    second.page_number = Some(page_number!(2));
    assert_eq!(world.ok(second).await.items, sets[30..]);
    let mut larger = list.clone();
    larger.page_size = Some(PageSizeChoice::Fifty);
    assert_eq!(world.ok(larger).await.items.len(), sets.len().min(50));
    let mut one = list;
    one.backup_set_id = Some(newest.clone());
    assert_eq!(world.ok(one).await.items, sets[..1]);
}

#[tokio::test]
async fn only_mysql_plans_with_a_backup_have_sandboxes() {
    let world = world();
    let id = world.checked().await;
    assert_eq!(world.dbs.add_sandbox(&id), None);
    let times = DescribeSandboxRecoveryTime::builder().backup_plan_id(id.clone()).build();
    assert_eq!(world.refused(times).await.code(), Some("Param.NotFound"));
    let mut request = create();
    request.database_type = DatabaseType::PostgreSql;
    let other = world.ok(request).await.backup_plan_id;
    assert_eq!(world.dbs.add_sandbox(&other), None);
    let unknown = "dbsunknown".parse().unwrap();
    assert_eq!(world.dbs.add_sandbox(&unknown), None);
    for id in [&other, &unknown] {
        assert_eq!(world.refused(sandboxes(id)).await.code(), Some("Param.NotFound"));
    }
}

#[tokio::test]
async fn sandboxes_are_hidden_with_their_plan() {
    let world = world();
    let (id, _) = world.with_sandbox().await;
    let client = |dbs: &FakeDbs, region| {
        let builder = Client::builder().region(region).credentials(dbs.credentials());
        builder.transport(world.dbs.clone()).build().unwrap()
    };
    for client in
        [client(&world.dbs, Region::London), client(&world.dbs.add_account(), Region::Hangzhou)]
    {
        let error = client.send(sandboxes(&id)).await.unwrap_err();
        assert_eq!(error.code(), Some("Param.NotFound"), "{error}");
    }
    assert_eq!(world.ok(sandboxes(&id)).await.items.len(), 1);
    world.dbs.reset();
    assert!(world.dbs.sandboxes().is_empty());
}
