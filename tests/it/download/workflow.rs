//! Tests of `Client::download`: support, creation, wait and addresses.

use std::time::Duration as Wait;

use aliyun_dbs::Clock;
use aliyun_dbs::transport::{ScriptedTransport, TransportError};
use aliyun_dbs::v2021_01_01::types::{DownloadTaskId, address_lifetime};
use aliyun_dbs::wait::WaitErrorKind;
use aliyun_dbs::workflows::{DownloadError, DownloadStep};
use futures_util::{FutureExt, StreamExt};
use serde_json::{Value, json};
use time::Duration;

use super::{
    Bench, Rows, TASK, bench, bucket, created, failure, list, request, request_with, success,
};

const SIGNATURE: &str = "Signature=hunter2";

fn addresses() -> String {
    success(&json!({
        "PublicUrl": format!("https://dbs.example/dt/set.csv?Expires=1&{SIGNATURE}"),
        "PrivateUrl": format!("http://dbs-internal.example/dt/set.csv?Expires=1&{SIGNATURE}"),
        "ExpirationTime": "1661373070",
    }))
}

fn task() -> DownloadTaskId {
    TASK.parse().unwrap()
}

fn listed(rows: &Rows, state: &str, changes: &Value) -> String {
    list(&[rows.row(state, Duration::ZERO, changes)])
}

/// The responses of a download that runs for two polls.
fn whole(script: ScriptedTransport, rows: &Rows, target: &Value) -> ScriptedTransport {
    script
        .respond(200, success(&json!("true")))
        .respond(200, list(&[]))
        .respond(200, created(TASK))
        .respond(200, listed(rows, "running", target))
        .respond(200, listed(rows, "finished", target))
}

#[tokio::test]
async fn download_to_urls_returns_addresses() {
    let bench = bench(|script, rows| whole(script, rows, &json!({})).respond(200, addresses()));
    let mut download = bench.client.download(request()).address_lifetime(address_lifetime!(600));
    assert!(bench.sent().is_empty(), "nothing is sent before it is polled");
    let mut steps = Vec::new();
    while let Some(step) = download.next().await {
        steps.push(step.unwrap());
    }
    let waiting = |summary: &str, percent| DownloadStep::Waiting {
        summary: summary.to_owned(),
        progress: Some(percent),
    };
    assert_eq!(
        steps,
        [
            DownloadStep::Supported,
            DownloadStep::Created { task: task(), found: false },
            waiting("running, 5/12 tables", 41),
            waiting("finished, the files expire 3 days later", 100),
            DownloadStep::Finished,
            DownloadStep::Signed,
        ]
    );
    let downloaded = download.await.unwrap();
    assert!(!downloaded.found);
    let shown = format!("{downloaded:?} {steps:?}");
    assert!(!shown.contains("hunter2") && shown.contains("dbs.example/dt/set.csv"), "{shown}");
    let url = downloaded.addresses.unwrap().public_url.unwrap();
    assert!(url.expose().ends_with(SIGNATURE));
    assert_eq!(
        bench.sent(),
        [
            "DescribeDownloadSupport",
            "DescribeDownloadTask",
            "CreateDownload",
            "DescribeDownloadTask",
            "DescribeDownloadTask",
            "DescribeDownloadBackupSetStorageInfo",
        ]
    );
    assert_eq!(bench.request(5).parameter("TaskId"), Some(TASK));
    assert_eq!(bench.request(5).parameter("Duration"), Some("600"));
}

#[tokio::test]
async fn download_to_a_bucket_has_no_addresses() {
    let target = json!({ "TargetType": "OSS", "TargetPath": "orders" });
    let bench = bench(|script, rows| whole(script, rows, &target));
    let to_bucket = request_with(|request| request.target = bucket("orders"));
    let downloaded = bench.client.download(to_bucket).await.unwrap();
    assert_eq!(downloaded.addresses, None);
    bench.script.assert_finished();
}

#[tokio::test]
async fn cluster_name_is_in_every_request() {
    let bench = bench(|script, rows| whole(script, rows, &json!({})).respond(200, addresses()));
    let sharded = request_with(|request| request.cluster_name = Some("shard".into()));
    bench.client.download(sharded).await.unwrap();
    for request in bench.script.requests() {
        let operation = request.operation();
        assert_eq!(request.parameter("ClusterName"), Some("shard"), "{operation}");
    }
}

#[tokio::test]
async fn unsupported_instance_gets_no_download() {
    for (data, says) in [
        ("false", "instance `rm-orders` cannot use advanced download"),
        ("", "the service did not say whether instance `rm-orders` can use"),
    ] {
        let bench = bench(|script, _| script.respond(200, success(&json!(data))));
        let error = bench.client.download(request()).await.unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
        assert!(!error.is_retryable() && !error.may_have_created() && error.task().is_none());
        match (&error, data) {
            (DownloadError::Unsupported { instance }, "false")
            | (DownloadError::SupportUnknown { instance }, "") => {
                assert_eq!(instance.as_str(), "rm-orders");
            }
            _ => panic!("{error}"),
        }
        bench.script.assert_finished();
    }
}

