//! Rules of proxies.

use super::super::case::{Case, equal, not_permanent, not_sent, ok, permanent, request, send};
use super::super::outcome::{Checked, found};
use super::super::server::Received;
use super::super::server::ledger::Ledger;
use super::super::server::proxy::{AUTHORIZATION, Proxy};
use super::super::server::tls::{Certificate, Protocol};
use super::requests::{echo, sent};
use crate::rpc::transport::TransportError;

const TLS: &str = "https://service.invalid";
const PLAIN: &str = "http://service.invalid";

fn proxy(case: &Case) -> Checked<&Proxy> {
    case.proxy.as_ref().ok_or_else(|| found("the check has no proxy"))
}

/// Checks the target and the user of the requests at the proxy; returns their number.
///
/// Ignores those with another method: a transport may open a tunnel that it does not use any more.
fn authorized(requests: &[Received], method: &str, target: &str) -> Checked<usize> {
    let requests = requests.iter().filter(|request| request.method == method);
    for request in requests.clone() {
        equal("the target", target.as_bytes(), request.target.as_bytes())?;
        let user = request.header("proxy-authorization").join(", ");
        equal("the header `Proxy-Authorization`", AUTHORIZATION.as_bytes(), user.as_bytes())?;
    }
    match requests.count() {
        0 => Err(found(format!("expected a `{method}` request at the proxy"))),
        number => Ok(number),
    }
}

pub(super) async fn forwards(case: &mut Case) -> Checked {
    case.step("HTTPS");
    let server = case.serve(Protocol::Https(Certificate::Valid), |connection| {
        let request = connection.request()?;
        if !request.header("proxy-authorization").is_empty() {
            return Ok(());
        }
        connection.write(super::requests::response(&request.body))?;
        echo(connection)
    })?;
    for _ in 0..2 {
        case.expect(&server, b"planted-body").await?;
    }
    authorized(&proxy(case)?.take_requests(), "CONNECT", &server.authority())?;
    sent(&server, 2)?;
    case.step("HTTP");
    let response = ok(send_to(case, PLAIN).await?)?;
    equal("the body of the response", b"proxied", response.body())?;
    let target = format!("{PLAIN}/?Secret=planted-query");
    match authorized(&proxy(case)?.take_requests(), "POST", &target)? {
        1 => Ok(()),
        number => Err(found(format!("expected one request at the proxy, got {number}"))),
    }
}

/// Sends a request to a host that only a proxy could resolve.
async fn send_to(case: &Case, url: &str) -> Checked<super::super::case::Sent> {
    let request = request(url, "planted-body")?;
    send(case.transport.clone(), Ledger::default().into(), request).await
}

/// Sends a request by a proxy that replies with these bytes; returns the error, which is `not_sent`.
async fn refused(case: &mut Case, url: &str, reply: &'static [u8]) -> Checked<TransportError> {
    proxy(case)?.reply(reply);
    let error = not_sent(send_to(case, url).await?)?;
    case.record(&error);
    Ok(error)
}

pub(super) async fn rejects_user(case: &mut Case) -> Checked {
    let reply = b"HTTP/1.1 407 Proxy Authentication Required\r\n\
                  Proxy-Authenticate: Basic realm=\"a\"\r\nContent-Length: 0\r\n\r\n";
    for (step, url) in [("HTTPS", TLS), ("HTTP", PLAIN)] {
        case.step(step);
        permanent(refused(case, url, reply).await?)?;
    }
    Ok(())
}

pub(super) async fn forbids(case: &mut Case) -> Checked {
    let reply = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\n\r\nforbidden";
    permanent(refused(case, TLS, reply).await?).map(drop)
}

pub(super) async fn fails(case: &mut Case) -> Checked {
    for (step, reply) in [
        ("HTTP 502", &b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 3\r\n\r\nbad"[..]),
        ("HTTP 503", b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"),
        ("closed without a response", b""),
        ("closed in the response", b"HTTP/1.1 200 "),
        ("not HTTP", b"220 smtp ready\r\n\r\n"),
        ("closed after the response", b"HTTP/1.1 200 OK\r\n\r\n"),
        ("not TLS after the response", b"HTTP/1.1 200 OK\r\n\r\nplain"),
    ] {
        case.step(step);
        not_permanent(refused(case, TLS, reply).await?)?;
    }
    Ok(())
}
