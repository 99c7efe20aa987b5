//! Tests that errors, `Debug` and spans stay on one line and hide secrets in what users pass.

use crate::support::log::Log;
use crate::support::process::is_alone;
use aliyun_dbs::credentials::{Credentials, CredentialsProvider, EcsRamRoleProvider, Io};
use aliyun_dbs::operations::{ConfigureBackupPlan, StopBackupPlan, from_json};
use aliyun_dbs::transport::ScriptedTransport;
use aliyun_dbs::{Client, RawRequest, Region, RetryPolicy};

/// A name that would forge a line of a log, and rewrite a terminal.
const FORGED: &str = "X\r\nERROR forged\u{1b}[2J\u{2028}\u{202e}";

/// Panics if a string contains characters that forge lines, or omits the escaped name.
fn assert_one_line(shown: &str) {
    let is_forged = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{202e}');
    assert!(!shown.contains(is_forged), "{shown:?}");
    assert!(shown.contains(r"X\r\nERROR forged\u{1b}[2J\u{2028}\u{202e}"), "{shown}");
}

#[test]
fn names_in_json_are_escaped() {
    let name = serde_json::to_string(FORGED).unwrap();
    for json in [
        format!(r#"{{"BackupPlanId":"dbs1","StopMethod":"ALL",{name}:"x"}}"#),
        format!(r#"{{"BackupPlanId":{name},"StopMethod":"ALL"}}"#),
        format!(r#"{{"BackupPlanId":"dbs1","StopMethod":{name}}}"#),
    ] {
        let error = from_json::<StopBackupPlan>(&json).unwrap_err();
        assert_one_line(&error.to_string());
        // `Debug` escapes the message once more.
        assert_one_line(&format!("{error:?}").replace(r"\\", r"\"));
    }
}

#[tokio::test]
async fn operation_names_in_logs_are_escaped() {
    if !is_alone("log_lines::operation_names_in_logs_are_escaped") {
        return;
    }
    let log = Log::of_the_process();
    let refusal = serde_json::json!({
        "RequestId": FORGED, "Success": false, "ErrCode": FORGED, "ErrMessage": FORGED,
    });
    let transport = ScriptedTransport::new().respond(200, refusal.to_string());
    let client = Client::builder()
        .region(Region::Hangzhou)
        .credentials(Credentials::new("id", "secret"))
        .retry(RetryPolicy::never())
        .transport(transport)
        .build()
        .unwrap();
    let request = RawRequest::new(FORGED).parameter(FORGED, FORGED);
    assert_one_line(&format!("{request:?}"));
    let error = client.send(request).await.unwrap_err();
    assert_one_line(&error.to_string());
    let log = log.text();
    assert!(log.contains("aliyun.call") && log.contains("ERROR forged"), "{log}");
    for line in log.lines() {
        // Each line of the subscriber starts with a time.
        assert!(line.starts_with("20") && !line.contains(['\r', '\u{1b}', '\u{2028}']), "{line:?}");
    }
}

#[test]
fn builder_debug_hides_user_and_password() {
    let builder = Client::builder()
        .endpoint("https://me:hunter2@dbs.example")
        .proxy("http://me:hunter2@proxy:3128");
    let shown = format!("{builder:?} {builder:#?}");
    assert!(!shown.contains("hunter2"), "{shown}");
    assert!(shown.contains("dbs.example") && shown.contains("http://proxy:3128"), "{shown}");
    let error = Client::builder()
        .endpoint("https://me:hunter2%40dbs.example")
        .credentials(Credentials::new("id", "secret"))
        .build()
        .unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
}

#[test]
fn numeric_password_is_not_quoted_by_serde() {
    for password in ["84739201", "-84739201", "84739201.5", "[84739201]"] {
        let json = format!(r#"{{"BackupPlanId":"dbs1","SourceEndpointPassword":{password}}}"#);
        let error = serde_json::from_str::<ConfigureBackupPlan>(&json).unwrap_err().to_string();
        assert!(!error.contains("84739201"), "{error}");
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        let error = serde_json::from_value::<ConfigureBackupPlan>(value).unwrap_err().to_string();
        assert!(!error.contains("84739201"), "{error}");
    }
}

#[tokio::test]
async fn json_in_place_of_a_role_name_is_not_quoted() {
    let transport = ScriptedTransport::new()
        .respond(200, "token")
        .respond(200, r#"{"AccessKeySecret":"hunter2"}"#)
        .respond(200, "{}");
    let io = Io::system().with_env(|_| None).with_transport(transport);
    let error = EcsRamRoleProvider::new(None, io).credentials().await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
    assert!(error.to_string().contains("expected the name of a RAM role"), "{error}");
}
