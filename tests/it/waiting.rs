//! Tests of waits against scripted responses, with a clock that the test advances.

use std::sync::Arc;
use std::time::Duration;

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::fake::FakeClock;
use aliyun_dbs::operations::{DescribeDLAService, DescribeRegions};
use aliyun_dbs::transport::{ScriptedTransport, TransportError};
use aliyun_dbs::types::{BackupPlanId, DlaServiceState, RestoreTaskId};
use aliyun_dbs::wait::{
    Condition, DownloadReady, FullBackupFinished, GatewayDatabases, PlanConfigurable, PlanRunning,
    PollStatus, PreCheckPassed, RestoreFinished, WaitErrorKind, until,
};
use aliyun_dbs::{Client, Clock, Region, RetryPolicy};
use futures_util::StreamExt;
use serde_json::{Value, json};

struct Bench {
    client: Client,
    script: ScriptedTransport,
    clock: Arc<FakeClock>,
}

/// Returns a client that receives these responses in order.
fn bench(responses: impl IntoIterator<Item = Value>) -> Bench {
    let script = responses.into_iter().fold(ScriptedTransport::new(), |script, response| {
        script.respond(200, response.to_string())
    });
    with(script)
}

fn with(script: ScriptedTransport) -> Bench {
    on(FakeClock::seeded(1), script)
}

/// Returns a client with a seeded clock, because the jitter of polls is random.
fn on(clock: FakeClock, script: ScriptedTransport) -> Bench {
    let clock = Arc::new(clock);
    let client = Client::builder()
        .region(Region::Hangzhou)
        .credentials(Credentials::new("id", "secret"))
        .transport(script.clone())
        .clock(clock.clone())
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    Bench { client, script, clock }
}

fn plan_id() -> BackupPlanId {
    "dbs1".parse().unwrap()
}

#[expect(clippy::needless_pass_by_value, reason = "callers build it in place")]
fn page(row: &str, rows: Value) -> Value {
    let total = rows.as_array().map_or(0, Vec::len);
    json!({
        "Success": true, "PageNum": 0, "PageSize": 30, "TotalPages": 1, "TotalElements": total,
        "Items": { row: rows },
    })
}

fn plan(status: &str, bought_at: i64, error: &str) -> Value {
    page(
        "BackupPlanDetail",
        json!([{
            "BackupPlanId": "dbs1", "BackupPlanName": "orders", "BackupPlanStatus": status,
            "BackupPlanCreateTime": bought_at, "BackupMethod": "logical", "DatabaseType": "MySQL",
            "InstanceClass": "micro", "ErrMessage": error,
        }]),
    )
}

fn checks(status: &str, progress: u8) -> Value {
    json!({
        "Success": true, "Status": status, "Progress": progress,
        "Items": { "PreCheckProgressDetail": [
            { "Item": "CHECK_CONNECTION", "State": "finish", "BootTime": 1000 },
            { "Item": "CHECK_BINLOG_ON", "State": status, "ErrMsg": "binlog is off" },
            { "Item": "CHECK_OTHER", "State": if status == "failed" { "catched" } else { "init" } },
        ]},
    })
}

#[tokio::test]
async fn wait_returns_the_final_state_and_backs_off() {
    let bench = bench([checks("running", 10), checks("running", 50), checks("finish", 100)]);
    let passed = bench.client.wait_for(PreCheckPassed::new(plan_id())).await.unwrap();
    assert_eq!(passed.progress, Some(100));
    bench.script.assert_finished();
    let waited = bench.clock.elapsed();
    // 2 s and 3 s, each with up to 25 % of jitter.
    assert!((5000..=6250).contains(&waited.as_millis()), "{waited:?}");
}

