//! Checks the layers of the crate: imports point downwards, without cycles, and the core names no
//! product.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// From the lowest layer to the highest: a folder imports its own files and those of lower layers.
const LAYERS: [&[&str]; 7] = [
    &["rpc"],
    &["sts"],
    &["credentials"],
    &["v2019_03_06"],
    // Uses the ids, regions and page sizes of the version before.
    &["v2021_01_01"],
    &["workflows"],
    &["fake", "blocking", "wait", "unversioned", "reexport"],
];

/// Words that the core must not contain: products, API versions, regions, terms of the service.
const PRODUCT_WORDS: [&str; 9] =
    ["dbs", "2019", "2021", "backupplan", "backup_plan", "cn-", "ap-south", "us-west", "hangzhou"];

struct Sources {
    /// Source without comments and unit tests, by module path (`rpc::client::call`).
    modules: BTreeMap<String, String>,
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Returns the files below a folder of `src`, by path relative to `src`.
fn files(below: &str) -> BTreeMap<String, String> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    rust_files(&src.join(below), &mut found);
    assert!(!found.is_empty());
    let name = |path: &PathBuf| path.strip_prefix(&src).unwrap().to_str().unwrap().to_owned();
    found.iter().map(|path| (name(path), std::fs::read_to_string(path).unwrap())).collect()
}

/// Returns the code of a file without comments and unit tests.
fn code(source: &str) -> String {
    let mut code = String::new();
    let mut lines = source.lines();
    while let Some(line) = lines.next() {
        let is_test = line.starts_with("#[cfg(test)]") || line.starts_with("#[cfg(all(test");
        let declared = lines.clone().find(|next| !next.starts_with("#["));
        if is_test && declared.is_some_and(|next| next.contains("mod ") && next.ends_with('{')) {
            break;
        }
        code += line.split("//").next().unwrap_or_default();
        code.push('\n');
    }
    code
}

impl Sources {
    fn read() -> Self {
        let modules = files("").into_iter().map(|(file, source)| {
            let path = file.trim_end_matches(".rs").replace(['/', '\\'], "::");
            let path = path.strip_suffix("::mod").map_or(path.clone(), str::to_owned);
            (if path == "lib" { String::new() } else { path }, code(&source))
        });
        Self { modules: modules.collect() }
    }

    /// Returns the module that contains a path, and the rest of the path.
    fn module_of<'p>(&self, path: &'p [String]) -> (String, &'p [String]) {
        (0..=path.len())
            .rev()
            .map(|length| (path[..length].join("::"), &path[length..]))
            .find(|(module, _)| self.modules.contains_key(module))
            .unwrap_or_default()
    }

    /// Resolves a path that a module uses; `None` if it belongs to another crate.
    fn absolute(&self, module: &str, path: &[String]) -> Option<Vec<String>> {
        let own: Vec<String> =
            module.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect();
        let ups = path.iter().take_while(|part| *part == "super").count();
        match path.first()?.as_str() {
            "crate" => Some(path[1..].to_vec()),
            "super" => {
                let above = &own[..own.len().checked_sub(ups)?];
                Some([above, &path[ups..]].concat())
            }
            "self" => Some([&own[..], &path[1..]].concat()),
            child => {
                let below = [&own[..], &[child.to_owned()]].concat().join("::");
                let is_module = self.modules.contains_key(&below);
                is_module.then(|| [&own[..], path].concat())
            }
        }
    }

    /// Returns the module that defines an item, following re-exports.
    fn defining_module(&self, module: &str, item: &str, depth: usize) -> String {
        const KINDS: [&str; 8] =
            ["struct ", "enum ", "trait ", "fn ", "const ", "static ", "type ", "macro_rules! "];
        let source = &self.modules[module];
        let declares = |line: &str| {
            KINDS.iter().any(|kind| {
                line.split_once(kind).is_some_and(|(_, rest)| {
                    let name = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next();
                    name == Some(item)
                })
            })
        };
        if depth > 8 || source.lines().any(declares) {
            return module.to_owned();
        }
        let exported = uses(source).into_iter().filter(|(public, _)| *public);
        for (_, path) in exported {
            let Some(last) = path.last() else { continue };
            if last != item && last != "*" {
                continue;
            }
            let Some(target) = self.absolute(module, &path[..path.len() - 1]) else { continue };
            let (target, rest) = self.module_of(&target);
            if target == module || !rest.is_empty() {
                continue;
            }
            let home = self.defining_module(&target, item, depth + 1);
            let is_there = self.modules[&home].lines().any(declares);
            if last == item || is_there {
                return home;
            }
        }
        module.to_owned()
    }

    /// Returns the modules that a module imports or re-exports.
    ///
    /// Re-exporting its own children is not an import, because the module does not use them.
    fn imports(&self, module: &str) -> BTreeSet<String> {
        let source = &self.modules[module];
        let mut imported = BTreeSet::new();
        let inline = inline_paths(source).into_iter().map(|path| (false, path));
        for (public, path) in uses(source).into_iter().chain(inline) {
            assert!(
                path[0] != "aliyun_dbs",
                "{module} imports its own crate by {path:?}: use `crate::`"
            );
            let Some(absolute) = self.absolute(module, &path) else { continue };
            let (target, rest) = self.module_of(&absolute);
            if public && target.starts_with(module) {
                continue;
            }
            match rest.first().map(String::as_str) {
                None => imported.extend([target]),
                Some("*") => imported.extend(self.re_exported_modules(&target, 0)),
                Some(item) => imported.extend([self.defining_module(&target, item, 0)]),
            }
        }
        imported.remove(module);
        imported
    }

    /// Returns a module and those whose items it re-exports.
    fn re_exported_modules(&self, module: &str, depth: usize) -> BTreeSet<String> {
        let mut all = BTreeSet::from([module.to_owned()]);
        if depth > 8 {
            return all;
        }
        for (_, path) in uses(&self.modules[module]).into_iter().filter(|(public, _)| *public) {
            let Some(absolute) = self.absolute(module, &path) else { continue };
            let (target, rest) = self.module_of(&absolute);
            match rest.first().map(String::as_str) {
                Some("*") if target != module => {
                    all.extend(self.re_exported_modules(&target, depth + 1));
                }
                Some(item) => all.extend([self.defining_module(&target, item, 0)]),
                None => all.extend([target]),
            }
        }
        all
    }
}

