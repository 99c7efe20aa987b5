//! The conditions that wait for the asynchronous operations of the service.

mod backup;
mod plan;
mod restore;

pub use backup::{DownloadReady, FullBackupFinished, GatewayDatabases};
pub(crate) use plan::SettlingTimer;
pub use plan::{PlanConfigurable, PlanRunning, PreCheckPassed};
pub use restore::RestoreFinished;
