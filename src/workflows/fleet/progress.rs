//! `FleetProgress`: what a fleet has done so far, and when it ends.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use serde::Serialize;

use super::outcome::FleetOutcomeKind;
use super::report::seconds;
use crate::rpc::operation::{Operation, RateLimit};
use crate::v2019_03_06::operations::{ConfigureBackupPlan, CreateBackupPlan, StartBackupPlan};
use crate::workflows::provision::ProvisionStage;

/// How many of the latest outcomes give the pace of a fleet.
const PACE_OUTCOMES: usize = 32;

/// The progress of a fleet, as [`FleetHandle::progress`](super::FleetHandle::progress) returns it.
///
/// In serde, durations are numbers of seconds.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct FleetProgress {
    /// The number of plans. `None` if the iterator does not know it.
    pub total: Option<usize>,
    /// The plans that have an outcome.
    pub finished: usize,
    /// Those of them that run.
    pub running: usize,
    /// Those of them that failed.
    pub failed: usize,
    /// Those of them that are unresolved.
    pub unresolved: usize,
    /// The plans that this fleet works on.
    pub in_progress: usize,
    /// The plans that another worker has leased, and that this fleet tries again later.
    pub held_elsewhere: usize,
    /// The plans in progress by stage.
    pub stages: BTreeMap<ProvisionStage, usize>,
    /// The time since the fleet started.
    #[serde(serialize_with = "seconds")]
    pub elapsed: Duration,
    /// How long the fleet still needs.
    ///
    /// At the pace of its latest outcomes, but not faster than the published rate limits allow, such
    /// as 10 starts per minute. `None` before the first outcome, or without `total`.
    #[serde(serialize_with = "optional_seconds")]
    pub eta: Option<Duration>,
}

#[expect(clippy::ref_option, reason = "serde passes a reference")]
fn optional_seconds<S: serde::Serializer>(
    duration: &Option<Duration>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    duration.map(|duration| duration.as_secs_f64()).serialize(serializer)
}

/// The counters behind a progress.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) total: Option<usize>,
    finished: usize,
    running: usize,
    failed: usize,
    unresolved: usize,
    pub(super) in_progress: usize,
    pub(super) held_elsewhere: usize,
    pub(super) stages: BTreeMap<ProvisionStage, usize>,
    /// When the fleet started, by its clock.
    pub(super) started: Option<Duration>,
    /// When the latest outcomes came, after the start.
    latest: VecDeque<Duration>,
}

impl Counters {
    pub(super) fn add(&mut self, kind: &FleetOutcomeKind, now: Duration) {
        self.finished += 1;
        match kind {
            FleetOutcomeKind::Provisioned { .. }
            | FleetOutcomeKind::AlreadyDone { .. }
            | FleetOutcomeKind::Changed { .. } => {
                self.running += 1;
            }
            FleetOutcomeKind::Unresolved(_) => self.unresolved += 1,
            FleetOutcomeKind::Failed(_) => self.failed += 1,
            FleetOutcomeKind::Cancelled => {}
        }
        if self.latest.len() > PACE_OUTCOMES {
            self.latest.pop_front();
        }
        self.latest.push_back(now);
    }

    pub(super) fn progress(&self, now: Duration) -> FleetProgress {
        FleetProgress {
            total: self.total,
            finished: self.finished,
            running: self.running,
            failed: self.failed,
            unresolved: self.unresolved,
            in_progress: self.in_progress,
            held_elsewhere: self.held_elsewhere,
            stages: self.stages.clone(),
            elapsed: self.started.map(|started| now.saturating_sub(started)).unwrap_or_default(),
            eta: self.eta(),
        }
    }

    fn eta(&self) -> Option<Duration> {
        let left = u32::try_from(self.total?.saturating_sub(self.finished)).ok()?;
        let last = *self.latest.back()?;
        // With fewer outcomes than the window, the pace counts from the start.
        let (since, outcomes) = if self.finished > PACE_OUTCOMES {
            (*self.latest.front()?, self.latest.len() - 1)
        } else {
            (self.started?, self.latest.len())
        };
        let pace =
            last.saturating_sub(since).as_secs_f64() / f64::from(u32::try_from(outcomes).ok()?);
        let pace = Duration::try_from_secs_f64(pace).ok()?.max(PLAN_INTERVAL);
        Some(pace.saturating_mul(left))
    }
}

/// The shortest average time between two plans that the published limits allow.
const PLAN_INTERVAL: Duration = {
    let limits = [
        CreateBackupPlan::RATE_LIMIT,
        ConfigureBackupPlan::RATE_LIMIT,
        StartBackupPlan::RATE_LIMIT,
    ];
    let mut longest = 0;
    let mut index = 0;
    while index < limits.len() {
        if let Some(RateLimit { calls, seconds }) = limits[index] {
            let interval = seconds as u64 * 1000 / calls as u64;
            if interval > longest {
                longest = interval;
            }
        }
        index += 1;
    }
    Duration::from_millis(longest)
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eta_knows_the_rate_limit_of_starts() {
        assert_eq!(PLAN_INTERVAL, Duration::from_secs(6));
        let mut counters =
            Counters { total: Some(100), started: Some(Duration::ZERO), ..Counters::default() };
        assert_eq!(counters.progress(Duration::ZERO).eta, None);
        counters.add(&FleetOutcomeKind::Cancelled, Duration::from_secs(1));
        assert_eq!(counters.progress(Duration::ZERO).eta, Some(Duration::from_secs(594)));
        // The fleet is slower than the limit.
        counters.add(&FleetOutcomeKind::Cancelled, Duration::from_secs(20));
        assert_eq!(counters.progress(Duration::ZERO).eta, Some(Duration::from_secs(980)));
        // Only the latest outcomes give the pace.
        for second in 0..33 {
            counters.add(&FleetOutcomeKind::Cancelled, Duration::from_secs(1000 + 8 * second));
        }
        assert_eq!(counters.progress(Duration::ZERO).eta, Some(Duration::from_secs(8 * 65)));
        counters.total = None;
        assert_eq!(counters.progress(Duration::ZERO).eta, None);
    }
}
