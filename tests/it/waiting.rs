//! Waiting, against scripted answers and a clock that the test moves.

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

/// A client that gets these answers, one after the other.
fn bench(answers: impl IntoIterator<Item = Value>) -> Bench {
    let script = answers
        .into_iter()
        .fold(ScriptedTransport::new(), |script, answer| script.respond(200, answer.to_string()));
    with(script)
}

fn with(script: ScriptedTransport) -> Bench {
    on(FakeClock::seeded(1), script)
}

/// Pauses are random: each test has those of one seed, or looks at many seeds.
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
async fn a_wait_gives_the_final_state_and_looks_ever_less_often() {
    let bench = bench([checks("running", 10), checks("running", 50), checks("finish", 100)]);
    let passed = bench.client.wait_for(PreCheckPassed::new(plan_id())).await.unwrap();
    assert_eq!(passed.progress, 100);
    bench.script.assert_finished();
    let waited = bench.clock.elapsed();
    // 2 s and 3 s, each longer by up to a quarter.
    assert!((5000..=6250).contains(&waited.as_millis()), "{waited:?}");
}

#[tokio::test]
async fn as_a_stream_it_tells_every_look() {
    let bench = bench([checks("running", 10), checks("running", 50), checks("finish", 100)]);
    let mut waiter = bench.client.wait_for(PreCheckPassed::new(plan_id()));
    let mut seen = Vec::new();
    while let Some(look) = waiter.next().await {
        let look = look.unwrap();
        seen.push((look.polls, look.progress, look.done, look.summary));
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
    assert_eq!(waiter.await.unwrap().progress, 100, "the final state is kept");
}

#[tokio::test]
async fn the_rest_of_a_watched_wait_can_be_awaited() {
    let bench = bench([checks("running", 10), checks("running", 50), checks("finish", 100)]);
    let mut waiter = bench.client.wait_for(PreCheckPassed::new(plan_id()));
    assert_eq!(StreamExt::next(&mut waiter).await.unwrap().unwrap().polls, 1);
    assert_eq!(waiter.await.unwrap().progress, 100);
}

#[tokio::test]
async fn a_failed_pre_check_names_each_failed_item() {
    let bench = bench([checks("running", 10), checks("failed", 60)]);
    let error = bench.client.wait_for(PreCheckPassed::new(plan_id())).await.unwrap_err();
    assert_eq!(error.kind(), WaitErrorKind::Failed);
    let text = error.to_string();
    assert!(text.contains("the pre-check of backup plan dbs1 failed"), "{text}");
    assert!(text.contains("CHECK_BINLOG_ON: binlog is off; CHECK_OTHER"), "{text}");
    assert!(text.contains("2 looks") && !text.contains("CHECK_CONNECTION"), "{text}");
}

#[tokio::test]
async fn checks_of_before_are_waited_out() {
    let mut again = checks("finish", 100);
    again["Items"]["PreCheckProgressDetail"][0]["BootTime"] = 3000.into();
    let bench = bench([checks("finish", 100), again]);
    let since = time::OffsetDateTime::from_unix_timestamp(2).unwrap();
    let condition = PreCheckPassed::new(plan_id()).started_after(since);
    bench.client.wait_for(condition).await.unwrap();
    bench.script.assert_finished();
}

#[tokio::test]
async fn a_wait_ends_with_its_time_and_says_what_it_saw_last() {
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
        // Every 5 to 6.25 s: 10 to 12 looks, and one two seconds before the end.
        assert!((11..=13).contains(&error.polls()), "{} looks, seed {seed}", error.polls());
        let text = error.to_string();
        assert!(text.contains("timed out after 60s and"), "{text}");
        assert!(text.contains("running, 40 %"), "{text}");
    }
}

#[tokio::test]
async fn the_published_limit_is_kept_whatever_interval_is_asked_for() {
    let bench = bench((0..100).map(|_| plan("init", 0, "")));
    let waiter = bench
        .client
        .wait_for(PlanRunning::new(plan_id()))
        .timeout(Duration::from_secs(60))
        .poll_interval(Duration::ZERO, Duration::ZERO);
    let error = waiter.await.unwrap_err();
    assert!(error.polls() <= 50, "{} looks in 60 s", error.polls());
    assert!(error.polls() >= 40, "{} looks in 60 s", error.polls());
}

#[tokio::test]
async fn a_look_that_fails_for_now_is_made_again_and_one_that_fails_for_good_is_not() {
    let script = ScriptedTransport::new()
        .fail(TransportError::ambiguous("the connection broke"))
        .respond(200, checks("finish", 100).to_string());
    with(script).client.wait_for(PreCheckPassed::new(plan_id())).await.unwrap();

    let refusal = json!({ "Success": false, "ErrCode": "Param.NotFound", "ErrMessage": "no" });
    let bench = bench([refusal]);
    let error = bench.client.wait_for(PreCheckPassed::new(plan_id())).await.unwrap_err();
    assert_eq!(error.kind(), WaitErrorKind::Call);
    assert_eq!(error.call().unwrap().code().unwrap(), "Param.NotFound");
    assert!(error.to_string().contains("Param.NotFound"), "{error}");

    let script = (0..100).fold(ScriptedTransport::new(), |script, _| {
        script.fail(TransportError::ambiguous("the connection broke"))
    });
    let bench = with(script);
    let waiter = bench.client.wait_for(PreCheckPassed::new(plan_id()));
    let error = waiter.timeout(Duration::from_secs(30)).await.unwrap_err();
    assert_eq!(error.kind(), WaitErrorKind::TimedOut);
    assert!(error.to_string().contains("the connection broke"), "{error}");
}

