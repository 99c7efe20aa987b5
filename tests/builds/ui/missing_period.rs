use aliyun_dbs::Region;
use aliyun_dbs::operations::CreateBackupPlan;
use aliyun_dbs::types::{BackupMethod, DatabaseType, InstanceClass};

fn main() {
    let _ = CreateBackupPlan::builder()
        .region(Region::Hangzhou)
        .database_type(DatabaseType::MySql)
        .instance_class(InstanceClass::Small)
        .backup_method(BackupMethod::Logical)
        .build();
}