/// Returns the paths of all `use` declarations, and whether each is a re-export.
fn uses(source: &str) -> Vec<(bool, Vec<String>)> {
    let mut found = Vec::new();
    for (start, _) in source.match_indices("use ") {
        // A declaration starts its line, or follows an attribute or a visibility.
        let line = source[..start].rsplit('\n').next().unwrap_or_default().trim();
        let line = line.rsplit(']').next().unwrap_or_default().trim();
        if !line.is_empty() && !line.starts_with("pub") && !line.ends_with('{') {
            continue;
        }
        let tree = source[start + 4..].split(';').next().unwrap_or_default();
        let mut paths = Vec::new();
        flatten(&[], tree, &mut paths);
        found.extend(paths.into_iter().map(|path| (line.starts_with("pub"), path)));
    }
    found
}

/// Flattens an import tree: `a::{b, c::d}` becomes `a::b` and `a::c::d`.
fn flatten(prefix: &[String], tree: &str, paths: &mut Vec<Vec<String>>) {
    let (head, group) = match tree.split_once('{') {
        Some((head, group)) => (head, Some(group.trim_end().trim_end_matches('}'))),
        None => (tree, None),
    };
    let head = head.split(" as ").next().unwrap_or_default();
    let parts = head.split("::").map(str::trim).filter(|part| !part.is_empty());
    let mut path = [prefix, &parts.map(str::to_owned).collect::<Vec<_>>()].concat();
    let Some(group) = group else {
        if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        if !path.is_empty() {
            paths.push(path);
        }
        return;
    };
    let mut depth = 0;
    let mut branch = String::new();
    for c in group.chars().chain([',']) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if c == ',' && depth == 0 {
            if !branch.trim().is_empty() {
                flatten(&path, branch.trim(), paths);
            }
            branch.clear();
        } else {
            branch.push(c);
        }
    }
}

/// Returns the paths that code uses, such as `crate::rpc::clock::within(…)`.
fn inline_paths(source: &str) -> Vec<Vec<String>> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    source
        .split(|c: char| !is_part(c))
        .filter(|word| word.starts_with("crate::") || word.starts_with("super::"))
        // Exported macros are at the crate root, wherever they are defined.
        .filter(|word| !word.starts_with("crate::__"))
        .map(|word| word.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect())
        // A single segment is a prefix that a macro completes.
        .filter(|path: &Vec<String>| path.len() > 1)
        .collect()
}

