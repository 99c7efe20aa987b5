//! Unit tests of all built-in transports: HTTP/2 connections and certificates.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::test_servers::{
    server_that_sends, silent_server, tls_server, tls_server_that_reads, tls_server_that_sends,
};
#[cfg(feature = "_reqwest")]
use crate::rpc::transport::options::TlsBackend;
use crate::rpc::transport::options::{HttpOptions, KeepAlive, ProxyChoice};
use crate::rpc::transport::send_state::FreshConnection;
use crate::rpc::transport::{Transport, TransportError};

/// Creates each built-in transport, with each of its TLS libraries, and its name.
fn transports(options: &HttpOptions) -> Vec<(&'static str, Arc<dyn Transport>)> {
    #[cfg(feature = "_reqwest")]
    let reqwest = |backend| -> Arc<dyn Transport> {
        let options = HttpOptions { tls: Some(backend), ..options.clone() };
        Arc::new(
            crate::rpc::transport::ReqwestTransport::with_options(&options, &|_| None).unwrap(),
        )
    };
    vec![
        #[cfg(feature = "rustls")]
        ("reqwest with rustls", reqwest(TlsBackend::Rustls)),
        #[cfg(feature = "native-tls")]
        ("reqwest with native-tls", reqwest(TlsBackend::Native)),
        #[cfg(feature = "hyper")]
        (
            "hyper",
            Arc::new(
                crate::rpc::transport::HyperTransport::with_options(options, &|_| None).unwrap(),
            ),
        ),
    ]
}

fn http2_transports(keep_alive: KeepAlive) -> Vec<(&'static str, Arc<dyn Transport>)> {
    let keep_alive = KeepAlive { without_tls: true, ..keep_alive };
    transports(&HttpOptions { keep_alive, proxy: ProxyChoice::None, ..HttpOptions::default() })
}

async fn get(transport: &dyn Transport, url: String) -> Result<(), TransportError> {
    let request = http::Request::get(url).body(Bytes::new()).unwrap();
    transport.send(request).await.map(|response| assert_eq!(response.status(), 200))
}

const LIMIT: Duration = Duration::from_secs(20);

#[tokio::test]
async fn ping_timeout_ends_a_silent_connection() {
    let [interval, timeout] = [Duration::from_millis(50); 2];
    for (name, http) in http2_transports(KeepAlive { interval, timeout, ..KeepAlive::default() }) {
        let (address, requests) = silent_server().await;
        for path in ["", "", "silent"] {
            let sent = get(&*http, format!("http://{address}/{path}"));
            let sent = tokio::time::timeout(LIMIT, sent).await.unwrap();
            assert_eq!(sent.is_err(), path == "silent", "{name}: {sent:?}");
            let Err(error) = sent else { continue };
            assert!(error.may_have_arrived() && !error.is_permanent(), "{name}: {error}");
            assert!(error.to_string().starts_with("timed out waiting for the response"), "{error}");
        }
        get(&*http, format!("http://{address}/")).await.unwrap();
        assert_eq!(*requests.lock().unwrap(), [3, 1], "{name}");
    }
}

