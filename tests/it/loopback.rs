//! Tests of the real HTTP stack against a loopback server: drops, redirects, broken responses.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::support::{configure, create};
use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::types::ErrorCode;
use aliyun_dbs::{Client, Error, ErrorKind, RawRequest, RetryPolicy};

use super::LIBRARY;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

const CREATED: &str = r#"{"RequestId":"R","Success":true,"BackupPlanId":"dbs1","OrderId":"7"}"#;

/// How the server reacts to a complete request.
#[derive(Clone)]
enum Reaction {
    Drop,
    /// Responds with a status and a body.
    Respond(u16, Vec<u8>),
    /// Writes these bytes and closes.
    Raw(Vec<u8>),
    /// Announces 100 MB, and sends until the client disconnects.
    Flood,
    /// Keeps the connection open and sends nothing.
    Silence,
}

fn respond(status: u16, body: impl AsRef<[u8]>) -> Reaction {
    Reaction::Respond(status, body.as_ref().to_vec())
}

struct LoopbackServer {
    address: SocketAddr,
    seen: Arc<Mutex<Traffic>>,
}

#[derive(Default)]
struct Traffic {
    connections: usize,
    requests: Vec<String>,
}

impl LoopbackServer {
    /// Starts a server that follows a script and repeats its last step.
    async fn start(script: Vec<Reaction>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Traffic::default()));
        let server = Self { address, seen: seen.clone() };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                seen.lock().unwrap().connections += 1;
                tokio::spawn(serve(stream, script.clone(), seen.clone()));
            }
        });
        server
    }

    fn client(&self) -> Client {
        client(&format!("http://{}", self.address))
    }

    fn requests(&self) -> Vec<String> {
        self.seen.lock().unwrap().requests.clone()
    }
}

async fn serve(mut stream: TcpStream, script: Vec<Reaction>, seen: Arc<Mutex<Traffic>>) {
    while let Some(request) = read_request(&mut stream).await {
        let number = {
            let mut seen = seen.lock().unwrap();
            seen.requests.push(request);
            seen.requests.len() - 1
        };
        match script.get(number).or(script.last()).unwrap() {
            Reaction::Drop => return,
            Reaction::Silence => std::future::pending::<()>().await,
            Reaction::Respond(status, body) => {
                let head = format!(
                    "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nLocation: http://127.0.0.1:1/\r\n\
                     x-acs-request-id: H\r\n\r\n",
                    body.len()
                );
                stream.write_all(head.as_bytes()).await.unwrap();
                stream.write_all(body).await.unwrap();
            }
            Reaction::Raw(bytes) => {
                stream.write_all(bytes).await.unwrap();
                return;
            }
            Reaction::Flood => {
                let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
                stream.write_all(head.as_bytes()).await.unwrap();
                let chunk = format!("100000\r\n{}\r\n", "x".repeat(0x10_0000));
                for _ in 0..100 {
                    if stream.write_all(chunk.as_bytes()).await.is_err() {
                        return;
                    }
                }
                return;
            }
        }
    }
}

/// Reads one request; returns `None` when the client disconnects.
async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut text = Vec::new();
    loop {
        let mut buffer = [0; 4096];
        let read = stream.read(&mut buffer).await.ok()?;
        if read == 0 {
            return None;
        }
        text.extend_from_slice(&buffer[..read]);
        let so_far = String::from_utf8_lossy(&text);
        if let Some((head, body)) = so_far.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok())
                .unwrap_or(0);
            if body.len() >= length {
                return Some(so_far.into_owned());
            }
        }
    }
}

fn client(endpoint: &str) -> Client {
    Client::builder()
        .endpoint(endpoint)
        .credentials(Credentials::new("id", "secret"))
        .retry(RetryPolicy::standard().base_delay(Duration::from_millis(1)))
        .http_library(LIBRARY)
        .build()
        .unwrap()
}

