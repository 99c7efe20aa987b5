//! Fuzzes one field of a published response: the rest is delivered, and `unread` names what is lost.
//!
//! The first byte selects the operation, those of 2021-01-01 after those of 2019-03-06, the second the field, the third whether the rest is JSON or
//! the text of a string. That value replaces the field's own.
#![no_main]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::operations::{ALL, NamedOperation, OperationVisitor, visit};
use aliyun_dbs::transport::ScriptedTransport;
use aliyun_dbs::v2021_01_01::operations as operations_2021;
use aliyun_dbs::{Client, Error, Region, RetryPolicy, UnreadField};
use libfuzzer_sys::{Corpus, fuzz_target};
use serde::de::IgnoredAny;
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

macro_rules! samples {
    ($folder:literal: $($action:literal)*) => {
        [$(($action, include_str!(concat!("../../src/fake/samples/", $folder, $action, ".json")))),*]
    };
}

/// The published responses, and the paths of all their values.
static SAMPLES: LazyLock<BTreeMap<&str, (Value, Vec<String>)>> = LazyLock::new(|| {
    let read = |(action, json)| {
        let mut body: Value = serde_json::from_str(json).expect("JSON");
        if !body["Success"].is_string() {
            body["Success"] = true.into();
        }
        let mut paths = Vec::new();
        add_paths(&body, "", &mut paths);
        (action, (body, paths))
    };
    let of_2019 = samples! { "2019-03-06/":
        "ConfigureBackupPlan"
        "CreateAndStartBackupPlan"
        "CreateBackupPlan"
        "CreateFullBackupSetDownload"
        "CreateGetDBListFromAgentTask"
        "CreateIncrementBackupSetDownload"
        "CreateRestoreTask"
        "DescribeBackupGatewayList"
        "DescribeBackupPlanBilling"
        "DescribeBackupPlanList"
        "DescribeBackupSetDownloadTaskList"
        "DescribeDLAService"
        "DescribeFullBackupList"
        "DescribeIncrementBackupList"
        "DescribeJobErrorCode"
        "DescribeNodeCidrList"
        "DescribePreCheckProgressList"
        "DescribeRegions"
        "DescribeRestoreRangeInfo"
        "DescribeRestoreTaskList"
        "DisableBackupLog"
        "EnableBackupLog"
        "GetDBListFromAgent"
        "InitializeDbsServiceLinkedRole"
        "ModifyBackupObjects"
        "ModifyBackupPlanName"
        "ModifyBackupSetDownloadRules"
        "ModifyBackupSourceEndpoint"
        "ModifyBackupStrategy"
        "ModifyStorageStrategy"
        "ReleaseBackupPlan"
        "RenewBackupPlan"
        "StartBackupPlan"
        "StartRestoreTask"
        "StopBackupPlan"
        "UpgradeBackupPlan"
    };
    let of_2021 = samples! { "2021-01-01/":
        "ChangeResourceGroup"
        "CreateDownload"
        "DeleteSandboxInstance"
        "DescribeCostInfoByDbsInstance"
        "DescribeDownloadBackupSetStorageInfo"
        "DescribeDownloadSupport"
        "DescribeDownloadTask"
        "DescribeSandboxBackupSets"
        "DescribeSandboxInstances"
        "DescribeSandboxRecoveryTime"
        "RetryDownloadTask"
    };
    of_2019.into_iter().chain(of_2021).map(read).collect()
});

static REQUESTS: LazyLock<BTreeMap<String, Value>> = LazyLock::new(|| {
    let read = |json| serde_json::from_str::<BTreeMap<_, _>>(json).expect("JSON");
    let mut requests = read(include_str!("../../tests/data/requests.json"));
    requests.extend(read(include_str!("../../tests/data/2021-01-01/requests.json")));
    requests
});

