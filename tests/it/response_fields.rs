//! Tests that no response is lost to an informational field, field by field.
//!
//! They walk the published facts: each field of each operation's response, one by one, in each form
//! that a service has been seen to send in place of the documented one.

use std::collections::BTreeSet;

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::fake::FakeClock;
use aliyun_dbs::operations::{
    DescribeBackupPlanList, DescribeBackupPlanListResponse, NamedOperation, OperationVisitor,
};
use aliyun_dbs::transport::ScriptedTransport;
use aliyun_dbs::wait::{FullBackupFinished, PlanConfigurable, PlanRunning, RestoreFinished};
use aliyun_dbs::{
    Client, Error, ErrorKind, RawRequest, Region, Response, RetryPolicy, UnreadField,
};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

use crate::coverage::{published_body, sample_fields};
use crate::support::create;
use crate::support::published::{operations, requests, visit};

/// The identifiers that a call exists for. A response without one is an error that names it.
const REQUIRED: [&str; 19] = [
    "CreateAndStartBackupPlan BackupPlanId",
    "CreateBackupPlan BackupPlanId",
    "CreateDownload Data",
    "CreateDownload Data.TaskId",
    "CreateFullBackupSetDownload BackupSetDownloadTaskId",
    "CreateGetDBListFromAgentTask TaskId",
    "CreateIncrementBackupSetDownload BackupSetDownloadTaskId",
    "CreateRestoreTask RestoreTaskId",
    "DescribeBackupGatewayList Items.BackupGateway[0].BackupGatewayId",
    "DescribeBackupPlanList Items.BackupPlanDetail[0].BackupPlanId",
    "DescribeBackupSetDownloadTaskList Items.BackupSetDownloadTaskDetail[0].BackupSetDownloadTaskId",
    "DescribeDownloadBackupSetStorageInfo Data",
    "DescribeDownloadTask Data",
    "DescribeDownloadTask Data.Content.List[0].TaskId",
    "DescribeFullBackupList Items.FullBackupFile[0].BackupSetId",
    "DescribeIncrementBackupList Items.IncrementBackupFile[0].BackupSetId",
    "DescribeRestoreRangeInfo Items.DBSRecoverRange[0].FullBackupList.FullBackupDetail[0].BackupSetId",
    "DescribeRestoreTaskList Items.RestoreTaskDetail[0].RestoreTaskId",
    "DescribeSandboxRecoveryTime Data",
];

/// What is sent in place of a value.
const VARIATIONS: [&str; 29] = [
    "(missing)",
    "(doubled)",
    "null",
    r#""""#,
    "0",
    r#""0""#,
    "-1",
    r#""-1""#,
    "7",
    "true",
    "1e3",
    "3e1",
    "30.0",
    r#""30.0""#,
    "0.5",
    "18446744073709551615",
    "214373455920017123456",
    "-99999999999999999999",
    "1e400",
    r#""N/A""#,
    r#""NULL""#,
    r#""many words, and a comma""#,
    r#""0000-00-00 00:00:00""#,
    r#""2020-02-24T07:01:53Z""#,
    r#""\ud83d""#,
    "[]",
    "{}",
    r#"[null,7,"x",[],{"a":1}]"#,
    r#"{"a":{"b":["c",1.5]}}"#,
];

/// A response: what it says, and what could not be read.
pub(crate) type Read = Result<(Value, Vec<UnreadField>), Error>;

pub(crate) struct Decode<'a>(pub(crate) &'a [u8]);

impl OperationVisitor for Decode<'_> {
    type Output = Read;

    fn visit<O: NamedOperation>(self) -> Self::Output {
        let request: O = serde_json::from_value(requests(O::ACTION)[0].clone()).unwrap();
        let response = block_on(client(self.0).send(request).into_future())?;
        let unread = response.unread().to_vec();
        let written = serde_json::to_value(response.into_inner()).unwrap();
        let again: O::Response = serde_json::from_value(written.clone()).unwrap();
        assert_eq!(serde_json::to_value(again).unwrap(), written, "{}", O::ACTION);
        Ok((written, unread))
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    thread_local! {
        static RUNTIME: Runtime = Builder::new_current_thread().enable_time().build().unwrap();
    }
    RUNTIME.with(|runtime| runtime.block_on(future))
}

