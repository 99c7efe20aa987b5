//! Tests of the real HTTP stack against an HTTP/2 server that refuses streams and goes away.

use std::time::Duration;

use super::{LIBRARY, http2_transport};
use crate::support::create;
use crate::support::log::Log;
use crate::support::process::{is_alone, path_of};
use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::{Client, Error, ErrorKind, RawRequest, RetryPolicy, SignatureVersion};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

const CREATED: &[u8] = br#"{"RequestId":"R","Success":true,"BackupPlanId":"dbs1","OrderId":"7"}"#;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const INTERNAL_ERROR: u32 = 2;
const REFUSED_STREAM: u32 = 7;

/// How the server reacts to a complete request.
#[derive(Clone, Copy, Debug)]
enum Reaction {
    Respond,
    /// Resets the stream with an error code.
    Reset(u32),
    /// Sends the head of a response, then resets the stream.
    ResetAfterHead(u32),
    /// Sends `GOAWAY` with an error code; the request is above the last stream.
    GoAwayBelow(u32),
    /// Sends `GOAWAY` with an error code and the stream of the request, then closes.
    GoAwayAndClose(u32),
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = vec![length[1], length[2], length[3], kind, flags];
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

fn go_away(last: u32, code: u32) -> Vec<u8> {
    frame(GOAWAY, 0, 0, &[last.to_be_bytes(), code.to_be_bytes()].concat())
}

/// Starts a server that follows a script and repeats its last step. Returns its endpoint.
async fn start(script: Vec<Reaction>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut served = 0;
        let mut open = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            // One connection at a time: each reaction that ends it is the last of the connection.
            let _ = serve(&mut stream, &script, &mut served).await;
            if !matches!(script.get(served - 1), Some(Reaction::GoAwayAndClose(_))) {
                open.push(stream);
            }
        }
    });
    format!("http://{address}")
}

async fn serve(
    stream: &mut TcpStream,
    script: &[Reaction],
    served: &mut usize,
) -> std::io::Result<()> {
    let mut preface = [0; 24];
    stream.read_exact(&mut preface).await?;
    assert!(preface.starts_with(b"PRI * HTTP/2.0"));
    stream.write_all(&frame(SETTINGS, 0, 0, &[])).await?;
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).await?;
        let length = usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]);
        let id = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        stream.read_exact(&mut vec![0; length]).await?;
        match head[3] {
            SETTINGS if head[4] & 1 == 0 => stream.write_all(&frame(SETTINGS, 1, 0, &[])).await?,
            HEADERS | DATA if head[4] & END_STREAM != 0 => {}
            _ => continue,
        }
        if head[3] == SETTINGS {
            continue;
        }
        let reaction = *script.get(*served).or(script.last()).unwrap();
        *served += 1;
        // `:status: 200` is the eighth entry of the static table.
        let response_head = frame(HEADERS, END_HEADERS, id, &[0x88]);
        let reset = |code: u32| frame(RST_STREAM, 0, id, &code.to_be_bytes());
        match reaction {
            Reaction::Respond => {
                stream.write_all(&response_head).await?;
                stream.write_all(&frame(DATA, END_STREAM, id, CREATED)).await?;
            }
            Reaction::Reset(code) => stream.write_all(&reset(code)).await?,
            Reaction::ResetAfterHead(code) => {
                stream.write_all(&[response_head, reset(code)].concat()).await?;
            }
            Reaction::GoAwayBelow(code) => {
                stream.write_all(&go_away(id - 1, code)).await?;
                return Ok(());
            }
            Reaction::GoAwayAndClose(code) => {
                stream.write_all(&go_away(id, code)).await?;
                return Ok(());
            }
        }
    }
}

async fn client(script: Vec<Reaction>) -> Client {
    Client::builder()
        .endpoint(start(script).await)
        .credentials(Credentials::new("id", "secret"))
        .transport(http2_transport())
        .retry(RetryPolicy::standard().base_delay(Duration::ZERO))
        .build()
        .unwrap()
}

fn release() -> RawRequest {
    RawRequest::new("ReleaseBackupPlan")
}

