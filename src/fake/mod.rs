//! An in-memory service, for tests that need no network and cost nothing.
//!
//! [`FakeDbs`] is a [`Transport`](crate::transport::Transport): the client sends it the same signed
//! requests that the real service gets, and it executes all operations on plans, backups, restore
//! tasks and downloads that it keeps in memory. It serves both API versions: a request names its own.
//!
//! # What a test can do
//!
//! | task | with |
//! | --- | --- |
//! | verify what was sent | [`FakeDbs::requests`] |
//! | read the state | [`FakeDbs::plans`], [`full_backups`](FakeDbs::full_backups), [`restore_tasks`](FakeDbs::restore_tasks), [`downloads`](FakeDbs::downloads) |
//! | read the state of API 2021-01-01 | [`FakeDbs::instances`], [`advanced_downloads`](FakeDbs::advanced_downloads), [`sandboxes`](FakeDbs::sandboxes) |
//! | advance time without waiting | [`FakeClock::advance`] on [`FakeDbs::clock`] |
//! | fail the next job | [`FakeDbs::fail_next_pre_check`], [`fail_next_full_backup`](FakeDbs::fail_next_full_backup), [`fail_next_restore`](FakeDbs::fail_next_restore), [`fail_next_download`](FakeDbs::fail_next_download) |
//! | lock a plan or make it fail | [`FakeDbs::lock_plan`], [`unlock_plan`](FakeDbs::unlock_plan), [`fail_plan`](FakeDbs::fail_plan) |
//! | inject faults: broken connections, throttling, errors, bad bodies | [`FakeDbs::faults`] with [`Faults`](crate::transport::Faults) |
//! | send odd responses: other fields, refused ids, busy tokens, foreign JSON | [`FakeDbs::responses`] with [`Responses`] |
//! | enforce the published rate limits | [`FakeDbs::enforce_rate_limits`] |
//! | add an account with its own plans | [`FakeDbs::add_account`] |
//! | add access keys of an account | [`FakeDbs::add_access_key`], [`add_temporary_key`](FakeDbs::add_temporary_key), [`add_credentials`](FakeDbs::add_credentials) |
//! | forget client tokens | [`FakeDbs::forget_tokens_after`], [`forget_tokens`](FakeDbs::forget_tokens) |
//! | add backup gateways | [`FakeDbs::add_gateway`] |
//! | add instances to download from, and sandboxes | [`FakeDbs::add_instance`], [`add_sandbox`](FakeDbs::add_sandbox) |
//! | start with a believable fleet, of which some plans are not well | [`FakeDbs::populate_example_fleet`] |
//! | get the same ids in every run | [`FakeDbs::with_seed`] |
//! | make errors for mocks of your own traits | [`ErrorBuilder`], [`wait_error`], [`provision_error`] |
//! | make responses for such mocks | [`sample`], [`response()`] |
//! | run a workflow under every combination of faults and crashes | [`explore`](explore()) |
//! | serve other programs and SDKs over HTTP | `fake::emulator` (feature `emulator`) |
//!
//! For single exchanges with responses that the test writes, use
//! [`ScriptedTransport`](crate::transport::ScriptedTransport).
//!
//! # Examples
//!
//! The connection breaks twice after the service executed the purchase, and the client retries it:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), aliyun_dbs::Error> {
//! use aliyun_dbs::fake::FakeDbs;
//! use aliyun_dbs::operations::CreateBackupPlan;
//! use aliyun_dbs::types::{BackupMethod, DatabaseType, InstanceClass};
//! use aliyun_dbs::{Client, Period, Region};
//!
//! let dbs = FakeDbs::new();
//! dbs.faults().drop_after_processing("CreateBackupPlan").times(2);
//! let client = Client::builder()
//!     .region(Region::Hangzhou)
//!     .credentials(dbs.credentials())
//!     .transport(dbs.clone())
//!     .build()?;
//! let plan = client
//!     .send(
//!         CreateBackupPlan::builder()
//!             .region(Region::Hangzhou)
//!             .database_type(DatabaseType::MySql)
//!             .instance_class(InstanceClass::Small)
//!             .backup_method(BackupMethod::Logical)
//!             .billing(Period::years::<3>())
//!             .build(),
//!     )
//!     .await?;
//! assert_eq!(plan.attempts(), 3);
//! assert_eq!(dbs.plans().len(), 1); // sent three times, executed once
//! # Ok(()) }
//! ```
//!
//! The first backup of a plan fails, in the same way in every run:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::Duration;
//!
//! use aliyun_dbs::fake::FakeDbs;
//! use aliyun_dbs::operations::CreateAndStartBackupPlan;
//! use aliyun_dbs::types::{
//!     BackupPlanStatus, DatabaseAccess, DatabaseType, FullBackupStatus, InstanceClass, PlanMethod,
//!     Port, SourceEndpoint,
//! };
//! use aliyun_dbs::{Client, Period, Region};
//!
//! let dbs = FakeDbs::with_seed(1);
//! let client = Client::builder()
//!     .region(Region::Hangzhou)
//!     .credentials(dbs.credentials())
//!     .transport(dbs.clone())
//!     .build()?;
//! dbs.fail_next_full_backup("table orders is broken");
//! client
//!     .send(
//!         CreateAndStartBackupPlan::builder()
//!             .region(Region::Hangzhou)
//!             .database_type(DatabaseType::MySql)
//!             .instance_class(InstanceClass::Small)
//!             .method(PlanMethod::Logical)
//!             .billing(Period::years::<1>())
//!             .backup_plan_name("orders")
//!             .source(SourceEndpoint::Other {
//!                 host: "192.0.2.10".parse()?,
//!                 port: Port::MYSQL,
//!                 access: DatabaseAccess::mysql("dbs", "hunter2"),
//!             })
//!             .build(),
//!     )
//!     .await?;
//! dbs.clock().advance(Duration::from_secs(120));
//! assert_eq!(dbs.plans()[0].status, BackupPlanStatus::Running);
//! let backup = &dbs.full_backups()[0];
//! assert_eq!(backup.status, FullBackupStatus::Stop);
//! assert_eq!(backup.error_message.as_deref(), Some("table orders is broken"));
//! # Ok(()) }
//! ```
//!
//! # Documented behaviour and the fake's choices
//!
//! | part | as the vendor documents it | the fake's choice |
//! | --- | --- | --- |
//! | requests | operations, parameters, their values and which are required | rejects `BackupPlanId` of [`CreateAndStartBackupPlan`](crate::operations::CreateAndStartBackupPlan), whose effect is not documented |
//! | signatures | both [versions](crate::SignatureVersion), verified for key, signature and nonce | the request's time may be 15 minutes off |
//! | responses | fields, envelopes and state names | sizes, ids, and IP addresses from the ranges reserved for documentation; Data Lake Analytics is always off |
//! | errors | codes | which code a failure has, and most messages |
//! | client tokens | a write is executed once per token | tokens belong to the account, whichever of its keys signs; another request with the same token fails with `IdempotentParameterMismatch`; remembered without limit, unless [`FakeDbs::forget_tokens_after`] sets one |
//! | rate limits | calls per period | counted per account; off by default |
//! | regions | an endpoint shows the plans and gateways of the [regions that it serves](crate::Endpoint::regions) | an endpoint that is not the vendor's shows all regions |
//! | advanced downloads | parameters, fields, states, codes; that files at URLs expire after 3 days; which engines can use it, and their formats | the same download is refused for 10 minutes, also after it has failed; one download of an instance is active, and a failed one blocks others until it is retried, as the name of the code suggests; the bucket and the role are not checked; 12 tables; 30 items per page |
//! | sandboxes | fields, states, the form of the plan's id | only plans of MySQL have them; the operation that creates one is removed, so a test adds it |
//! | operations without a type | the code `Request.Forbidden` of accounts without an invitation | all of them are refused |
//! | states | a new plan needs about 5 seconds before it can be configured | all other transitions and durations |
//!
//! The vendor publishes states but no transitions. The fake's durations are:
//!
//! | what | how long |
//! | --- | --- |
//! | a new plan until it can be configured | 5 s |
//! | a pre-check, of a plan or of a restore task | 10 s |
//! | a full backup | 5 s in state `schedule`, then 60 s `running` |
//! | the time that a file of a log backup covers | 10 min |
//! | a restore | 60 s; it then has a finish time and stays in state `running` |
//! | a download | 5 s in state `checking`, 5 s `schedule`, 20 s `running` |
//! | an advanced download | 5 s in state `initializing`, 5 s `queueing`, 60 s `running`: 5 s per table |
//! | a failing advanced download | it fails after 30 s in state `running` |
//! | the files of an advanced download to URLs | 3 days after the download has finished |
//! | a sandbox | 60 s in state `check_pass` |
//! | a backup gateway's list of databases | 3 s |
//! | a month or year of a subscription | 30 or 365 days |