#[tokio::test]
async fn a_new_plan_is_configurable_after_five_seconds() {
    let clock = FakeClock::seeded(1);
    let now = i64::try_from(clock.now().unix_timestamp_nanos() / 1_000_000).unwrap();
    let absent = page("BackupPlanDetail", json!([]));
    let bench = bench(std::iter::once(absent).chain((0..20).map(|_| plan("wait", now, ""))));
    let row = bench.client.wait_for(PlanConfigurable::new(plan_id())).await.unwrap();
    assert_eq!(row.backup_plan_name, "orders");
    assert!(bench.clock.elapsed() >= Duration::from_millis(4900), "{:?}", bench.clock.elapsed());
    assert!(bench.clock.elapsed() <= Duration::from_secs(10), "{:?}", bench.clock.elapsed());
}

#[tokio::test]
async fn each_condition_knows_its_good_and_bad_ends() {
    async fn ends<C: Condition<State: std::fmt::Debug>>(
        condition: impl Fn() -> C,
        good: Value,
        bad: &[(Value, &str)],
    ) {
        let one = bench([good]);
        one.client.wait_for(condition()).await.unwrap();
        for (answer, why) in bad {
            let one = bench([answer.clone()]);
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
async fn a_restore_shows_how_far_its_stages_are() {
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
    let looks: Vec<_> = bench
        .client
        .wait_for(RestoreFinished::new("task1".parse().unwrap()))
        .map(|look| look.unwrap().progress)
        .collect()
        .await;
    assert_eq!(looks, [None, Some(30), Some(100)]);
}

#[tokio::test]
async fn conditions_are_made_of_requests_and_of_each_other() {
    let closed = || {
        let request = DescribeDLAService::builder().backup_plan_id(plan_id()).build();
        until("the data lake to close", request, |answer| {
            if answer.state == DlaServiceState::Closed {
                PollStatus::done("closed")
            } else {
                PollStatus::pending(&answer.state)
            }
        })
    };
    let regions = || {
        until("three regions", DescribeRegions::builder().build(), |answer| {
            match answer.regions.len() {
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
    assert!(text.contains("the data lake to close and three regions failed"), "{text}");
    assert!(text.contains("there are no regions"), "{text}");

    let one = bench([dla("Running"), served(2), dla("Running"), served(3)]);
    one.client.wait_for(closed().or(regions())).await.unwrap();
    one.script.assert_finished();
}

#[tokio::test]
async fn a_slow_clock_does_not_keep_a_plan_from_its_configuration() {
    // Bought, by the service's clock, ten minutes from now.
    let bought = (FakeClock::seeded(1).now().unix_timestamp() + 600) * 1000;
    let bench = bench((0..100).map(|_| plan("wait", bought, "")));
    bench.client.wait_for(PlanConfigurable::new(plan_id())).await.unwrap();
    let waited = bench.clock.elapsed();
    assert!((5..15).contains(&waited.as_secs()), "{waited:?}");
}

#[tokio::test]
async fn two_conditions_on_one_operation_share_its_limit() {
    let bench = bench((0..42).map(|_| plan("init", 0, "")));
    let both = PlanRunning::new(plan_id()).and(PlanRunning::new(plan_id()));
    let waiter = bench
        .client
        .wait_for(both)
        .poll_interval(Duration::ZERO, Duration::ZERO)
        .timeout(Duration::from_secs(50));
    let error = waiter.await.unwrap_err();
    assert_eq!(error.kind(), WaitErrorKind::TimedOut);
    // 50 calls a minute: one in 1.2 s.
    assert!(error.polls() <= 21, "{error}");
}

#[tokio::test]
async fn an_endless_interval_is_no_panic() {
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
async fn the_last_look_is_shortly_before_the_end() {
    let answers = [checks("running", 10), checks("running", 50), checks("finish", 100)];
    let bench = bench(answers);
    let waiter = bench
        .client
        .wait_for(PreCheckPassed::new(plan_id()))
        .timeout(Duration::from_secs(100))
        .poll_interval(Duration::from_secs(60), Duration::from_secs(60));
    waiter.await.unwrap();
    assert_eq!(bench.clock.elapsed(), Duration::from_secs(98));
}

#[tokio::test]
async fn what_is_never_there_is_not_waited_for_to_the_end() {
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

    // One that comes late is waited for, and the limit can be another.
    let late = || {
        let away = page("BackupPlanDetail", json!([]));
        bench([away.clone(), away.clone(), away, plan("running", 1, "")])
    };
    late().client.wait_for(PlanRunning::new(plan_id())).await.unwrap();
    let wait = late().client.wait_for(PlanRunning::new(plan_id()));
    let error = wait.missing_timeout(Duration::from_secs(3)).await.unwrap_err();
    assert_eq!((error.kind(), error.polls()), (WaitErrorKind::Failed, 3), "{error}");
}
