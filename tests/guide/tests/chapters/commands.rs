//! The commands of `sh` blocks: their packages, examples and options exist.

use std::fs;
use std::path::Path;

use super::page::{Page, root};

/// The folders with examples.
const FOLDERS: [&str; 2] = ["examples", "examples/programs"];

/// Returns the `cargo run` commands of a page, with the line of their block.
fn commands(page: &Page) -> Vec<(usize, String)> {
    let blocks = page.blocks().into_iter().filter(|block| block.info == "sh");
    let lines = blocks.flat_map(|block| {
        let code = block.code().replace("\\\n", " ");
        code.lines().map(|line| (block.line, line.trim().to_owned())).collect::<Vec<_>>()
    });
    lines.filter(|(_, line)| line.contains("cargo run ")).collect()
}

pub(crate) fn count(page: &Page) -> usize {
    commands(page).len()
}

pub(crate) fn findings(page: &Page) -> Vec<String> {
    let mut findings = Vec::new();
    for (line, command) in commands(page) {
        let found =
            unknown(&command).map(|what| format!("{}:{line}: {what}: {command}", page.path));
        findings.extend(found);
    }
    findings
}

/// Returns what a command names that does not exist.
fn unknown(command: &str) -> Option<String> {
    let command = command.split(['#', '|', ';']).next().unwrap();
    let (cargo, options) = command.split_once(" -- ").unwrap_or((command, ""));
    let after = |name: &str| cargo.split_whitespace().skip_while(|word| *word != name).nth(1);
    if let Some(package) = after("-p").filter(|package| !is_package(package)) {
        return Some(format!("the workspace has no package `{package}`"));
    }
    let name = after("--example").unwrap_or_default();
    let source = source(name);
    if source.is_empty() {
        return Some(format!("unknown example `{name}`"));
    }
    let source =
        source + &FOLDERS.map(|folder| text(&root().join(folder).join("support"))).concat();
    let names = options.split_whitespace().filter_map(|word| word.strip_prefix("--"));
    let mut unknown = names.filter(|name| {
        let field = format!("{}:", name.replace('-', "_"));
        !source.contains(&field) && !source.contains(&format!("--{name}"))
    });
    unknown.next().map(|option| format!("`{name}` has no option `--{option}`"))
}

fn is_package(name: &str) -> bool {
    let folders = ["", "examples", "examples/programs", "benches", "tests/builds", "tests/guide"];
    let manifests = folders.map(|folder| root().join(folder).join("Cargo.toml"));
    let line = format!("name = \"{name}\"");
    manifests.iter().filter_map(|path| fs::read_to_string(path).ok()).any(|it| it.contains(&line))
}

/// Returns the source of an example, or an empty string.
fn source(name: &str) -> String {
    let folders = FOLDERS.map(|folder| root().join(folder));
    let sources = folders.iter().map(|folder| {
        text(&folder.join(format!("{name}.rs"))) + &text(&folder.join(name).join("main.rs"))
    });
    let mut source: String = sources.collect();
    if !source.is_empty() {
        source.extend(folders.iter().map(|folder| text(&folder.join(name))));
    }
    source
}

/// Returns the text of a file, or of the files of a folder.
fn text(path: &Path) -> String {
    match fs::read_dir(path) {
        Ok(entries) => entries.map(|entry| text(&entry.unwrap().path())).collect(),
        Err(_) => fs::read_to_string(path).unwrap_or_default(),
    }
}
