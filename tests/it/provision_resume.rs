//! Tests of `Provision::resume` and `Provision::record`: a plan that an earlier run has bought.

use std::future::{pending, ready};
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::support::{configure, create};
use aliyun_dbs::Client;
use aliyun_dbs::Region;
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::types::{BackupPlanId, BackupPlanStatus};
use aliyun_dbs::wait::WaitErrorKind;
use aliyun_dbs::workflows::{
    CreatedPlan, Provision, ProvisionCause, ProvisionStage, ProvisionStep,
};

fn client(dbs: &FakeDbs) -> Client {
    let builder = Client::builder().region(Region::Hangzhou).credentials(dbs.credentials());
    builder.transport(dbs.clone()).build().unwrap()
}

fn provision(client: &Client) -> Provision {
    client.provision(create(), |plan| configure(&plan, "hunter2"))
}

async fn buy(client: &Client) -> BackupPlanId {
    client.send(create()).await.unwrap().backup_plan_id.clone()
}

/// Returns how often an operation was sent, and with how many distinct tokens.
fn sent(dbs: &FakeDbs, operation: &str) -> (usize, usize) {
    let requests = dbs.requests();
    let mut tokens: Vec<_> = requests
        .iter()
        .filter(|request| request.operation() == operation)
        .map(|request| request.parameter("ClientToken").unwrap().to_owned())
        .collect();
    let count = tokens.len();
    tokens.sort_unstable();
    tokens.dedup();
    (count, tokens.len())
}

#[tokio::test]
async fn resume_sends_no_purchase() {
    let dbs = FakeDbs::new();
    let client = client(&dbs);
    let plan = buy(&client).await;
    for configured in [true, false] {
        let running = provision(&client).resume(plan.clone()).await.unwrap();
        assert_eq!((&running.backup_plan_id, running.configured), (&plan, configured));
        assert_eq!(running.order_id, None);
    }
    assert_eq!(sent(&dbs, "CreateBackupPlan").0, 1, "the purchase before the provisioning");
    assert_eq!(dbs.plans()[0].status, BackupPlanStatus::Running);
    assert_eq!((sent(&dbs, "ConfigureBackupPlan").0, sent(&dbs, "StartBackupPlan").0), (1, 1));
}

#[tokio::test]
async fn resumed_stream_yields_every_stage() {
    let dbs = FakeDbs::new();
    let client = client(&dbs);
    let mut provision = provision(&client).resume(buy(&client).await);
    let mut stages = Vec::new();
    while let Some(step) = provision.next().await {
        stages.push(step.unwrap().stage());
    }
    stages.dedup();
    assert_eq!(stages, ProvisionStage::ALL);
}

#[tokio::test]
async fn tokens_of_a_resumed_plan_derive_from_its_id() {
    let dbs = FakeDbs::new();
    let client = client(&dbs);
    let (one, other) = (buy(&client).await, buy(&client).await);
    let token = |plan: &BackupPlanId| {
        provision(&client).resume(plan.clone()).token().unwrap().as_str().to_owned()
    };
    assert_eq!(token(&one), token(&one));
    assert_ne!(token(&one), token(&other));

    let set = provision(&client).client_token("t-1".parse().unwrap()).resume(one.clone());
    assert_eq!(set.token().unwrap().as_str(), "t-1");
    let set = provision(&client).resume(one.clone()).client_token("t-1".parse().unwrap());
    assert_eq!(set.token().unwrap().as_str(), "t-1");

    // A crash after any request: the next run repeats its token.
    for _ in 0..3 {
        let mut interrupted = provision(&client).resume(one.clone());
        dbs.faults().drop_after_processing("ConfigureBackupPlan");
        while !matches!(interrupted.next().await, Some(Ok(ProvisionStep::Settled))) {}
    }
    dbs.faults().clear();
    provision(&client).resume(one).await.unwrap();
    assert_eq!(sent(&dbs, "ConfigureBackupPlan").1, 1);
}

#[tokio::test]
async fn recorded_plan_survives_a_crash_at_any_step() {
    for steps in 1..40 {
        let dbs = FakeDbs::new();
        let client = client(&dbs);
        let recorded = Arc::new(Mutex::new(None));
        let run = || {
            let hook = recorded.clone();
            let run = provision(&client).record(move |created: CreatedPlan| {
                *hook.lock().unwrap() = Some(created.backup_plan_id);
                ready(Ok::<_, io::Error>(()))
            });
            match &*recorded.lock().unwrap() {
                Some(plan) => run.resume(BackupPlanId::clone(plan)),
                None => run,
            }
        };
        let mut interrupted = run();
        let mut ended = false;
        for _ in 0..steps {
            ended = interrupted.next().await.is_none();
        }
        drop(interrupted);
        let is_recorded = recorded.lock().unwrap().is_some();
        assert_eq!(is_recorded, !dbs.plans().is_empty(), "after {steps} steps");
        run().await.unwrap();
        assert_eq!(sent(&dbs, "CreateBackupPlan").0, 1, "after {steps} steps");
        assert_eq!(dbs.plans()[0].status, BackupPlanStatus::Running);
        if ended {
            return;
        }
    }
    panic!("provisioning takes more than 40 steps");
}

