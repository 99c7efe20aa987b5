//! Tests of creations whose outcome only the list shows.

use std::time::Duration as Wait;

use aliyun_dbs::Clock;
use aliyun_dbs::transport::{ScriptedTransport, TransportError};
use serde_json::json;
use time::Duration;

use super::{Rows, TASK, bench, bucket, failure, list, request, request_with};

const SAME: &str = "DBS.DownloadTask.JobAlreadyExist";

fn lost(script: ScriptedTransport) -> ScriptedTransport {
    script.fail(TransportError::interrupted("reset"))
}

#[tokio::test]
async fn same_download_is_found_by_the_list() {
    for state in ["running", "finished", "failed"] {
        let bench = bench(|script, rows| {
            let row = rows.row(state, Duration::hours(2), &json!({ "Format": "CSV" }));
            // Ended downloads are in the first list too.
            let first =
                if state == "running" { list(&[]) } else { list(std::slice::from_ref(&row)) };
            script.respond(200, first).respond(200, failure(SAME)).respond(200, list(&[row]))
        });
        let created = bench.client.create_download(request()).await.unwrap();
        assert_eq!((created.task.task_id.as_str(), created.found), (TASK, true), "{state}");
        bench.script.assert_finished();
    }
}

#[tokio::test]
async fn old_and_expired_downloads_are_not_the_same() {
    for (state, age) in [("finished", Duration::hours(25)), ("expired", Duration::hours(2))] {
        let bench = bench(|script, rows| {
            let rows = list(&[rows.row(state, age, &json!({}))]);
            let script = script.respond(200, list(&[])).respond(200, failure(SAME));
            (0..4).fold(script, |script, _| script.respond(200, rows.clone()))
        });
        let error = bench.client.create_download(request()).await.unwrap_err();
        assert!(error.is(SAME), "{error}");
        let hint = error.hint().unwrap();
        assert_eq!(hint.contains(TASK), state == "finished", "{hint}");
        assert!(hint.contains("`Download::resume`"), "{hint}");
        bench.script.assert_finished();
    }
}

#[tokio::test]
async fn download_before_since_is_named() {
    let bench = bench(|script, rows| {
        let row = json!({ "TargetType": "OSS", "TargetPath": "orders" });
        let listed = list(&[rows.row("finished", Duration::HOUR, &row)]);
        let script = script.respond(200, listed.clone()).respond(200, failure(SAME));
        (0..4).fold(script, |script, _| script.respond(200, listed.clone()))
    });
    let to_bucket = request_with(|request| request.target = bucket("orders"));
    let since = bench.client.server_time();
    let error = bench.client.create_download(to_bucket).since(since).await.unwrap_err();
    assert!(error.is(SAME) && error.hint().unwrap().contains(TASK), "{error}");
    bench.script.assert_finished();
}

#[tokio::test]
async fn download_of_a_lost_response_is_found() {
    for state in ["initializing", "finished", "failed"] {
        let bench = bench(|script, rows| {
            let new = rows.row(state, Duration::ZERO, &json!({}));
            lost(script.respond(200, list(&[]))).respond(200, list(&[new]))
        });
        let created = bench.client.create_download(request()).await.unwrap();
        assert_eq!((created.task.task_id.as_str(), created.found), (TASK, true), "{state}");
        bench.script.assert_finished();
    }
}

#[tokio::test]
async fn download_that_is_listed_late_is_found() {
    let bench = bench(|script, rows| {
        let new = rows.row("queueing", Duration::seconds(-1), &json!({}));
        let script = lost(script.respond(200, list(&[]))).respond(200, list(&[]));
        script.fail(TransportError::interrupted("reset")).respond(200, list(&[new]))
    });
    assert!(bench.client.create_download(request()).await.unwrap().found);
    assert_eq!(bench.clock.elapsed(), Wait::from_secs(10));
    bench.script.assert_finished();
}

#[tokio::test]
async fn lost_download_is_found_if_the_clock_is_ahead() {
    let bench = bench(|script, rows| {
        let new = rows.row("running", Duration::minutes(15), &json!({}));
        lost(script.respond(200, list(&[]))).respond(200, list(&[new]))
    });
    assert!(bench.client.create_download(request()).await.unwrap().found);
    bench.script.assert_finished();
}

#[tokio::test]
async fn refusal_is_not_resolved_by_another_bucket() {
    for (state, named) in [("finished", true), ("running", true), ("expired", false)] {
        let bench = bench(|script, rows| {
            let row = json!({ "TargetType": "OSS", "TargetPath": "orders" });
            let listed = list(&[rows.row(state, Duration::HOUR, &row)]);
            let script = script.respond(200, listed.clone()).respond(200, failure(SAME));
            script.respond(200, listed)
        });
        let to_bucket = request_with(|request| request.target = bucket("orders"));
        let error = bench.client.create_download(to_bucket).await.unwrap_err();
        assert!(error.is(SAME) && !error.may_have_executed(), "{error}");
        let hint = error.hint().unwrap();
        assert_eq!(hint.contains(TASK) && hint.contains("`Download::resume`"), named, "{hint}");
        bench.script.assert_finished();
    }
}

/// The rows of a service that never lists the lost download, but others.
fn never_listed(script: ScriptedTransport, rows: &Rows) -> ScriptedTransport {
    let just_ended = rows.row("finished", Duration::seconds(30), &json!({ "TaskId": "dt-1" }));
    let older = rows.row("running", Duration::seconds(20 * 60 + 1), &json!({ "TaskId": "dt-2" }));
    let other = rows.row("running", Duration::ZERO, &json!({ "TaskId": "dt-3", "Format": "sql" }));
    let undated = json!({ "TaskId": "dt-4", "GmtCreate": null });
    let undated = rows.row("running", Duration::ZERO, &undated);
    let script = lost(script.respond(200, list(std::slice::from_ref(&just_ended))));
    let after = list(&[just_ended, older, other, undated]);
    (0..3).fold(script, |script, _| script.respond(200, after.clone()))
}

#[tokio::test]
async fn other_downloads_are_not_the_lost_one() {
    let bench = bench(never_listed);
    let error = bench.client.create_download(request()).await.unwrap_err();
    assert!(error.may_have_executed(), "{error}");
    assert_eq!(error.operation(), Some("CreateDownload"));
    assert!(error.to_string().contains("DescribeDownloadTask"), "{error}");
    assert_eq!(bench.clock.elapsed(), Wait::from_secs(10), "three lists, 5 seconds apart");
    bench.script.assert_finished();
}

#[tokio::test]
async fn error_of_the_request_outlives_that_of_the_lists() {
    let bench = bench(|script, _| {
        let script = lost(script.respond(200, list(&[])));
        (0..3).fold(script, |script, _| script.respond(200, failure("DBS.ParamIsInValid")))
    });
    let error = bench.client.create_download(request()).await.unwrap_err();
    assert_eq!((error.operation(), error.may_have_executed()), (Some("CreateDownload"), true));
    bench.script.assert_finished();
}
