//! What can be restored, and the last full backup, from the ranges and backups of a plan.

use std::time::Duration;

use time::OffsetDateTime;

use super::row::{LastBackup, RestorableWindow, WindowKind};
use crate::v2019_03_06::operations::{DbsRecoverRange, FullBackupFile};
use crate::v2019_03_06::types::{FullBackupStatus, RestoreRangeType};

/// The most windows of a row.
const MAX_WINDOWS: usize = 64;

/// How far in the future a point may be, because clocks differ.
const CLOCK_DIFFERENCE: Duration = Duration::from_secs(5 * 60);

/// What can be restored, and the last full backup.
#[derive(Clone, Debug, Default)]
pub(super) struct History {
    /// Oldest first, at most 64.
    pub(super) windows: Vec<RestorableWindow>,
    /// The newest point that is not in the future.
    pub(super) newest: Option<OffsetDateTime>,
    /// Whether points in the future were ignored.
    pub(super) has_future: bool,
    /// Why there may be points that are not known.
    pub(super) points_missing: Option<String>,
    /// The newest full backup that ended.
    pub(super) last_backup: Option<LastBackup>,
    /// Why another backup may be the last.
    pub(super) last_backup_missing: Option<String>,
    /// Whether a full backup is prepared or running.
    pub(super) is_running: bool,
}

/// Collects the history of a plan.
#[derive(Debug)]
pub(super) struct HistoryReader {
    now: OffsetDateTime,
    /// The latest time that a point may have.
    latest: OffsetDateTime,
    /// Those of logs.
    ranges: Vec<RestorableWindow>,
    backups: Vec<OffsetDateTime>,
    history: History,
    /// When `history.last_backup` ended, or began if that is not known.
    last_at: Option<OffsetDateTime>,
    /// The newest backup of unknown status: its time, and why it is not known.
    doubt: Option<(Option<OffsetDateTime>, String)>,
}

impl HistoryReader {
    pub(super) fn new(now: OffsetDateTime) -> Self {
        Self {
            now,
            latest: now
                .saturating_add(time::Duration::try_from(CLOCK_DIFFERENCE).unwrap_or_default()),
            ranges: Vec::new(),
            backups: Vec::new(),
            history: History::default(),
            last_at: None,
            doubt: None,
        }
    }

    /// Records why points may be missing. The first reason is kept.
    pub(super) fn lose_points(&mut self, why: impl Into<String>) {
        self.history.points_missing.get_or_insert_with(|| why.into());
    }

    /// Records why the last backup may be missing. The first reason is kept.
    pub(super) fn lose_last_backup(&mut self, why: impl Into<String>) {
        self.history.last_backup_missing.get_or_insert_with(|| why.into());
    }

    /// Adds a point, and returns whether it is not in the future.
    pub(super) fn add_point(&mut self, at: OffsetDateTime) -> bool {
        let is_valid = at <= self.latest;
        if is_valid {
            self.history.newest = self.history.newest.max(Some(at));
        } else {
            self.history.has_future = true;
        }
        is_valid
    }

    fn add_backup_point(&mut self, at: OffsetDateTime) {
        if self.add_point(at) {
            self.backups.push(at);
        }
    }

    /// Adds a range that logs cover.
    pub(super) fn add_logs(&mut self, from: Option<OffsetDateTime>, to: OffsetDateTime) {
        if from.is_some_and(|from| from > to) {
            self.lose_points("a range of logs ends before it begins");
        } else if self.add_point(to)
            && let Some(from) = from
        {
            self.ranges.push(RestorableWindow::logs(from, to));
        }
    }

    pub(super) fn add_range(&mut self, range: &DbsRecoverRange) {
        let end = range.end_timestamp_for_restore;
        if range.range_type == RestoreRangeType::Range {
            match end {
                Some(to) => self.add_logs(range.begin_timestamp_for_restore, to),
                None => self.lose_points("a range of logs has no end"),
            }
            return;
        }
        if range.range_type != RestoreRangeType::Point {
            let range_type = range.range_type.as_str();
            self.lose_points(format!("a range has the unknown type `{range_type}`"));
        } else if range.full_backup_list.is_empty() {
            // The end of the range is that of its last backup.
            match end {
                Some(end) => self.add_backup_point(end),
                None => self.lose_points("a range of full backups has no end"),
            }
        }
        for end in range.full_backup_list.iter().map(|backup| backup.end_time) {
            match end {
                Some(end) => self.add_backup_point(end),
                None => self.lose_points("a restorable full backup has no end"),
            }
        }
    }

