//! Backup plans: bought, configured, started, paid for, given up.

mod billing;
mod configure;
mod create;
mod create_and_start;
mod list;
mod precheck;
mod release;
mod rename;
mod renew;
mod start;
mod stop;
mod upgrade;

pub use billing::{
    BackupPlanBilling, DescribeBackupPlanBilling, DescribeBackupPlanBillingBuilder,
    DescribeBackupPlanBillingResponse,
};
pub use configure::{ConfigureBackupPlan, ConfigureBackupPlanBuilder, ConfigureBackupPlanResponse};
pub use create::{CreateBackupPlan, CreateBackupPlanBuilder, CreateBackupPlanResponse};
pub use create_and_start::{
    CreateAndStartBackupPlan, CreateAndStartBackupPlanBuilder, CreateAndStartBackupPlanResponse,
};
pub use list::{
    BackupPlanDetail, DescribeBackupPlanList, DescribeBackupPlanListBuilder,
    DescribeBackupPlanListResponse,
};
pub use precheck::{
    DescribePreCheckProgressList, DescribePreCheckProgressListBuilder,
    DescribePreCheckProgressListResponse, PreCheckProgressDetail,
};
pub use release::{ReleaseBackupPlan, ReleaseBackupPlanBuilder, ReleaseBackupPlanResponse};
pub use rename::{ModifyBackupPlanName, ModifyBackupPlanNameBuilder, ModifyBackupPlanNameResponse};
pub use renew::{RenewBackupPlan, RenewBackupPlanBuilder, RenewBackupPlanResponse};
pub use start::{StartBackupPlan, StartBackupPlanBuilder, StartBackupPlanResponse};
pub use stop::{StopBackupPlan, StopBackupPlanBuilder, StopBackupPlanResponse};
pub use upgrade::{UpgradeBackupPlan, UpgradeBackupPlanBuilder, UpgradeBackupPlanResponse};
