//! Tests of advanced downloads: the wait, the creation without a token, and the workflow.

mod blocked;
mod crashes;
mod create;
mod fake;
mod lost;
mod race;
mod wait;
mod workflow;

use std::sync::Arc;

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::fake::FakeClock;
use aliyun_dbs::transport::{RecordedRequest, ScriptedTransport};
use aliyun_dbs::types::BackupSetId;
use aliyun_dbs::v2021_01_01::operations::CreateDownload;
use aliyun_dbs::v2021_01_01::types::{DownloadFormat, DownloadTarget};
use aliyun_dbs::{Client, Clock, Region, RetryPolicy};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

const SET: &str = "1460051234";
const TASK: &str = "dt-qxnsfq5s8xo1";

/// A client with scripted responses, and a clock that jumps to the end of each wait.
struct Bench {
    client: Client,
    script: ScriptedTransport,
    clock: Arc<FakeClock>,
}

fn bench(script: impl FnOnce(ScriptedTransport, &Rows) -> ScriptedTransport) -> Bench {
    let clock = Arc::new(FakeClock::seeded(1));
    let script = script(ScriptedTransport::new(), &Rows { now: clock.now() });
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

impl Bench {
    fn sent(&self) -> Vec<String> {
        self.script.requests().iter().map(|request| request.operation().to_owned()).collect()
    }

    fn request(&self, number: usize) -> RecordedRequest {
        self.script.requests()[number].clone()
    }
}

/// The rows of the list, at the start of a test.
struct Rows {
    now: OffsetDateTime,
}

impl Rows {
    /// Returns a download of the set `SET` to URLs in CSV, with these changes.
    fn row(&self, state: &str, age: Duration, changes: &Value) -> Value {
        let created = unix_ms(self.now - age);
        let mut row = json!({
            "TaskId": TASK, "BakSetId": SET, "Format": "csv", "TargetType": "URL",
            "GmtCreate": created.to_string(), "DownloadStatus": state, "Progress": "5/12",
            "RegionCode": "cn-hangzhou",
        });
        for (name, value) in changes.as_object().into_iter().flatten() {
            row[name] = value.clone();
        }
        row
    }
}

fn unix_ms(time: OffsetDateTime) -> i128 {
    time.unix_timestamp_nanos() / 1_000_000
}

/// Returns the response of a service that has these downloads.
fn list(rows: &[Value]) -> String {
    page(rows, rows.len())
}

fn page(rows: &[Value], total: usize) -> String {
    success(&json!({ "Content": { "List": rows }, "TotalElements": total, "PageNumber": 1 }))
}

fn created(task: &str) -> String {
    success(&json!({ "TaskId": task, "DownloadStatus": "initializing", "GmtCreate": 1 }))
}

fn success(data: &Value) -> String {
    json!({ "RequestId": "R", "Success": "true", "Data": data }).to_string()
}

fn failure(code: &str) -> String {
    json!({
        "RequestId": "R", "Success": "false", "Code": code, "ErrCode": code,
        "Message": "no", "ErrMessage": "no",
    })
    .to_string()
}

/// Returns a download of the set `SET` to URLs in CSV.
fn request() -> CreateDownload {
    CreateDownload::builder()
        .region_code(Region::Hangzhou)
        .instance_name("rm-orders".parse().unwrap())
        .source(BackupSetId::new(SET).unwrap())
        .format(DownloadFormat::Csv)
        .target(DownloadTarget::Url)
        .build()
}

fn request_with(change: impl FnOnce(&mut CreateDownload)) -> CreateDownload {
    let mut request = request();
    change(&mut request);
    request
}

fn bucket(path: &str) -> DownloadTarget {
    DownloadTarget::Oss {
        bucket: "orders".parse().unwrap(),
        region: Region::Hangzhou,
        path: path.to_owned(),
    }
}
