//! What the cells of a row say, for the table, SVG and HTML.

use time::OffsetDateTime;

use super::super::row::{ReportRow, WindowKind};
use super::super::verdict::{Reason, ReasonKind, Verdict};
use super::super::wording::human;
use super::words::{ago, count, date_time, since, size};
use crate::rpc::value::Open;
use crate::v2019_03_06::types::{BackupPlanId, ChargeType, FullBackupStatus};

/// What a cell says of a fact that is missing.
pub(super) const NOT_KNOWN: &str = "not known";
/// What a cell says of a fact that a row cannot have, such as the status of no plan.
pub(super) const NONE: &str = "–";

/// Returns the name of a row: of its plan, else of its database.
pub(super) fn name(row: &ReportRow) -> &str {
    let names = [row.name.as_deref(), row.plan.as_ref().map(BackupPlanId::as_str)];
    let mut names = names.into_iter().chain([row.database.as_deref()]).flatten();
    names.find(|name| !name.is_empty()).unwrap_or(NONE)
}

fn missing(row: &ReportRow) -> String {
    (if row.plan.is_some() { NOT_KNOWN } else { NONE }).to_owned()
}

/// Returns the status of the plan.
pub(super) fn status(row: &ReportRow) -> String {
    row.status.as_ref().map_or_else(|| missing(row), |status| status.as_str().to_owned())
}

/// Returns how long ago the newest restorable point is.
pub(super) fn newest_point(row: &ReportRow) -> String {
    match row.newest_point_age {
        Some(age) => ago(age),
        None if row.verdict == Verdict::Unprotected => "none".to_owned(),
        None => missing(row),
    }
}

/// Returns how the last full backup ended, and how long ago.
pub(super) fn last_backup(row: &ReportRow, now: OffsetDateTime) -> String {
    let Some(backup) = &row.last_full_backup else {
        let is_none = row.verdict == Verdict::Unprotected;
        return if is_none { NONE.to_owned() } else { missing(row) };
    };
    let end = match backup.status.known() {
        Some(FullBackupStatus::Finish) => "finished",
        Some(FullBackupStatus::Stop) => "failed",
        _ => backup.status.as_str(),
    };
    match backup.at {
        Some(at) => format!("{end} {}", ago(since(at, now))),
        None => end.to_owned(),
    }
}

/// Returns whether the last full backup finished. `None` if that is not known.
pub(super) fn is_finished(row: &ReportRow) -> Option<bool> {
    match row.last_full_backup.as_ref()?.status.known()? {
        FullBackupStatus::Finish => Some(true),
        FullBackupStatus::Stop => Some(false),
        _ => None,
    }
}

/// Returns when the subscription ends.
pub(super) fn expiry(row: &ReportRow, now: OffsetDateTime) -> String {
    match (row.expires_at, row.expires_in) {
        (Some(at), _) if at <= now => format!("ended {}", ago(since(at, now))),
        (_, Some(left)) => format!("in {}", human(left)),
        (Some(at), None) => format!("in {}", human(since(now, at))),
        (None, None) if is_pay_as_you_go(row) => "pay as you go".to_owned(),
        (None, None) => missing(row),
    }
}

/// Returns whether the plan has no subscription that could end.
pub(super) fn is_pay_as_you_go(row: &ReportRow) -> bool {
    row.billing.as_ref().and_then(Open::known) == Some(&ChargeType::Postpay)
}

/// Returns the size of the stored backups.
pub(super) fn storage(row: &ReportRow) -> String {
    row.storage_bytes.map_or_else(|| missing(row), size)
}

/// Returns the reasons that people need to read: all but that the plan works.
pub(super) fn reasons(row: &ReportRow) -> impl Iterator<Item = &Reason> {
    row.reasons.iter().filter(|reason| reason.kind != ReasonKind::Ok)
}

/// Describes what can be restored, for screen readers.
pub(super) fn restorable(row: &ReportRow) -> String {
    let from = row.windows.iter().map(|window| window.from).min();
    let to = row.windows.iter().map(|window| window.to).max();
    let (Some(from), Some(to)) = (from, to) else {
        return match row.verdict {
            Verdict::Unprotected => "nothing can be restored".to_owned(),
            _ => "what can be restored is not known".to_owned(),
        };
    };
    let ranges = row.windows.iter().filter(|window| window.kind == WindowKind::Logs).count();
    let backups = row.windows.len() - ranges;
    let mut parts = Vec::new();
    if ranges > 0 {
        parts.push(format!("any time of {}", count(ranges, "range")));
    }
    if backups > 0 {
        parts.push(count(backups, "full backup"));
    }
    let parts = parts.join(" and ");
    format!("restorable: {parts}, from {} to {} UTC", date_time(from), date_time(to))
}
