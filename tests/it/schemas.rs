//! Tests the JSON Schemas in `schemas/`.
//!
//! `UPDATE_DOCS=1 cargo test --test it schemas` writes both files.

use std::path::Path;
use std::sync::LazyLock;

use aliyun_dbs::operations::{ALL, NamedOperation, OperationVisitor, json_schema, visit};
use aliyun_dbs::v2021_01_01::operations as v2021;
use aliyun_dbs::workflows::plan_spec::{self, from_json};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::plan_spec::{PLANS, from_yaml};
use crate::support::json_schema::check;
use crate::support::published::{VERSIONS, Version};

const INTEGER: &str = r"^\s*\+?[0-9]+\s*$";
const REGION: &str = "^[a-z]{2,}(-[a-z0-9]+)+$";

/// Compares a file with what it should contain, or writes it.
fn assert_current(file: &str, schema: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas").join(file);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, serde_json::to_string_pretty(schema).unwrap() + "\n").unwrap();
    }
    let stored: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert!(stored == *schema, "{file} is stale: UPDATE_DOCS=1 cargo test --test it schemas");
}

fn plans_schema() -> Value {
    plan_spec::json_schema().into()
}

#[test]
fn schema_of_plans_is_current() {
    assert_current("plans.schema.json", &plans_schema());
}

#[test]
fn schemas_of_requests_are_current() {
    assert_current("requests.schema.json", &requests_schema());
}

/// Makes the schemas of all requests from the published facts.
fn requests_schema() -> Value {
    let schemas: Map<String, Value> = VERSIONS.iter().flat_map(schemas_of).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Requests of Database Backup Service (DBS), APIs 2019-03-06 and 2021-01-01",
        "description": "The schema of a request is below `$defs`, by the name of its operation. \
                        Numbers and flags may also be strings.",
        "$defs": schemas,
    })
}

/// Makes the schemas of the requests of one version.
fn schemas_of(version: &Version) -> Map<String, Value> {
    let enums = &version.read("enums.json")["enums"];
    let schemas = version.operations().into_iter().map(|(action, row)| {
        let parameters = row["parameters"].as_array().unwrap().iter();
        let parameters: Vec<_> = parameters
            .map(|parameter| (parameter["name"].as_str().unwrap(), parameter))
            .filter(|(name, _)| !version.without_type.contains(name))
            .collect();
        let properties: Map<String, Value> = parameters
            .iter()
            .map(|(name, facts)| ((*name).to_owned(), parameter(enums, &action, name, facts)))
            .collect();
        let required: Vec<_> = parameters
            .iter()
            .filter(|(_, f)| f["required"] == true)
            .map(|(name, _)| *name)
            .collect();
        let mut schema = json!({
            "title": action, "description": row["summary"], "type": "object",
            "properties": properties, "additionalProperties": false,
        });
        if !required.is_empty() {
            schema["required"] = json!(required);
        }
        (action, schema)
    });
    schemas.collect()
}

/// Returns the values of a parameter, with the name of their set.
fn values(enums: &Value, place: &str, facts: &Value) -> Option<(String, Vec<Value>)> {
    let is_used = |set: &Value| set["used_in"].as_array().unwrap().iter().any(|used| used == place);
    let published = |set: &Value| {
        let values = set["values"].as_array().unwrap().iter();
        let values = values.filter(|v| v["value"] != "" && v["misspelled_of"].is_null());
        values.map(|value| value["value"].clone()).collect()
    };
    match enums.as_object().unwrap().iter().find(|(_, set)| is_used(set)) {
        _ if facts["name"] == "FromApp" => None,
        Some((name, set)) => Some((name.clone(), published(set))),
        None => facts["values"].as_array().map(|values| (String::new(), values.clone())),
    }
}

