//! Lists every public item, by its paths.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value;

use super::rustdoc::{ids, item, json, kind, summary};
use super::signature::Names;

/// The items with a public path, found from the root module.
#[derive(Default)]
pub(super) struct Reached {
    /// The paths of each item; more than one is a mistake.
    pub(super) paths: BTreeMap<u64, BTreeSet<String>>,
}

impl Reached {
    pub(super) fn all() -> Self {
        let mut reached = Self::default();
        reached.module(json()["root"].as_u64().unwrap(), "");
        reached
    }

    fn module(&mut self, id: u64, path: &str) {
        for id in ids(&item(id).unwrap()["inner"]["module"]["items"]) {
            let Some(child) = item(id) else { continue };
            let (kind, inner) = kind(child);
            // A macro has a hidden name at the root, and its re-export is the public path.
            if kind == "macro" {
                continue;
            }
            if kind != "use" {
                self.add(id, join(path, child["name"].as_str().unwrap()));
                continue;
            }
            let target = inner["id"].as_u64().unwrap();
            if inner["is_glob"] == true {
                self.module(target, path);
            } else {
                self.add(target, join(path, inner["name"].as_str().unwrap()));
            }
        }
    }

    fn add(&mut self, id: u64, path: String) {
        let Some(found) = item(id) else { return };
        if kind(found).0 == "module" {
            self.module(id, &path);
        }
        self.paths.entry(id).or_default().insert(path);
    }

    /// Returns the lines of the list, and the ids that they name with the naming items.
    pub(super) fn list(&self) -> (Vec<String>, BTreeMap<u64, BTreeSet<String>>) {
        let mut list =
            List { names: Names::new(&self.paths), in_trait: false, lines: BTreeSet::new() };
        for (id, paths) in &self.paths {
            for path in paths {
                list.item(*id, path);
            }
        }
        let lines = list.lines.into_iter().map(|(_, line)| line).collect();
        (lines, list.names.used.into_inner())
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}::{name}") }
}

struct List<'a> {
    names: Names<'a>,
    /// Whether the items belong to a trait, where a body is a default implementation.
    in_trait: bool,
    /// By path, so that fields and functions follow their type.
    lines: BTreeSet<(String, String)>,
}

impl List<'_> {
    fn line(&mut self, path: &str, line: String) {
        self.lines.insert((path.to_owned(), line));
    }

    fn item(&mut self, id: u64, path: &str) {
        let found = item(id).unwrap();
        self.names.set_place(path);
        let (kind, inner) = kind(found);
        let open = if found["attrs"].to_string().contains("non_exhaustive") {
            "#[non_exhaustive] "
        } else {
            ""
        };
        match kind {
            "module" => self.line(path, format!("mod {path}")),
            "macro" => self.line(path, format!("macro {path}!")),
            "function" => {
                let body = if self.in_trait && inner["has_body"] == true { " { .. }" } else { "" };
                self.line(path, self.names.function(path, inner) + body);
            }
            "constant" | "assoc_const" => {
                let value = if self.in_trait && inner["value"].is_string() { " = .." } else { "" };
                self.line(path, format!("const {path}: {}{value}", self.names.ty(&inner["type"])));
            }
            "type_alias" => {
                let generics = self.names.generics(&inner["generics"]);
                let line = format!("type {path}{generics} = {}", self.names.ty(&inner["type"]));
                self.line(path, line);
            }
            "assoc_type" => {
                let bounds = match &inner["type"] {
                    Value::Null => prefixed(": ", &self.names.bounds(&inner["bounds"])),
                    ty => format!(" = {}", self.names.ty(ty)),
                };
                self.line(path, format!("type {path}{bounds}"));
            }
            "struct_field" => self.line(path, format!("field {path}: {}", self.names.ty(inner))),
            "variant" => {
                let fields = self.fields(path, &inner["kind"]);
                self.line(path, format!("{open}variant {path}{fields}"));
            }
            "struct" | "enum" | "union" => {
                let generics = self.names.generics(&inner["generics"]);
                let fields = self.fields(path, &inner["kind"]);
                for variant in ids(&inner["variants"]) {
                    self.child(variant, path);
                }
                let traits = prefixed(": ", &self.implementations(path, &inner["impls"]));
                self.line(path, format!("{open}{kind} {path}{generics}{fields}{traits}"));
            }
            "trait" => {
                let generics = self.names.generics(&inner["generics"]);
                let bounds = prefixed(": ", &self.names.supertraits(&inner["bounds"]));
                self.in_trait = true;
                for child in ids(&inner["items"]) {
                    self.child(child, path);
                }
                self.in_trait = false;
                self.line(path, format!("trait {path}{generics}{bounds}"));
            }
            other => self.line(path, format!("{other} {path}")),
        }
    }

    fn child(&mut self, id: u64, path: &str) {
        // A missing item is hidden.
        let Some(child) = item(id) else { return };
        let name = child["name"].as_str().unwrap_or_default();
        self.item(id, &join(path, name));
        self.names.set_place(path);
    }

    /// Adds a line for each named field, and returns the fields of a tuple.
    fn fields(&mut self, path: &str, kind: &'static Value) -> String {
        if let Some(fields) = kind["tuple"].as_array() {
            let fields = fields.iter().map(|field| match field.as_u64().and_then(item) {
                Some(field) => self.names.ty(&field["inner"]["struct_field"]),
                None => "_".to_owned(),
            });
            return format!("({})", fields.collect::<Vec<_>>().join(", "));
        }
        let fields =
            [&kind["plain"], &kind["struct"]].into_iter().find(|fields| fields.is_object());
        let Some(fields) = fields else { return String::new() };
        for field in ids(&fields["fields"]) {
            self.child(field, path);
        }
        if fields["has_stripped_fields"] == true { " { .. }".to_owned() } else { String::new() }
    }

    /// Adds a line for each inherent function and constant, and returns the traits.
    fn implementations(&mut self, path: &str, impls: &'static Value) -> String {
        let mut traits = BTreeSet::new();
        for id in ids(impls) {
            let Some(found) = item(id) else { continue };
            let inner = &found["inner"]["impl"];
            if !inner["blanket_impl"].is_null() || inner["is_negative"] == true {
                continue;
            }
            let Some(name) = inner["trait"]["path"].as_str() else {
                for child in ids(&inner["items"]) {
                    self.child(child, path);
                }
                continue;
            };
            let name = name.rsplit("::").next().unwrap();
            let derived = inner["is_synthetic"] == true;
            if name == "StructuralPartialEq" || (derived && !["Send", "Sync"].contains(&name)) {
                continue;
            }
            // A trait without a public path is not part of the API.
            let id = inner["trait"]["id"].as_u64().unwrap();
            if summary(id).is_some_and(|of| of.0 == "crate") && !self.names.is_reached(id) {
                continue;
            }
            let mut shown = self.names.path(&inner["trait"]);
            for item in ids(&inner["items"]).filter_map(item) {
                let ty = &item["inner"]["assoc_type"]["type"];
                if ty.is_object() {
                    let ty = self.names.ty(ty);
                    write!(shown, "[{} = {ty}]", item["name"].as_str().unwrap()).unwrap();
                }
            }
            traits.insert(shown);
        }
        traits.into_iter().collect::<Vec<_>>().join(" + ")
    }
}

fn prefixed(prefix: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{prefix}{text}") }
}
