//! Tests that logs, errors and `Debug` output show no secret, even if a server echoes it.

use std::error::Error as _;
use std::fmt::Debug;
use std::time::Duration;

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::CreateBackupPlan;
use aliyun_dbs::transport::{ScriptedTransport, TransportError};
use aliyun_dbs::types::BackupPlanId;
use aliyun_dbs::unversioned::wire::percent_encode;
use aliyun_dbs::{Client, ClientBuilder, Error, Region, RetryPolicy, SignatureVersion};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::LIBRARY;
use crate::support::log::Log;
use crate::support::process::{is_alone, path_of};
use crate::support::{configure, create};

const SECRET: &str = "planted+secret/of the key";
const TOKEN: &str = "planted=token&of=sts";
const PASSWORD: &str = "planted Pa ss/w+rd&\"x\"";

/// All output that the test has collected.
#[derive(Default)]
struct CollectedOutput(String);

impl CollectedOutput {
    fn text(&mut self, text: &str) {
        self.0.push_str(text);
        self.0.push('\n');
    }

    fn debug(&mut self, value: &impl Debug) {
        self.text(&format!("{value:?}\n{value:#?}"));
    }

    fn error(&mut self, error: &Error) {
        self.debug(error);
        self.text(&format!("{error}\n{}", error.message()));
        let mut source = error.source();
        while let Some(cause) = source {
            self.text(&format!("{cause}\n{cause:?}"));
            source = cause.source();
        }
    }
}

fn credentials() -> Credentials {
    Credentials::new("STS.planted", SECRET).with_security_token(TOKEN)
}

/// Returns bodies with secrets, as a hostile or clumsy server might send them.
fn echoes() -> Vec<String> {
    let spellings = [SECRET, TOKEN, PASSWORD]
        .iter()
        .flat_map(|secret| {
            let once = percent_encode(secret);
            [(*secret).to_owned(), percent_encode(&once), once.replace("%20", "+"), once]
        })
        .collect::<Vec<_>>()
        .join(" | ");
    let quoted = serde_json::to_string(&spellings).unwrap();
    let password = serde_json::to_string(PASSWORD).unwrap();
    vec![
        format!(r#"{{"Code":"SignatureDoesNotMatch","Message":{quoted}}}"#),
        format!(r#"{{"Code":"InvalidParameter","Message":{quoted}}}"#),
        format!(r#"{{"Success":false,"ErrCode":"Param.NotFound","ErrMessage":{quoted}}}"#),
        format!("<html>{spellings}"),
        format!("{{\"cut\": {spellings}"),
        // Percent-encoded with small hex digits, as HTML, and where an excerpt is cut.
        format!("<html>{}", percent_encode(PASSWORD).replace("%2F", "%2f").replace("%2B", "%2b")),
        format!("<html>{}", PASSWORD.replace('&', "&amp;").replace('"', "&quot;")),
        format!("<html>{}{PASSWORD}", " ".repeat(16 * 1024 - 24)),
        format!("{{\"cut\": \"{}", PASSWORD.replace('&', "\\u0026").replace('"', "\\u0022")),
        // In fields that the client reads separately.
        format!(r#"{{"Code":{password},"Message":"m"}}"#),
        format!(r#"{{"Code":"X","RequestId":{password},"Message":"m"}}"#),
        format!(r#"{{"Success":true,"BackupPlanId":{password}}}"#),
    ]
}

/// Serves one request on the loopback with a status and a body.
async fn serve_once(status: u16, body: String) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut buffer = vec![0; 64 * 1024];
        let _ = stream.read(&mut buffer).await;
        let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n", body.len());
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(body.as_bytes()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(1)).await;
    });
    format!("http://{address}")
}

fn loopback(endpoint: String) -> ClientBuilder {
    Client::builder().endpoint(endpoint).http_library(LIBRARY)
}

#[tokio::test]
async fn output_contains_no_secret() {
    if !is_alone(&path_of(module_path!(), "output_contains_no_secret")) {
        return;
    }
    let log = Log::of_the_process();
    let mut shown = CollectedOutput::default();
    shown.debug(&credentials());
    let id: BackupPlanId = "dbs1".parse().unwrap();
    shown.debug(&configure(&id, PASSWORD));
    shown.0 += &serde_json::to_string(&configure(&id, PASSWORD)).unwrap();

    for version in [SignatureVersion::Acs3, SignatureVersion::RpcV1] {
        let build = |builder: ClientBuilder| {
            builder
                .region(Region::Hangzhou)
                .credentials(credentials())
                .signature_version(version)
                .retry(RetryPolicy::never())
                .build()
                .unwrap()
        };
        let dbs = FakeDbs::new();
        dbs.add_credentials(credentials());
        let client = build(Client::builder().transport(dbs.clone()));
        shown.debug(&client);
        shown.debug(&client.send(configure(&id, PASSWORD)));
        let plan = client.send(create()).await.unwrap();
        dbs.clock().advance(CreateBackupPlan::SETTLING_TIME);
        shown.debug(&client.send(configure(&plan.backup_plan_id, PASSWORD)).await.unwrap());
        dbs.add_credentials(Credentials::new("STS.planted", "other").with_security_token(TOKEN));
        shown.error(&client.send(configure(&plan.backup_plan_id, PASSWORD)).await.unwrap_err());
        shown.debug(&dbs.requests());
        shown.0 += &dbs.requests().iter().map(ToString::to_string).collect::<String>();
        shown.debug(&dbs);

        for status in [200, 400, 500] {
            for echo in echoes() {
                let script = ScriptedTransport::new().respond(status, echo);
                let client = build(Client::builder().transport(script.clone()));
                match client.send(configure(&id, PASSWORD)).await {
                    Ok(response) => shown.debug(&response),
                    Err(error) => shown.error(&error),
                }
                shown.debug(&script);
            }
        }
        let failing = ScriptedTransport::new().fail(TransportError::interrupted(PASSWORD));
        let client = build(Client::builder().transport(failing));
        shown.error(&client.send(configure(&id, PASSWORD)).await.unwrap_err());

        for echo in echoes() {
            let client = build(loopback(serve_once(400, echo).await));
            shown.error(&client.send(configure(&id, PASSWORD)).await.unwrap_err());
        }
        let done = r#"{"RequestId":"R","Success":true,"BackupPlanId":"dbs1"}"#.to_owned();
        let client = build(loopback(serve_once(200, done).await));
        shown.debug(&client.send(configure(&id, PASSWORD)).await.unwrap());
        let nowhere = build(loopback("http://127.0.0.1:1".to_owned()));
        shown.error(&nowhere.send(configure(&id, PASSWORD)).await.unwrap_err());
    }

    let logged = log.text();
    assert!(
        logged.contains("ConfigureBackupPlan") && logged.contains("TRACE"),
        "the log has the expected entries"
    );
    let mut leaks = Vec::new();
    for (place, text) in [("shown", &shown.0), ("logged", &logged)] {
        for line in text.lines() {
            if fragments().iter().any(|fragment| line.contains(fragment)) {
                leaks.push(format!("{place}: {}", line.trim()));
            }
        }
    }
    leaks.sort();
    leaks.dedup();
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
}

/// Returns parts of the secrets in every spelling, without characters that `Debug` escapes.
fn fragments() -> Vec<String> {
    ["secret/of the", "token&of=", "ss/w+rd"]
        .iter()
        .flat_map(|part| {
            let once = percent_encode(part);
            [(*part).to_owned(), percent_encode(&once), once.replace("%20", "+"), once]
        })
        .chain(["ss%2fw%2brd".to_owned(), "planted Pa".to_owned()])
        .collect()
}
