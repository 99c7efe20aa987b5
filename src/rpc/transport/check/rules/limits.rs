//! Rules of what a transport limits, and of cancellation.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use super::super::case::{
    Case, eventually, failed, not_permanent, not_sent, ok, request, send, unexpected,
};
use super::super::outcome::{Checked, found};
use super::super::server::Connection;
use super::super::server::ledger::Ledger;
use super::super::server::tls::Protocol;
use super::requests::response;
use crate::rpc::transport::TransportErrorKind;

/// After which time the check drops the future of a request.
const CANCEL_AFTER: Duration = Duration::from_millis(100);

pub(super) async fn cancels(case: &mut Case) -> Checked {
    type Begin = fn(&mut Connection) -> io::Result<()>;
    let scenarios: [(_, Begin, _); 3] = [
        ("before the response", |connection| connection.request().map(drop), 12),
        (
            "in the body of the response",
            |connection| {
                connection.request()?;
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
            },
            12,
        ),
        (
            "in the body of the request",
            |connection| {
                connection.read_exactly(1)?;
                // Until the transport cannot write any more.
                std::thread::sleep(2 * CANCEL_AFTER);
                Ok(())
            },
            16 << 20,
        ),
    ];
    for (step, begin, length) in scenarios {
        case.step(step);
        let server = case.serve(Protocol::Http, move |connection| {
            if connection.number == 0 {
                begin(connection)?;
                // The connection is closed only after the transport has closed its side.
                connection.read_to_end();
                return Ok(());
            }
            connection.request()?;
            connection.write(response("{}"))
        })?;
        case.cancel(&server, "x".repeat(length), CANCEL_AFTER).await?;
        case.expect(&server, b"{}").await?;
        let ledger = server.ledger();
        eventually("expected the transport to close the connection", || ledger.closed() > 0)
            .await?;
    }
    Ok(())
}

pub(super) async fn size(case: &mut Case) -> Checked {
    let max = case.setup.max_response_size;
    case.step("a body of the maximum size");
    let server = case.serve(Protocol::Http, move |connection| {
        connection.request()?;
        connection.write(response("x".repeat(max)))
    })?;
    let whole = ok(case.send(&server, "planted-body").await?)?;
    if whole.body().len() != max {
        return Err(found(format!("got a body of {} bytes", whole.body().len())));
    }
    for (step, head) in [
        ("a length above the maximum", format!("Content-Length: {}\r\n\r\n", 64 << 20)),
        ("a chunk that is longer", format!("Transfer-Encoding: chunked\r\n\r\n{:x}\r\n", 64 << 20)),
        ("a body that does not end", "\r\n".to_owned()),
    ] {
        case.step(step);
        let (ends, end) = std::sync::mpsc::channel();
        let server = case.serve(Protocol::Http, move |connection| {
            connection.request()?;
            connection.write(format!("HTTP/1.1 200 OK\r\n{head}"))?;
            let piece = "x".repeat(64 << 10);
            let written = (0..1024).try_for_each(|_| connection.write(&piece));
            let _ = ends.send(written.is_ok());
            written
        })?;
        let error = failed(case.send(&server, "planted-body").await?)?;
        if error.kind() != TransportErrorKind::InvalidResponse {
            return Err(unexpected("`invalid_response`", error));
        }
        case.record(&error);
        let ledger = server.ledger();
        eventually("expected the transport to close the connection", || ledger.closed() > 0)
            .await?;
        if end.recv() == Ok(true) {
            return Err(found("the transport read a response of 64 MiB"));
        }
    }
    Ok(())
}

/// Fills the queue of a listener, so that further connections are neither accepted nor refused.
///
/// Returns `None` on systems that refuse them.
fn full_listener() -> io::Result<Option<(SocketAddr, TcpListener, Vec<TcpStream>)>> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let mut queued = Vec::new();
    if cfg!(target_os = "linux") {
        // The queue of the standard library has 128 places.
        for _ in 0..600 {
            match TcpStream::connect_timeout(&address, Duration::from_millis(50)) {
                Ok(stream) => queued.push(stream),
                Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                    return Ok(Some((address, listener, queued)));
                }
                Err(error) => return Err(error),
            }
        }
    }
    Ok(None)
}

pub(super) async fn not_accepted(case: &mut Case) -> Checked {
    let Some((address, _listener, _queued)) = full_listener()? else {
        case.skip();
        return Ok(());
    };
    let request = request(&format!("http://{address}"), "planted-body")?;
    let begun = Instant::now();
    let sent = send(case.transport.clone(), Ledger::default().into(), request).await?;
    let error = not_permanent(not_sent(sent)?)?;
    case.record(&error);
    let (elapsed, limit) = (begun.elapsed(), Duration::from_secs(2));
    if elapsed > limit {
        return Err(found(format!("`send` returned after {elapsed:?}")));
    }
    Ok(())
}
