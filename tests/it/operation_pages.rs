//! The page of each operation agrees with the code: sections, limits, permissions, links, names.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use aliyun_dbs::operations::OperationInfo;
use aliyun_dbs::{RateLimit, Safety};
use serde_json::Value;

use crate::support::published::{VERSIONS, Version};

/// The beginning of the vendor's pages, before the version.
const VENDOR: &str = "https://www.alibabacloud.com/help/en/dms/developer-reference/api-dbs-";

fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else {
            found.push(std::fs::read_to_string(path).unwrap());
        }
    }
}

fn all_sources() -> Vec<String> {
    let mut found = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in VERSIONS.iter().map(|version| version.folder).chain(["rpc"]) {
        sources(&root.join("src").join(folder), &mut found);
    }
    found
}

/// The doc comment and the body of a request type.
fn request(sources: &[String], action: &str) -> (Vec<String>, String) {
    let declaration = format!("pub struct {action} {{");
    let source = sources.iter().find(|source| source.contains(&declaration)).unwrap();
    let (before, after) = source.split_once(&declaration).unwrap();
    let docs = before
        .lines()
        .rev()
        .skip_while(|line| !line.starts_with("///"))
        .take_while(|line| line.starts_with("///"))
        .map(|line| line.trim_start_matches("///").trim().to_owned());
    let mut docs: Vec<_> = docs.collect();
    docs.reverse();
    (docs, after.split_once("}\n").unwrap().0.to_owned())
}

/// The text of a paragraph: its lines up to a blank one.
fn paragraph(lines: &[String]) -> String {
    lines.iter().take_while(|line| !line.is_empty()).cloned().collect::<Vec<_>>().join(" ")
}

fn safety(version: &Version, info: &OperationInfo) -> String {
    match info.safety {
        Safety::ReadOnly => {
            format!("It changes nothing; see [idempotency]({}#idempotency).", version.module)
        }
        Safety::IdempotentByToken => {
            "The service runs it [once per client token](crate::operations#idempotency).".to_owned()
        }
        _ if version.name == "2021-01-01" => {
            "The service runs it once per request, because it accepts no client token. The client does \
             not send it again when its outcome is unknown: \
             [`Error::may_have_executed`](crate::Error::may_have_executed) then returns true."
                .to_owned()
        }
        _ => "The service cannot recognize a repeated request, so the client never retries one that \
              may have been executed; see [idempotency](crate::operations#idempotency)."
            .to_owned(),
    }
}

fn limit(version: &Version, info: &OperationInfo) -> String {
    let Some(RateLimit { calls, seconds }) = info.rate_limit else {
        let published =
            if version.name == "2021-01-01" { "The vendor publishes no limit." } else { "" };
        return published.to_owned();
    };
    let plural = if calls == 1 { "call" } else { "calls" };
    match (calls, seconds) {
        (10_000, 1) => "10,000 calls per second and account, which is practically no limit.".into(),
        (_, 1) => format!("{calls} {plural} per second and account."),
        _ => format!("{calls} {plural} per {seconds} seconds and account."),
    }
}

/// What is wrong with the page of an operation.
fn faults(version: &Version, info: &OperationInfo, docs: &[String], row: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let first = paragraph(docs);
    if first.split_whitespace().count() > 15 || !first.ends_with('.') {
        faults.push(format!("the first sentence is not one of at most 15 words: {first}"));
    }
    let mut in_code = false;
    let prose = docs.iter().filter(|line| {
        in_code ^= line.starts_with("```");
        !in_code
    });
    let sections: Vec<_> = prose.filter(|line| line.starts_with("# ")).cloned().collect();
    let expected = ["# Idempotency", "# Limits", "# Permissions", "# Errors", "# Examples"];
    if sections != expected {
        faults.push(format!("sections {sections:?}, expected {expected:?}"));
    }
    let permission = format!("`{}` on `{}`.", info.ram, info.ram.resource);
    for (section, text) in [
        ("# Idempotency", safety(version, info)),
        ("# Limits", limit(version, info)),
        ("# Permissions", permission),
    ] {
        let below =
            docs.iter().position(|line| line == section).map_or(&[][..], |at| &docs[at + 2..]);
        let given = paragraph(below);
        if !given.starts_with(&text) || given.is_empty() {
            faults.push(format!("{section} begins with {given:?}, expected {text:?}"));
        }
    }
    let whole = docs.join("\n");
    let link = format!("{VENDOR}{}-{})", version.name, info.action.to_lowercase());
    let common = format!("[common errors]({}#errors)", version.module);
    for needed in [&link, &common, "\n```"] {
        if !whole.contains(needed) {
            faults.push(format!("{needed:?} is missing"));
        }
    }
    for error in row["errors"].as_array().unwrap() {
        let code = format!("`{}`", error["code"].as_str().unwrap());
        let common = ["`Request.Forbidden`", "`Param.NotFound`", "`DBS.InternalError`"]
            .contains(&code.as_str());
        if !common && !whole.contains(&code) {
            faults.push(format!("# Errors lacks {code}"));
        }
    }
    faults
}

