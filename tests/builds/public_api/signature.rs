//! Formats types, bounds and functions with the shortest unambiguous names.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::rustdoc::summary;

/// The traits of `bon` for the state of a builder, which the list omits.
const OF_BUILDERS: [&str; 4] = ["IsComplete", "IsSet", "IsUnset", "State"];

/// The names of items.
pub(super) struct Names<'a> {
    paths: &'a BTreeMap<u64, BTreeSet<String>>,
    /// The names at the crate root, which take precedence over those of `std`.
    root: BTreeSet<&'a str>,
    place: String,
    /// Every named item, with the items that name it.
    pub(super) used: RefCell<BTreeMap<u64, BTreeSet<String>>>,
}

impl<'a> Names<'a> {
    pub(super) fn new(paths: &'a BTreeMap<u64, BTreeSet<String>>) -> Self {
        let root = paths.values().flatten().map(String::as_str).filter(|path| !path.contains("::"));
        Self { paths, root: root.collect(), place: String::new(), used: RefCell::default() }
    }

    /// Sets the item whose signature is written next.
    pub(super) fn set_place(&mut self, path: &str) {
        path.clone_into(&mut self.place);
    }

    pub(super) fn is_reached(&self, id: u64) -> bool {
        self.paths.contains_key(&id)
    }

    fn name(&self, named: &Value) -> String {
        let id = named["id"].as_u64().unwrap();
        let written = named["path"].as_str().unwrap();
        let last = written.rsplit("::").next().unwrap();
        self.used.borrow_mut().entry(id).or_default().insert(self.place.clone());
        if let Some(path) = self.paths.get(&id).and_then(BTreeSet::first) {
            return path.clone();
        }
        match summary(id) {
            Some(("core" | "alloc" | "std", name, _)) if !self.root.contains(name) => {
                name.to_owned()
            }
            Some(("core" | "alloc", name, _)) => format!("std::{name}"),
            Some((krate, name, _)) if krate != "crate" => format!("{krate}::{name}"),
            _ => last.to_owned(),
        }
    }

    /// Formats a type or a trait with its arguments.
    pub(super) fn path(&self, named: &Value) -> String {
        let name = self.name(named);
        // The arguments of a builder are its state.
        if name.ends_with("Builder") {
            return name;
        }
        name + &self.arguments(&named["args"])
    }

    fn arguments(&self, args: &Value) -> String {
        if let Some(function) = args.get("parenthesized") {
            let inputs = list(&function["inputs"], |ty| self.ty(ty));
            return format!("({inputs}){}", self.output(&function["output"]));
        }
        let Some(args) = args.get("angle_bracketed") else { return String::new() };
        let mut shown = Vec::new();
        for arg in args["args"].as_array().into_iter().flatten() {
            shown.push(if let Some(ty) = arg.get("type") {
                self.ty(ty)
            } else if let Some(lifetime) = arg["lifetime"].as_str() {
                lifetime.to_owned()
            } else {
                arg["const"]["expr"].as_str().unwrap_or("_").to_owned()
            });
        }
        for constraint in args["constraints"].as_array().into_iter().flatten() {
            let name = constraint["name"].as_str().unwrap();
            let binding = &constraint["binding"];
            shown.push(match binding.get("constraint") {
                Some(bounds) => format!("{name}: {}", self.bounds(bounds)),
                None => format!("{name} = {}", self.ty(&binding["equality"]["type"])),
            });
        }
        if shown.is_empty() { String::new() } else { format!("<{}>", shown.join(", ")) }
    }

    fn output(&self, output: &Value) -> String {
        if output.is_null() { String::new() } else { format!(" -> {}", self.ty(output)) }
    }

    pub(super) fn ty(&self, ty: &Value) -> String {
        let Some((kind, inner)) = ty.as_object().and_then(|ty| ty.iter().next()) else {
            return "_".to_owned();
        };
        match kind.as_str() {
            "resolved_path" => self.path(inner),
            "generic" | "primitive" => inner.as_str().unwrap().to_owned(),
            "borrowed_ref" => {
                let lifetime = inner["lifetime"].as_str().map(|name| format!("{name} "));
                let mutable = if inner["is_mutable"] == true { "mut " } else { "" };
                format!("&{}{mutable}{}", lifetime.unwrap_or_default(), self.ty(&inner["type"]))
            }
            "tuple" => format!("({})", list(inner, |ty| self.ty(ty))),
            "slice" => format!("[{}]", self.ty(inner)),
            "array" => format!("[{}; {}]", self.ty(&inner["type"]), inner["len"].as_str().unwrap()),
            "impl_trait" => format!("impl {}", self.bounds(inner)),
            "dyn_trait" => {
                let traits = inner["traits"].as_array().unwrap().iter();
                let traits: Vec<_> = traits.map(|bound| self.path(&bound["trait"])).collect();
                format!("dyn {}", traits.join(" + "))
            }
            "qualified_path" => {
                let of = self.ty(&inner["self_type"]);
                format!("{of}::{}", inner["name"].as_str().unwrap())
            }
            "function_pointer" => {
                let sig = &inner["sig"];
                let inputs = list(&sig["inputs"], |input| self.ty(&input[1]));
                format!("fn({inputs}){}", self.output(&sig["output"]))
            }
            other => other.to_owned(),
        }
    }

