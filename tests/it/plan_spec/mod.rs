//! Tests plans as code: reading, rules, secrets, and the requests that they become.

mod reading;
mod requests;
mod rules;
mod secrets;

use aliyun_dbs::workflows::plan_spec::{PlanSpec, PlanSpecError, from_deserializer, from_json};

/// Plans that together contain every field, engine and location.
pub(crate) const PLANS: &str = include_str!("../../data/plans.yaml");

pub(crate) fn from_yaml(yaml: &str) -> Result<Vec<PlanSpec>, PlanSpecError> {
    from_deserializer(serde_yaml_ng::Deserializer::from_str(yaml))
}

fn plans() -> Vec<PlanSpec> {
    from_yaml(PLANS).unwrap()
}

fn plan(name: &str) -> PlanSpec {
    plans().into_iter().find(|plan| plan.name == name).unwrap()
}

/// Returns the error of the plans with a change of one line, in YAML and in JSON.
fn errors_after(line: &str, replacement: &str) -> [PlanSpecError; 2] {
    assert_eq!(PLANS.matches(line).count(), 1, "{line}");
    let yaml = PLANS.replace(line, replacement);
    let value: serde_json::Value = serde_yaml_ng::from_str(&yaml).unwrap();
    let json = serde_json::to_string_pretty(&value).unwrap();
    [from_yaml(&yaml).unwrap_err(), from_json(&json).unwrap_err()]
}
