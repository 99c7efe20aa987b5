//! `StopMethod`: what stops with a plan.

use crate::rpc::value::wire_enum::wire_enum;

wire_enum! {
    /// What stops with a plan, `StopMethod`.
    ///
    /// Source: `StopBackupPlan`.
    pub enum StopMethod {
        /// The plan with its full, log and restore jobs.
        All = "ALL",
        /// The schedule only; running jobs go on.
        Plan = "PLAN",
    }
}
