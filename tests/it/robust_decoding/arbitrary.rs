//! Tests that arbitrary bodies decode or fail with an error, and never cause a panic.

use std::fmt::Write;

use aliyun_dbs::operations::{ALL, visit};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use super::samples::*;

#[test]
fn deep_nesting_fails_without_panic() {
    for (action, sample) in samples() {
        let field = sample
            .as_object()
            .unwrap()
            .keys()
            .find(|name| !ENVELOPE.contains(&name.as_str()))
            .unwrap();
        for (open, close) in [("[", "]"), (r#"{"Items":"#, "}")] {
            // Within and beyond the recursion limit of the JSON parser.
            for depth in [100, 2_000] {
                for close in ["", close] {
                    let deep = format!("{}1{}", open.repeat(depth), close.repeat(depth));
                    for body in [deep.clone(), format!(r#"{{"{field}":{deep}}}"#)] {
                        check_outcome(action, 200, body.as_bytes());
                    }
                }
            }
        }
    }
    let deep = "[".repeat(200_000);
    for status in [200, 400] {
        check_outcome("DescribeRegions", status, deep.as_bytes());
    }
}

/// Checks that a body decodes, or fails with an error of one line.
fn check_outcome(action: &str, status: u16, body: &[u8]) {
    if let Err(error) = visit(action, DecodeBody { status, body }).unwrap() {
        let line = error.to_string();
        assert!(!line.contains(char::is_control), "{action} {status}: {line:?}");
        assert!(line.starts_with(action), "{line}");
        let has_code = error.code().is_some_and(|code| !code.is_empty());
        let says_why = !error.message().is_empty() || has_code;
        assert!(says_why, "{error:?}\n{}", String::from_utf8_lossy(body));
    }
}

/// Generates bodies, from random bytes to a response with one wrong value.
fn any_body(sample: &'static Value) -> impl Strategy<Value = Vec<u8>> {
    let places = places(sample);
    let text = sample.to_string();
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        any_json().prop_map(|json| json.to_string().into_bytes()),
        any::<Index>().prop_map(move |end| text.as_bytes()[..end.index(text.len())].to_vec()),
        (any::<Index>(), any_json()).prop_map(move |(which, json)| {
            replaced(sample, &places[which.index(places.len())], json).to_string().into_bytes()
        }),
        (any::<String>(), any::<String>()).prop_map(|(code, message)| {
            format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>").into_bytes()
        }),
        (any_json(), any_json(), any_json()).prop_map(|(success, code, message)| {
            json!({"Success": success, "ErrCode": code, "ErrMessage": message, "Code": code})
                .to_string()
                .into_bytes()
        }),
    ]
}

fn any_response() -> impl Strategy<Value = (&'static str, u16, Vec<u8>)> {
    // Half of the cases have status 200, because the client reads most of a success.
    let status = prop_oneof![Just(200), 100_u16..600];
    (0..ALL.len(), status).prop_flat_map(|(index, status)| {
        let action = ALL[index].action;
        (Just(action), Just(status), any_body(&samples()[action]))
    })
}

proptest! {
    #![proptest_config(cases(512))]

    #[test]
    fn any_body_decodes_or_fails_with_a_one_line_error(
        (action, status, body) in any_response(),
    ) {
        check_outcome(action, status, &body);
    }
}

#[test]
fn decode_errors_name_the_field() {
    let mut lines = String::new();
    for (action, sample) in samples().iter().filter(|(_, sample)| sample.get("Items").is_some()) {
        // The rows of two operations have no identifier.
        if let Err(error) = decode(action, &replaced(sample, "/Items", json!([{}]))) {
            writeln!(lines, "{error}").unwrap();
        }
    }
    assert_eq!(lines.lines().count(), 6, "{lines}");
    assert!(lines.lines().all(|line| line.contains("Items")), "{lines}");
}
