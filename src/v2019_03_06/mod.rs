//! Version 2019-03-06 of the DBS API: plans, backups and restores.

pub(crate) mod api;
pub(crate) mod client;
pub(crate) mod conditions;
mod endpoint;
pub(crate) mod error_code;
mod hints;
pub mod operations;
pub mod ram;
pub(crate) mod region;
pub mod types;
