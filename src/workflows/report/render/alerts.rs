//! Alert rules for Prometheus.

use std::time::Duration;

use super::super::summary::{DEFAULT_EXPIRING_WITHIN, DEFAULT_RPO, Report};
use super::super::wording::human;
use super::escape::Yaml;
use super::prometheus::{ERRORS, EXPIRES_IN, NEWEST_POINT, TIMESTAMP, VERDICT};

/// When the rules of [`alert_rules`] raise an alert.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use aliyun_dbs::workflows::report::{AlertOptions, alert_rules};
///
/// let mut options = AlertOptions::default();
/// options.rpo = Duration::from_secs(4 * 3600);
/// assert!(alert_rules(&options).contains("> 14400"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AlertOptions {
    /// How old the newest restorable point may be. Defaults to 24 hours.
    pub rpo: Duration,
    /// How long before its end a subscription raises an alert. Defaults to 30 days.
    pub expiring_within: Duration,
    /// How often a report is made, from 1 second to 1 year. Defaults to 5 minutes.
    ///
    /// An alert is raised if none was made for three times as long.
    pub report_every: Duration,
}

impl Default for AlertOptions {
    fn default() -> Self {
        Self {
            rpo: DEFAULT_RPO,
            expiring_within: DEFAULT_EXPIRING_WITHIN,
            report_every: Duration::from_secs(5 * 60),
        }
    }
}

/// The limits of a report, which is made every 5 minutes.
impl From<&Report> for AlertOptions {
    fn from(report: &Report) -> Self {
        Self { rpo: report.rpo, expiring_within: report.expiring_within, ..Self::default() }
    }
}

/// Prometheus rejects a file with a duration of more than 292 years.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);
const SHORTEST: Duration = Duration::from_secs(1);

struct Rule {
    alert: &'static str,
    expression: String,
    /// How long the expression holds before the alert is raised.
    lasting: Duration,
    severity: &'static str,
    summary: &'static str,
    description: String,
}

/// What an alert calls a plan: its name and its id, where it has them.
const PLAN: &str = "{{ $labels.name }} {{ $labels.plan }}";

/// Returns alert rules for the [metrics](Report::prometheus) of a report, as YAML.
///
/// | alert | when |
/// | --- | --- |
/// | `DbsPlanStale` | the newest restorable point is too old; its age grows also between reports |
/// | `DbsBackupFailing` | a plan or its last full backup failed, or a plan is paused, locked or not started |
/// | `DbsPlanExpiring` | a subscription ends soon, or has ended |
/// | `DbsDatabaseUnprotected` | a database has no plan, or nothing that can be restored |
/// | `DbsPlanUnknown` | facts are missing for three reports in a row |
/// | `DbsReportIncomplete` | a list of plans could not be read |
/// | `DbsReportSilent` | no report was made for three times the usual time, or none ever |
///
/// Plans of databases that are not in the inventory raise no alert.
pub fn alert_rules(options: &AlertOptions) -> String {
    let mut yaml = String::from("groups:\n  - name: dbs-report\n    rules:\n");
    for rule in rules(options) {
        put!(yaml, "      - alert: {}\n", rule.alert);
        put!(yaml, "        expr: {}\n", Yaml(&rule.expression));
        if rule.lasting > Duration::ZERO {
            put!(yaml, "        for: {}s\n", rule.lasting.as_secs());
        }
        put!(yaml, "        labels:\n          severity: {}\n", rule.severity);
        put!(yaml, "        annotations:\n          summary: {}\n", Yaml(rule.summary));
        put!(yaml, "          description: {}\n", Yaml(&rule.description));
    }
    yaml
}

fn rules(options: &AlertOptions) -> [Rule; 7] {
    let AlertOptions { rpo, expiring_within, .. } = *options;
    let report_every = options.report_every.clamp(SHORTEST, LONGEST);
    let has_verdict = |verdict: &str| format!("{VERDICT}{{verdict=\"{verdict}\"}} == 1");
    let orphans = format!("unless ignoring (verdict) {VERDICT}{{verdict=\"orphan\"}}");
    let silence = report_every.saturating_mul(3).as_secs_f64();
    [
        Rule {
            alert: "DbsPlanStale",
            expression: format!("time() - {NEWEST_POINT} > {} {orphans}", rpo.as_secs_f64()),
            lasting: Duration::ZERO,
            severity: "critical",
            summary: "The newest restorable point is too old",
            description: format!(
                "{PLAN}: the newest restorable point is {{{{ $value | humanizeDuration }}}} old, the \
                 limit is {}.",
                human(rpo)
            ),
        },
        Rule {
            alert: "DbsBackupFailing",
            expression: has_verdict("failing"),
            lasting: report_every,
            severity: "critical",
            summary: "A backup plan fails",
            description: format!(
                "{PLAN}: the plan or its last full backup failed, or the plan is paused, locked or \
                 not started."
            ),
        },
        Rule {
            alert: "DbsPlanExpiring",
            expression: format!("{EXPIRES_IN} < {} {orphans}", expiring_within.as_secs_f64()),
            lasting: Duration::ZERO,
            severity: "warning",
            summary: "The subscription of a backup plan ends",
            description: format!(
                "{PLAN}: the subscription ends in {{{{ $value | humanizeDuration }}}}. Backups of \
                 overdue plans are deleted."
            ),
        },
        Rule {
            alert: "DbsDatabaseUnprotected",
            expression: has_verdict("unprotected"),
            lasting: report_every,
            severity: "critical",
            summary: "A database is not protected",
            description: format!(
                "{PLAN} {{{{ $labels.database }}}}: the database has no plan, or nothing that can be \
                 restored."
            ),
        },
        Rule {
            alert: "DbsPlanUnknown",
            expression: has_verdict("unknown"),
            lasting: report_every.saturating_mul(3),
            severity: "warning",
            summary: "It is not known whether a database is protected",
            description: format!("{PLAN} {{{{ $labels.database }}}}: the report lacks a fact."),
        },
        Rule {
            alert: "DbsReportIncomplete",
            expression: format!("{ERRORS} > 0"),
            lasting: report_every,
            severity: "warning",
            summary: "The backup report is not complete",
            description: "{{ $value }} lists of plans could not be read.".to_owned(),
        },
        Rule {
            alert: "DbsReportSilent",
            expression: format!(
                "time() - max({TIMESTAMP}) > {silence} or absent({TIMESTAMP}) == 1"
            ),
            lasting: Duration::ZERO,
            severity: "critical",
            summary: "No backup report is made",
            description: "No other alert of this group can be raised until reports are made again."
                .to_owned(),
        },
    ]
}
