//! Checks that value types have the traits that users expect, by the list of the public API.

use std::collections::{BTreeMap, BTreeSet};

const EXPECTED: [&str; 11] = [
    "Clone",
    "Debug",
    "Display",
    "FromStr",
    "Hash",
    "Eq",
    "Ord",
    "Serialize",
    "Deserialize",
    "Send",
    "Sync",
];

/// Values outside the modules `types`.
const ROOT_VALUES: [&str; 11] = [
    "Endpoint",
    "ErrorKind",
    "Network",
    "OtherRegion",
    "Period",
    "RamAction",
    "RateLimit",
    "Region",
    "RegionId",
    "Safety",
    "SignatureVersion",
];

/// The traits that types lack, why, and which types.
const EXCEPTIONS: &[(&[&str], &str, &[&str])] = &[
    (
        &["Display", "FromStr", "Ord"],
        "several parameters on the wire, without a string form",
        &[
            "types::AutoDownload",
            "types::BackupObject",
            "types::BackupSchedule",
            "types::BackupStorage",
            "types::BackupTable",
            "types::Billing",
            "types::CrossAccount",
            "types::DownloadTaskSelection",
            "types::NewSchedule",
            "types::PlanMethod",
            "types::PreCheckTarget",
            "types::RestoreObject",
            "types::RestorePoint",
            "types::RestoreTaskSelection",
            "types::StorageLifecycle",
            "v2021_01_01::types::AddressSelection",
            "v2021_01_01::types::DownloadSource",
            "v2021_01_01::types::DownloadTarget",
        ],
    ),
    (
        &["Display", "FromStr", "Hash", "Ord"],
        "the same, with a password, which has no hash",
        &[
            "types::PlanSource",
            "types::RestoreDestination",
            "types::SourceChange",
            "types::SourceEndpoint",
        ],
    ),
    (
        &["Display", "FromStr", "Hash", "Ord", "Serialize", "Deserialize"],
        "a part of the types above, which read and write it",
        &["types::DatabaseAccess", "types::DatabaseGatewayEndpoint"],
    ),
    (
        &["Display", "FromStr", "Hash", "Ord", "Serialize"],
        "a secret must not be shown by accident",
        &["types::Secret"],
    ),
    (
        &["Display", "FromStr", "Hash", "Ord"],
        "a signed URL is a secret, which a response may be written with",
        &["v2021_01_01::types::SignedUrl"],
    ),
    (&["Ord"], "a year and eleven months have no order of price", &["Period"]),
    (
        &["Ord"],
        "lists and sets without an order",
        &["types::BackupObjects", "types::RestoreObjects", "types::Weekdays"],
    ),
    (&["FromStr", "Deserialize"], "a part of `Period`, which reads it", &["types::UsedTime"]),
    (&["FromStr", "Ord"], "`From<&str>` reads it; new values have no order", &["types::Open"]),
    (
        &["Display", "FromStr", "Ord", "Serialize", "Deserialize"],
        "a part of `Open`, which reads and writes it",
        &["types::UnknownValue"],
    ),
    (
        &["Display", "FromStr", "Serialize", "Deserialize"],
        "a part of `Region`, which reads and writes it",
        &["OtherRegion"],
    ),
    (
        &["Display", "FromStr", "Ord", "Serialize", "Deserialize"],
        "an argument that becomes a `DownloadFormat`",
        &[
            "v2021_01_01::types::MongoDbFormat",
            "v2021_01_01::types::MySqlFormat",
            "v2021_01_01::types::PolarDbFormat",
            "v2021_01_01::types::PostgreSqlFormat",
        ],
    ),
    (
        &["Display", "FromStr", "Hash", "Eq", "Ord", "Serialize", "Deserialize"],
        "a number at compile time, without a value",
        &["types::Months", "types::Years"],
    ),
    (
        &["FromStr", "Ord", "Serialize", "Deserialize"],
        "a fact that only the crate states",
        &["ErrorKind", "Safety"],
    ),
    (&["FromStr", "Serialize", "Deserialize"], "a fact that only the crate states", &["RamAction"]),
    (
        &["Display", "FromStr", "Ord", "Serialize", "Deserialize"],
        "a fact that only the crate states, in two numbers",
        &["RateLimit"],
    ),
    (&["FromStr", "Hash", "Ord", "Serialize", "Deserialize"], "an error", &["types::InvalidValue"]),
];

