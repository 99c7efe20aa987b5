//! Tests of the proxies that environment variables select, and of what these proxies respond.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aliyun_dbs::credentials::{Credentials, CredentialsProvider, Io, RamRoleProvider, RoleSession};
use aliyun_dbs::{Client, ClientBuilder, Error, ErrorKind, RawRequest, RetryPolicy, Safety};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::LIBRARY;
use crate::support::log::Log;
use crate::support::process::{is_alone, path_of};

/// A proxy that responds to each request with a status and closes the connection.
struct Proxy {
    address: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    async fn start(status: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = requests.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = Vec::new();
                while !request.windows(4).any(|end| end == b"\r\n\r\n") {
                    let mut buffer = [0; 4096];
                    match stream.read(&mut buffer).await {
                        Ok(read) if read > 0 => request.extend_from_slice(&buffer[..read]),
                        _ => break,
                    }
                }
                seen.lock().unwrap().push(String::from_utf8_lossy(&request).into_owned());
                let response = format!("HTTP/1.1 {status} X\r\nContent-Length: 2\r\n\r\n{{}}");
                let _ = stream.write_all(response.as_bytes()).await;
            }
        });
        Self { address, requests }
    }

    fn requests(&self) -> Vec<String> {
        std::mem::take(&mut *self.requests.lock().unwrap())
    }
}

/// Returns a builder of a client with environment variables, and no others.
fn builder(endpoint: &str, variables: &[(&str, String)]) -> ClientBuilder {
    let variables: Vec<(String, String)> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    Client::builder()
        .environment(move |name| {
            variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
        })
        .endpoint(endpoint)
        .allow_plain_http()
        .http_library(LIBRARY)
        .retry(RetryPolicy::standard().base_delay(Duration::from_millis(1)))
        .credentials(Credentials::new("id", "secret"))
}

async fn error_of(builder: ClientBuilder) -> Error {
    let request = RawRequest::new("DescribeRegions").safety(Safety::ReadOnly);
    builder.build().unwrap().send(request).await.unwrap_err()
}

#[tokio::test]
async fn proxy_status_407_is_permanent() {
    let basic = STANDARD.encode("me:p@ss");
    for (scheme, requests) in [("https", 1), ("http", 1)] {
        let proxy = Proxy::start(407).await;
        let url = format!("http://me:p@ss@{}", proxy.address);
        let variables = [("HTTPS_PROXY", url.clone()), ("HTTP_PROXY", url.clone())];
        let from_variable = builder(&format!("{scheme}://dbs.invalid"), &variables);
        let from_builder = builder(&format!("{scheme}://dbs.invalid"), &[]).proxy(url);
        for builder in [from_variable, from_builder] {
            let error = error_of(builder).await;
            let seen = proxy.requests();
            assert_eq!((seen.len(), error.attempts()), (requests, 1), "{error}");
            assert!(seen[0].to_lowercase().contains("proxy-authorization: basic "), "{}", seen[0]);
            assert!(seen[0].contains(&basic), "{}", seen[0]);
            assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
            assert!(!error.is_retryable() && !error.may_have_executed(), "{error}");
            let shown = format!("{error} {error:?}");
            assert!(shown.contains("rejected the user and the password (HTTP 407)"), "{shown}");
            assert!(!shown.contains("p@ss") && !shown.contains(&basic), "{shown}");
        }
    }
    let proxy = Proxy::start(407).await;
    let variables = [("ALL_PROXY", proxy.address.clone())];
    let error = error_of(builder("https://dbs.invalid", &variables)).await;
    assert!(error.to_string().contains("requires a user and a password (HTTP 407)"), "{error}");
}

#[tokio::test]
async fn refused_tunnel_reports_the_status() {
    for (status, attempts) in [(403, 1), (404, 1), (429, 4), (500, 4), (502, 4), (503, 4)] {
        let proxy = Proxy::start(status).await;
        let variables = [("https_proxy", proxy.address.clone())];
        let error = error_of(builder("https://dbs.invalid", &variables)).await;
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, attempts), "{error}");
        assert!(!error.may_have_executed());
        let expected =
            format!("the proxy `http://{}` refused the connection (HTTP {status})", proxy.address);
        assert!(error.to_string().contains(&expected), "{error}");
    }
}

