//! Reads the description of the API that rustdoc writes as JSON.
//!
//! The format is unstable; `RUSTC_BOOTSTRAP` enables it on a stable compiler.

use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;

static JSON: LazyLock<Value> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let target = root.join("target/public-api");
    let output = Command::new(env!("CARGO"))
        .current_dir(&root)
        .args([
            "rustdoc",
            "--package",
            "aliyun-dbs",
            "--lib",
            "--quiet",
            "--features",
            "emulator,blocking,hyper",
            "--target-dir",
        ])
        .arg(&target)
        .args(["--", "-Z", "unstable-options", "--output-format", "json"])
        .arg("--document-hidden-items")
        .env("RUSTC_BOOTSTRAP", "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let json = std::fs::read(target.join("doc/aliyun_dbs.json")).unwrap();
    serde_json::from_slice(&json).unwrap()
});

/// Returns the description of the crate, with every feature that adds to its API.
pub(super) fn json() -> &'static Value {
    &JSON
}

/// Returns an item of the crate by id, unless it is `doc(hidden)`.
///
/// Macros are hidden at the root, but their re-exports are public, so they are returned too.
pub(super) fn item(id: u64) -> Option<&'static Value> {
    let item = JSON["index"].get(id.to_string()).filter(|item| item["crate_id"] == 0)?;
    let hidden = item["attrs"].to_string().contains("doc(hidden)");
    let exported = item["inner"].get("macro").is_some();
    (exported || !hidden).then_some(item)
}

/// Returns the crate, the name and the kind of an item of any crate.
pub(super) fn summary(id: u64) -> Option<(&'static str, &'static str, &'static str)> {
    let summary = JSON["paths"].get(id.to_string())?;
    let krate = match summary["crate_id"].as_u64()? {
        0 => "crate",
        krate => JSON["external_crates"][krate.to_string()]["name"].as_str()?,
    };
    Some((krate, summary["path"].as_array()?.last()?.as_str()?, summary["kind"].as_str()?))
}

/// Returns the ids in an array.
pub(super) fn ids(array: &'static Value) -> impl Iterator<Item = u64> {
    array.as_array().into_iter().flatten().filter_map(Value::as_u64)
}

/// Returns the kind of an item, and the description of that kind.
pub(super) fn kind(item: &'static Value) -> (&'static str, &'static Value) {
    let (kind, inner) = item["inner"].as_object().unwrap().iter().next().unwrap();
    (kind, inner)
}
