//! `from_json` and `from_deserializer`: read a request, and reject parameters that it does not have.

use serde::Deserialize;
use serde::de::Deserializer;
use serde_json::{Map, Value};

use super::NamedOperation;
use crate::rpc::error::{Error, ErrorKind};
use crate::rpc::operation::ApiRequest;

/// Reads a request from a JSON object that maps wire names to values.
///
/// Rejects a parameter that the request does not have. Plain serde ignores it, so a misspelled
/// name would silently be missing from a purchase or a backup. Lists and objects may be JSON, or
/// JSON in a string as the service takes them. A parameter that is `null` or an empty string is
/// treated as missing.
///
/// # Errors
///
/// Returns an error of kind [`ErrorKind::Request`] if the JSON is not an object, if a parameter is
/// missing or invalid, or if the operation has no parameter of a given name. The message contains
/// no password.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::operations::{StopBackupPlan, from_json};
///
/// let stop: StopBackupPlan = from_json(r#"{"BackupPlanId":"dbs1","StopMethod":"ALL"}"#)?;
/// assert_eq!(stop.backup_plan_id.as_str(), "dbs1");
///
/// let misspelled = r#"{"BackupPlanId":"dbs1","StopMethod":"ALL","ClientTokn":"order-1"}"#;
/// let error = from_json::<StopBackupPlan>(misspelled).unwrap_err();
/// assert!(error.to_string().contains("ClientTokn"));
/// # Ok::<(), aliyun_dbs::Error>(())
/// ```
pub fn from_json<O: NamedOperation>(json: &str) -> Result<O, Error> {
    // Syntax errors quote nothing, but a type error would quote a value, possibly a password.
    let parameters: Value = serde_json::from_str(json)
        .map_err(|error| invalid::<O>(&format!("expected a JSON object: {error}")))?;
    read(parameters, "expected a JSON object")
}

/// Reads a request from any serde format, such as YAML, as strictly as [`from_json`].
///
/// # Errors
///
/// Returns the errors of [`from_json`], and an error if the deserializer fails. The message contains
/// no value that the deserializer quotes, because it may be a password.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::operations::{DescribeBackupPlanList, from_deserializer};
///
/// let yaml = "PageSize: 50\nRegion: cn-hangzhou";
/// let list: DescribeBackupPlanList =
///     from_deserializer(serde_yaml_ng::Deserializer::from_str(yaml))?;
/// assert_eq!(list.page_size.map(|size| size.get()), Some(50));
///
/// let misspelled = serde_yaml_ng::Deserializer::from_str("PagSize: 50");
/// let error = from_deserializer::<DescribeBackupPlanList, _>(misspelled).unwrap_err();
/// assert!(error.to_string().contains("PagSize"));
/// # Ok::<(), aliyun_dbs::Error>(())
/// ```
pub fn from_deserializer<'de, O, D>(deserializer: D) -> Result<O, Error>
where
    O: NamedOperation,
    D: Deserializer<'de>,
{
    const EXPECTED: &str = "expected parameters by name";
    let parameters = Value::deserialize(deserializer).map_err(|error| {
        let error = error.to_string();
        let line = error.lines().next().unwrap_or_default();
        invalid::<O>(&format!("{EXPECTED}: {}", without_quotes(line)))
    })?;
    read(parameters, EXPECTED)
}

fn invalid<O: NamedOperation>(reason: &str) -> Error {
    Error::new(ErrorKind::Request, format!("invalid `{}` request: {reason}", O::ACTION))
}

/// Replaces what a message quotes, because it may be a part of a password.
fn without_quotes(message: &str) -> String {
    let parts = message.split(['"', '\'', '`']).enumerate();
    let shown = parts.map(|(index, part)| if index % 2 == 0 { part } else { "…" });
    shown.collect::<Vec<_>>().join("`")
}