#[tokio::test]
async fn stream_yields_every_poll() {
    let bench = bench([checks("running", 10), checks("running", 50), checks("finish", 100)]);
    let mut waiter = bench.client.wait_for(PreCheckPassed::new(plan_id()));
    let mut seen = Vec::new();
    while let Some(poll) = waiter.next().await {
        let poll = poll.unwrap();
        seen.push((poll.polls, poll.progress, poll.done, poll.summary));
    }
    assert_eq!(
        seen,
        [
            (1, Some(10), false, "running, 10 %".to_owned()),
            (2, Some(50), false, "running, 50 %".to_owned()),
            (3, Some(100), true, "passed".to_owned()),
        ]
    );
    assert!(waiter.next().await.is_none());
    assert_eq!(waiter.await.unwrap().progress, Some(100), "the wait keeps the final state");
}

#[tokio::test]
async fn streamed_wait_can_be_awaited_to_the_end() {
    let bench = bench([checks("running", 10), checks("running", 50), checks("finish", 100)]);
    let mut waiter = bench.client.wait_for(PreCheckPassed::new(plan_id()));
    assert_eq!(StreamExt::next(&mut waiter).await.unwrap().unwrap().polls, 1);
    assert_eq!(waiter.await.unwrap().progress, Some(100));
}

#[tokio::test]
async fn failed_pre_check_names_each_failed_item() {
    let bench = bench([checks("running", 10), checks("failed", 60)]);
    let error = bench.client.wait_for(PreCheckPassed::new(plan_id())).await.unwrap_err();
    assert_eq!(error.kind(), WaitErrorKind::Failed);
    let text = error.to_string();
    assert!(text.contains("the pre-check of backup plan `dbs1`: failed"), "{text}");
    assert!(text.contains("CHECK_BINLOG_ON: binlog is off; CHECK_OTHER"), "{text}");
    assert!(text.contains("2 polls") && !text.contains("CHECK_CONNECTION"), "{text}");
}

#[tokio::test]
async fn started_after_ignores_earlier_checks() {
    let mut again = checks("finish", 100);
    again["Items"]["PreCheckProgressDetail"][0]["BootTime"] = 3000.into();
    let bench = bench([checks("finish", 100), again]);
    let since = time::OffsetDateTime::from_unix_timestamp(2).unwrap();
    let condition = PreCheckPassed::new(plan_id()).started_after(since);
    bench.client.wait_for(condition).await.unwrap();
    bench.script.assert_finished();
}

#[tokio::test]
async fn timeout_error_shows_the_last_state() {
    for seed in 0..200 {
        let script = ScriptedTransport::new();
        let running = checks("running", 40).to_string();
        let script = (0..100).fold(script, |script, _| script.respond(200, running.clone()));
        let bench = on(FakeClock::seeded(seed), script);
        let waiter = bench
            .client
            .wait_for(PreCheckPassed::new(plan_id()))
            .timeout(Duration::from_secs(60))
            .poll_interval(Duration::from_secs(5), Duration::from_secs(5));
        let error = waiter.await.unwrap_err();
        assert_eq!(error.kind(), WaitErrorKind::TimedOut);
        assert_eq!(error.elapsed(), Duration::from_secs(60));
        assert_eq!(error.last_state(), Some("running, 40 %"));
        // One poll every 5 to 6.25 s: 10 to 12 polls, and a last one 2 s before the timeout.
        assert!((11..=13).contains(&error.polls()), "{} polls, seed {seed}", error.polls());
        let text = error.to_string();
        assert!(text.contains("timed out after 1m and"), "{text}");
        assert!(text.contains("running, 40 %"), "{text}");
    }
}

#[tokio::test]
async fn polling_respects_the_published_rate_limit() {
    let bench = bench((0..100).map(|_| plan("init", 0, "")));
    let waiter = bench
        .client
        .wait_for(PlanRunning::new(plan_id()))
        .timeout(Duration::from_secs(60))
        .poll_interval(Duration::ZERO, Duration::ZERO);
    let error = waiter.await.unwrap_err();
    assert!(error.polls() <= 50, "{} polls in 60 s", error.polls());
    assert!(error.polls() >= 40, "{} polls in 60 s", error.polls());
}