/// Returns the schema of a parameter.
fn parameter(enums: &Value, action: &str, name: &str, facts: &Value) -> Value {
    let text = |key: &str| facts[key].as_str().unwrap_or_default();
    let set = values(enums, &format!("{action}.{name}"), facts);
    let set_name = set.as_ref().map(|(name, _)| name.as_str());
    // API 2021-01-01 has numbers of the type `String`.
    let is_page = matches!(name, "CurrentPage" | "PageNumber" | "PageSize");
    let number = matches!(text("type"), "Integer" | "Long")
        || text("format").starts_with("unix")
        || text("range").contains("..=") && !text("range").contains("length")
        || is_page
        || name == "BakSetSize";
    let mut schema = match (text("type"), text("format"), &set) {
        ("Boolean", ..) => json!({ "enum": [true, false, "true", "false"] }),
        _ if set_name == Some("BooleanText") => json!({ "enum": [true, false, "true", "false"] }),
        (_, "json", _) => json!({ "type": ["array", "object", "string"] }),
        (_, "csv", _) => json!({ "type": "string" }),
        (_, _, Some((name, regions))) if name == "Region" => {
            json!({ "anyOf": [{ "enum": regions }, { "type": "string", "pattern": REGION }] })
        }
        ("String", _, Some((_, values))) if !number => json!({ "enum": values }),
        (_, _, Some((_, values))) if number => {
            let both = |value: &Value| {
                let number = value
                    .as_str()
                    .map_or_else(|| value.clone(), |v| json!(v.parse::<u64>().unwrap()));
                [number.clone(), json!(number.to_string())]
            };
            json!({ "enum": values.iter().flat_map(both).collect::<Vec<_>>() })
        }
        _ if number => json!({ "type": ["integer", "string"], "pattern": INTEGER, "minimum": 0 }),
        _ => json!({ "type": "string", "minLength": 1 }),
    };
    if schema.get("minimum").is_some() {
        if text("range").contains("; ") {
            // Years or months, which is another parameter.
            schema["minimum"] = json!(1);
        } else if let Some((min, max)) = text("range").split_once("..=") {
            schema["minimum"] = json!(min.parse::<u64>().unwrap());
            schema["maximum"] = json!(max.parse::<u64>().unwrap());
        }
    }
    if text("range").contains("length 1..=64") {
        schema["maxLength"] = json!(64);
    }
    let mut description = Vec::new();
    description.extend(facts["note"].as_str().map(str::to_owned));
    description
        .extend(facts["required_when"].as_str().map(|when| format!("Required when: {when}.")));
    if facts["documented"] == false {
        description.push("Undocumented; known from the vendor's SDK.".to_owned());
    }
    if !description.is_empty() {
        schema["description"] = description.join(" ").into();
    }
    if facts["secret"] == true {
        schema["writeOnly"] = true.into();
    }
    schema
}

struct SchemaOf;

impl OperationVisitor for SchemaOf {
    type Output = Value;

    fn visit<O: NamedOperation>(self) -> Value {
        json_schema::<O>().into()
    }
}

#[test]
fn every_request_has_its_schema() {
    let schemas = requests_schema();
    assert_eq!(schemas["$defs"].as_object().unwrap().len(), ALL.len() + v2021::ALL.len());
    for info in ALL.iter().chain(v2021::ALL) {
        let schema = visit(info.action, SchemaOf).or_else(|| v2021::visit(info.action, SchemaOf));
        let schema = schema.unwrap();
        assert_eq!(
            schema, schemas["$defs"][info.action],
            "{}: the crate contains schemas/requests.schema.json as it was when compiled; run \
             `UPDATE_DOCS=1 cargo test --test it schemas`, then the tests again",
            info.action,
        );
        assert_eq!(schema["title"], info.action);
    }
}

#[test]
fn schema_accepts_every_request() {
    let schemas = requests_schema();
    let requests = VERSIONS.each_ref().map(|version| version.read("requests.json"));
    let sets = requests.iter().flat_map(|file| file.as_object().unwrap());
    assert_eq!(sets.clone().count(), ALL.len() + v2021::ALL.len());
    for (action, sets) in sets {
        let schema = &schemas["$defs"][action];
        for request in sets.as_array().unwrap() {
            assert_eq!(check(schema, request), Ok(()), "{action}");
            for name in schema["required"].as_array().into_iter().flatten() {
                let mut incomplete = request.clone();
                incomplete.as_object_mut().unwrap().remove(name.as_str().unwrap()).unwrap();
                assert!(check(schema, &incomplete).is_err(), "{action} without {name}");
            }
            let mut other = request.clone();
            other["Unknown"] = "x".into();
            assert!(check(schema, &other).is_err(), "{action}");
        }
    }
}

#[test]
fn schema_of_requests_rejects_wrong_values() {
    let schemas = requests_schema();
    for (action, request, is_valid) in [
        ("CreateBackupPlan", json!({ "BackupMethod": "logical" }), false),
        ("DescribeBackupPlanList", json!({ "PageSize": 50, "Region": "cn-nanjing" }), true),
        ("DescribeBackupPlanList", json!({ "PageSize": "50" }), true),
        ("DescribeBackupPlanList", json!({ "PageSize": 101 }), false),
        ("DescribeBackupPlanList", json!({ "PageSize": "many" }), false),
        ("DescribeFullBackupList", json!({ "BackupPlanId": "dbs1", "PageSize": 31 }), false),
        ("StopBackupPlan", json!({ "BackupPlanId": "dbs1", "StopMethod": "SOME" }), false),
        ("StopBackupPlan", json!({ "BackupPlanId": "dbs1", "StopMethod": "ALL" }), true),
        ("DescribeSandboxInstances", json!({ "BackupPlanId": "1h", "PageSize": "50" }), true),
        ("DescribeSandboxInstances", json!({ "BackupPlanId": "1h", "PageSize": 31 }), false),
    ] {
        let result = check(&schemas["$defs"][action], &request);
        assert_eq!(result.is_ok(), is_valid, "{action} {request}: {result:?}");
    }
}

#[test]
fn schema_accepts_every_plan() {
    let schema = plans_schema();
    for plans in [PLANS, crate::reconcile_example::PLANS] {
        let given: Value = serde_yaml_ng::from_str(plans).unwrap();
        assert_eq!(check(&schema, &given), Ok(()));
        let written = serde_json::to_value(from_yaml(plans).unwrap()).unwrap();
        assert_eq!(check(&schema, &written), Ok(()));
    }
}

