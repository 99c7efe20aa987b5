//! The good forms of what the other files get wrong.
use aliyun_dbs::operations::CreateBackupPlan;
use aliyun_dbs::types::{BackupMethod, DatabaseType, InstanceClass};
use aliyun_dbs::{Period, Region};

fn main() {
    let _ = [Period::years::<1>(), Period::years::<9>()];
    let _ = [Period::months::<1>(), Period::months::<11>()];
    let _ = CreateBackupPlan::builder()
        .region(Region::Hangzhou)
        .database_type(DatabaseType::MySql)
        .instance_class(InstanceClass::Small)
        .backup_method(BackupMethod::Logical)
        .period(Period::years::<3>())
        .build();
}
