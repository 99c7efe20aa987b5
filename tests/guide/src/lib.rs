//! The chapters of `docs/guide`, whose code runs as doc tests, and what their hidden lines use.

#![allow(clippy::doc_markdown, reason = "the chapters are pages, in which names are not code")]

use aliyun_dbs::fake::FakeDbs;
use aliyun_dbs::operations::{ConfigureBackupPlan, CreateBackupPlan};
use aliyun_dbs::types::{
    BackupMethod, BackupObject, BackupPlanId, BackupSchedule, DatabaseAccess, DatabaseType,
    InstanceClass, Port, SourceEndpoint, Weekdays, start_time,
};
use aliyun_dbs::{Client, Period, Region};

/// Declares a module for each chapter, whose docs are the chapter.
macro_rules! chapters {
    ($($module:ident: $name:literal,)*) => {
        /// The names of the chapters, in the order of the book.
        pub const CHAPTERS: &[&str] = &[$($name),*];

        $(
            #[doc = include_str!(concat!("../../../docs/guide/src/", $name, ".md"))]
            pub mod $module {}
        )*
    };
}

chapters! {
    first_plan: "first-plan",
    testing: "testing",
    errors: "errors",
    credentials: "credentials",
    many_plans: "many-plans",
    many_machines: "many-machines",
    plans_as_code: "plans-as-code",
    reports: "reports",
    downloads: "downloads",
    going_live: "going-live",
    transport: "transport",
    migrating: "migrating",
}

/// Returns a client of a fake.
///
/// # Panics
///
/// Never: the settings are valid.
pub fn client(dbs: &FakeDbs) -> Client {
    let builder = Client::builder().region(Region::Hangzhou).credentials(dbs.credentials());
    builder.transport(dbs.clone()).build().expect("the settings are valid")
}

/// Returns the purchase of a small plan for MySQL for a year.
pub fn purchase() -> CreateBackupPlan {
    CreateBackupPlan::builder()
        .region(Region::Hangzhou)
        .database_type(DatabaseType::MySql)
        .instance_class(InstanceClass::Small)
        .backup_method(BackupMethod::Logical)
        .billing(Period::years::<1>())
        .build()
}

/// Returns the configuration of a nightly backup of the database `orders`.
pub fn configuration(plan: BackupPlanId, name: &str) -> ConfigureBackupPlan {
    let host = std::net::IpAddr::from([192, 0, 2, 10]);
    let access = DatabaseAccess::mysql("dbs_backup", "correct horse");
    ConfigureBackupPlan::builder()
        .backup_plan_id(plan)
        .backup_plan_name(name)
        .source_endpoint(SourceEndpoint::Other { host: host.into(), port: Port::MYSQL, access })
        .backup_objects(BackupObject::database("orders"))
        .schedule(BackupSchedule::weekly(Weekdays::EVERY_DAY, start_time!("02:30")))
        .enable_backup_log(true)
        .build()
}