/// Returns the error of one attempt against a server with this reaction.
async fn error_of(does: Reaction) -> Error {
    let server = LoopbackServer::start(vec![does]).await;
    let error = server.client().send(create()).retry(RetryPolicy::never()).await.unwrap_err();
    assert_eq!(server.requests().len(), 1);
    error
}

fn header(request: &str, name: &str) -> String {
    let prefix = format!("{name}: ");
    request.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap().to_owned()
}

#[tokio::test]
async fn reuses_connections() {
    let server = LoopbackServer::start(vec![respond(200, CREATED)]).await;
    let client = server.client();
    for _ in 0..3 {
        client.send(create()).await.unwrap();
    }
    let seen = server.seen.lock().unwrap();
    assert_eq!((seen.connections, seen.requests.len()), (1, 3));
}

#[tokio::test]
async fn write_without_a_response_may_have_executed() {
    let server = LoopbackServer::start(vec![Reaction::Drop]).await;
    let error = server.client().send(create()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Interrupted, 4));
    assert!(error.may_have_executed() && error.is_retryable(), "{error}");
    let requests = server.requests();
    assert_eq!(requests.len(), 4);
    let token = error.client_token().unwrap().as_str();
    let mut nonces: Vec<_> = requests.iter().map(|r| header(r, "x-acs-signature-nonce")).collect();
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), 4);
    assert!(requests.iter().all(|request| request.contains(&format!("ClientToken={token}&"))));
}

#[tokio::test]
async fn mutating_call_without_token_is_sent_once() {
    let server = LoopbackServer::start(vec![Reaction::Drop]).await;
    let error = server.client().send(RawRequest::new("ReleaseBackupPlan")).await.unwrap_err();
    assert!(error.may_have_executed(), "{error}");
    assert_eq!((server.requests().len(), error.attempts()), (1, 1));
}

#[tokio::test]
async fn retries_after_one_lost_response() {
    let server = LoopbackServer::start(vec![Reaction::Drop, respond(200, CREATED)]).await;
    let plan = server.client().send(create()).await.unwrap();
    assert_eq!((plan.attempts(), plan.request_id()), (2, "R"));
}

#[tokio::test]
async fn refused_connection_executed_nothing() {
    // Bound but not listening: the port refuses connections and stays reserved.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = socket.local_addr().unwrap();
    let error = client(&format!("http://{address}")).send(create()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 4));
    assert!(!error.may_have_executed());
    assert!(error.to_string().to_lowercase().contains("refused"), "{error}");
}

#[tokio::test]
async fn failed_tls_handshake_is_a_connect_error() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let error = client(&format!("https://{address}")).send(create()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
    assert!(!error.may_have_executed());
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let error = error_of(respond(302, "")).await;
    assert_eq!(error.kind(), ErrorKind::Response);
    assert!(error.to_string().contains("redirects to `127.0.0.1`"), "{error}");
    assert!(error.may_have_executed(), "a proxy may redirect after it forwarded the request");
}

