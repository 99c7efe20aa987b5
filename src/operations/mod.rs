//! The operations of the service: one request type each, with its answer.
//!
//! A request is a plain value, made by its builder or read from a file, and sent by
//! [`Client::send`](crate::Client::send). Missing required members do not compile.

pub mod plan;
#[cfg(test)]
pub(crate) mod testing;

pub use plan::{ConfigureBackupPlan, CreateBackupPlan, DescribeBackupPlanList};
