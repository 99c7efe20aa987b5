//! Tests of the fake as a whole: gateways, rate limits, tokens, every operation, seeds.

use super::*;

#[tokio::test]
async fn gateways_list_their_databases_after_a_delay() {
    let world = world();
    let id = world.dbs.add_gateway(Region::Hangzhou, "idc-1");
    world.dbs.add_gateway(Region::Beijing, "idc-2");
    assert!(world.dbs.add_gateway_databases(id, ["orders", "stock"]));
    assert!(!world.dbs.add_gateway_databases(1.into(), ["orders"]));
    let list = DescribeBackupGatewayList::builder().region(Region::Hangzhou).build();
    let rows = world.ok(list).await.items;
    assert_eq!((rows.len(), rows[0].backup_gateway_id), (1, id));
    let ask = CreateGetDBListFromAgentTask::builder().backup_gateway_id(id).build();
    let task_id = world.ok(ask).await.task_id;
    let fetch = GetDBListFromAgent::builder().backup_gateway_id(id).task_id(task_id).build();
    assert!(world.ok(fetch.clone()).await.db_list.is_empty());
    world.wait(3);
    assert_eq!(world.ok(fetch).await.db_list, ["orders", "stock"]);
    world
        .invalid(CreateGetDBListFromAgentTask::builder().backup_gateway_id(1.into()).build())
        .await;
    let request = GetDBListFromAgent::builder().backup_gateway_id(1.into()).task_id(task_id);
    world.invalid(request.build()).await;
}

#[tokio::test]
async fn enforces_rate_limits_only_if_enabled() {
    let world = world();
    let list = || DescribeBackupPlanList::builder().build();
    for _ in 0..60 {
        world.ok(list()).await;
    }
    world.dbs.enforce_rate_limits(true);
    for _ in 0..50 {
        world.ok(list()).await;
    }
    world.wait(20);
    for _ in 0..2 {
        let error = world.refused(list()).await;
        assert!(error.is_throttling() && !error.may_have_executed(), "{error}");
    }
    world.ok(DescribeRegions::builder().build()).await;
    // The limit is per account, whichever of its keys signs.
    world.dbs.add_credentials(Credentials::new("other", "s"));
    let send_as = async |key| {
        let builder = Client::builder().region(Region::Hangzhou).credentials(key);
        let client = builder.transport(world.dbs.clone()).build().unwrap();
        client.send(list()).retry(RetryPolicy::never()).await.map(drop)
    };
    assert!(send_as(Credentials::new("other", "s")).await.unwrap_err().is_throttling());
    send_as(world.dbs.add_account().credentials()).await.unwrap();
    world.wait(40);
    world.ok(list()).await;
    // With retries, the client waits as long as the service asks.
    for _ in 0..49 {
        world.ok(list()).await;
    }
    let before = world.now();
    let call = world.client.send(list()).timeout(Duration::from_secs(300));
    assert_eq!(call.await.unwrap().attempts(), 2);
    assert!(world.now() - before >= time::Duration::seconds(60));
}

#[tokio::test]
async fn reads_with_a_repeated_token_return_fresh_data() {
    let world = world();
    let list = || DescribeBackupPlanList::builder().client_token("once".parse().unwrap()).build();
    assert_eq!(world.ok(list()).await.total_elements, Some(0));
    world.bought().await;
    assert_eq!(world.ok(list()).await.total_elements, Some(1));
}

#[tokio::test]
async fn service_linked_role_is_created_once() {
    let world = world();
    let role = || InitializeDbsServiceLinkedRole::builder().build();
    world.ok(role()).await;
    let again = world.refused(role()).await;
    assert!(is(&again, ErrorCode::EntityAlreadyExistsRole), "{again}");
}

