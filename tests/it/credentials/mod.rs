//! Tests of credential sources against a prepared environment: variables, files and programs.
//!
//! A server on the loopback acts as the metadata service, STS or a credentials URI.
#![cfg(feature = "rustls")]

mod cache;
mod chain;
mod environment;
mod providers;
mod renewal;
mod server;
mod transient;
