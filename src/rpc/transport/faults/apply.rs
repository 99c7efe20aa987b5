//! `apply`: sends a request through a transport with the effect of a fault rule.

use bytes::Bytes;
use http::{Request, Response};

use super::effect::Effect;
use super::render::{self, Gateway};
use crate::rpc::clock::Clock;
use crate::rpc::transport::{Transport, TransportError};

/// Sends a request with the effect of a fault rule, if there is one.
///
/// Passes on an error of the inner transport, except the first one of a request that is delivered
/// twice.
pub(crate) async fn apply(
    effect: Option<Effect>,
    request: Request<Bytes>,
    inner: &dyn Transport,
    clock: &dyn Clock,
) -> Result<Response<Bytes>, TransportError> {
    match effect {
        None => inner.send(request).await,
        Some(Effect::RefuseConnection) => Err(connection_refused()),
        Some(Effect::DropBeforeProcessing) => Err(connection_lost()),
        Some(Effect::DropAfterProcessing) => {
            inner.send(request).await?;
            Err(connection_lost())
        }
        Some(Effect::DeliverTwice) => {
            // Only the second response arrives.
            let _ = inner.send(request.clone()).await;
            inner.send(request).await
        }
        Some(Effect::Delay(delay)) => {
            let result = inner.send(request).await;
            clock.sleep(delay).await;
            result
        }
        Some(Effect::TruncateBody) => inner.send(request).await.map(truncate),
        Some(Effect::ReplaceBody(body)) => Ok(inner.send(request).await?.map(|_| body)),
        Some(Effect::HttpStatus(status)) => Ok(render::html(status)),
        Some(Effect::Error(error)) => {
            let mut random = [0; 16];
            clock.fill_random(&mut random);
            let id = render::request_id(u128::from_be_bytes(random));
            let host = request.uri().host().unwrap_or_default();
            Ok(render::error(&id, Gateway { host, product: None }, &error))
        }
    }
}

/// Returns a response with the first half of its body.
pub(crate) fn truncate(response: Response<Bytes>) -> Response<Bytes> {
    response.map(|body| body.slice(..body.len() / 2))
}

/// Returns the error of a refused connection.
pub(crate) fn connection_refused() -> TransportError {
    TransportError::not_sent("failed to connect: connection refused")
}

/// Returns the error of a connection that broke.
pub(crate) fn connection_lost() -> TransportError {
    TransportError::interrupted("connection lost: reset by peer")
}
