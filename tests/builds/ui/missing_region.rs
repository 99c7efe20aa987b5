use aliyun_dbs::Period;
use aliyun_dbs::operations::CreateBackupPlan;
use aliyun_dbs::types::{BackupMethod, DatabaseType, InstanceClass};

fn main() {
    let _ = CreateBackupPlan::builder()
        .database_type(DatabaseType::MySql)
        .instance_class(InstanceClass::Small)
        .backup_method(BackupMethod::Logical)
        .billing(Period::years::<3>())
        .build();
}
