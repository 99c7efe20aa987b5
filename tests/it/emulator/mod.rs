//! The emulator over real sockets: the crate's own client, raw requests, faults, control, the page.

#![cfg(any(feature = "rustls", feature = "native-tls"))]

mod calls;
mod control;
mod faults;
mod formats;
mod inputs;
mod page;
mod shutdown;

use std::net::SocketAddr;
use std::time::Duration;

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::fake::emulator::Emulator;
use aliyun_dbs::{Client, Region, RetryPolicy, SignatureVersion};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A server of its own for each test.
struct World {
    dbs: FakeDbs,
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

async fn world() -> World {
    with(|emulator| emulator).await
}

/// A server whose clock only moves when a test moves it.
async fn with(change: impl FnOnce(Emulator) -> Emulator) -> World {
    let dbs = FakeDbs::with_seed(7);
    let emulator = Emulator::bind(dbs.clone(), ([127, 0, 0, 1], 0).into()).await.unwrap();
    let emulator = change(emulator.speed(0.0));
    let address = emulator.local_addr();
    let (stop, stopped) = oneshot::channel();
    let server = tokio::spawn(emulator.serve_until(async { drop(stopped.await) }));
    World { dbs, address, stop, server }
}

impl World {
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

    /// Sends bytes as they are, and reads until the server closes.
    async fn raw(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        // The server may have heard enough before the end.
        let _ = stream.write_all(bytes.as_ref()).await;
        read_all(&mut stream).await
    }

    /// A request with headers and a body of a type, as far as it is there.
    async fn http(&self, line: &str, headers: &str, body: &str) -> Answer {
        let length = body.len();
        let text = self
            .raw(format!(
                "{line} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {length}\r\n\
                 {headers}\r\n{body}",
                self.address
            ))
            .await;
        Answer::of(&text)
    }

    async fn control(&self, line: &str, body: &str) -> Answer {
        self.http(line, "", body).await
    }
}

async fn read_all(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let read = stream.read_to_end(&mut bytes);
    // A reset after an answer is an end as well; what came before it counts.
    let _ = tokio::time::timeout(Duration::from_secs(5), read).await.unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// An answer, in its parts.
#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn of(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Self { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}
