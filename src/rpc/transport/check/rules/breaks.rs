//! Rules of connections that are refused, or break.

use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::time::Duration;

use tokio::time::sleep;

use super::super::case::{
    Case, failed, may_have_arrived, not_permanent, not_sent, ok, request, send, sent_once,
};
use super::super::outcome::{Checked, found};
use super::super::server::Connection;
use super::super::server::ledger::Ledger;
use super::super::server::tls::Protocol;
use super::requests::response;
use crate::rpc::transport::TransportError;

/// How long a transport needs to notice a closed connection, and a server to read a repeated request.
const MOMENT: Duration = Duration::from_millis(50);

pub(super) async fn refused(case: &mut Case) -> Checked {
    // The port of an outgoing connection: nothing listens there, and no other program gets it.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let outgoing = TcpStream::connect(listener.local_addr()?)?;
    let address = outgoing.local_addr()?;
    let request = request(&format!("http://{address}"), "planted-body")?;
    let sent = send(case.transport.clone(), Ledger::default().into(), request).await?;
    let error = not_permanent(not_sent(sent)?)?;
    case.record(&error);
    Ok(())
}

/// How a connection ends after its first response.
type End = fn(&mut Connection) -> io::Result<()>;

pub(super) async fn stale(case: &mut Case) -> Checked {
    let ends: [(_, End, _); 2] = [
        (
            "reset after the first byte of the next request",
            |connection| {
                connection.read_exactly(1)?;
                connection.reset_at_end();
                Ok(())
            },
            false,
        ),
        ("closed after the next request", |connection| connection.request().map(drop), true),
    ];
    for (step, end, is_same_error) in ends {
        case.step(step);
        let error = is_not_repeated(case, end).await?;
        if is_same_error {
            case.record(&error);
        }
    }
    for (step, pause, times) in [
        ("closed before the next request", MOMENT, 1),
        ("closed at the time of the next request", Duration::ZERO, 20),
    ] {
        for _ in 0..times {
            case.step(step);
            let server = case.serve(Protocol::Http, |connection| {
                connection.request()?;
                connection.write(response("{}"))
            })?;
            case.expect(&server, b"{}").await?;
            sleep(pause).await;
            if let Err(error) = case.send(&server, "planted-body").await? {
                not_permanent(error)?;
                // A repeated request would arrive now, and the end of the rule counts all.
                sleep(MOMENT).await;
            }
        }
    }
    Ok(())
}

/// Sends requests until one uses the connection of an earlier one, which then ends in this way.
async fn is_not_repeated(case: &mut Case, end: End) -> Checked<TransportError> {
    let server = case.serve(Protocol::Http, move |connection| {
        connection.request()?;
        connection.write(response("{}"))?;
        end(connection)
    })?;
    for attempt in 0..6 {
        let sent = case.send(&server, "planted-body").await?;
        if sent.is_err() {
            let error = not_permanent(may_have_arrived(sent)?)?;
            sleep(MOMENT).await;
            return sent_once(server.ledger()).map(|()| error);
        }
        sent_once(server.ledger())?;
        // A transport may need a moment until it can use a connection again.
        sleep(Duration::from_millis(1 << attempt)).await;
    }
    Err(found("no consecutive requests shared a connection"))
}

/// The length of the body of a request that breaks.
const BODY: usize = 64 << 10;

pub(super) async fn in_request(case: &mut Case) -> Checked {
    let body = "planted-".repeat(BODY / 8);
    let (heads, head_len) = std::sync::mpsc::channel();
    let server = case.serve(Protocol::Http, move |connection| {
        let request = connection.request()?;
        let _ = heads.send(request.head_len);
        connection.write(response("{}"))
    })?;
    ok(case.send(&server, body.clone()).await?)?;
    // The heads are equally long: ports of servers have five digits, with rare exceptions.
    let head = head_len.recv().unwrap_or_default();
    for (step, bytes) in [
        ("before its first byte", 0),
        ("after its first byte", 1),
        ("before the last byte of its head", head - 1),
        ("after its head", head),
        ("after half of its body", head + BODY / 2),
        ("after its last byte", head + BODY),
    ] {
        for resets in [false, true] {
            case.step(format!("{} {step}", if resets { "reset" } else { "closed" }));
            let server = case.serve(Protocol::Http, move |connection| {
                connection.read_exactly(bytes)?;
                if resets {
                    connection.reset_at_end();
                }
                Ok(())
            })?;
            let sent = case.send(&server, body.clone()).await?;
            if bytes == 0 {
                // `send` has compared an error that is `not_sent` with what the server read.
                not_permanent(failed(sent)?)?;
                continue;
            }
            let error = not_permanent(may_have_arrived(sent)?)?;
            if !resets {
                case.record(&error);
            }
        }
    }
    Ok(())
}

pub(super) async fn in_response(case: &mut Case) -> Checked {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
    let length = format!("{head}Content-Length: 100\r\n\r\n");
    let chunked = format!("{head}Transfer-Encoding: chunked\r\n\r\n");
    for (step, bytes) in [
        ("after its first byte", "H".to_owned()),
        ("in its head", head.to_owned()),
        ("before the last byte of its head", length[..length.len() - 1].to_owned()),
        ("after its head", length.clone()),
        ("after half of its body", length.clone() + &"x".repeat(50)),
        ("before the last byte of its body", length + &"x".repeat(99)),
        ("before the first chunk", chunked.clone()),
        ("in the size of a chunk", format!("{chunked}1")),
        ("in a chunk", format!("{chunked}10\r\nxxxx")),
        ("after a chunk", format!("{chunked}4\r\nxxxx\r\n")),
        ("in the last chunk", format!("{chunked}4\r\nxxxx\r\n0\r\n")),
        ("in the trailers", format!("{chunked}4\r\nxxxx\r\n0\r\nX-Checksum: 1\r\n")),
    ] {
        case.step(format!("closed {step}"));
        let server = case.serve(Protocol::Http, move |connection| {
            connection.request()?;
            connection.write(&bytes)
        })?;
        let error = not_permanent(case.expect_arrival(&server).await?)?;
        case.record(&error);
    }
    case.step("reset after half of its body");
    let server = case.serve(Protocol::Http, move |connection| {
        // Leaves a byte of the request unread, so that the system resets the connection.
        connection.read_exactly(40)?;
        connection.write("HTTP/1.1 200 OK\r\n\r\n{}")?;
        connection.reset_at_end();
        Ok(())
    })?;
    not_permanent(case.expect_arrival(&server).await?).map(drop)
}
