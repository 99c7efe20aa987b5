//! `Generation`: a client with its connections, which a dead connection retires.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use http::Version;

use crate::rpc::transport::send_state::SendState;

/// A client with its connections.
///
/// Many requests share one HTTP/2 connection, and a client uses it until it is closed. A request that
/// is cancelled retires the client if nothing has arrived for any other request since its own last
/// part: the next request then uses a new client, and thereby a new connection. Requests in flight
/// keep the old one. HTTP/1.1 needs no new client: cancelling a request closes its connection.
pub(crate) struct Generation<C> {
    pub(crate) client: C,
    /// The number of heads, parts of bodies and ends of all requests.
    progress: AtomicU64,
    uses_http2: AtomicBool,
    /// Whether the next request needs a new client.
    retired: AtomicBool,
}

impl<C> Generation<C> {
    pub(crate) fn new(client: C) -> Arc<Self> {
        Arc::new(Self {
            client,
            progress: AtomicU64::new(0),
            uses_http2: AtomicBool::new(false),
            retired: AtomicBool::new(false),
        })
    }

    /// Returns whether the next request needs a new client.
    pub(crate) fn is_retired(&self) -> bool {
        self.retired.load(Ordering::Relaxed)
    }

    /// Watches a request until it ends or is cancelled.
    ///
    /// `may_use_http2` says whether the connection could use it before the first response shows so.
    pub(crate) fn watch(
        &self,
        may_use_http2: bool,
        state: Option<SendState>,
    ) -> RequestWatch<'_, C> {
        let seen = self.progress.load(Ordering::Relaxed);
        RequestWatch { generation: self, seen, may_use_http2, state, is_over: false }
    }
}

/// A request in flight. Dropping it before [`end`](Self::end) means that it was cancelled.
pub(crate) struct RequestWatch<'a, C> {
    generation: &'a Generation<C>,
    /// The progress when the request began, or when its last part arrived.
    seen: u64,
    may_use_http2: bool,
    state: Option<SendState>,
    is_over: bool,
}

impl<C> RequestWatch<'_, C> {
    /// Records the head of the response, or a part of its body.
    pub(crate) fn progressed(&mut self, version: Version) {
        self.seen = self.generation.progress.fetch_add(1, Ordering::Relaxed) + 1;
        if version == Version::HTTP_2 {
            self.generation.uses_http2.store(true, Ordering::Relaxed);
        }
    }

    /// Records that the request was not cancelled.
    pub(crate) fn end(mut self) {
        self.is_over = true;
        self.generation.progress.fetch_add(1, Ordering::Relaxed);
    }
}

impl<C> Drop for RequestWatch<'_, C> {
    fn drop(&mut self) {
        let generation = self.generation;
        // A request that waits for a connection shows nothing about one.
        if self.is_over || self.state.as_ref().is_some_and(|state| !state.has_started()) {
            return;
        }
        let progress = generation.progress.load(Ordering::Relaxed);
        let is_http2 =
            generation.uses_http2.load(Ordering::Relaxed) || (progress == 0 && self.may_use_http2);
        if is_http2 && progress == self.seen {
            generation.retired.store(true, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HTTP_2: Version = Version::HTTP_2;

    fn sent() -> SendState {
        let state = SendState::new();
        state.wait();
        assert!(state.start());
        state
    }

    /// Whether a cancelled request retires a generation after these steps.
    fn retires(
        may_use_http2: bool,
        steps: impl FnOnce(&Generation<()>, &mut RequestWatch<'_, ()>),
    ) -> bool {
        let generation = Generation::new(());
        let mut watch = generation.watch(may_use_http2, Some(sent()));
        steps(&generation, &mut watch);
        drop(watch);
        generation.is_retired()
    }

    #[test]
    fn cancelled_request_without_progress_retires() {
        // The first request of a connection that never responds.
        assert!(retires(true, |_, _| {}));
        assert!(!retires(false, |_, _| {}), "a connection that uses HTTP/1.1");
        // The body stalls after the head, or after a part.
        assert!(retires(true, |_, watch| watch.progressed(HTTP_2)));
        assert!(retires(false, |_, watch| (0..3).for_each(|_| watch.progressed(HTTP_2))));
        assert!(!retires(true, |_, watch| watch.progressed(Version::HTTP_11)));
        // Another request got something since.
        assert!(!retires(true, |generation, watch| {
            watch.progressed(HTTP_2);
            let mut other = generation.watch(true, Some(sent()));
            other.progressed(HTTP_2);
            // It neither ends nor is cancelled.
            std::mem::forget(other);
        }));
        assert!(!retires(true, |generation, watch| {
            watch.progressed(HTTP_2);
            generation.watch(true, Some(sent())).end();
        }));
        // Another request got something before.
        assert!(retires(true, |generation, watch| {
            let mut other = generation.watch(true, Some(sent()));
            other.progressed(HTTP_2);
            watch.progressed(HTTP_2);
            other.end();
            watch.progressed(HTTP_2);
        }));
    }

    #[test]
    fn request_without_a_connection_retires_nothing() {
        let generation = Generation::new(());
        let state = SendState::new();
        state.wait();
        drop(generation.watch(true, Some(state.clone())));
        assert!(state.abandon());
        drop(generation.watch(true, Some(state)));
        assert!(!generation.is_retired());
        // A wrapper may remove the state: then the request may have been sent.
        drop(generation.watch(true, None));
        assert!(generation.is_retired());
    }

    #[test]
    fn ended_request_retires_nothing() {
        let generation = Generation::new(());
        generation.watch(true, Some(sent())).end();
        let mut watch = generation.watch(true, Some(sent()));
        watch.progressed(HTTP_2);
        watch.end();
        assert!(!generation.is_retired());
    }

    proptest! {
        /// A cancelled request retires unless another request had the last event since it began.
        #[test]
        fn last_event_decides_in_any_interleaving(
            events in proptest::collection::vec((0..4_usize, 0..3_u8), 1..40),
        ) {
            let generation = Generation::new(());
            let mut setup = generation.watch(true, Some(sent()));
            setup.progressed(HTTP_2);
            setup.end();
            let mut watches: Vec<Option<RequestWatch<'_, ()>>> = (0..4).map(|_| None).collect();
            // For each watch, whether another one had the last event since it began.
            let mut is_outdated = [false; 4];
            for (index, event) in events {
                let Some(mut watch) = watches[index].take() else {
                    watches[index] = Some(generation.watch(true, Some(sent())));
                    is_outdated[index] = false;
                    continue;
                };
                match event {
                    0 => {
                        watch.progressed(HTTP_2);
                        watches[index] = Some(watch);
                        is_outdated = [true; 4];
                        is_outdated[index] = false;
                    }
                    1 => {
                        watch.end();
                        is_outdated = [true; 4];
                    }
                    _ => {
                        drop(watch);
                        prop_assert_eq!(generation.is_retired(), !is_outdated[index]);
                        generation.retired.store(false, Ordering::Relaxed);
                    }
                }
            }
            // The rest ends, so that dropping it changes nothing.
            watches.into_iter().flatten().for_each(RequestWatch::end);
        }
    }
}
