//! Rules of HTTP/2.

use std::io;
use std::thread::sleep;
use std::time::Duration;

use super::super::case::{
    Case, cancel, failed, may_have_arrived, not_permanent, request, unexpected,
};
use super::super::outcome::{Checked, found};
use super::super::server::Server;
use super::super::server::frames::{Http2, INTERNAL_ERROR, NO_ERROR, REFUSED_STREAM, Stream};
use super::super::server::tls::Protocol;
use super::requests::{connected, echoed, sent};
use crate::rpc::transport::TransportErrorKind;

/// How many requests a server reads before it responds, the last one first.
const BATCH: usize = 8;

pub(super) async fn shares_connection(case: &mut Case) -> Checked {
    let server = case.serve(Protocol::Http2, |connection| {
        let mut http = Http2::open(connection)?;
        let first = http.request()?;
        http.respond(first.id, &first.body)?;
        loop {
            let batch: Vec<_> = (0..BATCH).map(|_| http.request()).collect::<io::Result<_>>()?;
            for stream in batch.iter().rev() {
                http.respond(stream.id, &stream.body)?;
            }
        }
    })?;
    // Before the first connection, a transport cannot know that requests can share it.
    case.expect(&server, b"planted-body").await?;
    echoed(case, &server).await?;
    connected(&server, 1)
}

/// What a server sends to the second request of its first connection.
type Reaction = fn(&mut Http2<'_>, &Stream) -> io::Result<()>;

/// Starts a server that responds, except to the second request of its first connection.
fn serve(case: &mut Case, reaction: Reaction) -> Checked<Server> {
    case.serve(Protocol::Http2, move |connection| {
        let mut http = Http2::open(connection)?;
        let mut served = 0;
        loop {
            let request = http.request()?;
            served += 1;
            if http.number() == 0 && served == 2 {
                reaction(&mut http, &request)?;
                // The transport closes the connection, or sends nothing more on it.
                continue;
            }
            http.respond(request.id, &request.body)?;
        }
    })
}

/// Waits for a request that a transport repeats.
async fn is_not_repeated(server: &Server) -> Checked {
    tokio::time::sleep(Duration::from_millis(50)).await;
    sent(server, 2)
}

pub(super) async fn unprocessed(case: &mut Case) -> Checked {
    let scenarios: [(_, Reaction); 3] = [
        ("`REFUSED_STREAM`", |http, request| http.reset(request.id, REFUSED_STREAM)),
        ("`GOAWAY` below the stream", |http, request| http.go_away(request.id - 2, NO_ERROR)),
        ("`GOAWAY` with an error below the stream", |http, request| {
            http.go_away(request.id - 2, INTERNAL_ERROR)
        }),
    ];
    for (step, reaction) in scenarios {
        case.step(step);
        let server = serve(case, reaction)?;
        case.expect(&server, b"planted-body").await?;
        let error = failed(case.send(&server, "planted-body").await?)?;
        // A library may hide what proves it.
        if !matches!(
            error.kind(),
            TransportErrorKind::NotProcessed | TransportErrorKind::Interrupted
        ) {
            return Err(unexpected("`not_processed`, or `interrupted`", error));
        }
        let error = not_permanent(error)?;
        case.record(&error);
        is_not_repeated(&server).await?;
        case.expect(&server, b"planted-body").await?;
    }
    Ok(())
}

pub(super) async fn interrupted(case: &mut Case) -> Checked {
    let scenarios: [(_, Reaction); 5] = [
        ("reset with `INTERNAL_ERROR`", |http, request| http.reset(request.id, INTERNAL_ERROR)),
        ("reset with `NO_ERROR`", |http, request| http.reset(request.id, NO_ERROR)),
        ("reset after the head", |http, request| {
            http.head(request.id)?;
            http.data(request.id, b"{", false)?;
            // Otherwise, the reset would overtake the head.
            sleep(Duration::from_millis(20));
            http.reset(request.id, REFUSED_STREAM)
        }),
        ("`GOAWAY` at the stream, then closed", |http, request| {
            http.go_away(request.id, INTERNAL_ERROR)?;
            Err(io::ErrorKind::ConnectionAborted.into())
        }),
        ("closed", |_, _| Err(io::ErrorKind::ConnectionAborted.into())),
    ];
    for (step, reaction) in scenarios {
        case.step(step);
        let server = serve(case, reaction)?;
        case.expect(&server, b"planted-body").await?;
        let error = may_have_arrived(case.send(&server, "planted-body").await?)?;
        let error = not_permanent(error)?;
        case.record(&error);
        is_not_repeated(&server).await?;
    }
    Ok(())
}

pub(super) async fn cancelled(case: &mut Case) -> Checked {
    let server = case.serve(Protocol::Http2, |connection| {
        let mut http = Http2::open(connection)?;
        loop {
            let request = http.request()?;
            if request.body != b"no response" {
                http.respond(request.id, &request.body)?;
            }
        }
    })?;
    case.expect(&server, b"planted-body").await?;
    let request = request(&server.url(), "no response")?;
    let after = Duration::from_millis(150);
    let cancelled = cancel(case.transport.clone(), server.ledger().clone(), request, after);
    let cancelled = tokio::spawn(cancelled);
    while !cancelled.is_finished() {
        case.expect(&server, b"planted-body").await?;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    cancelled.await.map_err(|_| found("`send` panicked"))??;
    case.expect(&server, b"planted-body").await?;
    connected(&server, 1)
}
