//! Tests of `Client::create_download`: found before sent.

use aliyun_dbs::ErrorKind;
use aliyun_dbs::v2021_01_01::operations::CreateDownload;
use aliyun_dbs::v2021_01_01::types::DownloadFormat;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::{Bench, TASK, bench, bucket, created, failure, list, request, request_with, success};

const LIST: &str = "DescribeDownloadTask";
const CREATE: &str = "CreateDownload";

/// Returns a client of a service that has one download, and creates another.
fn with_row(state: &str, age: Duration, changes: &Value) -> Bench {
    bench(|script, rows| {
        script.respond(200, list(&[rows.row(state, age, changes)])).respond(200, created("dt-new"))
    })
}

async fn id_of(bench: &Bench, request: CreateDownload) -> (String, bool) {
    let created = bench.client.create_download(request).await.unwrap();
    (created.task.task_id.to_string(), created.found)
}

#[tokio::test]
async fn new_download_is_sent_once() {
    let bench = bench(|script, _| script.respond(200, list(&[])).respond(200, created("dt-new")));
    assert_eq!(id_of(&bench, request()).await, ("dt-new".to_owned(), false));
    assert_eq!(bench.sent(), [LIST, CREATE]);
    let listed = bench.request(0);
    assert_eq!(listed.parameter("RegionCode"), Some("cn-hangzhou"));
    assert_eq!(listed.parameter("InstanceName"), Some("rm-orders"));
    // The vendor does not publish what these filters compare.
    for name in ["StartTime", "EndTime", "TaskType", "BackupSetId", "DatasourceId", "State"] {
        assert_eq!(listed.parameter(name), None, "{name}");
    }
}

#[tokio::test]
async fn active_download_is_not_sent_again() {
    for state in ["initializing", "queuing", "running", "paused", ""] {
        let bench = with_row(state, Duration::HOUR, &json!({}));
        assert_eq!(id_of(&bench, request()).await, (TASK.to_owned(), true), "{state}");
        assert_eq!(bench.sent(), [LIST]);
    }
}

#[tokio::test]
async fn age_matters_only_in_an_unknown_state() {
    for (state, days, found) in
        [("running", 8, true), ("paused", 6, true), ("paused", 8, false), ("", 8, false)]
    {
        let bench = with_row(state, Duration::DAY * days, &json!({}));
        let created = bench.client.create_download(request()).await.unwrap();
        assert_eq!(created.found, found, "{state} {days}");
    }
}

#[tokio::test]
async fn other_downloads_are_not_reused() {
    let moment = OffsetDateTime::UNIX_EPOCH + Duration::DAY;
    let to_bucket = request_with(|request| request.target = bucket("orders"));
    let to_moment = request_with(|request| request.source = moment.into());
    let in_sql = request_with(|request| request.format = DownloadFormat::Sql);
    let oss = json!({ "TargetType": "OSS", "TargetPath": "invoices" });
    let any_bucket = json!({ "TargetType": "OSS", "TargetPath": "orders" });
    for (request, row) in [
        (request(), json!({ "Format": "sql" })),
        (request(), json!({ "Format": null })),
        (request(), json!({ "BakSetId": "7" })),
        (request(), oss.clone()),
        (in_sql, json!({})),
        (to_bucket.clone(), oss),
        (to_bucket.clone(), json!({})),
        (to_bucket, any_bucket),
        (to_moment.clone(), json!({ "BakSetId": null, "BackupSetTime": "86400001" })),
        // A backup set of that time.
        (to_moment, json!({ "BackupSetTime": "86400000" })),
    ] {
        let bench = with_row("running", Duration::HOUR, &row);
        assert_eq!(id_of(&bench, request).await, ("dt-new".to_owned(), false), "{row}");
        assert_eq!(bench.sent(), [LIST, CREATE]);
    }
}

#[tokio::test]
async fn active_download_of_a_moment_is_found() {
    let at = OffsetDateTime::UNIX_EPOCH + Duration::DAY + Duration::microseconds(1);
    let to_moment = request_with(|request| request.source = at.into());
    for set in [Value::Null, json!("")] {
        let row = json!({ "BakSetId": set, "BackupSetTime": "86400000" });
        let bench = with_row("running", Duration::HOUR, &row);
        assert_eq!(id_of(&bench, to_moment.clone()).await, (TASK.to_owned(), true), "{set}");
    }
}

