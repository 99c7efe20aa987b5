//! The world: the in-memory state of the fake service, and how it changes over time.
//!
//! It has no requests, responses, parameter names or error codes: [`service`](super::service)
//! translates those. [`state::World`] holds the state. `transitions` has the changes that callers
//! make, and [`state::World::apply_due_events`] applies those that time makes. Each other file is
//! one kind of resource, whose state at a given time is computed from its history.

pub(crate) mod advanced_download;
pub(crate) mod backup;
pub(crate) mod configuration;
pub(crate) mod download;
pub(crate) mod endpoint_checks;
pub(crate) mod failures;
pub(crate) mod gateway;
mod hidden;
pub(crate) mod ids;
pub(crate) mod instance;
pub(crate) mod log;
pub(crate) mod plan;
pub(crate) mod pre_check;
pub(crate) mod purchase;
pub(crate) mod ranges;
pub(crate) mod restore;
pub(crate) mod sandbox;
pub(crate) mod state;
pub(crate) mod times;
mod transitions;
pub(crate) mod world_error;
