//! The rules between the fields of a plan.

use super::{errors_after, plan};

/// A line of the file, its replacement, and the field and message of the error.
const BROKEN_RULES: &[(&str, &str, &str, &str)] = &[
    ("name: erp\n", "name: \"\"\n", "[5].name", "missing `name`"),
    ("name: erp\n", "name: \"a\\tb\"\n", "[5].name", "without control characters"),
    ("log_interval: 600", "log_interval: 0", "[1].log_interval", "at least 1 second"),
    (
        "class: medium",
        "class: medium\n  log_interval: 60",
        "[4].log_interval",
        "only physical backups",
    ),
    ("  renew_for: 1 year\n", "", "[0].renew_for", "required with `renew_before`"),
    ("  renew_before: 30\n", "", "[0].renew_before", "required with `renew_for`"),
    (
        "renew_before: 30",
        "renew_before: 365",
        "[0].renew_before",
        "fewer days than `renew_for` may last (365)",
    ),
    ("  renew_for: 1 year", "  renew_for: 1 month", "[0].renew_before", "(28)"),
    (
        "  billing: 1 year\n  renew_before",
        "  billing: pay_as_you_go\n  renew_before",
        "[0].renew_before",
        "only a subscription",
    ),
    (
        "at: { rds: { region: cn-hangzhou, instance: rm-bp1p8c2947exm } }",
        "at: { dds: { region: cn-hangzhou, instance: a } }",
        "[0].source.mysql.at",
        "only MongoDB",
    ),
    (
        "at: { address: { host: mssql.example.com, port: 1433 } }",
        "at: { gateway: { region: cn-hangzhou, gateway: 1, host: a, port: 1433 } }",
        "[6].source.sql_server.at",
        "own account",
    ),
    ("user: sa", "user: \"\"", "[6].source.sql_server.user", "missing `user`"),
    ("database: admin", "database: \"\"", "[4].source.mongodb.database", "missing `database`"),
    ("sid: ORCL", "sid: \"\"", "[5].source.oracle.sid", "missing `sid`"),
    ("objects: [ERP]", "objects: []", "[5].source.oracle.objects", "at least one database"),
    ("objects: [ERP]", "objects: [\"\"]", "[5].source.oracle.objects", "not empty"),
];

#[test]
fn each_rule_is_checked_with_its_field() {
    for (line, replacement, field, message) in BROKEN_RULES.iter().copied() {
        for error in errors_after(line, replacement) {
            assert_eq!(error.field(), field, "{error}");
            assert!(error.to_string().contains(message), "{error}");
            assert!(error.line().is_some(), "{error}");
        }
    }
}

#[test]
fn name_has_at_most_128_characters() {
    let mut spec = plan("erp");
    spec.name = "ü".repeat(128);
    assert!(spec.check().is_ok());
    spec.name.push('x');
    assert_eq!(spec.check().unwrap_err().name(), "name");
}

#[test]
fn renewal_may_begin_the_day_after_the_last() {
    let mut spec = plan("orders-nightly");
    spec.renew_before = Some(364);
    assert!(spec.check().is_ok());
    spec.renew_for = Some("11 months".parse().unwrap());
    assert!(spec.check().is_err());
    spec.renew_before = Some(328);
    assert!(spec.check().is_err());
    spec.renew_before = Some(327);
    assert!(spec.check().is_ok());
}
