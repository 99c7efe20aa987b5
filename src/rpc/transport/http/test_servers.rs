//! Servers for the tests of the built-in transports.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// A body that may never end.
struct ResponseBody {
    chunk: Option<Bytes>,
    stalls: bool,
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.chunk.take() {
            Some(chunk) => Poll::Ready(Some(Ok(Frame::data(chunk)))),
            None if self.stalls => Poll::Pending,
            None => Poll::Ready(None),
        }
    }
}

/// Starts an HTTP/2 server whose connections become silent on request.
///
/// A silent connection stays open, and nothing reads or writes it. The path of a request selects what
/// the server does:
///
/// | path | response | connection |
/// | --- | --- | --- |
/// | `/silent` | none | becomes silent immediately |
/// | `/stall` | its head and a part of its body | becomes silent after 20 ms |
/// | `/soon` | complete | becomes silent after 20 ms |
/// | `/wait` | none | continues |
/// | another one | complete | continues |
///
/// Returns its address and the number of requests of each connection.
pub(crate) async fn silent_server() -> (SocketAddr, Arc<Mutex<Vec<usize>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let requests = Arc::new(Mutex::new(Vec::new()));
    let seen = requests.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let connection = {
                let mut seen = seen.lock().unwrap();
                seen.push(0);
                seen.len() - 1
            };
            let is_silent = Arc::new(Notify::new());
            let (seen, silence) = (seen.clone(), is_silent.clone());
            let service =
                hyper::service::service_fn(move |request: http::Request<hyper::body::Incoming>| {
                    seen.lock().unwrap()[connection] += 1;
                    let silence = silence.clone();
                    async move {
                        let path = request.uri().path();
                        match path {
                            "/silent" => silence.notify_one(),
                            "/stall" | "/soon" => {
                                tokio::spawn(async move {
                                    tokio::time::sleep(Duration::from_millis(20)).await;
                                    silence.notify_one();
                                });
                            }
                            _ => {}
                        }
                        if matches!(path, "/silent" | "/wait") {
                            std::future::pending::<()>().await;
                        }
                        let chunk = Some(Bytes::from_static(b"{}"));
                        let body = ResponseBody { chunk, stalls: path == "/stall" };
                        Ok::<_, Infallible>(http::Response::new(body))
                    }
                });
            let served = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                .serve_connection(TokioIo::new(stream), service);
            tokio::spawn(async move {
                let mut served = std::pin::pin!(served);
                tokio::select! {
                    _ = &mut served => {}
                    () = is_silent.notified() => std::future::pending().await,
                }
            });
        }
    });
    (address, requests)
}

/// Starts a server that sends these bytes after each request, and closes the connection.
pub(crate) fn server_that_sends(bytes: &'static [u8]) -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        use std::io::{Read, Write};

        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(bytes);
            // Closing with unread data could discard the response.
            let _ = stream.shutdown(std::net::Shutdown::Write);
            let _ = stream.read_to_end(&mut Vec::new());
        }
    });
    address
}

/// Starts a TLS server with a certificate of `tests/data/certificates`; returns its address.
///
/// The certificates have the key `server.key.pem` and are signed by `authority.pem`. They are valid for
/// 127.0.0.1 from 2020 to 2119, but for what their names say. The authority's key was not kept.
pub(crate) fn tls_server(certificate: &str) -> SocketAddr {
    let response = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
    tls_server_that_sends(certificate, response, 1)
}

/// Starts a TLS server that sends these bytes, at most so often, after a request.
pub(crate) fn tls_server_that_sends(
    certificate: &str,
    bytes: &'static [u8],
    times: usize,
) -> SocketAddr {
    let config = Arc::new(tls_config(certificate));
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        use std::io::{Read, Write};

        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut session = rustls::ServerConnection::new(config.clone()).unwrap();
            let mut tls = rustls::Stream::new(&mut session, &mut stream);
            // A client that rejects the certificate ends the handshake.
            if tls.read(&mut [0; 4096]).is_ok() {
                let _ = (0..times).try_for_each(|_| tls.write_all(bytes));
            }
        }
    });
    address
}

fn tls_config(certificate: &str) -> rustls::ServerConfig {
    let key = include_str!("../../../../tests/data/certificates/server.key.pem");
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
    let certificate = CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap()
}

/// Starts a TLS server that offers protocols by ALPN; returns its address, and the protocol that was
/// selected with what it reads first.
pub(crate) fn tls_server_that_reads(
    protocols: &[&str],
) -> (SocketAddr, std::sync::mpsc::Receiver<(String, String)>) {
    let mut config = tls_config(include_str!("../../../../tests/data/certificates/valid.pem"));
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    let config = Arc::new(config);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        use std::io::Read;

        let (mut stream, _) = listener.accept().unwrap();
        let mut session = rustls::ServerConnection::new(config).unwrap();
        let mut first = [0; 4096];
        let read = rustls::Stream::new(&mut session, &mut stream).read(&mut first).unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let selected = session.alpn_protocol().unwrap_or_default();
        send.send((text(selected), text(&first[..read]))).unwrap();
    });
    (address, receive)
}
