//! Request bodies, with their size limits, and response bodies that can be truncated.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use hyper::body::{Body, Frame, Incoming, SizeHint};

/// The most bytes of a request's URL and headers.
pub(super) const MAX_HEAD: usize = 64 << 10;
/// The most bytes of a request's body.
pub(super) const MAX_BODY: usize = 1 << 20;

/// Why a request body could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyError {
    TooLarge,
    TooSlow,
    Interrupted,
}

impl BodyError {
    pub(super) const fn message(self) -> &'static str {
        match self {
            Self::TooLarge => "the body is too large: at most 1 MiB is allowed",
            Self::TooSlow => {
                "timed out reading the body: it did not arrive within `Emulator::read_timeout`; \
                 send it again"
            }
            Self::Interrupted => {
                "failed to read the body: it ended early or is malformed; send it again"
            }
        }
    }
}

/// Reads a whole body, within the size limit and a timeout.
pub(super) async fn read(mut body: Incoming, timeout: Duration) -> Result<Bytes, BodyError> {
    if body.size_hint().lower() > MAX_BODY as u64 {
        return Err(BodyError::TooLarge);
    }
    let read_all = async {
        let mut bytes = BytesMut::new();
        while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
            // Skips trailers.
            let Ok(data) = frame.map_err(|_| BodyError::Interrupted)?.into_data() else { continue };
            if bytes.len() + data.len() > MAX_BODY {
                return Err(BodyError::TooLarge);
            }
            bytes.extend_from_slice(&data);
        }
        Ok(bytes.freeze())
    };
    tokio::time::timeout(timeout, read_all).await.unwrap_or(Err(BodyError::TooSlow))
}

/// Makes hyper close the connection, before or within a response.
#[derive(Clone, Copy, Debug)]
pub(super) struct ConnectionClosed;

impl fmt::Display for ConnectionClosed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a fault rule closed the connection")
    }
}

impl std::error::Error for ConnectionClosed {}

/// The body of a response.
#[derive(Debug)]
pub(super) struct ResponseBody {
    data: Option<Bytes>,
    /// The `Content-Length` of a truncated body, which is longer than the data.
    announced: Option<u64>,
    is_flushed: bool,
}

impl ResponseBody {
    pub(super) fn whole(data: Bytes) -> Self {
        let data = Some(data).filter(|data| !data.is_empty());
        Self { data, announced: None, is_flushed: false }
    }

    /// Sends the first half of the data, then closes the connection.
    pub(super) fn truncated(data: &Bytes) -> Self {
        let half = data.slice(..data.len() / 2);
        Self { data: Some(half), announced: Some(data.len() as u64), is_flushed: false }
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = ConnectionClosed;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, ConnectionClosed>>> {
        if let Some(data) = self.data.take() {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        if self.announced.is_none() {
            return Poll::Ready(None);
        }
        if !self.is_flushed {
            // Pending once makes hyper send the first half before it closes the connection.
            self.is_flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(ConnectionClosed)))
    }

    fn is_end_stream(&self) -> bool {
        self.data.is_none() && self.announced.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        let length = self.data.as_ref().map_or(0, Bytes::len) as u64;
        SizeHint::with_exact(self.announced.unwrap_or(length))
    }
}
