//! Unit tests of `ReqwestTransport`: URLs, HTTP/2 connections and certificates.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Mutex;

use http_body_util::Full;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpListener;
use tokio::sync::Notify;

use super::super::options::{KeepAlive, ProxyChoice, TlsBackend};
use super::*;

#[test]
fn url_equals_the_parsed_uri_for_any_first_host() {
    let transport = ReqwestTransport::from_client(reqwest::Client::new());
    for uri in [
        "http://127.0.0.1:8080/?A=1%202&B=%E4%B8%AD",
        "http://127.0.0.1:8080/",
        "http://127.0.0.1:8080/latest/meta-data/ram/security-credentials/a%20role",
        "http://[::1]:8080/?A=1",
        "https://dbs-api.cn-hangzhou.aliyuncs.com/?A=~b-_.&C=",
        "https://127.0.0.1:8080/?A=1",
        "http://127.0.0.1:8080/?A=1",
    ] {
        let url = transport.url(&uri.parse().unwrap()).unwrap();
        assert_eq!(url, uri.parse().unwrap());
    }
    let transport = ReqwestTransport::from_client(reqwest::Client::new());
    let uri = "http://user:hunter2@127.0.0.1:8080/".parse().unwrap();
    assert_eq!(transport.url(&uri).unwrap().password(), Some("hunter2"));
    assert!(transport.first_host.get().is_none(), "a password is not kept");
    assert!(!format!("{transport:?}").contains("127.0.0.1"));
    for uri in ["/?A=1", "ftp:/x"] {
        let Ok(uri) = uri.parse() else { continue };
        let error = transport.url(&uri).unwrap_err().to_string();
        assert!(error.contains("invalid request URL"), "{error}");
    }
}

/// Starts an HTTP/2 server whose first connection becomes silent after three responses.
///
/// Returns its address and the requests of each connection.
async fn silent_server() -> (SocketAddr, Arc<Mutex<Vec<usize>>>) {
    silent_server_after(None).await
}

/// As [`silent_server`]; the connection also becomes silent this time after the third response.
async fn silent_server_after(idle: Option<Duration>) -> (SocketAddr, Arc<Mutex<Vec<usize>>>) {
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
            let service = hyper::service::service_fn(move |_| {
                let number = {
                    let mut seen = seen.lock().unwrap();
                    seen[connection] += 1;
                    seen[connection]
                };
                let silence = silence.clone();
                async move {
                    if let (0, 3, Some(idle)) = (connection, number, idle) {
                        let silence = silence.clone();
                        tokio::spawn(async move {
                            tokio::time::sleep(idle).await;
                            silence.notify_one();
                        });
                    }
                    if connection == 0 && number > 3 {
                        silence.notify_one();
                        std::future::pending::<()>().await;
                    }
                    Ok::<_, Infallible>(http::Response::new(Full::new(Bytes::from("{}"))))
                }
            });
            let served = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                .serve_connection(TokioIo::new(stream), service);
            tokio::spawn(async move {
                let mut served = std::pin::pin!(served);
                tokio::select! {
                    _ = &mut served => {}
                    // The connection stays open, and nothing reads or writes it.
                    () = is_silent.notified() => std::future::pending().await,
                }
            });
        }
    });
    (address, requests)
}

fn http2_transport(keep_alive: KeepAlive) -> ReqwestTransport {
    let keep_alive = KeepAlive { without_tls: true, ..keep_alive };
    let options = HttpOptions { keep_alive, proxy: ProxyChoice::None, ..HttpOptions::default() };
    ReqwestTransport::with_options(&options, &|_| None).unwrap()
}

async fn get(transport: &ReqwestTransport, url: String) -> Result<(), TransportError> {
    let request = http::Request::get(url).body(Bytes::new()).unwrap();
    transport.send(request).await.map(|response| assert_eq!(response.status(), 200))
}

#[tokio::test]
async fn ping_timeout_ends_a_silent_connection() {
    let (address, requests) = silent_server().await;
    let [interval, timeout] = [Duration::from_millis(50); 2];
    let transport = http2_transport(KeepAlive { interval, timeout, ..KeepAlive::default() });
    let url = || format!("http://{address}/");
    for _ in 0..3 {
        get(&transport, url()).await.unwrap();
    }
    let limit = Duration::from_secs(20);
    let failed = tokio::time::timeout(limit, get(&transport, url())).await.unwrap().unwrap_err();
    assert!(failed.may_have_arrived() && !failed.is_permanent(), "{failed}");
    for _ in 0..3 {
        tokio::time::timeout(limit, get(&transport, url())).await.unwrap().unwrap();
    }
    assert_eq!(*requests.lock().unwrap(), [4, 3]);
}

#[tokio::test]
async fn pings_end_an_idle_connection_that_is_silent() {
    let millis = Duration::from_millis;
    let (address, requests) = silent_server_after(Some(millis(10))).await;
    let keep_alive =
        KeepAlive { interval: millis(50), timeout: millis(50), ..KeepAlive::default() };
    let transport = http2_transport(keep_alive);
    let url = || format!("http://{address}/");
    for _ in 0..3 {
        get(&transport, url()).await.unwrap();
    }
    tokio::time::sleep(millis(1000)).await;
    get(&transport, url()).await.unwrap();
    assert_eq!(*requests.lock().unwrap(), [3, 1]);
}

