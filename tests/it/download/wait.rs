//! Tests of `DownloadFinished`.

use std::time::Duration;

use aliyun_dbs::transport::{ScriptedTransport, TransportError};
use aliyun_dbs::wait::{DownloadFinished, WaitErrorKind};
use aliyun_dbs::{Clock, Region};
use serde_json::{Value, json};
use time::Duration as Age;

use super::{Bench, Rows, TASK, bench, failure, list, page};

fn finished() -> DownloadFinished {
    DownloadFinished::new(Region::Hangzhou, "rm-orders".parse().unwrap(), TASK.parse().unwrap())
}

/// Returns a client that lists the download once in each of these forms.
fn listing(forms: &[Value]) -> Bench {
    bench(|script, rows| {
        forms.iter().fold(script, |script, form| {
            script.respond(200, list(&[rows.row("running", Age::HOUR, form)]))
        })
    })
}

#[tokio::test]
async fn each_state_has_its_summary() {
    let bench = listing(&[
        json!({ "DownloadStatus": "initializing", "Progress": "0/0" }),
        json!({ "DownloadStatus": "queuing", "Progress": "" }),
        json!({ "Progress": "5/12" }),
        json!({ "DownloadStatus": "paused", "Progress": "half" }),
        json!({ "DownloadStatus": "", "Progress": "12/12" }),
        json!({ "DownloadStatus": "finished" }),
    ]);
    let mut waiter = bench.client.wait_for(finished());
    let mut seen = Vec::new();
    while let Some(observation) = waiter.next().await {
        let observation = observation.unwrap();
        seen.push((observation.summary, observation.progress, observation.done));
    }
    let expected = [
        ("initializing", None, false),
        ("queueing", None, false),
        ("running, 5/12 tables", Some(41), false),
        ("paused", None, false),
        (", 12/12 tables", Some(100), false),
        ("finished, the files expire 3 days later", Some(100), true),
    ];
    let expected = expected.map(|(summary, percent, done)| (summary.to_owned(), percent, done));
    assert_eq!(seen, expected);
    assert_eq!(waiter.await.unwrap().task_id.as_str(), TASK);
}

#[tokio::test]
async fn files_in_a_bucket_do_not_expire() {
    let bench = listing(&[json!({ "DownloadStatus": "finished", "TargetType": "OSS" })]);
    let last = bench.client.wait_for(finished()).next().await.unwrap().unwrap();
    assert_eq!(last.summary, "finished");
}

#[tokio::test]
async fn failed_and_expired_downloads_end_the_wait() {
    for (state, says) in [
        ("failed", "the download failed: retry it with `RetryDownloadTask`"),
        ("expired", "the download has expired: create it again"),
    ] {
        let bench = listing(&[json!({}), json!({ "DownloadStatus": state })]);
        let error = bench.client.wait_for(finished()).await.unwrap_err();
        assert_eq!(error.kind(), WaitErrorKind::Failed);
        let text = error.to_string();
        assert!(text.contains(says) && text.contains(TASK), "{text}");
        assert!(!error.is_retryable());
        bench.script.assert_finished();
    }
}

#[tokio::test]
async fn task_on_page_2_is_found() {
    let bench = bench(|script, rows| {
        let other = rows.row("running", Age::HOUR, &json!({ "TaskId": "dt-other" }));
        let own = rows.row("finished", Age::HOUR, &json!({}));
        script.respond(200, page(&[other], 2)).respond(200, page(&[own], 2))
    });
    let task = bench.client.wait_for(finished()).await.unwrap();
    assert_eq!(task.task_id.as_str(), TASK);
    assert_eq!(bench.request(1).parameter("CurrentPage"), Some("2"));
    bench.script.assert_finished();
}

#[tokio::test]
async fn cluster_name_is_sent() {
    let bench = listing(&[json!({ "DownloadStatus": "finished" })]);
    bench.client.wait_for(finished().cluster_name("shard")).await.unwrap();
    assert_eq!(bench.request(0).parameter("ClusterName"), Some("shard"));
    assert_eq!(bench.request(0).parameter("InstanceName"), Some("rm-orders"));
}

#[tokio::test]
async fn task_may_be_missing_for_2_minutes() {
    let empty = |script: ScriptedTransport, _: &Rows| {
        (0..60).fold(script, |script, _| script.respond(200, list(&[])))
    };
    let bench = bench(empty);
    let error = bench.client.wait_for(finished()).await.unwrap_err();
    assert_eq!(error.kind(), WaitErrorKind::Failed);
    assert!(error.to_string().contains("it does not exist"), "{error}");
    let waited = bench.clock.elapsed();
    let limit = Duration::from_secs(120);
    assert!((limit..limit * 2).contains(&waited), "{waited:?}");
}

#[tokio::test]
async fn unknown_task_is_missing() {
    let bench = bench(|script, rows| {
        script
            .respond(200, failure("DBS.DownloadTask.CannotFind"))
            .respond(200, list(&[rows.row("finished", Age::HOUR, &json!({}))]))
    });
    bench.client.wait_for(finished()).await.unwrap();
    bench.script.assert_finished();
}

#[tokio::test]
async fn refusal_of_another_parameter_ends_the_wait() {
    for code in ["Param.NotFound", "InvalidParameterValid", "InvalidJobId"] {
        let bench = bench(|script, _| script.respond(200, failure(code)));
        let error = bench.client.wait_for(finished()).await.unwrap_err();
        assert_eq!(error.kind(), WaitErrorKind::Call, "{error}");
        assert!(error.call().unwrap().is(code), "{error}");
        bench.script.assert_finished();
    }
}

#[tokio::test]
async fn transient_error_does_not_end_the_wait() {
    let bench = bench(|script, rows| {
        script
            .fail(TransportError::interrupted("reset"))
            .respond(503, "")
            .respond(200, list(&[rows.row("finished", Age::HOUR, &json!({}))]))
    });
    bench.client.wait_for(finished()).await.unwrap();
    bench.script.assert_finished();
}

#[tokio::test]
async fn refused_list_ends_the_wait() {
    let bench = bench(|script, _| script.respond(200, failure("DBS.ParamIsInValid")));
    let error = bench.client.wait_for(finished()).await.unwrap_err();
    assert_eq!(error.kind(), WaitErrorKind::Call);
    bench.script.assert_finished();
}
