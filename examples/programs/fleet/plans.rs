//! The plans of a fleet: those of a file, or generated ones.

use std::net::IpAddr;

use aliyun_dbs::operations::{ConfigureBackupPlan, CreateBackupPlan};
use aliyun_dbs::types::{
    BackupMethod, BackupObject, BackupSchedule, DatabaseAccess, DatabaseType, InstanceClass, Port,
    SourceEndpoint, Weekdays, start_time,
};
use aliyun_dbs::workflows::fleet::FleetSpec;
use aliyun_dbs::{Period, Region};

use crate::options::Options;
use crate::support::{self, BoxError};

/// The plans of a fleet, which are read or generated one by one.
type Plans = Box<dyn Iterator<Item = FleetSpec> + Send>;

/// Returns the plans of a file, or generated ones.
pub(crate) fn of(options: &Options) -> Result<Plans, BoxError> {
    let Some(file) = &options.spec else {
        return Ok(Box::new((0..options.count).map(plan)));
    };
    let secrets = support::secrets(&options.service);
    let plans = support::read_plans(file)?.into_iter();
    Ok(Box::new(plans.map(move |plan| FleetSpec::from_plan(plan, secrets.clone()))))
}

/// Returns a plan for a MySQL database at an address, backed up every night.
fn plan(number: usize) -> FleetSpec {
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
