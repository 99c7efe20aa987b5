//! Tests of odd responses, accounts, regions and the request log of the fake.

use std::time::Duration;

use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::{DescribeBackupGatewayList, DescribeBackupPlanList};
use aliyun_dbs::types::BackupPlanId;
use aliyun_dbs::wait::{PlanRunning, WaitErrorKind};
use aliyun_dbs::{Client, Endpoint, Network, RawRequest, Region, RetryPolicy, Safety};
use serde_json::{Value, json};

use crate::support::{configure, create};

const LIST: &str = "DescribeBackupPlanList";

fn client_in(region: Region, dbs: &FakeDbs) -> Client {
    Client::builder()
        .region(region)
        .credentials(dbs.credentials())
        .transport(dbs.clone())
        .retry(RetryPolicy::never())
        .build()
        .unwrap()
}

fn client(dbs: &FakeDbs) -> Client {
    client_in(Region::Hangzhou, dbs)
}

async fn raw_list(client: &Client) -> Value {
    let list = client.send(RawRequest::new(LIST).safety(Safety::ReadOnly)).await.unwrap();
    list.into_inner().decode().unwrap()
}

async fn plan_ids(client: &Client) -> Vec<BackupPlanId> {
    let plans = client.items(DescribeBackupPlanList::builder().build()).collect().await.unwrap();
    plans.into_iter().map(|plan| plan.backup_plan_id).collect()
}

#[tokio::test]
async fn fields_are_set_removed_and_nulled() {
    let dbs = FakeDbs::with_seed(1);
    let client = client(&dbs);
    client.send(create()).await.unwrap();
    dbs.responses().set(LIST, "Items.BackupPlanDetail.*.SourceEndpointPort", json!("N/A")).times(2);
    dbs.responses().null(LIST, "PageSize").times(2);
    dbs.responses().remove(LIST, "TotalPages").nth(2);
    for has_pages in [true, false] {
        let list = raw_list(&client).await;
        assert_eq!(list["Items"]["BackupPlanDetail"][0]["SourceEndpointPort"], "N/A");
        assert_eq!(list["PageSize"], Value::Null);
        assert_eq!(list.get("TotalPages").is_some(), has_pages);
    }
    let list = raw_list(&client).await;
    assert_eq!((&list["PageSize"], &list["TotalPages"]), (&json!(30), &json!(1)));
}

#[tokio::test]
async fn faults_and_responses_apply_together() {
    let dbs = FakeDbs::with_seed(1);
    let client = client(&dbs);
    dbs.faults().delay(LIST, Duration::from_secs(2));
    dbs.responses().set(LIST, "TotalElements", 7);
    assert_eq!(raw_list(&client).await["TotalElements"], 7);
    dbs.responses().null(LIST, "PageSize").always();
    dbs.faults().clear();
    assert_eq!(raw_list(&client).await["PageSize"], 30);
}

#[tokio::test]
async fn unknown_ids_are_refused() {
    for (status, code) in
        [(200, "InvalidParameterValid"), (400, "Param.NotFound"), (404, "InvalidJobId")]
    {
        let dbs = FakeDbs::with_seed(1);
        let client = client(&dbs);
        dbs.responses().refuse_unknown_ids("*", status, code).always();
        let unknown: BackupPlanId = "dbs1".parse().unwrap();
        let request = DescribeBackupPlanList::builder().backup_plan_ids([unknown.clone()]).build();
        let error = client.send(request).await.unwrap_err();
        assert_eq!(error.code(), Some(code));
        assert_eq!(error.http_status().unwrap().as_u16(), status);
        let error = client.wait_for(PlanRunning::new(unknown)).await.unwrap_err();
        assert_eq!(error.kind(), WaitErrorKind::Failed, "{error}");
        assert!(plan_ids(&client).await.is_empty(), "a list without an id is not refused");

        let run = client.provision(create(), |plan| configure(&plan, "hunter2"));
        let plan = run.client_token("t-1".parse().unwrap()).await.unwrap();
        assert_eq!(plan_ids(&client).await, [plan.backup_plan_id]);
    }
}

#[tokio::test]
async fn body_status_and_foreign_json_hide_an_execution() {
    for odd in ["body status", "foreign json"] {
        let dbs = FakeDbs::with_seed(1);
        match odd {
            "body status" => dbs.responses().body_status("CreateBackupPlan", 500),
            _ => dbs.responses().foreign_json("CreateBackupPlan"),
        };
        let error = client(&dbs).send(create()).await.unwrap_err();
        assert_eq!(error.http_status().unwrap().as_u16(), 200, "{error}");
        assert_eq!(dbs.plans().len(), 1, "{odd}");
    }
}

#[tokio::test]
async fn busy_service_does_not_get_the_request() {
    let dbs = FakeDbs::with_seed(1);
    dbs.responses().busy("CreateBackupPlan", "LastTokenProcessing");
    let purchase = create();
    let error = client(&dbs).send(purchase).timeout(Duration::from_millis(1)).await.unwrap_err();
    assert!(error.to_string().contains("LastTokenProcessing"), "{error}");
    assert!(dbs.plans().is_empty());
}