#[tokio::test]
async fn cancelled_request_ends_a_silent_connection() {
    let (address, requests) = silent_server().await;
    let transport = http2_transport(KeepAlive::default());
    let url = || format!("http://{address}/");
    for _ in 0..3 {
        get(&transport, url()).await.unwrap();
    }
    let both = async { tokio::join!(get(&transport, url()), get(&transport, url())) };
    assert!(tokio::time::timeout(Duration::from_millis(100), both).await.is_err());
    for _ in 0..3 {
        get(&transport, url()).await.unwrap();
    }
    let requests = requests.lock().unwrap().clone();
    assert_eq!((requests.len(), requests[1]), (2, 3), "{requests:?}");
}

#[tokio::test]
async fn cancelled_request_keeps_a_live_connection() {
    let (address, requests) = silent_server().await;
    let transport = http2_transport(KeepAlive::default());
    let url = || format!("http://{address}/");
    get(&transport, url()).await.unwrap();
    let watched = transport.http.current();
    let cancelled = watched.watch();
    get(&transport, url()).await.unwrap();
    drop(cancelled);
    get(&transport, url()).await.unwrap();
    assert_eq!(*requests.lock().unwrap(), [3]);
}

const BACKENDS: &[TlsBackend] = &[
    #[cfg(feature = "rustls")]
    TlsBackend::Rustls,
    #[cfg(feature = "native-tls")]
    TlsBackend::Native,
];

#[tokio::test]
async fn fresh_request_shares_no_connection() {
    let (address, requests) = silent_server().await;
    let transport = http2_transport(KeepAlive::default());
    let url = || format!("http://{address}/");
    for _ in 0..2 {
        get(&transport, url()).await.unwrap();
    }
    for _ in 0..2 {
        let mut request = http::Request::get(url()).body(Bytes::new()).unwrap();
        request.extensions_mut().insert(FreshConnection);
        transport.send(request).await.unwrap();
    }
    assert_eq!(*requests.lock().unwrap(), [2, 1, 1]);
}

/// Over TLS, reqwest reads the responses, and the size of the records bounds a turn of its task.
#[tokio::test]
async fn endless_1xx_over_tls_does_not_extend_the_timeout() {
    let valid = include_str!("../../../../tests/data/certificates/valid.pem");
    let authority = include_str!("../../../../tests/data/certificates/authority.pem");
    let flood = "HTTP/1.1 102 Processing\r\n\r\n".repeat(4000);
    let address = tls_server_that_sends(valid, flood.leak().as_bytes(), usize::MAX);
    for backend in BACKENDS {
        let options = HttpOptions {
            root_certificates: vec![Bytes::from(authority)],
            proxy: ProxyChoice::None,
            tls: Some(*backend),
            ..HttpOptions::default()
        };
        let transport = ReqwestTransport::with_options(&options, &|_| None).unwrap();
        let begun = std::time::Instant::now();
        let limit = Duration::from_millis(500);
        let sent = get(&transport, format!("https://{address}/"));
        assert!(tokio::time::timeout(limit, sent).await.is_err());
        let elapsed = begun.elapsed();
        assert!(elapsed < 4 * limit, "{backend:?}: {elapsed:?}");
    }
}

/// Starts a TLS server with a certificate of `tests/data/certificates`; returns its address.
///
/// The certificates have the key `server.key.pem` and are signed by `authority.pem`. They are valid for
/// 127.0.0.1 from 2020 to 2119, but for what their names say. The authority's key was not kept.
fn tls_server(certificate: &str) -> SocketAddr {
    let response = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
    tls_server_that_sends(certificate, response, 1)
}

/// Starts a TLS server that sends these bytes, at most so often, after a request.
fn tls_server_that_sends(certificate: &str, bytes: &'static [u8], times: usize) -> SocketAddr {
    let key = include_str!("../../../../tests/data/certificates/server.key.pem");
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
    let certificate = CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let config = Arc::new(config);
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

#[tokio::test]
async fn rejected_certificates_have_the_same_reason() {
    macro_rules! pem {
        ($name:literal) => {
            include_str!(concat!("../../../../tests/data/certificates/", $name, ".pem"))
        };
    }
    let authority = pem!("authority");
    for (certificate, trusted, reason) in [
        (pem!("valid"), true, None),
        (pem!("expired"), true, Some("has expired")),
        (pem!("not_yet_valid"), true, Some("is not yet valid")),
        (pem!("other_host"), true, Some("is not valid for this host")),
        (pem!("valid"), false, Some("is not signed by a trusted authority")),
    ] {
        let address = tls_server(certificate);
        for &backend in BACKENDS {
            let roots = if trusted { vec![Bytes::from(authority)] } else { Vec::new() };
            let options = HttpOptions {
                root_certificates: roots,
                proxy: ProxyChoice::None,
                tls: Some(backend),
                ..HttpOptions::default()
            };
            let transport = ReqwestTransport::with_options(&options, &|_| None).unwrap();
            let result = get(&transport, format!("https://{address}/")).await;
            let Some(reason) = reason else {
                assert!(result.is_ok(), "{backend:?}: {result:?}");
                continue;
            };
            let error = result.unwrap_err();
            let expected = format!("could not connect: the server's certificate {reason}");
            assert_eq!(error.to_string(), expected, "{backend:?}: {error:?}");
            assert!(error.is_permanent() && !error.may_have_arrived());
            assert!(error.hint().unwrap().contains("root_certificate_pem"));
        }
    }
}
