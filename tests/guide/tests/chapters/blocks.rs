//! The languages of blocks, and whether blocks of data parse.

use std::fs;

use aliyun_dbs::workflows::plan_spec::from_deserializer;

use super::page::{Block, Page, root};

/// What may follow a fence: code that the doc tests run or compile, data, and commands.
const LANGUAGES: [&str; 7] = ["rust", "rust,no_run", "yaml", "json", "toml", "sh", "text"];

/// Other languages, and the only chapter that has them.
const FOREIGN: ([&str; 3], &str) = (["python", "go", "hcl"], "docs/guide/src/migrating.md");

pub(crate) fn findings(page: &Page) -> Vec<String> {
    let blocks = page.blocks();
    let findings = blocks.iter().filter_map(|block| {
        let finding = finding(page, block)?;
        Some(format!("{}:{}: {finding}", page.path, block.line))
    });
    findings.collect()
}

fn finding(page: &Page, block: &Block<'_>) -> Option<String> {
    let code = block.code();
    let is_foreign = FOREIGN.0.contains(&block.info) && page.path == FOREIGN.1;
    match block.info {
        "yaml" => yaml(&code).err().map(|error| format!("the yaml is invalid: {error}")),
        "json" => serde_json::from_str::<serde_json::Value>(&code)
            .err()
            .map(|error| format!("the json is invalid: {error}")),
        "toml" => unknown_feature(&code).map(|name| format!("the crate has no feature `{name}`")),
        info if is_foreign || LANGUAGES.contains(&info) => None,
        info => Some(format!("unexpected language `{info}`")),
    }
}

/// Reads a list of plans as the crate does, and other documents as values.
fn yaml(code: &str) -> Result<(), String> {
    let input = serde_yaml_ng::Deserializer::from_str(code);
    if code.lines().any(|line| line.starts_with("- name: ")) {
        return from_deserializer(input).map(drop).map_err(|error| error.to_string());
    }
    serde_yaml_ng::from_str::<serde_yaml_ng::Value>(code)
        .map(drop)
        .map_err(|error| error.to_string())
}

/// Returns a feature of `aliyun-dbs` that its `Cargo.toml` does not have.
fn unknown_feature(code: &str) -> Option<String> {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let section = manifest.split("\n[features]\n").nth(1).unwrap().split("\n[").next().unwrap();
    let known: Vec<_> = section.lines().filter_map(|line| line.split_once(" = ")).collect();
    let lines = code.lines().filter(|line| line.starts_with("aliyun-dbs"));
    let lists = lines.filter_map(|line| line.split_once("features = [")?.1.split_once(']'));
    let names =
        lists.flat_map(|(list, _)| list.split(',')).map(|name| name.trim().trim_matches('"'));
    let mut unknown = names.filter(|name| !known.iter().any(|(feature, _)| feature == name));
    unknown.next().map(str::to_owned)
}
