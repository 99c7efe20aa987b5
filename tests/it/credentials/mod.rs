//! Tests of credential sources against a prepared environment: variables, files and programs.
//!
//! A server on the loopback acts as the metadata service, STS or a credentials URI.
#![cfg(feature = "rustls")]

mod cache;
mod chain;
mod cli_fields;
mod environment;
mod file_changes;
mod ini_keys;
mod issuer_clock;
mod planted;
mod programs;
mod providers;
mod real_files;
mod renewal;
mod replacement;
mod server;
mod server_time;
mod transient;
mod variables;