    pub(super) fn add_backup(&mut self, backup: FullBackupFile) {
        let ended = backup.end_time.or(backup.finish_time);
        let at = ended.or(backup.start_time).or(backup.create_time);
        let has_ended = match backup.backup_status.known() {
            Some(FullBackupStatus::Finish) => {
                let is_deleted = backup.backup_set_expired_time.is_some_and(|at| at <= self.now);
                match ended {
                    // Its retention is over, so that it may be listed but not restored.
                    _ if is_deleted => {}
                    Some(ended) => self.add_backup_point(ended),
                    None => self.lose_points("a finished full backup has no end"),
                }
                true
            }
            Some(FullBackupStatus::Stop) => true,
            Some(FullBackupStatus::Schedule | FullBackupStatus::Running) => {
                self.history.is_running = true;
                return;
            }
            Some(FullBackupStatus::Pause) => return,
            None => false,
        };
        let (set, status) = (&backup.backup_set_id, &backup.backup_status);
        let Some(ended_at) = at.filter(|at| has_ended && *at <= self.latest) else {
            let why = match (has_ended, at) {
                (false, _) => format!("the backup `{set}` has the unknown status `{status}`"),
                (true, None) => format!("the backup `{set}` has no time"),
                (true, Some(_)) => format!("the backup `{set}` ended in the future"),
            };
            self.doubt(at, why);
            return;
        };
        // Of two that ended at the same time, the failed one is kept.
        let is_failed = *status == FullBackupStatus::Stop;
        if self.last_at.is_none_or(|last| ended_at > last || (ended_at == last && is_failed)) {
            self.last_at = Some(ended_at);
            self.history.last_backup = Some(LastBackup {
                set: backup.backup_set_id,
                status: backup.backup_status,
                at: Some(ended_at),
                size: backup.backup_size,
                error: backup.error_message,
            });
        }
    }

    /// Remembers a backup that may be the last. One without a time is the most doubtful.
    fn doubt(&mut self, at: Option<OffsetDateTime>, why: String) {
        let is_more = match &self.doubt {
            None => true,
            Some((known, _)) => known.is_some_and(|known| at.is_none_or(|at| at > known)),
        };
        if is_more {
            self.doubt = Some((at, why));
        }
    }

    /// Returns whether a point was found.
    pub(super) fn has_point(&self) -> bool {
        self.history.newest.is_some()
    }

    /// Returns the failed backup that is the last, if its error is not known.
    pub(super) fn unexplained_failure(&mut self) -> Option<&mut LastBackup> {
        let last = self.history.last_backup.as_mut()?;
        (last.status == FullBackupStatus::Stop && last.error.is_none()).then_some(last)
    }

    pub(super) fn finish(mut self) -> History {
        if let Some((at, why)) = self.doubt.take()
            && at.is_none_or(|at| self.last_at.is_none_or(|last| at >= last))
        {
            self.lose_last_backup(why);
        }
        self.history.windows = windows(self.ranges, self.backups);
        self.history
    }
}

/// Joins the ranges of logs that overlap, adds the backups, and limits the number.
fn windows(
    mut ranges: Vec<RestorableWindow>,
    mut backups: Vec<OffsetDateTime>,
) -> Vec<RestorableWindow> {
    ranges.sort_by_key(|range| (range.from, range.to));
    let mut all: Vec<RestorableWindow> = Vec::new();
    for range in ranges {
        match all.last_mut() {
            Some(last) if range.from <= last.to => last.to = last.to.max(range.to),
            _ => all.push(range),
        }
    }
    backups.sort_unstable();
    backups.dedup();
    all.extend(backups.into_iter().map(RestorableWindow::backup));
    all.sort_by_key(|window| (window.from, window.to));
    // The oldest stays, because it is how far back the plan can be restored.
    while all.len() > MAX_WINDOWS {
        let is_backup = |window: &RestorableWindow| window.kind == WindowKind::Backup;
        let index = all.iter().skip(1).position(is_backup).unwrap_or_default();
        all.remove(index + 1);
    }
    all
}

#[cfg(test)]
mod tests;
