//! A loopback server in its own process, so that the CPU time of this process is the client's.

#![expect(clippy::print_stdout, reason = "the server prints its address")]

use std::fs;
use std::io::{BufRead, BufReader, Read, stdin};
use std::net::SocketAddr;
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::process::this_program_as;
use super::subject::CREATED;

/// The certificate that signed that of the server.
pub(crate) const AUTHORITY: &str = include_str!("../../tests/data/certificates/authority.pem");

/// What the server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// HTTP/1.1 without TLS.
    Http,
    /// HTTP/1.1 with TLS.
    Https1,
    /// HTTP/2 with TLS.
    Https2,
}

impl Protocol {
    pub(crate) const ALL: [Self; 3] = [Self::Http, Self::Https1, Self::Https2];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Http => "HTTP",
            Self::Https1 => "HTTPS/1.1",
            Self::Https2 => "HTTPS/2",
        }
    }

    pub(crate) fn named(name: &str) -> Self {
        let found = Self::ALL.into_iter().find(|protocol| protocol.name() == name);
        found.expect("the name of a protocol")
    }
}

/// The server process, which ends on drop.
pub(crate) struct Loopback {
    process: Child,
    address: SocketAddr,
    protocol: Protocol,
}

impl Loopback {
    /// Starts this program again as the server.
    ///
    /// One request in `fault_every` gets a closed connection or an error response; 0 disables faults.
    pub(crate) fn start(protocol: Protocol, fault_every: u32) -> Self {
        let mut process = this_program_as(&["serve", protocol.name(), &fault_every.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a process");
        let mut line = String::new();
        let output = process.stdout.take().expect("its output");
        BufReader::new(output).read_line(&mut line).expect("a line");
        Self { process, address: line.trim().parse().expect("its address"), protocol }
    }

    pub(crate) fn url(&self) -> String {
        let scheme = if self.protocol == Protocol::Http { "http" } else { "https" };
        format!("{scheme}://{}", self.address)
    }

    /// Returns the CPU time of the server so far, or `None` where the system does not report it.
    pub(crate) fn cpu_time(&self) -> Option<Duration> {
        // Nanoseconds of the main thread, in which everything runs.
        let times = fs::read_to_string(format!("/proc/{}/schedstat", self.process.id())).ok()?;
        times.split(' ').next()?.parse().ok().map(Duration::from_nanos)
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What the server has seen, as `/counts` returns it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Counts {
    pub(crate) succeeded: u64,
    pub(crate) closed: u64,
    pub(crate) unavailable: u64,
    pub(crate) throttled: u64,
    /// When the server read the last request, in nanoseconds since 1970.
    pub(crate) last_request: u64,
}

impl Counts {
    pub(crate) fn requests(&self) -> u64 {
        self.succeeded + self.faults()
    }

    pub(crate) fn faults(&self) -> u64 {
        self.closed + self.unavailable + self.throttled
    }
}

/// Serves requests until the process that started this one ends.
pub(crate) fn serve(protocol: &str, fault_every: &str) {
    std::thread::spawn(|| {
        let _ = stdin().read(&mut [0]);
        std::process::exit(0);
    });
    let (protocol, fault_every) =
        (Protocol::named(protocol), fault_every.parse().expect("a number"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(accept(protocol, fault_every));
}

async fn accept(protocol: Protocol, fault_every: u32) {
    let counts = Arc::new(Mutex::new(Counts::default()));
    let tls = (protocol != Protocol::Http).then(|| TlsAcceptor::from(tls_config(protocol)));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    println!("{}", listener.local_addr().expect("its address"));
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true);
        let (tls, counts) = (tls.clone(), Arc::clone(&counts));
        tokio::spawn(async move {
            match tls {
                None => converse(protocol, stream, fault_every, &counts).await,
                Some(tls) => {
                    let Ok(stream) = tls.accept(stream).await else { return };
                    converse(protocol, stream, fault_every, &counts).await;
                }
            }
        });
    }
}

fn tls_config(protocol: Protocol) -> Arc<rustls::ServerConfig> {
    let certificate = include_bytes!("../../tests/data/certificates/valid.pem");
    let key = include_bytes!("../../tests/data/certificates/server.key.pem");
    let certificate = CertificateDer::from_pem_slice(certificate).expect("a certificate");
    let key = PrivateKeyDer::from_pem_slice(key).expect("a key");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("a matching key");
    let selected: &[u8] = if protocol == Protocol::Https2 { b"h2" } else { b"http/1.1" };
    config.alpn_protocols = vec![selected.to_vec()];
    Arc::new(config)
}

/// Serves the requests of a connection. A client may disconnect at any time.
async fn converse<S>(protocol: Protocol, stream: S, fault_every: u32, counts: &Arc<Mutex<Counts>>)
where
    S: AsyncRead + AsyncWrite + Unpin + 'static,
{
    let counts = Arc::clone(counts);
    let service = service_fn(move |request| respond(request, fault_every, Arc::clone(&counts)));
    let stream = TokioIo::new(stream);
    let _ = if protocol == Protocol::Https2 {
        http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .serve_connection(stream, service)
            .await
    } else {
        http1::Builder::new().timer(TokioTimer::new()).serve_connection(stream, service).await
    };
}

/// Makes hyper close the connection, or reset the stream, after it has read the request.
#[derive(Debug, thiserror::Error)]
#[error("fault injected: the connection is closed")]
struct Fault;

async fn respond(
    request: http::Request<Incoming>,
    fault_every: u32,
    counts: Arc<Mutex<Counts>>,
) -> Result<http::Response<Full<Bytes>>, Fault> {
    let is_about_counts = request.uri().path() == "/counts";
    let received = SystemTime::now();
    let _ = request.into_body().collect().await;
    let mut counts = counts.lock().expect("no panic");
    if is_about_counts {
        return Ok(json(200, serde_json::to_vec(&*counts).expect("JSON")));
    }
    counts.last_request = unix_nanos(received);
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

pub(crate) fn unix_nanos(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).expect("a time after 1970");
    since.as_nanos().try_into().expect("a time before 2554")
}

fn json(status: u16, body: impl Into<Bytes>) -> http::Response<Full<Bytes>> {
    http::Response::builder()
        .status(status)
        .header("content-type", "application/json;charset=utf-8")
        .header("x-acs-request-id", "4F1888AC-1138-4995-B9FE-D2734F61C058")
        .body(Full::new(body.into()))
        .expect("a response")
}
