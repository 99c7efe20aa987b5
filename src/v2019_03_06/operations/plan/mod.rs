//! Operations on backup plans, from purchase to release.

pub(super) mod billing;
pub(super) mod configure;
pub(super) mod create;
pub(super) mod create_and_start;
pub(super) mod list;
pub(super) mod precheck;
pub(super) mod release;
pub(super) mod rename;
pub(super) mod renew;
pub(super) mod start;
pub(super) mod stop;
pub(super) mod upgrade;

pub use billing::{
    BackupPlanBilling, DescribeBackupPlanBilling, DescribeBackupPlanBillingResponse,
};
pub use configure::{ConfigureBackupPlan, ConfigureBackupPlanResponse};
pub use create::{CreateBackupPlan, CreateBackupPlanResponse};
pub use create_and_start::{CreateAndStartBackupPlan, CreateAndStartBackupPlanResponse};
pub use list::{BackupPlanDetail, DescribeBackupPlanList, DescribeBackupPlanListResponse};
pub use precheck::{
    DescribePreCheckProgressList, DescribePreCheckProgressListResponse, PreCheckProgressDetail,
};
pub use release::{ReleaseBackupPlan, ReleaseBackupPlanResponse};
pub use rename::{ModifyBackupPlanName, ModifyBackupPlanNameResponse};
pub use renew::{RenewBackupPlan, RenewBackupPlanResponse};
pub use start::{StartBackupPlan, StartBackupPlanResponse};
pub use stop::{StopBackupPlan, StopBackupPlanResponse};
pub use upgrade::{UpgradeBackupPlan, UpgradeBackupPlanResponse};
