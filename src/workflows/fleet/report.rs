//! `FleetReport`: what a fleet did.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::{Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::outcome::{FleetOutcome, FleetOutcomeKind};
use crate::rpc::value::one_line::one_line;
use crate::v2019_03_06::types::BackupPlanId;
use crate::workflows::in_place::item::ChangeItem;

/// The most names of one kind that a report lists.
const MAX_NAMES: usize = 1000;
/// The most messages of a group of failures.
const MAX_EXAMPLES: usize = 3;
/// The most groups of failures; others are counted together.
const MAX_GROUPS: usize = 100;

/// What a fleet did: the result of awaiting it.
///
/// `Display` writes a table of several lines. In serde, durations are numbers of seconds.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct FleetReport {
    /// The name of the fleet.
    pub fleet: String,
    /// The plans that this run bought, and that run.
    pub bought: usize,
    /// The plans that an earlier run had entered, and that now run.
    pub resumed: usize,
    /// The plans that already ran, and match their specification if they were compared.
    pub already_done: usize,
    /// The plans that existed and were changed in place, also if a difference is left.
    pub changed: usize,
    /// The differences that cannot be changed in place, by the name of the plan. At most 1000 names.
    pub impossible: BTreeMap<String, Vec<ChangeItem>>,
    /// The number of plans with such differences.
    pub impossible_total: usize,
    /// The unresolved names, at most 1000.
    pub unresolved: Vec<UnresolvedName>,
    /// The number of unresolved names.
    pub unresolved_total: usize,
    /// The failures by stage and code, such as `create: Throttling.User`.
    pub failed: BTreeMap<String, FailureGroup>,
    /// The plans that the end of the fleet interrupted.
    pub cancelled: usize,
    /// The plans that the fleet did not begin. `None` if the iterator does not know the number.
    pub not_started: Option<usize>,
    /// How long the plans took that this run provisioned.
    pub latency: LatencySummary,
    /// How long the fleet took.
    #[serde(serialize_with = "seconds")]
    pub elapsed: Duration,
    /// The error of the journal that stopped the fleet.
    pub stopped_by: Option<String>,
}

/// Failures with the same cause; see [`FleetReport::failed`].
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct FailureGroup {
    /// The number of plans.
    pub count: usize,
    /// The messages of the first plans, with their names. At most 3.
    pub examples: Vec<String>,
}

/// A name whose purchase may have been executed; see [`FleetReport::unresolved`].
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct UnresolvedName {
    /// The name.
    pub name: String,
    /// The plans that may belong to it.
    pub candidates: Vec<BackupPlanId>,
    /// When its purchase was first intended. `None` if it is not known. RFC 3339 in serde.
    #[serde(serialize_with = "optional_time")]
    pub since: Option<OffsetDateTime>,
}

/// How long plans took; see [`FleetReport::latency`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LatencySummary {
    /// The number of plans.
    pub plans: usize,
    /// The duration that half of the plans did not exceed. Accurate to a quarter, like the next two.
    #[serde(serialize_with = "seconds")]
    pub median: Duration,
    /// The duration that 95 % of the plans did not exceed.
    #[serde(serialize_with = "seconds")]
    pub p95: Duration,
    /// The duration that 99 % of the plans did not exceed.
    #[serde(serialize_with = "seconds")]
    pub p99: Duration,
    /// The longest duration.
    #[serde(serialize_with = "seconds")]
    pub maximum: Duration,
}

/// Writes a duration as seconds.
pub(super) fn seconds<S: Serializer>(
    duration: &Duration,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(duration.as_secs_f64())
}

#[expect(clippy::ref_option, reason = "serde passes a reference")]
fn optional_time<S: Serializer>(
    time: &Option<OffsetDateTime>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    time.and_then(|time| time.format(&Rfc3339).ok()).serialize(serializer)
}

impl FleetReport {
    /// Returns whether every plan runs, and matches its specification if it was compared.
    pub fn is_complete(&self) -> bool {
        self.unresolved_total == 0
            && self.impossible_total == 0
            && self.failed.is_empty()
            && self.cancelled == 0
            && self.not_started.is_none_or(|plans| plans == 0)
            && self.stopped_by.is_none()
    }

    /// Returns the number of plans that failed.
    pub fn failed_total(&self) -> usize {
        self.failed.values().map(|group| group.count).sum()
    }

    fn add(&mut self, outcome: &FleetOutcome) {
        let name = &outcome.name;
        match &outcome.kind {
            FleetOutcomeKind::Provisioned { resumed: false, .. } => self.bought += 1,
            FleetOutcomeKind::Provisioned { resumed: true, .. } => self.resumed += 1,
            FleetOutcomeKind::AlreadyDone { .. } => self.already_done += 1,
            FleetOutcomeKind::Changed { applied, impossible, .. } => {
                if !applied.is_empty() {
                    self.changed += 1;
                }
                if !impossible.is_empty() {
                    self.impossible_total += 1;
                    if self.impossible.len() < MAX_NAMES {
                        self.impossible.insert(name.clone(), impossible.clone());
                    }
                }
            }
            FleetOutcomeKind::Cancelled => self.cancelled += 1,
            FleetOutcomeKind::Unresolved(purchase) => {
                self.unresolved_total += 1;
                if self.unresolved.len() < MAX_NAMES {
                    let plans = purchase.candidates().iter();
                    self.unresolved.push(UnresolvedName {
                        name: name.clone(),
                        candidates: plans.map(|plan| plan.backup_plan_id.clone()).collect(),
                        since: purchase.since(),
                    });
                }
            }
            FleetOutcomeKind::Failed(error) => {
                let mut group = error.group();
                if self.failed.len() >= MAX_GROUPS && !self.failed.contains_key(&group) {
                    "other".clone_into(&mut group);
                }
                let group = self.failed.entry(group).or_default();
                group.count += 1;
                if group.examples.len() < MAX_EXAMPLES {
                    group.examples.push(format!("`{name}`: {error}"));
                }
            }
        }
    }
}

