//! The status with which a proxy refuses a tunnel, which the HTTP library does not report.

use std::io::ErrorKind;
use std::time::Duration;

use http::Uri;
use tokio::net::TcpStream;
use url::Url;

use crate::rpc::clock::{SystemClock, within};
use crate::rpc::transport::proxy_url::ProxyUrl;

/// How long to wait for the status. The attempt has failed already.
const TIMEOUT: Duration = Duration::from_secs(1);
/// The longest status line, in bytes.
const MAX_LINE: usize = 1024;

/// Sends the request for a tunnel again and returns the status of the response.
///
/// Returns `None` for a proxy that is reached with TLS, or without a response.
pub(crate) async fn tunnel_status(proxy: &ProxyUrl, destination: &Uri) -> Option<u16> {
    if proxy.address().scheme() != "http" {
        return None;
    }
    let target = format!("{}:{}", destination.host()?, destination.port_u16().unwrap_or(443));
    let mut request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n").into_bytes();
    if let Some(value) = proxy.authorization() {
        request.extend_from_slice(b"Proxy-Authorization: ");
        request.extend_from_slice(value.as_bytes());
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    within(&SystemClock::new(), TIMEOUT, Box::pin(status(proxy.address(), &request))).await?.ok()?
}

async fn status(proxy: &Url, request: &[u8]) -> std::io::Result<Option<u16>> {
    let host = proxy.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let stream = TcpStream::connect((host, proxy.port_or_known_default().unwrap_or(80))).await?;
    let mut sent = 0;
    while sent < request.len() {
        stream.writable().await?;
        match stream.try_write(&request[sent..]) {
            Ok(bytes) => sent += bytes,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    let mut line = [0; MAX_LINE];
    let mut length = 0;
    while length < MAX_LINE && !line[..length].contains(&b'\n') {
        stream.readable().await?;
        match stream.try_read(&mut line[length..]) {
            Ok(0) => break,
            Ok(bytes) => length += bytes,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(parse_status(&line[..length]))
}

/// Returns the status of the first line of a response.
fn parse_status(response: &[u8]) -> Option<u16> {
    let line = String::from_utf8_lossy(response);
    let mut words = line.lines().next()?.split(' ');
    words.next().filter(|version| version.starts_with("HTTP/1"))?;
    words.next().filter(|status| status.len() == 3)?.parse().ok()
}