/// Returns the error of a write without a client token against a server with this reaction.
async fn error_of(reaction: Reaction) -> Error {
    client(vec![reaction]).await.send(release()).await.unwrap_err()
}

#[tokio::test]
async fn sends_and_receives_over_http2() {
    let client = client(vec![Reaction::Respond]).await;
    for _ in 0..3 {
        assert_eq!(client.send(create()).await.unwrap().attempts(), 1);
    }
}

#[tokio::test]
async fn unprocessed_stream_is_retried() {
    for unprocessed in [
        Reaction::Reset(REFUSED_STREAM),
        Reaction::GoAwayBelow(0),
        Reaction::GoAwayBelow(INTERNAL_ERROR),
    ] {
        let client = client(vec![Reaction::Respond, unprocessed, Reaction::Respond]).await;
        assert_eq!(client.send(release()).await.unwrap().attempts(), 1);
        let released = client.send(release()).await.unwrap();
        assert_eq!(released.attempts(), 2, "{unprocessed:?}");

        let error = error_of(unprocessed).await;
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Interrupted, 4), "{error}");
        assert!(!error.may_have_executed() && error.is_retryable(), "{error}");
        assert!(error.to_string().contains("did not process the request"), "{error}");
        assert!(!error.to_string().contains("nothing was sent"), "{error}");
    }
}

#[tokio::test]
async fn other_resets_leave_the_outcome_unknown() {
    for unknown in [
        Reaction::Reset(INTERNAL_ERROR),
        Reaction::ResetAfterHead(REFUSED_STREAM),
        Reaction::GoAwayAndClose(0),
        Reaction::GoAwayAndClose(INTERNAL_ERROR),
    ] {
        let error = error_of(unknown).await;
        assert!(error.may_have_executed() && error.attempts() == 1, "{unknown:?}: {error}");
    }
}

/// Fills the queue of a listener, so that further connections are neither accepted nor refused.
#[cfg(target_os = "linux")]
fn full_listener() -> (TcpListener, Vec<std::net::TcpStream>) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let connect = || std::net::TcpStream::connect_timeout(&address, Duration::from_millis(50));
    let mut queued = Vec::new();
    while let Ok(stream) = connect() {
        queued.push(stream);
        assert!(queued.len() < 100, "the queue never fills");
    }
    (listener, queued)
}

#[cfg(target_os = "linux")]
#[tokio::test(start_paused = true)]
async fn connect_slower_than_the_attempt_sends_nothing() {
    let (listener, _queued) = full_listener();
    let client = Client::builder()
        .endpoint(format!("http://{}", listener.local_addr().unwrap()))
        .http_library(LIBRARY)
        .credentials(Credentials::new("id", "secret"))
        .build()
        .unwrap();
    let call = client.send(release()).attempt_timeout(Duration::from_secs(2));
    let error = call.await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 4), "{error}");
    assert!(!error.may_have_executed() && error.is_retryable(), "{error}");
    assert!(error.to_string().contains("no connection within 2s"), "{error}");

    let error = client.send(release()).timeout(Duration::from_secs(1)).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 1), "{error}");
    assert!(!error.may_have_executed() && error.is_retryable(), "{error}");
}

#[tokio::test]
async fn log_of_http2_shows_no_secret() {
    if !is_alone(&path_of(module_path!(), "log_of_http2_shows_no_secret")) {
        return;
    }
    let log = Log::of_the_process();
    let http = http2_transport();
    let script = vec![Reaction::Reset(REFUSED_STREAM), Reaction::Respond];
    let endpoint = start(script).await;
    for version in [SignatureVersion::Acs3, SignatureVersion::RpcV1] {
        let key = Credentials::new("id", "planted-secret").with_security_token("planted-token");
        let client = Client::builder()
            .endpoint(&*endpoint)
            .credentials(key)
            .signature_version(version)
            .transport(http.clone())
            .build()
            .unwrap();
        let request = release().secret_parameter("Password", "planted-password");
        client.send(request).await.unwrap();
    }
    let logged = log.text();
    assert!(logged.contains("h2::"), "h2 writes to the log");
    for line in logged.lines() {
        assert!(!line.contains("planted"), "{line}");
    }
}
