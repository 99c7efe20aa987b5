//! The rules of verdicts, as a pure function of what is known about a plan.

use std::time::Duration;

use time::OffsetDateTime;

use super::points::History;
use super::row::LastBackup;
use super::verdict::{Reason, ReasonKind, Verdict};
use super::wording::{human, one_line};
use crate::rpc::value::Open;
use crate::v2019_03_06::types::{BackupPlanStatus, ChargeType, FullBackupStatus};

/// The most reasons of a row.
const MAX_REASONS: usize = 8;

/// What the caller requires.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub(super) rpo: Duration,
    pub(super) expiring_within: Duration,
    pub(super) has_inventory: bool,
}

/// What is known about a plan. What the service omits is `None`.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub(super) now: OffsetDateTime,
    pub(super) status: Option<Open<BackupPlanStatus>>,
    pub(super) plan_error: Option<String>,
    pub(super) database: Option<String>,
    /// Whether the database is in the inventory. `None` if either is not known.
    pub(super) is_in_inventory: Option<bool>,
    pub(super) history: History,
    pub(super) billing: Option<Open<ChargeType>>,
    pub(super) expires_at: Option<OffsetDateTime>,
    /// Why the storage of the plan is not known.
    pub(super) storage_missing: Option<String>,
}

/// Collects findings in the order of the rules.
#[derive(Default)]
struct Findings {
    first: Option<Verdict>,
    reasons: Vec<Reason>,
}

impl Findings {
    fn add(&mut self, verdict: Verdict, kind: ReasonKind, text: impl AsRef<str>) {
        self.first.get_or_insert(verdict);
        self.note(kind, text);
    }

    fn note(&mut self, kind: ReasonKind, text: impl AsRef<str>) {
        if self.reasons.len() < MAX_REASONS {
            self.reasons.push(Reason::new(kind, one_line(text.as_ref())));
        }
    }
}

/// Returns the verdict of the first rule that holds, with the reasons of all that hold.
pub(super) fn judge(facts: &Facts, rules: Rules) -> (Verdict, Vec<Reason>) {
    let mut found = Findings::default();
    let status = facts.status.as_ref().and_then(Open::known).copied();
    let is_configured = status != Some(BackupPlanStatus::Wait);
    if !is_configured {
        let text = "the plan was bought and is not configured";
        found.add(Verdict::Unprotected, ReasonKind::NotConfigured, text);
    }
    if rules.has_inventory && facts.is_in_inventory == Some(false) {
        let database = facts.database.as_deref().unwrap_or_default();
        let text = format!("the database `{database}` is not in the inventory");
        found.add(Verdict::Orphan, ReasonKind::NotInInventory, text);
    }
    find_failures(&mut found, facts, status);
    if is_configured {
        find_age(&mut found, facts, rules);
    }
    find_not_started(&mut found, facts, status);
    find_expiry(&mut found, facts, rules);
    find_missing(&mut found, facts, rules, is_configured);
    let verdict = found.first.unwrap_or(Verdict::Protected);
    if found.first.is_none() {
        let age = facts.history.newest.map(|newest| since(newest, facts.now));
        let text = format!("restorable to {} ago", human(age.unwrap_or_default()));
        found.note(ReasonKind::Ok, text);
    }
    if facts.history.has_future {
        let text = "the service reports a restorable point in the future, which is ignored";
        found.note(ReasonKind::PointInFuture, text);
    }
    if let Some(missing) = &facts.storage_missing {
        found.note(ReasonKind::MissingStorage, format!("the storage is not known: {missing}"));
    }
    (verdict, found.reasons)
}

/// Returns how long ago a time is; 0 if it is in the future.
pub(super) fn since(at: OffsetDateTime, now: OffsetDateTime) -> Duration {
    (now - at).try_into().unwrap_or_default()
}

fn with_message(what: &str, message: Option<&str>) -> String {
    match message {
        Some(message) => format!("{what}: {message}"),
        None => what.to_owned(),
    }
}

fn find_failures(found: &mut Findings, facts: &Facts, status: Option<BackupPlanStatus>) {
    let message = facts.plan_error.as_deref();
    match status {
        Some(BackupPlanStatus::Stop) => {
            let text = with_message("the plan failed", message);
            found.add(Verdict::Failing, ReasonKind::PlanFailed, text);
        }
        Some(BackupPlanStatus::Locked) => {
            let text = "the plan is locked, because its order expired or is unpaid";
            found.add(Verdict::Failing, ReasonKind::Locked, text);
        }
        Some(BackupPlanStatus::Pause) => {
            found.add(Verdict::Failing, ReasonKind::Paused, "the plan is paused");
        }
        Some(BackupPlanStatus::Init) if message.is_some() => {
            let text = with_message("the pre-check failed", message);
            found.add(Verdict::Failing, ReasonKind::PreCheckFailed, text);
        }
        _ => {}
    }
    if let Some(LastBackup { status, error, .. }) = &facts.history.last_backup
        && *status == FullBackupStatus::Stop
    {
        let text = with_message("the last full backup failed", error.as_deref());
        found.add(Verdict::Failing, ReasonKind::BackupFailed, text);
    }
}