fn client(body: &[u8]) -> Client {
    Client::builder()
        .region(Region::Hangzhou)
        .credentials(Credentials::new("id", "secret"))
        .transport(ScriptedTransport::new().respond(200, body.to_vec()))
        .retry(RetryPolicy::never())
        .build()
        .unwrap()
}

/// Writes a value as JSON, with a variation at a path.
pub(crate) fn render(value: &Value, at: &str, target: &str, variation: &str) -> String {
    if at == target && !variation.starts_with('(') {
        return variation.to_owned();
    }
    match value {
        Value::Object(fields) => {
            let mut written = Vec::new();
            for (name, value) in fields {
                let at = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
                let times = match variation {
                    "(missing)" if at == target => 0,
                    "(doubled)" if at == target => 2,
                    _ => 1,
                };
                let field = format!("\"{name}\":{}", render(value, &at, target, variation));
                written.extend(std::iter::repeat_n(field, times));
            }
            format!("{{{}}}", written.join(","))
        }
        Value::Array(rows) => {
            let row = |(index, row)| render(row, &format!("{at}[{index}]"), target, variation);
            format!("[{}]", rows.iter().enumerate().map(row).collect::<Vec<_>>().join(","))
        }
        scalar => scalar.to_string(),
    }
}

/// Returns the paths of all values below a value.
pub(crate) fn paths(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let at = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
                found.push(at.clone());
                paths(value, &at, found);
            }
        }
        // One row stands for all.
        Value::Array(rows) => {
            found.push(format!("{at}[0]"));
            paths(&rows[0], &format!("{at}[0]"), found);
        }
        _ => {}
    }
}

/// Returns the value at a path, whatever the case of its names.
pub(crate) fn find<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    let mut value = value;
    for part in path.split(['.', '[']) {
        value = if let Some(index) = part.strip_suffix(']') {
            value.get(index.parse::<usize>().unwrap())?
        } else {
            let mut fields = value.as_object()?.iter();
            fields.find(|(name, _)| name.eq_ignore_ascii_case(part))?.1
        };
    }
    Some(value)
}

/// Returns whether a response has a value here, and not what stands for a missing one.
fn is_kept(written: &Value, path: &str) -> bool {
    !matches!(find(written, path), None | Some(Value::Null))
        && find(written, path) != Some(&json!(""))
        && find(written, path) != Some(&json!([]))
}

/// Returns whether a field may read a variation as "there is none".
fn means_none(path: &str, variation: &str) -> bool {
    let is_time = path.to_ascii_lowercase().contains("time") || path.ends_with("GmtCreate");
    let is_id = path.ends_with("Id") || path.ends_with("GatewayIdentifier");
    let is_message = path.ends_with("ErrMessage");
    match variation.trim_matches('"') {
        "(missing)" | "null" | "" | "[]" | "{}" => !path.ends_with(']'),
        "0" => is_time || is_id,
        "-1" | "N/A" | "0000-00-00 00:00:00" => is_time,
        "NULL" => is_time || is_message,
        _ => false,
    }
}

