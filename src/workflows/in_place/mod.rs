//! Compares one plan with its specification, and changes it in place.
//!
//! [`diff`] is pure: it compares a row of `DescribeBackupPlanList` with a `PlanSpec`. [`apply`] reads
//! the row again, sends the differences that were approved, restarts the plan if a change requires
//! it, and reads the row once more. It keeps no state: after a crash, the next run finds what is
//! still different.

mod apply;
pub(super) mod diff;
mod fields;
pub(super) mod item;
mod managed;
pub(super) mod money_token;
pub(super) mod observed;
pub(super) mod reconcile_error;
mod requests;
mod restart;
mod source_diff;
mod steps;
#[cfg(test)]
mod tests;
pub(super) mod work;
