//! Tests that each type knows every published value of its value set.

use std::fmt::Display;
use std::str::FromStr;

use aliyun_dbs::Region;
use aliyun_dbs::types::{
    BackupGatewayStatus, BackupMethod, BackupPlanStatus, BackupSetDataFormat, BackupStorageType,
    BackupStrategyType, ChargeType, DatabaseType, DlaServiceState, DownloadJobType,
    DownloadTargetLocation, DownloadTargetType, DownloadTaskStatus, DownloadWay, DuplicateConflict,
    EndpointInstanceType, ErrorCode, FullBackupStatus, IncrementBackupStatus, InstanceClass,
    Language, PageSizeChoice, PayType, PeriodUnit, PreCheckItemState, PreCheckStatus,
    RestoreDestinationMode, RestoreRangeType, RestoreStatus, SourceInstanceProduct, StopMethod,
    StorageEncryptMethod, StorageMethod, Weekday,
};
use serde_json::Value;

fn check<T: FromStr<Err: Display> + Display>(sets: &Value, set: &str, known: usize) {
    let values = sets[set]["values"].as_array().unwrap_or_else(|| panic!("{set} has no values"));
    let mut seen = 0;
    for value in values {
        let text = |key: &str| value[key].as_str();
        // An empty storage type means that the parameter is omitted.
        let Some(spelling) = text("value").filter(|spelling| !spelling.is_empty()) else {
            continue;
        };
        let written = text("misspelled_of").unwrap_or(spelling);
        for spelling in [Some(spelling), text("response_form"), text("also_spelled")] {
            let Some(spelling) = spelling else { continue };
            match spelling.parse::<T>() {
                Ok(parsed) => assert_eq!(parsed.to_string(), written, "{set}"),
                Err(error) => panic!("{set}: {error}"),
            }
        }
        seen += usize::from(text("misspelled_of").is_none());
    }
    assert!(
        seen > 0 && seen <= known,
        "{set} has {seen} published values, but the type has {known}"
    );
}

#[test]
fn types_know_every_published_value() {
    let file: Value = serde_json::from_str(include_str!("../data/enums.json")).unwrap_or_default();
    let sets = &file["enums"];
    check::<Region>(sets, "Region", Region::ALL.len());
    check::<DatabaseType>(sets, "DatabaseType", DatabaseType::ALL.len());
    check::<InstanceClass>(sets, "InstanceClass", InstanceClass::ALL.len());
    check::<BackupMethod>(sets, "BackupMethod", BackupMethod::ALL.len());
    check::<PeriodUnit>(sets, "Period", PeriodUnit::ALL.len());
    check::<PayType>(sets, "PayType", PayType::ALL.len());
    check::<ChargeType>(sets, "ChargeType", ChargeType::ALL.len());
    check::<SourceInstanceProduct>(sets, "SourceInstanceProduct", SourceInstanceProduct::ALL.len());
    check::<EndpointInstanceType>(sets, "EndpointInstanceType", EndpointInstanceType::ALL.len());
    check::<BackupPlanStatus>(sets, "BackupPlanStatus", BackupPlanStatus::ALL.len());
    check::<BackupStorageType>(sets, "BackupStorageType", BackupStorageType::ALL.len());
    check::<StorageEncryptMethod>(sets, "StorageEncryptMethod", StorageEncryptMethod::ALL.len());
    check::<BackupStrategyType>(sets, "BackupStrategyType", BackupStrategyType::ALL.len());
    check::<Weekday>(sets, "Weekday", Weekday::ALL.len());
    check::<BackupSetDataFormat>(sets, "BackupSetDataFormat", BackupSetDataFormat::ALL.len());
    check::<DownloadTargetType>(sets, "DownloadTargetType", DownloadTargetType::ALL.len());
    check::<ErrorCode>(sets, "ErrorCode", ErrorCode::ALL.len());
    check::<BackupGatewayStatus>(sets, "BackupGatewayStatus", BackupGatewayStatus::ALL.len());
    check::<DlaServiceState>(sets, "DLAServiceState", DlaServiceState::ALL.len());
    check::<DownloadJobType>(sets, "DownloadJobType", DownloadJobType::ALL.len());
    check::<DownloadTargetLocation>(
        sets,
        "DownloadTargetLocation",
        DownloadTargetLocation::ALL.len(),
    );
    check::<DownloadTaskStatus>(sets, "DownloadTaskStatus", DownloadTaskStatus::ALL.len());
    check::<DownloadWay>(sets, "DownloadWay", DownloadWay::ALL.len());
    check::<DuplicateConflict>(sets, "DuplicateConflict", DuplicateConflict::ALL.len());
    check::<FullBackupStatus>(sets, "FullBackupStatus", FullBackupStatus::ALL.len());
    check::<IncrementBackupStatus>(sets, "IncrementBackupStatus", IncrementBackupStatus::ALL.len());
    check::<Language>(sets, "Language", Language::ALL.len());
    check::<PreCheckItemState>(sets, "PreCheckItemState", PreCheckItemState::ALL.len());
    check::<PreCheckStatus>(sets, "PreCheckStatus", PreCheckStatus::ALL.len());
    check::<RestoreDestinationMode>(
        sets,
        "RestoreDestinationMode",
        RestoreDestinationMode::ALL.len(),
    );
    check::<RestoreRangeType>(sets, "RestoreRangeType", RestoreRangeType::ALL.len());
    check::<RestoreStatus>(sets, "RestoreStatus", RestoreStatus::ALL.len());
    check::<StopMethod>(sets, "StopMethod", StopMethod::ALL.len());
    check::<StorageMethod>(sets, "StorageMethod", StorageMethod::ALL.len());

    let sizes = sets["PageSizeChoice"]["values"].as_array().map(Vec::as_slice).unwrap_or_default();
    let sizes = sizes.iter().filter_map(|size| size["value"].as_u64()?.try_into().ok());
    let sizes: Vec<_> = sizes.filter_map(|rows| PageSizeChoice::new(rows).ok()).collect();
    assert_eq!(sizes, [PageSizeChoice::Thirty, PageSizeChoice::Fifty, PageSizeChoice::Hundred]);
}
