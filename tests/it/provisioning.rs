//! Tests of `Client::provision` against the fake: success, failures, resuming after a crash.

use std::time::Duration;

use crate::support::{configure, create};
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::{ConfigureBackupPlan, StopBackupPlan};
use aliyun_dbs::types::{BackupPlanId, BackupPlanStatus, ErrorCode, StopMethod};
use aliyun_dbs::wait::FullBackupFinished;
use aliyun_dbs::workflows::{Provision, ProvisionCause, ProvisionStage, ProvisionStep};
use aliyun_dbs::{Client, Clock, Region};

fn client(dbs: &FakeDbs) -> Client {
    Client::builder()
        .region(Region::Hangzhou)
        .credentials(dbs.credentials())
        .transport(dbs.clone())
        .build()
        .unwrap()
}

fn provision(client: &Client) -> Provision {
    client
        .provision(create(), |plan| configure(&plan, "hunter2"))
        .client_token("t-1".parse().unwrap())
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

fn status(dbs: &FakeDbs) -> BackupPlanStatus {
    assert_eq!(dbs.plans().len(), 1, "one plan is bought");
    dbs.plans()[0].status
}

#[tokio::test]
async fn provision_buys_configures_checks_and_starts() {
    let dbs = FakeDbs::new();
    let client = client(&dbs);
    let running = provision(&client).await.unwrap();
    assert_eq!(status(&dbs), BackupPlanStatus::Running);
    assert_eq!(running.plan.backup_plan_status, BackupPlanStatus::Running);
    assert_eq!(running.client_token.as_str(), "t-1");
    let set = running.full_backup.unwrap();
    client.wait_for(FullBackupFinished::new(running.backup_plan_id, set)).await.unwrap();
}

#[tokio::test]
async fn stream_yields_the_stages_in_order() {
    let dbs = FakeDbs::new();
    let mut provision = provision(&client(&dbs));
    let mut stages = Vec::new();
    let mut waits = 0;
    while let Some(step) = provision.next().await {
        let step = step.unwrap();
        if let ProvisionStep::Waiting { summary, .. } = &step {
            assert!(!summary.is_empty());
            waits += 1;
        }
        stages.push(step.stage());
    }
    assert!(waits > 3, "{waits}");
    assert!(stages.is_sorted(), "{stages:?}");
    stages.dedup();
    assert_eq!(stages, ProvisionStage::ALL);
    assert!(provision.next().await.is_none());
}

#[tokio::test]
async fn step_tokens_differ_but_repeat_between_runs() {
    let tokens = async || {
        let dbs = FakeDbs::new();
        provision(&client(&dbs)).await.unwrap();
        let mut tokens: Vec<_> = dbs
            .requests()
            .iter()
            .filter(|request| !request.operation().starts_with("Describe"))
            .map(|request| request.parameter("ClientToken").unwrap().to_owned())
            .collect();
        tokens.dedup();
        tokens
    };
    let first = tokens().await;
    assert_eq!(first.len(), 3, "create, configure, start");
    assert_eq!(first[0], "t-1");
    let mut distinct = first.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), 3);
    assert_eq!(tokens().await, first);
}

#[tokio::test]
async fn provision_resumes_after_a_crash_at_any_step() {
    // Drops the run after some steps, then runs again with the same token.
    for steps in 1..40 {
        let dbs = FakeDbs::new();
        let client = client(&dbs);
        let mut interrupted = provision(&client);
        let mut seen = 0;
        while seen < steps {
            match interrupted.next().await {
                Some(step) => {
                    step.unwrap();
                    seen += 1;
                }
                None => break,
            }
        }
        drop(interrupted);
        let running = provision(&client).await.unwrap();
        assert_eq!(status(&dbs), BackupPlanStatus::Running, "after {steps} steps");
        assert_eq!(running.plan.backup_plan_id, dbs.plans()[0].backup_plan_id);
        assert_eq!(sent(&dbs, "CreateBackupPlan").1, 1);
        assert_eq!(sent(&dbs, "ConfigureBackupPlan").1, 1, "after {steps} steps");
        assert_eq!(sent(&dbs, "StartBackupPlan").1, 1, "after {steps} steps");
        if seen < steps {
            assert!(steps > 8, "only {seen} steps");
            return;
        }
    }
    panic!("provisioning takes more than 40 steps");
}