/// Calls every operation successfully, and returns the responses as JSON.
async fn call_every_operation(world: &FakeWorld) -> Vec<String> {
    let mut responses = Vec::new();
    macro_rules! call {
        ($request:expr) => {{
            let response = world.ok($request).await;
            responses.push(serde_json::to_string(&response).unwrap());
            response
        }};
    }
    call!(InitializeDbsServiceLinkedRole::builder().build());
    let regions = call!(DescribeRegions::builder().build()).regions;
    assert_eq!(regions.len(), Region::ALL.len());
    call!(DescribeNodeCidrList::builder().region(Region::Hangzhou).build());
    let gateway = world.dbs.add_gateway(Region::Hangzhou, "idc-1");
    call!(DescribeBackupGatewayList::builder().region(Region::Hangzhou).build());
    let ask = CreateGetDBListFromAgentTask::builder().backup_gateway_id(gateway).build();
    let task_id = call!(ask).task_id;
    call!(GetDBListFromAgent::builder().backup_gateway_id(gateway).task_id(task_id).build());
    let id = call!(create()).backup_plan_id;
    let other = call!(create_and_start()).backup_plan_id;
    world.wait(5);
    let mut request = configure(&id, "hunter2");
    request.storage = Some(BackupStorage::System);
    call!(request);
    call!(check(id.clone()));
    for (change, _) in changes(&id) {
        call!(change);
    }
    call!(EnableBackupLog::builder().backup_plan_id(id.clone()).build());
    world.wait(10);
    call!(ModifyBackupSetDownloadRules::builder().backup_plan_id(id.clone()).build());
    call!(
        ModifyBackupPlanName::builder()
            .backup_plan_id(id.clone())
            .backup_plan_name("renamed")
            .build()
    );
    let set = call!(start(&id)).created_full_backup_set_id.unwrap();
    world.wait(3 * 24 * 3600);
    call!(fulls(&id));
    call!(fulls(&other));
    let log = call!(logs(&id)).items.remove(0);
    call!(CreateFullBackupSetDownload::builder().backup_set_id(set.clone()).build());
    call!(
        CreateIncrementBackupSetDownload::builder()
            .backup_set_job_id(log.backup_set_job_id.unwrap())
            .backup_set_id(log.backup_set_id)
            .build()
    );
    call!(DescribeBackupSetDownloadTaskList::builder().selection(id.clone()).build());
    call!(
        DescribeRestoreRangeInfo::builder()
            .backup_plan_id(id.clone())
            .begin_timestamp_for_restore(world.now() - Duration::from_secs(3600))
            .end_timestamp_for_restore(world.now())
            .build()
    );
    let task = call!(restore(&id, set)).restore_task_id;
    world.wait(10);
    call!(start_restore(&task));
    call!(DescribeRestoreTaskList::builder().selection(task.clone()).build());
    call!(DescribeJobErrorCode::builder().task_id(task).build());
    call!(DescribeDLAService::builder().backup_plan_id(id.clone()).build());
    call!(DescribeBackupPlanBilling::builder().backup_plan_id(id.clone()).build());
    call!(
        RenewBackupPlan::builder().backup_plan_id(id.clone()).period(Period::years::<1>()).build()
    );
    call!(
        UpgradeBackupPlan::builder()
            .backup_plan_id(id.clone())
            .instance_class(InstanceClass::Large)
            .build()
    );
    call!(stop(&other, StopMethod::All));
    call!(ReleaseBackupPlan::builder().backup_plan_id(other).build());
    call!(DescribeBackupPlanList::builder().build());
    responses
}

#[tokio::test]
async fn fake_supports_every_operation() {
    let world = world();
    call_every_operation(&world).await;
    let requests = world.dbs.requests();
    let called: BTreeSet<_> = requests.iter().map(RecordedRequest::operation).collect();
    let known: BTreeSet<_> = ALL.iter().map(|info| info.action).collect();
    assert_eq!(called, known);
}

#[tokio::test]
async fn same_seed_repeats_requests_and_responses() {
    let run = async |seed: u64, reads_state: bool| {
        let dbs = FakeDbs::with_seed(seed);
        dbs.faults().drop_after_processing("CreateBackupPlan");
        dbs.faults().gateway_error("CreateBackupPlan", 503, "ServiceUnavailable", "busy");
        let builder = Client::builder().region(Region::Hangzhou).credentials(dbs.credentials());
        let client = builder.transport(dbs.clone()).build().unwrap();
        let bought = client.send(create()).await.unwrap();
        assert_eq!(bought.attempts(), 3);
        let first = format!("{} {}", bought.request_id(), bought.backup_plan_id);
        let world = FakeWorld { dbs, client };
        if reads_state {
            world.dbs.plans();
        }
        let mut responses = call_every_operation(&world).await;
        responses.push(first);
        let wire = |request: &RecordedRequest| {
            (request.uri().to_string(), format!("{:?}", request.headers()), request.body().clone())
        };
        (responses, world.dbs.requests().iter().map(wire).collect::<Vec<_>>())
    };
    let once = run(1, false).await;
    assert_eq!(once, run(1, true).await);
    assert_ne!(once, run(2, false).await);
}

/// The gateway requires exactly the parameters that the published table requires.
#[tokio::test]
async fn gateway_requires_the_published_parameters() {
    let world = world();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/operations.json");
    let table: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let mut checked = 0;
    for operation in table["operations"].as_array().unwrap() {
        let action = operation["name"].as_str().unwrap();
        let parameters = operation["parameters"].as_array().unwrap();
        let required: Vec<_> = parameters
            .iter()
            .filter(|parameter| parameter["required"] == true)
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect();
        for missing in &required {
            let given = required.iter().filter(|name| *name != missing);
            let request = given.fold(RawRequest::new(action.to_owned()), |request, name| {
                request.parameter(name, "x")
            });
            let error = world.refused(request).await;
            assert_eq!(error.code().unwrap(), format!("Missing{missing}"), "{action}");
            checked += 1;
        }
        // No other parameter is required: with all of them, the service validates the values.
        let all = required
            .iter()
            .fold(RawRequest::new(action.to_owned()), |request, name| request.parameter(name, "x"));
        let response = world.client.send(all).retry(RetryPolicy::never()).await;
        let code = response.err().map(|error| error.code().unwrap().to_owned());
        assert!(code.is_none_or(|code| !code.starts_with("Missing")), "{action}");
    }
    assert!(checked > 40, "{checked}");
}
