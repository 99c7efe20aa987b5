//! The operations on sandboxes: temporary MySQL instances with the data of a backup.

pub(super) mod backup_sets;
pub(super) mod delete;
pub(super) mod instances;
mod page;
pub(super) mod recovery_time;

pub use backup_sets::{DescribeSandboxBackupSets, SandboxBackupSet};
pub use delete::{DeleteSandboxInstance, DeleteSandboxInstanceResponse};
pub use instances::{DescribeSandboxInstances, SandboxInstance};
pub use page::SandboxPage;
pub use recovery_time::{DescribeSandboxRecoveryTime, SandboxRecoveryTime};
