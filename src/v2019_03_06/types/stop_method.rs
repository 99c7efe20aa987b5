//! `StopMethod`: what stops when a plan stops.

use crate::rpc::value::wire_enum::wire_enum;

wire_enum! {
    /// What stops when a plan stops: its schedule, or its jobs too.
    ///
    /// Source: [`StopBackupPlan`](crate::operations::StopBackupPlan).
    pub enum StopMethod {
        /// The plan with its full backup, log backup and restore jobs.
        All = "ALL",
        /// The schedule only. Running jobs continue.
        Plan = "PLAN",
    }
}