/// What is wrong with the fields of a request: each says whether it is required.
fn field_faults(body: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut docs = String::new();
    for line in body.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("///") {
            docs.push_str(text);
        } else if let Some(field) = line.strip_prefix("pub ") {
            let optional = field.contains(": Option<");
            let (required, said_optional) = (docs.contains("Required."), docs.contains("Optional"));
            let list = field.contains(": Vec<");
            // The type sends the default.
            let has_default = docs.contains("Defaults to") && !optional;
            if !has_default && (required == said_optional || (!list && optional == required)) {
                faults
                    .push(format!("`{field}` says neither \"Required.\" nor \"Optional\": {docs}"));
            }
            docs.clear();
        }
    }
    faults
}

#[test]
fn operation_pages_agree_with_the_code() {
    let sources = all_sources();
    let mut report = String::new();
    for version in &VERSIONS {
        let table = version.operations();
        for info in version.all {
            let (docs, body) = request(&sources, info.action);
            let mut found = faults(version, info, &docs, &table[info.action]);
            found.extend(field_faults(&body));
            for fault in found {
                writeln!(report, "{}: {fault}", info.action).unwrap();
            }
        }
    }
    assert!(report.is_empty(), "{report}");
}

/// A name as rustdoc's search compares it: without case and underscores.
fn searched(name: &str) -> String {
    name.replace('_', "").to_lowercase()
}

/// The names that rustdoc's search finds in a source: fields, variants, types, aliases.
fn searchable(source: &str, names: &mut BTreeSet<String>) {
    for line in source.lines().map(str::trim).filter(|line| !line.starts_with("//")) {
        let mut rest = line;
        while let Some((_, after)) = rest.split_once("alias = \"") {
            let (alias, after) = after.split_once('"').unwrap();
            names.insert(searched(alias));
            rest = after;
        }
        let line = line.strip_prefix("pub ").unwrap_or(line);
        let line = ["struct ", "enum ", "const ", "fn "]
            .iter()
            .find_map(|keyword| line.strip_prefix(keyword))
            .unwrap_or(line);
        let end = line.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(line.len());
        names.insert(searched(&line[..end]));
    }
}

fn field_names(fields: &Value, names: &mut BTreeSet<String>) {
    for field in fields.as_array().into_iter().flatten() {
        names.insert(field["name"].as_str().unwrap().to_owned());
        field_names(&field["fields"], names);
    }
}

#[test]
fn search_finds_every_wire_name() {
    let mut found = BTreeSet::new();
    for source in all_sources() {
        searchable(&source, &mut found);
    }
    let mut wanted = BTreeSet::new();
    for version in &VERSIONS {
        let mut names = BTreeSet::new();
        for row in version.operations().values() {
            field_names(&row["parameters"], &mut names);
            field_names(&row["response"], &mut names);
        }
        for untyped in version.without_type.iter().chain(version.envelope) {
            names.remove(*untyped);
        }
        wanted.extend(names);
    }
    let missing: Vec<_> = wanted.iter().filter(|name| !found.contains(&searched(name))).collect();
    assert!(missing.is_empty(), "add #[doc(alias = \"…\")] for {missing:?}");
}

#[test]
fn faults_of_a_page_are_found() {
    for (action, limit) in
        [("CreateBackupPlan", "10 calls"), ("CreateDownload", "The vendor publishes")]
    {
        let version = Version::of(action);
        let info = version.all.iter().find(|info| info.action == action).unwrap();
        let row = &version.operations()[action];
        let (docs, _) = request(&all_sources(), action);
        assert_eq!(faults(version, info, &docs, row), Vec::<String>::new());
        for at in ["# Limits", limit, "`dbs:Create", "The service runs", "[Vendor's page]"] {
            let without: Vec<_> =
                docs.iter().filter(|line| !line.starts_with(at)).cloned().collect();
            assert!(without.len() < docs.len(), "{action}: {at}");
            let found = faults(version, info, &without, row);
            assert!(!found.is_empty(), "the page of {action} without {at} passes");
        }
    }
    assert_eq!(
        field_faults("/// A. Required.\npub a: u8,\n/// B. Optional.\npub b: Option<u8>,").len(),
        0
    );
    assert_eq!(field_faults("/// A. Optional.\npub a: u8,\n/// B.\npub b: Option<u8>,").len(), 2);
}
