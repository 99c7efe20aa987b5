//! `Edit`: a change of a response, and how it is applied.

use bytes::Bytes;
use http::Response;
use serde_json::{Map, Value};

use super::error_response::ErrorResponse;
use crate::rpc::transport::RecordedRequest;

/// A change of a response.
#[derive(Clone, Debug)]
pub(super) enum Edit {
    Set { path: String, json: String },
    Remove { path: String },
    BodyStatus(u16),
    RefuseUnknownId { status: u16, code: String },
}

impl Edit {
    /// Returns how many bytes the strings take.
    #[cfg(feature = "emulator")]
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Set { path, json } => path.len() + json.len(),
            Self::Remove { path } => path.len(),
            Self::BodyStatus(_) => 0,
            Self::RefuseUnknownId { code, .. } => code.len(),
        }
    }
}

/// Applies changes to a response. Returns an error to respond with instead, if there is one.
pub(super) fn apply(
    edits: &[Edit],
    request: &RecordedRequest,
    response: Response<Bytes>,
) -> Result<Response<Bytes>, ErrorResponse> {
    if edits.is_empty() {
        return Ok(response);
    }
    let Ok(mut body @ Value::Object(_)) = serde_json::from_slice(response.body()) else {
        return Ok(response);
    };
    let mut texts: Vec<&str> = Vec::new();
    for edit in edits {
        match edit {
            Edit::Set { path, json } => {
                let value = Value::from(placeholder(texts.len()));
                texts.push(json);
                change(&mut body, &segments(path), &Change::Set(value));
            }
            Edit::Remove { path } => change(&mut body, &segments(path), &Change::Remove),
            Edit::BodyStatus(status) => fail_in_body(&mut body, *status),
            Edit::RefuseUnknownId { status, code } => {
                if is_unknown_id(request, &body) {
                    let message = "the id does not exist: check the id";
                    return Err(match status {
                        200 => ErrorResponse::business(code, message),
                        status => ErrorResponse::gateway(*status, code, message),
                    });
                }
            }
        }
    }
    let mut text = body.to_string();
    for (index, json) in texts.into_iter().enumerate() {
        text = text.replace(&Value::from(placeholder(index)).to_string(), json);
    }
    Ok(response.map(|_| text.into()))
}

/// Returns a string that no response has, in the place of a JSON text.
fn placeholder(index: usize) -> String {
    format!("\u{1}json {index}\u{1}")
}

fn segments(path: &str) -> Vec<&str> {
    path.split('.').collect()
}

/// What to do with the field at the end of a path.
enum Change {
    Set(Value),
    Remove,
}

/// Changes the fields at a path.
fn change(value: &mut Value, path: &[&str], change_to: &Change) {
    let Some((name, rest)) = path.split_first() else { return };
    if !rest.is_empty() {
        match value {
            Value::Object(fields) if *name == "*" => {
                for field in fields.values_mut() {
                    change(field, rest, change_to);
                }
            }
            Value::Object(fields) => {
                if let Some(field) = fields.get_mut(*name) {
                    change(field, rest, change_to);
                }
            }
            Value::Array(rows) if *name == "*" => {
                for row in rows {
                    change(row, rest, change_to);
                }
            }
            Value::Array(rows) => {
                let index = name.parse::<usize>().ok();
                if let Some(row) = index.and_then(|index| rows.get_mut(index)) {
                    change(row, rest, change_to);
                }
            }
            _ => {}
        }
        return;
    }
    match (value, change_to) {
        (Value::Object(fields), Change::Set(to)) if *name == "*" => {
            for field in fields.values_mut() {
                *field = to.clone();
            }
        }
        (Value::Object(fields), Change::Set(to)) => {
            fields.insert((*name).to_owned(), to.clone());
        }
        (Value::Object(fields), Change::Remove) if *name == "*" => fields.clear(),
        (Value::Object(fields), Change::Remove) => drop(fields.remove(*name)),
        (Value::Array(rows), Change::Set(to)) if *name == "*" => rows.fill(to.clone()),
        (Value::Array(rows), Change::Remove) if *name == "*" => rows.clear(),
        (Value::Array(rows), to) => match (name.parse::<usize>(), to) {
            (Ok(index), Change::Set(to)) if index == rows.len() => rows.push(to.clone()),
            (Ok(index), Change::Set(to)) if index < rows.len() => rows[index] = to.clone(),
            (Ok(index), Change::Remove) if index < rows.len() => drop(rows.remove(index)),
            _ => {}
        },
        _ => {}
    }
}

