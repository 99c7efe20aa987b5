//! Rules of TLS.

use std::io;

use super::super::case::{Case, not_permanent, not_sent, permanent};
use super::super::outcome::Checked;
use super::super::server::Connection;
use super::super::server::tls::{Certificate, Protocol};
use super::requests::{echo, response};

const TRUSTED: Protocol = Protocol::Https(Certificate::Valid);

pub(super) async fn trusted(case: &mut Case) -> Checked {
    let server = case.serve(TRUSTED, echo)?;
    for _ in 0..2 {
        case.expect(&server, b"planted-body").await?;
    }
    Ok(())
}

/// Checks the error of a server whose certificate must be rejected.
async fn rejected(case: &mut Case, certificate: Certificate) -> Checked {
    let server = case.serve(Protocol::Https(certificate), echo)?;
    let error = permanent(not_sent(case.send(&server, "planted-body").await?)?)?;
    case.record(&error);
    Ok(())
}

pub(super) async fn expired(case: &mut Case) -> Checked {
    rejected(case, Certificate::Expired).await
}

pub(super) async fn not_yet_valid(case: &mut Case) -> Checked {
    rejected(case, Certificate::NotYetValid).await
}

pub(super) async fn other_host(case: &mut Case) -> Checked {
    rejected(case, Certificate::OtherHost).await
}

pub(super) async fn untrusted(case: &mut Case) -> Checked {
    rejected(case, Certificate::Untrusted).await
}

pub(super) async fn broken_handshake(case: &mut Case) -> Checked {
    type Script = fn(&mut Connection) -> io::Result<()>;
    let scenarios: [(_, Script); 3] = [
        ("a server without TLS", |connection| {
            connection.read_some()?;
            connection.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        }),
        ("closed after the first message", |connection| connection.read_some()),
        ("closed in a message", |connection| {
            connection.read_some()?;
            // The header of a `ServerHello` record of 256 bytes.
            connection.write([22, 3, 3, 1, 0])
        }),
    ];
    for (step, script) in scenarios {
        case.step(step);
        let server = case.serve(Protocol::Http, script)?;
        let sent = case.send_with_tls(&server).await?;
        let error = not_permanent(not_sent(sent)?)?;
        case.record(&error);
    }
    Ok(())
}

pub(super) async fn stalled_handshake(case: &mut Case) -> Checked {
    let server = case.serve(Protocol::Http, |connection| {
        connection.read_some()?;
        connection.stall();
        Ok(())
    })?;
    let sent = case.send_with_tls(&server).await?;
    let error = not_permanent(not_sent(sent)?)?;
    case.record(&error);
    Ok(())
}

/// Starts a server that ends TLS without its last message after a part of a body.
async fn is_cut(case: &mut Case, head: &'static str) -> Checked {
    let server = case.serve(TRUSTED, move |connection| {
        connection.request()?;
        connection.write(format!("HTTP/1.1 200 OK\r\n{head}xxxx"))?;
        connection.cut_at_end();
        Ok(())
    })?;
    let error = not_permanent(case.expect_arrival(&server).await?)?;
    case.record(&error);
    Ok(())
}

pub(super) async fn cut(case: &mut Case) -> Checked {
    case.step("a body with a length");
    is_cut(case, "Content-Length: 100\r\n\r\n").await?;
    case.step("a chunked body");
    is_cut(case, "Transfer-Encoding: chunked\r\n\r\n10\r\n").await?;
    case.step("after the whole body");
    let server = case.serve(TRUSTED, |connection| {
        connection.request()?;
        connection.write(response("whole"))?;
        connection.cut_at_end();
        Ok(())
    })?;
    case.expect(&server, b"whole").await
}

pub(super) async fn truncated(case: &mut Case) -> Checked {
    case.step("in order");
    let server = case.serve(TRUSTED, |connection| {
        connection.request()?;
        connection.write("HTTP/1.1 200 OK\r\n\r\nwhole")
    })?;
    case.expect(&server, b"whole").await?;
    case.step("without the last message");
    is_cut(case, "\r\n").await
}
