//! Tests of the public API: one path per item, a current list, and no unexpected foreign types.

mod list;
mod rustdoc;
mod signature;

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

/// The crates whose types the public API may name.
///
/// `reqwest` is in the one constructor that takes a `reqwest::Client`; the traits of `bon` track the
/// set fields of a builder; `serde` re-exports `serde_core`.
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

/// Collects the ids of all types and traits that a description names.
fn named(value: &Value, ids: &mut BTreeSet<u64>) {
    match value {
        Value::Object(entries) => {
            // Blanket implementations belong to other crates.
            if entries.get("blanket_impl").is_some_and(|blanket| !blanket.is_null()) {
                return;
            }
            for (name, entry) in entries {
                if matches!(name.as_str(), "resolved_path" | "trait") {
                    ids.extend(entry.get("id").and_then(Value::as_u64));
                }
                named(entry, ids);
            }
        }
        Value::Array(elements) => elements.iter().for_each(|element| named(element, ids)),
        _ => {}
    }
}

#[test]
fn public_api_exposes_no_foreign_types() {
    let api = rustdoc::json();
    let index = api["index"].as_object().unwrap();
    // Methods of blanket implementations are separate items.
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

/// `UPDATE_DOCS=1 cargo test --test builds public_api` updates the list.
#[test]
fn public_api_list_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/public-api.txt");
    let (lines, _) = list::Reached::all().list();
    assert!(lines.len() > 1000, "only {} items were seen", lines.len());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, lines.join("\n") + "\n").unwrap();
        return;
    }
    let recorded = std::fs::read_to_string(path).unwrap();
    let recorded: BTreeSet<&str> = recorded.lines().collect();
    let current: BTreeSet<&str> = lines.iter().map(String::as_str).collect();
    let removed = recorded.difference(&current).map(|line| format!("- {line}"));
    let added = current.difference(&recorded).map(|line| format!("+ {line}"));
    let changes: Vec<String> = removed.chain(added).collect();
    assert!(
        changes.is_empty(),
        "docs/public-api.txt is stale; if the change is intended, list it in CHANGELOG.md and run \
         `UPDATE_DOCS=1 cargo test --test builds public_api`:\n{}",
        changes.join("\n")
    );
}

#[test]
fn every_item_has_one_public_path() {
    let reached = list::Reached::all();
    let twice: Vec<_> = reached.paths.values().filter(|paths| paths.len() > 1).collect();
    assert!(twice.is_empty(), "items with several paths: {twice:#?}");
}

#[test]
fn public_signatures_name_only_public_items() {
    let reached = list::Reached::all();
    let (_, used) = reached.list();
    let unnamed: BTreeSet<String> = used
        .iter()
        .filter(|(id, _)| !reached.paths.contains_key(id))
        .filter_map(|(id, places)| match rustdoc::summary(*id) {
            Some(("crate", name, _)) => Some(format!("{name}, named by {places:?}")),
            _ => None,
        })
        .collect();
    assert!(unnamed.is_empty(), "items without a public path: {unnamed:#?}");
}

#[test]
fn versioned_items_do_not_name_unversioned_ones() {
    let reached = list::Reached::all();
    let (_, used) = reached.list();
    let outside: Vec<_> = used
        .iter()
        .filter_map(|(id, places)| Some((reached.paths.get(id)?.first()?, places)))
        .filter(|(path, places)| {
            path.starts_with("unversioned")
                && !places.iter().all(|place| place.starts_with("unversioned"))
        })
        .collect();
    assert!(outside.is_empty(), "named outside `unversioned`: {outside:#?}");
}
