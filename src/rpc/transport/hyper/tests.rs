//! Unit tests of `HyperTransport` alone; `http/tests.rs` has those of all built-in transports.

use std::net::SocketAddr;
use std::sync::Mutex as StdMutex;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::rpc::transport::http::test_servers::{
    tls_server, tls_server_that_reads, tls_server_that_sends,
};
use crate::rpc::transport::options::ProxyChoice;

fn transport(change: impl FnOnce(&mut HttpOptions)) -> Result<HyperTransport, TransportError> {
    let mut options = HttpOptions { proxy: ProxyChoice::None, ..HttpOptions::default() };
    change(&mut options);
    HyperTransport::with_options(&options, &|_| None)
}

fn post(url: &str) -> http::Request<Bytes> {
    http::Request::post(url).body(Bytes::from_static(b"a=1")).unwrap()
}

/// Reads the head of a request.
async fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let mut buffer = [0; 4096];
        match stream.read(&mut buffer).await {
            Ok(read) if read > 0 => head.extend_from_slice(&buffer[..read]),
            _ => break,
        }
    }
    String::from_utf8_lossy(&head).into_owned()
}

/// Starts a proxy that forwards tunnels to the loopback, and records the heads of requests.
async fn recording_proxy() -> (String, Arc<StdMutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let heads = Arc::new(StdMutex::new(Vec::new()));
    let seen = heads.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let head = read_head(&mut stream).await;
            seen.lock().unwrap().push(head.clone());
            tokio::spawn(async move {
                let Some(target) = head.strip_prefix("CONNECT ") else {
                    let response = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
                    let _ = stream.write_all(response.as_bytes()).await;
                    return;
                };
                let target = target.split(' ').next().unwrap();
                let mut server = TcpStream::connect(target).await.unwrap();
                stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
                let _ = tokio::io::copy_bidirectional(&mut stream, &mut server).await;
            });
        }
    });
    (address, heads)
}

#[tokio::test]
async fn proxy_gets_a_tunnel_or_the_whole_url() {
    let (proxy, heads) = recording_proxy().await;
    let server = tls_server(include_str!("../../../../tests/data/certificates/valid.pem"));
    let authority = include_str!("../../../../tests/data/certificates/authority.pem");
    let transport = transport(|options| {
        options.proxy = ProxyChoice::Url(format!("http://me:p%40ss@{proxy}").into());
        options.root_certificates = vec![Bytes::from(authority)];
    })
    .unwrap();
    let https = format!("https://{server}/?A=1");
    assert_eq!(transport.send(post(&https)).await.unwrap().body(), "{}");
    assert_eq!(transport.send(post("http://dbs.invalid/?A=1")).await.unwrap().body(), "{}");
    let heads = heads.lock().unwrap().clone();
    assert!(heads[0].starts_with(&format!("CONNECT {server} HTTP/1.1\r\n")), "{heads:?}");
    assert!(heads[1].starts_with("POST http://dbs.invalid/?A=1 HTTP/1.1\r\n"), "{heads:?}");
    assert!(heads[1].contains("host: dbs.invalid\r\n"), "{heads:?}");
    for head in &heads {
        assert!(head.to_lowercase().contains("proxy-authorization: basic "), "{head}");
        assert!(head.contains("bWU6cEBzcw=="), "{head}");
    }
    assert_eq!(heads.len(), 2);
    let shown = format!("{transport:?}");
    assert!(!shown.contains("p@ss") && !shown.contains("127.0.0.1"), "{shown}");
}

/// Returns a transport that uses a proxy with TLS.
fn through_tls(proxy: SocketAddr) -> HyperTransport {
    let authority = include_str!("../../../../tests/data/certificates/authority.pem");
    let changed = transport(|options| {
        options.proxy = ProxyChoice::Url(format!("https://{proxy}").into());
        options.root_certificates = vec![Bytes::from(authority)];
    });
    changed.unwrap()
}

