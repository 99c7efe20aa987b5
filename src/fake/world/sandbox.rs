//! Sandboxes of plans, and the backup sets that they can show.

use std::time::Duration;

use time::OffsetDateTime;

use super::plan::Plan;
use super::ranges::log_ranges;
use super::times::after;
use crate::v2019_03_06::types::{BackupPlanId, BackupSetId};
use crate::v2021_01_01::types::{SandboxInstanceId, SandboxSetKind, SandboxStatus};

/// How long the service creates a sandbox.
const CREATION_TIME: Duration = Duration::from_secs(60);

/// How far the clocks of Beijing are ahead of UTC.
const BEIJING: Duration = Duration::from_secs(8 * 3600);

/// A sandbox: a read-only database that shows a backup set. Its state follows from the time.
#[derive(Clone, Debug)]
pub(crate) struct Sandbox {
    pub(crate) id: SandboxInstanceId,
    pub(crate) plan_id: BackupPlanId,
    pub(crate) set: SandboxSet,
    pub(crate) created_at: OffsetDateTime,
}

/// A backup set that a sandbox can show.
#[derive(Clone, Debug)]
pub(crate) struct SandboxSet {
    pub(crate) id: BackupSetId,
    pub(crate) kind: SandboxSetKind,
    pub(crate) at: OffsetDateTime,
}

impl Sandbox {
    pub(crate) fn status(&self, now: OffsetDateTime) -> SandboxStatus {
        if now < after(self.created_at, CREATION_TIME) {
            SandboxStatus::CheckPass
        } else {
            SandboxStatus::Running
        }
    }

    /// Returns the seconds that the creation took, or `None` before it is complete.
    pub(crate) fn creation_seconds(&self, now: OffsetDateTime) -> Option<u64> {
        (self.status(now) == SandboxStatus::Running).then_some(CREATION_TIME.as_secs())
    }
}

/// Returns the first and the last time that a sandbox of a plan can show.
pub(crate) fn sandbox_times(
    plan: &Plan,
    now: OffsetDateTime,
) -> Option<(OffsetDateTime, OffsetDateTime)> {
    let ends = plan.backups.iter().filter_map(|backup| backup.finished_at(now));
    let ranges = log_ranges(plan, now).into_iter().flat_map(|(from, to)| [from, to]);
    let times: Vec<_> = ends.chain(ranges).collect();
    Some((*times.iter().min()?, *times.iter().max()?))
}

/// Returns the backup sets of a plan that a sandbox can show, newest first.
pub(crate) fn sandbox_sets(plan: &Plan, now: OffsetDateTime) -> Vec<SandboxSet> {
    let bare = plan.id.bare();
    let id = |id: String| BackupSetId::new(id).ok();
    let full = plan.backups.iter().filter_map(|backup| {
        let at = backup.finished_at(now)?;
        let id = id(format!("{bare}_{}", digits(at)))?;
        Some(SandboxSet { id, kind: SandboxSetKind::Full, at })
    });
    let files = plan.logs.files(now).into_iter().filter(|file| file.is_complete);
    let logs = files.filter_map(|file| {
        let id = id(format!("Inc_{bare}_{}_{}", digits(file.until), file.id))?;
        Some(SandboxSet { id, kind: SandboxSetKind::Increment, at: file.until })
    });
    let mut sets: Vec<_> = full.chain(logs).collect();
    sets.sort_by_key(|set| std::cmp::Reverse(set.at));
    sets
}

/// Returns a time as `yyyymmddhhmmss`, in Beijing time as in the vendor's samples.
fn digits(at: OffsetDateTime) -> String {
    let at = after(at, BEIJING);
    let (date, (hour, minute, second)) = (at.date(), at.to_hms());
    format!(
        "{:04}{:02}{:02}{hour:02}{minute:02}{second:02}",
        date.year(),
        u8::from(date.month()),
        date.day()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_beijing_time() {
        // The samples of `DescribeSandboxBackupSets` and `DescribeSandboxInstances`.
        for (unix, expected) in
            [(1_630_190_548, "20210829064228"), (1_628_666_784, "20210811152624")]
        {
            let at = OffsetDateTime::from_unix_timestamp(unix).unwrap();
            assert_eq!(digits(at), expected);
        }
    }
}