#[tokio::test]
async fn no_proxy_hosts_are_reached_directly() {
    for (list, endpoint, is_direct) in [
        ("dbs.invalid", "https://dbs.invalid", true),
        (".invalid", "https://dbs.invalid", true),
        ("*", "https://dbs.invalid", true),
        ("other.example, dbs.invalid:443", "https://dbs.invalid", true),
        ("dbs.invalid:8443", "https://dbs.invalid", false),
        ("127.0.0.1/8", "https://127.0.0.1:1", true),
        ("127.0.0.1:1", "https://127.0.0.1:1", true),
        ("127.0.0.1:2", "https://127.0.0.1:1", false),
        ("0.0.1", "https://127.0.0.1:1", false),
    ] {
        let proxy = Proxy::start(403).await;
        let variables = [("HTTPS_PROXY", proxy.address.clone()), ("NO_PROXY", list.to_owned())];
        error_of(builder(endpoint, &variables).retry(RetryPolicy::never())).await;
        assert_eq!(proxy.requests().is_empty(), is_direct, "{list} {endpoint}");
    }
}

#[tokio::test]
async fn invalid_proxy_variable_fails_the_build() {
    for value in [
        "socks5://127.0.0.1:1080",
        "ftp://127.0.0.1",
        "http://:x",
        "http://127.0.0.1:x",
        "/etc/proxy",
    ] {
        for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            let variables = [(name, value.to_owned())];
            let error = builder("https://dbs.invalid", &variables).build().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration);
            let line = error.to_string();
            assert!(line.contains(name) && line.contains(value), "{line}");
            assert!(line.contains("expected `http://host:port`"), "{line}");
            assert!(builder("https://dbs.invalid", &variables).no_proxy().build().is_ok());
            assert!(builder("http://127.0.0.1:1", &variables).build().is_ok());
        }
    }
    let variables = [("HTTPS_PROXY", "socks5://me:hunter2@127.0.0.1:1080".to_owned())];
    let error = builder("https://dbs.invalid", &variables).build().unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
}

#[tokio::test]
async fn credentials_use_the_proxy_variables() {
    let proxy = Proxy::start(407).await;
    let address = proxy.address.clone();
    let provider = |value: String| {
        let io = Io::system()
            .with_http_library(LIBRARY)
            .with_env(move |name| (name == "HTTPS_PROXY").then(|| value.clone()));
        let source = Credentials::new("id", "secret");
        RamRoleProvider::new(source, RoleSession::new("acs:ram::1:role/r"), io)
    };
    let error = provider(address).credentials().await.unwrap_err();
    assert_eq!(proxy.requests().len(), 1, "{error}");
    assert!(!error.is_transient(), "{error}");
    let error = provider("socks5://127.0.0.1:1".to_owned()).credentials().await.unwrap_err();
    assert!(!error.is_transient(), "{error}");
}

#[tokio::test]
async fn log_of_a_proxy_shows_no_password() {
    if !is_alone(&path_of(module_path!(), "log_of_a_proxy_shows_no_password")) {
        return;
    }
    let log = Log::of_the_process();
    let secrets = ["planted-user:planted-pass", "planted-pass", "cGxhbnRlZC1wYXNz"];
    let basic = STANDARD.encode(secrets[0]);
    let mut shown = Vec::new();
    for status in [200, 403, 407, 502] {
        for scheme in ["https", "http"] {
            let proxy = Proxy::start(status).await;
            let url = format!("http://{}@{}", secrets[0], proxy.address);
            let variables = [("HTTPS_PROXY", url.clone()), ("HTTP_PROXY", url.clone())];
            let from_variable = builder(&format!("{scheme}://dbs.invalid"), &variables);
            let from_builder = builder(&format!("{scheme}://dbs.invalid"), &[]).proxy(url);
            for builder in [from_variable, from_builder] {
                shown.push(format!("{builder:?} {builder:#?}"));
                let error = error_of(builder).await;
                shown.push(format!("{error} {error:?} {error:#?}"));
            }
            assert!(proxy.requests()[0].contains(&basic));
        }
    }
    let logged = log.text();
    assert!(logged.contains("hyper"), "the HTTP library writes to the log");
    for line in logged.lines().chain(shown.iter().map(String::as_str)) {
        let leaks = line.contains(&basic) || secrets.iter().any(|secret| line.contains(secret));
        assert!(!leaks, "{line}");
    }
}
