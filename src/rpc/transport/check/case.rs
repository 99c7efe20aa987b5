//! `Case`: the transport under test during one rule, and what holds in every rule.

use std::error::Error as StdError;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response};
use tokio::time::{sleep, timeout};

use super::outcome::{Checked, Failure, found};
use super::server::ledger::Ledger;
use super::server::proxy::{AUTHORIZATION, Proxy};
use super::server::tls::Protocol;
use super::server::{Connection, Server};
use super::setup::TransportSetup;
use crate::rpc::transport::{Transport, TransportError, TransportErrorKind};

/// How long a request may take.
const LIMIT: Duration = Duration::from_secs(5);

/// What a server reads within this time after an error is part of the failed request.
const GRACE: Duration = Duration::from_millis(20);

/// What the query, the headers and the body of each request contain, and the user of the proxy.
const SECRET: &str = "planted";

/// The result of a request.
pub(super) type Sent = Result<Response<Bytes>, TransportError>;

/// The future of a rule.
pub(super) type Checking<'a> = Pin<Box<dyn Future<Output = Checked> + Send + 'a>>;

/// The transport under test during one rule.
pub(super) struct Case {
    pub(super) transport: Arc<dyn Transport>,
    pub(super) setup: TransportSetup,
    pub(super) proxy: Option<Proxy>,
    step: String,
    outcomes: Vec<String>,
    is_skipped: bool,
    ledgers: Vec<Arc<Ledger>>,
}

/// What a rule has recorded.
#[derive(Default)]
pub(super) struct Record {
    pub(super) step: String,
    pub(super) outcomes: Vec<String>,
    pub(super) is_skipped: bool,
}

impl Case {
    pub(super) fn new(
        transport: Arc<dyn Transport>,
        setup: TransportSetup,
        proxy: Option<Proxy>,
    ) -> Self {
        Self {
            transport,
            setup,
            proxy,
            step: String::new(),
            outcomes: Vec::new(),
            is_skipped: false,
            ledgers: Vec::new(),
        }
    }

    /// Names what the rule does next.
    pub(super) fn step(&mut self, step: impl Into<String>) {
        self.step = step.into();
    }

    /// Records that this system cannot check the rule.
    pub(super) fn skip(&mut self) {
        self.is_skipped = true;
    }

    /// Starts a server that runs a script on each connection.
    pub(super) fn serve<F>(&mut self, protocol: Protocol, script: F) -> Checked<Server>
    where
        F: Fn(&mut Connection) -> io::Result<()> + Send + Sync + 'static,
    {
        let server = Server::start(protocol, script)?;
        self.ledgers.push(server.ledger().clone());
        Ok(server)
    }

    /// Sends a request with a body.
    pub(super) async fn send(&self, server: &Server, body: impl Into<Bytes>) -> Checked<Sent> {
        self.send_to(server, request(&server.url(), body)?).await
    }

    /// Sends a request with TLS to a server without TLS.
    pub(super) async fn send_with_tls(&self, server: &Server) -> Checked<Sent> {
        // What the server reads is the handshake, so it does not show that the request was sent.
        let url = format!("https://{}", server.authority());
        send(self.transport.clone(), Arc::default(), request(&url, "planted-body")?).await
    }

    /// Sends any request to a server.
    pub(super) async fn send_to(&self, server: &Server, request: Request<Bytes>) -> Checked<Sent> {
        send(self.transport.clone(), server.ledger().clone(), request).await
    }

    /// Sends a request, and drops its future after a time.
    pub(super) async fn cancel(
        &self,
        server: &Server,
        body: impl Into<Bytes>,
        after: Duration,
    ) -> Checked {
        let request = request(&server.url(), body)?;
        cancel(self.transport.clone(), server.ledger().clone(), request, after).await
    }

    /// Sends a request of which the transport must return the response with this body.
    pub(super) async fn expect(&self, server: &Server, body: &[u8]) -> Checked {
        let response = ok(self.send(server, "planted-body").await?)?;
        equal("the body of the response", body, response.body())
    }

    /// Sends a request that must fail, and may have arrived.
    pub(super) async fn expect_arrival(&self, server: &Server) -> Checked<TransportError> {
        may_have_arrived(self.send(server, "planted-body").await?)
    }

    /// Records an error that does not depend on the timing.
    pub(super) fn record(&mut self, error: &TransportError) {
        let step = if self.step.is_empty() { String::new() } else { format!("{}: ", self.step) };
        let permanent = if error.is_permanent() { ", permanent" } else { "" };
        let message = without_ports(&error.to_string());
        self.outcomes.push(format!("{step}{}{permanent}: {message}", kind(error)));
    }

    /// Checks what holds in every rule, and returns what the rule has recorded.
    pub(super) fn end(self, checked: Checked) -> (Checked, Record) {
        let Self { step, outcomes, is_skipped, ledgers, .. } = self;
        let checked =
            checked.and_then(|()| ledgers.iter().try_for_each(|ledger| sent_once(ledger)));
        (checked, Record { step, outcomes, is_skipped })
    }
}

/// Creates a request with secrets, as a client signs one.
pub(super) fn request(url: &str, body: impl Into<Bytes>) -> Checked<Request<Bytes>> {
    let authority = url.split("://").nth(1).unwrap_or_default();
    Request::post(format!("{url}/?Secret=planted-query"))
        .header("host", authority)
        .header("authorization", "planted-header")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body.into())
        .map_err(|error| found(error.to_string()))
}

