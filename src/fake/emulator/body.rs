//! How large requests may be, and bodies: those that come in have bounds, those that go out may break off.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use hyper::body::{Body, Frame, Incoming, SizeHint};

/// The longest head of a request, with its URL.
pub(super) const MAX_HEAD: usize = 64 << 10;
/// The largest body of a request.
pub(super) const MAX_BODY: usize = 1 << 20;

/// Why a body was not read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    TooLarge,
    TooSlow,
    Broken,
}

/// Reads a whole body, within size and time.
pub(super) async fn read(mut body: Incoming, within: Duration) -> Result<Bytes, Unread> {
    if body.size_hint().lower() > MAX_BODY as u64 {
        return Err(Unread::TooLarge);
    }
    let whole = async {
        let mut bytes = BytesMut::new();
        while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
            // Trailers are of no interest.
            let Ok(data) = frame.map_err(|_| Unread::Broken)?.into_data() else { continue };
            if bytes.len() + data.len() > MAX_BODY {
                return Err(Unread::TooLarge);
            }
            bytes.extend_from_slice(&data);
        }
        Ok(bytes.freeze())
    };
    tokio::time::timeout(within, whole).await.unwrap_or(Err(Unread::TooSlow))
}

/// The connection is closed on purpose, before or within an answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Closed;

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("closed by a fault rule")
    }
}

impl std::error::Error for Closed {}

/// The body of an answer.
#[derive(Debug)]
pub(super) struct Outgoing {
    data: Option<Bytes>,
    /// The length that is announced, where it is not the true one.
    announced: Option<u64>,
    is_flushed: bool,
}

impl Outgoing {
    pub(super) fn whole(data: Bytes) -> Self {
        let data = Some(data).filter(|data| !data.is_empty());
        Self { data, announced: None, is_flushed: false }
    }

    /// Half of the data, and then the connection is closed.
    pub(super) fn cut(data: &Bytes) -> Self {
        let half = data.slice(..data.len() / 2);
        Self { data: Some(half), announced: Some(data.len() as u64), is_flushed: false }
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = Closed;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Closed>>> {
        if let Some(data) = self.data.take() {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        if self.announced.is_none() {
            return Poll::Ready(None);
        }
        if !self.is_flushed {
            // Waiting once makes hyper send what it has.
            self.is_flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(Closed)))
    }

    fn is_end_stream(&self) -> bool {
        self.data.is_none() && self.announced.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        let length = self.data.as_ref().map_or(0, Bytes::len) as u64;
        SizeHint::with_exact(self.announced.unwrap_or(length))
    }
}
