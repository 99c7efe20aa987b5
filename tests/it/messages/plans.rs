//! Plans as code: mistakes in a file, and missing secrets.

use aliyun_dbs::workflows::plan_spec::{SecretRef, SecretStore, SystemSecrets};

use super::Catalog;
use crate::plan_spec::{PLANS, from_yaml};

/// Mistakes: what is wrong, a line of the file, and its replacement.
const MISTAKES: &[(&str, &str, &str)] = &[
    ("a misspelled key", "class: medium", "clas: medium"),
    ("a misspelled value", "class: medium", "class: mediun"),
    ("a missing key", "      sid: ORCL\n", ""),
    ("an unknown engine", "    mongodb:", "    mongo_db:"),
    ("a login of another engine", "    mysql:", "    mongodb:"),
    ("a password", "password: { env: ERP_PASSWORD }", "password: hunter2"),
    ("a name that is a number", "{ env: ERP_PASSWORD }", "{ env: 7 }"),
    ("two places of a password", "{ env: ERP_PASSWORD }", "{ env: A, file: B }"),
    ("a wrong time", "rotated: 2026-03-01T09:00:00Z", "rotated: yesterday"),
    ("a wrong term", "billing: 3 years", "billing: weekly"),
    ("a schedule without days", "schedule: manual", "schedule: weekly"),
    ("no days", "days: [Monday, Thursday]", "days: []"),
    ("a string with fields", "storage: built_in", "storage: { built_in: {} }"),
    ("no key", "storage: built_in", "storage: {}"),
    ("several keys", "storage: { bucket: dbs-payments }", "storage: { bucket: a, built_in: b }"),
    ("a number instead of a map", "storage: built_in", "storage: 1"),
    ("a number instead of a database", "objects: [ERP]", "objects: [1]"),
    ("retention", "archive: 365", "archive: 36"),
    ("an empty name", "name: erp\n", "name: \"\"\n"),
    ("a name that another plan has", "name: erp\n", "name: sessions\n"),
    ("an interval of 0 seconds", "log_interval: 600", "log_interval: 0"),
    ("an interval of a logical plan", "class: medium", "class: medium\n  log_interval: 60"),
    ("a renewal without a period", "  renew_for: 1 year\n", ""),
    ("a period without a renewal", "  renew_before: 30\n", ""),
    ("a renewal of every run", "renew_before: 30", "renew_before: 365"),
    (
        "a renewal of a pay-as-you-go plan",
        "  billing: 1 year\n  renew_before",
        "  billing: pay_as_you_go\n  renew_before",
    ),
    (
        "MySQL at a MongoDB instance",
        "rds: { region: cn-hangzhou, instance: rm-",
        "dds: { region: cn-hangzhou, instance: dds-",
    ),
    (
        "SQL Server behind a gateway",
        "address: { host: mssql.example.com, port: 1433 }",
        "gateway: { region: cn-hangzhou, gateway: 7, host: mssql, port: 1433 }",
    ),
    ("no user", "user: sa", "user: \"\""),
    ("no objects", "objects: [ERP]", "objects: []"),
    ("an empty object", "objects: [ERP]", "objects: [\"\"]"),
];

pub(super) fn print(catalog: &mut Catalog) {
    catalog.section("Plans as code", "`workflows::plan_spec`: `PlanSpecError` and `SecretError`.");
    for (cause, line, replacement) in MISTAKES {
        assert_eq!(PLANS.matches(line).count(), 1, "{line}");
        catalog.add(cause, from_yaml(&PLANS.replace(line, replacement)).unwrap_err());
    }
    catalog.add("a map instead of a list", from_yaml("name: orders").unwrap_err());
    catalog.add("a string instead of a plan", from_yaml("- orders").unwrap_err());
    let secrets = [
        ("an unset variable", SecretRef::env("DBS_MESSAGES_UNSET")),
        ("a missing file", SecretRef::file("/nonexistent/secret")),
    ];
    for (cause, secret) in secrets {
        catalog.add(cause, SystemSecrets.read(&secret).unwrap_err());
    }
}
