//! Valid forms of the constants and requests in the other files.
use aliyun_dbs::operations::CreateBackupPlan;
use aliyun_dbs::types::{
    BackupMethod, DatabaseType, InstanceClass, page_size, period, port, retention_days, start_time,
    storage_lifecycle,
};
use aliyun_dbs::{Period, Region};

pub(crate) fn main() {
    let _ = [Period::years::<1>(), Period::years::<9>(), period!(1 year), period!(9 years)];
    let _ = [Period::months::<1>(), Period::months::<11>(), period!(1 month), period!(11 months)];
    let _ = [page_size!(1), page_size!(100)];
    let _ = [retention_days!(0), retention_days!(1825), retention_days!(365 * 2)];
    let _ = [port!(1), port!(65535)];
    let _ = [start_time!("00:00"), start_time!("23:59"), start_time!("08:09")];
    let _ = [storage_lifecycle!(0, 1, 2), storage_lifecycle!(180, 365, 1825)];
    let _ = CreateBackupPlan::builder()
        .region(Region::Hangzhou)
        .database_type(DatabaseType::MySql)
        .instance_class(InstanceClass::Small)
        .backup_method(BackupMethod::Logical)
        .billing(Period::years::<3>())
        .build();
}
