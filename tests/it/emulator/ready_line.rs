//! Tests of the example `emulator` as a process that another program starts.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::{Client, Region};
use serde_json::{Value, json};

use super::RawResponse;
use crate::examples::example;
use crate::support::create;

/// A process that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the example, if it is built, and returns its first line.
fn start(arguments: &[&str]) -> Option<(Running, String)> {
    let mut command = example("emulator")?;
    command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = Running(command.spawn().unwrap());
    let mut line = String::new();
    BufReader::new(child.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    Some((child, line))
}

/// Gets a resource of the control API.
fn get(control: &str, resource: &str) -> Value {
    let (host, path) = control.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let head = format!("GET /{path}{resource} HTTP/1.1\r\nHost: {host}\r\nConnection: close");
    write!(stream, "{head}\r\n\r\n").unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    RawResponse::of(&response).json()
}

#[tokio::test]
async fn example_prints_a_ready_line_in_json() {
    let arguments = ["--ready-json", "--token-memory", "600", "--access-key-id", "mine"];
    let arguments = [&arguments[..], &["--access-key-secret", "planted-secret"]].concat();
    let Some((child, line)) = start(&arguments) else { return };
    assert!(!line.contains("planted"), "{line}");
    let ready: Value = serde_json::from_str(&line).unwrap();
    let field = |name: &str| ready[name].as_str().unwrap().to_owned();
    assert_eq!((&ready["ready"], &ready["pid"]), (&json!(true), &json!(child.0.id())));
    assert_eq!(ready["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(field("control"), format!("{}/_emulator/", field("url")));

    let printed = Credentials::new(field("access_key_id"), field("access_key_secret"));
    let mut plans = Vec::new();
    for key in [printed, Credentials::new("mine", "planted-secret")] {
        let builder = Client::builder().region(Region::Hangzhou).endpoint(field("url"));
        let client = builder.credentials(key).build().unwrap();
        let call = client.send(create()).client_token("orders".parse().unwrap());
        plans.push(call.await.unwrap().backup_plan_id.clone());
    }
    assert_eq!(plans[0], plans[1], "both keys belong to one account");
    let tokens = get(&field("control"), "tokens");
    assert_eq!(tokens, json!({ "forget_after_seconds": 600.0, "remembered": 1 }));
}

#[test]
fn example_prints_its_url_and_remembers_tokens() {
    let Some((_child, line)) = start(&[]) else { return };
    let url = line.strip_prefix("listening on ").unwrap().trim_end();
    let tokens = get(&format!("{url}/_emulator/"), "tokens");
    assert_eq!(tokens["forget_after_seconds"], Value::Null);
}

#[test]
fn example_rejects_an_invalid_token_memory() {
    for value in ["-1", "x", "NaN", "1e300"] {
        let Some(mut command) = example("emulator") else { return };
        let output = command.args(["--token-memory", value]).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && error.contains("--token-memory"), "{error}");
    }
}
