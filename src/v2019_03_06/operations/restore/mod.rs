//! Restores: what can be restored, and the tasks that do it.

mod create;
mod list;
mod range;
mod start;

pub use create::{CreateRestoreTask, CreateRestoreTaskBuilder, CreateRestoreTaskResponse};
pub use list::{
    DescribeRestoreTaskList, DescribeRestoreTaskListBuilder, DescribeRestoreTaskListResponse,
    RestoreTaskDetail,
};
pub use range::{
    DbsRecoverRange, DescribeRestoreRangeInfo, DescribeRestoreRangeInfoBuilder,
    DescribeRestoreRangeInfoResponse, FullBackupDetail,
};
pub use start::{StartRestoreTask, StartRestoreTaskBuilder, StartRestoreTaskResponse};
