//! A loopback server in its own process, so that the CPU time of this process is the client's.

#![expect(clippy::print_stdout, reason = "the server prints its address")]

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use super::subject::CREATED;

/// The variable that starts a process as the server, with its `fault_every` as the value.
const SERVER: &str = "ALIYUN_DBS_BENCH_SERVER";

/// Returns the HTTP client that both sides of a comparison use.
#[cfg(feature = "rustls")]
pub(crate) fn http_client() -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .build()
        .expect("a client")
}

/// The server process, which is killed on drop.
pub(crate) struct Loopback {
    process: Child,
    pub(crate) address: SocketAddr,
}

impl Loopback {
    /// Starts this program again as the server.
    ///
    /// One request in `fault_every` gets a closed connection or an error response; 0 disables faults.
    pub(crate) fn start(fault_every: u32) -> Self {
        let program = std::env::current_exe().expect("this program");
        let mut process = Command::new(program)
            .env(SERVER, fault_every.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a process");
        let mut line = String::new();
        let output = process.stdout.take().expect("its output");
        BufReader::new(output).read_line(&mut line).expect("a line");
        Self { process, address: line.trim().parse().expect("its address") }
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Serves requests without end if this process was started as the server.
pub(crate) fn serve_if_child() {
    let Ok(fault_every) = std::env::var(SERVER) else { return };
    let fault_every = fault_every.parse().expect("a number");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(serve(fault_every));
}

/// How many requests got which response, as `/counts` returns it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Counts {
    pub(crate) succeeded: u64,
    pub(crate) closed: u64,
    pub(crate) unavailable: u64,
    pub(crate) throttled: u64,
}

impl Counts {
    pub(crate) fn requests(&self) -> u64 {
        self.succeeded + self.faults()
    }

    pub(crate) fn faults(&self) -> u64 {
        self.closed + self.unavailable + self.throttled
    }
}

async fn serve(fault_every: u32) {
    let counts = Arc::new(Mutex::new(Counts::default()));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    println!("{}", listener.local_addr().expect("its address"));
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true);
        let counts = Arc::clone(&counts);
        tokio::spawn(async move {
            let service = service_fn(|request| respond(request, fault_every, &counts));
            let connection = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), service);
            // A client may disconnect at any time.
            let _ = connection.await;
        });
    }
}

/// Makes hyper close the connection after it has read the request.
#[derive(Debug, thiserror::Error)]
#[error("fault injected: the connection is closed")]
struct Fault;

async fn respond(
    request: http::Request<Incoming>,
    fault_every: u32,
    counts: &Mutex<Counts>,
) -> Result<http::Response<Full<Bytes>>, Fault> {
    let is_about_counts = request.uri().path() == "/counts";
    let _ = request.into_body().collect().await;
    let mut counts = counts.lock().expect("no panic");
    if is_about_counts {
        return Ok(json(200, serde_json::to_vec(&*counts).expect("JSON")));
    }
    let chance = fastrand::u32(..);
    if fault_every == 0 || !chance.is_multiple_of(fault_every) {
        counts.succeeded += 1;
        return Ok(json(200, CREATED));
    }
    match chance / fault_every % 3 {
        0 => {
            counts.closed += 1;
            Err(Fault)
        }
        1 => {
            counts.unavailable += 1;
            let body = br#"{"Code":"ServiceUnavailable","Message":"later","RequestId":"R"}"#;
            Ok(json(503, &body[..]))
        }
        _ => {
            counts.throttled += 1;
            let body = br#"{"Code":"Throttling.User","Message":"slower","RequestId":"R"}"#;
            Ok(json(400, &body[..]))
        }
    }
}

fn json(status: u16, body: impl Into<Bytes>) -> http::Response<Full<Bytes>> {
    http::Response::builder()
        .status(status)
        .header("content-type", "application/json;charset=utf-8")
        .header("x-acs-request-id", "4F1888AC-1138-4995-B9FE-D2734F61C058")
        .body(Full::new(body.into()))
        .expect("a response")
}
