//! What the proxy variables reach: never plain HTTP to this machine, which the proxy would read.
//!
//! Variables belong to a whole process, so each test runs another in a process of its own.

#![cfg(any(feature = "rustls", feature = "native-tls"))]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use aliyun_dbs::credentials::{
    Credentials, CredentialsProvider, Io, RamRoleProvider, RoleSession, StsEndpoint,
};
use aliyun_dbs::transport::ReqwestTransport;
use aliyun_dbs::{Client, RawRequest};

use crate::support::process::run_alone;

/// Tells the program that is run again where its server listens.
const SERVER: &str = "ALIYUN_DBS_TEST_SERVER";

/// A server that answers everything with `{}`, and the first lines of what it was asked.
fn server() -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let first_lines = seen.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let text = read_request(&mut stream);
            first_lines.lock().unwrap().push(text.lines().next().unwrap_or_default().to_owned());
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
        }
    });
    (address, seen)
}

/// A request with its body: closing on an unread rest would cost the answer.
fn read_request(stream: &mut TcpStream) -> String {
    let mut request = String::new();
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    while reader.read_line(&mut request).unwrap() > 2 {
        let line = request.lines().last().unwrap_or_default().to_ascii_lowercase();
        if let Some(bytes) = line.strip_prefix("content-length:") {
            length = bytes.trim().parse().unwrap();
        }
    }
    reader.read_exact(&mut vec![0; length]).unwrap();
    request
}

/// Runs a test of this file with the variables of a proxy, and gives what server and proxy saw.
fn run_with_a_proxy(test: &str) -> (Vec<String>, Vec<String>) {
    let (server, by_server) = server();
    let (proxy, by_proxy) = self::server();
    run_alone(test, |child| {
        child.env(SERVER, server.to_string());
        for variable in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
            child.env(variable, format!("http://{proxy}"));
        }
        for variable in ["NO_PROXY", "no_proxy", "REQUEST_METHOD"] {
            child.env_remove(variable);
        }
    });
    let taken = |seen: Arc<Mutex<Vec<String>>>| std::mem::take(&mut *seen.lock().unwrap());
    (taken(by_server), taken(by_proxy))
}

/// Where the server of the parent listens; without a parent there is nothing to test, and the
/// parents count what arrives.
fn endpoint() -> Option<String> {
    Some(format!("http://{}", std::env::var(SERVER).ok()?))
}

fn request() -> RawRequest {
    RawRequest::new("DescribeRegions").secret_parameter("Password", "hunter2")
}

#[test]
fn a_client_of_this_machine_asks_it_past_the_proxy() {
    let (by_server, by_proxy) = run_with_a_proxy("proxy::child_calls_this_machine");
    assert_eq!(by_proxy, [""; 0]);
    assert_eq!(by_server.len(), 2, "{by_server:?}");
}

#[tokio::test]
#[ignore = "run by another test, with variables"]
async fn child_calls_this_machine() {
    let Some(endpoint) = endpoint() else { return };
    let builder =
        || Client::builder().endpoint(&*endpoint).credentials(Credentials::new("id", "secret"));
    builder().build().unwrap().send(request()).await.unwrap();
    let transport = ReqwestTransport::new().unwrap();
    builder().transport(transport).build().unwrap().send(request()).await.unwrap();
}

#[test]
fn credentials_of_this_machine_are_asked_for_past_the_proxy() {
    let (by_server, by_proxy) = run_with_a_proxy("proxy::child_takes_on_a_role");
    assert_eq!(by_proxy, [""; 0]);
    assert_eq!(by_server.len(), 1, "{by_server:?}");
}

#[tokio::test]
#[ignore = "run by another test, with variables"]
async fn child_takes_on_a_role() {
    let Some(endpoint) = endpoint() else { return };
    let provider = RamRoleProvider::new(
        Credentials::new("id", "secret"),
        RoleSession::new("acs:ram::1:role/r"),
        Io::system(),
    )
    .endpoint(StsEndpoint::host(endpoint));
    let error = provider.credentials().await.unwrap_err().to_string();
    assert!(error.contains("holds no credentials"), "{error}");
}

#[test]
fn others_are_asked_by_the_proxy() {
    let (by_server, by_proxy) = run_with_a_proxy("proxy::child_calls_another_machine");
    assert_eq!(by_server, [""; 0]);
    assert!(by_proxy[0].starts_with("POST http://dbs.invalid/ "), "{by_proxy:?}");
}

#[tokio::test]
#[ignore = "run by another test, with variables"]
async fn child_calls_another_machine() {
    if endpoint().is_none() {
        return;
    }
    let client = Client::builder()
        .endpoint("http://dbs.invalid")
        .allow_plain_http()
        .credentials(Credentials::new("id", "secret"))
        .build()
        .unwrap();
    client.send(request()).await.unwrap();
}