#[tokio::test]
async fn broken_responses_keep_status_and_excerpt() {
    for (does, says) in [
        (
            respond(502, "<html><h1>Bad Gateway</h1>"),
            "expected JSON, got a web page; it begins with `<html>",
        ),
        (respond(200, r#"{"RequestId":"R","Suc"#), "the body ends after 21 bytes"),
        (respond(200, ""), "the body is empty"),
        (respond(200, b"\xff\xfe{}"), "the body is not UTF-8"),
        (respond(200, r#"{"RequestId":"R","Success":true}"#), "missing field `BackupPlanId`"),
        (respond(200, "[]"), "got other JSON"),
    ] {
        let error = error_of(does).await;
        assert_eq!(error.kind(), ErrorKind::Response, "{error}");
        assert!(error.to_string().contains(says), "{error}");
        assert!(error.http_status().is_some() && error.may_have_executed(), "{error}");
        assert!(!error.to_string().contains('\n'));
    }
    let error = error_of(respond(503, "<html>")).await;
    assert!(error.may_have_executed() && error.is_retryable(), "{error}");
}

#[tokio::test]
async fn short_body_is_an_interrupted_connection() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"RequestId\"".to_vec();
    let error = error_of(Reaction::Raw(head)).await;
    assert_eq!(error.kind(), ErrorKind::Interrupted, "{error}");
    assert!(error.may_have_executed());
}

#[tokio::test]
async fn stops_reading_an_oversized_response() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n{".to_vec();
    for does in [Reaction::Flood, Reaction::Raw(head)] {
        let server = LoopbackServer::start(vec![does]).await;
        let error = server.client().send(create()).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Response, 1), "{error}");
        assert!(error.to_string().contains("larger than 16777216 bytes"), "{error}");
        assert!(error.may_have_executed());
    }
}

#[tokio::test]
async fn success_flag_decides_over_the_error_code() {
    let failed = r#"{"RequestId":"R","Success":false,"HttpStatusCode":400,
        "ErrCode":"BackupPlanNotCreate","ErrMessage":"no stock"}"#;
    let error = error_of(respond(200, failed)).await;
    assert_eq!(
        error.to_string(),
        "CreateBackupPlan failed: no stock (BackupPlanNotCreate, HTTP 200, request id R, 1 attempt)"
    );
    assert!(!error.may_have_executed() && !error.is_retryable());

    let odd =
        r#"{"RequestId":"R","Success":true,"ErrCode":"Param.NotFound","BackupPlanId":"dbs1"}"#;
    let server = LoopbackServer::start(vec![respond(200, odd)]).await;
    let plan = server.client().send(create()).await.unwrap();
    assert_eq!(plan.backup_plan_id.as_str(), "dbs1");
}

#[tokio::test]
async fn reassembles_chunked_responses() {
    let body = r#"{"RequestId":"R","Success":true,"BackupPlanId":"dbs1","OrderId":"4711"}"#;
    for size in [1, 7, 40, body.len()] {
        let pieces = body.as_bytes().chunks(size);
        let chunks: Vec<_> = pieces
            .map(|part| format!("{:x}\r\n{}\r\n", part.len(), String::from_utf8_lossy(part)))
            .collect();
        let chunks = chunks.concat();
        let raw = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}0\r\n\r\n");
        let server = LoopbackServer::start(vec![Reaction::Raw(raw.into_bytes())]).await;
        let plan = server.client().send(create()).await.unwrap();
        assert_eq!(plan.backup_plan_id.as_str(), "dbs1", "pieces of {size}");
        assert_eq!(plan.order_id.as_ref().unwrap().as_str(), "4711", "pieces of {size}");
    }
}

#[tokio::test]
async fn silent_server_hits_the_call_timeout() {
    let server = LoopbackServer::start(vec![Reaction::Silence]).await;
    let error =
        server.client().send(create()).timeout(Duration::from_millis(30)).await.unwrap_err();
    assert!(error.is_timeout() && error.may_have_executed(), "{error}");
}

#[tokio::test]
async fn errors_omit_echoed_parameters() {
    let echo = r#"{"RequestId":"R","Code":"SignatureDoesNotMatch","Message":"Specified signature does not match our calculation. server StringToSign is [ACS3-HMAC-SHA256\n00] server CanonicalRequest is [POST\n/\nSourceEndpointPassword=pa%20ss]"}"#;
    let server = LoopbackServer::start(vec![respond(400, echo)]).await;
    let request = configure(&"dbs1".parse().unwrap(), "pa ss");
    let error = server.client().send(request).await.unwrap_err();
    assert!(error.is(ErrorCode::SignatureDoesNotMatch));
    assert!(error.to_string().contains("the server signed another string"), "{error}");
    for shown in [error.to_string(), format!("{error:?}")] {
        assert!(!shown.contains("CanonicalRequest") && !shown.contains("pa%20ss"), "{shown}");
    }
    let sent = server.requests().pop().unwrap();
    let (head, body) = sent.split_once("\r\n\r\n").unwrap();
    assert!(!head.contains("Password"), "{head}");
    assert_eq!(body, "SourceEndpointPassword=pa%20ss");
}
