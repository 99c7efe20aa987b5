//! `Slots`: how many connections are open, and which one to close when all slots are taken.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

/// How long a connection may wait for its client before it can lose its slot.
const GRACE: Duration = Duration::from_secs(1);
/// The interval at which a new connection looks for a slot that it can take.
const RETRY_INTERVAL: Duration = Duration::from_millis(50);

/// The slots of the open connections.
pub(super) struct Slots {
    permits: Arc<Semaphore>,
    grace: Duration,
    open: Mutex<OpenConnections>,
}

#[derive(Default)]
struct OpenConnections {
    last_id: u64,
    /// By id, which is the order in which they opened.
    slots: BTreeMap<u64, Arc<SlotState>>,
}

/// What is known about an open connection.
struct SlotState {
    /// The number of requests that the server has read and not yet responded to.
    running: AtomicUsize,
    /// Since when the connection waits for its client.
    waiting_since: Mutex<Instant>,
    closed: Notify,
}

/// The slot of an open connection. Dropping it frees the slot.
pub(super) struct Slot {
    id: u64,
    state: Arc<SlotState>,
    slots: Arc<Slots>,
    _permit: OwnedSemaphorePermit,
}

/// A request that runs on a connection, which keeps its slot meanwhile.
pub(super) struct RunningRequest(Arc<SlotState>);

/// A handle to mark the requests of a connection.
#[derive(Clone)]
pub(super) struct RequestMarker(Arc<SlotState>);

impl Slots {
    pub(super) fn new(max_connections: usize, read_timeout: Duration) -> Arc<Self> {
        Arc::new(Self {
            permits: Arc::new(Semaphore::new(max_connections)),
            grace: GRACE.min(read_timeout),
            open: Mutex::default(),
        })
    }

    /// Returns a slot, when there is one.
    ///
    /// While all slots are taken, closes the connection that has waited longest for its client, so
    /// that clients that send nothing, or slowly, do not keep others out.
    pub(super) async fn take(self: &Arc<Self>) -> Option<Slot> {
        loop {
            match timeout(RETRY_INTERVAL, self.permits.clone().acquire_owned()).await {
                Ok(permit) => return Some(self.open(permit.ok()?)),
                Err(_) => self.close_longest_waiting(),
            }
        }
    }

    fn open(self: &Arc<Self>, permit: OwnedSemaphorePermit) -> Slot {
        let state = Arc::new(SlotState {
            running: AtomicUsize::new(0),
            waiting_since: Mutex::new(Instant::now()),
            closed: Notify::new(),
        });
        let mut open = self.lock();
        open.last_id += 1;
        let id = open.last_id;
        open.slots.insert(id, state.clone());
        drop(open);
        Slot { id, state, slots: self.clone(), _permit: permit }
    }

    fn close_longest_waiting(&self) {
        let now = Instant::now();
        let open = self.lock();
        let waiting = open.slots.values().filter(|slot| slot.running.load(Ordering::Acquire) == 0);
        let longest = waiting.min_by_key(|slot| slot.waiting_since());
        if let Some(slot) = longest
            && now.duration_since(slot.waiting_since()) >= self.grace
        {
            slot.closed.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, OpenConnections> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SlotState {
    fn waiting_since(&self) -> Instant {
        *self.waiting_since.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    /// Waits until another connection takes the slot.
    pub(super) async fn closed(&self) {
        self.state.closed.notified().await;
    }

    pub(super) fn marker(&self) -> RequestMarker {
        RequestMarker(self.state.clone())
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.slots.lock().slots.remove(&self.id);
    }
}

impl RequestMarker {
    /// Marks a request whose head and body the server has read.
    pub(super) fn start(&self) -> RunningRequest {
        self.0.running.fetch_add(1, Ordering::AcqRel);
        RunningRequest(self.0.clone())
    }
}

impl Drop for RunningRequest {
    fn drop(&mut self) {
        *self.0.waiting_since.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        self.0.running.fetch_sub(1, Ordering::AcqRel);
    }
}