#[tokio::test]
async fn accounts_are_separate() {
    let dbs = FakeDbs::with_seed(1);
    let other = dbs.add_account();
    let third = other.add_account();
    let (first, second) = (client(&dbs), client(&other));
    let plan = first.send(create()).await.unwrap().backup_plan_id.clone();
    let other_plan = second.send(create()).await.unwrap().backup_plan_id.clone();
    assert_ne!(plan, other_plan);
    assert_eq!(plan_ids(&first).await, std::slice::from_ref(&plan));
    assert_eq!(plan_ids(&second).await, std::slice::from_ref(&other_plan));
    assert!(plan_ids(&client(&third)).await.is_empty());
    assert_eq!(dbs.plans()[0].backup_plan_id, plan);
    assert_eq!(other.plans()[0].backup_plan_id, other_plan);
    assert!(other.lock_plan(&other_plan) && !other.lock_plan(&plan));
    let error = second.wait_for(PlanRunning::new(plan)).await.unwrap_err();
    assert!(error.to_string().contains("account of the access key"), "{error}");
    // Every handle is a transport for all accounts.
    let client = Client::builder()
        .region(Region::Hangzhou)
        .credentials(other.credentials())
        .transport(dbs.clone())
        .build()
        .unwrap();
    assert_eq!(plan_ids(&client).await, [other_plan]);

    let old = other.plans();
    dbs.reset();
    assert!(dbs.plans().is_empty() && other.plans().is_empty());
    second.send(create()).await.unwrap();
    assert_eq!(other.plans()[0].backup_plan_id, old[0].backup_plan_id, "the ids start again");
}

#[tokio::test]
async fn endpoints_show_the_regions_they_serve() {
    let dbs = FakeDbs::with_seed(1);
    let mut bought = Vec::new();
    for region in [Region::Hangzhou, Region::Beijing, Region::Singapore, Region::SiliconValley] {
        let mut purchase = create();
        purchase.region = region;
        let client = client_in(region, &dbs);
        bought.push(client.send(purchase).await.unwrap().backup_plan_id.clone());
        dbs.add_gateway(region, "office");
    }
    let [hangzhou, beijing, singapore, silicon_valley] = bought.try_into().unwrap();
    let shared = [hangzhou.clone(), beijing.clone(), silicon_valley.clone()];
    for region in [Region::Hangzhou, Region::Beijing, Region::SiliconValley] {
        assert_eq!(plan_ids(&client_in(region, &dbs)).await, shared, "{region}");
    }
    let in_singapore = client_in(Region::Singapore, &dbs);
    assert_eq!(plan_ids(&in_singapore).await, std::slice::from_ref(&singapore));
    let error = in_singapore.wait_for(PlanRunning::new(hangzhou.clone())).await.unwrap_err();
    assert!(error.to_string().contains("region of the endpoint"), "{error}");
    let gateways = |client: Client, region| async move {
        let request = DescribeBackupGatewayList::builder().region(region).build();
        client.items(request).collect().await.unwrap().len()
    };
    assert_eq!(gateways(in_singapore.clone(), Region::Singapore).await, 1);
    assert_eq!(gateways(in_singapore, Region::Hangzhou).await, 0);

    // In a VPC, each region has its own endpoint. Another endpoint shows all regions.
    let at = |endpoint: Endpoint| {
        Client::builder()
            .region(Region::Hangzhou)
            .endpoint(endpoint.to_string())
            .credentials(dbs.credentials())
            .transport(dbs.clone())
            .build()
            .unwrap()
    };
    let vpc = Endpoint::for_region(Region::Beijing, Network::Vpc);
    assert_eq!(plan_ids(&at(vpc)).await, std::slice::from_ref(&beijing));
    let all = plan_ids(&at("http://127.0.0.1:1".parse().unwrap())).await;
    assert_eq!(all, [hangzhou, beijing, singapore, silicon_valley]);

    let mut listed = Vec::new();
    for endpoint in Endpoint::all_in(Network::Public) {
        listed.extend(plan_ids(&client_in(endpoint.regions()[0], &dbs)).await);
    }
    listed.sort_unstable();
    let mut all = all;
    all.sort_unstable();
    assert_eq!(listed, all, "one list per endpoint has no duplicates");
}

#[tokio::test]
async fn recorded_requests_are_bounded() {
    let dbs = FakeDbs::with_seed(1);
    let client = client(&dbs);
    dbs.record_limit(3);
    for _ in 0..5 {
        raw_list(&client).await;
    }
    client.send(create()).await.unwrap();
    let requests = dbs.requests();
    assert_eq!(requests.len(), 3);
    assert_eq!(requests[2].operation(), "CreateBackupPlan");
    dbs.record_limit(0);
    raw_list(&client).await;
    assert!(dbs.requests().is_empty());
}
