//! `json_schema`: the JSON Schema of a request.

use schemars::Schema;
use serde_json::Value;

use super::NamedOperation;

/// The schemas of all requests, which `tests/it/schemas.rs` makes from the published facts.
const SCHEMAS: &str = include_str!("../../../schemas/requests.schema.json");

/// Returns the JSON Schema of a request.
///
/// It describes the parameters that [`from_json`](super::from_json) reads, by wire name. Numbers and
/// flags may also be strings. It also works for the requests of
/// [`v2021_01_01`](crate::v2021_01_01). The repository contains the schemas of all requests as
/// `schemas/requests.schema.json`, below `$defs`.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::operations::{StopBackupPlan, json_schema};
///
/// let schema = json_schema::<StopBackupPlan>();
/// let required = schema.get("required").and_then(|names| names.as_array());
/// assert!(required.is_some_and(|names| names.contains(&"BackupPlanId".into())));
/// ```
pub fn json_schema<O: NamedOperation>() -> Schema {
    of(O::ACTION)
}

/// Returns the schema of an operation's request.
pub(crate) fn of(action: &str) -> Schema {
    let mut schemas: Value = serde_json::from_str(SCHEMAS).unwrap_or_default();
    let schema = schemas.pointer_mut(&format!("/$defs/{action}")).map(Value::take);
    schema.and_then(|schema| Schema::try_from(schema).ok()).unwrap_or_default()
}
