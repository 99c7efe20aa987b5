//! Tests that build the crate again: compile errors and the public API.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod compile_fail;
mod public_api;