fn is_text_of(text: &str, variation: &str) -> bool {
    let as_number = |text: &str| text.parse::<f64>().ok();
    text == variation.trim_matches('"')
        || (as_number(text).is_some() && as_number(text) == as_number(variation))
        || (variation == r#""\ud83d""# && (text.contains("not Unicode") || text == "{…}"))
        || (variation.starts_with('{') && text == "{…}")
}

#[test]
#[expect(clippy::print_stdout, reason = "the figures of the walk, with --nocapture")]
fn no_response_is_lost_to_an_informational_field() {
    const ENVELOPE: [&str; 7] =
        ["Code", "ErrCode", "ErrorCode", "ErrMessage", "HttpStatusCode", "Message", "RequestId"];
    let required = BTreeSet::from(REQUIRED);
    let (mut tried, mut failed, mut fields) = (0, 0, 0);
    let (mut lost, mut problems) = (BTreeSet::new(), Vec::new());
    for (action, row) in operations() {
        let body = published_body(&row["response"]);
        let mut all = Vec::new();
        paths(&body, "", &mut all);
        fields += all.len();
        for path in &all {
            for variation in VARIATIONS {
                tried += 1;
                let sent = render(&body, "", path, variation);
                let what = format!("{action} {path} = {variation}");
                match visit(&action, Decode(sent.as_bytes())) {
                    // The flag that decides whether the call succeeded.
                    Err(_) if path == "Success" => failed += 1,
                    Err(error) => {
                        failed += 1;
                        // The client reads a string that is not Unicode as an object.
                        let is_object = variation.contains('{') || variation.contains("ud83d");
                        // Objects in place of a row, or of a list of rows, lack the identifier.
                        let is_leaf = find(&body, path)
                            .is_some_and(|value| !value.is_array() && !value.is_object());
                        if !is_object || is_leaf {
                            lost.insert(format!("{action} {path}"));
                        }
                        let is_unknown = row["kind"] != "write" || error.may_have_executed();
                        if error.kind() != ErrorKind::Response || !is_unknown {
                            problems.push(format!("{what}: {error}"));
                        }
                    }
                    Ok((written, unread)) => {
                        let is_told = unread.iter().any(|field| {
                            variation == "(doubled)"
                                || field.path() != path
                                || is_text_of(field.text(), variation)
                        });
                        let is_silent = ENVELOPE.contains(&path.as_str())
                            || path == "Success"
                            // A row cannot come twice.
                            || (path.ends_with(']') && ["(doubled)", "\"\""].contains(&variation))
                            || means_none(path, variation)
                            || (variation != "(doubled)" && is_kept(&written, path));
                        let is_elsewhere =
                            unread.iter().any(|field| !field.path().starts_with(path.as_str()));
                        if is_elsewhere || !(is_told || is_silent) {
                            problems.push(format!("{what}: {unread:?} {:?}", find(&written, path)));
                        }
                    }
                }
            }
        }
    }
    println!("{fields} fields, {tried} variations, {failed} responses failed");
    let unexpected: Vec<_> = lost.iter().filter(|lost| !required.contains(lost.as_str())).collect();
    assert!(
        problems.is_empty(),
        "{} problems: {:#?}",
        problems.len(),
        &problems[..problems.len().min(60)]
    );
    assert!(unexpected.is_empty(), "lost: {unexpected:#?}");
    assert_eq!(lost.len(), REQUIRED.len(), "required, but never missed: {lost:#?}");
    assert!(tried > 5_000, "{tried}");
}

fn send<T>(body: &str, request: impl FnOnce(Client) -> T) -> T {
    request(client(body.as_bytes()))
}

fn plans(body: &str) -> Response<DescribeBackupPlanListResponse> {
    send(body, |client| {
        block_on(client.send(DescribeBackupPlanList::builder().build()).into_future()).unwrap()
    })
}

fn told<T>(response: &Response<T>) -> Vec<(&str, &str)> {
    response.unread().iter().map(|field| (field.path(), field.text())).collect()
}

#[test]
fn odd_order_id_does_not_cost_the_plan_id() {
    let buy =
        |body: &str| send(body, |client| block_on(client.send(create()).into_future()).unwrap());
    let bought = buy(r#"{"Success":true,"BackupPlanId":"dbs1","OrderId":{}}"#);
    assert_eq!((bought.backup_plan_id.as_str(), bought.order_id.is_none()), ("dbs1", true));
    assert_eq!(told(&bought), [("OrderId", "{}")]);
    let bought = buy(r#"{"Success":true,"BackupPlanId":"dbs1","OrderId":214373455920017123456}"#);
    assert_eq!(bought.order_id.as_ref().unwrap().as_str(), "214373455920017123456");
    assert_eq!(told(&bought), []);
    let bought = buy(r#"{"Success":true,"BackupPlanId":"dbs1","BackupPlanId":"dbs1"}"#);
    assert_eq!(told(&bought), [("BackupPlanId", "dbs1")]);
}

#[test]
fn numbers_are_read_in_every_notation() {
    for number in ["30.0", "3e1", "30", r#""30""#, r#""30.0""#, r#""3e1""#] {
        let list = plans(&format!(r#"{{"Success":true,"PageSize":{number}}}"#));
        assert_eq!((list.page_size, told(&list)), (Some(30), vec![]), "{number}");
    }
}

#[test]
fn odd_fields_of_a_row_do_not_cost_the_row() {
    let list = plans(
        r#"{"Success":true,"Items":{"BackupPlanDetail":[null,{"BackupPlanId":"dbs1",
            "InstanceExpiredTimestamp":"N/A","EndTimestampForRestore":"0000-00-00 00:00:00",
            "BeginTimestampForRestore":"2020-02-24T07:01:53Z","BackupPlanCreateTime":-1,
            "SourceEndpointEnableSsl":"NULL","SourceEndpointPort":"x","BackupGatewayId":0,
            "BackupObjects":[{"DBName":"orders"}],"CrossAliyunId":"0"}]}}"#,
    );
    let [plan] = &list.items[..] else { panic!("one plan") };
    assert_eq!(plan.backup_plan_id.as_str(), "dbs1");
    assert_eq!((plan.instance_expired_timestamp, plan.end_timestamp_for_restore), (None, None));
    assert_eq!(plan.backup_plan_create_time, None);
    assert_eq!(plan.begin_timestamp_for_restore.unwrap().unix_timestamp(), 1_582_527_713);
    assert_eq!((plan.source_endpoint_enable_ssl, plan.source_endpoint_port), (None, None));
    assert_eq!((plan.backup_gateway_id, plan.cross_aliyun_id.is_none()), (None, true));
    assert_eq!(plan.backup_objects.as_ref().unwrap().to_string(), r#"[{"DBName":"orders"}]"#);
    let row = "Items.BackupPlanDetail[1]";
    let (ssl, port) =
        (format!("{row}.SourceEndpointEnableSsl"), format!("{row}.SourceEndpointPort"));
    let expected = [("Items.BackupPlanDetail[0]", "null"), (&ssl, "NULL"), (&port, "x")];
    assert_eq!(told(&list), expected);
}

#[test]
fn unread_text_has_no_secret_and_is_short() {
    let body = |text: &str| format!(r#"{{"Success":true,"PageNum":"{text}"}}"#);
    let list = plans(&body("it is %73ecret"));
    assert_eq!(told(&list), [("PageNum", "it is (secret)")]);
    let list = plans(&body(&"x".repeat(1000)));
    assert_eq!(list.unread()[0].text().chars().count(), 121);
    let list = plans(&body(&"secret".repeat(1000)));
    assert_eq!(told(&list), [("PageNum", "more than 4096 bytes")]);
}

#[test]
fn text_in_another_encoding_costs_its_field_only() {
    let body = b"{\"Success\":true,\"PageNum\":0,\"Items\":[{\"BackupPlanId\":\"dbs1\",\
        \"BackupPlanName\":\"\xd6\xd0\"}]}";
    let list = block_on(client(body).send(DescribeBackupPlanList::builder().build()).into_future())
        .unwrap();
    assert_eq!(list.items[0].backup_plan_name, None);
    assert_eq!(list.unread()[0].path(), "Items[0].BackupPlanName");
}

struct Outcome<'a>(&'a str);

impl OperationVisitor for Outcome<'_> {
    type Output = Option<Error>;

    fn visit<O: NamedOperation>(self) -> Self::Output {
        let request: O = serde_json::from_value(requests(O::ACTION)[0].clone()).unwrap();
        let result = send(self.0, |client| block_on(client.send(request).into_future()));
        result.err()
    }
}

#[test]
fn other_json_is_not_a_response() {
    for action in operations().into_keys() {
        for body in ["{}", r#"{"status":"error","message":"proxy says no"}"#] {
            let error = visit(&action, Outcome(body));
            let error = error.unwrap_or_else(|| panic!("{action} {body}"));
            assert_eq!(error.kind(), ErrorKind::Response, "{action} {body}: {error}");
            assert!(error.may_have_executed(), "{action} {body}");
        }
        for body in [
            r#"{"ErrCode":"Request.Forbidden","HttpStatusCode":403}"#,
            r#"{"ErrCode":"Request.Forbidden","RequestId":"R"}"#,
        ] {
            let error = visit(&action, Outcome(body));
            let error = error.unwrap_or_else(|| panic!("{action} {body}"));
            assert_eq!(error.code(), Some("Request.Forbidden"), "{action} {body}");
            assert!(!error.may_have_executed(), "{action} {body}");
        }
    }
    let request = RawRequest::new("Anything");
    let error = send(r#"{"status":"error"}"#, |client| {
        block_on(client.send(request).into_future()).unwrap_err()
    });
    assert!(error.may_have_executed(), "{error}");
}

#[test]
fn vague_failures_are_retried_with_the_token() {
    for body in [
        r#"{"RequestId":"R","Success":false,"HttpStatusCode":500,"ErrCode":"undefined"}"#,
        r#"{"RequestId":"R","Success":false,"HttpStatusCode":503,"ErrCode":"x"}"#,
        r#"{"RequestId":"R","Success":false,"HttpStatusCode":504,"ErrCode":"x"}"#,
        r#"{"RequestId":"R","Success":false,"HttpStatusCode":"500","ErrCode":"x"}"#,
        r#"{"RequestId":"R","Success":false,"HttpStatusCode":429,"ErrCode":"x"}"#,
        r#"{"RequestId":"R","Success":false}"#,
        r#"{"RequestId":"R","Success":false,"HttpStatusCode":200,"ErrCode":""}"#,
        r#"{"RequestId":"R","Success":false,"ErrCode":"UnknownError"}"#,
        r#"{"RequestId":"R","Success":false,"ErrCode":"SystemBusy"}"#,
        r#"{"RequestId":"R","Success":false,"ErrCode":"TooManyRequests"}"#,
        r#"{"RequestId":"R","HttpStatusCode":500}"#,
    ] {
        let script = ScriptedTransport::new()
            .respond(200, body)
            .respond(200, r#"{"RequestId":"R","Success":true,"BackupPlanId":"dbs1"}"#);
        let client = |retry: RetryPolicy, script: &ScriptedTransport| {
            Client::builder()
                .region(Region::Hangzhou)
                .credentials(Credentials::new("id", "secret"))
                .transport(script.clone())
                .clock(std::sync::Arc::new(FakeClock::seeded(1)))
                .retry(retry)
                .build()
                .unwrap()
        };
        let call = client(RetryPolicy::default(), &script).send(create());
        let bought = block_on(call.into_future()).unwrap_or_else(|error| panic!("{body}: {error}"));
        assert_eq!(bought.attempts(), 2, "{body}");
        let tokens: BTreeSet<_> = script
            .requests()
            .iter()
            .map(|sent| sent.parameter("ClientToken").map(str::to_owned))
            .collect();
        assert_eq!(tokens.len(), 1, "{body}");
        let once = ScriptedTransport::new().respond(200, body);
        let call = client(RetryPolicy::never(), &once).send(create());
        let error = block_on(call.into_future()).unwrap_err();
        assert!(error.may_have_executed(), "{body}");
        assert_eq!(
            error.is_throttling(),
            body.contains("429") || body.contains("TooMany"),
            "{body}"
        );
    }
}

#[test]
fn compressed_bodies_are_named() {
    for (encoding, body) in [
        ("gzip", &b"\x1f\x8b\x08\0\0\0"[..]),
        ("zstd", b"\x28\xb5\x2f\xfd\0"),
        ("deflate", b"\x78\x9c\x03\0"),
    ] {
        let call = client(body).send(DescribeBackupPlanList::builder().build());
        let error = block_on(call.into_future()).unwrap_err().to_string();
        assert!(error.contains(&format!("compressed ({encoding})")), "{error}");
    }
    let response = http::Response::builder().header("content-encoding", "br");
    let response = response.body(bytes::Bytes::from_static(b"\x0b\x02\x80")).unwrap();
    let client = Client::builder()
        .region(Region::Hangzhou)
        .credentials(Credentials::new("id", "secret"))
        .transport(ScriptedTransport::new().respond_with(response))
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    let call = client.send(DescribeBackupPlanList::builder().build());
    let error = block_on(call.into_future()).unwrap_err().to_string();
    assert!(error.contains("compressed (br)"), "{error}");
}

/// Returns a client that receives these responses in order, on a clock that does not wait.
fn scripted(bodies: &[String]) -> Client {
    let script = bodies
        .iter()
        .fold(ScriptedTransport::new(), |script, body| script.respond(200, body.clone()));
    Client::builder()
        .region(Region::Hangzhou)
        .credentials(Credentials::new("id", "secret"))
        .transport(script)
        .clock(std::sync::Arc::new(FakeClock::seeded(1)))
        .build()
        .unwrap()
}

/// Returns the published row of a list, with garbage in all fields but these.
fn garbage(action: &str, row: &str, kept: &Value) -> String {
    let body = sample_fields(&operations()[action]["response"]);
    let mut fields = body["Items"][row][0].clone();
    for (index, (_, value)) in fields.as_object_mut().unwrap().iter_mut().enumerate() {
        *value = [json!({"a": [1]}), json!("?"), json!(-1), json!([[]]), json!(1e300)][index % 5]
            .clone();
    }
    for (name, value) in kept.as_object().unwrap() {
        fields[name] = value.clone();
    }
    json!({
        "RequestId": "R", "Success": true, "PageNum": "?", "PageSize": {}, "TotalPages": [],
        "TotalElements": "all", "Items": {row: [null, fields]},
    })
    .to_string()
}

#[test]
fn waits_depend_only_on_what_they_wait_for() {
    let plan = |status: &str| {
        let kept = json!({"BackupPlanId": "dbs1", "BackupPlanStatus": status, "ErrMessage": null});
        garbage("DescribeBackupPlanList", "BackupPlanDetail", &kept)
    };
    let client = scripted(&[plan("init"), plan("running")]);
    let wait = client.wait_for(PlanRunning::new("dbs1".parse().unwrap()));
    assert!(block_on(wait.into_future()).is_ok());

    let client = scripted(&vec![plan("wait"); 20]);
    let wait = client.wait_for(PlanConfigurable::new("dbs1".parse().unwrap()));
    assert!(block_on(wait.into_future()).is_ok(), "without the time of the purchase");

    let backup = |status: &str| {
        let kept = json!({"BackupSetId": "set1", "BackupStatus": status});
        garbage("DescribeFullBackupList", "FullBackupFile", &kept)
    };
    let client = scripted(&[backup("running"), backup("finish")]);
    let wait = FullBackupFinished::new("dbs1".parse().unwrap(), "set1".parse().unwrap());
    assert!(block_on(client.wait_for(wait).into_future()).is_ok());

    let restore = |finished: Value| {
        let kept = json!({
            "RestoreTaskId": "s1", "RestoreStatus": "running", "RestoreTaskFinishTime": finished,
            "FullDataRestoreProgress": 40,
        });
        garbage("DescribeRestoreTaskList", "RestoreTaskDetail", &kept)
    };
    let none = [json!(0), json!("0"), json!(-1), json!("N/A"), json!(""), json!({})];
    let mut bodies: Vec<_> = none.into_iter().map(restore).collect();
    bodies.push(restore(json!(1_676_886_947_123_u64)));
    let polls = bodies.len();
    let client = scripted(&bodies);
    let wait = client.wait_for(RestoreFinished::new("s1".parse().unwrap()));
    let task = block_on(wait.into_future()).unwrap();
    assert_eq!(task.restore_task_finish_time.unwrap().unix_timestamp(), 1_676_886_947, "{polls}");
}
