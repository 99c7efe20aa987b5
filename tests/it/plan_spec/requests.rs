//! The requests that plans become, compared with requests written by hand.

use aliyun_dbs::operations::{ConfigureBackupPlan, CreateBackupPlan};
use aliyun_dbs::types::{
    BackupMethod, BackupObject, BackupObjects, BackupSchedule, BackupStorage, Billing,
    CrossAccount, DatabaseAccess, DatabaseType, InstanceClass, InstanceId, Port, Secret,
    SourceEndpoint, StorageEncryptMethod, Weekday, retention_days, start_time,
};
use aliyun_dbs::workflows::plan_spec::{
    DatabaseLocation, LoginSource, NamedSource, OracleSource, PlanSpec, PlanSpecSource,
    RedisSource, SecretError, SecretRef,
};
use aliyun_dbs::{Period, Region};

use super::plan;

const REGION: Region = Region::Beijing;

#[expect(clippy::unnecessary_wraps, reason = "a secret store returns a result")]
fn secrets(secret: &SecretRef) -> Result<Secret, SecretError> {
    Ok(Secret::new(format!("value of {secret}")))
}

fn instance() -> InstanceId {
    "i-1".parse().unwrap()
}

type ToEndpoint = fn(DatabaseAccess) -> SourceEndpoint;

fn locations() -> Vec<(DatabaseLocation, ToEndpoint)> {
    let (region, port) = (REGION, Port::MYSQL);
    let host = || "db.internal".parse().unwrap();
    vec![
        (DatabaseLocation::Rds { region, instance: instance() }, |access| SourceEndpoint::Rds {
            region: REGION,
            instance_id: instance(),
            access,
        }),
        (DatabaseLocation::Ecs { region, instance: instance(), port }, |access| {
            let port = Port::MYSQL;
            SourceEndpoint::Ecs { region: REGION, instance_id: instance(), port, access }
        }),
        (DatabaseLocation::Dds { region, instance: instance() }, |access| SourceEndpoint::Dds {
            region: REGION,
            instance_id: instance(),
            access,
        }),
        (DatabaseLocation::Express { region, vpc: instance(), host: host(), port }, |access| {
            SourceEndpoint::Express {
                region: REGION,
                instance_id: instance(),
                host: "db.internal".parse().unwrap(),
                port: Port::MYSQL,
                access,
            }
        }),
        (DatabaseLocation::Gateway { region, gateway: 7.into(), host: host(), port }, |access| {
            SourceEndpoint::Agent {
                region: REGION,
                gateway_id: 7.into(),
                host: "db.internal".parse().unwrap(),
                port: Port::MYSQL,
                access: Some(access),
            }
        }),
        (DatabaseLocation::Address { host: host(), port }, |access| SourceEndpoint::Other {
            host: "db.internal".parse().unwrap(),
            port: Port::MYSQL,
            access,
        }),
    ]
}

fn engines(at: &DatabaseLocation) -> Vec<(PlanSpecSource, DatabaseType, DatabaseAccess)> {
    const PASSWORD: &str = "value of env P";
    let password = || SecretRef::env("P");
    let objects = || [BackupObject::database("orders")];
    let login = || {
        let source = LoginSource::builder().at(at.clone()).user("u").password(password());
        source.objects(objects()).build()
    };
    let named = || {
        let source = NamedSource::builder().at(at.clone()).user("u").password(password());
        source.database("main").objects(objects()).build()
    };
    let oracle = OracleSource::builder().at(at.clone()).user("u").password(password());
    let oracle = oracle.sid("ORCL").objects(objects()).build();
    let redis = || RedisSource::builder().at(at.clone());
    vec![
        (PlanSpecSource::MySql(login()), DatabaseType::MySql, DatabaseAccess::mysql("u", PASSWORD)),
        (
            PlanSpecSource::MariaDb(login()),
            DatabaseType::MariaDb,
            DatabaseAccess::mysql("u", PASSWORD),
        ),
        (PlanSpecSource::Drds(login()), DatabaseType::Drds, DatabaseAccess::mysql("u", PASSWORD)),
        (
            PlanSpecSource::SqlServer(login()),
            DatabaseType::SqlServer,
            DatabaseAccess::sql_server("u", PASSWORD),
        ),
        (
            PlanSpecSource::PostgreSql(named()),
            DatabaseType::PostgreSql,
            DatabaseAccess::postgresql("u", PASSWORD, "main"),
        ),
        (
            PlanSpecSource::Ppas(named()),
            DatabaseType::Ppas,
            DatabaseAccess::postgresql("u", PASSWORD, "main"),
        ),
        (
            PlanSpecSource::MongoDb(named()),
            DatabaseType::MongoDb,
            DatabaseAccess::mongodb("u", PASSWORD, "main"),
        ),
        (
            PlanSpecSource::Oracle(oracle),
            DatabaseType::Oracle,
            DatabaseAccess::oracle("u", PASSWORD, "ORCL"),
        ),
        (
            PlanSpecSource::Redis(redis().password(password()).build()),
            DatabaseType::Redis,
            DatabaseAccess::redis(PASSWORD),
        ),
        (
            PlanSpecSource::Redis(redis().objects(objects()).build()),
            DatabaseType::Redis,
            DatabaseAccess::redis_without_password(),
        ),
    ]
}

