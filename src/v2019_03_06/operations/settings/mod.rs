//! Settings of a plan that is there: source, objects, schedule, storage, logs, downloads.

mod disable_log;
mod download_rules;
mod enable_log;
mod objects;
mod source_endpoint;
mod storage;
mod strategy;

pub use disable_log::{DisableBackupLog, DisableBackupLogBuilder, DisableBackupLogResponse};
pub use download_rules::{
    ModifyBackupSetDownloadRules, ModifyBackupSetDownloadRulesBuilder,
    ModifyBackupSetDownloadRulesResponse,
};
pub use enable_log::{EnableBackupLog, EnableBackupLogBuilder, EnableBackupLogResponse};
pub use objects::{ModifyBackupObjects, ModifyBackupObjectsBuilder, ModifyBackupObjectsResponse};
pub use source_endpoint::{
    ModifyBackupSourceEndpoint, ModifyBackupSourceEndpointBuilder,
    ModifyBackupSourceEndpointResponse,
};
pub use storage::{
    ModifyStorageStrategy, ModifyStorageStrategyBuilder, ModifyStorageStrategyResponse,
};
pub use strategy::{
    ModifyBackupStrategy, ModifyBackupStrategyBuilder, ModifyBackupStrategyResponse,
};
