//! What each built-in transport does before and after the exchange itself.

use std::future::poll_fn;
use std::pin::Pin;

use bytes::{Bytes, BytesMut};
use http::{StatusCode, Uri};
use http_body::Body;

use super::connect_error::{
    HttpError, classify, is_refused_tunnel, is_unprocessed, not_processed, refused_tunnel,
    rejected_proxy_user,
};
use super::generation::RequestWatch;
use super::tracked_body::TrackedBody;
use super::tunnel_status::tunnel_status;
use crate::rpc::transport::TransportError;
use crate::rpc::transport::proxy_url::ProxyUrl;
use crate::rpc::transport::send_state::{FreshConnection, SendState};

/// A request that is ready for the HTTP library.
pub(crate) struct Outgoing {
    /// Its body reports to the state of sending.
    pub(crate) request: http::Request<TrackedBody>,
    pub(crate) state: Option<SendState>,
    /// Whether the request needs a new connection.
    pub(crate) is_fresh: bool,
}

impl Outgoing {
    pub(crate) fn new(request: http::Request<Bytes>) -> Self {
        let (mut parts, body) = request.into_parts();
        let state = parts.extensions.remove::<SendState>();
        let is_fresh = parts.extensions.remove::<FreshConnection>().is_some();
        if let Some(state) = &state {
            state.wait();
        }
        let body = TrackedBody::new(body, state.clone());
        Self { request: http::Request::from_parts(parts, body), state, is_fresh }
    }
}

/// Returns an error outside of a Tokio runtime.
pub(crate) fn require_runtime() -> Result<(), TransportError> {
    match tokio::runtime::Handle::try_current() {
        Ok(_) => Ok(()),
        Err(_) => Err(TransportError::not_sent(
            "no Tokio runtime: await the call inside `#[tokio::main]` or `Runtime::block_on`",
        )
        .permanent()),
    }
}

/// Converts an error of a request, and finds out why a proxy refused to connect.
///
/// `destination` is the URI of the request, and needed only with a proxy.
pub(crate) async fn failure(
    error: HttpError,
    proxy: Option<(&ProxyUrl, &Uri)>,
    unsent: bool,
) -> TransportError {
    if is_unprocessed(&error) {
        return not_processed(error);
    }
    match proxy {
        Some((proxy, destination)) if is_refused_tunnel(&error) => {
            let status = tunnel_status(proxy, destination).await;
            refused_tunnel(error, proxy, status)
        }
        _ => classify(error, proxy.map(|(proxy, _)| proxy), unsent),
    }
}

/// Reads the response to a watched request, whose head has arrived.
///
/// `reader` is a proxy that reads the request itself, so that HTTP 407 is its response.
pub(crate) async fn complete<B, C>(
    response: http::Response<B>,
    reader: Option<&ProxyUrl>,
    max_size: usize,
    mut watch: RequestWatch<'_, C>,
) -> Result<http::Response<Bytes>, TransportError>
where
    B: Body<Data = Bytes> + Send + Unpin,
    C: Sync,
    HttpError: From<B::Error>,
{
    let version = response.version();
    watch.progressed(version);
    let received = match reader {
        Some(proxy) if response.status() == StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
            Err(rejected_proxy_user(proxy))
        }
        _ => receive(response, max_size, || watch.progressed(version)).await,
    };
    watch.end();
    received
}

/// Reads the body of a response whose head has arrived.
///
/// `progressed` is called for each part of the body.
pub(crate) async fn receive<B>(
    response: http::Response<B>,
    max_size: usize,
    progressed: impl FnMut(),
) -> Result<http::Response<Bytes>, TransportError>
where
    B: Body<Data = Bytes> + Unpin,
    HttpError: From<B::Error>,
{
    let (parts, body) = response.into_parts();
    let mut received = http::Response::new(read_body(body, max_size, progressed).await?);
    *received.status_mut() = parts.status;
    *received.headers_mut() = parts.headers;
    Ok(received)
}

/// Reads a body. Most bodies are one chunk, which is not copied.
async fn read_body<B>(
    mut body: B,
    max_size: usize,
    mut progressed: impl FnMut(),
) -> Result<Bytes, TransportError>
where
    B: Body<Data = Bytes> + Unpin,
    HttpError: From<B::Error>,
{
    if body.size_hint().lower() > max_size as u64 {
        return Err(too_large(max_size));
    }
    let mut first = Bytes::new();
    let mut whole = BytesMut::new();
    while !body.is_end_stream() {
        let frame = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await;
        let Some(frame) = frame else { break };
        let frame = frame.map_err(|error| classify(error, None, false))?;
        progressed();
        // Trailers have no meaning for the API.
        let Ok(chunk) = frame.into_data() else { continue };
        if first.len().max(whole.len()) + chunk.len() > max_size {
            return Err(too_large(max_size));
        }
        if first.is_empty() {
            first = chunk;
            continue;
        }
        if whole.is_empty() {
            whole.extend_from_slice(&first);
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(if whole.is_empty() { first } else { whole.freeze() })
}

fn too_large(max_size: usize) -> TransportError {
    TransportError::invalid_response(format!(
        "the response is larger than {max_size} bytes (`max_response_size`)"
    ))
    .permanent()
}

/// Returns the error of an invalid setting or request, which fails every attempt.
pub(crate) fn permanent(message: String) -> TransportError {
    TransportError::not_sent(message).permanent()
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::task::{Context, Poll};

    use http_body::Frame;

    use super::*;

    /// A body of prepared frames, which must not be polled after its end.
    struct Frames {
        frames: VecDeque<Frame<Bytes>>,
        knows_its_end: bool,
    }

    impl Body for Frames {
        type Data = Bytes;
        type Error = hyper::Error;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
            let frame = self.frames.pop_front();
            assert!(frame.is_some() || !self.knows_its_end, "polled after the end");
            Poll::Ready(frame.map(Ok))
        }

        fn is_end_stream(&self) -> bool {
            self.knows_its_end && self.frames.is_empty()
        }
    }

    fn frames(chunks: &[&'static str], knows_its_end: bool) -> Frames {
        let mut frames: VecDeque<_> =
            chunks.iter().map(|chunk| Frame::data(Bytes::from_static(chunk.as_bytes()))).collect();
        if !knows_its_end {
            frames.push_back(Frame::trailers(http::HeaderMap::new()));
        }
        Frames { frames, knows_its_end }
    }

    #[tokio::test]
    async fn bodies_are_joined_up_to_their_limit() {
        for knows_its_end in [true, false] {
            for chunks in [&[][..], &["abc"], &["", "ab", "c"], &["a", "b", "c"]] {
                let mut parts = 0;
                let read = read_body(frames(chunks, knows_its_end), 3, || parts += 1).await;
                assert_eq!(read.unwrap(), chunks.concat(), "{chunks:?}");
                assert_eq!(parts, chunks.len() + usize::from(!knows_its_end));
            }
            for chunks in [&["abcd"][..], &["ab", "cd"]] {
                let error = read_body(frames(chunks, knows_its_end), 3, || {}).await.unwrap_err();
                assert!(error.to_string().contains("larger than 3 bytes"), "{error}");
                assert!(error.is_permanent() && error.may_have_arrived());
            }
        }
    }

    #[tokio::test]
    async fn body_of_one_chunk_is_not_copied() {
        let chunk = Bytes::from(vec![b'x'; 100]);
        let body = Frames { frames: [Frame::data(chunk.clone())].into(), knows_its_end: true };
        assert_eq!(read_body(body, 100, || {}).await.unwrap().as_ptr(), chunk.as_ptr());
    }
}
