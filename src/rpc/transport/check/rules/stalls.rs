//! Rules of HTTP/2 connections that stall: all requests share them, so each would wait.

use std::io;
use std::time::Duration;

use super::super::case::Case;
use super::super::outcome::Checked;
use super::super::server::frames::Http2;
use super::super::server::tls::Protocol;
use super::requests::connected;

/// After which time the check drops the future of the request.
const CANCEL_AFTER: Duration = Duration::from_millis(200);

/// How the first connection of a server stalls.
type Stall = fn(&mut Http2<'_>) -> io::Result<()>;

/// Cancels a request on a connection that stalls, and checks that the next one uses another.
async fn is_left(case: &mut Case, body: usize, stall: Stall) -> Checked {
    for (step, before) in [("the first request", 0), ("a later request", 1)] {
        case.step(step);
        let server = case.serve(Protocol::Http2, move |connection| {
            let mut http = Http2::open(connection)?;
            let mut served = 0;
            loop {
                if http.number() == 0 && served == before {
                    stall(&mut http)?;
                    http.stall();
                    return Ok(());
                }
                let request = http.request()?;
                http.respond(request.id, &request.body)?;
                served += 1;
            }
        })?;
        for _ in 0..before {
            case.expect(&server, b"planted-body").await?;
        }
        case.cancel(&server, vec![b'x'; body], CANCEL_AFTER).await?;
        for _ in 0..2 {
            case.expect(&server, b"planted-body").await?;
        }
        connected(&server, 2)?;
    }
    Ok(())
}

pub(super) async fn request(case: &mut Case) -> Checked {
    // More than the buffers of both sockets contain, so the transport cannot write the rest.
    is_left(case, 8 << 20, |http| http.request_or_bytes(100 << 10).map(drop)).await
}

pub(super) async fn response(case: &mut Case) -> Checked {
    is_left(case, 10, |http| {
        let request = http.request()?;
        http.head(request.id)?;
        http.data(request.id, b"{", false)
    })
    .await
}

pub(super) async fn silent(case: &mut Case) -> Checked {
    is_left(case, 10, |http| http.request().map(drop)).await
}
