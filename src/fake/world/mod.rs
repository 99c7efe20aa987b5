//! What the fake keeps, and how it lives in time: plain types and functions.
//!
//! The world knows values and states, but no request, response, parameter name or error code:
//! [`service`](super::service) translates. [`state::World`] holds everything, `transitions` is
//! what callers can do to it, and `state::World::settle` is what happens by time alone. Each other
//! file is one kind of entity, whose state at a moment follows from what was done with it and when.

pub(crate) mod access;
pub(crate) mod backup;
pub(crate) mod configuration;
pub(crate) mod download;
pub(crate) mod failures;
pub(crate) mod gateway;
pub(crate) mod ids;
pub(crate) mod log;
pub(crate) mod plan;
pub(crate) mod pre_check;
pub(crate) mod purchase;
pub(crate) mod ranges;
pub(crate) mod restore;
pub(crate) mod state;
pub(crate) mod times;
mod transitions;
pub(crate) mod world_error;
