//! `Report`: all rows, with their summary.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use time::OffsetDateTime;

use super::row::ReportRow;
use super::verdict::Verdict;
use crate::v2019_03_06::types::BackupPlanId;
use crate::workflows::serde_time;

/// Whether all databases are protected: the result of awaiting a
/// [`ReportBuilder`](super::ReportBuilder).
///
/// In serde, times are RFC 3339, and durations are numbers of seconds.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// When the report was made, by the service's clock.
    #[serde(serialize_with = "serde_time::time")]
    pub at: OffsetDateTime,
    /// The rows, the most severe verdict first, then by name.
    pub rows: Vec<ReportRow>,
    /// The numbers of the report.
    pub summary: ReportSummary,
    /// The lists of plans that could not be read.
    pub errors: Vec<ReportFailure>,
    /// How long the report took.
    #[serde(serialize_with = "serde_time::seconds")]
    pub elapsed: Duration,
    /// How far back backups and ranges were read.
    #[serde(serialize_with = "serde_time::seconds")]
    pub history: Duration,
    /// How old the newest restorable point may be.
    #[serde(serialize_with = "serde_time::seconds")]
    pub rpo: Duration,
    /// When a subscription is treated as expiring.
    #[serde(serialize_with = "serde_time::seconds")]
    pub expiring_within: Duration,
}

impl Report {
    /// Creates a report of rows that were collected or changed by the caller.
    ///
    /// It sorts the rows and counts them. The other fields have their defaults: no errors, no elapsed
    /// time, 30 days of history, an allowed age of 24 hours, 30 days to the end of a subscription.
    ///
    /// # Examples
    ///
    /// ```
    /// use aliyun_dbs::workflows::report::{Report, ReportRow, Verdict};
    /// use time::OffsetDateTime;
    ///
    /// let report = Report::new(OffsetDateTime::UNIX_EPOCH, vec![ReportRow::default()]);
    /// assert_eq!(report.summary.by_verdict[&Verdict::Unknown], 1);
    /// ```
    pub fn new(at: OffsetDateTime, mut rows: Vec<ReportRow>) -> Self {
        rows.sort_by(|a, b| sort_key(a).cmp(&sort_key(b)));
        let mut summary = ReportSummary::default();
        for row in &rows {
            summary.add(row);
        }
        Self {
            at,
            rows,
            summary,
            errors: Vec::new(),
            elapsed: Duration::ZERO,
            history: DEFAULT_HISTORY,
            rpo: DEFAULT_RPO,
            expiring_within: DEFAULT_EXPIRING_WITHIN,
        }
    }

    /// Returns whether all lists of plans could be read.
    pub fn is_complete(&self) -> bool {
        self.errors.is_empty()
    }
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How far back backups and ranges are read, unless set.
pub(super) const DEFAULT_HISTORY: Duration = DAY.saturating_mul(30);
/// How old the newest restorable point may be, unless set.
pub(super) const DEFAULT_RPO: Duration = DAY;
/// When a subscription is treated as expiring, unless set.
pub(super) const DEFAULT_EXPIRING_WITHIN: Duration = DAY.saturating_mul(30);

/// The order of rows: severity, name or database, account, id.
fn sort_key(row: &ReportRow) -> impl Ord + '_ {
    let name = row.name.as_deref().or(row.database.as_deref());
    (row.verdict, name, row.account.as_deref(), row.plan.as_ref().map(BackupPlanId::as_str))
}

/// The numbers of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ReportSummary {
    /// The number of plans.
    pub plans: usize,
    /// The number of rows by verdict. Verdicts that do not occur are left out.
    pub by_verdict: BTreeMap<Verdict, usize>,
    /// The bytes of the stored backups of all plans, where known.
    pub storage_bytes: u64,
    /// The number of calls that listed plans.
    pub list_calls: usize,
    /// The number of calls that read backups, ranges, billing and errors of plans.
    pub detail_calls: usize,
}

impl ReportSummary {
    pub(super) fn add(&mut self, row: &ReportRow) {
        self.plans += usize::from(row.plan.is_some());
        *self.by_verdict.entry(row.verdict).or_default() += 1;
        let stored = row.storage_bytes.unwrap_or_default();
        self.storage_bytes = self.storage_bytes.saturating_add(stored);
    }
}

/// A list of plans that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ReportFailure {
    /// The label of the account, if one is set.
    pub account: Option<String>,
    /// Why the list could not be read.
    pub message: String,
}

impl ReportFailure {
    /// Creates a failure.
    pub fn new(account: Option<String>, message: impl Into<String>) -> Self {
        Self { account, message: message.into() }
    }
}