/// Returns a client of a service that has the task in this state, and signs addresses.
fn existing(state: &str, changes: &Value) -> Bench {
    bench(|script, rows| {
        script.respond(200, listed(rows, state, changes)).respond(200, addresses())
    })
}

#[tokio::test]
async fn resumed_finished_task_gets_addresses() {
    let bench = existing("finished", &json!({}));
    let downloaded = bench.client.download(request()).resume(task()).await.unwrap();
    assert!(downloaded.found && downloaded.addresses.is_some());
    assert_eq!(bench.sent(), ["DescribeDownloadTask", "DescribeDownloadBackupSetStorageInfo"]);
}

#[tokio::test]
async fn target_of_the_resumed_task_decides() {
    let in_bucket = json!({ "TargetType": "OSS", "TargetPath": "orders" });
    let to_bucket = request_with(|request| request.target = bucket("orders"));
    for (request, row, signed) in [
        (request(), in_bucket, false),
        (to_bucket.clone(), json!({}), true),
        (to_bucket, json!({ "TargetType": null }), false),
        (request(), json!({ "TargetType": null }), true),
    ] {
        let bench = existing("finished", &row);
        let downloaded = bench.client.download(request).resume(task()).await.unwrap();
        assert_eq!(downloaded.addresses.is_some(), signed, "{row}");
    }
}

#[tokio::test]
async fn failed_task_says_how_to_continue() {
    let bench = existing("failed", &json!({}));
    let error = bench.client.download(request()).resume(task()).await.unwrap_err();
    assert_eq!(error.task(), Some(&task()));
    let text = error.to_string();
    let end = format!("retry it with `RetryDownloadTask`; continue with `resume(\"{TASK}\")`");
    assert!(text.ends_with(&end), "{text}");
    assert!(!error.is_retryable() && !error.may_have_created());
}

#[tokio::test]
async fn expired_task_is_not_to_be_resumed() {
    let bench = existing("expired", &json!({}));
    let error = bench.client.download(request()).resume(task()).await.unwrap_err();
    assert!(error.to_string().ends_with("the download has expired: create it again"), "{error}");
    assert_eq!(error.task(), Some(&task()));
}

#[tokio::test]
async fn missing_addresses_name_the_task() {
    for data in [json!({}), json!({ "PublicUrl": "", "ExpirationTime": "1661373070" })] {
        let bench = bench(|script, rows| {
            let script = script.respond(200, listed(rows, "finished", &json!({})));
            script.respond(200, success(&data))
        });
        let mut download = bench.client.download(request()).resume(task());
        let mut last = None;
        while let Some(step) = download.next().await {
            assert!(!matches!(step, Ok(DownloadStep::Signed)));
            last = Some(step);
        }
        let error = last.unwrap().unwrap_err();
        assert!(matches!(error, DownloadError::NoAddress { .. }), "{error}");
        assert_eq!(error.task(), Some(&task()));
        assert!(!error.is_retryable() && !error.may_have_created());
        assert!(error.to_string().ends_with(&format!("`resume(\"{TASK}\")`")), "{error}");
    }
}

#[tokio::test]
async fn one_address_is_enough() {
    let bench = bench(|script, rows| {
        let script = script.respond(200, listed(rows, "finished", &json!({})));
        script.respond(200, success(&json!({ "PrivateUrl": "http://dbs-internal.example/a" })))
    });
    let downloaded = bench.client.download(request()).resume(task()).await.unwrap();
    assert!(downloaded.addresses.unwrap().public_url.is_none());
}

#[tokio::test]
async fn resumed_task_is_created_once_it_is_listed() {
    let bench = bench(|script, rows| {
        script
            .respond(200, list(&[]))
            .respond(200, listed(rows, "running", &json!({})))
            .respond(200, listed(rows, "finished", &json!({})))
            .respond(200, addresses())
    });
    let mut download = bench.client.download(request()).resume(task());
    let mut steps = Vec::new();
    while let Some(step) = download.next().await {
        steps.push(step.unwrap());
    }
    assert!(matches!(steps[0], DownloadStep::Waiting { .. }), "{steps:?}");
    assert_eq!(steps[1], DownloadStep::Created { task: task(), found: true });
    let created = steps.iter().filter(|step| matches!(step, DownloadStep::Created { .. }));
    assert_eq!(created.count(), 1, "{steps:?}");
}

