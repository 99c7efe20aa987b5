//! `Connection`: an established connection, which sends requests.

use http::header::HOST;
use http::uri::{PathAndQuery, Uri};
use http::{HeaderValue, Request, Version};
use hyper::client::conn::{TrySendError, http1, http2};
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::send_error::{SendError, Step};
use super::stream::Stream;
use crate::rpc::transport::http::tracked_body::TrackedBody;
use crate::rpc::transport::options::KeepAlive;

/// A connection that can send a request.
pub(super) enum Connection {
    Http1(Http1),
    /// Many requests share it.
    Http2(Http2),
}

/// A connection of HTTP/1.1, which has one request at a time. Dropping it closes the connection.
pub(super) struct Http1 {
    pub(super) sender: http1::SendRequest<TrackedBody>,
    /// Whether a proxy reads the requests, which then contain the whole URL.
    is_proxied: bool,
}

pub(super) type Http2 = http2::SendRequest<TrackedBody>;

/// Returns whether a connection uses HTTP/2.
pub(super) fn uses_http2(stream: &Stream, keep_alive: &KeepAlive) -> bool {
    keep_alive.without_tls || stream.is_negotiated_h2()
}

impl Http1 {
    pub(super) async fn open(stream: Stream) -> Result<Self, SendError> {
        let is_proxied = stream.is_proxied();
        let failed = |error| SendError::new(Step::SendRequest, error);
        let (mut sender, connection) = http1::handshake(stream).await.map_err(failed)?;
        let connection = tokio::spawn(connection);
        match sender.ready().await {
            Ok(()) => Ok(Self { sender, is_proxied }),
            // The connection itself knows why it closed.
            Err(closed) if closed.is_closed() => match connection.await {
                Ok(Err(error)) => Err(failed(error)),
                _ => Err(failed(closed)),
            },
            Err(error) => Err(failed(error)),
        }
    }
}

/// Opens a connection of HTTP/2.
pub(super) async fn open_http2(stream: Stream, keep_alive: &KeepAlive) -> Result<Http2, SendError> {
    let failed = |error| SendError::new(Step::SendRequest, error);
    let (mut sender, connection) = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .keep_alive_interval(keep_alive.interval)
        .keep_alive_timeout(keep_alive.timeout)
        .keep_alive_while_idle(true)
        .handshake(stream)
        .await
        .map_err(failed)?;
    tokio::spawn(connection);
    sender.ready().await.map_err(failed)?;
    Ok(sender)
}

impl Connection {
    /// Prepares a request for the connection, and for a host.
    pub(super) fn prepare(
        &self,
        request: &mut Request<TrackedBody>,
        host: &HeaderValue,
    ) -> Result<(), SendError> {
        match (self, request.version()) {
            (_, Version::HTTP_11 | Version::HTTP_10) | (Self::Http2(_), Version::HTTP_2) => {}
            _ => return Err(SendError::unsupported_version()),
        }
        let Self::Http1(connection) = self else {
            // The authority of the URL takes its place.
            request.headers_mut().remove(HOST);
            return Ok(());
        };
        request.headers_mut().insert(HOST, host.clone());
        if !connection.is_proxied {
            *request.uri_mut() = take_path(request).map_or_else(Uri::default, Uri::from);
        }
        Ok(())
    }
}

/// Returns why a request failed, and the request if no byte of it was written.
#[cold]
pub(super) fn failed(
    mut failed: TrySendError<Request<TrackedBody>>,
) -> (SendError, Option<Request<TrackedBody>>) {
    let unsent = failed.take_message();
    let step = if unsent.is_some() { Step::Canceled } else { Step::SendRequest };
    (SendError::new(step, failed.into_error()), unsent)
}

/// Returns the path of a request, which a connection may have separated from its host.
pub(super) fn take_path(request: &mut Request<TrackedBody>) -> Option<PathAndQuery> {
    std::mem::take(request.uri_mut()).into_parts().path_and_query
}
