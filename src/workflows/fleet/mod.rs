//! Fleets: many plans, each provisioned once, by any number of processes.
//!
//! [`Client::fleet`](crate::Client::fleet) returns a [`Fleet`]. A [`FleetSpec`] is one of its plans, a
//! [`FleetOutcome`] how one ended, and a [`FleetReport`] what all of them did. A [`FleetHandle`] shows
//! the progress and ends the fleet.
//!
//! # Journals
//!
//! A journal records which plan was bought for which name, durably and once. A [`Journal`] maps a [`PlanKey`] to an [`Entry`]: the client token and the purchase, recorded before
//! the purchase is sent, and the plan, recorded before it is configured.
//!
//! | journal | processes at once | survives |
//! | --- | --- | --- |
//! | [`MemoryJournal`] | one | nothing |
//! | [`FileJournal`] | one; others wait, or fail with the holder's id | crashes and power failures |
//! | your own, on a database | as many as the database allows | what the database survives |
//!
//! [`check_journal`] tests a journal of your own. The chapter `many-machines.md` of the guide has
//! journals in PostgreSQL and Redis, and does the same with workflow engines and Kubernetes.

mod context;
mod control;
mod handle;
mod lease;
#[cfg(test)]
mod model;
mod outcome;
mod plan_run;
mod plan_spec;
mod progress;
mod report;
mod run;
mod spec;
mod spec_run;
mod spec_work;

pub use self::handle::{Fleet, FleetFuture, FleetHandle};
pub use self::outcome::{FleetError, FleetOutcome, FleetOutcomeKind};
pub use self::progress::FleetProgress;
pub use self::report::{FailureGroup, FleetReport, LatencySummary, UnresolvedName};
pub use self::spec::FleetSpec;
pub(super) use self::spec_work::{ApprovedItems, SpecWork};
pub use super::journal::{
    Claim, Entry, FileJournal, Journal, JournalError, JournalErrorKind, JournalViolation,
    MemoryJournal, PlanKey, WorkerId, check_journal,
};
