//! The whole life of a plan, its backups and restores, against the fake and its clock.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

#[path = "../support/mod.rs"]
mod support;

mod backups;
mod plans;
mod service;
mod world;