#[test]
fn every_engine_at_every_location_is_configured() {
    let mut count = 0;
    for (at, endpoint) in locations() {
        for (source, engine, access) in engines(&at) {
            let spec = PlanSpec::builder()
                .name("orders")
                .region(Region::Hangzhou)
                .class(InstanceClass::Small)
                .method(BackupMethod::Logical)
                .billing(Period::years::<1>())
                .source(source.clone())
                .build();
            let is_valid = match at {
                DatabaseLocation::Dds { .. } => engine == DatabaseType::MongoDb,
                DatabaseLocation::Gateway { .. } => engine != DatabaseType::SqlServer,
                _ => true,
            };
            assert_eq!(spec.check().is_ok(), is_valid, "{source:?}");
            let purchase = CreateBackupPlan::builder()
                .region(Region::Hangzhou)
                .database_type(engine)
                .instance_class(InstanceClass::Small)
                .backup_method(BackupMethod::Logical)
                .billing(Period::years::<1>())
                .build();
            assert_eq!(spec.purchase(), purchase);
            let configuration = ConfigureBackupPlan::builder()
                .backup_plan_id("dbs1".parse().unwrap())
                .backup_plan_name("orders")
                .source_endpoint(endpoint(access))
                .maybe_backup_objects(source.objects())
                .build();
            assert_eq!(
                spec.configuration("dbs1".parse().unwrap(), &secrets).unwrap(),
                configuration
            );
            count += usize::from(is_valid);
        }
    }
    assert_eq!(count, 50);
}

#[test]
fn subscription_with_schedule_and_retention() {
    let spec = plan("orders-nightly");
    let purchase = CreateBackupPlan::builder()
        .region(Region::Hangzhou)
        .database_type(DatabaseType::MySql)
        .instance_class(InstanceClass::Small)
        .backup_method(BackupMethod::Logical)
        .billing(Period::years::<1>())
        .build();
    assert_eq!(spec.purchase(), purchase);
    let mut objects = vec![BackupObject::database("orders")];
    objects.push(BackupObject::database("shop").exclude_table("item_tmp"));
    let configuration = ConfigureBackupPlan::builder()
        .backup_plan_id("dbs1".parse().unwrap())
        .backup_plan_name("orders-nightly")
        .source_endpoint(SourceEndpoint::Rds {
            region: Region::Hangzhou,
            instance_id: "rm-bp1p8c2947exm".parse().unwrap(),
            access: DatabaseAccess::mysql("dbs_backup", "value of env ORDERS_PASSWORD"),
        })
        .backup_objects(BackupObjects::new(objects).unwrap())
        .schedule(BackupSchedule::weekly(Weekday::Monday | Weekday::Thursday, start_time!("02:30")))
        .backup_retention_period(retention_days!(730))
        .duplication_infrequent_access_period(180)
        .duplication_archive_period(365)
        .storage(BackupStorage::System)
        .enable_backup_log(true)
        .build();
    assert_eq!(spec.configuration("dbs1".parse().unwrap(), &secrets).unwrap(), configuration);
}

#[test]
fn pay_as_you_go_with_all_other_fields() {
    let spec = plan("payments-ledger");
    assert_eq!(spec.generation, 2);
    let purchase = CreateBackupPlan::builder()
        .region(Region::Shanghai)
        .database_type(DatabaseType::PostgreSql)
        .instance_class(InstanceClass::Large)
        .backup_method(BackupMethod::Physical)
        .billing(Billing::PayAsYouGo)
        .database_region(Region::Shanghai)
        .storage_region(Region::Shanghai)
        .resource_group_id("rg-aekzecovztiexm".parse().unwrap())
        .build();
    assert_eq!(spec.purchase(), purchase);
    let object = BackupObject::database("ledger").schema("public");
    let configuration = ConfigureBackupPlan::builder()
        .backup_plan_id("dbs1".parse().unwrap())
        .backup_plan_name("payments-ledger")
        .source_endpoint(SourceEndpoint::Ecs {
            region: Region::Shanghai,
            instance_id: "i-bp1hd3ppx9k2exm".parse().unwrap(),
            port: Port::POSTGRESQL,
            access: DatabaseAccess::postgresql(
                "dbs_backup",
                "value of file /run/secrets/payments",
                "postgres",
            ),
        })
        .enable_source_endpoint_ssl(true)
        .cross_account(CrossAccount {
            aliyun_id: "1234567890123456".parse().unwrap(),
            role_name: "ram-for-dbs".parse().unwrap(),
        })
        .backup_objects(object.include_table("entry").include_table("account"))
        .schedule(BackupSchedule::Manual)
        .backup_log_interval_seconds(600)
        .storage(BackupStorage::OssBucket("dbs-payments".parse().unwrap()))
        .backup_storage_encrypt_method(StorageEncryptMethod::Encrypted)
        .resource_group_id("rg-aekzecovztiexm".parse().unwrap())
        .build();
    assert_eq!(spec.configuration("dbs1".parse().unwrap(), &secrets).unwrap(), configuration);
}

#[test]
fn encryption_that_is_off_is_not_sent() {
    let mut spec = plan("orders-nightly");
    spec.encrypted = Some(false);
    let request = spec.configuration("dbs1".parse().unwrap(), &secrets).unwrap();
    assert_eq!(request.backup_storage_encrypt_method, None);
}
