//! Tests of `Recorder` and `Replay`: a recording without secrets, and its replay.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::ConfigureBackupPlan;
use aliyun_dbs::transport::{Recorder, Replay, ScriptedTransport, Transport, TransportError};
use aliyun_dbs::types::{BackupObjects, BackupPlanId, DatabaseAccess, SourceEndpoint};
use aliyun_dbs::{Client, ErrorKind, RawRequest, Region, RetryPolicy, Safety, SignatureVersion};
use serde_json::{Value, json};

use crate::support::create;

const SECRET: &str = "planted+secret/of the key";
const PASSWORD: &str = "planted Pa ss/w+rd&\"x\"";

/// A file in the temporary directory, which ends with the test.
struct TempFile(PathBuf);

impl TempFile {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("dbs-{}-{name}.jsonl", std::process::id()));
        let _ = std::fs::remove_file(&path);
        Self(path)
    }

    fn text(&self) -> String {
        std::fs::read_to_string(&self.0).unwrap()
    }

    /// Returns the exchanges.
    fn exchanges(&self) -> Vec<Value> {
        self.text().lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn client_with(credentials: Credentials, transport: impl Transport + 'static) -> Client {
    let builder = Client::builder().region(Region::Hangzhou).credentials(credentials);
    builder.transport(transport).retry(RetryPolicy::never()).build().unwrap()
}

fn client(transport: impl Transport + 'static) -> Client {
    client_with(Credentials::new("id", "secret"), transport)
}

fn configure(plan: &BackupPlanId, instance: &str) -> ConfigureBackupPlan {
    ConfigureBackupPlan::builder()
        .backup_plan_id(plan.clone())
        .backup_plan_name("planted-orders")
        .source_endpoint(SourceEndpoint::Rds {
            region: Region::Hangzhou,
            instance_id: instance.parse().unwrap(),
            access: DatabaseAccess::mysql("planteduser", PASSWORD),
        })
        .backup_objects(r#"[{"DBName":"plantedshop"}]"#.parse::<BackupObjects>().unwrap())
        .build()
}

/// Records a script of one response to a read with parameters.
async fn record(file: &TempFile, script: ScriptedTransport, calls: &[&[(&str, &str)]]) {
    let recorder = Recorder::create(script, &file.0).unwrap();
    let client = client(recorder.clone());
    for parameters in calls {
        let _ = client.send(read(parameters)).await;
    }
    assert_eq!(recorder.finish().unwrap().exchanges, calls.len() as u64);
}

fn read(parameters: &[(&str, &str)]) -> RawRequest {
    let request = RawRequest::new("DescribeDLAService").safety(Safety::ReadOnly);
    parameters.iter().fold(request, |request, (name, value)| request.parameter(name, value))
}

#[tokio::test]
async fn recorded_provisioning_has_no_planted_value() {
    for version in [SignatureVersion::Acs3, SignatureVersion::RpcV1] {
        let file = TempFile::new(&format!("planted-{version:?}"));
        let dbs = FakeDbs::new();
        let echo = format!("login of planteduser at db.planted.example with {PASSWORD} failed");
        dbs.faults().business_error("ConfigureBackupPlan", "OperationDenied.JobStatus", &echo);
        let recorder = Recorder::create(dbs.clone(), &file.0).unwrap();
        let builder = Client::builder().region(Region::Hangzhou).credentials(dbs.credentials());
        let builder = builder.transport(recorder.clone()).signature_version(version);
        let in_query = version == SignatureVersion::RpcV1;
        let builder = if in_query { builder.secrets_in_query() } else { builder };
        let client = builder.build().unwrap();
        client.provision(create(), |plan| configure(&plan, "rm-planted1")).await.unwrap();
        let summary = recorder.finish().unwrap();
        assert_eq!(summary.exchanges, dbs.requests().len() as u64);
        assert!(summary.replaced > 5, "{summary:?}");

        let text = file.text();
        let plan = &dbs.plans()[0];
        let token = dbs.requests()[0].parameter("ClientToken").map(str::to_owned);
        let credentials = dbs.credentials();
        let mut planted =
            vec!["planted", plan.backup_plan_id.as_str(), credentials.access_key_id()];
        planted.extend(token.as_deref());
        planted.push(credentials.access_key_secret().expose());
        for word in planted {
            assert!(!text.contains(word), "{word}: {text}");
        }
        assert!(text.contains("login of"), "the words of messages remain: {text}");
        assert!(!text.to_lowercase().contains("authorization") && !text.contains("aliyuncs"));
    }
}

#[tokio::test]
async fn provisioning_replays_without_waiting() {
    let file = TempFile::new("replay");
    let dbs = FakeDbs::new();
    let recorder = Recorder::create(dbs.clone(), &file.0).unwrap();
    let service = client_with(dbs.credentials(), recorder.clone());
    service.provision(create(), |plan| configure(&plan, "rm-planted1")).await.unwrap();
    recorder.finish().unwrap();

    let began = Instant::now();
    let replay = Replay::open(&file.0).unwrap();
    let client = client(replay.clone());
    // The caller's own names need not be those of the recording.
    let running = client.provision(create(), |plan| configure(&plan, "rm-2")).await.unwrap();
    assert_ne!(running.backup_plan_id, dbs.plans()[0].backup_plan_id);
    replay.assert_finished();
    assert!(began.elapsed() < Duration::from_secs(20));
}

/// Replays the recording of the repository. With `UPDATE_DOCS=1`, records it first.
#[tokio::test]
async fn stored_recording_replays() {
    let path = "tests/data/recordings/provision.jsonl";
    if std::env::var_os("UPDATE_DOCS").is_some() {
        let _ = std::fs::remove_file(path);
        let dbs = FakeDbs::with_seed(1);
        let recorder = Recorder::create(dbs.clone(), path).unwrap();
        let client = client_with(dbs.credentials(), recorder.clone());
        client.provision(create(), |plan| configure(&plan, "rm-planted1")).await.unwrap();
        recorder.finish().unwrap();
    }
    let replay = Replay::open(path).unwrap();
    let client = client(replay.clone());
    let running = client.provision(create(), |plan| configure(&plan, "rm-2")).await.unwrap();
    assert_eq!(running.backup_plan_id.as_str(), "id-0001");
    replay.assert_finished();
}

#[tokio::test]
async fn downloads_are_recorded_without_names() {
    let file = TempFile::new("downloads");
    let signed = "https://planted.example/planted/set.csv?Signature=plantedsignature";
    let addresses = serde_json::json!({
        "RequestId": "R", "Success": "true",
        "Data": { "PublicUrl": signed, "PrivateUrl": signed, "ExpirationTime": "1661373070" },
    });
    let sandboxes = r#"[{"instanceId":"1jsandbox","connectionString":"planted:3306"}]"#;
    let sandboxes = serde_json::json!({ "RequestId": "R", "Success": "true", "Data": sandboxes });
    let script = ScriptedTransport::new()
        .respond(200, addresses.to_string())
        .respond(200, sandboxes.to_string());
    let target = [
        ("TargetBucket", "planted-bucket"),
        ("TargetPath", "planted/orders"),
        ("InstanceName", "rm-planted"),
    ];
    record(&file, script, &[&target, &[]]).await;
    let text = file.text();
    assert!(!text.contains("planted"), "{text}");
    assert!(text.contains("ExpirationTime") && text.contains("connectionString"), "{text}");
}

#[tokio::test]
async fn same_value_is_replaced_by_the_same_everywhere() {
    let file = TempFile::new("same");
    let body = json!({
        "RequestId": "6894B13B-6D71-4EF5-88FA-F32781734A7F",
        "BackupPlanId": "dbs1abc",
        "Comment": "plan dbs1abc of 'shop' (10.1.2.3), 12 of 30 done",
        "Objects": r#"{"PlanId":"dbs1abc","DBName":"shop"}"#,
        "Joined": "dbs1abc,dbs1abcd",
        "OrderId": 2_056_789_012_345_i64,
        "OrderIdText": "2056789012345",
        "Host": "10.1.2.3",
        "Endpoint": "10.1.2.3:3306",
        "Status": "running",
        "Size": 1_234_567_890,
        "Time": "2026-01-01T00:00:00Z",
        "Rest": {"Items": [{"JobId": "dbs1abc"}]},
        "ErrMessage": "order 2056789012345",
    });
    let script = ScriptedTransport::new().respond(200, body.to_string());
    record(&file, script, &[&[("BackupPlanId", "dbs1abc")]]).await;
    let exchange = &file.exchanges()[0];
    let got = &exchange["response"]["body"];
    let id = got["BackupPlanId"].as_str().unwrap();
    assert!(id != "dbs1abc" && !file.text().contains("dbs1abc"), "{exchange}");
    assert_eq!(exchange["parameters"]["BackupPlanId"]["replaced"], id);
    assert_eq!(got["Rest"]["Items"][0]["JobId"], id);
    let name = serde_json::from_str::<Value>(got["Objects"].as_str().unwrap()).unwrap();
    assert_eq!(name["PlanId"], id);
    let (name, host) = (name["DBName"].as_str().unwrap(), got["Host"].as_str().unwrap());
    assert_eq!(host, "192.0.2.1");
    assert_eq!(got["Endpoint"], "192.0.2.1:3306");
    assert_eq!(got["Comment"], format!("plan {id} of '{name}' ({host}), 12 of 30 done"));
    assert!(got["Joined"].as_str().unwrap().starts_with(&format!("{id},")));
    let order = got["OrderId"].as_u64().unwrap().to_string();
    assert!(order.len() == 13 && order != "2056789012345");
    assert_eq!(got["ErrMessage"], format!("order {order}"));
    for unchanged in ["Status", "Size", "Time"] {
        assert_eq!(got[unchanged], body[unchanged]);
    }
}

#[tokio::test]
async fn names_do_not_replace_words_of_the_service() {
    let file = TempFile::new("words");
    let body = json!({"PlanName": "pass", "DBName": "db1", "UserName": "Status",
        "HostName": "json", "Status": "check_pass", "Reason": "pass: db1, 'shop'"});
    record(&file, ScriptedTransport::new().respond(200, body.to_string()), &[&[]]).await;
    let got = &file.exchanges()[0]["response"];
    assert_eq!(got["body"]["Status"], "check_pass");
    let (plan, base) = (&got["body"]["PlanName"], &got["body"]["DBName"]);
    let (plan, base) = (plan.as_str().unwrap(), base.as_str().unwrap());
    assert!(plan != "pass" && base != "db1", "{got}");
    assert_eq!(got["body"]["Reason"], format!("{plan}: {base}, 'value-0001'"));
}

#[tokio::test]
async fn secrets_that_the_service_repeats_are_removed() {
    let file = TempFile::new("repeats");
    let encoded = aliyun_dbs::unversioned::wire::percent_encode(SECRET);
    let echo = json!({"Status": SECRET, "Message": format!("x{SECRET}y {encoded} AKplanted"), "Word": "xAKplantedy",
        "Reason": "can't find 'my planted plan'",
        SECRET: "AKplanted", "UserPassword": "another"});
    let script = ScriptedTransport::new().respond(200, echo.to_string());
    let recorder = Recorder::create(script, &file.0).unwrap();
    let client = client_with(Credentials::new("AKplanted", "k"), recorder.clone());
    let request = read(&[]).secret_parameter("Password", SECRET);
    let _ = client.send(request).await;
    let text = file.text();
    for secret in [SECRET, &encoded, "planted", "another"] {
        assert_eq!(text.matches("can't find 'value-").count(), 1, "{text}");
        assert!(!text.contains(secret), "{text}");
    }
    assert_eq!(file.exchanges()[0]["parameters"]["Password"], json!({"secret": true}));
}

#[tokio::test]
async fn request_that_differs_fails_with_the_difference() {
    let file = TempFile::new("differs");
    let script = ScriptedTransport::new()
        .respond(200, r#"{"Success":true,"PlanId":"dbs1abc"}"#)
        .respond(200, r#"{"Success":true}"#);
    record(&file, script, &[&[("Kind", "full")], &[("PlanId", "dbs1abc"), ("Kind", "full")]]).await;

    let replay = Replay::open(&file.0).unwrap();
    let client = client(replay.clone());
    let error = client.send(read(&[("Kind", "log")])).await.unwrap_err();
    assert_eq!((error.kind(), error.may_have_executed()), (ErrorKind::Connect, false));
    let difference = "request 1: exchange 1, `DescribeDLAService`: parameter `Kind`: expected \
                      `full`, got `log`";
    assert!(error.to_string().contains(difference), "{error}");
    client.send(read(&[("Kind", "full")])).await.unwrap();
    let error = client.send(read(&[("Kind", "full"), ("PlanId", "dbs9")])).await.unwrap_err();
    assert!(error.to_string().contains("parameter `PlanId`: expected `id-0001`"), "{error}");
    let error = client.send(read(&[])).await.unwrap_err();
    assert!(error.to_string().contains("`PlanId`: expected a value, got none"), "{error}");
    let error = client.send(RawRequest::new("StopBackupPlan")).await.unwrap_err();
    let expected = "expected `DescribeDLAService` (exchange 2), got `StopBackupPlan`";
    assert!(error.to_string().contains(expected), "{error}");
    client.send(read(&[("Kind", "full"), ("PlanId", "id-0001")])).await.unwrap();
    let error = client.send(read(&[])).await.unwrap_err();
    assert!(error.to_string().contains("expected the end of the recording"), "{error}");
}

#[tokio::test]
async fn value_of_the_caller_must_stay_the_same() {
    let file = TempFile::new("caller");
    let body = r#"{"Success":true,"PlanId":"dbs1abc"}"#;
    let script = ScriptedTransport::new().respond(200, body).respond(200, body);
    record(&file, script, &[&[("PlanId", "dbs1abc")], &[("PlanId", "dbs1abc")]]).await;
    let client = client(Replay::open(&file.0).unwrap());
    let response = client.send(read(&[("PlanId", "mine1")])).await.unwrap();
    assert_eq!(response.get("PlanId").as_deref(), Some("mine1"));
    let error = client.send(read(&[("PlanId", "mine2")])).await.unwrap_err();
    assert!(error.to_string().contains("expected `mine1`, got `mine2`"), "{error}");
}

#[tokio::test]
async fn errors_and_other_bodies_replay() {
    let file = TempFile::new("errors");
    let lost = TransportError::interrupted("connection to db.planted.example lost");
    let script = ScriptedTransport::new().fail(lost).respond(502, "<html>planted</html>");
    record(&file, script, &[&[], &[]]).await;
    assert!(!file.text().contains("planted"));
    let client = client(Replay::open(&file.0).unwrap());
    let error = client.send(read(&[])).await.unwrap_err();
    assert_eq!((error.kind(), error.may_have_executed()), (ErrorKind::Interrupted, true));
    assert!(error.to_string().contains("connection to host-0001.example lost"), "{error}");
    let error = client.send(read(&[])).await.unwrap_err();
    assert!(error.to_string().contains("(not JSON, 20 bytes)"), "{error}");
}

#[tokio::test]
async fn replacements_of_the_caller_override_others() {
    let file = TempFile::new("replace");
    let body = r#"{"Success":true,"Word":"internal","PlanName":"internal","Other":"a-internal-b"}"#;
    let script = ScriptedTransport::new().respond(200, body);
    let recorder = Recorder::create(script, &file.0).unwrap().replace("internal", "public");
    client(recorder).send(read(&[])).await.unwrap();
    let got = &file.exchanges()[0]["response"]["body"];
    assert_eq!((&got["Word"], &got["PlanName"]), (&"public".into(), &"public".into()));
    assert_eq!(got["Other"], "a-public-b");
}

#[test]
fn existing_file_is_not_overwritten() {
    let file = TempFile::new("exists");
    std::fs::write(&file.0, "kept").unwrap();
    let error = Recorder::create(ScriptedTransport::new(), &file.0).unwrap_err();
    assert!(error.to_string().contains("choose another path"), "{error}");
    assert_eq!(file.text(), "kept");
}

#[cfg(unix)]
#[test]
fn recording_is_private() {
    use std::os::unix::fs::PermissionsExt;

    let file = TempFile::new("private");
    Recorder::create(ScriptedTransport::new(), &file.0).unwrap();
    let mode = std::fs::metadata(&file.0).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "{mode:o}");
}

#[test]
fn files_that_are_not_recordings_are_rejected() {
    let file = TempFile::new("invalid");
    let header =
        r#"{"format":"aliyun-rpc-recording","version":1,"started":"2026-01-01T00:00:00Z"}"#;
    for (text, expected) in [
        (String::new(), "line 1: "),
        (header.replace(":1,", ":2,"), "got `aliyun-rpc-recording` version 2"),
        (format!("{header}\n{{\"n\":1"), "line 2: "),
    ] {
        std::fs::write(&file.0, text).unwrap();
        let error = Replay::open(&file.0).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[tokio::test]
#[should_panic(expected = "expected 1 requests, got 0; next is exchange 1, `DescribeDLAService`")]
async fn unused_exchange_fails_the_test() {
    let file = TempFile::new("unused");
    record(&file, ScriptedTransport::new().respond(200, r#"{"Success":true}"#), &[&[]]).await;
    Replay::open(&file.0).unwrap().assert_finished();
}
