//! The operations that change a configured plan: source, objects, schedule, storage, logs, downloads.

pub(super) mod disable_log;
pub(super) mod download_rules;
pub(super) mod enable_log;
pub(super) mod objects;
pub(super) mod source_endpoint;
pub(super) mod storage;
pub(super) mod strategy;

pub use disable_log::{DisableBackupLog, DisableBackupLogResponse};
pub use download_rules::{ModifyBackupSetDownloadRules, ModifyBackupSetDownloadRulesResponse};
pub use enable_log::{EnableBackupLog, EnableBackupLogResponse};
pub use objects::{ModifyBackupObjects, ModifyBackupObjectsResponse};
pub use source_endpoint::{ModifyBackupSourceEndpoint, ModifyBackupSourceEndpointResponse};
pub use storage::{ModifyStorageStrategy, ModifyStorageStrategyResponse};
pub use strategy::{ModifyBackupStrategy, ModifyBackupStrategyResponse};
