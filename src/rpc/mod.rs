//! The client for any RPC-style API of Alibaba Cloud.
//!
//! It names no product: what differs between APIs comes from `trait Api`. `outcome` classifies a
//! failed attempt, `client/call.rs` decides whether it is retried, and `retry` after which delay.

pub(crate) mod api;
pub(crate) mod client;
pub(crate) mod clock;
pub(crate) mod config;
pub(crate) mod credentials;
mod decodings;
pub(crate) mod endpoint;
pub(crate) mod error;
pub(crate) mod http_date;
pub mod observe;
pub(crate) mod operation;
pub(crate) mod outcome;
pub(crate) mod outside;
pub(crate) mod pages;
pub(crate) mod private_file;
pub(crate) mod raw;
pub(crate) mod report;
pub(crate) mod retry;
pub(crate) mod sign;
pub mod transport;
mod url_signatures;
pub(crate) mod value;
pub(crate) mod wait;
pub(crate) mod wire;
