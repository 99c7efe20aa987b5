//! Helpers that the tests share: requests, logs and processes.

pub(crate) mod json_schema;
pub(crate) mod log;
pub(crate) mod process;
pub(crate) mod published;

use aliyun_dbs::operations::{ConfigureBackupPlan, CreateBackupPlan};
use aliyun_dbs::types::{
    BackupMethod, BackupPlanId, DatabaseAccess, DatabaseType, InstanceClass, SourceEndpoint,
};
use aliyun_dbs::{Period, Region};

/// Returns the purchase of a small MySQL plan for three years.
pub(crate) fn create() -> CreateBackupPlan {
    CreateBackupPlan::builder()
        .region(Region::Hangzhou)
        .database_type(DatabaseType::MySql)
        .instance_class(InstanceClass::Small)
        .backup_method(BackupMethod::Logical)
        .billing(Period::years::<3>())
        .build()
}

/// Returns the smallest configuration of a plan, with a database password.
pub(crate) fn configure(id: &BackupPlanId, password: &str) -> ConfigureBackupPlan {
    ConfigureBackupPlan::builder()
        .backup_plan_id(id.clone())
        .backup_plan_name("orders")
        .source_endpoint(SourceEndpoint::Rds {
            region: Region::Hangzhou,
            instance_id: "rm-1".parse().unwrap(),
            access: DatabaseAccess::mysql("dbs", password),
        })
        .build()
}
