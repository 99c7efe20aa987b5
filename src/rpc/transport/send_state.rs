//! `SendState`: whether a transport has begun to send a request.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// The state of a request that the client shares with the transport.
///
/// A request whose time ends before its connection is ready was never sent. The client proves it
/// with this state, which it passes in the extensions of the request.
#[derive(Clone, Debug)]
pub(crate) struct SendState(Arc<AtomicU8>);

/// Marks a request that needs a new connection, in its extensions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FreshConnection;

/// The transport has reported nothing, so the request may have been sent.
const UNREPORTED: u8 = 0;
/// The transport waits for a connection.
const WAITING: u8 = 1;
/// The connection has accepted the request.
const STARTED: u8 = 2;
/// The client abandoned the request while it waited.
const ABANDONED: u8 = 3;

impl SendState {
    pub(crate) fn new() -> Self {
        Self(Arc::new(AtomicU8::new(UNREPORTED)))
    }

    /// Reports that the request waits for a connection.
    #[cfg_attr(not(feature = "_http"), allow(dead_code))]
    pub(crate) fn wait(&self) {
        let _ = self.change(UNREPORTED, WAITING);
    }

    /// Reports that the connection is about to send the request. Returns `false` if it must not.
    #[cfg_attr(not(feature = "_http"), allow(dead_code))]
    pub(crate) fn start(&self) -> bool {
        match self.change(WAITING, STARTED) {
            Ok(_) => true,
            Err(current) => current != ABANDONED,
        }
    }

    /// Returns whether a connection accepted the request, or may have.
    #[cfg_attr(not(feature = "_http"), allow(dead_code))]
    pub(crate) fn has_started(&self) -> bool {
        !matches!(self.0.load(Ordering::Acquire), WAITING | ABANDONED)
    }

    #[cfg_attr(not(feature = "_http"), allow(dead_code))]
    pub(crate) fn is_abandoned(&self) -> bool {
        self.0.load(Ordering::Acquire) == ABANDONED
    }

    /// Abandons a request. Returns whether no byte of it was sent, or will be.
    pub(crate) fn abandon(&self) -> bool {
        match self.change(WAITING, ABANDONED) {
            Ok(_) => true,
            Err(current) => current == ABANDONED,
        }
    }

    fn change(&self, from: u8, to: u8) -> Result<u8, u8> {
        self.0.compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_waiting_request_is_never_sent() {
        let unreported = SendState::new();
        assert!(!unreported.abandon() && unreported.start());

        let waiting = SendState::new();
        waiting.wait();
        assert!(waiting.abandon() && waiting.abandon());
        assert!(!waiting.start(), "the connection must not send it any more");

        let started = SendState::new();
        started.wait();
        assert!(started.start() && started.start() && !started.abandon());
    }
}
