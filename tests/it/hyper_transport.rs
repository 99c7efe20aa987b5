//! Tests of `HyperTransport` that need a process or several runtimes.

#![cfg(feature = "hyper")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aliyun_dbs::credentials::Credentials;
use aliyun_dbs::transport::{HyperTransport, Transport};
use aliyun_dbs::{Client, ErrorKind, RawRequest};
use bytes::Bytes;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::runtime::Builder;

use crate::support::process::run_alone;

const RESPONSE: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n{\"RequestId\":\"R\"}";

/// Starts a server that responds to each request; returns its address and the connections.
fn server() -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let connections = Arc::new(AtomicUsize::new(0));
    let seen = connections.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            seen.fetch_add(1, Ordering::SeqCst);
            std::thread::spawn(move || respond(stream.unwrap()));
        }
    });
    (address, connections)
}

/// Starts a server with TLS, whose certificate `authority.pem` signs.
fn tls_server() -> SocketAddr {
    let key = include_bytes!("../data/certificates/server.key.pem");
    let certificate = include_bytes!("../data/certificates/valid.pem");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(certificate).unwrap()],
            PrivateKeyDer::from_pem_slice(key).unwrap(),
        )
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let session = rustls::ServerConnection::new(config.clone()).unwrap();
            let tls = rustls::StreamOwned::new(session, stream.unwrap());
            std::thread::spawn(move || respond(tls));
        }
    });
    address
}

/// Responds to each request of a connection, which arrives in one read.
fn respond(mut stream: impl Read + Write) {
    while stream.read(&mut [0; 8192]).is_ok_and(|read| read > 0) {
        if stream.write_all(RESPONSE).is_err() {
            return;
        }
    }
}

async fn get(transport: &HyperTransport, url: String) {
    let request = http::Request::get(url).body(Bytes::new()).unwrap();
    let response = transport.send(request).await.unwrap();
    assert_eq!(response.body(), "{\"RequestId\":\"R\"}");
}

#[test]
fn works_after_its_first_runtime_ended() {
    let (address, connections) = server();
    let transport = HyperTransport::builder().no_proxy().build().unwrap();
    let client = Client::builder()
        .endpoint(format!("http://{address}"))
        .credentials(Credentials::new("id", "secret"))
        .transport(transport)
        .build()
        .unwrap();
    for builder in [Builder::new_current_thread(), Builder::new_multi_thread()] {
        let mut builder = builder;
        let runtime = builder.enable_all().build().unwrap();
        for _ in 0..2 {
            let response = runtime.block_on(client.send(RawRequest::new("X")).into_future());
            assert_eq!(response.unwrap().attempts(), 1);
        }
    }
    // The connection of the first runtime ended with it. A request may begin before the connection of
    // the previous one is idle, and then opens another one.
    let connections = connections.load(Ordering::SeqCst);
    assert!((2..=4).contains(&connections), "{connections}");
}

#[test]
fn concurrent_requests_work_on_several_threads() {
    let (address, _) = server();
    let transport = HyperTransport::builder().no_proxy().build().unwrap();
    let runtime = Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    runtime.block_on(async {
        let requests: Vec<_> = (0..64)
            .map(|_| {
                let transport = transport.clone();
                tokio::spawn(async move { get(&transport, format!("http://{address}/")).await })
            })
            .collect();
        for request in requests {
            request.await.unwrap();
        }
    });
}

/// The certificates of the system are a pipe, so that a load waits until the test writes them.
#[cfg(unix)]
#[test]
fn roots_are_loaded_once_at_the_first_tls() {
    let path = std::env::temp_dir().join(format!("aliyun-dbs-roots-{}", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let made = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
    assert!(made.success());
    run_alone("hyper_transport::child_loads_the_roots_of_a_pipe", |child| {
        child.env("SSL_CERT_FILE", &path).env_remove("SSL_CERT_DIR");
    });
    std::fs::remove_file(&path).unwrap();
}

#[cfg(unix)]
#[tokio::test]
#[ignore = "another test runs it with the variable"]
async fn child_loads_the_roots_of_a_pipe() {
    let Ok(pipe) = std::env::var("SSL_CERT_FILE") else { return };
    if !pipe.contains("aliyun-dbs-roots") {
        return;
    }
    // Ends a process that waits for the pipe without limit.
    std::thread::spawn(|| {
        std::thread::sleep(Duration::from_secs(60));
        std::process::exit(1);
    });
    let (plain, _) = server();
    let url = format!("https://{}/", tls_server());
    // Opening the pipe waits for a writer, so this shows that `build` loads nothing.
    let builder = HyperTransport::builder().no_proxy().connect_timeout(Duration::from_secs(60));
    let first = builder.clone().build().unwrap();
    let waiting = tokio::spawn({
        let (first, url) = (first.clone(), url.clone());
        async move { get(&first, url).await }
    });
    for _ in 0..20 {
        get(&first, format!("http://{plain}/")).await;
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(!waiting.is_finished(), "the request waits for the certificates");
    let written = tokio::task::spawn_blocking(move || {
        std::fs::write(pipe, include_bytes!("../data/certificates/authority.pem")).unwrap();
    });
    waiting.await.unwrap();
    written.await.unwrap();
    // A second load would wait for the pipe again.
    get(&builder.build().unwrap(), url).await;
}

/// The certificates of the system are a file without any, until the test writes one.
#[cfg(unix)]
#[test]
fn missing_roots_fail_calls_until_they_exist() {
    let path = std::env::temp_dir().join(format!("aliyun-dbs-no-roots-{}", std::process::id()));
    std::fs::write(&path, "").unwrap();
    run_alone("hyper_transport::child_calls_without_roots", |child| {
        child.env("SSL_CERT_FILE", &path).env_remove("SSL_CERT_DIR");
    });
    std::fs::remove_file(&path).unwrap();
}

#[cfg(unix)]
#[tokio::test]
#[ignore = "another test runs it with the variable"]
async fn child_calls_without_roots() {
    let Ok(file) = std::env::var("SSL_CERT_FILE") else { return };
    if !file.contains("aliyun-dbs-no-roots") {
        return;
    }
    let authority = include_str!("../data/certificates/authority.pem");
    let url = format!("https://{}", tls_server());
    let builder = HyperTransport::builder().no_proxy();
    let transport = builder.clone().build().unwrap();
    let client = Client::builder()
        .endpoint(&*url)
        .credentials(Credentials::new("id", "secret"))
        .transport(transport.clone())
        .build()
        .unwrap();
    for _ in 0..2 {
        let error = client.send(RawRequest::new("DescribeRegions")).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 1), "{error}");
        assert!(!error.is_retryable() && !error.may_have_executed(), "{error}");
        let line = error.to_string();
        assert!(line.contains("could not connect: cannot load the root certificates: "), "{line}");
        assert!(line.contains("; install the root certificates of the system"), "{line}");
    }
    // Other root certificates need none of the system.
    get(&builder.root_certificate_pem(authority).build().unwrap(), format!("{url}/")).await;
    std::fs::write(file, authority).unwrap();
    get(&transport, format!("{url}/")).await;
}
