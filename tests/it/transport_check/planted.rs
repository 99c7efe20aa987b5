//! Transports that break one rule each: they prove that each rule can fail.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aliyun_dbs::transport::{
    HyperTransport, HyperTransportBuilder, ReqwestTransport, Transport, TransportError,
    TransportNeed, TransportSetup, TransportViolation, check_transport,
};
use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};

use super::tiny::{Fault, Tiny};
use super::{hyper, is_http};

/// The rule that each fault of [`Tiny`] breaks, and a part of the message.
const HTTP: &[(Fault, &str, &str)] = &[
    (Fault::EncodesQueryAgain, ARRIVES, "A=+&B"),
    (Fault::OmitsHeader, ARRIVES, "expected one header `x-empty`"),
    (Fault::CutsBody, ARRIVES, "as the body"),
    (Fault::SendsTwice, ARRIVES, ""),
    (
        Fault::FailsOnStatus,
        "a response of any status is returned, and no redirect is followed",
        "HTTP 500: expected a response, got invalid_response",
    ),
    (
        Fault::FollowsRedirects,
        "a response of any status is returned, and no redirect is followed",
        "HTTP 302: expected 1 requests at the server, got 2",
    ),
    (
        Fault::ConnectsAgain,
        "consecutive requests share one connection",
        "each of 6 consecutive requests used a new connection",
    ),
    (
        Fault::SharesResponses,
        "concurrent requests get their own responses",
        "as the body of the response, got `planted-body-",
    ),
    (Fault::ReturnsInformational, "informational responses precede the response", "100: "),
    (
        Fault::ClosesWithoutBody,
        "a response with the status 204 or 304 has no body",
        "each of 6 consecutive requests used a new connection",
    ),
    (Fault::KeepsChunkSizes, CHUNKED, "as the body"),
    (Fault::IgnoresTrailers, CHUNKED, "without trailers"),
    (Fault::NeedsLength, "a body without a length ends with its connection", "as the body"),
    (Fault::KeepsRest, "bytes after a response are not part of another one", "two responses in"),
    (Fault::AcceptsAnything, INVALID, "expected an error, got HTTP 200"),
    (Fault::ShowsUrl, INVALID, "the error contains the query, a header, the body"),
    (Fault::ShowsHeader, INVALID, "the error contains the query, a header, the body"),
    (Fault::ReadsAnyHead, "an endless head of a response is an error", "expected an error"),
    (
        Fault::ReportsRefusedAsInterrupted,
        "a refused connection is reported as not sent",
        "expected `not_sent`, got interrupted",
    ),
    (
        Fault::RepeatsOnNewConnection,
        "a request on a connection that closed while idle is not repeated",
        "after 2 calls of `send`, the server read 3 requests",
    ),
    (
        Fault::ReportsBreakAsNotSent,
        "a connection that breaks in the request is an error that may have arrived",
        "expected an error that may have arrived",
    ),
    (
        Fault::ReturnsPart,
        "a connection that breaks in the response is an error that may have arrived",
        "after its head: expected an error, got HTTP 200",
    ),
    (
        Fault::IgnoresCancellation,
        "dropping the future closes its connection, and the next request works",
        "expected the transport to close the connection within 3 seconds",
    ),
];

const SIZE: &str = "a response above the maximum size is invalid, and is not read on";
const ARRIVES: &str = "a request arrives once and unchanged";
const CHUNKED: &str = "a chunked body arrives whole, with or without trailers";
const INVALID: &str = "a response that is not valid HTTP is an error that may have arrived";

type Sent = Result<Response<Bytes>, TransportError>;

