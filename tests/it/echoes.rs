//! Tests that a server cannot make the client show a secret: every position, in many encodings.

use std::error::Error as _;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::fake::FakeClock;
use aliyun_dbs::observe::{AttemptEnded, AttemptOutcome, CallEnded, Observer, Retried};
use aliyun_dbs::operations::{ConfigureBackupPlan, from_deserializer, from_json};
use aliyun_dbs::transport::{ScriptedTransport, TransportError};
use aliyun_dbs::unversioned::wire::percent_encode;
use aliyun_dbs::wait::PlanRunning;
use aliyun_dbs::{Client, ClientBuilder, Error, Region, RetryPolicy};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use crate::support::configure;
use crate::support::log::Log;
use crate::support::process::is_alone;

const SECRET: &str = "Tr0ub4dor/&3\"x\\9";
const PASSWORD: &str = "Grün-<corr>al 'h0rse'";

fn json(text: &str) -> String {
    let quoted = serde_json::to_string(text).unwrap();
    quoted[1..quoted.len() - 1].to_owned()
}

fn html(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&#39;")
}

fn bytes(text: &str, write: impl Fn(u8) -> String, separator: &str) -> String {
    text.bytes().map(write).collect::<Vec<_>>().join(separator)
}

/// Returns the spellings of a secret in which a server may echo it.
fn spellings(secret: &str) -> Vec<String> {
    let form = format!("A=1&Password={}&B=2", percent_encode(secret));
    let object = format!("{{\"Password\":\"{}\"}}", json(secret));
    let cut = secret.char_indices().nth(secret.chars().count() - 3).unwrap().0;
    vec![
        secret.to_owned(),
        secret.to_uppercase(),
        percent_encode(secret),
        percent_encode(&percent_encode(secret)),
        percent_encode(&json(secret)),
        percent_encode(&html(secret)),
        html(secret),
        html(&html(secret)),
        json(secret),
        json(&json(secret)),
        json(&html(secret)).replace('&', "\\u0026"),
        secret.encode_utf16().fold(String::new(), |text, unit| format!("{text}\\u{unit:04x}")),
        bytes(secret, |byte| format!("\\x{byte:02x}"), ""),
        bytes(secret, |byte| format!("\\{byte:03o}"), ""),
        bytes(secret, |byte| format!("{byte:02x}"), ""),
        bytes(secret, |byte| format!("{byte:02X}"), ":"),
        bytes(secret, |byte| format!("0x{byte:02x}"), ", "),
        bytes(secret, |byte| byte.to_string(), " "),
        bytes(&form, |byte| format!("{byte:02x}"), " "),
        STANDARD.encode(secret),
        STANDARD.encode(&form),
        STANDARD.encode(&object),
        STANDARD.encode(STANDARD.encode(secret)),
        percent_encode(&STANDARD.encode(&object)),
        format!("user:{secret}@host"),
        secret.chars().flat_map(|c| ['\0', c]).collect(),
        format!("{}...", &secret[..cut]),
        secret[..cut].to_owned(),
    ]
}

