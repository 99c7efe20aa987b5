//! `Ledger`: what the connections of a server read.

use std::collections::HashMap;
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// What the connections of a server read, and how many requests were sent to it.
#[derive(Default)]
pub(crate) struct Ledger {
    connections: AtomicUsize,
    closed: AtomicUsize,
    bytes: AtomicUsize,
    begun: AtomicUsize,
    sends: AtomicUsize,
    is_over: AtomicBool,
    open: Mutex<HashMap<usize, TcpStream>>,
}

impl Ledger {
    /// Returns the number of accepted connections.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Returns the number of connections that both sides closed.
    pub(crate) fn closed(&self) -> usize {
        self.closed.load(Ordering::SeqCst)
    }

    /// Returns the number of bytes of requests that were read.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::SeqCst)
    }

    /// Returns the number of requests of which at least one byte was read.
    pub(crate) fn begun(&self) -> usize {
        self.begun.load(Ordering::SeqCst)
    }

    /// Returns the number of requests that the check sent to the server.
    pub(crate) fn sends(&self) -> usize {
        self.sends.load(Ordering::SeqCst)
    }

    pub(crate) fn count_send(&self) {
        self.sends.fetch_add(1, Ordering::SeqCst);
    }

    pub(super) fn count_bytes(&self, bytes: usize) {
        self.bytes.fetch_add(bytes, Ordering::SeqCst);
    }

    pub(super) fn count_begun(&self) {
        self.begun.fetch_add(1, Ordering::SeqCst);
    }

    pub(super) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::SeqCst)
    }

    /// Adds a connection, and returns its number, starting at 0.
    pub(super) fn open(&self, stream: TcpStream) -> usize {
        let number = self.connections.fetch_add(1, Ordering::SeqCst);
        self.streams().insert(number, stream);
        if self.is_over() {
            self.end();
        }
        number
    }

    /// Forgets a connection, so that dropping its stream closes it.
    pub(super) fn forget(&self, number: usize) {
        self.streams().remove(&number);
    }

    pub(super) fn count_closed(&self) {
        self.closed.fetch_add(1, Ordering::SeqCst);
    }

    /// Ends all connections.
    pub(super) fn end(&self) {
        self.is_over.store(true, Ordering::SeqCst);
        for stream in self.streams().values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    fn streams(&self) -> std::sync::MutexGuard<'_, HashMap<usize, TcpStream>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