/// What a wrapper of `HyperTransport` does wrong.
#[derive(Clone, Copy, Debug)]
enum Wrong {
    /// Builds the transport with other settings.
    Builds(fn(HyperTransportBuilder) -> HyperTransportBuilder),
    /// Changes the errors that contain the text.
    Changes(&'static str, fn(&TransportError) -> Sent),
    /// Repeats a request after an error that contains the text.
    Repeats(&'static str),
    /// Uses a new transport for each request.
    ConnectsAgain,
    /// Uses a new transport after a cancelled request.
    ConnectsAfterCancel,
    /// Uses a stalled HTTP/2 connection until a ping ends it, in one of the rules of stalls.
    StaysUntilPing(usize),
}

#[expect(clippy::unnecessary_wraps, reason = "as the other changes of errors")]
fn succeed(_: &TransportError) -> Sent {
    Ok(Response::new(Bytes::new()))
}

fn interrupted(error: &TransportError) -> Sent {
    Err(TransportError::interrupted(error.to_string()))
}

fn not_processed(error: &TransportError) -> Sent {
    Err(TransportError::not_processed(error.to_string()))
}

/// Forgets that the error is permanent.
fn not_sent(error: &TransportError) -> Sent {
    Err(TransportError::not_sent(error.to_string()))
}

fn permanent(error: &TransportError) -> Sent {
    Err(TransportError::not_sent(error.to_string()).permanent())
}

/// The rule that each wrapper breaks, the setup that it needs, and a part of the message.
const OTHERS: &[(TransportNeed, Wrong, &str, &str)] = &[
    (
        TransportNeed::ConnectTimeout,
        Wrong::Changes("", interrupted),
        "a connection that is not accepted is reported as not sent",
        "expected `not_sent`, got interrupted",
    ),
    (
        TransportNeed::SizeLimit,
        Wrong::Builds(|builder| builder.max_response_size(1 << 30)),
        SIZE,
        "expected an error, got HTTP 200",
    ),
    (TransportNeed::SizeLimit, Wrong::Changes("", interrupted), SIZE, "got interrupted"),
    (
        TransportNeed::Tls,
        Wrong::Changes("", permanent),
        "a failed TLS handshake is reported as not sent",
        "expected an error that may pass",
    ),
    (
        TransportNeed::Tls,
        Wrong::Changes("has expired", not_sent),
        "an expired certificate is a permanent error, and nothing is sent",
        "expected a permanent error",
    ),
    (
        TransportNeed::Tls,
        Wrong::Changes("not yet valid", succeed),
        "a certificate that is not yet valid is a permanent error, and nothing is sent",
        "expected an error, got HTTP 200",
    ),
    (
        TransportNeed::Tls,
        Wrong::Changes("for this host", interrupted),
        "a certificate of another host is a permanent error, and nothing is sent",
        "expected `not_sent`",
    ),
    (
        TransportNeed::Tls,
        Wrong::Changes("trusted authority", not_sent),
        "a certificate of an unknown authority is a permanent error, and nothing is sent",
        "expected a permanent error",
    ),
    (
        TransportNeed::Tls,
        Wrong::Builds(|_| HyperTransport::builder().no_proxy()),
        "a server with a trusted certificate gets the request",
        "got not_sent",
    ),
    (
        TransportNeed::Tls,
        Wrong::Changes("timed out", interrupted),
        "a TLS handshake that stalls is reported as not sent",
        "expected `not_sent`, got interrupted",
    ),
    (
        TransportNeed::Tls,
        Wrong::Changes("close_notify", succeed),
        "TLS that ends without its last message is an error within a body",
        "a body with a length: expected an error, got HTTP 200",
    ),
    (
        TransportNeed::TlsTruncation,
        Wrong::Changes("", succeed),
        "a body without a length ends with the last message of TLS",
        "without the last message: expected an error, got HTTP 200",
    ),
    (
        TransportNeed::Proxy,
        Wrong::Builds(HyperTransportBuilder::no_proxy),
        "the proxy gets its user with a tunnel, or with the whole URL",
        "expected a `CONNECT` request at the proxy",
    ),
    (
        TransportNeed::Proxy,
        Wrong::Changes("407", not_sent),
        "a proxy that rejects its user is a permanent error, and nothing is sent",
        "expected a permanent error",
    ),
    (
        TransportNeed::Proxy,
        Wrong::Changes("403", not_sent),
        "a proxy that forbids the host is a permanent error, and nothing is sent",
        "expected a permanent error",
    ),
    (
        TransportNeed::Proxy,
        Wrong::Changes("502", interrupted),
        "a proxy that fails is reported as not sent",
        "HTTP 502: expected `not_sent`, got interrupted",
    ),
    (
        TransportNeed::Http2,
        Wrong::ConnectsAgain,
        "concurrent HTTP/2 requests share one connection",
        // Some of many handshakes can exceed the connect timeout.
        "",
    ),
    (
        TransportNeed::Http2,
        Wrong::Repeats("did not process"),
        "an HTTP/2 request that was not processed is not repeated",
        "expected an error, got HTTP 200",
    ),
    (
        TransportNeed::Http2,
        Wrong::Changes("the connection broke", not_processed),
        "an HTTP/2 request that may have been processed is reported so",
        "got not_processed",
    ),
    (
        TransportNeed::Http2,
        Wrong::ConnectsAfterCancel,
        "a cancelled HTTP/2 request keeps a connection that others use",
        "expected 1 connections, got 2",
    ),
    (
        TransportNeed::LeavesStalled,
        Wrong::StaysUntilPing(0),
        "a connection that stops reading is left after a cancelled request",
        "the first request: expected a response, got timeout",
    ),
    (
        TransportNeed::LeavesStalled,
        Wrong::StaysUntilPing(1),
        "a connection that stops in a response is left after a cancelled request",
        "the first request: expected a response, got timeout",
    ),
    (
        TransportNeed::LeavesStalled,
        Wrong::StaysUntilPing(2),
        "a connection that never responds is left after a cancelled request",
        "the first request: expected a response, got timeout",
    ),
];

/// Returns the rules that have a planted fault, sorted.
pub(super) fn rules() -> Vec<String> {
    let http = HTTP.iter().map(|(_, rule, _)| (*rule).to_owned());
    let mut rules: Vec<_> =
        http.chain(OTHERS.iter().map(|(_, _, rule, _)| (*rule).to_owned())).collect();
    rules.sort();
    rules.dedup();
    rules
}

/// A wrapper of `HyperTransport` that breaks one rule.
#[derive(Debug)]
struct Wrapper {
    builder: HyperTransportBuilder,
    current: Mutex<HyperTransport>,
    wrong: Wrong,
    was_cancelled: AtomicBool,
}

impl Wrapper {
    fn new(setup: &TransportSetup, wrong: Wrong) -> Result<Self, TransportError> {
        let mut builder = hyper(setup);
        if let Wrong::Builds(change) = wrong {
            builder = change(builder);
        }
        let current = Mutex::new(builder.clone().build()?);
        Ok(Self { builder, current, wrong, was_cancelled: AtomicBool::new(false) })
    }
}

/// Records that a future was dropped before its end.
struct Guard<'a>(Option<&'a AtomicBool>);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        if let Some(was_cancelled) = self.0 {
            was_cancelled.store(true, Ordering::SeqCst);
        }
    }
}

