//! Tests that build the crate again: what must not compile, and the public API.

mod compile_fail;
mod public_api;
