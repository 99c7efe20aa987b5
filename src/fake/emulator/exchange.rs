//! One request and its answer.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{ACCEPT, CONNECTION, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response};
use hyper::body::Incoming;
use time::OffsetDateTime;

use super::body::{Closed, MAX_HEAD, Outgoing, Unread, read};
use super::journal::Entry;
use super::refusals::{self, EarlyRefusal};
use super::shared::Shared;
use super::{control, guard, page, xml};
use crate::fake::fate::Fate;
use crate::rpc::clock::Clock;
use crate::rpc::sign::SignatureVersion;
use crate::rpc::transport::RecordedRequest;

/// Answers a request, or closes the connection.
pub(super) async fn answer(
    shared: Arc<Shared>,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Result<Response<Outgoing>, Closed> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path();
    if let Some(what) = path.strip_prefix("/_emulator/") {
        let response = match guard::check(&shared, peer, &parts) {
            Err(refused) => control::error(403, refused),
            Ok(()) => match read(body, shared.read_timeout).await {
                Ok(body) => control::answer(&shared, &parts.method, what, &body),
                Err(unread) => closing(control::error(status_of(unread), "no whole body arrived")),
            },
        };
        return Ok(response.map(Outgoing::whole));
    }
    if is_for_people(&parts) {
        let response = match guard::check(&shared, peer, &parts) {
            Err(refused) => control::error(403, refused),
            Ok(()) => page::answer(&shared),
        };
        return Ok(response.map(Outgoing::whole));
    }
    call(&shared, parts, body).await
}

/// Whether a browser asks, and not an SDK.
fn is_for_people(parts: &Parts) -> bool {
    let accept = parts.headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
    let query = parts.uri.query().unwrap_or_default();
    matches!(parts.method, Method::GET | Method::HEAD)
        && parts.uri.path() == "/"
        && accept.is_some_and(|accept| accept.contains("text/html"))
        && !parts.headers.contains_key("x-acs-action")
        && !["Action=", "Signature="].iter().any(|name| query.contains(name))
}

fn status_of(unread: Unread) -> u16 {
    match unread {
        Unread::TooLarge => 413,
        Unread::TooSlow => 408,
        Unread::Broken => 400,
    }
}

/// Says that no further request is read from this connection.
fn closing(mut response: Response<Bytes>) -> Response<Bytes> {
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

/// How large URL and headers are. The HTTP library's own bound is a rough one.
fn head_size(parts: &Parts) -> usize {
    let headers = parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len());
    parts.uri.path_and_query().map_or(0, |path| path.as_str().len()) + headers.sum::<usize>()
}

/// A call of the service.
async fn call(shared: &Shared, parts: Parts, body: Incoming) -> Result<Response<Outgoing>, Closed> {
    let is_get_or_post = matches!(parts.method, Method::GET | Method::POST);
    let refusal = if head_size(&parts) > MAX_HEAD {
        Some(refusals::HEAD)
    } else if parts.uri.path() != "/" {
        Some(refusals::PATH)
    } else if !is_get_or_post {
        Some(refusals::METHOD)
    } else {
        None
    };
    let (refusal, bytes) = match refusal {
        Some(refusal) => (Some(refusal), Bytes::new()),
        None => match read(body, shared.read_timeout).await {
            Ok(bytes) => (None, bytes),
            Err(unread) => (Some(refusals::unread(unread)), Bytes::new()),
        },
    };
    let request = RecordedRequest::new(Request::from_parts(parts, bytes));
    match refusal.or_else(|| wrong_type(&request)) {
        Some(refusal) => Ok(refuse(shared, &request, refusal)),
        None => serve(shared, &request).await,
    }
}

/// Bodies are forms; an SDK that names a type and sends no body is let through.
fn wrong_type(request: &RecordedRequest) -> Option<EarlyRefusal> {
    let kind = request.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let is_form = kind.starts_with(b"application/x-www-form-urlencoded");
    (!request.body().is_empty() && !is_form).then_some(refusals::TYPE)
}

/// Refuses what is no request of the service, before any of its rules.
fn refuse(shared: &Shared, request: &RecordedRequest, refusal: EarlyRefusal) -> Response<Outgoing> {
    let response = shared.dbs.server().refuse(&refusal.refusal());
    // Before the lock: a long request takes a while to write down.
    let entry = Entry::answered(request, &response);
    shared.journal().add(entry);
    let response = in_its_format(request, response);
    if refusal.closes { closing(response) } else { response }.map(Outgoing::whole)
}

/// Has the service answer, with what the fault rules do to it.
async fn serve(shared: &Shared, request: &RecordedRequest) -> Result<Response<Outgoing>, Closed> {
    // Clients sign by the machine's clock, however fast the service's runs.
    let fate = shared.dbs.receive(request, Some(OffsetDateTime::now_utc()));
    let entry = match &fate {
        Fate::NotConnected | Fate::Lost => Entry::without_answer(request, "connection closed"),
        Fate::Cut(response) => Entry::faulty(request, response, "answer cut"),
        Fate::Late(response, _) => Entry::faulty(request, response, "late"),
        Fate::Replaced(response) => Entry::faulty(request, response, "foreign body"),
        Fate::Answered(response) => Entry::answered(request, response),
    };
    shared.journal().add(entry);
    match fate {
        Fate::NotConnected | Fate::Lost => Err(Closed),
        Fate::Answered(response) => Ok(in_its_format(request, response).map(Outgoing::whole)),
        Fate::Late(response, delay) => {
            shared.dbs.clock().sleep(delay).await;
            Ok(in_its_format(request, response).map(Outgoing::whole))
        }
        Fate::Cut(response) => {
            Ok(in_its_format(request, response).map(|body| Outgoing::cut(&body)))
        }
        Fate::Replaced(response) => Ok(response.map(Outgoing::whole)),
    }
}

/// Signature version 1 answers in XML unless JSON is asked for.
fn in_its_format(request: &RecordedRequest, response: Response<Bytes>) -> Response<Bytes> {
    let is_acs3 = request.signature_version() == Some(SignatureVersion::Acs3);
    let asked = request.parameter("Format").unwrap_or_default();
    if !is_acs3 && !asked.eq_ignore_ascii_case("json") {
        xml::response(response, request.operation())
    } else {
        response
    }
}
