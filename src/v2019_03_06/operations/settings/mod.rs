//! Settings of a plan that is there: source, objects, schedule, storage, logs, downloads.

mod disable_log;
mod download_rules;
mod enable_log;
mod objects;
mod source_endpoint;
mod storage;
mod strategy;

pub use disable_log::*;
pub use download_rules::*;
pub use enable_log::*;
pub use objects::*;
pub use source_endpoint::*;
pub use storage::*;
pub use strategy::*;
