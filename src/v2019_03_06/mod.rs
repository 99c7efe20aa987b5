//! DBS API 2019-03-06: plans, backups and restores.

pub(crate) mod conditions;
pub(crate) mod error_code;
pub(crate) mod hints;
pub mod operations;
pub mod ram;
pub(crate) mod region;
pub mod types;
