//! Tests that proxy variables do not affect plain HTTP on the loopback, which a proxy could read.
//!
//! Environment variables belong to a process, so each test starts another one in its own process.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use aliyun_dbs::credentials::{
    Credentials, CredentialsProvider, Io, RamRoleProvider, RoleSession, StsEndpoint,
};
use aliyun_dbs::{Client, RawRequest};

use super::{LIBRARY, transport};
use crate::support::process::{path_of, run_alone};

/// The variable that passes the server's address to the child process.
const SERVER: &str = "ALIYUN_DBS_TEST_SERVER";

/// Starts a server that responds with `{"RequestId":"R"}`; returns its address and the request lines.
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
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 17\r\nConnection: close\r\n\r\n{\"RequestId\":\"R\"}");
        }
    });
    (address, seen)
}

/// Reads a request with its body: closing with unread data could discard the response.
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

/// Runs a test of this file with proxy variables; returns what server and proxy received.
fn run_with_a_proxy(test: &str) -> (Vec<String>, Vec<String>) {
    let (server, by_server) = server();
    let (proxy, by_proxy) = self::server();
    run_alone(&path_of(module_path!(), test), |child| {
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

/// Returns the URL of the parent's server, or `None` without a parent.
///
/// Without a parent, which counts the requests, a child tests nothing.
fn endpoint() -> Option<String> {
    Some(format!("http://{}", std::env::var(SERVER).ok()?))
}

fn request() -> RawRequest {
    RawRequest::new("DescribeRegions").secret_parameter("Password", "hunter2")
}

#[test]
fn loopback_calls_bypass_the_proxy() {
    let (by_server, by_proxy) = run_with_a_proxy("child_calls_the_loopback");
    assert_eq!(by_proxy, [""; 0]);
    assert_eq!(by_server.len(), 2, "{by_server:?}");
}

#[tokio::test]
#[ignore = "another test runs it with proxy variables"]
async fn child_calls_the_loopback() {
    let Some(endpoint) = endpoint() else { return };
    let builder =
        || Client::builder().endpoint(&*endpoint).credentials(Credentials::new("id", "secret"));
    builder().http_library(LIBRARY).build().unwrap().send(request()).await.unwrap();
    builder().transport(transport()).build().unwrap().send(request()).await.unwrap();
}

#[test]
fn loopback_credentials_bypass_the_proxy() {
    let (by_server, by_proxy) = run_with_a_proxy("child_assumes_a_role");
    assert_eq!(by_proxy, [""; 0]);
    assert_eq!(by_server.len(), 1, "{by_server:?}");
}

#[tokio::test]
#[ignore = "another test runs it with proxy variables"]
async fn child_assumes_a_role() {
    let Some(endpoint) = endpoint() else { return };
    let provider = RamRoleProvider::new(
        Credentials::new("id", "secret"),
        RoleSession::new("acs:ram::1:role/r"),
        Io::system().with_http_library(LIBRARY),
    )
    .endpoint(StsEndpoint::host(endpoint));
    let error = provider.credentials().await.unwrap_err().to_string();
    assert!(error.contains("contains no credentials"), "{error}");
}

#[test]
fn other_hosts_use_the_proxy() {
    let (by_server, by_proxy) = run_with_a_proxy("child_calls_another_host");
    assert_eq!(by_server, [""; 0]);
    assert!(by_proxy[0].starts_with("POST http://dbs.invalid/ "), "{by_proxy:?}");
}

#[tokio::test]
#[ignore = "another test runs it with proxy variables"]
async fn child_calls_another_host() {
    if endpoint().is_none() {
        return;
    }
    let client = Client::builder()
        .endpoint("http://dbs.invalid")
        .allow_plain_http()
        .http_library(LIBRARY)
        .credentials(Credentials::new("id", "secret"))
        .build()
        .unwrap();
    client.send(request()).await.unwrap();
}