#[tokio::test]
async fn retries_transient_poll_errors_only() {
    let script = ScriptedTransport::new()
        .fail(TransportError::interrupted("the connection broke"))
        .respond(200, checks("finish", 100).to_string());
    with(script).client.wait_for(PreCheckPassed::new(plan_id())).await.unwrap();

    let refusal = json!({ "Success": false, "ErrCode": "Request.Forbidden", "ErrMessage": "no" });
    let bench = bench([refusal]);
    let error = bench.client.wait_for(PreCheckPassed::new(plan_id())).await.unwrap_err();
    assert_eq!(error.kind(), WaitErrorKind::Call);
    assert_eq!(error.call().unwrap().code().unwrap(), "Request.Forbidden");
    assert!(error.to_string().contains("Request.Forbidden"), "{error}");

    let script = (0..100).fold(ScriptedTransport::new(), |script, _| {
        script.fail(TransportError::interrupted("the connection broke"))
    });
    let bench = with(script);
    let waiter = bench.client.wait_for(PreCheckPassed::new(plan_id()));
    let error = waiter.timeout(Duration::from_secs(30)).await.unwrap_err();
    assert_eq!(error.kind(), WaitErrorKind::TimedOut);
    assert!(error.to_string().contains("the connection broke"), "{error}");
}

#[tokio::test]
async fn new_plan_is_configurable_after_five_seconds() {
    let clock = FakeClock::seeded(1);
    let now = i64::try_from(clock.now().unix_timestamp_nanos() / 1_000_000).unwrap();
    let absent = page("BackupPlanDetail", json!([]));
    let bench = bench(std::iter::once(absent).chain((0..20).map(|_| plan("wait", now, ""))));
    let row = bench.client.wait_for(PlanConfigurable::new(plan_id())).await.unwrap();
    assert_eq!(row.backup_plan_name.as_deref(), Some("orders"));
    assert!(bench.clock.elapsed() >= Duration::from_millis(4900), "{:?}", bench.clock.elapsed());
    assert!(bench.clock.elapsed() <= Duration::from_secs(10), "{:?}", bench.clock.elapsed());
}

#[tokio::test]
async fn conditions_detect_success_and_failure() {
    async fn ends<C: Condition<State: std::fmt::Debug>>(
        condition: impl Fn() -> C,
        good: Value,
        bad: &[(Value, &str)],
    ) {
        let one = bench([good]);
        one.client.wait_for(condition()).await.unwrap();
        for (response, why) in bad {
            let one = bench([response.clone()]);
            let error = one.client.wait_for(condition()).await.unwrap_err();
            assert_eq!(error.kind(), WaitErrorKind::Failed, "{error}");
            assert!(error.to_string().contains(why), "{error}");
        }
    }
    ends(
        || PlanConfigurable::new(plan_id()),
        plan("init", 1, "x"),
        &[(plan("running", 1, ""), "stop it"), (plan("locked", 1, ""), "order")],
    )
    .await;
    ends(
        || PlanRunning::new(plan_id()),
        plan("running", 1, ""),
        &[
            (plan("stop", 1, "disk full"), "disk full"),
            (plan("locked", 1, ""), "order"),
            (plan("init", 1, "binlog is off"), "pre-check failed: binlog is off"),
        ],
    )
    .await;
    let full = |status: &str, error: &str| {
        page(
            "FullBackupFile",
            json!([{ "BackupSetId": "set1", "BackupStatus": status, "ErrMessage": error }]),
        )
    };
    ends(
        || FullBackupFinished::new(plan_id(), "set1".parse().unwrap()),
        full("finish", "NULL"),
        &[(full("stop", "disk full"), "disk full"), (full("pause", "NULL"), "paused")],
    )
    .await;
    let restore = |status: &str, finish: Value, error: &str| {
        page(
            "RestoreTaskDetail",
            json!([{
                "RestoreTaskId": "task1", "RestoreStatus": status,
                "RestoreTaskFinishTime": finish, "ErrMessage": error,
            }]),
        )
    };
    ends(
        || RestoreFinished::new(RestoreTaskId::new("task1").unwrap()),
        restore("running", json!(1), "NULL"),
        &[
            (restore("stop", json!(1), "disk full"), "disk full"),
            (restore("pause", json!(null), ""), "paused"),
            (restore("init", json!(null), "no such table"), "pre-check failed: no such table"),
        ],
    )
    .await;
    let download = |status: &str, error: &str| {
        page(
            "BackupSetDownloadTaskDetail",
            json!([{
                "BackupSetDownloadTaskId": "task1", "BackupSetDownloadStatus": status,
                "ErrMessage": error,
            }]),
        )
    };
    ends(
        || DownloadReady::new("task1".parse().unwrap()),
        download("finish", ""),
        &[
            (download("stop", "gone"), "gone"),
            (download("init", "no space"), "pre-check failed: no space"),
            (download("pause", ""), "paused"),
        ],
    )
    .await;
    ends(
        || GatewayDatabases::new(7.into(), 8.into()).region(Region::Hangzhou),
        json!({ "Success": true, "DbList": { "dbName": ["orders"] } }),
        &[],
    )
    .await;
}

