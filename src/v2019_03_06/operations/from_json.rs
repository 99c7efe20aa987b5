//! `from_json`: a request out of a file, with every member accounted for.

use serde_json::{Map, Value};

use super::NamedOperation;
use crate::rpc::error::{Error, ErrorKind};
use crate::rpc::operation::ApiRequest;

/// Reads a request from a JSON object whose members are the parameters by their wire names.
///
/// serde alone passes over members that a type does not have, and a misspelled one would be left
/// out of what is bought or backed up: here it is an error. Lists and objects may be JSON, or the
/// text of it that the service takes. A member that is `null` or empty counts as left out.
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
///
/// # Errors
///
/// When it is no JSON object, a parameter is missing or cannot be read, or the operation has no
/// parameter of a member's name. What a password was is not said.
pub fn from_json<O: NamedOperation>(json: &str) -> Result<O, Error> {
    let refuse = |why: String| Error::new(ErrorKind::Request, format!("{}: {why}", O::ACTION));
    // Errors of syntax quote nothing; one of a type would quote a value.
    let members: Value = serde_json::from_str(json)
        .map_err(|error| refuse(format!("the parameters are no JSON object: {error}")))?;
    let Value::Object(members) = members else {
        return Err(refuse("the parameters are no JSON object".to_owned()));
    };
    let members: Map<String, Value> = members
        .into_iter()
        .filter(|(_, value)| !value.is_null() && value != "")
        .map(|(name, value)| (name, flat(value)))
        .collect();
    let request: O =
        serde_path_to_error::deserialize(Value::Object(members.clone())).map_err(|error| {
            let said = error.inner().to_string();
            match error.path().to_string() {
                _ if quotes_a_password(&said, &members) => {
                    let why = "a password cannot be read, or a value that is like one: write it as \
                               a text in quotes";
                    refuse(why.to_owned())
                }
                path if path == "." => refuse(said),
                path => refuse(format!("{path}: {said}")),
            }
        })?;
    let known = request.parameters().map_err(|error| refuse(error.to_string()))?;
    match members.keys().find(|name| !known.contains(name)) {
        None => Ok(request),
        Some(name) => {
            Err(refuse(format!("it takes no parameter {name}, or none beside the others"))
                .with_hint("Check its spelling; what the type does not have goes onto the call"))
        }
    }
}

/// Lists and objects as the service takes them: JSON in a text.
fn flat(value: Value) -> Value {
    match value {
        Value::Array(_) | Value::Object(_) => value.to_string().into(),
        scalar => scalar,
    }
}

/// serde quotes the value that it cannot read.
fn quotes_a_password(said: &str, members: &Map<String, Value>) -> bool {
    members.iter().filter(|(name, _)| name.ends_with("Password")).any(|(_, value)| {
        // As it is, and as Rust or JSON quote it.
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let quoted = [format!("{text:?}"), Value::from(text.as_str()).to_string()];
        let within = |quoted: &String| said.contains(quoted.trim_matches('"'));
        said.contains(&text) || quoted.iter().any(within)
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
    fn a_plan_is_read_whole_with_its_password_and_its_objects() {
        let plan: ConfigureBackupPlan = from_json(&format!("{PLAN}}}")).unwrap();
        let parameters = ApiRequest::parameters(&plan).unwrap();
        assert!(parameters.contains("SourceEndpointPassword"));
        assert_eq!(parameters.get("BackupObjects"), Some(r#"[{"DBName":"orders"}]"#));
    }

    #[test]
    fn a_member_that_goes_nowhere_is_named() {
        for member in ["BackupRetentionPeriode", "EnableBackuplog", "BackupPeriod"] {
            let json = format!(r#"{PLAN}, "{member}": "Monday"}}"#);
            let error = from_json::<ConfigureBackupPlan>(&json).unwrap_err().to_string();
            assert!(error.contains(member) && !error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_told_by_its_place_and_without_passwords() {
        let error = from_json::<DescribeBackupPlanList>(r#"{"PageSize": 1000}"#).unwrap_err();
        assert!(error.to_string().contains("PageSize"), "{error}");
        let number = format!("{}}}", PLAN.replace(r#""hunter2""#, "123454321"));
        let error = from_json::<ConfigureBackupPlan>(&number).unwrap_err().to_string();
        assert!(error.contains("in quotes") && !error.contains("123454321"), "{error}");
        for password in ["hunter2", r#"hun\"ter2"#, r"hun\\ter2", r"hun\u00e9ter2"] {
            let with_it = PLAN.replace("hunter2", password);
            let json = format!("{}}}", with_it.replace(r#""RDS""#, &format!(r#""{password}""#)));
            let error = from_json::<ConfigureBackupPlan>(&json).unwrap_err().to_string();
            assert!(!error.contains("ter2"), "{error}");
        }
        for json in ["", "[]", "hunter2", r#"{"SourceEndpointPassword":"hunter2"#] {
            let error = from_json::<ConfigureBackupPlan>(json).unwrap_err().to_string();
            assert!(error.contains("no JSON object") && !error.contains("hunter2"), "{error}");
        }
    }
}
