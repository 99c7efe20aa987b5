//! The conditions that the service's asynchronous operations are waited for by.

mod backup;
mod plan;
mod restore;

pub use backup::{DownloadReady, FullBackupFinished, GatewayDatabases};
pub(crate) use plan::Settling;
pub use plan::{PlanConfigurable, PlanRunning, PreCheckPassed};
pub use restore::RestoreFinished;
