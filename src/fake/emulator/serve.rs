//! `Emulator`: an address that is listened on.

use std::fmt;
use std::future::{Future, pending};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use time::OffsetDateTime;
use tokio::net::TcpListener;

use super::accept;
use super::journal::Journal;
use super::shared::Shared;
use crate::fake::dbs::FakeDbs;
use crate::rpc::clock::Clock;

/// Requests that [`FakeDbs::requests`] and the journal keep.
const KEPT: usize = 1000;
/// Bytes of bodies that [`FakeDbs::requests`] keeps.
const KEPT_BYTES: usize = 16 << 20;

/// A server that is bound to an address; [`serve_until`](Self::serve_until) starts it.
#[must_use = "nothing is served until `serve` or `serve_until` is awaited"]
pub struct Emulator {
    listener: TcpListener,
    address: SocketAddr,
    shared: Shared,
    max_connections: usize,
    drain_timeout: Duration,
}

impl Emulator {
    /// Listens on an address; port 0 takes a free one.
    ///
    /// From now on the fake's clock [runs](crate::fake::FakeClock::run), at the machine's speed; one that
    /// is behind the machine's is moved to its time. The fake keeps the last 1000 requests only.
    ///
    /// # Errors
    ///
    /// When the address cannot be listened on.
    pub async fn bind(dbs: FakeDbs, address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let clock = dbs.clock();
        let behind = OffsetDateTime::now_utc() - clock.now();
        if let Ok(behind) = Duration::try_from(behind) {
            clock.advance(behind);
        }
        clock.run(1.0);
        dbs.server().requests.bound(KEPT, KEPT_BYTES);
        Ok(Self {
            listener,
            address,
            shared: Shared {
                dbs,
                journal: Mutex::new(Journal::new(KEPT)),
                read_timeout: Duration::from_secs(30),
                allow_remote_control: false,
            },
            max_connections: 256,
            drain_timeout: Duration::from_secs(5),
        })
    }

    /// The address it listens on.
    pub const fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// The endpoint for clients, such as `http://127.0.0.1:8080`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Lets the service's time pass faster: a speed of 60 makes each second a minute. See
    /// [`FakeClock::run`](crate::fake::FakeClock::run).
    pub fn speed(self, speed: f64) -> Self {
        self.shared.dbs.clock().run(speed);
        self
    }

    /// How long a client may take for the head of a request, and for its body; 30 seconds unless
    /// told otherwise. Idle connections are closed after it.
    pub const fn read_timeout(mut self, timeout: Duration) -> Self {
        self.shared.read_timeout = timeout;
        self
    }

    /// How many connections are served at a time, at least one; 256 unless told otherwise.
    pub fn max_connections(mut self, connections: usize) -> Self {
        // The semaphore's own bound is lower than that of the type.
        self.max_connections = connections.clamp(1, 1 << 20);
        self
    }

    /// How long requests may go on after the shutdown began; 5 seconds unless told otherwise.
    pub const fn drain_timeout(mut self, time: Duration) -> Self {
        self.drain_timeout = time;
        self
    }

    /// Lets the page and the control API answer to other machines, by any name. Web pages of others
    /// still get no answer.
    pub const fn allow_remote_control(mut self) -> Self {
        self.shared.allow_remote_control = true;
        self
    }

    /// Serves for ever.
    pub async fn serve(self) {
        self.serve_until(pending()).await;
    }

    /// Serves until a future ends; then takes no more connections, and lets running requests end.
    pub async fn serve_until(self, shutdown: impl Future<Output = ()> + Send) {
        let Self { listener, shared, max_connections, drain_timeout, .. } = self;
        accept::run(listener, Arc::new(shared), max_connections, drain_timeout, shutdown).await;
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator")
            .field("address", &self.address)
            .field("dbs", &self.shared.dbs)
            .finish_non_exhaustive()
    }
}