#[tokio::test]
async fn pings_end_an_idle_connection_that_is_silent() {
    let [interval, timeout] = [Duration::from_millis(50); 2];
    for (name, http) in http2_transports(KeepAlive { interval, timeout, ..KeepAlive::default() }) {
        let (address, requests) = silent_server().await;
        for path in ["", "soon"] {
            get(&*http, format!("http://{address}/{path}")).await.unwrap();
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        get(&*http, format!("http://{address}/")).await.unwrap();
        assert_eq!(*requests.lock().unwrap(), [2, 1], "{name}");
    }
}

#[tokio::test]
async fn cancelled_request_ends_a_silent_connection() {
    // Silent after responses, from the first request on, and within a body.
    for before in [&["", "", "silent"][..], &["silent"], &["stall"], &["", "stall"]] {
        for (name, http) in http2_transports(KeepAlive::default()) {
            let (address, requests) = silent_server().await;
            let get = |path: &str| get(&*http, format!("http://{address}/{path}"));
            for path in before {
                let sent = tokio::time::timeout(Duration::from_millis(150), get(path)).await;
                assert_eq!(sent.is_ok(), path.is_empty(), "{name}: {path}");
            }
            for _ in 0..2 {
                tokio::time::timeout(LIMIT, get("")).await.unwrap().unwrap();
            }
            assert_eq!(*requests.lock().unwrap(), [before.len(), 2], "{name}: {before:?}");
        }
    }
}

#[tokio::test]
async fn cancelled_request_keeps_a_live_connection() {
    for (name, http) in http2_transports(KeepAlive::default()) {
        let (address, requests) = silent_server().await;
        let get = |path: &str| get(&*http, format!("http://{address}/{path}"));
        get("").await.unwrap();
        let others = async {
            get("").await.unwrap();
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        tokio::select! {
            biased;
            sent = get("wait") => panic!("{sent:?}"),
            () = others => {}
        }
        get("").await.unwrap();
        assert_eq!(*requests.lock().unwrap(), [4], "{name}");
    }
}

#[tokio::test]
async fn fresh_request_shares_no_connection() {
    for (name, http) in http2_transports(KeepAlive::default()) {
        let (address, requests) = silent_server().await;
        let url = || format!("http://{address}/");
        for _ in 0..2 {
            get(&*http, url()).await.unwrap();
        }
        for _ in 0..2 {
            let mut request = http::Request::get(url()).body(Bytes::new()).unwrap();
            request.extensions_mut().insert(FreshConnection);
            http.send(request).await.unwrap();
        }
        assert_eq!(*requests.lock().unwrap(), [2, 1, 1], "{name}");
    }
}

macro_rules! pem {
    ($name:literal) => {
        include_str!(concat!("../../../../tests/data/certificates/", $name, ".pem"))
    };
}

#[tokio::test]
async fn server_selects_http2_in_the_handshake() {
    let options = HttpOptions {
        root_certificates: vec![Bytes::from(pem!("authority"))],
        proxy: ProxyChoice::None,
        ..HttpOptions::default()
    };
    for (protocols, expected, begins) in [
        (&["h2", "http/1.1"][..], "h2", "PRI * HTTP/2.0"),
        (&["http/1.1"], "http/1.1", "GET / "),
        (&[], "", "GET / "),
    ] {
        for (name, http) in transports(&options) {
            // The feature of reqwest that negotiates HTTP/2 with OpenSSL is off.
            if name.contains("native") {
                continue;
            }
            let (address, read) = tls_server_that_reads(protocols);
            get(&*http, format!("https://{address}/")).await.unwrap_err();
            let (selected, first) = read.recv().unwrap();
            assert_eq!(selected, expected, "{name}");
            assert!(first.starts_with(begins), "{name}: {protocols:?}: {first}");
        }
    }
}

/// Over TLS, the size of the records bounds a turn of the task that reads the responses.
#[tokio::test]
async fn endless_1xx_over_tls_does_not_extend_the_timeout() {
    let flood = "HTTP/1.1 102 Processing\r\n\r\n".repeat(4000);
    let address = tls_server_that_sends(pem!("valid"), flood.leak().as_bytes(), usize::MAX);
    let options = HttpOptions {
        root_certificates: vec![Bytes::from(pem!("authority"))],
        proxy: ProxyChoice::None,
        ..HttpOptions::default()
    };
    for (name, http) in transports(&options) {
        let begun = Instant::now();
        let limit = Duration::from_millis(500);
        let sent = get(&*http, format!("https://{address}/"));
        assert!(tokio::time::timeout(limit, sent).await.is_err(), "{name}");
        let elapsed = begun.elapsed();
        assert!(elapsed < 4 * limit, "{name}: {elapsed:?}");
    }
}

#[tokio::test]
async fn rejected_certificates_have_the_same_reason() {
    let authority = pem!("authority");
    for (certificate, trusted, reason) in [
        (pem!("valid"), true, None),
        (pem!("expired"), true, Some("has expired")),
        (pem!("not_yet_valid"), true, Some("is not yet valid")),
        (pem!("other_host"), true, Some("is not valid for this host")),
        (pem!("valid"), false, Some("is not signed by a trusted authority")),
    ] {
        let address = tls_server(certificate);
        let roots = if trusted { vec![Bytes::from(authority)] } else { Vec::new() };
        let options = HttpOptions {
            root_certificates: roots,
            proxy: ProxyChoice::None,
            ..HttpOptions::default()
        };
        for (name, http) in transports(&options) {
            let result = get(&*http, format!("https://{address}/")).await;
            let Some(reason) = reason else {
                assert!(result.is_ok(), "{name}: {result:?}");
                continue;
            };
            let error = result.unwrap_err();
            let expected = format!("could not connect: the server's certificate {reason}");
            assert_eq!(error.to_string(), expected, "{name}: {error:?}");
            assert!(error.is_permanent() && !error.may_have_arrived());
            assert!(error.hint().unwrap().contains("root_certificate_pem"));
        }
    }
}

/// Returns the errors of a request with each built-in transport, without the port of the server.
async fn errors(url: &str, authority: bool) -> Vec<(&'static str, String)> {
    let options = HttpOptions {
        root_certificates: authority.then(|| Bytes::from(pem!("authority"))).into_iter().collect(),
        proxy: ProxyChoice::None,
        connect_timeout: Duration::from_millis(300),
        ..HttpOptions::default()
    };
    let mut all = transports(&options);
    // `ReqwestTransport` sends requests without TLS by other means, unless a client is given.
    #[cfg(feature = "_reqwest")]
    if url.starts_with("http:") {
        let http = reqwest::Client::builder().no_proxy().connect_timeout(options.connect_timeout);
        let http = crate::rpc::transport::ReqwestTransport::from_client(http.build().unwrap());
        all.push(("reqwest without TLS", Arc::new(http)));
    }
    let mut errors = Vec::new();
    for (name, http) in all {
        let sent = get(&*http, url.to_owned());
        let error = tokio::time::timeout(LIMIT, sent).await.unwrap().unwrap_err();
        errors.push((
            name,
            format!("{:?}, permanent {}: {error}", error.kind(), error.is_permanent()),
        ));
    }
    errors
}

#[tokio::test]
async fn built_in_transports_report_the_same_errors() {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n";
    let long = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(1 << 20));
    let too_large = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", 17 << 20);
    let mut all = Vec::new();
    for bytes in [
        "",
        "HTTP/1.1 200 OK\r\nConte",
        "not HTTP\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{",
        &format!("{head}\r\n1\r\n{{\r\n"),
        &format!("{head}\r\nzz\r\n{{\r\n"),
        &long,
        &too_large,
    ] {
        let bytes: &'static [u8] = bytes.to_owned().leak().as_bytes();
        let address = server_that_sends(bytes);
        all.push(errors(&format!("http://{address}/"), false).await);
        let address = tls_server_that_sends(pem!("valid"), bytes, 1);
        all.push(errors(&format!("https://{address}/"), true).await);
    }
    for bytes in ["", "HTTP/1.1 400 Bad Request\r\n\r\n"] {
        let address = server_that_sends(bytes.as_bytes());
        all.push(errors(&format!("https://{address}/"), true).await);
    }
    let refused = tokio::net::TcpSocket::new_v4().unwrap();
    refused.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let refused = refused.local_addr().unwrap();
    for scheme in ["http", "https"] {
        all.push(errors(&format!("{scheme}://{refused}/"), false).await);
        all.push(errors(&format!("{scheme}://dbs.invalid/"), false).await);
    }
    for errors in all {
        let (_, first) = &errors[0];
        // OpenSSL has its own words.
        for (name, error) in errors.iter().filter(|(name, _)| !name.contains("native")) {
            assert_eq!(error, first, "{name}");
        }
        assert!(errors.len() > 1 || !cfg!(feature = "rustls"));
    }
}