/// Returns the traits of all structs and enums of the public API, by path.
///
/// `UPDATE_DOCS=1 cargo test --test builds public_api` writes the list.
fn traits() -> BTreeMap<String, BTreeSet<String>> {
    let list = include_str!("../../docs/public-api.txt");
    let types = list.lines().filter_map(|line| {
        let line = line.trim_start_matches("#[non_exhaustive] ");
        let rest = line.strip_prefix("struct ").or_else(|| line.strip_prefix("enum "))?;
        let rest = outermost(rest);
        let (head, traits) = rest.split_once(": ").unwrap_or((&rest, ""));
        let path = head.split(['(', ' ']).next()?.to_owned();
        Some((path, traits.split(" + ").map(name).collect()))
    });
    types.collect()
}

/// Removes what is in angle or square brackets.
fn outermost(text: &str) -> String {
    let mut depth = 0_i32;
    let mut kept = String::new();
    for c in text.replace("->", "").chars() {
        depth -= i32::from(matches!(c, '>' | ']'));
        if depth == 0 && !matches!(c, '>' | ']') && !matches!(c, '<' | '[') {
            kept.push(c);
        }
        depth += i32::from(matches!(c, '<' | '['));
    }
    kept
}

fn name(path: &str) -> String {
    path.rsplit("::").next().unwrap().to_owned()
}

fn is_value(path: &str) -> bool {
    let types = path.strip_prefix("v2021_01_01::").unwrap_or(path).strip_prefix("types::");
    types.is_some_and(|name| !name.contains("::")) || ROOT_VALUES.contains(&path)
}

#[test]
fn value_types_have_the_expected_traits() {
    let traits = traits();
    let mut lacking = BTreeMap::new();
    for (path, found) in traits.iter().filter(|(path, _)| is_value(path)) {
        let missing: BTreeSet<_> =
            EXPECTED.into_iter().filter(|expected| !found.contains(*expected)).collect();
        if !missing.is_empty() {
            lacking.insert(path.as_str(), missing);
        }
    }
    let mut expected = BTreeMap::new();
    for (missing, reason, types) in EXCEPTIONS {
        for path in *types {
            assert!(!reason.is_empty() && traits.contains_key(*path), "{path} does not exist");
            expected.insert(*path, missing.iter().copied().collect());
        }
    }
    let differing: Vec<_> = lacking
        .keys()
        .chain(expected.keys())
        .filter(|path| lacking.get(**path) != expected.get(**path))
        .map(|path| format!("{path} lacks {:?}, not {:?}", lacking.get(path), expected.get(path)))
        .collect();
    assert!(differing.is_empty(), "add the traits, or an exception with a reason: {differing:#?}");
    assert!(traits.keys().filter(|path| is_value(path)).count() > 100);
}

/// Futures, streams and iterators run in one task at a time.
#[test]
fn every_type_is_send_and_all_but_runs_are_sync() {
    let mut types = 0;
    for (path, found) in traits() {
        types += 1;
        assert!(found.contains("Send"), "{path}");
        let runs = ["IntoFuture", "Stream", "Iterator"].iter().any(|run| found.contains(*run));
        assert!(found.contains("Sync") || runs, "{path}");
    }
    assert!(types > 300, "{types}");
}

#[test]
fn errors_have_the_traits_of_errors() {
    let traits = traits();
    // `JobError` is what the service knows about an error code.
    let is_error = |path: &str| path.ends_with("Error") && path != "operations::JobError";
    let errors: Vec<_> = traits.iter().filter(|(path, _)| is_error(path)).collect();
    assert!(errors.len() > 10, "{errors:?}");
    for (path, found) in errors {
        // `?` converts these into `Box<dyn Error + Send + Sync>`, as in `anyhow`.
        for needed in ["Error", "Debug", "Display", "Send", "Sync"] {
            assert!(found.contains(needed), "{path} lacks {needed}");
        }
    }
}
