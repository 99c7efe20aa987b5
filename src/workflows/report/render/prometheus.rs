//! Metrics in the text format of Prometheus.

use std::collections::HashSet;

use time::OffsetDateTime;

use super::super::row::ReportRow;
use super::super::summary::Report;
use super::super::verdict::Verdict;
use super::cells::is_finished;
use super::escape::Label;
use crate::rpc::value::Open;
use crate::v2019_03_06::types::BackupPlanId;

/// The names of metrics that alert rules use too.
pub(super) const NEWEST_POINT: &str = "dbs_newest_restorable_point_timestamp_seconds";
pub(super) const EXPIRES_IN: &str = "dbs_plan_expires_in_seconds";
pub(super) const VERDICT: &str = "dbs_plan_verdict";
pub(super) const TIMESTAMP: &str = "dbs_report_timestamp_seconds";
pub(super) const ERRORS: &str = "dbs_report_errors";

/// The value of a metric of a row. `None` if it is not known.
type Value = fn(&ReportRow) -> Option<f64>;

/// A metric of each row: its name, its description and its value.
const METRICS: [(&str, &str, Value); 5] = [
    (
        "dbs_newest_restorable_point_age_seconds",
        "How long ago the newest restorable point was when the report was made.",
        |row| row.newest_point_age.map(|age| age.as_secs_f64()),
    ),
    (NEWEST_POINT, "The newest time that can be restored, in Unix time.", |row| {
        row.newest_point.map(unix)
    }),
    (
        "dbs_last_full_backup_success",
        "Whether the newest full backup that ended has finished (1) or failed (0).",
        |row| is_finished(row).map(|is_finished| f64::from(u8::from(is_finished))),
    ),
    (EXPIRES_IN, "How long the subscription lasts. 0 if it has ended.", |row| {
        row.expires_in.map(|left| left.as_secs_f64())
    }),
    ("dbs_plan_storage_bytes", "The bytes of the stored backups.", |row| {
        #[expect(clippy::cast_precision_loss, reason = "exact up to 8 PiB")]
        row.storage_bytes.map(|bytes| bytes as f64)
    }),
];

fn unix(at: OffsetDateTime) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "exact to a microsecond")]
    let nanos = at.unix_timestamp_nanos() as f64;
    nanos / 1e9
}

/// Returns the labels of a row. What is not known has an empty label, which is the same as none.
fn labels(row: &ReportRow) -> String {
    let region = row.region.as_ref().map(ToString::to_string);
    let pairs = [
        ("account", row.account.as_deref()),
        ("plan", row.plan.as_ref().map(BackupPlanId::as_str)),
        ("name", row.name.as_deref()),
        ("region", region.as_deref()),
        ("engine", row.engine.as_ref().map(Open::as_str)),
        ("database", row.database.as_deref()),
    ];
    let mut labels = String::new();
    for (name, value) in pairs {
        let separator = if labels.is_empty() { "" } else { "," };
        put!(labels, "{separator}{name}=\"{}\"", Label(value.unwrap_or_default()));
    }
    labels
}

fn head(text: &mut String, name: &str, help: &str) {
    put!(text, "# HELP {name} {help}\n# TYPE {name} gauge\n");
}

impl Report {
    /// Returns the report as metrics in the text format of Prometheus.
    ///
    /// | metric | value |
    /// | --- | --- |
    /// | `dbs_newest_restorable_point_age_seconds` | how long ago the newest restorable point was |
    /// | `dbs_newest_restorable_point_timestamp_seconds` | the same as Unix time |
    /// | `dbs_last_full_backup_success` | 1 if the newest full backup that ended finished, else 0 |
    /// | `dbs_plan_expires_in_seconds` | how long the subscription lasts |
    /// | `dbs_plan_storage_bytes` | the bytes of the stored backups |
    /// | `dbs_plan_verdict` | 1, with the verdict as a label |
    /// | `dbs_report_plans` | the number of rows, by verdict |
    /// | `dbs_report_errors` | how many lists of plans could not be read |
    /// | `dbs_report_timestamp_seconds` | when the report was made |
    /// | `dbs_report_duration_seconds` | how long it took |
    ///
    /// The labels of a row are `account`, `plan`, `name`, `region`, `engine` and `database`. A value that
    /// is not known has no sample. The string ends with a line feed. [`alert_rules`](super::super::alert_rules)
    /// returns alerts for these metrics.
    pub fn prometheus(&self) -> String {
        // A series that is repeated makes the whole text invalid.
        let mut seen = HashSet::new();
        let rows = self.rows.iter().map(|row| (row, labels(row)));
        let rows: Vec<_> = rows.filter(|(_, labels)| seen.insert(labels.clone())).collect();
        let mut text = String::new();
        for (name, help, value) in METRICS {
            head(&mut text, name, help);
            for (row, labels) in &rows {
                if let Some(value) = value(row) {
                    put!(text, "{name}{{{labels}}} {value}\n");
                }
            }
        }
        head(&mut text, VERDICT, "1, with the verdict as a label.");
        for (row, labels) in &rows {
            put!(text, "{VERDICT}{{{labels},verdict=\"{}\"}} 1\n", row.verdict);
        }
        let name = "dbs_report_plans";
        head(&mut text, name, "The number of plans, and of databases without a plan, by verdict.");
        for verdict in Verdict::ALL {
            let number = self.summary.by_verdict.get(verdict).copied().unwrap_or(0);
            put!(text, "{name}{{verdict=\"{verdict}\"}} {number}\n");
        }
        head(&mut text, ERRORS, "How many lists of plans could not be read.");
        put!(text, "{ERRORS} {}\n", self.errors.len());
        head(&mut text, TIMESTAMP, "When the report was made, in Unix time.");
        put!(text, "{TIMESTAMP} {}\n", unix(self.at));
        let name = "dbs_report_duration_seconds";
        head(&mut text, name, "How long the report took.");
        put!(text, "{name} {}\n", self.elapsed.as_secs_f64());
        text
    }
}