/// The identifiers that an operation exists for, as (operation, path without indexes).
///
/// In version 2021-01-01, also the object that has the response.
const REQUIRED: [(&str, &str); 19] = [
    ("CreateAndStartBackupPlan", "BackupPlanId"),
    ("CreateBackupPlan", "BackupPlanId"),
    ("CreateDownload", "Data"),
    ("CreateDownload", "Data.TaskId"),
    ("CreateFullBackupSetDownload", "BackupSetDownloadTaskId"),
    ("CreateGetDBListFromAgentTask", "TaskId"),
    ("CreateIncrementBackupSetDownload", "BackupSetDownloadTaskId"),
    ("CreateRestoreTask", "RestoreTaskId"),
    ("DescribeBackupGatewayList", "Items.BackupGateway.BackupGatewayId"),
    ("DescribeBackupPlanList", "Items.BackupPlanDetail.BackupPlanId"),
    (
        "DescribeBackupSetDownloadTaskList",
        "Items.BackupSetDownloadTaskDetail.BackupSetDownloadTaskId",
    ),
    ("DescribeDownloadBackupSetStorageInfo", "Data"),
    ("DescribeDownloadTask", "Data"),
    ("DescribeDownloadTask", "Data.Content.List.TaskId"),
    ("DescribeFullBackupList", "Items.FullBackupFile.BackupSetId"),
    ("DescribeIncrementBackupList", "Items.IncrementBackupFile.BackupSetId"),
    (
        "DescribeRestoreRangeInfo",
        "Items.DBSRecoverRange.FullBackupList.FullBackupDetail.BackupSetId",
    ),
    ("DescribeRestoreTaskList", "Items.RestoreTaskDetail.RestoreTaskId"),
    ("DescribeSandboxRecoveryTime", "Data"),
];

/// The fields that the client reads instead of the operation.
const ENVELOPE: [&str; 8] = [
    "Code",
    "ErrCode",
    "ErrorCode",
    "ErrMessage",
    "HttpStatusCode",
    "Message",
    "RequestId",
    "Success",
];

thread_local! {
    static RUNTIME: Runtime =
        Builder::new_current_thread().enable_time().build().expect("a runtime");
}

fn add_paths(value: &Value, at: &str, paths: &mut Vec<String>) {
    let mut add = |at: String, value| {
        paths.push(at.clone());
        add_paths(value, &at, paths);
    };
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                add(if at.is_empty() { name.clone() } else { format!("{at}.{name}") }, value);
            }
        }
        Value::Array(rows) => {
            rows.iter().enumerate().for_each(|(index, row)| add(format!("{at}[{index}]"), row));
        }
        _ => {}
    }
}

/// Writes a value as JSON, with other JSON at a path.
fn render(value: &Value, at: &str, target: &str, json: &[u8], out: &mut Vec<u8>) {
    if at == target {
        out.extend_from_slice(json);
        return;
    }
    match value {
        Value::Object(fields) => {
            out.push(b'{');
            for (index, (name, value)) in fields.iter().enumerate() {
                let comma = if index == 0 { "" } else { "," };
                out.extend_from_slice(format!("{comma}\"{name}\":").as_bytes());
                let at = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
                render(value, &at, target, json, out);
            }
            out.push(b'}');
        }
        Value::Array(rows) => {
            out.push(b'[');
            for (index, row) in rows.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                render(row, &format!("{at}[{index}]"), target, json, out);
            }
            out.push(b']');
        }
        scalar => out.extend_from_slice(scalar.to_string().as_bytes()),
    }
}

/// Returns the value at a path, whatever the case of its names.
fn find<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split(['.', '[']).try_fold(value, |value, part| match part.strip_suffix(']') {
        Some(index) => value.get(index.parse::<usize>().ok()?),
        None => {
            let mut fields = value.as_object()?.iter();
            Some(fields.find(|(name, _)| name.eq_ignore_ascii_case(part))?.1)
        }
    })
}

fn is_empty(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.is_empty(),
        Some(Value::Array(rows)) => rows.is_empty(),
        Some(Value::Object(fields)) => fields.values().all(|value| is_empty(Some(value))),
        Some(_) => false,
    }
}

/// Returns whether JSON stands for a missing value: empty, zero, or a word for it.
fn means_none(json: &[u8]) -> bool {
    let Ok(value) = serde_json::from_slice::<Value>(json) else { return false };
    let text = match &value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        other => return is_empty(Some(other)),
    };
    text.parse::<f64>().is_ok_and(|number| number == 0.0 || number == -1.0)
        || text.starts_with("0000-00-00")
        || ["", "null", "n/a"].contains(&text.to_lowercase().as_str())
}