#[tokio::test]
async fn restore_wait_reports_the_progress() {
    let task = |progress: [u8; 4], finish: Value| {
        page(
            "RestoreTaskDetail",
            json!([{
                "RestoreTaskId": "task1", "RestoreStatus": "running",
                "FullStruforeRestoreProgress": progress[0], "FullDataRestoreProgress": progress[1],
                "FullStruAfterRestoreProgress": progress[2],
                "ContinuousRestoreProgress": progress[3], "RestoreTaskFinishTime": finish,
            }]),
        )
    };
    let bench = bench([
        page("RestoreTaskDetail", json!([])),
        task([100, 20, 0, 0], json!(null)),
        task([100; 4], json!(5)),
    ]);
    let progress: Vec<_> = bench
        .client
        .wait_for(RestoreFinished::new("task1".parse().unwrap()))
        .map(|poll| poll.unwrap().progress)
        .collect()
        .await;
    assert_eq!(progress, [None, Some(30), Some(100)]);
}

#[tokio::test]
async fn conditions_combine_with_and_and_or() {
    let closed = || {
        let request = DescribeDLAService::builder().backup_plan_id(plan_id()).build();
        until("the data lake to close", request, |response| {
            if response.state == DlaServiceState::Closed {
                PollStatus::done("closed")
            } else {
                PollStatus::pending(&response.state)
            }
        })
    };
    let regions = || {
        until("three regions", DescribeRegions::builder().build(), |response| {
            match response.regions.len() {
                0 => PollStatus::failed("there are no regions"),
                3.. => PollStatus::done("three"),
                few => PollStatus::pending(few),
            }
        })
    };
    let dla = |state: &str| json!({ "Success": true, "State": state, "AutoAdd": false, "HaveJobFailed": false });
    let served =
        |count: usize| json!({ "Success": true, "Regions": { "RegionCode": vec!["r"; count] } });

    let one =
        bench([dla("Running"), served(3), dla("Closed"), served(2), dla("Closed"), served(3)]);
    let (state, regions_seen) = one.client.wait_for(closed().and(regions())).await.unwrap();
    assert_eq!(state.unwrap().state, DlaServiceState::Closed);
    assert_eq!(regions_seen.unwrap().regions.len(), 3);
    one.script.assert_finished();

    let one = bench([dla("Closed"), served(0)]);
    let error = one.client.wait_for(closed().and(regions())).await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("the data lake to close and three regions: failed"), "{text}");
    assert!(text.contains("there are no regions"), "{text}");

    let one = bench([dla("Running"), served(2), dla("Running"), served(3)]);
    one.client.wait_for(closed().or(regions())).await.unwrap();
    one.script.assert_finished();
}