#[test]
fn schema_of_plans_rejects_wrong_values() {
    let schema = plans_schema();
    let given: Value = serde_yaml_ng::from_str(PLANS).unwrap();
    for (pointer, value) in [
        ("/0/class", json!("smal")),
        ("/0/name", json!("")),
        ("/0/billing", json!("12 months")),
        ("/0/source", json!({})),
        ("/0/source/mysql/password", json!("hunter2")),
        ("/0/source/mysql/password", json!({ "env": "A", "file": "B" })),
        ("/0/source/mysql/objects", json!([])),
        ("/0/source/mysql/at", json!({ "rds": { "region": "cn-hangzhou" } })),
        ("/0/schedule", json!("weekly")),
        ("/0/schedule/weekly/at", json!("25:00")),
        ("/0/schedule/weekly/days", json!([])),
        ("/0/retention/delete", json!(1826)),
        ("/0/storage", json!({ "built_in": null })),
        ("/2/source/redis/at/address/port", json!(0)),
    ] {
        let mut plans = given.clone();
        *plans.pointer_mut(pointer).unwrap() = value;
        assert!(check(&schema, &plans).is_err(), "{pointer}");
        assert!(from_json(&plans.to_string()).is_err(), "{pointer}");
    }
    let mut plans = given;
    plans[0]["unknown"] = 1.into();
    assert!(check(&schema, &plans).is_err());
}

/// Returns the pointers of all values below a value.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                pointers(item, &format!("{at}/{index}"), found);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                pointers(field, &format!("{at}/{name}"), found);
            }
        }
        _ => {}
    }
}

/// Values that a changed plan may contain.
///
/// No flags: where a name is expected, the reader accepts a flag as its string, which the schema does
/// not mention.
fn replacement() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!([])),
        Just(json!({})),
        prop_oneof![Just(-1_i64), Just(0), Just(1), Just(30), Just(1825), Just(70_000)]
            .prop_map(Value::from),
        "[a-z0-9]{0,3}".prop_map(Value::from),
        prop::sample::select(vec![
            "manual",
            "built_in",
            "weekly",
            "1 year",
            "9 years",
            "11 months",
            "02:30",
            "9:5Z",
            "cn-nanjing",
            "Monday",
            " 3306 ",
            "a,b",
            "a b",
            "pay_as_you_go",
            "2026-03-01T09:00:00Z",
        ])
        .prop_map(Value::from),
    ]
}

#[derive(Clone, Debug)]
enum Mutation {
    Replace(prop::sample::Index, Value),
    Remove(prop::sample::Index),
    Rename(prop::sample::Index, String),
    Copy(prop::sample::Index, prop::sample::Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let index = any::<prop::sample::Index>;
    let key =
        prop::sample::select(vec!["mysql", "redis", "env", "file", "rds", "dds", "at", "nam"]);
    prop_oneof![
        (index(), replacement()).prop_map(|(at, value)| Mutation::Replace(at, value)),
        index().prop_map(Mutation::Remove),
        (index(), key).prop_map(|(at, key)| Mutation::Rename(at, key.to_owned())),
        (index(), index()).prop_map(|(from, to)| Mutation::Copy(from, to)),
    ]
}

/// Removes a field, and returns the map that it was in.
fn take<'v>(plans: &'v mut Value, at: &str) -> Option<(&'v mut Map<String, Value>, Value)> {
    let (parent, key) = at.rsplit_once('/')?;
    let fields = plans.pointer_mut(parent)?.as_object_mut()?;
    let value = fields.remove(key)?;
    Some((fields, value))
}

fn mutate(plans: &mut Value, mutation: Mutation) {
    let mut found = Vec::new();
    pointers(plans, "", &mut found);
    let pick = |index: prop::sample::Index| found[index.index(found.len())].as_str();
    match mutation {
        Mutation::Replace(at, value) => *plans.pointer_mut(pick(at)).unwrap() = value,
        Mutation::Copy(from, to) => {
            let value = plans.pointer(pick(from)).unwrap().clone();
            if value.is_boolean() {
                return;
            }
            *plans.pointer_mut(pick(to)).unwrap() = value;
        }
        Mutation::Remove(at) => {
            take(plans, pick(at));
        }
        Mutation::Rename(at, key) => {
            if let Some((fields, value)) = take(plans, pick(at)) {
                fields.insert(key, value);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn schema_accepts_what_the_reader_accepts(
        plan in any::<prop::sample::Index>(),
        mutations in prop::collection::vec(mutation(), 1..3),
    ) {
        let plans: Value = serde_yaml_ng::from_str(PLANS).unwrap();
        let mut one = json!([plan.get(plans.as_array().unwrap().as_slice())]);
        for mutation in mutations {
            mutate(&mut one, mutation);
        }
        if from_json(&one.to_string()).is_ok() {
            static SCHEMA: LazyLock<Value> = LazyLock::new(plans_schema);
            prop_assert_eq!(check(&SCHEMA, &one), Ok(()), "{}", one);
        }
    }
}
