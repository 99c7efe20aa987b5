//! `json_schema`: the JSON Schema of a list of plans.

use schemars::{Schema, schema_for};

use super::spec::PlanSpec;

const SCHEMA_TITLE: &str = "Backup plans of aliyun-dbs";

/// Returns the JSON Schema of a list of plans.
///
/// The repository contains it as `schemas/plans.schema.json`, for editors. It describes the values
/// as this crate writes them: [`from_deserializer`](super::from_deserializer) also reads other cases
/// of names, such as `Small`. The rules of [`PlanSpec::check`] between fields are not part of it.
pub fn json_schema() -> Schema {
    let mut schema = schema_for!(Vec<PlanSpec>);
    schema.insert("title".to_owned(), SCHEMA_TITLE.into());
    schema
}
