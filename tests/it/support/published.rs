//! The published facts in `tests/data/`: operations, parameters and response fields.

use std::collections::BTreeMap;

use serde_json::Value;

/// Undocumented parameters that no type has; `Call::parameter` sends them.
pub(crate) const WITHOUT_TYPE: [&str; 10] = [
    "AutoOpenDatabase",
    "AutoShutdownDatabase",
    "DestDatabaseInstanceClass",
    "DestDatabaseInstanceDatabaseVersion",
    "DestDatabaseInstanceRegion",
    "DestDatabaseInstanceStorageSize",
    "DestDatabaseInstanceType",
    "DestDatabaseInstanceVSwitch",
    "DestDatabaseInstanceVpc",
    "OwnerId",
];

/// Fields of every response that the client reads instead of the operation.
pub(crate) const ENVELOPE: [&str; 5] =
    ["ErrCode", "ErrMessage", "HttpStatusCode", "RequestId", "Success"];

/// Reads a JSON file of `tests/data/`.
pub(crate) fn read(file: &str) -> Value {
    let path = format!("{}/tests/data/{file}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// Returns the rows of `operations.json` by operation.
pub(crate) fn operations() -> BTreeMap<String, Value> {
    rows(&read("operations.json"))
}

/// Returns the rows of a file of operations by operation.
pub(crate) fn rows(file: &Value) -> BTreeMap<String, Value> {
    let operations = file["operations"].as_array().unwrap().clone();
    operations.into_iter().map(|row| (row["name"].as_str().unwrap().to_owned(), row)).collect()
}
