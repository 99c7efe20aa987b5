//! Handles one HTTP request: a call of the API, the control API or the status page.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{ACCEPT, CONNECTION, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response};
use hyper::body::Incoming;
use time::OffsetDateTime;

use super::body::{BodyError, ConnectionClosed, MAX_HEAD, ResponseBody, read};
use super::call_log::LoggedCall;
use super::early_errors::{self, EarlyError};
use super::format::ResponseFormat;
use super::shared::Shared;
use super::slots::RequestMarker;
use super::{control, guard, page};
use crate::fake::fault_outcome::FaultOutcome;
use crate::fake::served_api::ServedApi;
use crate::rpc::clock::Clock;
use crate::rpc::transport::RecordedRequest;

/// Responds to a request, or closes the connection.
pub(super) async fn handle(
    shared: Arc<Shared>,
    peer: SocketAddr,
    marker: RequestMarker,
    request: Request<Incoming>,
) -> Result<Response<ResponseBody>, ConnectionClosed> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path();
    if let Some(resource) = path.strip_prefix("/_emulator/") {
        let response = match guard::check(&shared, peer, &parts) {
            Err(reason) => control::error(403, reason),
            Ok(()) => match read(body, shared.read_timeout).await {
                Ok(body) => {
                    let _running = marker.start();
                    control::handle(&shared, &parts.method, resource, &body)
                }
                Err(error) => closing(control::error(status_of(error), error.message())),
            },
        };
        return Ok(response.map(ResponseBody::whole));
    }
    if is_from_browser(&parts) {
        let response = match guard::check(&shared, peer, &parts) {
            Err(reason) => control::error(403, reason),
            Ok(()) => page::render(&shared),
        };
        return Ok(response.map(ResponseBody::whole));
    }
    call(&shared, parts, body, &marker).await
}

/// Returns whether a browser sent the request, and not an SDK.
fn is_from_browser(parts: &Parts) -> bool {
    let accept = parts.headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
    let query = parts.uri.query().unwrap_or_default();
    matches!(parts.method, Method::GET | Method::HEAD)
        && parts.uri.path() == "/"
        && accept.is_some_and(|accept| accept.contains("text/html"))
        && !parts.headers.contains_key("x-acs-action")
        && !["Action=", "Signature="].iter().any(|name| query.contains(name))
}

fn status_of(error: BodyError) -> u16 {
    match error {
        BodyError::TooLarge => 413,
        BodyError::TooSlow => 408,
        BodyError::Interrupted => 400,
    }
}

/// Closes the connection after the response.
fn closing(mut response: Response<Bytes>) -> Response<Bytes> {
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

/// Returns the size of URL and headers in bytes; hyper's own limit is only approximate.
fn head_size(parts: &Parts) -> usize {
    let headers = parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len());
    parts.uri.path_and_query().map_or(0, |path| path.as_str().len()) + headers.sum::<usize>()
}

/// Handles a call of an operation.
async fn call(
    shared: &Shared,
    parts: Parts,
    body: Incoming,
    marker: &RequestMarker,
) -> Result<Response<ResponseBody>, ConnectionClosed> {
    let is_get_or_post = matches!(parts.method, Method::GET | Method::POST);
    let error = if head_size(&parts) > MAX_HEAD {
        Some(early_errors::HEAD)
    } else if parts.uri.path() != "/" {
        Some(early_errors::PATH)
    } else if !is_get_or_post {
        Some(early_errors::METHOD)
    } else {
        None
    };
    let (error, bytes) = match error {
        Some(error) => (Some(error), Bytes::new()),
        None => match read(body, shared.read_timeout).await {
            Ok(bytes) => (None, bytes),
            Err(error) => (Some(early_errors::unreadable_body(error)), Bytes::new()),
        },
    };
    let request = RecordedRequest::new(Request::from_parts(parts, bytes));
    if let Some(error) = error.or_else(|| wrong_content_type(&request)) {
        return Ok(reject(shared, &request, error));
    }
    let _running = marker.start();
    serve(shared, &request).await
}

/// Returns an error for a body that is not a form.
///
/// Some SDKs name another content type and send no body, which is accepted.
fn wrong_content_type(request: &RecordedRequest) -> Option<EarlyError> {
    let kind = request.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let is_form = kind.starts_with(b"application/x-www-form-urlencoded");
    (!request.body().is_empty() && !is_form).then_some(early_errors::CONTENT_TYPE)
}

/// Rejects a request before the API gateway reads it and any fault rule applies.
fn reject(shared: &Shared, request: &RecordedRequest, error: EarlyError) -> Response<ResponseBody> {
    let response = shared.dbs.server().reject(ServedApi::of_request(request), &error.response());
    // Formatting a long request takes time, so it happens before the log is locked.
    let call = LoggedCall::with_response(request, &response, shared.dbs.clock().now());
    shared.call_log().add(call);
    let response = ResponseFormat::convert(request, response);
    if error.closes { closing(response) } else { response }.map(ResponseBody::whole)
}

/// Passes a request to the fake, with the effect of its fault rules.
async fn serve(
    shared: &Shared,
    request: &RecordedRequest,
) -> Result<Response<ResponseBody>, ConnectionClosed> {
    let at = shared.dbs.clock().now();
    // Clients sign with the machine's time, at whatever speed the fake's clock runs.
    let outcome = shared.dbs.receive(request, Some(OffsetDateTime::now_utc()));
    let with_fault = |response, fault| LoggedCall::with_fault(request, response, fault, at);
    let call = match &outcome {
        FaultOutcome::ConnectionRefused | FaultOutcome::ConnectionLost => {
            LoggedCall::without_response(request, "connection closed", at)
        }
        FaultOutcome::Truncated(response) => with_fault(response, "response truncated"),
        FaultOutcome::Delayed(response, _) => with_fault(response, "response delayed"),
        FaultOutcome::BodyReplaced(response) => with_fault(response, "body replaced"),
        FaultOutcome::Complete(response) => LoggedCall::with_response(request, response, at),
    };
    shared.call_log().add(call);
    match outcome {
        FaultOutcome::ConnectionRefused | FaultOutcome::ConnectionLost => Err(ConnectionClosed),
        FaultOutcome::Complete(response) => {
            Ok(ResponseFormat::convert(request, response).map(ResponseBody::whole))
        }
        FaultOutcome::Delayed(response, delay) => {
            shared.dbs.clock().sleep(delay).await;
            Ok(ResponseFormat::convert(request, response).map(ResponseBody::whole))
        }
        FaultOutcome::Truncated(response) => {
            let response = ResponseFormat::convert(request, response);
            Ok(response.map(|body| ResponseBody::truncated(&body)))
        }
        FaultOutcome::BodyReplaced(response) => Ok(response.map(ResponseBody::whole)),
    }
}
