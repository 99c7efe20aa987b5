//! Reading: both formats, and errors with field and line.

use aliyun_dbs::workflows::plan_spec::from_json;

use super::{PLANS, errors_after, from_yaml, plans};

/// A line of the file, its replacement, and the field and message of the error.
const MISTAKES: &[(&str, &str, &str, &str)] = &[
    ("class: medium", "class: mediun", "[4].class", "did you mean `medium`?"),
    ("database: admin", "databas: admin", "[4].source.mongodb.databas", "did you mean `database`?"),
    ("      database: admin\n", "", "[4].source.mongodb", "missing field `database`"),
    ("    mongodb:", "    mongdb:", "[4].source.mongdb", "did you mean `mongodb`?"),
    (
        "billing: 3 years",
        "billing: 3 yeers",
        "[5].billing",
        "such as `1 year` or `6 months`, or `pay_as_you_go`",
    ),
    ("billing: 3 years", "billing: 12 months", "[5].billing", "use 1 year"),
    ("port: 1521", "port: 99999", "[5].source.oracle.at.gateway.port", "a port from 1 to 65535"),
    ("vpc: vpc-bp1opxu1zkhn00exm, ", "", "[3].source.redis.at.express", "missing field `vpc`"),
    ("at: { dds:", "at: { ddss:", "[4].source.mongodb.at.ddss", "did you mean `dds`?"),
    (
        "days: [Monday, Thursday]",
        "days: [Monday, Thurstag]",
        "[0].schedule.weekly.days[1]",
        "did you mean `Thursday`?",
    ),
    (
        "days: [Monday, Thursday]",
        "days: []",
        "[0].schedule.weekly.days",
        "expected at least one day",
    ),
    ("archive: 365", "archive: 36", "[0].retention", "expected three increasing numbers of days"),
    (
        "schedule: manual",
        "schedule: weekly",
        "[1].schedule",
        "expected a map with the key `weekly`, got a string",
    ),
    ("schedule: manual", "schedule: dayly", "[1].schedule", "expected `manual` or `weekly`"),
    (
        "storage: built_in",
        "storage: { built_in: {} }",
        "[0].storage",
        "expected a string, got a map",
    ),
    ("storage: built_in", "storage: {}", "[0].storage", "got an empty map"),
    (
        "storage: { bucket: dbs-payments }",
        "storage: { bucket: a, built_in: b }",
        "[1].storage",
        "expected one key, got several",
    ),
    ("generation: 2", "generation: two", "[1].generation", "invalid type"),
    (
        "exclude_tables",
        "exclude_table",
        "[0].source.mysql.objects[1].exclude_table",
        "did you mean `exclude_tables`?",
    ),
    ("role: ram-for-dbs", "rol: ram-for-dbs", "[1].cross_account.rol", "did you mean `role`?"),
    ("name: erp\n", "nmae: erp\n", "[5].nmae", "did you mean `name`?"),
];

#[test]
fn every_variant_round_trips_in_yaml_and_json() {
    let plans = plans();
    assert_eq!(plans.len(), 10);
    let json = serde_json::to_string_pretty(&plans).unwrap();
    assert_eq!(from_json(&json).unwrap(), plans);
    let yaml = serde_yaml_ng::to_string(&plans).unwrap();
    assert!(!yaml.contains('!'), "{yaml}");
    assert_eq!(from_yaml(&yaml).unwrap(), plans);
    for plan in &plans {
        assert_eq!(
            serde_json::from_str::<aliyun_dbs::workflows::plan_spec::PlanSpec>(
                &serde_json::to_string(plan).unwrap()
            )
            .unwrap(),
            *plan
        );
    }
}

#[test]
fn written_plan_has_the_form_of_the_file() {
    let given: serde_json::Value = serde_yaml_ng::from_str(PLANS).unwrap();
    let mut written = serde_json::to_value(plans()).unwrap();
    // The time is written with its offset, as it was read.
    assert_eq!(written[0]["source"]["mysql"]["password"]["rotated"], "2026-03-01T09:00:00Z");
    // The gateway's id is a number in both.
    assert_eq!(written[5]["source"]["oracle"]["at"]["gateway"]["gateway"], 160_813);
    for plan in written.as_array_mut().unwrap() {
        plan.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    }
    assert_eq!(written, given);
}

#[test]
fn error_has_field_and_line() {
    for (line, replacement, field, message) in MISTAKES.iter().copied() {
        let line_number = 1 + PLANS.lines().position(|l| format!("{l}\n").contains(line)).unwrap();
        let [yaml, json] = errors_after(line, replacement);
        for error in [&yaml, &json] {
            assert_eq!(error.field(), field, "{error}");
            let text = error.to_string();
            assert!(text.starts_with(&format!("invalid plan: `{field}`: ")), "{text}");
            assert!(text.contains(message), "{text}");
            assert!(!text.contains('\n'), "{text}");
            let line = error.line().unwrap();
            assert!(text.contains(&format!(" (line {line}, column ")), "{text}");
        }
        // A missing field has the line of the surrounding map.
        let given = yaml.line().unwrap();
        assert!(given.abs_diff(line_number) <= 4, "line {given} instead of {line_number}: {yaml}");
    }
}

#[test]
fn line_is_that_of_the_value() {
    let yaml = "- name: a\n  region: cn-hangzhou\n  class: smal\n";
    assert_eq!(from_yaml(yaml).unwrap_err().line(), Some(3));
    let json = "[\n{\n\"name\": \"a\",\n\"class\": \"smal\"\n}\n]";
    assert_eq!(from_json(json).unwrap_err().line(), Some(4));
}

#[test]
fn mysql_login_of_mongodb_is_rejected() {
    let yaml = PLANS.replace("    mysql:\n", "    mongodb:\n");
    let error = from_yaml(&yaml).unwrap_err();
    assert_eq!((error.field(), error.line()), ("[0].source.mongodb", Some(11)));
    assert!(error.to_string().contains("missing field `database`"), "{error}");
}

#[test]
fn duplicate_name_names_both_plans() {
    for error in errors_after("name: erp\n", "name: sessions\n") {
        assert_eq!(error.field(), "[5].name");
        assert!(error.to_string().contains("`sessions` is the name of `[2]` too"), "{error}");
    }
    let [yaml, _] = errors_after("name: erp\n", "name: sessions\n");
    let line = 1 + PLANS.lines().position(|line| line.contains("name: erp")).unwrap();
    assert_eq!(yaml.line(), Some(line));
}

#[test]
fn other_documents_are_rejected() {
    for (yaml, message) in [
        ("orders", "expected a list of plans"),
        ("name: orders", "expected a list of plans"),
        ("- orders", "a map with the fields of a plan"),
        ("- [", "(line 1, column "),
        ("[]\n---\n[]", "more than one document"),
    ] {
        let error = from_yaml(yaml).unwrap_err().to_string();
        assert!(error.contains(message), "{yaml}: {error}");
    }
    for (json, message) in [
        ("", "EOF while parsing"),
        ("{}", "expected a list of plans"),
        ("[] []", "trailing characters"),
        ("[{\"a\\u001b[31m\\n\": 1}]", r"`a\u{1b}[31m\n`"),
    ] {
        let error = from_json(json).unwrap_err().to_string();
        assert!(error.contains(message), "{json}: {error}");
        assert!(!error.contains(['\n', '\u{1b}']), "{error}");
    }
    assert_eq!(from_json("[]").unwrap(), []);
    // The YAML crate reads an empty document as an empty list.
    assert_eq!(from_yaml("").unwrap(), []);
    assert_eq!(from_json("{}").unwrap_err().field(), "");
}
