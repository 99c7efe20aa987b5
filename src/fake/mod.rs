//! `FakeDbs`: the service in memory, for the tests of services that use this crate.
//!
//! It is a [`Transport`](crate::transport::Transport): it reads the same signed HTTP requests that
//! the real service gets, checks signature, nonce, time, parameters and client token, and executes
//! every operation. Plans, backups and restores live by a [`FakeClock`]. Faults are injected by
//! rules ([`Faults`]).
//!
//! Nothing sleeps: advance the clock, and what was due has happened. The vendor publishes states
//! but no transitions, so these are the fake's:
//!
//! | what | how long |
//! | --- | --- |
//! | a new plan settles | 5 s |
//! | a pre-check, of a plan or of a restore task | 10 s |
//! | a full backup | 5 s `schedule`, then 60 s `running` |
//! | a file of a log backup | 10 min |
//! | a restore | 60 s; it ends with a finish time, and stays `running` |
//! | a download | 5 s `checking`, 5 s `schedule`, 20 s `running` |
//! | a gateway lists its databases | 3 s |
//! | a month, a year of a subscription | 30 days, 365 days |
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
//! assert_eq!(dbs.plans().len(), 1); // sent three times, bought once
//! # Ok(()) }
//! ```
//!
//! A backup that fails, from purchase to explanation, the same in every run:
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

// From the bottom: `world` holds state and time; `service` turns requests into changes of it;
// `gate`, `limits` and `tokens` come before the service, and `server` joins them; `dbs` is the handle
// on all, by way of `fate` (fault rules). `emulator` stands on `dbs`. Imports run downwards only.
mod clock;
mod dbs;
#[cfg(feature = "emulator")]
pub mod emulator;
mod fate;
mod faults;
mod gate;
mod limits;
mod refusal;
mod reply;
mod requests;
mod server;
mod service;
mod tokens;
mod views;
mod world;

pub use clock::FakeClock;
pub use dbs::FakeDbs;
pub use faults::{FaultRule, Faults};
pub use views::{FakeDownload, FakeFullBackup, FakePlan, FakeRestoreTask};