/// Returns the modules of an import cycle in order, if one exists.
fn import_cycle(imports: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    fn visit(
        module: &str,
        imports: &BTreeMap<String, BTreeSet<String>>,
        way: &mut Vec<String>,
        done: &mut BTreeSet<String>,
    ) -> Option<Vec<String>> {
        if let Some(start) = way.iter().position(|passed| passed == module) {
            return Some([&way[start..], &[module.to_owned()]].concat());
        }
        if !done.insert(module.to_owned()) {
            return None;
        }
        way.push(module.to_owned());
        let found = imports
            .get(module)
            .into_iter()
            .flatten()
            .find_map(|next| visit(next, imports, way, done));
        way.pop();
        found
    }
    let mut done = BTreeSet::new();
    imports.keys().find_map(|module| visit(module, imports, &mut Vec::new(), &mut done))
}

fn all_imports() -> BTreeMap<String, BTreeSet<String>> {
    let sources = Sources::read();
    for (module, source) in &sources.modules {
        assert!(!source.contains("extern crate"), "{module} renames a crate with `extern crate`");
    }
    sources.modules.keys().map(|module| (module.clone(), sources.imports(module))).collect()
}

#[test]
fn modules_do_not_import_each_other() {
    let imports = all_imports();
    let arrows: usize = imports.values().map(BTreeSet::len).sum();
    assert!(arrows > 500, "only {arrows} imports were found");
    assert_eq!(import_cycle(&imports), None);
}

#[test]
fn layers_do_not_import_layers_above() {
    let layer = |module: &str| {
        let top = module.split("::").next().unwrap_or_default();
        LAYERS.iter().position(|folders| folders.contains(&top))
    };
    for (module, imported) in all_imports() {
        if module.is_empty() {
            continue;
        }
        let own =
            layer(&module).unwrap_or_else(|| panic!("{module} has no layer: add it to LAYERS"));
        for other in imported {
            let other_layer = layer(&other);
            assert!(other_layer.is_some_and(|other| other <= own), "{module} imports {other}");
        }
    }
}

/// Returns the lines of a file without unit tests and doc examples, which need an operation.
fn core_lines(source: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut in_example = false;
    let tests = source.find("#[cfg(test)]").unwrap_or(source.len());
    source[..tests].lines().enumerate().filter(move |(_, line)| {
        let text = line.trim_start();
        let doc = text.strip_prefix("///").or_else(|| text.strip_prefix("//!"));
        let fence = doc.is_some_and(|doc| doc.trim_start().starts_with("```"));
        in_example ^= fence;
        !in_example && !fence
    })
}

#[test]
fn core_names_no_product() {
    for (file, source) in files("rpc") {
        if file.ends_with("tests.rs") {
            continue;
        }
        for (number, line) in core_lines(&source) {
            // The crate's own name is allowed.
            let text = line.to_lowercase().replace("aliyun_dbs", "").replace("aliyun-dbs", "");
            let word = PRODUCT_WORDS.iter().find(|word| text.contains(*word));
            assert_eq!(word, None, "{file}:{}: {line}", number + 1);
        }
    }
}

#[test]
fn source_files_stay_under_500_lines() {
    for (file, source) in files("") {
        let lines = source.lines().count();
        assert!(lines <= 500, "{file} has {lines} lines: split it");
    }
}

#[test]
fn detects_imports_and_import_cycles() {
    let source = |text: &str| text.to_owned();
    let modules = BTreeMap::from([
        (source(""), source("mod a;\nmod b;\npub use a::A;\n")),
        (source("a"), source("mod c;\npub use c::C;\nuse crate::b::{self, B};\npub struct A;\n")),
        (source("a::c"), source("use super::super::b::B;\npub struct C;\n")),
        (source("b"), source("fn f() { crate::a::C; }\npub struct B;\n")),
    ]);
    let sources = Sources { modules };
    assert_eq!(sources.imports("b"), BTreeSet::from([source("a::c")]), "follows the re-export");
    for text in [
        "pub(crate) use crate::{b::B};",
        "#[cfg(x)] use crate::{b::B};",
        "use super::b::*;",
        "fn f() { use crate::b::B; }",
        "fn f() { crate::b::B::new() }",
    ] {
        let mut modules = sources.modules.clone();
        modules.insert(source("c"), source(text));
        assert!(Sources { modules }.imports("c").contains("b"), "{text}");
    }
    let imports: BTreeMap<_, _> =
        sources.modules.keys().map(|module| (module.clone(), sources.imports(module))).collect();
    let cycle = import_cycle(&imports).unwrap();
    assert!(cycle.contains(&source("b")) && cycle.contains(&source("a::c")), "{cycle:?}");
}
