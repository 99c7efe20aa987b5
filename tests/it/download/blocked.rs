//! Tests of downloads that another download of the instance blocks.

use aliyun_dbs::workflows::DownloadError;
use serde_json::{Value, json};
use time::Duration;

use super::{Bench, TASK, bench, bucket, failure, list, request, request_with, success};

const BUSY: &str = "DBS.DownloadTask.OnlyOneRunningOrFailedTask";

/// Returns a client of a service that refuses the creation, and then lists these downloads.
fn blocked_by(states: &[&str], changes: &Value) -> Bench {
    bench(|script, rows| {
        let rows: Vec<_> = states
            .iter()
            .enumerate()
            .map(|(number, state)| {
                let mut row = rows.row(state, Duration::HOUR, changes);
                row["TaskId"] = json!(format!("{TASK}-{number}"));
                row
            })
            .collect();
        script
            .respond(200, success(&json!("true")))
            .respond(200, list(&[]))
            .respond(200, failure(BUSY))
            .respond(200, list(&rows))
    })
}

#[tokio::test]
async fn blocking_download_is_named_with_what_to_do() {
    let sql = json!({ "Format": "sql" });
    let retry = "retry it with `RetryDownloadTask`";
    let wait = "wait for it with `DownloadFinished`";
    for (states, changes, number, says, retryable) in [
        (&["finished", "failed"][..], &sql, 1, retry, false),
        (&["failed"], &json!({}), 0, retry, false),
        (&["failed", "running"], &sql, 1, wait, true),
        (&["queueing"], &json!({}), 0, "`Download::resume`", true),
        (&["paused"], &sql, 0, wait, true),
    ] {
        let bench = blocked_by(states, changes);
        let error = bench.client.download(request()).await.unwrap_err();
        let DownloadError::Blocked { by, error: call } = &error else { panic!("{error}") };
        assert_eq!(by.task_id.as_str(), format!("{TASK}-{number}"));
        assert!(call.is(BUSY) && error.call().unwrap().is(BUSY));
        let text = error.to_string();
        assert!(text.contains(says) && text.contains(by.task_id.as_str()), "{text}");
        assert!(!text.contains("; continue with `resume("), "{text}");
        assert_eq!(error.is_retryable(), retryable, "{text}");
        assert!(error.task().is_none() && !error.may_have_created(), "{text}");
        bench.script.assert_finished();
    }
}

#[tokio::test]
async fn active_download_into_a_bucket_may_be_the_same() {
    let row = json!({ "TargetType": "OSS", "TargetPath": "orders" });
    let to_bucket = request_with(|request| request.target = bucket("orders"));
    let bench = blocked_by(&["running"], &row);
    let error = bench.client.download(to_bucket).await.unwrap_err();
    assert!(error.to_string().contains("`Download::resume` if it is the same download"), "{error}");
}

#[tokio::test]
async fn creation_names_the_blocking_download() {
    let bench = bench(|script, rows| {
        let row = rows.row("failed", Duration::HOUR, &json!({}));
        script.respond(200, list(&[])).respond(200, failure(BUSY)).respond(200, list(&[row]))
    });
    let error = bench.client.create_download(request()).await.unwrap_err();
    assert!(error.is(BUSY) && !error.may_have_executed(), "{error}");
    assert!(error.hint().unwrap().contains(TASK), "{error}");
    bench.script.assert_finished();
}

#[tokio::test]
async fn refusal_stays_if_the_list_does_not_help() {
    for response in [failure("DBS.ParamIsInValid"), list(&[])] {
        let bench = bench(|script, _| {
            let script = script.respond(200, success(&json!("true"))).respond(200, list(&[]));
            script.respond(200, failure(BUSY)).respond(200, response)
        });
        let error = bench.client.download(request()).await.unwrap_err();
        assert!(matches!(&error, DownloadError::Call { error, .. } if error.is(BUSY)), "{error}");
        assert!(error.to_string().contains("wait for the active download"), "{error}");
        bench.script.assert_finished();
    }
}
