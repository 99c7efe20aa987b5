//! Generated plans, for tests: requests in Rust instead of a file.

use std::net::IpAddr;

use aliyun_dbs::operations::{ConfigureBackupPlan, CreateBackupPlan};
use aliyun_dbs::types::{
    BackupMethod, BackupObject, BackupSchedule, DatabaseAccess, DatabaseType, InstanceClass, Port,
    SourceEndpoint, Weekdays, start_time,
};
use aliyun_dbs::workflows::fleet::FleetSpec;
use aliyun_dbs::{Period, Region};

/// Returns a plan for a MySQL database at an address, backed up every night.
pub(crate) fn plan(number: usize) -> FleetSpec {
    let name = format!("fleet-{number:05}");
    let purchase = CreateBackupPlan::builder()
        .region(Region::Hangzhou)
        .database_type(DatabaseType::MySql)
        .instance_class(InstanceClass::Micro)
        .backup_method(BackupMethod::Logical)
        .billing(Period::years::<1>())
        .build();
    let host = IpAddr::from([192, 0, 2, u8::try_from(number % 250).unwrap_or(0) + 1]);
    let configuration = move |plan| {
        ConfigureBackupPlan::builder()
            .backup_plan_id(plan)
            .backup_plan_name(format!("fleet-{number:05}"))
            .source_endpoint(SourceEndpoint::Other {
                host: host.into(),
                port: Port::MYSQL,
                access: DatabaseAccess::mysql("dbs", "correct horse"),
            })
            .backup_objects(BackupObject::database(format!("shard_{number}")))
            .schedule(BackupSchedule::weekly(Weekdays::EVERY_DAY, start_time!("02:00")))
            .build()
    };
    FleetSpec::new(name, purchase, configuration)
}
