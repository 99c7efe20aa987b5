//! Rules of whole exchanges: what arrives, and on which connection.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::sleep;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use tokio::task::JoinSet;

use super::super::case::{Case, equal, ok, request, send_beside_others};
use super::super::outcome::{Checked, found};
use super::super::server::tls::Protocol;
use super::super::server::{Connection, Received, Server};

/// The query of a request, with everything that an encoder could change.
const QUERY: &str = "A=%20&B=%E4%B8%AD&C=~-_.&D=%2B%2F%3D%25&E=&Secret=planted-query";

/// Returns a response with a body.
pub(super) fn response(body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// Responds to each request with its own body.
pub(super) fn echo(connection: &mut Connection) -> io::Result<()> {
    loop {
        let request = connection.request()?;
        connection.write(response(&request.body))?;
    }
}

pub(super) async fn arrives_unchanged(case: &mut Case) -> Checked {
    let requests = Arc::new(Mutex::new(Vec::new()));
    let seen = requests.clone();
    let server = case.serve(Protocol::Http, move |connection| {
        loop {
            let request = connection.request()?;
            seen.lock().unwrap_or_else(PoisonError::into_inner).push(request);
            connection.write(response("{}"))?;
        }
    })?;
    let all_bytes: Vec<u8> = (0..=255).cycle().take(1 << 20).collect();
    for (step, method, path, body) in [
        ("without a body", "GET", "/", Bytes::new()),
        ("with a body", "POST", "/", Bytes::from_static(b"A=%20&Secret=planted-body")),
        ("with a path", "POST", "/a%20b/c~d", Bytes::from_static(b"A=1")),
        ("with a body of 1 MiB", "PUT", "/", Bytes::from(all_bytes)),
    ] {
        case.step(step);
        let sent = Request::builder()
            .method(method)
            .uri(format!("{}{path}?{QUERY}", server.url()))
            .header("host", server.authority())
            .header("authorization", "planted-header Credential=a/b,Signature=0f")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("x-acs-date", "2026-01-02T03:04:05Z")
            .header("x-empty", "")
            .body(body)
            .map_err(|error| found(error.to_string()))?;
        ok(case.send_to(&server, sent.clone()).await?)?;
        let mut seen = requests.lock().unwrap_or_else(PoisonError::into_inner);
        let [received] = &seen[..] else {
            return Err(found(format!("expected one request, got {}", seen.len())));
        };
        is_unchanged(&sent, received, path)?;
        seen.clear();
    }
    Ok(())
}

fn is_unchanged(sent: &Request<Bytes>, received: &Received, path: &str) -> Checked {
    equal("the method", sent.method().as_str().as_bytes(), received.method.as_bytes())?;
    equal(
        "the path and the query",
        format!("{path}?{QUERY}").as_bytes(),
        received.target.as_bytes(),
    )?;
    for (name, value) in sent.headers() {
        let [got] = received.header(name.as_str())[..] else {
            return Err(found(format!("expected one header `{name}`")));
        };
        equal(&format!("the header `{name}`"), value.as_bytes(), got.as_bytes())?;
    }
    equal("the body", sent.body(), &received.body)
}

pub(super) async fn any_status(case: &mut Case) -> Checked {
    for status in [200, 201, 302, 307, 400, 404, 407, 429, 500, 502, 503] {
        case.step(format!("HTTP {status}"));
        let server = case.serve(Protocol::Http, move |connection| {
            loop {
                connection.request()?;
                // Without a host, so that whoever follows it comes back.
                connection.write(format!(
                    "HTTP/1.1 {status} Any\r\nLocation: /other\r\nX-Check: a\r\nRetry-After: 0\r\n\
                     Content-Length: 6\r\n\r\nstatus"
                ))?;
            }
        })?;
        let response = ok(case.send(&server, "planted-body").await?)?;
        if response.status() != status {
            return Err(found(format!("got HTTP {}", response.status())));
        }
        let header = response.headers().get("x-check").map_or(&b""[..], |value| value.as_bytes());
        equal("the header `X-Check`", b"a", header)?;
        equal("the body", b"status", response.body())?;
        sent(&server, 1)?;
    }
    Ok(())
}

/// Checks how many requests a server has read.
pub(super) fn sent(server: &Server, expected: usize) -> Checked {
    let begun = server.ledger().begun();
    if begun == expected {
        return Ok(());
    }
    Err(found(format!("expected {expected} requests at the server, got {begun}")))
}

/// Checks how many connections a server has accepted.
pub(super) fn connected(server: &Server, expected: usize) -> Checked {
    let connections = server.ledger().connections();
    if connections == expected {
        return Ok(());
    }
    Err(found(format!("expected {expected} connections, got {connections}")))
}

/// Sends requests until one uses the connection of an earlier one.
///
/// The server responds to every second request of a connection with `next`, and to the others with
/// `bytes`, whose response must have this status and body. A transport may need a moment until it can
/// use a connection again.
pub(super) async fn continues(
    case: &mut Case,
    bytes: impl AsRef<[u8]> + Send + Sync + 'static,
    (status, body): (u16, &[u8]),
) -> Checked {
    continues_in_pieces(case, bytes, usize::MAX, (status, body)).await
}

/// As [`continues`], with a server that writes pieces of this size.
pub(super) async fn continues_in_pieces(
    case: &mut Case,
    bytes: impl AsRef<[u8]> + Send + Sync + 'static,
    size: usize,
    (status, body): (u16, &[u8]),
) -> Checked {
    const ATTEMPTS: usize = 6;
    let server = case.serve(Protocol::Http, move |connection| {
        loop {
            connection.request()?;
            connection.write_each(&bytes, size)?;
            connection.request()?;
            connection.write(response("next"))?;
        }
    })?;
    for attempt in 0..ATTEMPTS {
        let response = ok(case.send(&server, "planted-body").await?)?;
        // Only a connection of an earlier request sends it.
        if attempt > 0 && response.body() == "next" && response.status() == 200 {
            return Ok(());
        }
        if response.status().as_u16() != status {
            return Err(found(format!("got HTTP {}", response.status())));
        }
        equal("the body", body, response.body())?;
        tokio::time::sleep(Duration::from_millis(1 << attempt)).await;
    }
    Err(found(format!("each of {ATTEMPTS} consecutive requests used a new connection")))
}

pub(super) async fn keeps_connection(case: &mut Case) -> Checked {
    continues(case, response("first"), (200, b"first")).await
}

pub(super) async fn concurrent(case: &mut Case) -> Checked {
    let server = case.serve(Protocol::Http, |connection| {
        loop {
            let request = connection.request()?;
            sleep(Duration::from_millis(connection.number as u64 % 4));
            connection.write(response(&request.body))?;
        }
    })?;
    echoed(case, &server).await
}

/// Sends 64 requests at once, and compares each response with its request.
pub(super) async fn echoed(case: &Case, server: &Server) -> Checked {
    let mut requests = JoinSet::new();
    for number in 0..64 {
        let body = format!("planted-body-{number}");
        let request = request(&server.url(), body.clone())?;
        let sent = send_beside_others(case.transport.clone(), server.ledger().clone(), request);
        requests.spawn(async move { (body, sent.await) });
    }
    while let Some(joined) = requests.join_next().await {
        let (body, sent) = joined.map_err(|_| found("`send` panicked"))?;
        equal("the body of the response", body.as_bytes(), ok(sent?)?.body())?;
    }
    Ok(())
}