// Imports run downwards only, from the top: `emulator` uses `dbs`, the handle. `dbs` uses
// `fault_outcome`, which applies fault rules to `server`. `server` joins `api_gateway`, `rate_limits`
// and `client_tokens` with `service`, which translates requests into changes of the `world`: the
// state and its time. `served_api`, the versions, is below all of them but the `world`. `explore`
// uses `dbs`, and the journals of the workflows.
mod api_gateway;
mod client_tokens;
mod clock;
mod dbs;
mod downloads;
mod edits;
#[cfg(feature = "emulator")]
pub mod emulator;
mod error_response;
mod errors;
mod example_fleet;
mod explore;
mod fault_outcome;
mod odd_responses;
mod rate_limits;
mod request_log;
mod responses;
mod rule_effect;
mod samples;
mod sandboxes;
mod served_api;
mod served_regions;
mod server;
mod service;
mod views;
mod world;

pub use clock::FakeClock;
pub use dbs::FakeDbs;
pub use downloads::{FakeAdvancedDownload, FakeInstance, FakeInstanceSet};
pub use errors::{ErrorBuilder, provision_error, wait_error, wait_error_of};
pub use explore::{
    Exploration, ExploreFailure, ExploredJournal, ExploredWorld, Fault, Schedule, ScheduledFault,
    explore, replay,
};
pub use odd_responses::Responses;
pub use samples::{response, sample};
pub use sandboxes::FakeSandbox;
pub use views::{FakeDownload, FakeFullBackup, FakePlan, FakeRestoreTask};
pub use world::instance::InstanceEngine;
