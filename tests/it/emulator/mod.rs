//! Tests of the emulator over real sockets: client, raw requests, faults, control API, status page.

#![cfg(feature = "_http")]

mod bounds;
mod calls;
mod capabilities;
mod control;
mod faults;
mod formats;
mod inputs;
mod page;
mod ready_line;
mod resources;
mod shutdown;

use std::net::SocketAddr;
use std::time::Duration;

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::fake::emulator::Emulator;
use aliyun_dbs::operations::StartBackupPlan;
use aliyun_dbs::types::BackupPlanId;
use aliyun_dbs::{Client, Region, RetryPolicy, SignatureVersion};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::support::{configure, create};

/// The emulator of one test.
struct EmulatorWorld {
    dbs: FakeDbs,
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

async fn world() -> EmulatorWorld {
    with(|emulator| emulator).await
}

/// Starts an emulator whose clock only moves when the test advances it.
async fn with(change: impl FnOnce(Emulator) -> Emulator) -> EmulatorWorld {
    let dbs = FakeDbs::with_seed(7);
    let emulator = Emulator::bind(dbs.clone(), ([127, 0, 0, 1], 0).into()).await.unwrap();
    let emulator = change(emulator.speed(0.0));
    let address = emulator.local_addr();
    let (stop, stopped) = oneshot::channel();
    let server = tokio::spawn(emulator.serve_until(async { drop(stopped.await) }));
    EmulatorWorld { dbs, address, stop, server }
}

impl EmulatorWorld {
    fn client(&self) -> Client {
        self.client_as(SignatureVersion::Acs3, self.dbs.credentials())
    }

    fn client_as(&self, version: SignatureVersion, credentials: Credentials) -> Client {
        Client::builder()
            .region(Region::Hangzhou)
            .endpoint(format!("http://{}", self.address))
            .signature_version(version)
            .credentials(credentials)
            .retry(RetryPolicy::standard().base_delay(Duration::from_millis(1)))
            .build()
            .unwrap()
    }

    /// Creates a running plan with one finished full backup.
    async fn backed_up(&self) -> BackupPlanId {
        let client = self.client();
        let id = client.send(create()).await.unwrap().backup_plan_id.clone();
        self.dbs.clock().advance(Duration::from_secs(5));
        client.send(configure(&id, "hunter2")).await.unwrap();
        self.dbs.clock().advance(Duration::from_secs(10));
        let start = StartBackupPlan::builder().backup_plan_id(id.clone()).build();
        client.send(start).await.unwrap();
        self.dbs.clock().advance(Duration::from_secs(65));
        id
    }

    /// Sends raw bytes, and reads until the server closes the connection.
    async fn raw(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        // The server may close before it has read everything.
        let _ = stream.write_all(bytes.as_ref()).await;
        read_all(&mut stream).await
    }

    /// Sends a request with these headers and this body.
    async fn http(&self, line: &str, headers: &str, body: &str) -> RawResponse {
        let length = body.len();
        let text = self
            .raw(format!(
                "{line} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {length}\r\n\
                 {headers}\r\n{body}",
                self.address
            ))
            .await;
        RawResponse::of(&text)
    }

    async fn control(&self, line: &str, body: &str) -> RawResponse {
        self.http(line, "", body).await
    }
}

async fn read_all(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let read = stream.read_to_end(&mut bytes);
    // A reset may follow a complete response, so the error is ignored.
    let _ = tokio::time::timeout(Duration::from_secs(5), read).await.unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A response, split into its parts.
#[derive(Debug)]
struct RawResponse {
    status: u16,
    head: String,
    body: String,
}

impl RawResponse {
    fn of(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Self { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}