#[async_trait]
impl Transport for Wrapper {
    async fn send(&self, request: Request<Bytes>) -> Sent {
        let is_new = match self.wrong {
            Wrong::ConnectsAgain => true,
            Wrong::ConnectsAfterCancel => self.was_cancelled.swap(false, Ordering::SeqCst),
            _ => false,
        };
        if is_new {
            *self.current.lock().unwrap() = self.builder.clone().build()?;
        }
        let transport = self.current.lock().unwrap().clone();
        let mut guard = Guard(Some(&self.was_cancelled));
        let mut sent = transport.send(request.clone()).await;
        guard.0 = None;
        let Err(error) = &sent else { return sent };
        let line = error.to_string();
        match self.wrong {
            Wrong::Changes(text, change) if line.contains(text) => sent = change(error),
            Wrong::Repeats(text) if line.contains(text) => sent = transport.send(request).await,
            _ => {}
        }
        sent
    }
}

/// Returns a transport that cannot replace its connections, but sends pings early.
fn staying(setup: &TransportSetup) -> ReqwestTransport {
    let client = super::reqwest_client(setup)
        .http2_keep_alive_interval(Duration::from_millis(300))
        .http2_keep_alive_timeout(Duration::from_millis(300))
        .http2_keep_alive_while_idle(true);
    ReqwestTransport::from_client(client.build().unwrap())
}

/// Runs the rules with this need on a wrapper.
async fn violation(need: TransportNeed, wrong: Wrong) -> Option<TransportViolation> {
    let built = AtomicUsize::new(0);
    let check = check_transport(|setup| {
        if setup.need != need {
            return Ok(None);
        }
        let transport: Arc<dyn Transport> = match wrong {
            Wrong::StaysUntilPing(rule) if built.fetch_add(1, Ordering::SeqCst) == rule => {
                Arc::new(staying(setup))
            }
            wrong => Arc::new(Wrapper::new(setup, wrong)?),
        };
        Ok(Some(transport))
    });
    check.await.err()
}

fn assert_breaks(violation: Option<TransportViolation>, rule: &str, says: &str, fault: &str) {
    let violation = violation.unwrap_or_else(|| panic!("{fault}: the check has found nothing"));
    let line = violation.to_string();
    assert_eq!(violation.rule(), rule, "{fault}: {line}");
    assert!(line.contains(says), "{fault}: {line}");
    assert!(line.starts_with("the transport breaks the rule \""), "{line}");
}

#[tokio::test]
async fn each_fault_of_http_breaks_its_rule() {
    for (fault, rule, says) in HTTP {
        let build = |setup: &TransportSetup| Ok(is_http(setup).then(|| Tiny::with(*fault)));
        let violation = check_transport(build).await.err();
        assert_breaks(violation, rule, says, &format!("{fault:?}"));
    }
}

#[tokio::test(start_paused = true)]
async fn request_without_end_breaks_a_rule() {
    let build = |_: &TransportSetup| Ok(Some(Tiny::with(Fault::NeverReturns)));
    let violation = check_transport(build).await.err();
    assert_breaks(violation, ARRIVES, "`send` did not return within 5s", "NeverReturns");
}

/// Checks the wrappers for the rules with these needs.
async fn each_wrapper_breaks_its_rule(needs: &[TransportNeed]) {
    for (need, wrong, rule, says) in OTHERS.iter().filter(|(need, ..)| needs.contains(need)) {
        assert_breaks(violation(*need, *wrong).await, rule, says, &format!("{wrong:?}"));
    }
}

#[tokio::test]
async fn each_fault_of_limits_breaks_its_rule() {
    each_wrapper_breaks_its_rule(&[TransportNeed::ConnectTimeout, TransportNeed::SizeLimit]).await;
}

#[tokio::test]
async fn each_fault_of_tls_breaks_its_rule() {
    each_wrapper_breaks_its_rule(&[TransportNeed::Tls, TransportNeed::TlsTruncation]).await;
}

#[tokio::test]
async fn each_fault_of_proxies_breaks_its_rule() {
    each_wrapper_breaks_its_rule(&[TransportNeed::Proxy]).await;
}

#[tokio::test]
async fn each_fault_of_http2_breaks_its_rule() {
    each_wrapper_breaks_its_rule(&[TransportNeed::Http2, TransportNeed::LeavesStalled]).await;
}
