//! The report of a run: plans, attempts, latency.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aliyun_dbs::observe::{AttemptStarted, Observer, Retried};
use serde::Serialize;

/// Counts the attempts and retries of the client.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attempts(Arc<[AtomicU64; 2]>);

impl Observer for Attempts {
    fn attempt_started(&self, _: &AttemptStarted<'_>) {
        self.0[0].fetch_add(1, Ordering::Relaxed);
    }

    fn retried(&self, _: &Retried<'_>) {
        self.0[1].fetch_add(1, Ordering::Relaxed);
    }
}

/// The result of one plan.
pub(crate) enum PlanOutcome {
    /// An earlier run has provisioned it.
    Done,
    /// This run has provisioned it.
    Created { resumed: bool, took: Duration },
    /// This run could not provision it.
    Failed { cause: String, message: String },
}

#[derive(Serialize)]
pub(crate) struct Report {
    /// Plans that earlier runs have started.
    known_before: usize,
    done_before: usize,
    created: usize,
    resumed: usize,
    failed: BTreeMap<String, Vec<String>>,
    attempts: u64,
    retries: u64,
    /// Milliseconds from the token to the running plan: median, p95, p99, maximum.
    latency_ms: [u128; 4],
    #[serde(skip)]
    took: Vec<Duration>,
}

impl Report {
    pub(crate) fn new(known_before: usize) -> Self {
        Self {
            known_before,
            done_before: 0,
            created: 0,
            resumed: 0,
            failed: BTreeMap::new(),
            attempts: 0,
            retries: 0,
            latency_ms: [0; 4],
            took: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, outcome: PlanOutcome) {
        match outcome {
            PlanOutcome::Done => self.done_before += 1,
            PlanOutcome::Created { resumed, took } => {
                if resumed {
                    self.resumed += 1;
                } else {
                    self.created += 1;
                }
                self.took.push(took);
            }
            PlanOutcome::Failed { cause, message } => {
                let messages = self.failed.entry(cause).or_default();
                messages.push(message);
            }
        }
    }

    pub(crate) fn failed(&self) -> usize {
        self.failed.values().map(Vec::len).sum()
    }

    pub(crate) fn summary(&self) -> String {
        format!("{} resumed, {} failed", self.resumed, self.failed())
    }

    pub(crate) fn finish(&mut self, attempts: &Attempts) {
        self.attempts = attempts.0[0].load(Ordering::Relaxed);
        self.retries = attempts.0[1].load(Ordering::Relaxed);
        self.took.sort_unstable();
        let last = self.took.len().saturating_sub(1);
        let at =
            |percent: usize| self.took.get(last * percent / 100).map_or(0, Duration::as_millis);
        self.latency_ms = [at(50), at(95), at(99), at(100)];
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "created          {:>8}", self.created)?;
        writeln!(f, "resumed          {:>8}", self.resumed)?;
        writeln!(f, "done before      {:>8}", self.done_before)?;
        writeln!(f, "failed           {:>8}", self.failed())?;
        for (cause, messages) in &self.failed {
            writeln!(f, "  {:>6}  {cause}", messages.len())?;
            if let Some(first) = messages.first() {
                writeln!(f, "          {first}")?;
            }
        }
        writeln!(f, "attempts         {:>8}", self.attempts)?;
        writeln!(f, "retries          {:>8}", self.retries)?;
        let [median, p95, p99, maximum] = self.latency_ms;
        writeln!(f, "latency median   {median:>8} ms")?;
        writeln!(f, "latency p95      {p95:>8} ms")?;
        writeln!(f, "latency p99      {p99:>8} ms")?;
        write!(f, "latency maximum  {maximum:>8} ms")
    }
}
