//! Reports: whether every database has a plan that works, until when, and how far back.
//!
//! [`Client::report`](crate::Client::report) returns a [`ReportBuilder`]. A [`Report`] has a [`ReportRow`]
//! for each plan, and for each database of the inventory without a plan.
//!
//! # Verdicts
//!
//! The first rule that holds decides. [`ReportRow::reasons`] lists all that hold, in this order.
//!
//! | verdict | rule | [`ReasonKind`] |
//! | --- | --- | --- |
//! | unprotected | A database of the inventory has no plan. Unknown instead if a list of plans could not be read. | `no_plan`, `list_incomplete` |
//! | unprotected | The plan was bought and is not configured (status `wait`). | `not_configured` |
//! | orphan | The database of the plan is known, and not in the inventory. | `not_in_inventory` |
//! | failing | The status is `stop`, `locked` or `pause`, or `init` with an error. | `plan_failed`, `locked`, `paused`, `pre_check_failed` |
//! | failing | The newest full backup that ended has failed. | `backup_failed` |
//! | unprotected | Ranges and backups were read, and none can be restored. | `nothing_restorable`, `first_backup_runs` |
//! | stale | Ranges and backups were read, and the newest restorable point is older than [`rpo`](ReportBuilder::rpo). | `too_old` |
//! | failing | The status is `check_pass`, or `init` without an error: the plan makes no backups. | `not_started` |
//! | expiring | The subscription has ended, or ends within [`expiring_within`](ReportBuilder::expiring_within). | `expires` |
//! | unknown | A fact that a rule above needs is missing, or is a value that this version does not know. | `missing_…` |
//! | protected | No other rule holds. | `ok` |
//!
//! So a plan is never protected because a fact is missing: neither its status, its last full backup, what
//! can be restored, nor how long it is paid; and with an inventory its database.
//!
//! A point can be restored if the logs or the end of a finished full backup cover it. A full backup whose
//! retention is over cannot. A point more than 5 minutes in the future is ignored and noted in the row
//! (`point_in_future`).

mod builder;
mod collect;
mod details;
mod inventory;
mod judge;
mod points;
mod render;
mod row;
mod summary;
mod verdict;
mod wording;

pub use self::builder::{ReportBuilder, ReportFuture};
pub use self::render::{AlertOptions, ReportTable, alert_rules};
pub use self::row::{LastBackup, ReportRow, RestorableWindow, WindowKind};
pub use self::summary::{Report, ReportFailure, ReportSummary};
pub use self::verdict::{Reason, ReasonKind, Verdict};
