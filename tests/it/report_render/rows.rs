//! Hand-made reports for the renderers: every verdict, and odd names.

use std::time::Duration;

use aliyun_dbs::types::{BackupPlanStatus, ChargeType, DatabaseType, FullBackupStatus, Open};
use aliyun_dbs::workflows::report::{
    LastBackup, Reason, ReasonKind, Report, ReportRow, RestorableWindow, Verdict,
};
use time::OffsetDateTime;

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const GIB: u64 = 1 << 30;

/// 29 November 2026, 02:00 UTC.
pub(crate) fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_795_917_600).unwrap()
}

/// Returns a number that looks random, and is the same in every run.
fn noise(index: usize, salt: u32, below: u32) -> u32 {
    let index = u32::try_from(index).unwrap();
    let mixed = (index.wrapping_add(salt) ^ 0x9e37).wrapping_mul(0x85eb_ca6b);
    ((mixed ^ (mixed >> 13)).wrapping_mul(0xc2b2_ae35) >> 16) % below
}

/// Returns a protected plan with nightly backups and logs.
fn protected(index: usize) -> ReportRow {
    const TEAMS: [&str; 7] =
        ["payments", "orders", "search", "catalog", "identity", "billing", "support"];
    const ROLES: [&str; 6] = ["ledger", "index", "events", "sessions", "archive", "reports"];
    const ENGINES: [DatabaseType; 5] = [
        DatabaseType::MySql,
        DatabaseType::PostgreSql,
        DatabaseType::MongoDb,
        DatabaseType::Redis,
        DatabaseType::SqlServer,
    ];
    let mut row = ReportRow::default();
    let (team, role) = (TEAMS[index % TEAMS.len()], ROLES[index / TEAMS.len() % ROLES.len()]);
    let number = index / (TEAMS.len() * ROLES.len());
    let suffix = if number == 0 { String::new() } else { format!("-{number}") };
    row.name = Some(format!("{team}-{role}{suffix}"));
    row.plan = Some(format!("dbs1h{index:06x}").parse().unwrap());
    row.region = Some(Open::from_wire("cn-hangzhou"));
    row.engine = Some(ENGINES[index % ENGINES.len()].into());
    row.database = Some(format!("rm-bp1{:08x}", noise(index, 7, u32::MAX)));
    row.status = Some(BackupPlanStatus::Running.into());
    row.verdict = Verdict::Protected;
    let age = Duration::from_secs(u64::from(60 + noise(index, 1, 240)));
    let first = now() - DAY * (20 + noise(index, 2, 40));
    row.windows = (0..30)
        .map(|day| now() - DAY * day - HOUR * (1 + noise(index, 3, 6)))
        .filter(|at| *at >= first)
        .map(RestorableWindow::backup)
        .collect();
    row.windows.push(RestorableWindow::logs(first, now() - age));
    row.windows.sort_by_key(|window| window.from);
    row.reasons = vec![Reason::new(ReasonKind::Ok, "restorable to 1 min ago")];
    set_newest(&mut row, age);
    let mut last = LastBackup::new("1i8r0w5yyk3o5".parse().unwrap(), FullBackupStatus::Finish);
    last.at = Some(now() - HOUR * (1 + noise(index, 3, 6)));
    last.size = Some(GIB * u64::from(1 + noise(index, 4, 90)));
    row.last_full_backup = Some(last);
    row.billing = Some(ChargeType::Prepay.into());
    set_expiry(&mut row, 31 + noise(index, 5, 300));
    let used = GIB * u64::from(40 + noise(index, 6, 3000));
    (row.storage_bytes, row.used_bytes, row.included_bytes) =
        (Some(used), Some(used), Some(4096 * GIB));
    row
}

fn set_newest(row: &mut ReportRow, age: Duration) {
    row.newest_point = Some(now() - age);
    row.newest_point_age = Some(age);
}

fn set_expiry(row: &mut ReportRow, days: u32) {
    row.expires_at = Some(now() + DAY * days);
    row.expires_in = Some(DAY * days);
}

fn judge(row: &mut ReportRow, verdict: Verdict, kind: ReasonKind, text: &str) {
    row.verdict = verdict;
    row.reasons = vec![Reason::new(kind, text)];
}

/// Returns a plan whose log backup ended some days ago.
fn stale(index: usize) -> ReportRow {
    let mut row = protected(index);
    let end = now() - DAY * 3 - HOUR * 5;
    row.windows.retain(|window| window.from < end);
    for window in &mut row.windows {
        window.to = window.to.min(end);
    }
    set_newest(&mut row, Duration::try_from(now() - end).unwrap());
    let text = "the newest restorable point is 3 days old, the limit is 24 h";
    judge(&mut row, Verdict::Stale, ReasonKind::TooOld, text);
    row
}

