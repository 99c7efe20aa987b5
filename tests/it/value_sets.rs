//! Tests that each type knows every published value of its value set.

use std::collections::BTreeSet;
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
use aliyun_dbs::v2021_01_01::types::{
    AdvancedDownloadState, DownloadFormat, DownloadKind, DownloadTargetKind, OrderColumn,
    OrderDirection, ResourceType, SandboxSetKind, SandboxStatus,
};
use serde_json::Value;

use crate::support::published::{Version, read};

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
        for spelling in [Some(spelling), text("response_form"), text("also_spelled"), text("alias")]
        {
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
    let file = read("enums.json");
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

/// Returns the names of the sets of version 2021-01-01 that operations with a type use.
fn used_sets(version: &Version, sets: &Value) -> BTreeSet<String> {
    let is_typed = |place: &Value| {
        let action = place.as_str().unwrap().split('.').next().unwrap();
        version.all.iter().any(|info| info.action == action)
    };
    let used = sets.as_object().unwrap().iter().filter(|(_, set)| {
        // JSON in a string has no place in the table of operations; its sets are those of sandboxes.
        let places = set["used_in"].as_array().unwrap();
        places.is_empty() || places.iter().any(is_typed)
    });
    used.map(|(name, _)| name.clone()).collect()
}

#[test]
fn types_of_2021_know_every_published_value() {
    let version = Version::of("CreateDownload");
    let mut file = version.read("enums.json");
    // The demos have this value in the field of the code; it does not mean an error.
    let codes = file["enums"]["ErrorCode"]["values"].as_array_mut().unwrap();
    codes.retain(|code| code["value"] != "Success");
    let sets = &file["enums"];
    let mut checked = BTreeSet::new();
    macro_rules! check_sets {
        ($($type:ident $set:literal)+) => {$(
            check::<$type>(sets, $set, $type::ALL.len());
            checked.insert($set.to_owned());
        )+};
    }
    check_sets! {
        AdvancedDownloadState "AdvancedDownloadState"
        DownloadKind "DownloadBakSetType"
        DownloadFormat "DownloadFormatType"
        DownloadTargetKind "DownloadTargetType"
        ErrorCode "ErrorCode"
        OrderColumn "OrderColumn"
        OrderDirection "OrderDirection"
        ResourceType "ResourceType"
        SandboxSetKind "SandboxSnapshotType"
        SandboxStatus "SandboxStatus"
    }
    assert_eq!(checked, used_sets(version, sets));
}
