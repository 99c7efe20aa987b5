//! Rules of responses, as servers frame them.

use std::io;

use super::super::case::{Case, equal};
use super::super::outcome::Checked;
use super::super::server::Connection;
use super::super::server::tls::Protocol;
use super::requests::{connected, continues, continues_in_pieces, response};

const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n";

/// Returns a script that sends these bytes after the first request, then responds with `next`.
fn first(
    bytes: impl AsRef<[u8]> + Send + Sync + 'static,
) -> impl Fn(&mut Connection) -> io::Result<()> + Send + Sync + 'static {
    move |connection| {
        if connection.number == 0 {
            connection.request()?;
            connection.write(bytes.as_ref())?;
        }
        loop {
            connection.request()?;
            connection.write(response("next"))?;
        }
    }
}

pub(super) async fn informational(case: &mut Case) -> Checked {
    let hint = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
    for (step, informational) in [
        ("100", "HTTP/1.1 100 Continue\r\n\r\n".to_owned()),
        ("102 and 103", format!("HTTP/1.1 102 Processing\r\n\r\n{hint}")),
        ("100 times 103", hint.repeat(100)),
    ] {
        case.step(step);
        let bytes = [informational.into_bytes(), response("{}")].concat();
        continues(case, bytes, (200, b"{}")).await?;
    }
    Ok(())
}

pub(super) async fn without_body(case: &mut Case) -> Checked {
    for (status, head) in [
        (204, "HTTP/1.1 204 No Content\r\n\r\n"),
        (204, "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"),
        (304, "HTTP/1.1 304 Not Modified\r\n\r\n"),
        (304, "HTTP/1.1 304 Not Modified\r\nContent-Length: 20\r\n\r\n"),
    ] {
        case.step(format!("`{}`", head.trim_end().replace("\r\n", ", ")));
        continues(case, head, (status, b"")).await?;
    }
    Ok(())
}

pub(super) async fn chunked(case: &mut Case) -> Checked {
    let body = b"abcdefghijklmnopqrstuvwxyz";
    for (step, end) in [
        ("without trailers", "0\r\n\r\n"),
        ("with trailers", "0\r\nX-Checksum: 1\r\nX-Other: 2\r\n\r\n"),
    ] {
        for size in [1, 7, usize::MAX] {
            case.step(format!("{step}, in writes of at most {size} bytes"));
            let chunks = "1\r\na\r\n3;x=\"y\"\r\nbcd\r\n16\r\nefghijklmnopqrstuvwxyz\r\n";
            let bytes = format!("{CHUNKED}\r\n{chunks}{end}");
            continues_in_pieces(case, bytes, size, (200, body)).await?;
        }
    }
    Ok(())
}

pub(super) async fn until_close(case: &mut Case) -> Checked {
    for end in ["", "Connection: close\r\n"] {
        let server = case.serve(Protocol::Http, move |connection| {
            connection.request()?;
            let head = format!("HTTP/1.1 200 OK\r\n{end}\r\n");
            connection.write_each(head + &"ab".repeat(500), 100)
        })?;
        for _ in 0..2 {
            case.expect(&server, "ab".repeat(500).as_bytes()).await?;
        }
        connected(&server, 2)?;
    }
    Ok(())
}

pub(super) async fn own_response(case: &mut Case) -> Checked {
    for (step, rest) in [
        ("a body that is longer than its length", b"{}{}{}".to_vec()),
        ("two responses in one write", response("stray")),
    ] {
        // The end of the first response and the next request are concurrent.
        for _ in 0..10 {
            case.step(step);
            let bytes = [response("first"), rest.clone()].concat();
            let server = case.serve(Protocol::Http, first(bytes))?;
            case.expect(&server, b"first").await?;
            let Ok(next) = case.send(&server, "planted-body").await? else { continue };
            equal("the body of the next response", b"next", next.body())?;
        }
    }
    Ok(())
}

pub(super) async fn invalid(case: &mut Case) -> Checked {
    for (step, bytes) in [
        ("not HTTP", "220 smtp ready\r\n\r\n"),
        ("HTTP/0.9", "<html></html>\r\n\r\n"),
        ("an invalid status", "HTTP/1.1 2x0 OK\r\n\r\n"),
        ("an invalid header", "HTTP/1.1 200 OK\r\nA\u{0}B: 1\r\nContent-Length: 0\r\n\r\n"),
        ("an invalid length", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{}"),
        ("two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
        ("an invalid chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}"),
    ] {
        case.step(step);
        let server = case.serve(Protocol::Http, move |connection| {
            connection.request()?;
            connection.write(bytes)
        })?;
        let error = case.expect_arrival(&server).await?;
        case.record(&error);
    }
    Ok(())
}

pub(super) async fn endless_head(case: &mut Case) -> Checked {
    let server = case.serve(Protocol::Http, |connection| {
        connection.request()?;
        connection.write("HTTP/1.1 200 OK\r\n")?;
        let header = format!("X-Endless: {}\r\n", "x".repeat(1000));
        // 16 MiB: the transport must stop reading before.
        for _ in 0..16 {
            connection.write(header.repeat(1000))?;
        }
        connection.write("Content-Length: 0\r\n\r\n")
    })?;
    case.expect_arrival(&server).await.map(drop)
}