    pub(super) fn bounds(&self, bounds: &Value) -> String {
        let mut shown = Vec::new();
        for bound in bounds.as_array().into_iter().flatten() {
            if let Some(lifetime) = bound["outlives"].as_str() {
                shown.push(lifetime.to_owned());
            }
            let Some(bound) = bound.get("trait_bound") else { continue };
            let name = bound["trait"]["path"].as_str().unwrap().rsplit("::").next().unwrap();
            if OF_BUILDERS.contains(&name) {
                continue;
            }
            let maybe = if bound["modifier"] == "maybe" { "?" } else { "" };
            shown.push(format!("{maybe}{}", self.path(&bound["trait"])));
        }
        shown.join(" + ")
    }

    /// Formats the bounds of a trait. A private bound seals the trait.
    pub(super) fn supertraits(&self, bounds: &Value) -> String {
        let (sealed, open): (Vec<_>, Vec<_>) =
            bounds.as_array().into_iter().flatten().cloned().partition(|bound| {
                let id = bound["trait_bound"]["trait"]["id"].as_u64();
                id.is_some_and(|id| {
                    summary(id).is_some_and(|of| of.0 == "crate") && !self.is_reached(id)
                })
            });
        let sealed = sealed.iter().map(|_| "sealed".to_owned());
        let open = self.bounds(&open.into());
        sealed.chain((!open.is_empty()).then_some(open)).collect::<Vec<_>>().join(" + ")
    }

    /// Formats generic parameters with their bounds and `where` clauses.
    pub(super) fn generics(&self, generics: &Value) -> String {
        let mut shown = Vec::new();
        for param in generics["params"].as_array().into_iter().flatten() {
            let name = param["name"].as_str().unwrap();
            let kind = &param["kind"];
            if let Some(constant) = kind.get("const") {
                shown.push(format!("const {name}: {}", self.ty(&constant["type"])));
            } else if let Some(ty) = kind.get("type") {
                let synthetic = ty["is_synthetic"] == true;
                let of_builder = name == "S" && ty["bounds"].to_string().contains("State");
                if !synthetic && !of_builder {
                    shown.push(bounded(name, &self.bounds(&ty["bounds"])));
                }
            }
        }
        for bound in generics["where_predicates"].as_array().into_iter().flatten() {
            let bound = &bound["bound_predicate"];
            let (ty, bounds) = (self.ty(&bound["type"]), self.bounds(&bound["bounds"]));
            if !bounds.is_empty() {
                shown.retain(|param| *param != ty);
                shown.push(bounded(&ty, &bounds));
            }
        }
        if shown.is_empty() { String::new() } else { format!("<{}>", shown.join(", ")) }
    }

    pub(super) fn function(&self, path: &str, function: &Value) -> String {
        let header = &function["header"];
        let mut prefix = String::new();
        for (flag, word) in
            [("is_const", "const "), ("is_async", "async "), ("is_unsafe", "unsafe ")]
        {
            if header[flag] == true {
                prefix += word;
            }
        }
        let inputs = list(&function["sig"]["inputs"], |input| {
            let ty = self.ty(&input[1]);
            match input[0].as_str().unwrap() {
                "self" if ty == "Self" => "self".to_owned(),
                "self" if ty == "&Self" => "&self".to_owned(),
                "self" if ty == "&mut Self" => "&mut self".to_owned(),
                name => format!("{name}: {ty}"),
            }
        });
        let generics = self.generics(&function["generics"]);
        let output = self.output(&function["sig"]["output"]);
        format!("{prefix}fn {path}{generics}({inputs}){output}")
    }
}

fn list(array: &Value, show: impl Fn(&Value) -> String) -> String {
    array.as_array().into_iter().flatten().map(show).collect::<Vec<_>>().join(", ")
}

fn bounded(name: &str, bounds: &str) -> String {
    if bounds.is_empty() { name.to_owned() } else { format!("{name}: {bounds}") }
}
