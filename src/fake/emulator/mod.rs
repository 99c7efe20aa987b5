//! The fake as an HTTP server: for the vendor's SDKs, for programs in other languages, and for
//! looking at it in a browser.
//!
//! [`Emulator`] serves a [`FakeDbs`](super::FakeDbs) over HTTP/1.1. It reads what the real gateway reads: signature
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
//! | `POST reset` | [`FakeDbs::reset`](super::FakeDbs::reset) |
//!
//! Kinds of rules are the methods of [`Faults`](super::Faults) by name, with their arguments as
//! members (`millis`, `status`, `code`, `message`, `body`), `"always":true` in place of `times`; and
//! `fail_pre_check` (`item`, `message`), `fail_full_backup` and `fail_restore` (`message`), which
//! concern what begins next.
//!
//! The page and these answer to clients on the same machine only, unless
//! [`allow_remote_control`](Emulator::allow_remote_control) says so, and never to web pages of
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
mod serve;
mod shared;
mod snapshot;
mod xml;

pub use serve::Emulator;
