//! The integration tests: one program, because each program links the crate and its dependencies
//! again after every change. One module per subject.
//!
//! The tests share a process, so none changes what all see: the environment, the working directory,
//! a global subscriber. A test that needs that runs again in a process of its own
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
mod observe;
mod other_api;
mod outcomes;
mod paging;
mod presign;
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