/// Reads a request from the parameters of a file.
fn read<O: NamedOperation>(parameters: Value, expected: &str) -> Result<O, Error> {
    let invalid = |reason: String| invalid::<O>(&reason);
    let Value::Object(parameters) = parameters else {
        return Err(invalid(expected.to_owned()));
    };
    let parameters: Map<String, Value> = parameters
        .into_iter()
        .filter(|(_, value)| !value.is_null() && value != "")
        .map(|(name, value)| (name, encode_nested(value)))
        .collect();
    let request: O =
        serde_path_to_error::deserialize(Value::Object(parameters.clone())).map_err(|error| {
            let reason = error.inner().to_string();
            match error.path().to_string() {
                _ if contains_password(&reason, &parameters) => {
                    let reason = "a password, or another parameter with the same value, could not \
                                  be read; write it as a string in quotes";
                    invalid(reason.to_owned())
                }
                path if path == "." => invalid(reason),
                path => invalid(format!("`{path}`: {reason}")),
            }
        })?;
    let sent = request.parameters().map_err(|error| invalid(error.to_string()))?;
    match parameters.keys().find(|name| !sent.contains(name)) {
        None => Ok(request),
        Some(name) => {
            let reason =
                format!("`{name}` is unknown, or cannot be combined with the other parameters");
            Err(invalid(reason)
                .with_hint("check its spelling; to send it anyway, use `Call::parameter`"))
        }
    }
}

/// Encodes a list or an object as JSON in a string, which the service takes.
fn encode_nested(value: Value) -> Value {
    match value {
        Value::Array(_) | Value::Object(_) => value.to_string().into(),
        scalar => scalar,
    }
}

/// Returns whether an error message contains a password, since serde quotes an invalid value.
fn contains_password(message: &str, parameters: &Map<String, Value>) -> bool {
    parameters.iter().filter(|(name, _)| name.ends_with("Password")).any(|(_, value)| {
        let password = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        // Rust and JSON escape it differently.
        let escaped = [format!("{password:?}"), Value::from(password.as_str()).to_string()];
        let is_in_message = |escaped: &String| message.contains(escaped.trim_matches('"'));
        message.contains(&password) || escaped.iter().any(is_in_message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v2019_03_06::operations::{ConfigureBackupPlan, DescribeBackupPlanList};

    const PLAN: &str = r#"{
        "BackupPlanId": "dbs1", "BackupPlanName": "orders", "ClientToken": null,
        "SourceEndpointInstanceType": "RDS", "SourceEndpointRegion": "cn-hangzhou",
        "SourceEndpointInstanceID": "rm-1", "SourceEndpointUserName": "dbs",
        "SourceEndpointPassword": "hunter2", "BackupStrategyType": "manual",
        "BackupObjects": [{"DBName": "orders"}]"#;

    #[test]
    fn reads_a_plan_with_password_and_objects() {
        let plan: ConfigureBackupPlan = from_json(&format!("{PLAN}}}")).unwrap();
        let parameters = ApiRequest::parameters(&plan).unwrap();
        assert!(parameters.contains("SourceEndpointPassword"));
        assert_eq!(parameters.get("BackupObjects"), Some(r#"[{"DBName":"orders"}]"#));
    }

    #[test]
    fn error_names_a_parameter_that_is_not_used() {
        for name in ["BackupRetentionPeriode", "EnableBackuplog", "BackupPeriod"] {
            let json = format!(r#"{PLAN}, "{name}": "Monday"}}"#);
            let error = from_json::<ConfigureBackupPlan>(&json).unwrap_err().to_string();
            assert!(error.contains(name) && !error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn error_names_the_parameter_but_no_password() {
        let error = from_json::<DescribeBackupPlanList>(r#"{"PageSize": 1000}"#).unwrap_err();
        assert!(error.to_string().contains("PageSize"), "{error}");
        let number = format!("{}}}", PLAN.replace(r#""hunter2""#, "123454321"));
        let error = from_json::<ConfigureBackupPlan>(&number).unwrap_err().to_string();
        assert!(error.contains("in quotes") && !error.contains("123454321"), "{error}");
        for password in ["hunter2", r#"hun\"ter2"#, r"hun\\ter2", r"hun\u00e9ter2"] {
            let plan = PLAN.replace("hunter2", password);
            let json = format!("{}}}", plan.replace(r#""RDS""#, &format!(r#""{password}""#)));
            let error = from_json::<ConfigureBackupPlan>(&json).unwrap_err().to_string();
            assert!(!error.contains("ter2"), "{error}");
        }
        for json in ["", "[]", "hunter2", r#"{"SourceEndpointPassword":"hunter2"#] {
            let error = from_json::<ConfigureBackupPlan>(json).unwrap_err().to_string();
            assert!(
                error.contains("expected a JSON object") && !error.contains("hunter2"),
                "{error}"
            );
        }
    }
}
