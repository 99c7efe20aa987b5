//! The conditions that wait for the asynchronous operations of the service.

mod backup;
mod plan;
mod released;
mod restore;
mod settled;
mod unknown_id;

pub use backup::{DownloadReady, FullBackupFinished, GatewayDatabases};
pub use plan::{PlanConfigurable, PlanRunning, PreCheckPassed};
pub use released::PlanReleased;
pub use restore::RestoreFinished;
pub(crate) use settled::PlanSettled;
pub(crate) use unknown_id::none_if_id_unknown;
