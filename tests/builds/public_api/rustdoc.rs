//! The compiler's own description of the API: rustdoc's JSON.
//!
//! That format is not stable, so a stable compiler is asked to allow it.

use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;

static JSON: LazyLock<Value> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = root.join("target/public-api");
    let output = Command::new(env!("CARGO"))
        .current_dir(root)
        .args(["rustdoc", "--lib", "--quiet", "--features", "emulator,blocking", "--target-dir"])
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

/// The description of the crate with all that features add to its API.
pub(super) fn json() -> &'static Value {
    &JSON
}

/// An item of the crate that is not `doc(hidden)`, by id. A macro is: what exports it is not.
pub(super) fn item(id: u64) -> Option<&'static Value> {
    let item = JSON["index"].get(id.to_string()).filter(|item| item["crate_id"] == 0)?;
    let hidden = item["attrs"].to_string().contains("doc(hidden)");
    let exported = item["inner"].get("macro").is_some();
    (exported || !hidden).then_some(item)
}

/// Name of the crate, name of the item, and kind; of items of any crate.
pub(super) fn summary(id: u64) -> Option<(&'static str, &'static str, &'static str)> {
    let summary = JSON["paths"].get(id.to_string())?;
    let krate = match summary["crate_id"].as_u64()? {
        0 => "crate",
        krate => JSON["external_crates"][krate.to_string()]["name"].as_str()?,
    };
    Some((krate, summary["path"].as_array()?.last()?.as_str()?, summary["kind"].as_str()?))
}

/// Ids in an array.
pub(super) fn ids(array: &'static Value) -> impl Iterator<Item = u64> {
    array.as_array().into_iter().flatten().filter_map(Value::as_u64)
}

/// What kind of item it is, and the description of that kind.
pub(super) fn kind(item: &'static Value) -> (&'static str, &'static Value) {
    let (kind, inner) = item["inner"].as_object().unwrap().iter().next().unwrap();
    (kind, inner)
}
