//! The fake as an HTTP server: for the vendor's SDKs, for programs in other languages, and for
//! looking at it in a browser.
//!
//! [`Emulator`] serves a [`FakeDbs`] over HTTP/1.1. It reads what the real gateway reads: signature
//! version 3 (ACS3) and 1, GET and POST, parameters in the query or in a form; it answers in JSON,
//! and in XML where a request of signature version 1 asks for no JSON. Fault rules become what they
//! say: a connection is closed, an answer is late or breaks off.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! use aliyun_dbs::fake::FakeDbs;
//! use aliyun_dbs::fake::emulator::Emulator;
//!
//! let dbs = FakeDbs::new();
//! let emulator = Emulator::bind(dbs.clone(), ([127, 0, 0, 1], 0).into()).await?.speed(60.0);
//! println!("listening on {}", emulator.url());
//! # let ctrl_c = std::future::ready(());
//! emulator.serve_until(ctrl_c).await; // any future: a signal, a channel
//! # Ok(()) }
//! ```
//!
//! Behind the gateway time runs by the machine's clock, times [`speed`](Emulator::speed); the
//! gateway itself, with signatures, nonces, limits and the `Date` of answers, lives by the machine's
//! clock, since that is what clients sign by. A connection cannot be refused for one operation
//! alone, so that fault closes it before an answer.
//!
//! # Looking and steering
//!
//! `/` in a browser is a page that shows plans, backups, restores and the last calls. Under
//! `/_emulator/` programs steer it by JSON:
//!
//! | request | does |
//! | --- | --- |
//! | `GET state` | plans, backups, restore tasks, downloads |
//! | `GET requests` | the last calls, without secrets |
//! | `GET faults`, `DELETE faults` | the fault rules; takes them away |
//! | `POST faults` | adds a rule: `{"kind":"slow","operation":"StartBackupPlan","millis":500,"nth":1,"times":2}` |
//! | `GET clock`, `POST clock` | time and speed; `{"advance_seconds":60}`, `{"speed":0}` |
//! | `POST gateways` | adds a backup gateway: `{"region":"cn-hangzhou","name":"g","databases":["orders"]}` |
//! | `POST reset` | [`FakeDbs::reset`] |
//!
//! Kinds of rules are the methods of [`Faults`](super::Faults) by name, with their arguments as
//! members (`millis`, `status`, `code`, `message`, `body`), `"always":true` in place of `times`; and
//! `fail_pre_check` (`item`, `message`), `fail_full_backup` and `fail_restore` (`message`), which
//! concern what begins next.
//!
//! The page and these answer to clients on the same machine only, unless
//! [`control_from_anywhere`](Emulator::control_from_anywhere) says so, and never to web pages of
//! others.
//!
//! # Bounds
//!
//! A request's head may have 64 KiB, its body 1 MiB; heads and bodies must arrive within
//! [`read_timeout`](Emulator::read_timeout), and idle connections are closed after it.
//! [`max_connections`](Emulator::max_connections) are served at a time, further ones wait. The last
//! 1000 requests are kept.

mod accept;
mod body;
mod control;
mod exchange;
mod guard;
mod journal;
mod page;
mod refusals;
mod rules;
mod state;
mod xml;

use std::fmt;
use std::future::{Future, pending};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;
use tokio::net::TcpListener;

use super::FakeDbs;
use crate::rpc::clock::Clock;
use journal::Journal;

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
    drain_time: Duration,
}

/// What the connections share.
struct Shared {
    dbs: FakeDbs,
    journal: Mutex<Journal>,
    read_timeout: Duration,
    control_from_anywhere: bool,
}

impl Shared {
    fn journal(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Emulator {
    /// Listens on an address; port 0 takes a free one.
    ///
    /// From now on the fake's clock [runs](super::FakeClock::run), at the machine's speed; one that
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
        dbs.service().requests.bound(KEPT, KEPT_BYTES);
        Ok(Self {
            listener,
            address,
            shared: Shared {
                dbs,
                journal: Mutex::new(Journal::new(KEPT)),
                read_timeout: Duration::from_secs(30),
                control_from_anywhere: false,
            },
            max_connections: 256,
            drain_time: Duration::from_secs(5),
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
    /// [`FakeClock::run`](super::FakeClock::run).
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
    pub const fn drain_time(mut self, time: Duration) -> Self {
        self.drain_time = time;
        self
    }

    /// Lets the page and the control API answer to other machines, by any name. Web pages of others
    /// still get no answer.
    pub const fn control_from_anywhere(mut self) -> Self {
        self.shared.control_from_anywhere = true;
        self
    }

    /// Serves for ever.
    pub async fn serve(self) {
        self.serve_until(pending()).await;
    }

    /// Serves until a future ends; then takes no more connections, and lets running requests end.
    pub async fn serve_until(self, shutdown: impl Future<Output = ()> + Send) {
        let Self { listener, shared, max_connections, drain_time, .. } = self;
        accept::run(listener, Arc::new(shared), max_connections, drain_time, shutdown).await;
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
