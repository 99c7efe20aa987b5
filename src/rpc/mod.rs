//! The client for any RPC-style API of Alibaba Cloud.

pub(crate) mod api;
pub mod client;
pub mod clock;
pub(crate) mod config;
pub mod credentials;
pub(crate) mod endpoint;
pub(crate) mod environment;
pub(crate) mod error;
pub mod observe;
pub(crate) mod operation;
pub(crate) mod outcome;
pub(crate) mod outside;
pub mod pages;
pub(crate) mod raw;
pub(crate) mod retry;
pub mod sign;
pub mod transport;
pub(crate) mod value;
pub(crate) mod wait;
pub mod wire;
