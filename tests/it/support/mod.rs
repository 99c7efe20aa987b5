//! Helpers that the tests share: requests, logs and processes.

pub(crate) mod json_schema;
pub(crate) mod log;
pub(crate) mod process;
pub(crate) mod published;

use aliyun_dbs::fake::FakeInstance;
use aliyun_dbs::operations::{ConfigureBackupPlan, CreateBackupPlan};
use aliyun_dbs::types::{
    BackupMethod, BackupPlanId, DatabaseAccess, DatabaseType, InstanceClass, SourceEndpoint,
};
use aliyun_dbs::v2021_01_01::operations::CreateDownload;
use aliyun_dbs::v2021_01_01::types::{DownloadFormat, DownloadTarget};
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

/// Returns a download of an instance's first backup set to URLs, in CSV.
pub(crate) fn download_of(instance: &FakeInstance) -> CreateDownload {
    CreateDownload::builder()
        .region_code(Region::Hangzhou)
        .instance_name(instance.instance_name.clone())
        .source(instance.backup_sets[0].id.clone())
        .format(DownloadFormat::Csv)
        .target(DownloadTarget::Url)
        .build()
}
