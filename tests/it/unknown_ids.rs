//! Tests of waits for ids that a list refuses, and of plans that are released.

use std::sync::Arc;

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::fake::{FakeClock, FakeDbs};
use aliyun_dbs::operations::ReleaseBackupPlan;
use aliyun_dbs::transport::ScriptedTransport;
use aliyun_dbs::types::{AgentTaskId, BackupGatewayId, BackupPlanId, Billing, RestoreTaskId};
use aliyun_dbs::wait::{
    Condition, DownloadReady, FullBackupFinished, GatewayDatabases, PlanConfigurable, PlanReleased,
    PlanRunning, PreCheckPassed, RestoreFinished, WaitErrorKind,
};
use aliyun_dbs::{Client, Clock, Region, RetryPolicy};
use serde_json::{Value, json};

use crate::support::{configure, create};

const CODES: [&str; 4] =
    ["InvalidParameterValid", "InvalidJobId", "Param.NotFound", "DBS.DownloadTask.CannotFind"];

fn plan_id() -> BackupPlanId {
    "dbs1".parse().unwrap()
}

fn scripted(script: ScriptedTransport) -> Client {
    Client::builder()
        .region(Region::Hangzhou)
        .credentials(Credentials::new("id", "secret"))
        .transport(script)
        .clock(Arc::new(FakeClock::seeded(1)))
        .retry(RetryPolicy::never())
        .build()
        .unwrap()
}

fn fake(dbs: &FakeDbs) -> Client {
    Client::builder()
        .region(Region::Hangzhou)
        .credentials(dbs.credentials())
        .transport(dbs.clone())
        .build()
        .unwrap()
}

/// Returns a refusal in the envelope that goes with the status.
fn refusal(status: u16, code: &str) -> String {
    let refusal = if status == 200 {
        json!({ "RequestId": "R", "Success": false, "ErrCode": code, "ErrMessage": "no such id" })
    } else {
        json!({ "RequestId": "R", "Code": code, "Message": "no such id" })
    };
    refusal.to_string()
}

/// Waits while every poll is refused.
async fn wait_while_refused<C: Condition<State: std::fmt::Debug> + Clone>(condition: C) {
    for status in [200, 400, 404] {
        let mut script = ScriptedTransport::new();
        for round in 0..120 {
            script = script.respond(status, refusal(status, CODES[round % CODES.len()]));
        }
        let subject = condition.subject();
        let error = scripted(script).wait_for(condition.clone()).await.unwrap_err();
        assert_eq!(error.kind(), WaitErrorKind::Failed, "{subject}, {status}: {error}");
        assert!(error.to_string().contains("check its id"), "{error}");
        assert!((60..=240).contains(&error.elapsed().as_secs()), "{error}");
        assert!(error.polls() >= 4, "{error}");
    }
}

#[tokio::test]
async fn refused_id_is_missing_for_every_condition() {
    let task = RestoreTaskId::new("task1").unwrap();
    wait_while_refused(PlanConfigurable::new(plan_id())).await;
    wait_while_refused(PlanRunning::new(plan_id())).await;
    wait_while_refused(PreCheckPassed::new(plan_id())).await;
    wait_while_refused(PreCheckPassed::new(task.clone())).await;
    wait_while_refused(RestoreFinished::new(task)).await;
    wait_while_refused(DownloadReady::new("task1".parse().unwrap())).await;
    wait_while_refused(FullBackupFinished::new(plan_id(), "set1".parse().unwrap())).await;
    let gateway = GatewayDatabases::new(BackupGatewayId::new(1), AgentTaskId::new(2));
    wait_while_refused(gateway).await;
    let both = PlanRunning::new(plan_id()).and(PlanConfigurable::new(plan_id()));
    wait_while_refused(both).await;
}

#[tokio::test]
async fn other_refusals_end_the_wait() {
    for (status, code) in [
        (200, "Request.Forbidden"),
        (400, "InvalidParameter"),
        (403, "InvalidJobId"),
        (404, "InvalidAction.NotFound"),
        (404, "InvalidAccessKeyId.NotFound"),
    ] {
        let client = scripted(ScriptedTransport::new().respond(status, refusal(status, code)));
        let error = client.wait_for(PlanRunning::new(plan_id())).await.unwrap_err();
        assert_eq!((error.kind(), error.polls()), (WaitErrorKind::Call, 1), "{code}: {error}");
    }
}

#[tokio::test]
async fn provision_waits_for_refused_plan() {
    for code in CODES {
        let dbs = FakeDbs::with_seed(1);
        dbs.faults().business_error("DescribeBackupPlanList", code, "x").times(3);
        dbs.faults().business_error("DescribePreCheckProgressList", code, "x").times(2);
        let client = fake(&dbs);
        let run = client.provision(create(), |plan| configure(&plan, "hunter2"));
        run.client_token("t-1".parse().unwrap()).await.unwrap();
        assert_eq!(dbs.plans().len(), 1);
    }
}

#[tokio::test]
async fn provision_fails_when_the_plan_stays_missing() {
    let dbs = FakeDbs::with_seed(1);
    dbs.faults().gateway_error("DescribeBackupPlanList", 404, "InvalidJobId", "x").always();
    let client = fake(&dbs);
    let start = dbs.clock().elapsed();
    let run = client.provision(create(), |plan| configure(&plan, "hunter2"));
    let error = run.await.unwrap_err();
    assert!(error.to_string().contains("to settle"), "{error}");
    assert!(error.to_string().contains("it does not exist"), "{error}");
    assert!((120..180).contains(&dbs.clock().elapsed().saturating_sub(start).as_secs()), "{error}");
}

#[tokio::test]
async fn released_plan_is_gone() {
    let dbs = FakeDbs::with_seed(1);
    let client = fake(&dbs);
    let mut purchase = create();
    purchase.billing = Billing::PayAsYouGo;
    let plan = client.send(purchase).await.unwrap().backup_plan_id.clone();
    let mut waiter = client.wait_for(PlanReleased::new(plan.clone()));
    let listed = waiter.next().await.unwrap().unwrap();
    assert_eq!((listed.done, listed.summary.as_str()), (false, "wait"));
    assert_eq!(listed.state.unwrap().unwrap().backup_plan_id, plan);
    client.send(ReleaseBackupPlan::builder().backup_plan_id(plan.clone()).build()).await.unwrap();
    assert!(waiter.await.unwrap().is_none());

    dbs.faults().gateway_error("DescribeBackupPlanList", 404, "InvalidJobId", "x");
    assert!(client.wait_for(PlanReleased::new(plan)).await.unwrap().is_none());
}

fn list(total: u64, rows: &Value) -> String {
    json!({
        "RequestId": "R", "Success": true, "PageNum": 0, "PageSize": 30, "TotalPages": 1,
        "TotalElements": total, "Items": { "BackupPlanDetail": rows },
    })
    .to_string()
}

#[tokio::test]
async fn incomplete_list_does_not_mean_released() {
    let script = ScriptedTransport::new()
        .respond(200, list(1, &json!([])))
        .respond(200, list(0, &json!([])));
    let mut waiter = scripted(script.clone()).wait_for(PlanReleased::new(plan_id()));
    assert!(!waiter.next().await.unwrap().unwrap().done);
    assert!(waiter.next().await.unwrap().unwrap().done);
    script.assert_finished();
}