#[tokio::test]
async fn ended_download_is_reused_only_with_since() {
    for (state, since, reused) in [
        ("finished", None, false),
        ("failed", None, false),
        ("finished", Some(Duration::HOUR), true),
        ("failed", Some(Duration::HOUR), true),
        ("expired", Some(Duration::HOUR), false),
        ("finished", Some(Duration::minutes(41)), true),
        ("finished", Some(Duration::minutes(39)), false),
    ] {
        let bench = with_row(state, Duration::HOUR, &json!({}));
        let mut creation = bench.client.create_download(request());
        if let Some(age) = since {
            creation = creation.since(bench.client.server_time() - age);
        }
        let created = creation.await.unwrap();
        assert_eq!(created.found, reused, "{state} {since:?}");
        assert_eq!(bench.sent().len(), if reused { 1 } else { 2 });
    }
}

#[tokio::test]
async fn old_since_finds_old_downloads() {
    let bench = with_row("finished", Duration::DAY * 9, &json!({}));
    let since = bench.client.server_time() - Duration::DAY * 10;
    let created = bench.client.create_download(request()).since(since).await.unwrap();
    assert!(created.found);
}

#[tokio::test]
async fn download_into_a_bucket_is_found_with_since() {
    let to_bucket = request_with(|request| request.target = bucket("orders"));
    let row = json!({ "TargetType": "OSS", "TargetPath": "orders" });
    let bench = with_row("finished", Duration::HOUR, &row);
    let since = bench.client.server_time() - Duration::HOUR;
    let created = bench.client.create_download(to_bucket).since(since).await.unwrap();
    assert!(created.found);
    assert_eq!(bench.sent(), [LIST]);
}

#[tokio::test]
async fn nothing_is_sent_if_the_list_fails() {
    let bench = bench(|script, _| script.respond(200, failure("DBS.ParamIsInValid")));
    let error = bench.client.create_download(request()).await.unwrap_err();
    assert!(error.is("DBS.ParamIsInValid") && !error.may_have_executed(), "{error}");
    assert_eq!(bench.sent(), [LIST]);
}

#[tokio::test]
async fn nothing_is_sent_if_a_row_is_unreadable() {
    for (data, path) in [
        (json!({ "Content": { "List": ["x"] }, "TotalElements": 1 }), "Data.Content.List[0]"),
        (json!({ "Content": { "List": [null] }, "TotalElements": 1 }), "Data.Content.List[0]"),
        (json!({ "Content": { "List": ["x"] } }), "Data.Content.List[0]"),
        (json!({ "Content": "x" }), "Data.Content"),
        (json!({ "Content": { "Lists": [] } }), "Data.Content"),
    ] {
        let bench =
            bench(|script, _| script.respond(200, success(&data)).respond(200, created("dt-new")));
        let result = bench.client.create_download(request()).await;
        assert_eq!(bench.sent(), [LIST], "{data}");
        let error = result.unwrap_err();
        assert!(error.to_string().contains(path) && !error.may_have_executed(), "{error}");
        assert!(error.hint().unwrap().contains("RawRequest"), "{error}");
    }
}

#[tokio::test]
async fn unreadable_fields_of_a_row_do_not_matter() {
    let bench = with_row("running", Duration::HOUR, &json!({ "Progress": ["x"], "DbList": {} }));
    assert_eq!(id_of(&bench, request()).await, (TASK.to_owned(), true));
}

/// A clock that is ahead gives such a time, and the run after a crash would find nothing.
#[tokio::test]
async fn nothing_is_sent_if_since_is_in_the_future() {
    for (minutes, accepted) in [(19, true), (21, false)] {
        let bench =
            bench(|script, _| script.respond(200, list(&[])).respond(200, created("dt-new")));
        let since = bench.client.server_time() + Duration::minutes(minutes);
        let created = bench.client.create_download(request()).since(since).await;
        match created {
            Ok(_) => assert!(accepted, "{minutes}"),
            Err(error) => {
                assert!(!accepted && error.kind() == ErrorKind::Request, "{error}");
                assert_eq!(bench.sent(), [LIST]);
            }
        }
    }
}

#[tokio::test]
async fn refused_download_fails_at_once() {
    let code = "DBS.DownloadTask.OssForbid";
    let bench = bench(|script, _| script.respond(200, list(&[])).respond(200, failure(code)));
    let error = bench.client.create_download(request()).await.unwrap_err();
    assert!(error.is(code) && !error.may_have_executed(), "{error}");
    assert_eq!(bench.sent(), [LIST, CREATE]);
}