/// Returns a plan whose last backup failed, and whose logs have gaps.
fn failing(index: usize) -> ReportRow {
    let mut row = protected(index);
    let gaps = [(now() - DAY * 19, now() - DAY * 17), (now() - DAY * 6, now() - DAY * 5)];
    row.windows = vec![
        RestorableWindow::logs(now() - DAY * 28, gaps[0].0),
        RestorableWindow::logs(gaps[0].1, gaps[1].0),
        RestorableWindow::logs(gaps[1].1, now() - HOUR * 30),
    ];
    row.windows.extend([27, 20, 13, 8].map(|day| RestorableWindow::backup(now() - DAY * day)));
    set_newest(&mut row, HOUR * 30);
    let message = "Access denied for user 'dbs_backup'@'10.0.3.17' (using password: YES)";
    let text = format!("the last full backup failed: {message}");
    judge(&mut row, Verdict::Failing, ReasonKind::BackupFailed, &text);
    row.reasons.push(Reason::new(
        ReasonKind::TooOld,
        "the newest restorable point is 30 h old, the limit is 24 h",
    ));
    let last = row.last_full_backup.as_mut().unwrap();
    (last.status, last.size) = (FullBackupStatus::Stop.into(), None);
    last.error = Some(message.to_owned());
    row
}

fn failed_plan(index: usize) -> ReportRow {
    let mut row = failing(index);
    row.status = Some(BackupPlanStatus::Stop.into());
    let text = "the plan failed: the binary log `mysql-bin.000412` was purged before it was read";
    judge(&mut row, Verdict::Failing, ReasonKind::PlanFailed, text);
    row
}

fn expiring(index: usize) -> ReportRow {
    let mut row = protected(index);
    set_expiry(&mut row, 9);
    judge(&mut row, Verdict::Expiring, ReasonKind::Expires, "the subscription ends in 9 days");
    row
}

fn orphan(index: usize) -> ReportRow {
    let mut row = protected(index);
    let text = format!("the database `{}` is not in the inventory", row.database.as_ref().unwrap());
    judge(&mut row, Verdict::Orphan, ReasonKind::NotInInventory, &text);
    row
}

fn pay_as_you_go(index: usize) -> ReportRow {
    let mut row = protected(index);
    row.billing = Some(ChargeType::Postpay.into());
    (row.expires_at, row.expires_in, row.included_bytes) = (None, None, None);
    row
}

/// Returns a plan with weekly backups and without logs.
fn weekly(index: usize) -> ReportRow {
    let mut row = protected(index);
    row.windows =
        [22, 15, 8, 1].map(|day| RestorableWindow::backup(now() - DAY * day + HOUR * 3)).to_vec();
    set_newest(&mut row, HOUR * 21);
    row
}

fn not_configured(index: usize) -> ReportRow {
    let mut row = ReportRow::default();
    row.plan = Some(format!("dbs1h{index:06x}").parse().unwrap());
    row.region = Some(Open::from_wire("cn-hangzhou"));
    row.engine = Some(DatabaseType::MySql.into());
    row.status = Some(BackupPlanStatus::Wait.into());
    row.billing = Some(ChargeType::Prepay.into());
    set_expiry(&mut row, 200);
    row.storage_bytes = Some(0);
    let text = "the plan was bought and is not configured";
    judge(&mut row, Verdict::Unprotected, ReasonKind::NotConfigured, text);
    row
}

fn without_plan(index: usize) -> ReportRow {
    let mut row = ReportRow::default();
    row.database = Some(format!("rm-bp1{:08x}", noise(index, 8, u32::MAX)));
    let text = format!("no plan backs up the database `{}`", row.database.as_ref().unwrap());
    judge(&mut row, Verdict::Unprotected, ReasonKind::NoPlan, &text);
    row
}

fn unknown(index: usize) -> ReportRow {
    let mut row = protected(index);
    row.windows.clear();
    (row.newest_point, row.newest_point_age, row.last_full_backup) = (None, None, None);
    let text = "what can be restored is not known: DescribeRestoreRangeInfo: timed out";
    judge(&mut row, Verdict::Unknown, ReasonKind::MissingPoints, text);
    row
}

/// Returns a report with a number of rows: mostly protected, and from 13 on every verdict.
pub(crate) fn report(rows: usize) -> Report {
    let rows = (0..rows).map(|index| match index % 97 {
        1 => failing(index),
        2 => without_plan(index),
        3 => stale(index),
        4 => expiring(index),
        5 => pay_as_you_go(index),
        6 => unknown(index),
        7 => orphan(index),
        8 => not_configured(index),
        9 => weekly(index),
        10 => failed_plan(index),
        _ => protected(index),
    });
    let mut report = Report::new(now(), rows.collect());
    report.elapsed = Duration::from_millis(1234);
    report
}
