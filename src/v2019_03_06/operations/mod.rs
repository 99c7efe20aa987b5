//! The operations of the service: one request type each, with its response.
//!
//! A request is a plain value, made by its builder or read from a file, and sent by
//! [`Client::send`](crate::Client::send). Missing required members do not compile.
//!
//! [`ram`] makes the least RAM policy for a list of operations; [`ALL`] and [`visit`] find
//! operations by name, and [`from_json`] reads a request from a file.

mod backup;
mod declare;
mod from_json;
mod gateway;
mod page;
mod plan;
pub(crate) mod registry;
mod restore;
mod service;
mod settings;
#[cfg(test)]
pub(crate) mod testing;

pub use backup::*;
pub use from_json::from_json;
pub use gateway::*;
pub use page::Page;
pub use plan::*;
pub use registry::{ALL, NamedOperation, OperationInfo, OperationVisitor, visit};
pub use restore::*;
pub use service::*;
pub use settings::*;

pub use crate::v2019_03_06::ram;

/// Hands the request type of every operation to a macro, in the order of their names: the one list
/// that the registry and the fake's dispatch are made from. An operation that is not in it does not
/// compile.
macro_rules! for_each_operation {
    ($each:ident) => {
        $each! {
            ConfigureBackupPlan, CreateAndStartBackupPlan, CreateBackupPlan,
            CreateFullBackupSetDownload, CreateGetDBListFromAgentTask,
            CreateIncrementBackupSetDownload, CreateRestoreTask, DescribeBackupGatewayList,
            DescribeBackupPlanBilling, DescribeBackupPlanList, DescribeBackupSetDownloadTaskList,
            DescribeDLAService, DescribeFullBackupList, DescribeIncrementBackupList,
            DescribeJobErrorCode, DescribeNodeCidrList, DescribePreCheckProgressList,
            DescribeRegions, DescribeRestoreRangeInfo, DescribeRestoreTaskList, DisableBackupLog,
            EnableBackupLog, GetDBListFromAgent, InitializeDbsServiceLinkedRole,
            ModifyBackupObjects, ModifyBackupPlanName, ModifyBackupSetDownloadRules,
            ModifyBackupSourceEndpoint, ModifyBackupStrategy, ModifyStorageStrategy,
            ReleaseBackupPlan, RenewBackupPlan, StartBackupPlan, StartRestoreTask, StopBackupPlan,
            UpgradeBackupPlan
        }
    };
}
pub(crate) use for_each_operation;
