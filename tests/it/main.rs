//! The integration tests: one program, one module per subject.

mod blocking;
mod calls;
mod client_config;
mod coverage;
mod credentials;
mod emulator;
mod fake_life;
mod loopback;
mod observe;
mod outcomes;
mod paging;
mod presign;
mod provisioning;
mod proxy;
mod robust_decoding;
mod signature_vectors;
mod simulation;
mod support;
mod value_sets;
mod waiting;
