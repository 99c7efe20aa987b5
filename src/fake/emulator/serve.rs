//! `Emulator`: the HTTP server that serves a `FakeDbs`.

use std::fmt;
use std::future::{Future, pending};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use time::OffsetDateTime;
use tokio::net::TcpListener;

use super::accept;
use super::call_log::CallLog;
use super::shared::Shared;
use crate::fake::dbs::FakeDbs;
use crate::rpc::clock::Clock;

/// The most requests that [`FakeDbs::requests`] and the call log keep.
const MAX_REQUESTS: usize = 1000;
/// The most bytes of request bodies that [`FakeDbs::requests`] keeps.
const MAX_REQUEST_BYTES: usize = 16 << 20;

/// An HTTP server for a [`FakeDbs`], bound to an address.
///
/// [`serve_until`](Self::serve_until) or [`serve`](Self::serve) starts it; see the
/// [module page](crate::fake::emulator) for an example.
#[must_use = "the emulator serves nothing until `serve` or `serve_until` is awaited"]
pub struct Emulator {
    listener: TcpListener,
    address: SocketAddr,
    shared: Shared,
    max_connections: usize,
    drain_timeout: Duration,
}

impl Emulator {
    /// Binds a server to an address. Port 0 selects a free port.
    ///
    /// Changes the fake in two ways. Its clock now [runs](crate::fake::FakeClock::run) at speed 1;
    /// a clock that is behind the machine's time is moved to that time. And
    /// [`FakeDbs::requests`] keeps only the last 1000 requests, with at most 16 MiB of bodies.
    ///
    /// # Errors
    ///
    /// When the address cannot be bound, for example because another process uses it.
    pub async fn bind(dbs: FakeDbs, address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let clock = dbs.clock();
        let behind = OffsetDateTime::now_utc() - clock.now();
        if let Ok(behind) = Duration::try_from(behind) {
            clock.advance(behind);
        }
        clock.run(1.0);
        dbs.server().requests.set_limits(MAX_REQUESTS, MAX_REQUEST_BYTES);
        Ok(Self {
            listener,
            address,
            shared: Shared {
                dbs,
                call_log: Mutex::new(CallLog::new(MAX_REQUESTS)),
                read_timeout: Duration::from_secs(30),
                allow_remote_control: false,
            },
            max_connections: 256,
            drain_timeout: Duration::from_secs(5),
        })
    }

    /// Returns the address that the server listens on, with its actual port.
    pub const fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Returns the endpoint for clients, such as `http://127.0.0.1:8080`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Sets the speed of the fake's clock. Defaults to 1, the machine's speed.
    ///
    /// At a speed of 60 the fake's clock advances one minute per second; see
    /// [`FakeClock::run`](crate::fake::FakeClock::run).
    pub fn speed(self, speed: f64) -> Self {
        self.shared.dbs.clock().run(speed);
        self
    }

    /// Sets the timeout for reading a request. Defaults to 30 seconds.
    ///
    /// It applies to the headers and to the body of a request separately. A connection that is
    /// idle for that long is closed, and so is one whose client does not read the response.
    pub const fn read_timeout(mut self, timeout: Duration) -> Self {
        self.shared.read_timeout = timeout;
        self
    }

    /// Sets how many connections are served at the same time. Defaults to 256.
    ///
    /// A further connection takes the place of the one that has waited longest for its client, for
    /// at least 1 second. If all are in use, it waits until one closes. 0 becomes 1, and values above
    /// 1048576 become that.
    pub fn max_connections(mut self, connections: usize) -> Self {
        // A semaphore panics above its own maximum, which is lower than that of the type.
        self.max_connections = connections.clamp(1, 1 << 20);
        self
    }

    /// Sets how long running requests may continue after shutdown begins. Defaults to 5 seconds.
    pub const fn drain_timeout(mut self, timeout: Duration) -> Self {
        self.drain_timeout = timeout;
        self
    }

    /// Allows clients on other machines to use the status page and the control API.
    ///
    /// Off by default: both then accept only clients on the emulator's machine that address it by
    /// an IP address or `localhost`. Requests with an `Origin` header, which scripts of web pages
    /// send, are rejected in either case. Calls of operations are accepted from everywhere.
    pub const fn allow_remote_control(mut self) -> Self {
        self.shared.allow_remote_control = true;
        self
    }

    /// Serves until the returned future is dropped.
    pub async fn serve(self) {
        self.serve_until(pending()).await;
    }

    /// Serves until `shutdown` resolves, such as on a signal.
    ///
    /// Then accepts no more connections, and waits for running requests for at most
    /// [`drain_timeout`](Self::drain_timeout).
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
