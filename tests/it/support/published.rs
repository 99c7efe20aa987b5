//! The published facts in `tests/data/`: operations, parameters and response fields.

use std::collections::{BTreeMap, BTreeSet};

use aliyun_dbs::operations::{self, OperationInfo, OperationVisitor};
use aliyun_dbs::v2021_01_01::operations as operations_2021;
use serde_json::Value;

/// A version of the API: its operations with a type, and where their facts are.
pub(crate) struct Version {
    /// The version on the wire.
    pub(crate) name: &'static str,
    /// The folder below `src/`.
    pub(crate) folder: &'static str,
    /// The public module of the operations.
    pub(crate) module: &'static str,
    /// The operations with a type.
    pub(crate) all: &'static [OperationInfo],
    /// The folder below `tests/data/`.
    data: &'static str,
    /// Fields of every response that the client reads instead of the operation.
    pub(crate) envelope: &'static [&'static str],
    /// Undocumented parameters that no type has; `Call::parameter` sends them.
    pub(crate) without_type: &'static [&'static str],
}

pub(crate) const VERSIONS: [Version; 2] = [
    Version {
        name: "2019-03-06",
        folder: "v2019_03_06",
        module: "crate::operations",
        all: operations::ALL,
        data: ".",
        envelope: &["ErrCode", "ErrMessage", "HttpStatusCode", "RequestId", "Success"],
        without_type: &[
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
        ],
    },
    Version {
        name: "2021-01-01",
        folder: "v2021_01_01",
        module: "crate::v2021_01_01::operations",
        all: operations_2021::ALL,
        data: "2021-01-01",
        envelope: &["Code", "ErrCode", "ErrMessage", "Message", "RequestId", "Success"],
        without_type: &[],
    },
];

impl Version {
    /// Returns the version that has an operation; names of operations are unique across versions.
    pub(crate) fn of(action: &str) -> &'static Self {
        const { &VERSIONS }
            .iter()
            .find(|version| version.all.iter().any(|info| info.action == action))
            .unwrap_or_else(|| panic!("no version has {action}"))
    }

    /// Reads a JSON file with facts of this version.
    pub(crate) fn read(&self, file: &str) -> Value {
        read(&format!("{}/{file}", self.data))
    }

    /// Reads the published response of an operation.
    pub(crate) fn sample(&self, action: &str) -> Value {
        let root = env!("CARGO_MANIFEST_DIR");
        let path = format!("{root}/src/fake/samples/{}/{action}.json", self.name);
        serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
    }

    /// Returns the published operations of the version by name, also those without a type.
    pub(crate) fn published(&self) -> BTreeMap<String, Value> {
        let mut rows = rows(&self.read("operations.json"));
        rows.retain(|_, row| row["removed"] != true);
        rows
    }

    /// Returns the facts of the operations with a type by name.
    pub(crate) fn operations(&self) -> BTreeMap<String, Value> {
        let typed: BTreeSet<_> = self.all.iter().map(|info| info.action).collect();
        let mut rows = self.published();
        rows.retain(|action, _| typed.contains(action.as_str()));
        rows
    }

    /// Calls a visitor with the type of an operation of this version.
    pub(crate) fn visit<V: OperationVisitor>(&self, action: &str, visitor: V) -> Option<V::Output> {
        match self.name {
            "2019-03-06" => operations::visit(action, visitor),
            _ => operations_2021::visit(action, visitor),
        }
    }
}

/// Calls a visitor with the type of an operation of any version.
pub(crate) fn visit<V: OperationVisitor>(action: &str, visitor: V) -> V::Output {
    Version::of(action).visit(action, visitor).unwrap()
}

/// Returns the sets of parameters of an operation of any version.
pub(crate) fn requests(action: &str) -> Vec<Value> {
    let all = Version::of(action).read("requests.json");
    all[action].as_array().unwrap_or_else(|| panic!("no request of {action}")).clone()
}

/// Reads a JSON file of `tests/data/`.
pub(crate) fn read(file: &str) -> Value {
    let path = format!("{}/tests/data/{file}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// Returns the operations with a type of all versions, with their facts.
pub(crate) fn operations() -> BTreeMap<String, Value> {
    VERSIONS.iter().flat_map(Version::operations).collect()
}

/// Returns the rows of a file of operations by operation.
fn rows(file: &Value) -> BTreeMap<String, Value> {
    let operations = file["operations"].as_array().unwrap().clone();
    operations.into_iter().map(|row| (row["name"].as_str().unwrap().to_owned(), row)).collect()
}