#[tokio::test]
async fn tls_to_a_proxy_is_encrypted_twice() {
    // The server reads the tunnel's request within TLS, and does not see the service.
    let certificate = include_str!("../../../../tests/data/certificates/valid.pem");
    let response = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    let proxy = tls_server_that_sends(certificate, response, 1);
    let transport = through_tls(proxy);
    let error = transport.send(post("https://dbs.invalid/")).await.unwrap_err();
    assert!(!error.may_have_arrived(), "{error}");
    // Without TLS in the tunnel, the proxy reads the request.
    assert!(transport.send(post("http://dbs.invalid/")).await.is_ok());
}

#[tokio::test]
async fn proxy_with_tls_is_reached_by_http_1() {
    let (proxy, read) = tls_server_that_reads(&["h2", "http/1.1"]);
    let transport = through_tls(proxy);
    let error = transport.send(post("https://dbs.invalid/")).await.unwrap_err();
    assert!(!error.may_have_arrived(), "{error}");
    let (selected, first) = read.recv().unwrap();
    assert_eq!(selected, "");
    assert!(first.starts_with("CONNECT dbs.invalid:443 HTTP/1.1\r\n"), "{first}");
}

#[tokio::test]
async fn invalid_urls_and_settings_are_permanent() {
    let transport = transport(|_| {}).unwrap();
    for url in ["/?A=1", "ftp://127.0.0.1/"] {
        let error = transport.send(post(url)).await.unwrap_err();
        assert!(error.to_string().contains("invalid request URL"), "{error}");
        assert!(error.is_permanent() && !error.may_have_arrived());
    }
    let variable = |name: &str| (name == "HTTPS_PROXY").then(|| "socks5://p:1".to_owned());
    let transport = HyperTransport::with_options(&HttpOptions::default(), &variable).unwrap();
    let error = transport.send(post("https://dbs.invalid/")).await.unwrap_err();
    assert!(error.is_permanent() && error.to_string().contains("HTTPS_PROXY"), "{error}");
}

#[tokio::test]
async fn setting_error_of_the_connector_is_permanent() {
    let variable = |name: &str| (name == "ALL_PROXY").then(|| "socks5://p:1".to_owned());
    let options = HttpOptions::default();
    let proxies = Proxies::of(&options.proxy, &variable).unwrap();
    let pool = Pool::new(&options, Connector::new(&options, proxies).unwrap(), true);
    let request = Outgoing::new(post("https://dbs.invalid/")).request;
    let error = pool.send(request).await.err().unwrap();
    let error = failure(error.into(), None, false).await;
    assert!(error.to_string().starts_with("could not connect: environment variable"), "{error}");
    assert!(error.is_permanent() && !error.may_have_arrived());
}

#[test]
fn invalid_certificates_fail_the_build() {
    for (pem, says) in [
        ("not a certificate", "with `-----BEGIN CERTIFICATE-----`"),
        ("-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n", "certificate encoding"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "certificate"),
    ] {
        let roots = vec![Bytes::from(pem)];
        let error = transport(|options| options.root_certificates = roots.clone()).unwrap_err();
        let line = error.to_string();
        assert!(line.starts_with("invalid `root_certificate_pem`: "), "{line}");
        assert!(line.contains(says) && error.is_permanent(), "{line}");
        // With OpenSSL, reqwest reports its words.
        #[cfg(all(feature = "_reqwest", not(feature = "native-tls")))]
        {
            use crate::rpc::transport::ReqwestTransport;

            let options = HttpOptions { root_certificates: roots, ..HttpOptions::default() };
            let other = ReqwestTransport::with_options(&options, &|_| None);
            assert_eq!(other.unwrap_err().to_string(), line);
        }
    }
}

#[tokio::test]
async fn clones_share_one_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        for _ in 0..3 {
            read_head(&mut stream).await;
            let response = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
            stream.write_all(response).await.unwrap();
        }
    });
    let transport = transport(|_| {}).unwrap();
    for _ in 0..3 {
        transport.clone().send(post(&url)).await.unwrap();
    }
    served.await.unwrap();
}