#[tokio::test]
async fn slow_clock_does_not_delay_configuration() {
    // By the service's clock, the purchase is ten minutes in the future.
    let bought = (FakeClock::seeded(1).now().unix_timestamp() + 600) * 1000;
    let bench = bench((0..100).map(|_| plan("wait", bought, "")));
    bench.client.wait_for(PlanConfigurable::new(plan_id())).await.unwrap();
    let waited = bench.clock.elapsed();
    assert!((5..15).contains(&waited.as_secs()), "{waited:?}");
}

#[tokio::test]
async fn conditions_on_one_operation_share_its_limit() {
    let bench = bench((0..42).map(|_| plan("init", 0, "")));
    let both = PlanRunning::new(plan_id()).and(PlanRunning::new(plan_id()));
    let waiter = bench
        .client
        .wait_for(both)
        .poll_interval(Duration::ZERO, Duration::ZERO)
        .timeout(Duration::from_secs(50));
    let error = waiter.await.unwrap_err();
    assert_eq!(error.kind(), WaitErrorKind::TimedOut);
    // 50 calls per minute: one every 1.2 s.
    assert!(error.polls() <= 21, "{error}");
}

#[tokio::test]
async fn endless_interval_times_out_without_panic() {
    let bench = bench([plan("init", 0, ""), plan("init", 0, "")]);
    let error = bench
        .client
        .wait_for(PlanRunning::new(plan_id()))
        .poll_interval(Duration::MAX, Duration::MAX)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), WaitErrorKind::TimedOut);
}

#[tokio::test]
async fn last_poll_is_shortly_before_the_timeout() {
    let responses = [checks("running", 10), checks("running", 50), checks("finish", 100)];
    let bench = bench(responses);
    let waiter = bench
        .client
        .wait_for(PreCheckPassed::new(plan_id()))
        .timeout(Duration::from_secs(100))
        .poll_interval(Duration::from_secs(60), Duration::from_secs(60));
    waiter.await.unwrap();
    assert_eq!(bench.clock.elapsed(), Duration::from_secs(98));
}

#[tokio::test]
async fn missing_resource_fails_before_the_timeout() {
    async fn absent<C: Condition<State: std::fmt::Debug>>(condition: C, row: &str) {
        let bench = bench((0..90).map(|_| page(row, json!([]))));
        let error = bench.client.wait_for(condition).await.unwrap_err();
        assert_eq!(error.kind(), WaitErrorKind::Failed, "{error}");
        assert!(error.to_string().contains("check its id"), "{error}");
        assert!((60..300).contains(&error.elapsed().as_secs()), "{error}");
    }
    absent(PlanConfigurable::new(plan_id()), "BackupPlanDetail").await;
    let both = PlanRunning::new(plan_id()).and(PlanConfigurable::new(plan_id()));
    absent(both, "BackupPlanDetail").await;
    absent(PlanRunning::new(plan_id()), "BackupPlanDetail").await;
    absent(RestoreFinished::new(RestoreTaskId::new("task1").unwrap()), "RestoreTaskDetail").await;
    absent(DownloadReady::new("task1".parse().unwrap()), "BackupSetDownloadTaskDetail").await;
    absent(FullBackupFinished::new(plan_id(), "set1".parse().unwrap()), "FullBackupFile").await;

    // The wait finds a late resource, and `missing_timeout` overrides the limit.
    let late = || {
        let away = page("BackupPlanDetail", json!([]));
        bench([away.clone(), away.clone(), away, plan("running", 1, "")])
    };
    late().client.wait_for(PlanRunning::new(plan_id())).await.unwrap();
    let wait = late().client.wait_for(PlanRunning::new(plan_id()));
    let error = wait.missing_timeout(Duration::from_secs(3)).await.unwrap_err();
    assert_eq!((error.kind(), error.polls()), (WaitErrorKind::Failed, 3), "{error}");
}
