//! `TrackedBody`: the body of a request, which reports when a connection begins to send it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::rpc::transport::send_state::SendState;

/// The body of a request, which reports when a connection begins to send it.
///
/// A connection asks a body whether it is empty before it writes the head of the request.
pub(crate) struct TrackedBody {
    bytes: Bytes,
    state: Option<SendState>,
}

impl TrackedBody {
    pub(crate) fn new(bytes: Bytes, state: Option<SendState>) -> Self {
        Self { bytes, state }
    }

    /// Reports that the connection is about to send the request. Returns `false` if it must not.
    fn start(&self) -> bool {
        self.state.as_ref().is_none_or(SendState::start)
    }
}

impl Body for TrackedBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if !self.start() {
            return Poll::Ready(Some(Err(io::Error::other("the request was cancelled"))));
        }
        let bytes = std::mem::take(&mut self.bytes);
        Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
    }

    /// A cancelled request has a body that fails, so that the server never gets it whole.
    fn is_end_stream(&self) -> bool {
        self.start() && self.bytes.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        if self.state.as_ref().is_some_and(SendState::is_abandoned) {
            return SizeHint::default();
        }
        SizeHint::with_exact(self.bytes.len() as u64)
    }
}
