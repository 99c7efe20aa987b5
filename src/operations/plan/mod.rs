//! Backup plans: bought, configured, listed.

mod configure;
mod create;
mod list;

pub use configure::{ConfigureBackupPlan, ConfigureBackupPlanBuilder, ConfigureBackupPlanResponse};
pub use create::{CreateBackupPlan, CreateBackupPlanBuilder, CreateBackupPlanResponse};
pub use list::{
    BackupPlanDetail, DescribeBackupPlanList, DescribeBackupPlanListBuilder,
    DescribeBackupPlanListResponse,
};
