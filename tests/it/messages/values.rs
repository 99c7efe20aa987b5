//! Values that are checked when they are made, and requests read from files.

use std::fmt::Display;
use std::str::FromStr;

use aliyun_dbs::operations::{
    ConfigureBackupPlan, CreateAndStartBackupPlan, CreateBackupPlan, CreateRestoreTask,
    DescribeRestoreTaskList, ModifyBackupSetDownloadRules, ModifyBackupSourceEndpoint,
    ModifyBackupStrategy, NamedOperation, from_json,
};
use aliyun_dbs::types::{
    AliyunId, BackupGatewayId, BackupMethod, BackupObjects, BackupPlanId, ClientToken,
    DatabaseHost, DatabaseType, InstanceClass, KilobytesPerSecond, PageSize, PageSizeChoice, Port,
    RestoreObjects, RetentionDays, StartTime, StorageLifecycle, Weekdays,
};
use aliyun_dbs::{Endpoint, Period, Region, RegionId};
use serde_json::{Value, json};

use super::Catalog;

fn parse<T: FromStr<Err: Display>>(catalog: &mut Catalog, name: &str, string: &str) {
    let Err(error) = string.parse::<T>() else { panic!("{name} accepts {string:?}") };
    catalog.add(format!("`{string:?}.parse::<{name}>()`"), error);
}

macro_rules! parsed {
    ($catalog:ident, $($kind:ident $string:literal),+ $(,)?) => {
        $(parse::<$kind>($catalog, stringify!($kind), $string);)+
    };
}

/// An object with some fields changed or, by `null`, removed.
fn with(base: &Value, changes: &Value) -> Value {
    let mut fields = base.as_object().unwrap().clone();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(fields.remove(name)),
            value => drop(fields.insert(name.clone(), value.clone())),
        }
    }
    fields.into()
}

fn read<O: NamedOperation>(catalog: &mut Catalog, base: &Value, changes: &Value) {
    let Err(error) = from_json::<O>(&with(base, changes).to_string()) else {
        panic!("{} accepts {changes}", O::ACTION)
    };
    let changes = changes.as_object().unwrap().iter().map(|(name, value)| match value {
        Value::Null => format!("without `{name}`"),
        value => format!("with `{name}` `{value}`"),
    });
    let changes = changes.collect::<Vec<_>>().join(", ");
    catalog.add(format!("`{}` {changes}", O::ACTION), error);
}

pub(super) fn print(catalog: &mut Catalog) {
    catalog.section("Values", "Errors of value types, `types::InvalidValue`.");
    parsed! { catalog,
        Region "cn-hangzou", Region "nowhere", RegionId "cn hangzhou", Endpoint "dbs.example/path",
        Endpoint "ftp://dbs.example", Endpoint "https://me:x@dbs.example", Endpoint "https://",
        DatabaseType "MySQ", DatabaseType "db2",
        InstanceClass "tiny", BackupMethod "logic", BackupPlanId "", BackupPlanId "dbs1,dbs2",
        AliyunId "1 2", DatabaseHost "", ClientToken "", ClientToken "é", BackupGatewayId "gateway",
        KilobytesPerSecond "fast", PageSize "200", PageSize "many", PageSizeChoice "40",
        Port "0", Port "mysql", RetentionDays "1826", StartTime "25:00", StartTime "noon",
        Weekdays "", Weekdays "Monday,Someday", Period "10 years", Period "12 months",
        Period "a while",
    }
    let long = ClientToken::new("t".repeat(65)).unwrap_err();
    catalog.add("`ClientToken::new` with 65 characters", long);
    catalog.add("`Period::try_months(12)`", Period::try_months(12).unwrap_err());
    catalog.add(
        "`StorageLifecycle::new(365, 180, 730)`",
        StorageLifecycle::new(365, 180, 730).unwrap_err(),
    );
    catalog.add("`BackupObjects::new([])`", BackupObjects::new([]).unwrap_err());
    catalog.add("`RestoreObjects::new([])`", RestoreObjects::new([]).unwrap_err());

    requests(catalog);
}

