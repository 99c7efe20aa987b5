//! The value sets of sandboxes.

use crate::rpc::value::wire_enum::wire_enum;

wire_enum! {
    /// The state of a sandbox.
    ///
    /// Source:
    /// [`DescribeSandboxInstances`](crate::v2021_01_01::operations::DescribeSandboxInstances).
    pub enum SandboxStatus {
        /// The sandbox accepts connections.
        Running = "running",
        /// The checks have passed, and the service creates the sandbox.
        CheckPass = "check_pass",
        /// The sandbox is stopped.
        Stop = "stop",
    }
}

wire_enum! {
    /// The kind of a backup set that a sandbox can be created from.
    ///
    /// Wire name: `backupSetType`. Source:
    /// [`DescribeSandboxBackupSets`](crate::v2021_01_01::operations::DescribeSandboxBackupSets).
    #[doc(alias = "backupSetType")]
    pub enum SandboxSetKind {
        /// A full backup.
        Full = "FULL",
        /// An incremental backup.
        Increment = "Inc",
    }
}