/// Sends a request, and checks the error.
pub(super) async fn send(
    transport: Arc<dyn Transport>,
    ledger: Arc<Ledger>,
    request: Request<Bytes>,
) -> Checked<Sent> {
    let before = ledger.bytes();
    let sent = send_beside_others(transport, ledger.clone(), request).await?;
    let Err(error) = sent else { return Ok(sent) };
    if !error.may_have_arrived() && error.kind() == TransportErrorKind::NotSent {
        sleep(GRACE).await;
        if ledger.bytes() > before {
            return Err(unexpected("an error that may have arrived, as the request did", error));
        }
    }
    Ok(Err(error))
}

/// Sends a request while the server may read others.
pub(super) async fn send_beside_others(
    transport: Arc<dyn Transport>,
    ledger: Arc<Ledger>,
    request: Request<Bytes>,
) -> Checked<Sent> {
    ledger.count_send();
    let Ok(sent) = timeout(LIMIT, transport.send(request)).await else {
        return Err(found(format!("`send` did not return within {LIMIT:?}")));
    };
    if sent.as_ref().is_err_and(contains_secret) {
        // The message would repeat the secret.
        return Err(found("the error contains the query, a header, the body or the proxy's user"));
    }
    Ok(sent)
}

/// Sends a request, and drops its future after a time.
pub(super) async fn cancel(
    transport: Arc<dyn Transport>,
    ledger: Arc<Ledger>,
    request: Request<Bytes>,
    after: Duration,
) -> Checked {
    ledger.count_send();
    match timeout(after, transport.send(request)).await {
        Err(_) => Ok(()),
        Ok(Ok(response)) => Err(found(format!("got HTTP {} too early", response.status()))),
        Ok(Err(error)) => Err(unexpected("no result yet", error)),
    }
}

/// Checks that no server read a request more often than it was sent.
pub(super) fn sent_once(ledger: &Ledger) -> Checked {
    let (begun, sends) = (ledger.begun(), ledger.sends());
    if begun <= sends {
        return Ok(());
    }
    Err(found(format!("after {sends} calls of `send`, the server read {begun} requests")))
}

fn contains_secret(error: &TransportError) -> bool {
    let mut texts = vec![format!("{error} {error:?} {error:#?}")];
    let mut source = error.source.as_deref().map(|source| source as &(dyn StdError + 'static));
    while let Some(error) = source {
        texts.push(format!("{error} {error:?}"));
        source = error.source();
    }
    let authorization = AUTHORIZATION.trim_start_matches("Basic ");
    texts.iter().any(|text| text.contains(SECRET) || text.contains(authorization))
}

/// Returns the name of the constructor of an error.
fn kind(error: &TransportError) -> &'static str {
    match error.kind() {
        TransportErrorKind::NotSent => "not_sent",
        TransportErrorKind::NotProcessed => "not_processed",
        TransportErrorKind::Interrupted => "interrupted",
        TransportErrorKind::TimedOut => "timeout",
        TransportErrorKind::InvalidResponse => "invalid_response",
    }
}

/// Replaces the ports of the loopback, which differ from run to run.
fn without_ports(message: &str) -> String {
    let mut parts = message.split("127.0.0.1:");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        shown += "127.0.0.1:PORT";
        shown += part.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    shown
}

/// Returns the failure of an error other than the expected result.
pub(super) fn unexpected(expected: &'static str, error: TransportError) -> Failure {
    Failure::Error { expected, kind: kind(&error), error }
}

pub(super) fn ok(sent: Sent) -> Checked<Response<Bytes>> {
    sent.map_err(|error| unexpected("a response", error))
}

/// Returns the error of a request that may have arrived.
pub(super) fn may_have_arrived(sent: Sent) -> Checked<TransportError> {
    match failed(sent)? {
        error if error.may_have_arrived() => Ok(error),
        error => Err(unexpected("an error that may have arrived", error)),
    }
}

/// Returns the error of a request of which nothing was sent.
pub(super) fn not_sent(sent: Sent) -> Checked<TransportError> {
    match failed(sent)? {
        error if error.kind() == TransportErrorKind::NotSent => Ok(error),
        error => Err(unexpected("`not_sent`", error)),
    }
}

pub(super) fn permanent(error: TransportError) -> Checked<TransportError> {
    if error.is_permanent() { Ok(error) } else { Err(unexpected("a permanent error", error)) }
}

pub(super) fn not_permanent(error: TransportError) -> Checked<TransportError> {
    if error.is_permanent() { Err(unexpected("an error that may pass", error)) } else { Ok(error) }
}

/// Returns the error of a failed request.
pub(super) fn failed(sent: Sent) -> Checked<TransportError> {
    match sent {
        Err(error) => Ok(error),
        Ok(response) => Err(found(format!(
            "expected an error, got HTTP {} with a body of {} bytes",
            response.status().as_u16(),
            response.body().len(),
        ))),
    }
}

/// Compares bytes. The failure shows them if they are short.
pub(super) fn equal(what: &str, expected: &[u8], got: &[u8]) -> Checked {
    if expected == got {
        return Ok(());
    }
    let shown = |bytes: &[u8]| match bytes.len() {
        0..=64 => format!("`{}`", String::from_utf8_lossy(bytes)),
        length => format!("{length} bytes"),
    };
    Err(found(format!("expected {} as {what}, got {}", shown(expected), shown(got))))
}

/// Waits until a server has seen something.
pub(super) async fn eventually(what: &str, is_so: impl Fn() -> bool + Send) -> Checked {
    const WAIT: Duration = Duration::from_secs(3);
    let begun = Instant::now();
    while begun.elapsed() < WAIT {
        if is_so() {
            return Ok(());
        }
        sleep(Duration::from_millis(2)).await;
    }
    Err(found(format!("{what} within 3 seconds")))
}