impl fmt::Display for FleetReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, plans) in [
            ("bought", self.bought),
            ("resumed", self.resumed),
            ("already done", self.already_done),
            ("unresolved", self.unresolved_total),
            ("failed", self.failed_total()),
        ] {
            writeln!(f, "{name:<16} {plans:>8}")?;
        }
        for (cause, group) in &self.failed {
            writeln!(f, "  {:>6}  {cause}", group.count)?;
            for example in &group.examples {
                writeln!(f, "          {example}")?;
            }
        }
        for (name, plans) in [
            ("changed", self.changed),
            ("not possible", self.impossible_total),
            ("cancelled", self.cancelled),
            ("not started", self.not_started.unwrap_or_default()),
        ] {
            if plans > 0 {
                writeln!(f, "{name:<16} {plans:>8}")?;
            }
        }
        for (name, items) in &self.impossible {
            writeln!(f, "  {}", one_line(name))?;
            items.iter().try_for_each(|item| writeln!(f, "    {item}"))?;
        }
        if let Some(error) = &self.stopped_by {
            writeln!(f, "{:<16} {error}", "stopped by")?;
        }
        let LatencySummary { median, p95, p99, maximum, .. } = self.latency;
        for (name, duration) in
            [("median", median), ("p95", p95), ("p99", p99), ("maximum", maximum)]
        {
            writeln!(f, "latency {name:<8} {:>8.1} s", duration.as_secs_f64())?;
        }
        write!(f, "elapsed          {:>8.1} s", self.elapsed.as_secs_f64())
    }
}

/// A report that is being written. Its memory does not grow with the number of plans.
#[derive(Debug, Default)]
pub(super) struct ReportBuilder {
    report: FleetReport,
    latencies: Latencies,
}

impl ReportBuilder {
    pub(super) fn add(&mut self, outcome: &FleetOutcome) {
        if matches!(outcome.kind, FleetOutcomeKind::Provisioned { .. }) {
            self.latencies.add(outcome.elapsed);
        }
        self.report.add(outcome);
    }

    pub(super) fn finish(
        self,
        fleet: String,
        not_started: Option<usize>,
        elapsed: Duration,
        stopped_by: Option<String>,
    ) -> FleetReport {
        let latency = self.latencies.summary();
        FleetReport { fleet, not_started, latency, elapsed, stopped_by, ..self.report }
    }
}

/// Durations in buckets, each a quarter longer than the one before.
#[derive(Debug)]
struct Latencies {
    buckets: [usize; Self::BUCKETS],
    count: usize,
    maximum: Duration,
}

impl Default for Latencies {
    fn default() -> Self {
        Self { buckets: [0; Self::BUCKETS], count: 0, maximum: Duration::ZERO }
    }
}

impl Latencies {
    const BUCKETS: usize = 96;
    const SHORTEST: Duration = Duration::from_millis(10);
    const FACTOR: f64 = 1.25;

    /// Returns the end of each bucket.
    fn ends() -> impl Iterator<Item = Duration> {
        std::iter::successors(Some(Self::SHORTEST), |end| Some(end.mul_f64(Self::FACTOR)))
    }

    fn add(&mut self, duration: Duration) {
        let bucket = Self::ends().take(Self::BUCKETS - 1).take_while(|end| *end < duration).count();
        self.buckets[bucket] += 1;
        self.count += 1;
        self.maximum = self.maximum.max(duration);
    }

    fn quantile(&self, percent: usize) -> Duration {
        let rank = (self.count * percent).div_ceil(100);
        let mut seen = 0;
        for (count, end) in self.buckets.iter().zip(Self::ends()) {
            seen += count;
            if seen >= rank {
                return end.min(self.maximum);
            }
        }
        self.maximum
    }

    fn summary(&self) -> LatencySummary {
        LatencySummary {
            plans: self.count,
            median: self.quantile(50),
            p95: self.quantile(95),
            p99: self.quantile(99),
            maximum: self.maximum,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_accurate_to_a_quarter() {
        let mut latencies = Latencies::default();
        assert_eq!(latencies.summary(), LatencySummary::default());
        for second in 1..=1000 {
            latencies.add(Duration::from_secs(second));
        }
        let LatencySummary { plans, median, p95, p99, maximum } = latencies.summary();
        assert_eq!((plans, maximum), (1000, Duration::from_secs(1000)));
        for (percent, found) in [(50, median), (95, p95), (99, p99)] {
            let exact = f64::from(percent) * 10.0;
            let found = found.as_secs_f64();
            assert!((exact..=exact * 1.25).contains(&found), "{percent}: {found}");
        }
        latencies.add(Duration::from_secs(u64::MAX));
        assert_eq!(latencies.summary().maximum, Duration::from_secs(u64::MAX));
    }
}