#[tokio::test]
async fn hook_runs_before_the_next_request() {
    let dbs = FakeDbs::new();
    let client = client(&dbs);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (hook_dbs, hook_seen) = (dbs.clone(), seen.clone());
    let run = provision(&client).client_token("t-1".parse().unwrap()).record(move |created| {
        let (dbs, seen) = (hook_dbs.clone(), hook_seen.clone());
        async move {
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
            let sent: Vec<_> =
                dbs.requests().iter().map(|request| request.operation().to_owned()).collect();
            seen.lock().unwrap().push((created, sent));
            Ok::<_, io::Error>(())
        }
    });
    let running = run.await.unwrap();
    let seen = seen.lock().unwrap();
    let [(created, sent)] = &**seen else { panic!("the hook runs once: {seen:?}") };
    assert_eq!(sent, &["CreateBackupPlan"]);
    assert_eq!(created.backup_plan_id, running.backup_plan_id);
    assert_eq!(created.order_id, running.order_id);
    assert_eq!(created.client_token.as_str(), "t-1");
    assert!(created.order_id.is_some());
}

#[tokio::test]
async fn failing_hook_stops_before_the_configuration() {
    let dbs = FakeDbs::new();
    let client = client(&dbs);
    let mut run = provision(&client)
        .client_token("t-1".parse().unwrap())
        .record(|_| async { Err(io::Error::other("the disk is full")) });
    assert!(matches!(run.next().await, Some(Ok(ProvisionStep::Prepared))));
    let error = run.next().await.unwrap().unwrap_err();
    let plan = dbs.plans()[0].backup_plan_id.clone();
    assert_eq!((error.stage(), error.backup_plan_id()), (ProvisionStage::Create, Some(&plan)));
    assert!(matches!(error.cause(), ProvisionCause::Record(_)), "{error}");
    assert!(error.may_have_bought() && !error.is_retryable(), "{error}");
    assert_eq!(
        error.to_string(),
        format!(
            "provisioning backup plan `{plan}` failed in stage `create`: recording the plan \
             failed: the disk is full; the plan is bought: provision again with `resume` to \
             continue without buying twice"
        )
    );
    assert_eq!(dbs.requests().len(), 1, "nothing follows the purchase");

    let recorded = Arc::new(Mutex::new(Vec::new()));
    let hook = recorded.clone();
    let run = provision(&client).resume(plan.clone()).record(move |created| {
        hook.lock().unwrap().push((created.backup_plan_id, created.order_id));
        ready(Ok::<_, io::Error>(()))
    });
    run.await.unwrap();
    assert_eq!(*recorded.lock().unwrap(), [(plan, None)], "the hook runs after `resume`");
    assert_eq!(sent(&dbs, "CreateBackupPlan").0, 1);
}

#[tokio::test]
async fn timeout_ends_a_hook_that_hangs() {
    let dbs = FakeDbs::new();
    let client = client(&dbs);
    let run = provision(&client).record(|_| pending::<io::Result<()>>());
    let clock = dbs.clock().clone();
    let time_passes = async {
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        clock.advance(Duration::from_secs(1801));
    };
    let (result, ()) = tokio::join!(run.into_future(), time_passes);
    let error = result.unwrap_err();
    let ProvisionCause::Wait(wait) = error.cause() else { panic!("{error}") };
    assert_eq!(wait.kind(), WaitErrorKind::TimedOut);
    assert_eq!(error.backup_plan_id(), Some(&dbs.plans()[0].backup_plan_id));
    assert_eq!(dbs.requests().len(), 1, "nothing follows the purchase");
}

#[tokio::test]
async fn failed_resume_names_no_token_for_a_purchase() {
    let dbs = FakeDbs::new();
    let client = client(&dbs);
    let absent: BackupPlanId = "dbs9".parse().unwrap();
    let error = provision(&client).resume(absent.clone()).await.unwrap_err();
    assert_eq!((error.stage(), error.backup_plan_id()), (ProvisionStage::Settle, Some(&absent)));
    // A purchase with the derived token would buy a second plan.
    assert_eq!(error.client_token(), None);
    assert!(error.to_string().contains("if it was bought, provision again with `resume`"));
    assert!(dbs.plans().is_empty());

    let run = provision(&client).client_token("t-1".parse().unwrap()).resume(absent);
    assert_eq!(run.await.unwrap_err().client_token().unwrap().as_str(), "t-1");
}

#[cfg(feature = "blocking")]
#[test]
fn blocking_provisioning_records_and_resumes() {
    let dbs = FakeDbs::new();
    let builder = Client::builder().region(Region::Hangzhou).credentials(dbs.credentials());
    let client = builder.transport(dbs.clone()).build_blocking().unwrap();
    let run = || client.provision(create(), |plan| configure(&plan, "hunter2"));
    let error = run().record(|_| Err("no store")).run().unwrap_err();
    assert!(matches!(error.cause(), ProvisionCause::Record(_)), "{error}");
    let plan = error.backup_plan_id().unwrap().clone();
    let running = run().resume(plan.clone()).record(|_| Ok::<_, io::Error>(())).run().unwrap();
    assert_eq!((running.backup_plan_id, dbs.plans().len()), (plan, 1));
}
