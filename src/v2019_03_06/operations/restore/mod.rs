//! The operations that restore: restorable times and restore tasks.

pub(super) mod create;
pub(super) mod list;
pub(super) mod range;
pub(super) mod start;

pub use create::{CreateRestoreTask, CreateRestoreTaskResponse};
pub use list::{DescribeRestoreTaskList, DescribeRestoreTaskListResponse, RestoreTaskDetail};
pub use range::{
    DbsRecoverRange, DescribeRestoreRangeInfo, DescribeRestoreRangeInfoResponse, FullBackupDetail,
};
pub use start::{StartRestoreTask, StartRestoreTaskResponse};
