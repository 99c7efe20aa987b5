//! The integration tests, with one module per subject.
//!
//! They are one program, because each program links the crate and its dependencies again after
//! every change. The tests share a process, so no test changes its environment, working directory or
//! global subscriber. A test that needs to do so runs again in its own process
//! ([`support::process`]).

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod architecture;
mod blocking;
mod calls;
mod client_config;
mod coverage;
mod credentials;
mod emulator;
mod fake_life;
mod loopback;
mod messages;
mod observe;
mod operation_pages;
mod other_api;
mod outcomes;
mod paging;
mod presign;
mod prose;
mod provisioning;
mod proxy;
mod redaction;
mod robust_decoding;
mod signature_vectors;
mod simulation;
mod spans;
mod support;
mod value_sets;
mod waiting;
