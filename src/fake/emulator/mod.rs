//! The fake as an HTTP server, for SDKs in any language and for a browser.
//!
//! [`Emulator`] serves a [`FakeDbs`](super::FakeDbs) over HTTP/1.1:
//!
//! | path | for | what it offers |
//! | --- | --- | --- |
//! | `/` with an operation | SDKs | [the API](#the-api): all operations of both versions, with signatures verified |
//! | `/` in a browser | people | a status page with plans, backups, restores, downloads and the last calls |
//! | `/_emulator/` | test scripts | [the control API](#the-control-api): faults, time and state as JSON |
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
//! # The API
//!
//! The server reads what the real API gateway reads: signature version 3 (ACS3) and version 1,
//! `GET` and `POST`, parameters in the query or in a form. It responds in JSON, and in XML to a
//! request of signature version 1 that does not ask for JSON.
//!
//! [Fault rules](crate::transport::Faults) change what arrives: the server closes the connection, or sends
//! the response late, incomplete or with another body. A server cannot refuse the connection for
//! one operation only, so [`refuse_connection`](crate::transport::Faults::refuse_connection) closes it
//! without a response.
//!
//! # Time
//!
//! Plans, backups and restores follow the [fake's clock](super::FakeDbs::clock), which runs at
//! [`speed`](Emulator::speed) times the machine's speed. All times on the status page and in the
//! control API are by that clock.
//!
//! The simulated API gateway checks signatures, nonces and rate limits, and sets the `Date` header.
//! It uses the machine's time, because clients sign with that.
//!
//! # The control API
//!
//! Bodies are JSON objects. An error has a status of 4xx and the body `{"error": "…"}`. The paths
//! below follow `/_emulator/`.
//!
//! | method and path | body | response |
//! | --- | --- | --- |
//! | `GET capabilities` | | [what the emulator accepts](#capabilities) |
//! | `GET state` | | `{"clock": {…}, "plans": […], "full_backups": […], "restore_tasks": […], "downloads": […], "instances": […], "advanced_downloads": […], "sandboxes": […]}` |
//! | `GET requests` | | `{"requests": […]}`: the last calls, with their secrets removed, oldest first |
//! | `GET faults` | | `{"faults": […]}`: the active [fault rules](#fault-rules) |
//! | `POST faults` | a [fault rule](#fault-rules) to add | the same as `GET faults` |
//! | `DELETE faults` | | `{"faults": []}`: removes all fault rules |
//! | `GET clock` | | `{"now": "2026-01-01T00:00:00Z", "speed": 1.0}` |
//! | `POST clock` | `{"advance_seconds": 60, "speed": 0}`, both optional | the same as `GET clock`, after the change |
//! | `POST gateways` | `{"region": "cn-hangzhou", "name": "office", "databases": ["orders"]}`; `databases` is optional | `{"backup_gateway_id": 160813}`: adds a backup gateway |
//! | `POST instances` | `{"region": "cn-hangzhou", "instance_name": "rm-orders", "engine": "rds_mysql"}`; other engines are `rds_postgresql`, `polardb_mysql`, `mongodb` and `rds_sqlserver` | `{"instance_name": "rm-orders", "backup_sets": ["…", "…"]}`: [adds an instance](super::FakeDbs::add_instance) |
//! | `POST sandboxes` | `{"backup_plan_id": "dbs…"}` | `{"instance_id": "1j…"}`: [adds a sandbox](super::FakeDbs::add_sandbox) |
//! | `GET tokens` | | `{"forget_after_seconds": null, "remembered": 3}`: how long [client tokens](super::FakeDbs::forget_tokens_after) are remembered, and how many are |
//! | `POST tokens` | `{"forget_after_seconds": 600, "forget_now": true}`, both optional; `null` sets no limit | the same as `GET tokens`, after the change |
//! | `POST access_keys` | `{"access_key_id": "…", "access_key_secret": "…", "security_token": "…", "account": 1}`; `security_token` and `account` are optional | `{"access_key_id": "…", "account": 1}`: adds an access key, or replaces the one with that id |
//! | `POST reset` | | `{}`: calls [`FakeDbs::reset`](super::FakeDbs::reset) and clears the last calls |
//!
//! Accounts have numbers from 0 on, and each has its own plans and client tokens. `POST access_keys`
//! adds the account whose number is the next one. `GET state` and the status page show the account
//! of the [`FakeDbs`](super::FakeDbs) that the emulator was started with, which is number 0 in the
//! example `emulator`.
//!
//! ## Capabilities
//!
//! ```json
//! {
//!   "name": "aliyun-dbs emulator", "version": "0.1.0",
//!   "apis": [
//!     {"product": "Dbs", "version": "2019-03-06", "operations": ["ConfigureBackupPlan"], "refused": []},
//!     {"product": "Dbs", "version": "2021-01-01", "operations": ["CreateDownload"],
//!      "refused": ["DescribeBackupPolicy"]}
//!   ],
//!   "signatures": ["v3", "v1"], "formats": ["JSON", "XML"],
//!   "fault_kinds": ["refuse_connection"], "control": ["GET capabilities"],
//!   "clock": {"max_speed": 100000.0}
//! }
//! ```
//!
//! `refused` lists the operations that the emulator knows and rejects with `Request.Forbidden`, as
//! the service does for accounts without an invitation. A response has all operations, kinds of
//! [fault rules](#fault-rules) and requests of the control API in its lists.
//!
//! ## Fault rules
//!
//! A rule names its `kind` and the fields of that kind:
//!
//! ```json
//! {"kind": "slow", "operation": "StartBackupPlan", "millis": 500, "nth": 1, "times": 2}
//! ```
//!
//! | kind | fields | the same as |
//! | --- | --- | --- |
//! | `refuse_connection` | | [`Faults::refuse_connection`](crate::transport::Faults::refuse_connection) |
//! | `drop_before_processing` | | [`Faults::drop_before_processing`](crate::transport::Faults::drop_before_processing) |
//! | `drop_after_processing` | | [`Faults::drop_after_processing`](crate::transport::Faults::drop_after_processing) |
//! | `deliver_twice` | | [`Faults::deliver_twice`](crate::transport::Faults::deliver_twice) |
//! | `slow` | `millis` | [`Faults::delay`](crate::transport::Faults::delay) |
//! | `http_status` | `status`, 200 to 599 | [`Faults::http_status`](crate::transport::Faults::http_status) |
//! | `throttle` | `millis` | [`Faults::throttle`](crate::transport::Faults::throttle) |
//! | `gateway_error` | `status`, `code`, `message` | [`Faults::gateway_error`](crate::transport::Faults::gateway_error) |
//! | `business_error` | `code`, `message` | [`Faults::business_error`](crate::transport::Faults::business_error) |
//! | `truncate_body` | | [`Faults::truncate_body`](crate::transport::Faults::truncate_body) |
//! | `replace_body` | `body` | [`Faults::replace_body`](crate::transport::Faults::replace_body) |
//! | `set_field` | `path`, `json` (the text to send) | [`Responses::set`](super::Responses::set) |
//! | `remove_field` | `path` | [`Responses::remove`](super::Responses::remove) |
//! | `body_status` | `status` | [`Responses::body_status`](super::Responses::body_status) |
//! | `refuse_unknown_ids` | `status`, `code` | [`Responses::refuse_unknown_ids`](super::Responses::refuse_unknown_ids) |
//! | `fail_pre_check` | `item` (defaults to `CHECK_PRIVILEGE`), `message` (defaults to `the check failed`) | [`FakeDbs::fail_next_pre_check`](super::FakeDbs::fail_next_pre_check) |
//! | `fail_full_backup` | `message` | [`FakeDbs::fail_next_full_backup`](super::FakeDbs::fail_next_full_backup) |
//! | `fail_restore` | `message` | [`FakeDbs::fail_next_restore`](super::FakeDbs::fail_next_restore) |
//! | `fail_download` | | [`FakeDbs::fail_next_download`](super::FakeDbs::fail_next_download) |
//!
//! The last four apply to the job that begins next, and `GET faults` does not list them. All other
//! kinds take these optional fields as well:
//!
//! | field | meaning |
//! | --- | --- |
//! | `operation` | The operation that the rule applies to. Defaults to `*`, all operations. |
//! | `nth` | The first matching request that the rule applies to, counted from 1. Defaults to 1. |
//! | `times` | How many requests it applies to. Defaults to 1. |
//! | `always` | `true` applies it to all requests from the `nth` on, and ignores `times`. |
//!
//! ## Access
//!
//! The status page and the control API accept only clients on the emulator's machine that address
//! it by `localhost` or an IP address, unless
//! [`allow_remote_control`](Emulator::allow_remote_control) is set. Both reject requests with an
//! `Origin` header, which scripts of web pages send.
//!
//! # Limits
//!
//! | what | limit |
//! | --- | --- |
//! | URL and headers of a request | 64 KiB, and 100 headers |
//! | body of a request | 1 MiB |
//! | time to read headers, body, or an idle connection | [`read_timeout`](Emulator::read_timeout), by default 30 seconds |
//! | time without progress to send a response | [`read_timeout`](Emulator::read_timeout) |
//! | connections at the same time | [`max_connections`](Emulator::max_connections), by default 256; a further one closes the one that has waited longest for its client, for at least 1 second, or waits |
//! | requests that the fake and the status page remember | the last 1000 |
//! | active fault rules, above which `POST faults` fails | 1000, with 16 MiB |
//! | planned failures of jobs, above which `POST faults` fails | 1000, with 16 MiB |
//! | gateways, above which `POST gateways` fails | 1000, with 16 MiB of names |
//! | instances and sandboxes, above which `POST instances` and `POST sandboxes` fail | 1000 each |
//! | name of a gateway, a database or an instance | 256 bytes |
//! | accounts and access keys, above which `POST access_keys` fails | 100 and 1000 |
//! | id and secret of an access key; its security token | 256 bytes each; 4096 bytes |
//! | client tokens that are remembered | the last 100000 |

mod accept;
mod access_keys;
mod body;
mod call_log;
mod capabilities;
mod control;
mod early_errors;
mod exchange;
mod fault_kinds;
mod format;
mod guard;
mod page;
mod resources;
mod rules;
mod serve;
mod shared;
mod slots;
mod snapshot;
mod tokens;
mod write_timeout;
mod xml;

pub use serve::Emulator;