#[tokio::test]
async fn lost_responses_and_throttling_do_not_buy_twice() {
    let dbs = FakeDbs::new();
    for operation in ["CreateBackupPlan", "ConfigureBackupPlan", "StartBackupPlan"] {
        dbs.faults().drop_after_processing(operation).times(2);
    }
    dbs.faults().throttle("DescribeBackupPlanList", Duration::from_secs(2)).times(3);
    provision(&client(&dbs)).await.unwrap();
    assert_eq!(status(&dbs), BackupPlanStatus::Running);
}

#[tokio::test]
async fn error_says_whether_a_plan_may_have_been_bought() {
    let dbs = FakeDbs::new();
    dbs.faults().business_error("CreateBackupPlan", "BackupPlanNotCreate", "no stock").always();
    let error = provision(&client(&dbs)).await.unwrap_err();
    assert_eq!(error.stage(), ProvisionStage::Create);
    assert!(!error.may_have_bought());
    assert!(
        error.to_string().contains("no stock")
            && error.to_string().contains("this run bought nothing"),
        "{error}"
    );

    dbs.faults().clear();
    dbs.faults().drop_after_processing("CreateBackupPlan").always();
    let error = provision(&client(&dbs)).await.unwrap_err();
    assert_eq!(error.backup_plan_id(), None);
    assert!(error.may_have_bought());
    assert!(error.to_string().contains("client token `t-1`"), "{error}");

    dbs.faults().clear();
    provision(&client(&dbs)).await.unwrap();
    assert_eq!(status(&dbs), BackupPlanStatus::Running);
}

#[tokio::test]
async fn failed_pre_check_lists_items_and_can_resume() {
    let dbs = FakeDbs::new();
    dbs.fail_next_pre_check("CHECK_BINLOG_ON", "binlog is switched off");
    let client = client(&dbs);
    let error = provision(&client).await.unwrap_err();
    assert_eq!(error.stage(), ProvisionStage::PreCheck);
    assert_eq!(error.backup_plan_id(), Some(&dbs.plans()[0].backup_plan_id));
    assert!(matches!(error.cause(), ProvisionCause::Wait(_)));
    let text = error.to_string();
    assert!(text.contains("CHECK_BINLOG_ON: binlog is switched off"), "{text}");
    assert!(text.contains("the plan is bought") && text.contains("without buying twice"), "{text}");

    // The binlog is on now: any configuration is checked again.
    let running = client.provision(create(), |plan| configure(&plan, "another password"));
    running.client_token("t-1".parse().unwrap()).await.unwrap();
    assert_eq!(status(&dbs), BackupPlanStatus::Running);
}

#[tokio::test]
async fn rejected_configuration_can_be_corrected() {
    let dbs = FakeDbs::new();
    let refusal = "BackupPlanNotConfigure";
    dbs.faults().business_error("ConfigureBackupPlan", refusal, "no such instance");
    let client = client(&dbs);
    let error = provision(&client).await.unwrap_err();
    assert_eq!(error.stage(), ProvisionStage::Configure);
    let ProvisionCause::Call(call) = error.cause() else { panic!("{error}") };
    assert!(call.is(ErrorCode::BackupPlanNotConfigure), "{call}");
    provision(&client).await.unwrap();
}

#[tokio::test]
async fn retries_a_step_that_comes_too_early() {
    let dbs = FakeDbs::new();
    let denied = "OperationDenied.JobStatus";
    dbs.faults().business_error("ConfigureBackupPlan", denied, "still creating").times(2);
    dbs.faults().business_error("StartBackupPlan", denied, "not checked yet").times(2);
    provision(&client(&dbs)).await.unwrap();
    assert_eq!(status(&dbs), BackupPlanStatus::Running);
    assert_eq!(sent(&dbs, "StartBackupPlan"), (3, 3), "each attempt has its own token");
}

#[tokio::test]
async fn auto_started_plan_is_not_started_again() {
    let dbs = FakeDbs::new();
    let auto_start = |plan: BackupPlanId| -> ConfigureBackupPlan {
        let mut configuration = configure(&plan, "hunter2");
        configuration.auto_start_backup = Some(true);
        configuration
    };
    let running = client(&dbs).provision(create(), auto_start).await.unwrap();
    assert_eq!(running.full_backup, None);
    assert_eq!(sent(&dbs, "StartBackupPlan").0, 0);
}

