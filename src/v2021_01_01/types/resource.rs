//! `ResourceType`: the kind of resource that moves to another resource group.

use crate::rpc::value::wire_enum::wire_enum;

wire_enum! {
    /// The kind of resource that moves to another resource group. Defaults to a plan.
    ///
    /// Source: [`ChangeResourceGroup`](crate::v2021_01_01::operations::ChangeResourceGroup).
    #[derive(Default)]
    pub enum ResourceType {
        /// A backup plan.
        #[default]
        BackupPlan = "backupplan",
    }
}