/// Returns responses with an echo at each position that the client reads.
fn responses(echo: &str) -> Vec<http::Response<Bytes>> {
    let quoted = serde_json::to_string(echo).unwrap();
    let bodies = [
        format!(r#"{{"Code":"InvalidParameter","RequestId":"R","Message":{quoted}}}"#),
        format!(r#"{{"Code":"Throttling","RequestId":"R","Message":{quoted}}}"#),
        format!(r#"{{"Code":{quoted},"RequestId":"R","Message":"m"}}"#),
        format!(r#"{{"Code":"X","RequestId":{quoted},"Message":"m","Recommend":{quoted}}}"#),
        format!(r#"{{"Success":false,"ErrCode":{quoted},"ErrMessage":{quoted}}}"#),
        format!(r#"{{"Success":false,{quoted}:1}}"#),
        format!(r#"{{"Success":true,"RequestId":{quoted},"BackupPlanId":[{{{quoted}:1}}]}}"#),
        format!(r#"{{"Success":true,"BackupPlanId":[{quoted}],"NeedPrecheck":{{"a":{quoted}}}}}"#),
        format!(r#"{{"Success":{quoted},"BackupPlanId":"dbs1"}}"#),
        format!(r#"{{"other":{quoted}}}"#),
        format!(r#"{{"cut": {quoted}"#),
        format!("<Error><RequestId>{echo}</RequestId><Code>{echo}</Code></Error>"),
        format!("<html>{echo}"),
        echo.to_owned(),
    ];
    let mut responses = Vec::new();
    for status in [200, 400, 503] {
        for body in &bodies {
            let response = http::Response::builder().status(status);
            responses.push(response.body(Bytes::from(body.clone())).unwrap());
        }
        let names = ["x-acs-request-id", "date", "retry-after", "content-type", "content-encoding"];
        for name in names {
            let Ok(value) = http::HeaderValue::from_bytes(echo.as_bytes()) else { continue };
            for body in ["{}", r#"{"Code":"X"}"#] {
                let response = http::Response::builder().status(status).header(name, &value);
                responses.push(response.body(body.into()).unwrap());
            }
        }
    }
    for location in [
        echo.to_owned(),
        format!("https://{echo}/"),
        format!("https://{echo}@host/"),
        format!("https://{}.example/", percent_encode(echo)),
        format!("https://host/{echo}"),
    ] {
        let Ok(value) = http::HeaderValue::from_bytes(location.as_bytes()) else { continue };
        let response = http::Response::builder().status(302).header("location", value);
        responses.push(response.body(Bytes::new()).unwrap());
    }
    responses
}

#[derive(Clone, Debug, Default)]
struct Output(Arc<Mutex<String>>);

impl Output {
    fn add(&self, text: impl std::fmt::Display) {
        let _ = writeln!(self.0.lock().unwrap(), "{text}");
    }

    fn error(&self, error: &Error) {
        self.add(format!("{error}\n{error:?}\n{error:#?}\n{:?}", error.code()));
        let mut source = error.source();
        while let Some(cause) = source {
            self.add(format!("{cause}\n{cause:?}\n{cause:#?}"));
            source = cause.source();
        }
    }

    fn take(&self) -> String {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl Observer for Output {
    fn attempt_ended(&self, event: &AttemptEnded<'_>) {
        if let AttemptOutcome::Failed { code, message, .. } = &event.outcome {
            self.add(format!("{code:?} {message}"));
        }
    }

    fn retried(&self, event: &Retried<'_>) {
        self.add(event.reason);
    }

    fn call_ended(&self, event: &CallEnded<'_>) {
        self.add(format!("{:?} {:?} {:#?}", event.request_id, event.error, event.error));
    }
}

fn client(output: &Output, script: &ScriptedTransport, retry: RetryPolicy) -> Client {
    let builder: ClientBuilder = Client::builder();
    builder
        .region(Region::Hangzhou)
        .credentials(Credentials::new("id", SECRET))
        .transport(script.clone())
        .clock(Arc::new(FakeClock::seeded(1)))
        .observer(output.clone())
        .retry(retry)
        .build()
        .unwrap()
}

fn request() -> ConfigureBackupPlan {
    configure(&"dbs1".parse().unwrap(), PASSWORD)
}

/// Returns parts of an echo that give the secret away, as output may write them.
fn parts(echo: &str) -> Vec<String> {
    let visible: String = echo.chars().filter(|c| !c.is_control()).collect();
    let debug = format!("{visible:?}");
    [visible.clone(), debug[1..debug.len() - 1].to_owned()]
        .into_iter()
        .map(|text| {
            let characters: Vec<char> = text.to_lowercase().chars().collect();
            let middle = characters.len() / 2;
            characters[middle - 4..middle + 4].iter().collect()
        })
        .collect()
}

fn leaks(output: &str, echo: &str) -> Option<String> {
    let lower = output.to_lowercase();
    let spaced: String = echo.chars().filter(|c| !c.is_control()).flat_map(|c| [c, ' ']).collect();
    parts(echo)
        .into_iter()
        .chain([spaced.trim().to_lowercase()])
        .find(|part| lower.contains(part))
        .map(|part| {
            let line = lower.lines().find(|line| line.contains(&part)).unwrap_or_default();
            format!("`{part}` in {line}")
        })
}

#[tokio::test]
async fn no_echo_is_shown_from_any_position() {
    if !is_alone("echoes::no_echo_is_shown_from_any_position") {
        return;
    }
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .init();
    let (mut tried, mut found) = (0, Vec::new());
    let output = Output::default();
    let mut logged = 0;
    for secret in [SECRET, PASSWORD] {
        for echo in spellings(secret) {
            for response in responses(&echo) {
                tried += 1;
                let position = format!("{response:?}");
                let script = ScriptedTransport::new().respond_with(response.clone());
                let once = client(&output, &script, RetryPolicy::never());
                match once.send(request()).await {
                    Ok(response) => {
                        output.add(format!("{:?} {:?}", response.request_id(), response.unread()));
                    }
                    Err(error) => output.error(&error),
                }
                let text = log.text();
                let shown = format!("{}\n{}", output.take(), &text[logged..]);
                logged = text.len();
                found.extend(leaks(&shown, &echo).map(|leak| format!("{leak}\n    {position}")));
            }
        }
    }
    assert!(tried > 2000, "{tried}");
    let some: Vec<_> = found.iter().take(12).map(String::as_str).collect();
    assert!(found.is_empty(), "{} of {tried} leak:\n{}", found.len(), some.join("\n"));
}

#[tokio::test]
async fn no_echo_is_shown_by_waits_and_transports() {
    let output = Output::default();
    for echo in spellings(SECRET) {
        let quoted = serde_json::to_string(&echo).unwrap();
        for body in [
            format!(r#"{{"Code":"Forbidden","RequestId":{quoted},"Message":{quoted}}}"#),
            format!(r#"{{"Success":true,"Items":{quoted}}}"#),
        ] {
            let script = (0..200)
                .fold(ScriptedTransport::new(), |script, _| script.respond(200, body.clone()));
            let client = client(&output, &script, RetryPolicy::default());
            let wait = client.wait_for(PlanRunning::new("dbs1".parse().unwrap())).await;
            let error = wait.unwrap_err();
            output.add(format!("{error}\n{error:?}\n{error:#?}"));
        }
        let error = TransportError::interrupted(echo.clone()).with_source(echo.clone());
        let script = ScriptedTransport::new().fail(error);
        let failed = client(&output, &script, RetryPolicy::never()).send(request()).await;
        output.error(&failed.unwrap_err());
        output.add(format!("{script:?} {:?}", script.requests()));
        let leak = leaks(&output.take(), &echo);
        assert!(leak.is_none(), "{echo}: {leak:?}");
    }
}

#[test]
fn odd_passwords_of_files_are_not_shown() {
    for value in [
        "84739201",
        "84739201.5",
        "[\"planted-1\",\"planted-2\"]",
        "{\"planted-1\":\"planted-2\"}",
        "true",
        "\"planted-1",
        "planted-1",
    ] {
        for name in ["SourceEndpointPassword", "BackupPeriod", "Planted"] {
            let json = format!(
                r#"{{"BackupPlanId":"dbs1","SourceEndpointUserName":"u","SourceEndpointPassword":"planted-3","{name}":{value}}}"#
            );
            let yaml = serde_yaml_ng::Deserializer::from_str(&json);
            for error in [
                from_json::<ConfigureBackupPlan>(&json).unwrap_err(),
                from_deserializer::<ConfigureBackupPlan, _>(yaml).unwrap_err(),
            ] {
                let shown = format!("{error} {error:?} {error:#?}");
                let is_password = name == "SourceEndpointPassword";
                assert!(!shown.contains("planted-3"), "{shown}");
                assert!(!is_password || !shown.contains("planted-"), "{shown}");
                assert!(!is_password || !shown.contains("84739201"), "{shown}");
            }
        }
    }
}

#[tokio::test]
async fn secret_of_digits_is_not_shown_as_a_number() {
    let output = Output::default();
    for body in [
        r#"{"Success":true,"BackupPlanId":[84739201],"NeedPrecheck":84739201}"#,
        r#"{"Success":true,"BackupPlanId":"dbs1","NeedPrecheck":84739201}"#,
        r#"{"Success":84739201}"#,
        r#"{"Code":84739201,"RequestId":84739201,"Message":84739201}"#,
        r#"{"Success":false,"ErrCode":84739201,"ErrMessage":84739201.0}"#,
    ] {
        let script = ScriptedTransport::new().respond(200, body);
        let client = client(&output, &script, RetryPolicy::never());
        let request = configure(&"dbs1".parse().unwrap(), "84739201");
        match client.send(request).await {
            Ok(response) => output.add(format!("{:?}", response.unread())),
            Err(error) => output.error(&error),
        }
    }
    let moved = http::Response::builder().status(302).header("location", "http://84739201/");
    let script = ScriptedTransport::new().respond_with(moved.body(Bytes::new()).unwrap());
    let once = client(&output, &script, RetryPolicy::never());
    let request = configure(&"dbs1".parse().unwrap(), "84739201");
    output.error(&once.send(request).await.unwrap_err());
    let shown = output.take();
    assert!(!shown.contains("84739201") && !shown.contains("5.13.4.129"), "{shown}");
}