/// Returns whether a response may be lost to JSON at a path.
fn may_fail(action: &str, path: &str, json: &[u8]) -> bool {
    let mut plain = String::new();
    let mut in_index = false;
    for c in path.chars() {
        in_index = c == '[' || (in_index && c != ']');
        if !in_index && c != ']' {
            plain.push(c);
        }
    }
    let is_required = |(name, required): &(&str, &str)| {
        // An object in place of a list, or of a row, lacks the identifier. The client also reads a
        // string that is not Unicode as an object.
        let is_object = json.contains(&b'{') || std::str::from_utf8(json).is_err() || {
            json.windows(2).any(|pair| pair == b"\\u")
        };
        *name == action
            && (*required == plain || (is_object && required.starts_with(&format!("{plain}."))))
    };
    path == "Success" || REQUIRED.iter().any(is_required)
}

struct Field<'a> {
    path: &'a str,
    body: &'a Value,
    json: &'a [u8],
}

impl OperationVisitor for Field<'_> {
    type Output = ();

    fn visit<O: NamedOperation>(self) {
        let Self { path, body, json } = self;
        let mut sent = Vec::new();
        render(body, "", path, json, &mut sent);
        match send::<O>(sent) {
            Ok((written, unread)) => {
                let what = || format!("{} {path} = {}", O::ACTION, json.escape_ascii());
                for field in &unread {
                    assert!(field.path().starts_with(path), "{}: {field}", what());
                    assert!(!field.text().contains(char::is_control), "{}: {field}", what());
                }
                let is_silent = ENVELOPE.contains(&path) || means_none(json);
                if is_empty(find(&written, path)) && !is_silent && !is_empty(find(body, path)) {
                    assert!(!unread.is_empty(), "nothing names what was lost: {}", what());
                }
            }
            Err(error) => {
                let line = error.to_string();
                assert!(!line.contains(char::is_control), "{line:?}");
                let may_fail = may_fail(O::ACTION, path, json);
                assert!(may_fail, "{path} = {}: {line}", json.escape_ascii());
            }
        }
    }
}

/// Returns a response as JSON, and what could not be read.
fn send<O: NamedOperation>(body: Vec<u8>) -> Result<(Value, Vec<UnreadField>), Error> {
    let client = Client::builder()
        .region(Region::Hangzhou)
        .credentials(Credentials::new("id", "a-secret-that-occurs-nowhere"))
        .transport(ScriptedTransport::new().respond(200, body))
        .retry(RetryPolicy::never())
        .build()
        .expect("a client");
    let request: O = serde::Deserialize::deserialize(&REQUESTS[O::ACTION][0]).expect("a request");
    let response = RUNTIME.with(|runtime| runtime.block_on(client.send(request).into_future()))?;
    let unread = response.unread().to_vec();
    let response = response.into_inner();
    let written = serde_json::to_value(&response).expect("a response serializes");
    let again: O::Response =
        serde_json::from_value(written.clone()).expect("it deserializes again");
    assert_eq!(again, response, "{written}");
    Ok((written, unread))
}

fuzz_target!(|data: &[u8]| -> Corpus {
    let [operation, field, kind, value @ ..] = data else { return Corpus::Reject };
    let all = || ALL.iter().chain(operations_2021::ALL);
    let info = all().nth(usize::from(*operation) % all().count()).expect("an operation");
    let action = info.action;
    let (body, paths) = &SAMPLES[action];
    let path = &paths[usize::from(*field) % paths.len()];
    let json = if kind % 2 == 0 {
        // Checks the syntax only, so that strings may contain any bytes.
        if serde_json::from_slice::<IgnoredAny>(value).is_err() {
            return Corpus::Reject;
        }
        value.to_vec()
    } else {
        serde_json::to_vec(&String::from_utf8_lossy(value)).expect("a string serializes")
    };
    let field = || Field { path, body, json: &json };
    visit(action, field())
        .or_else(|| operations_2021::visit(action, field()))
        .expect("a known operation");
    Corpus::Keep
});
