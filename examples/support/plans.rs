//! Plans for the examples, and a fake that contains them.

use aliyun_dbs::fake::{FakeDbs, InstanceEngine};
use aliyun_dbs::operations::{ConfigureBackupPlan, CreateBackupPlan};
use aliyun_dbs::types::{
    BackupMethod, BackupObject, BackupPlanId, BackupSchedule, BackupStorage, DatabaseAccess,
    DatabaseType, InstanceClass, Port, SourceEndpoint, Weekdays, start_time,
};
use aliyun_dbs::wait::{FullBackupFinished, PlanConfigurable};
use aliyun_dbs::{Client, Period, Region};

use super::BoxError;

/// Fills a fake with three plans and an instance, and returns the id of the running plan.
///
/// One plan runs and has a finished full backup, one is configured, and one was just bought. The
/// instance `rm-orders` has backup sets to download.
pub(crate) async fn fill(dbs: &FakeDbs) -> Result<BackupPlanId, BoxError> {
    let client = Client::builder()
        .region(Region::Hangzhou)
        .credentials(dbs.credentials())
        .transport(dbs.clone())
        .build()?;
    let orders = client.provision(purchase(DatabaseType::MySql, "orders-2026")?, |id| {
        configuration(id, "orders-nightly", "orders", DatabaseAccess::mysql("dbs", "correct horse"))
    });
    let orders = orders.await?;
    if let Some(set) = orders.full_backup {
        client.wait_for(FullBackupFinished::new(orders.backup_plan_id.clone(), set)).await?;
    }

    let ledger = client.send(purchase(DatabaseType::PostgreSql, "ledger-2026")?).await?;
    let id = ledger.backup_plan_id.clone();
    client.wait_for(PlanConfigurable::new(id.clone())).await?;
    let access = DatabaseAccess::postgresql("dbs", "correct horse", "ledger");
    client.send(configuration(id, "ledger-weekly", "ledger", access)).await?;

    client.send(purchase(DatabaseType::Redis, "sessions-2026")?).await?;
    dbs.add_instance(Region::Hangzhou, "rm-orders".parse()?, InstanceEngine::RdsMySql);
    Ok(orders.backup_plan_id)
}

/// Returns the login to a database of an engine.
pub(crate) fn access(engine: DatabaseType, user: &str, password: String) -> DatabaseAccess {
    match engine {
        DatabaseType::PostgreSql => DatabaseAccess::postgresql(user, password, "orders"),
        DatabaseType::MongoDb => DatabaseAccess::mongodb(user, password, "admin"),
        DatabaseType::Oracle => DatabaseAccess::oracle(user, password, "ORCL"),
        DatabaseType::Redis => DatabaseAccess::redis(password),
        DatabaseType::SqlServer => DatabaseAccess::sql_server(user, password),
        _ => DatabaseAccess::mysql(user, password),
    }
}

/// Returns the purchase of a small plan for a year. Repeating it with the same token buys nothing.
pub(crate) fn purchase(database: DatabaseType, token: &str) -> Result<CreateBackupPlan, BoxError> {
    Ok(CreateBackupPlan::builder()
        .region(Region::Hangzhou)
        .database_type(database)
        .instance_class(InstanceClass::Small)
        .backup_method(BackupMethod::Logical)
        .billing(Period::years::<1>())
        .client_token(token.parse()?)
        .build())
}

/// Returns the configuration of a nightly backup of one database.
pub(crate) fn configuration(
    plan: BackupPlanId,
    name: &str,
    database: &str,
    access: DatabaseAccess,
) -> ConfigureBackupPlan {
    let host = std::net::IpAddr::from([192, 0, 2, 10]);
    ConfigureBackupPlan::builder()
        .backup_plan_id(plan)
        .backup_plan_name(name)
        .source_endpoint(SourceEndpoint::Other { host: host.into(), port: Port::MYSQL, access })
        .backup_objects(BackupObject::database(database))
        .schedule(BackupSchedule::weekly(Weekdays::EVERY_DAY, start_time!("02:30")))
        .enable_backup_log(true)
        .storage(BackupStorage::System)
        .build()
}
