//! Tests of what the fields of every response say for zero and for numbers with a fraction.

use serde_json::{Value, json};

use crate::coverage::published_body;
use crate::response_fields::{Decode, find, paths, render};
use crate::support::published::{operations, visit};

/// Fields whose names say "time", but which are not points in time.
const NOT_TIMES: [&str; 3] = ["BackupStartTime", "BackupRetentionPeriod", "TimeZone"];

/// Returns the paths of all values of a body.
fn all_paths(body: &Value) -> Vec<String> {
    let mut all = Vec::new();
    paths(body, "", &mut all);
    all
}

/// Returns what a response says at a path, if the service sends `value` there.
fn read_as(action: &str, body: &Value, path: &str, value: &str) -> Option<Value> {
    let sent = render(body, "", path, value);
    let (written, unread) = visit(action, Decode(sent.as_bytes())).unwrap();
    assert!(unread.is_empty(), "{action} {path} = {value}: {unread:?}");
    find(&written, path).filter(|value| !value.is_null()).cloned()
}

#[test]
fn zero_is_no_time_and_no_gateway() {
    let (mut tried, mut wrong) = (0, Vec::new());
    for (action, row) in operations() {
        let body = published_body(&row["response"]);
        for path in all_paths(&body) {
            let name = path.rsplit('.').next().unwrap();
            let is_time =
                (name.contains("Time") && !NOT_TIMES.contains(&name)) || name == "GmtCreate";
            let is_gateway = name.contains("GatewayId") && !path.contains("BackupGateway[");
            let is_leaf = !matches!(find(&body, &path), Some(Value::Array(_) | Value::Object(_)));
            if !(is_time || is_gateway) || !is_leaf {
                continue;
            }
            for zero in ["0", r#""0""#, "0.0"] {
                tried += 1;
                if let Some(value) = read_as(&action, &body, &path, zero) {
                    wrong.push(format!("{action} {path} = {zero}: {value}"));
                }
            }
        }
    }
    assert!(tried > 100, "only {tried} variations");
    assert!(wrong.is_empty(), "{} of {tried}: {wrong:#?}", wrong.len());
}

#[test]
fn every_list_reads_its_numbers_in_every_notation() {
    let mut lists = 0;
    for (action, row) in operations() {
        let body = published_body(&row["response"]);
        for path in all_paths(&body) {
            let name = path.rsplit('.').next().unwrap();
            if !["PageNum", "PageNumber", "PageSize", "TotalPages", "TotalElements"].contains(&name)
            {
                continue;
            }
            lists += usize::from(name == "PageSize");
            for number in ["30", "30.0", "3e1", r#""30""#, r#""30.0""#, r#""3e1""#] {
                let read = read_as(&action, &body, &path, number);
                assert_eq!(read, Some(json!(30)), "{action} {path} = {number}");
            }
        }
    }
    assert_eq!(lists, 6 + 1);
}