#[tokio::test]
async fn stopped_plan_is_not_restarted() {
    let dbs = FakeDbs::new();
    let client = client(&dbs);
    let running = provision(&client).await.unwrap();
    let stop = StopBackupPlan::builder()
        .backup_plan_id(running.backup_plan_id)
        .stop_method(StopMethod::Plan)
        .build();
    client.send(stop).await.unwrap();
    let error = provision(&client).await.unwrap_err();
    assert!(error.to_string().contains("is paused; resume it"), "{error}");
    assert_eq!(status(&dbs), BackupPlanStatus::Pause);
}

#[tokio::test]
async fn provision_respects_the_timeout() {
    let dbs = FakeDbs::new();
    let client = client(&dbs);
    let started = dbs.clock().elapsed();
    let error = provision(&client).timeout(Duration::from_secs(8)).await.unwrap_err();
    assert!(dbs.clock().elapsed().saturating_sub(started) <= Duration::from_secs(9));
    assert!(error.stage() > ProvisionStage::Create, "{error}");
    assert!(error.to_string().contains("timed out"), "{error}");
    provision(&client).await.unwrap();
}

#[tokio::test]
async fn errors_hide_the_database_password() {
    let dbs = FakeDbs::new();
    let echo = "login as dbs with hunter2 failed";
    dbs.faults().business_error("ConfigureBackupPlan", "BackupPlanNotConfigure", echo);
    let prepared = provision(&client(&dbs));
    assert!(!format!("{prepared:?}").contains("hunter2"));
    let error = prepared.await.unwrap_err();
    let chain = std::iter::successors(Some(&error as &dyn std::error::Error), |e| e.source());
    let shown = chain.map(|error| format!("{error} {error:?}")).collect::<Vec<_>>().join(" ");
    assert!(shown.contains("login as dbs") && !shown.contains("hunter2"), "{shown}");
}

#[tokio::test]
async fn reused_token_reports_an_earlier_purchase() {
    let dbs = FakeDbs::new();
    let client = client(&dbs);
    provision(&client).await.unwrap();
    let mut other = create();
    other.from_app = Some("another".to_owned());
    let again = client.provision(other, |plan| configure(&plan, "hunter2"));
    let error = again.client_token("t-1".parse().unwrap()).await.unwrap_err();
    assert!(error.may_have_bought(), "{error}");
    assert!(error.to_string().contains("already used for another purchase"), "{error}");
}

#[tokio::test]
async fn rejected_run_keeps_the_token_of_earlier_runs() {
    let dbs = FakeDbs::new();
    let client = client(&dbs);
    provision(&client).await.unwrap();
    dbs.faults().refuse_connection("CreateBackupPlan").always();
    let error = provision(&client).await.unwrap_err();
    assert!(error.to_string().contains("used client token `t-1`"), "{error}");
}

#[tokio::test]
async fn await_returns_the_plan_after_any_number_of_steps() {
    for steps in 1..40 {
        let dbs = FakeDbs::new();
        let mut provision = provision(&client(&dbs));
        let mut ended = false;
        for _ in 0..steps {
            ended = provision.next().await.is_none();
        }
        let running = provision.await.unwrap();
        assert_eq!(running.backup_plan_id, dbs.plans()[0].backup_plan_id, "after {steps} steps");
        if ended {
            return;
        }
    }
    panic!("provisioning takes more than 40 steps");
}

#[tokio::test]
async fn start_attempts_respect_the_rate_limit() {
    let dbs = FakeDbs::new();
    dbs.enforce_rate_limits(true);
    let client = client(&dbs);
    let denied = "OperationDenied.JobStatus";
    dbs.faults().business_error("StartBackupPlan", denied, "not checked yet").times(15);
    let before = dbs.clock().elapsed();
    provision(&client).await.unwrap();
    let waited = dbs.clock().elapsed().checked_sub(before).unwrap();
    // At 10 calls per 60 s, 15 more attempts take 90 s.
    assert!(waited >= Duration::from_secs(90), "{waited:?}");
}

