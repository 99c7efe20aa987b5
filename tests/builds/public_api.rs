//! The public API needs no foreign types beyond those that the architecture lists.
//!
//! The compiler's own description of the API (rustdoc's JSON) is searched for types of other
//! crates. That format is not stable, so a stable compiler is asked to allow it.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// `reqwest` stands in the one constructor that takes a ready `reqwest::Client`; the traits of
/// `bon` are how a builder knows what is set; `serde_core` is what `serde` re-exports.
const ALLOWED: [&str; 12] = [
    "alloc",
    "bon",
    "bytes",
    "core",
    "futures_core",
    "http",
    "reqwest",
    "serde",
    "serde_core",
    "std",
    "time",
    "url",
];

/// Every type or trait that a description names, by id.
fn named(value: &Value, ids: &mut BTreeSet<u64>) {
    match value {
        Value::Object(members) => {
            // Blanket implementations for all types are other crates' own business.
            if members.get("blanket_impl").is_some_and(|blanket| !blanket.is_null()) {
                return;
            }
            for (name, member) in members {
                if matches!(name.as_str(), "resolved_path" | "trait") {
                    ids.extend(member.get("id").and_then(Value::as_u64));
                }
                named(member, ids);
            }
        }
        Value::Array(elements) => elements.iter().for_each(|element| named(element, ids)),
        _ => {}
    }
}

#[test]
fn no_foreign_types() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = root.join("target/public-api");
    let output = Command::new(env!("CARGO"))
        .current_dir(root)
        .args(["rustdoc", "--lib", "--quiet", "--features", "emulator,blocking", "--target-dir"])
        .arg(&target)
        .args(["--", "-Z", "unstable-options", "--output-format", "json"])
        .env("RUSTC_BOOTSTRAP", "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let json = std::fs::read(target.join("doc/aliyun_dbs.json")).unwrap();
    let api: Value = serde_json::from_slice(&json).unwrap();

    let index = api["index"].as_object().unwrap();
    // Methods of blanket implementations are items of their own.
    let of_others: BTreeSet<String> = index
        .values()
        .filter(|item| !item["inner"]["impl"]["blanket_impl"].is_null())
        .flat_map(|item| item["inner"]["impl"]["items"].as_array().unwrap())
        .map(Value::to_string)
        .collect();
    let mut ids = BTreeSet::new();
    for (_, item) in index.iter().filter(|(id, _)| !of_others.contains(*id)) {
        named(&item["inner"], &mut ids);
    }
    let mut foreign = BTreeSet::new();
    let mut own = 0;
    for id in ids {
        let Some(path) = api["paths"].get(id.to_string()) else { continue };
        let krate = path["crate_id"].as_u64().unwrap();
        if krate == 0 {
            own += 1;
            continue;
        }
        let name = api["external_crates"][krate.to_string()]["name"].as_str().unwrap();
        if !ALLOWED.contains(&name) {
            let path = path["path"].as_array().unwrap().iter().filter_map(Value::as_str);
            foreign.insert(path.collect::<Vec<_>>().join("::"));
        }
    }
    assert!(own > 50, "only {own} types of the crate were seen");
    assert!(foreign.is_empty(), "foreign types in the public API: {foreign:?}");
}
