//! The client for any RPC-style API of Alibaba Cloud. It names no product: what differs between APIs
//! comes from `trait Api`.
//!
//! What a failed attempt means is decided in `outcome`, whether another one follows in
//! `client/call.rs`, after which delay in `retry`.

pub(crate) mod api;
pub(crate) mod client;
pub(crate) mod clock;
pub(crate) mod config;
pub(crate) mod credentials;
pub(crate) mod endpoint;
pub(crate) mod error;
pub mod observe;
pub(crate) mod operation;
pub(crate) mod outcome;
pub(crate) mod outside;
pub(crate) mod pages;
pub(crate) mod raw;
pub(crate) mod retry;
pub(crate) mod sign;
pub mod transport;
pub(crate) mod value;
pub(crate) mod wait;
pub(crate) mod wire;
