//! Tests of servers that send more responses than one per request: informational ones, and strays.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::operations::DescribeRegions;
use aliyun_dbs::transport::ScriptedTransport;
use aliyun_dbs::{Client, ClientBuilder, Error, ErrorKind, RetryPolicy};

use super::LIBRARY;
use crate::support::create;

const EARLY_HINTS: &str = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";

/// Starts a server that handles each connection on its own thread.
fn server(handle: impl Fn(TcpStream, usize) + Clone + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let (stream, handle) = (stream.unwrap(), handle.clone());
            std::thread::spawn(move || handle(stream, number));
        }
    });
    address
}

/// Reads a request without a body, and returns its head.
fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let mut buffer = [0; 4096];
        match stream.read(&mut buffer) {
            Ok(read) if read > 0 => request.extend_from_slice(&buffer[..read]),
            _ => return None,
        }
    }
    Some(String::from_utf8(request).unwrap())
}

fn response(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

fn created(plan: &str) -> String {
    response(&format!(r#"{{"RequestId":"R","Success":true,"BackupPlanId":"{plan}"}}"#))
}

fn builder(address: SocketAddr) -> ClientBuilder {
    Client::builder()
        .endpoint(format!("http://{address}"))
        .credentials(Credentials::new("id", "secret"))
        .retry(RetryPolicy::never())
        .http_library(LIBRARY)
}

const LIMIT: Duration = Duration::from_secs(5);

/// Sends a purchase to a server that sends these bytes, again and again, after the head.
///
/// Returns the error, its time, and the longest time in which the runtime ran no other task.
async fn flooded_by(flood: String) -> (Error, Duration, Duration) {
    let address = server(move |mut stream, _| {
        read_request(&mut stream).unwrap();
        while stream.write_all(flood.as_bytes()).is_ok() {}
    });
    let client = builder(address).build().unwrap();
    let longest = Arc::new(Mutex::new(Duration::ZERO));
    let seen = longest.clone();
    let ticks = tokio::spawn(async move {
        loop {
            let begun = Instant::now();
            tokio::time::sleep(Duration::from_millis(5)).await;
            let mut longest = seen.lock().unwrap();
            *longest = longest.max(begun.elapsed());
        }
    });
    let begun = Instant::now();
    let error = client.send(create()).timeout(LIMIT).await.unwrap_err();
    let elapsed = begun.elapsed();
    // The connection ends, too: otherwise it would keep the thread busy after the call.
    tokio::time::sleep(Duration::from_millis(100)).await;
    ticks.abort();
    let longest = *longest.lock().unwrap();
    (error, elapsed, longest)
}

async fn endless_heads_end_the_attempt() {
    for flood in ["HTTP/1.1 102 Processing\r\n\r\n", EARLY_HINTS] {
        let (error, elapsed, longest) = flooded_by(flood.repeat(4000)).await;
        assert_eq!(error.kind(), ErrorKind::Response, "{error}");
        assert!(error.to_string().contains("more than 100 informational responses"), "{error}");
        assert!(error.may_have_executed() && error.is_retryable(), "{error}");
        assert!(elapsed < LIMIT, "{elapsed:?}");
        assert!(longest < Duration::from_secs(1), "no other task ran for {longest:?}");
    }
}

#[tokio::test]
async fn endless_1xx_ends_the_attempt_on_one_thread() {
    endless_heads_end_the_attempt().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn endless_1xx_ends_the_attempt_on_two_threads() {
    endless_heads_end_the_attempt().await;
}

#[tokio::test]
async fn slow_1xx_do_not_extend_the_timeout() {
    let address = server(|mut stream, _| {
        read_request(&mut stream).unwrap();
        while stream.write_all(EARLY_HINTS.as_bytes()).is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    let client = builder(address).build().unwrap();
    let begun = Instant::now();
    let error = client.send(create()).timeout(Duration::from_millis(300)).await.unwrap_err();
    assert!(error.is_timeout() && error.may_have_executed(), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
}

/// Responses that never end: silence, a slow head and a slow body.
#[tokio::test]
async fn slow_responses_end_with_the_attempt_timeout() {
    for begins in
        ["", "HTTP/1.1 200 OK\r\nX-Slow: ", "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"]
    {
        let address = server(move |mut stream, _| {
            read_request(&mut stream).unwrap();
            stream.write_all(begins.as_bytes()).unwrap();
            // Each byte arrives before a timeout that counts from the byte before.
            while begins.is_empty() || stream.write_all(b" ").is_ok() {
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        let client = builder(address).attempt_timeout(Duration::from_millis(300)).build().unwrap();
        let begun = Instant::now();
        let error = client.send(create()).timeout(Duration::from_secs(20)).await.unwrap_err();
        assert!(error.is_timeout() && error.may_have_executed(), "{begins:?}: {error}");
        assert!(begun.elapsed() < Duration::from_secs(5), "{begins:?}: {:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn some_1xx_precede_the_response() {
    let address = server(|mut stream, _| {
        while read_request(&mut stream).is_some() {
            stream.write_all(EARLY_HINTS.repeat(100).as_bytes()).unwrap();
            stream.write_all(created("dbs1").as_bytes()).unwrap();
        }
    });
    let client = builder(address).build().unwrap();
    // The count begins again with each request of a connection.
    for _ in 0..3 {
        assert_eq!(client.send(create()).await.unwrap().backup_plan_id.as_str(), "dbs1");
    }
}

/// Starts a server that responds to the second request of a connection with a stray response.
///
/// Returns its address, and the operations of each connection.
fn stray_server() -> (SocketAddr, Arc<Mutex<Vec<Vec<String>>>>) {
    let connections = Arc::new(Mutex::new(Vec::<Vec<String>>::new()));
    let seen = connections.clone();
    let address = server(move |mut stream, number| {
        let mut responses = ["dbs-right", "dbs-stray"].into_iter().cycle();
        while let Some(request) = read_request(&mut stream) {
            let action = request.split("x-acs-action: ").nth(1).unwrap();
            let action = action.split("\r\n").next().unwrap().to_owned();
            let mut seen = seen.lock().unwrap();
            let len = seen.len().max(number + 1);
            seen.resize(len, Vec::new());
            seen[number].push(action.clone());
            let sent = match &*action {
                "CreateBackupPlan" => created(responses.next().unwrap()),
                _ => response(r#"{"RequestId":"R","Success":true}"#),
            };
            if stream.write_all(sent.as_bytes()).is_err() {
                return;
            }
        }
    });
    (address, connections)
}

/// Makes two purchases and two reads; returns the ids of the plans, and the connections.
async fn buy_twice(fresh: bool) -> (Vec<String>, Vec<Vec<String>>) {
    let (address, connections) = stray_server();
    let client = builder(address).fresh_connections_for_writes(fresh).build().unwrap();
    let mut plans = Vec::new();
    for _ in 0..2 {
        client.send(DescribeRegions::builder().build()).await.unwrap();
        plans.push(client.send(create()).await.unwrap().backup_plan_id.to_string());
    }
    let connections = connections.lock().unwrap().clone();
    (plans, connections)
}

#[tokio::test]
async fn writes_on_fresh_connections_get_no_stray_response() {
    let (plans, connections) = buy_twice(true).await;
    assert_eq!(plans, ["dbs-right", "dbs-right"]);
    let (read, write) = ("DescribeRegions", "CreateBackupPlan");
    assert_eq!(connections, [vec![read, read], vec![write], vec![write]]);
    // Without the option, one connection is kept, and a response counts by its order only.
    let (plans, connections) = buy_twice(false).await;
    assert_eq!(plans, ["dbs-right", "dbs-stray"]);
    assert_eq!(connections, [[read, write, read, write]]);
}

#[test]
fn fresh_connections_need_the_default_transport() {
    let error = Client::builder()
        .endpoint("http://127.0.0.1:1")
        .credentials(Credentials::new("id", "secret"))
        .transport(ScriptedTransport::new())
        .fresh_connections_for_writes(true)
        .build()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("fresh_connections_for_writes"), "{error}");
}
