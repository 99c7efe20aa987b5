//! Sources of credentials against a world of the test's own: variables, files, programs, and a
//! server on the loopback that plays the metadata service, STS or a URI.
#![cfg(feature = "rustls")]

mod cache;
mod chain;
mod passing;
mod providers;
mod renewal;
mod server;
mod world;
