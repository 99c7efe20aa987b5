//! The operations of the service: one request type each, with its answer.
//!
//! A request is a plain value, made by its builder or read from a file, and sent by
//! [`Client::send`](crate::Client::send). Missing required members do not compile.

pub mod backup;
mod from_json;
pub mod gateway;
pub mod plan;
mod registry;
pub mod restore;
pub mod service;
pub mod settings;
#[cfg(test)]
pub(crate) mod testing;

pub use backup::{
    CreateFullBackupSetDownload, CreateIncrementBackupSetDownload,
    DescribeBackupSetDownloadTaskList, DescribeFullBackupList, DescribeIncrementBackupList,
};
pub use from_json::from_json;
pub use gateway::{CreateGetDBListFromAgentTask, DescribeBackupGatewayList, GetDBListFromAgent};
pub use plan::{
    ConfigureBackupPlan, CreateAndStartBackupPlan, CreateBackupPlan, DescribeBackupPlanBilling,
    DescribeBackupPlanList, DescribePreCheckProgressList, ModifyBackupPlanName, ReleaseBackupPlan,
    RenewBackupPlan, StartBackupPlan, StopBackupPlan, UpgradeBackupPlan,
};
pub use registry::{ALL, NamedOperation, OperationInfo, OperationVisitor, visit};
pub use restore::{
    CreateRestoreTask, DescribeRestoreRangeInfo, DescribeRestoreTaskList, StartRestoreTask,
};
pub use service::{
    DescribeDLAService, DescribeJobErrorCode, DescribeNodeCidrList, DescribeRegions,
    InitializeDbsServiceLinkedRole,
};
pub use settings::{
    DisableBackupLog, EnableBackupLog, ModifyBackupObjects, ModifyBackupSetDownloadRules,
    ModifyBackupSourceEndpoint, ModifyBackupStrategy, ModifyStorageStrategy,
};