fn requests(catalog: &mut Catalog) {
    catalog.section("Requests from files", "Errors of `operations::from_json`.");
    for text in ["[1]", "{"] {
        let error = from_json::<CreateBackupPlan>(text).unwrap_err();
        catalog.add(format!("`CreateBackupPlan` from `{text}`"), error);
    }
    let purchase = json!({
        "Region": "cn-hangzhou", "DatabaseType": "MySQL", "InstanceClass": "small",
        "BackupMethod": "logical", "Period": "Year", "UsedTime": 1,
    });
    for changes in [
        json!({ "Region": null }),
        json!({ "DatabaseType": "MySQ" }),
        json!({ "RegionName": "cn-hangzhou" }),
        json!({ "UsedTime": 10 }),
        json!({ "UsedTime": null }),
        json!({ "Period": null }),
        json!({ "PayType": "postpay" }),
    ] {
        read::<CreateBackupPlan>(catalog, &purchase, &changes);
    }
    let rds = json!({
        "SourceEndpointInstanceType": "RDS", "SourceEndpointRegion": "cn-hangzhou",
        "SourceEndpointInstanceID": "rm-1", "SourceEndpointUserName": "dbs",
        "SourceEndpointPassword": "hunter2",
    });
    let plan = with(&rds, &json!({ "BackupPlanId": "dbs1", "BackupPlanName": "orders" }));
    for changes in [
        json!({ "SourceEndpointInstanceType": null }),
        json!({ "SourceEndpointInstanceType": "dg" }),
        json!({ "SourceEndpointInstanceID": null }),
        json!({ "SourceEndpointPassword": null }),
        json!({ "SourceEndpointPort": "x" }),
        json!({ "CrossAliyunId": "1" }),
        json!({ "CrossRoleName": "role" }),
        json!({ "BackupPeriod": "Monday" }),
        json!({ "BackupStartTime": "02:00" }),
        json!({ "BackupStrategyType": "Manual", "BackupPeriod": "Monday" }),
        json!({ "BackupStorageType": "system", "OSSBucketName": "bucket" }),
        json!({ "BackupRetentionPeriod": 1826 }),
        json!({ "EnableBackupLog": "maybe" }),
        json!({ "BackupObjects": "{" }),
    ] {
        read::<ConfigureBackupPlan>(catalog, &plan, &changes);
    }
    let start = with(&with(&purchase, &rds), &json!({ "BackupPlanName": "orders" }));
    for changes in
        [json!({ "BackupMethod": "physical" }), json!({ "BackupLogIntervalSeconds": 60 })]
    {
        read::<CreateAndStartBackupPlan>(catalog, &start, &changes);
    }
    let plan = json!({ "BackupPlanId": "dbs1" });
    read::<ModifyBackupStrategy>(catalog, &plan, &json!({ "BackupStartTime": "02:00" }));
    let source = with(&with(&rds, &plan), &json!({ "BackupObjects": "[{}]" }));
    read::<ModifyBackupSourceEndpoint>(catalog, &source, &json!({ "BackupObjects": null }));
    let rules = json!({
        "BackupPlanId": "dbs1", "OpenAutoDownload": true, "BackupGatewayId": 1,
        "BackupSetDownloadDir": "/b", "FullDataFormat": "Native", "IncrementDataFormat": "Native",
        "BackupSetDownloadTargetType": "agent", "BackupSetDownloadTargetTypeLocation": "local",
    });
    for changes in [
        json!({ "BackupSetDownloadTargetTypeLocation": null }),
        json!({ "OpenAutoDownload": false }),
    ] {
        read::<ModifyBackupSetDownloadRules>(catalog, &rules, &changes);
    }
    read::<DescribeRestoreTaskList>(catalog, &plan, &json!({ "RestoreTaskId": "r1" }));
    read::<DescribeRestoreTaskList>(catalog, &plan, &json!({ "BackupPlanId": null }));
    let restore = json!({
        "BackupPlanId": "dbs1", "RestoreTaskName": "drill", "BackupSetId": "set1",
        "DestinationEndpointInstanceType": "RDS", "DestinationEndpointRegion": "cn-hangzhou",
        "DestinationEndpointInstanceID": "rm-1", "DestinationEndpointUserName": "dbs",
        "DestinationEndpointPassword": "hunter2", "RestoreObjects": [{ "DBName": "orders" }],
    });
    for changes in [
        json!({ "BackupSetId": null }),
        json!({ "RestoreTime": 1_700_000_000_000_u64 }),
        json!({ "RestoreDir": "/data" }),
        json!({ "RestoreObjects": null }),
    ] {
        read::<CreateRestoreTask>(catalog, &restore, &changes);
    }
}