/// Turns a response into a failure with a status in the body.
fn fail_in_body(body: &mut Value, status: u16) {
    let id = body.get("RequestId").cloned().unwrap_or_default();
    let mut failed = Map::new();
    failed.insert("RequestId".to_owned(), id);
    failed.insert("Success".to_owned(), false.into());
    failed.insert("HttpStatusCode".to_owned(), status.into());
    failed.insert("ErrCode".to_owned(), "undefined".into());
    failed.insert("ErrMessage".to_owned(), "undefined".into());
    *body = failed.into();
}

/// Returns whether the service does not know the id of a request.
fn is_unknown_id(request: &RecordedRequest, body: &Value) -> bool {
    let message = body.get("ErrMessage").and_then(Value::as_str).unwrap_or_default();
    if message.contains("does not exist: check the id") {
        return true;
    }
    let is_filter = |name: &str| {
        matches!(name, "BackupPlanId" | "BackupSetId" | "RestoreTaskId" | "BackupSetDownloadTaskId")
    };
    let names_id =
        request.parameters().into_iter().any(|(name, _)| is_filter(name.trim_end_matches('s')));
    names_id && body.get("TotalElements").and_then(Value::as_u64) == Some(0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn request(parameter: &str) -> RecordedRequest {
        let uri = format!("http://h/?Action=DescribeBackupPlanList&{parameter}=x");
        RecordedRequest::new(http::Request::builder().uri(uri).body(Bytes::new()).unwrap())
    }

    fn edited(edits: &[Edit], body: &Value) -> String {
        let response = Response::new(Bytes::from(body.to_string()));
        let response = apply(edits, &request("BackupPlanId"), response).unwrap();
        String::from_utf8(response.into_body().to_vec()).unwrap()
    }

    fn set(path: &str, json: &str) -> Edit {
        Edit::Set { path: path.to_owned(), json: json.to_owned() }
    }

    fn remove(path: &str) -> Edit {
        Edit::Remove { path: path.to_owned() }
    }

    #[test]
    fn paths_name_fields_rows_and_all_rows() {
        let body = json!({ "A": { "B": [{ "C": 1 }, { "C": 2 }] }, "D": 3 });
        for (edit, after) in [
            (set("D", "1e3"), r#"{"A":{"B":[{"C":1},{"C":2}]},"D":1e3}"#),
            (set("D", r#"1,"D":2"#), r#"{"A":{"B":[{"C":1},{"C":2}]},"D":1,"D":2}"#),
            (set("A.B.0.C", "null"), r#"{"A":{"B":[{"C":null},{"C":2}]},"D":3}"#),
            (set("A.B.*.C", r#""x""#), r#"{"A":{"B":[{"C":"x"},{"C":"x"}]},"D":3}"#),
            (set("A.B.*.E", "{}"), r#"{"A":{"B":[{"C":1,"E":{}},{"C":2,"E":{}}]},"D":3}"#),
            (set("A.B.2", "null"), r#"{"A":{"B":[{"C":1},{"C":2},null]},"D":3}"#),
            (set("A.B", "[]"), r#"{"A":{"B":[]},"D":3}"#),
            (remove("A.B.1"), r#"{"A":{"B":[{"C":1}]},"D":3}"#),
            (remove("A.B.*.C"), r#"{"A":{"B":[{},{}]},"D":3}"#),
            (remove("A"), r#"{"D":3}"#),
            (set("X.Y.Z", "1"), r#"{"A":{"B":[{"C":1},{"C":2}]},"D":3}"#),
            (remove("A.B.9"), r#"{"A":{"B":[{"C":1},{"C":2}]},"D":3}"#),
            (set("D.E", "1"), r#"{"A":{"B":[{"C":1},{"C":2}]},"D":3}"#),
        ] {
            assert_eq!(edited(std::slice::from_ref(&edit), &body), after, "{edit:?}");
        }
        let both = [set("D", "1"), set("A", "2")];
        assert_eq!(edited(&both, &body), r#"{"A":2,"D":1}"#);
    }

    #[test]
    fn only_empty_lists_of_an_id_are_refused() {
        let refuse = [Edit::RefuseUnknownId { status: 404, code: "InvalidJobId".to_owned() }];
        let refused = |parameter: &str, body: &Value| {
            let response = Response::new(Bytes::from(body.to_string()));
            apply(&refuse, &request(parameter), response).is_err()
        };
        let (empty, full) = (json!({ "TotalElements": 0 }), json!({ "TotalElements": 1 }));
        assert!(refused("BackupPlanId", &empty));
        assert!(refused("BackupPlanIds", &empty));
        assert!(!refused("BackupPlanId", &full));
        assert!(!refused("ResourceGroupId", &empty));
        let unknown = json!({ "ErrMessage": "backup plan `x` does not exist: check the id" });
        assert!(refused("PageNum", &unknown));
    }
}