#[tokio::test]
async fn later_run_can_change_auto_start() {
    for (first, then) in [(true, false), (false, true)] {
        let dbs = FakeDbs::new();
        let client = client(&dbs);
        let run = |auto_start: bool| {
            let configuration = move |plan: BackupPlanId| -> ConfigureBackupPlan {
                let mut configuration = configure(&plan, "hunter2");
                configuration.auto_start_backup = Some(auto_start);
                configuration
            };
            let run = client.provision(create(), configuration);
            run.client_token("t-1".parse().unwrap())
        };
        let mut interrupted = run(first);
        while !matches!(interrupted.next().await, Some(Ok(ProvisionStep::Configured))) {}
        drop(interrupted);
        run(then).await.unwrap();
        assert_eq!(status(&dbs), BackupPlanStatus::Running, "{first}, then {then}");
    }
}

#[tokio::test]
async fn reports_whether_this_run_configured_the_plan() {
    let dbs = FakeDbs::new();
    let client = client(&dbs);
    assert!(provision(&client).await.unwrap().configured);

    let mut again = provision(&client);
    let mut found = false;
    while let Some(step) = again.next().await {
        let step = step.unwrap();
        assert!(!matches!(step, ProvisionStep::Configured), "sends no configuration");
        found |= matches!(step, ProvisionStep::Running);
    }
    assert!(found);
    assert!(!again.await.unwrap().configured);
}

#[tokio::test]
async fn generated_token_is_known_before_the_purchase() {
    let dbs = FakeDbs::new();
    let client = client(&dbs);
    let mut first = client.provision(create(), |plan| configure(&plan, "hunter2"));
    let token = first.token().unwrap().clone();
    assert!(matches!(first.next().await, Some(Ok(ProvisionStep::Prepared))));
    let Some(Ok(ProvisionStep::Created { client_token, .. })) = first.next().await else {
        panic!("the step after the preparation is the purchase");
    };
    assert_eq!(client_token, token);
    drop(first);
    let second = client.provision(create(), |plan| configure(&plan, "hunter2"));
    second.client_token(token).await.unwrap();
    assert_eq!(status(&dbs), BackupPlanStatus::Running);
}

#[tokio::test]
async fn old_failed_check_without_times_is_ignored() {
    let dbs = FakeDbs::new();
    dbs.fail_next_pre_check("CHECK_BINLOG_ON", "binlog is switched off");
    let client = client(&dbs);
    provision(&client).await.unwrap_err();
    // The failed pre-check, from a service that omits times and ids.
    let bare = r#"{"Success":true,"Status":"failed","Progress":100,"Items":{"PreCheckProgressDetail":
        [{"Item":"CHECK_BINLOG_ON","State":"failed"}]}}"#;
    dbs.faults().replace_body("DescribePreCheckProgressList", bare).times(2);
    provision(&client).await.unwrap();
    assert_eq!(status(&dbs), BackupPlanStatus::Running);
}

#[tokio::test]
async fn starts_a_plan_whose_auto_start_does_not_work() {
    let dbs = FakeDbs::new();
    let auto_start = |plan: BackupPlanId| -> ConfigureBackupPlan {
        let mut configuration = configure(&plan, "hunter2");
        configuration.auto_start_backup = Some(true);
        configuration
    };
    let client = Client::builder()
        .region(Region::Hangzhou)
        .credentials(dbs.credentials())
        .transport(HidesAutoStart(dbs.clone()))
        .build()
        .unwrap();
    client.provision(create(), auto_start).await.unwrap();
    assert_eq!(sent(&dbs, "StartBackupPlan").0, 1);
}

/// A transport that hides automatic starts.
///
/// Its lists show no plan as running until a `StartBackupPlan` was sent.
#[derive(Debug)]
struct HidesAutoStart(FakeDbs);

#[async_trait::async_trait]
impl aliyun_dbs::transport::Transport for HidesAutoStart {
    async fn send(
        &self,
        request: http::Request<bytes::Bytes>,
    ) -> Result<http::Response<bytes::Bytes>, aliyun_dbs::transport::TransportError> {
        let response = self.0.send(request).await?;
        if sent(&self.0, "StartBackupPlan").0 > 0 {
            return Ok(response);
        }
        Ok(response.map(|body| {
            let text = String::from_utf8_lossy(&body);
            let text = text
                .replace(r#""BackupPlanStatus":"running""#, r#""BackupPlanStatus":"check_pass""#);
            text.into()
        }))
    }

    fn clock(&self) -> Option<std::sync::Arc<dyn Clock>> {
        let clock: std::sync::Arc<dyn Clock> = self.0.clock().clone();
        Some(clock)
    }
}