#[tokio::test]
async fn unknown_task_to_resume_is_not_created() {
    let bench = bench(|script, _| (0..60).fold(script, |script, _| script.respond(200, list(&[]))));
    let mut download = bench.client.download(request()).resume(task());
    let mut last = None;
    while let Some(step) = download.next().await {
        assert!(!matches!(step, Ok(DownloadStep::Created { .. })), "{step:?}");
        last = Some(step);
    }
    let error = last.unwrap().unwrap_err();
    let line = error.to_string();
    assert!(line.contains("it does not exist") && !line.contains("resume("), "{line}");
}

#[tokio::test]
async fn refused_addresses_name_the_task() {
    let bench = bench(|script, rows| {
        script
            .respond(200, listed(rows, "finished", &json!({})))
            .respond(200, failure("DBS.DownloadTask.CannotFind"))
    });
    let error = bench.client.download(request()).resume(task()).await.unwrap_err();
    assert!(error.call().unwrap().is("DBS.DownloadTask.CannotFind"));
    assert!(error.to_string().ends_with(&format!("`resume(\"{TASK}\")`")), "{error}");
}

#[tokio::test]
async fn lost_creation_may_have_created() {
    let bench = bench(|script, _| {
        let script = script.respond(200, success(&json!("true"))).respond(200, list(&[]));
        let script = script.fail(TransportError::interrupted("reset"));
        (0..3).fold(script, |script, _| script.respond(200, list(&[])))
    });
    let error = bench.client.download(request()).await.unwrap_err();
    assert!(error.may_have_created() && error.task().is_none(), "{error}");
    assert!(error.to_string().contains("find the task with `DescribeDownloadTask`"), "{error}");
}

#[tokio::test]
async fn refused_repetition_created_nothing() {
    let same = "DBS.DownloadTask.JobAlreadyExist";
    let bench = bench(|script, rows| {
        let script = script.respond(200, success(&json!("true"))).respond(200, list(&[]));
        let other = rows.row("finished", Duration::ZERO, &json!({ "Format": "sql" }));
        let script = script.respond(200, failure(same));
        (0..4).fold(script, |script, _| script.respond(200, list(std::slice::from_ref(&other))))
    });
    let error = bench.client.download(request()).await.unwrap_err();
    assert!(error.call().unwrap().is(same), "{error}");
    assert!(error.to_string().contains("no download in the list is the same"), "{error}");
    assert!(!error.may_have_created() && error.task().is_none(), "{error}");
    bench.script.assert_finished();
}

#[tokio::test]
async fn lost_support_check_created_nothing() {
    let bench = bench(|script, _| script.fail(TransportError::interrupted("reset")));
    let error = bench.client.download(request()).await.unwrap_err();
    assert!(!error.may_have_created() && error.is_retryable(), "{error}");
}

#[tokio::test]
async fn timeout_of_the_wait_names_the_task() {
    let bench = bench(|script, rows| {
        let listed = listed(rows, "running", &json!({}));
        let script = script
            .respond(200, success(&json!("true")))
            .respond(200, list(&[]))
            .respond(200, created(TASK));
        (0..60).fold(script, |script, _| script.respond(200, listed.clone()))
    });
    let limit = Wait::from_secs(600);
    let error = bench.client.download(request()).timeout(limit).await.unwrap_err();
    assert_eq!(bench.clock.elapsed(), limit);
    let DownloadError::Wait { task: named, error: wait } = &error else { panic!("{error}") };
    assert_eq!((named, wait.kind()), (&task(), WaitErrorKind::TimedOut));
    assert!(error.is_retryable());
    assert!(error.to_string().ends_with(&format!("`resume(\"{TASK}\")`")), "{error}");
}

#[tokio::test]
async fn expired_timeout_sends_nothing() {
    let bench = bench(|script, _| script);
    let error = bench.client.download(request()).timeout(Wait::ZERO).await.unwrap_err();
    assert!(error.call().unwrap().is_timeout() && !error.may_have_created(), "{error}");
    assert!(bench.sent().is_empty());
}

#[tokio::test]
async fn dropped_stream_stops() {
    let bench = bench(|script, rows| whole(script, rows, &json!({})));
    let mut download = bench.client.download(request());
    for _ in 0..3 {
        StreamExt::next(&mut download).await.unwrap().unwrap();
    }
    let sent = bench.sent().len();
    drop(download);
    tokio::task::yield_now().await;
    assert_eq!(bench.sent().len(), sent);
}

#[tokio::test]
async fn failed_stream_ends_and_cannot_be_awaited() {
    let bench = existing("expired", &json!({}));
    let mut download = bench.client.download(request()).resume(task());
    let mut last = None;
    while let Some(step) = download.next().await {
        last = Some(step);
    }
    assert!(last.unwrap().is_err());
    assert!(download.next().now_or_never().unwrap().is_none());
    let error = download.await.unwrap_err();
    assert!(matches!(error, DownloadError::Ended), "{error}");
}