/// Finds plans without a point, or with old ones only, if every point is known.
fn find_age(found: &mut Findings, facts: &Facts, rules: Rules) {
    let history = &facts.history;
    if history.points_missing.is_some() || history.has_future {
        return;
    }
    match history.newest {
        None if history.is_running => {
            let text = "nothing can be restored before the first full backup finishes";
            found.add(Verdict::Unprotected, ReasonKind::FirstBackupRuns, text);
        }
        None => {
            let text = "nothing can be restored: the plan has no finished backup";
            found.add(Verdict::Unprotected, ReasonKind::NothingRestorable, text);
        }
        Some(newest) => {
            let age = since(newest, facts.now);
            if age > rules.rpo {
                let (age, rpo) = (human(age), human(rules.rpo));
                let text = format!("the newest restorable point is {age} old, the limit is {rpo}");
                found.add(Verdict::Stale, ReasonKind::TooOld, text);
            }
        }
    }
}

/// Finds plans that wait for their pre-check or their start, and so make no backups.
fn find_not_started(found: &mut Findings, facts: &Facts, status: Option<BackupPlanStatus>) {
    let text = match status {
        Some(BackupPlanStatus::Init) if facts.plan_error.is_none() => {
            "the plan makes no backups: its pre-check has not passed"
        }
        Some(BackupPlanStatus::CheckPass) => "the plan makes no backups: it is not started",
        _ => return,
    };
    found.add(Verdict::Failing, ReasonKind::NotStarted, text);
}

fn find_expiry(found: &mut Findings, facts: &Facts, rules: Rules) {
    let is_subscription =
        facts.billing.as_ref().is_some_and(|billing| *billing == ChargeType::Prepay);
    let Some(expires_at) = facts.expires_at.filter(|_| is_subscription) else { return };
    if expires_at <= facts.now {
        let text = format!("the subscription ended {} ago", human(since(expires_at, facts.now)));
        found.add(Verdict::Expiring, ReasonKind::Expires, text);
        return;
    }
    let left = since(facts.now, expires_at);
    if left <= rules.expiring_within {
        let text = format!("the subscription ends in {}", human(left));
        found.add(Verdict::Expiring, ReasonKind::Expires, text);
    }
}

/// Finds facts without which a plan must not be reported as protected.
fn find_missing(found: &mut Findings, facts: &Facts, rules: Rules, is_configured: bool) {
    let mut missing = |kind, text: &str| found.add(Verdict::Unknown, kind, text);
    match &facts.status {
        None => missing(ReasonKind::MissingStatus, "the service reported no status"),
        Some(Open::Unknown(status)) => {
            let text = format!("the status `{}` is not known", status.as_str());
            missing(ReasonKind::MissingStatus, &text);
        }
        Some(_) => {}
    }
    if is_configured && rules.has_inventory && facts.is_in_inventory.is_none() {
        let text = "the service reported no database to compare with the inventory";
        missing(ReasonKind::MissingDatabase, text);
    }
    let history = &facts.history;
    if is_configured {
        let is_fresh = history.newest.is_some_and(|newest| since(newest, facts.now) <= rules.rpo);
        if let Some(why) = &history.points_missing {
            missing(
                ReasonKind::MissingPoints,
                &format!("what can be restored is not known: {why}"),
            );
        } else if history.has_future && !is_fresh {
            let text = "what can be restored is not known: the newest points are in the future";
            missing(ReasonKind::MissingPoints, text);
        }
    }
    match &facts.billing {
        None => missing(ReasonKind::MissingChargeType, "the service reported no charge type"),
        Some(Open::Unknown(charge)) => {
            let text = format!("the charge type `{}` is not known", charge.as_str());
            missing(ReasonKind::MissingChargeType, &text);
        }
        Some(charge) if *charge == ChargeType::Prepay && facts.expires_at.is_none() => {
            let text = "the service did not report when the subscription ends";
            missing(ReasonKind::MissingExpiry, text);
        }
        Some(_) => {}
    }
    if let Some(why) = history.last_backup_missing.as_ref().filter(|_| is_configured) {
        let text = format!("the last full backup is not known: {why}");
        missing(ReasonKind::MissingLastBackup, &text);
    }
}

#[cfg(test)]
mod tests;
