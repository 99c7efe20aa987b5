//! Figures: printed with their goal, and kept as JSON for the plot.

#![expect(clippy::print_stdout, reason = "that is what a report is for")]

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// One measure of the crate, as a multiple of its floor where it has one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Figure {
    pub(crate) measure: String,
    pub(crate) unit: String,
    /// What the work costs without this crate, measured in the same run.
    pub(crate) floor: Option<f64>,
    pub(crate) ours: f64,
    pub(crate) goal: Option<Goal>,
}

/// What a figure is to be.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) enum Goal {
    /// At most this multiple of the floor.
    Times(f64),
    /// At least this multiple of the floor.
    LeastTimes(f64),
    /// At most this much.
    Most(f64),
}

impl Figure {
    pub(crate) fn new(measure: impl Into<String>, unit: &str, ours: f64) -> Self {
        Self { measure: measure.into(), unit: unit.into(), floor: None, ours, goal: None }
    }

    pub(crate) fn over(self, floor: f64) -> Self {
        Self { floor: Some(floor), ..self }
    }

    pub(crate) fn goal(self, goal: Goal) -> Self {
        Self { goal: Some(goal), ..self }
    }

    pub(crate) fn ratio(&self) -> Option<f64> {
        self.floor.map(|floor| self.ours / floor)
    }

    /// Whether the goal is met; nothing to meet is met.
    pub(crate) fn is_met(&self) -> bool {
        let ratio = self.ratio().unwrap_or(f64::NAN);
        match self.goal {
            None => true,
            Some(Goal::Times(most)) => ratio <= most,
            Some(Goal::LeastTimes(least)) => ratio >= least,
            Some(Goal::Most(most)) => self.ours <= most,
        }
    }

    fn line(&self) -> String {
        let floor = self.floor.map_or("-".into(), |floor| format!("{floor:.2}"));
        let ratio = self.ratio().map_or("-".into(), |ratio| format!("{ratio:.3}"));
        let goal = match self.goal {
            None => String::new(),
            Some(Goal::Times(most)) => format!("at most {most} times"),
            Some(Goal::LeastTimes(least)) => format!("at least {least} times"),
            Some(Goal::Most(most)) => format!("at most {most}"),
        };
        let met = match (self.goal, self.is_met()) {
            (None, _) => "",
            (_, true) => "met",
            (_, false) => "NOT MET",
        };
        format!(
            "{:<58} {:>12} {:>12.2} {:<8} {:>8}  {goal} {met}",
            self.measure, floor, self.ours, self.unit, ratio
        )
    }
}

/// Prints the figures of a benchmark and keeps them in `target/performance`.
pub(crate) fn publish(benchmark: &str, figures: &[Figure]) {
    println!(
        "\n{benchmark:<58} {:>12} {:>12} {:<8} {:>8}  goal",
        "floor", "aliyun-dbs", "", "ratio"
    );
    for figure in figures {
        println!("{}", figure.line());
    }
    let directory = directory();
    let written = fs::create_dir_all(&directory).and_then(|()| {
        let json = serde_json::to_string_pretty(figures)?;
        fs::write(directory.join(format!("{benchmark}.json")), json)
    });
    if let Err(error) = written {
        println!("the figures cannot be kept in {}: {error}", directory.display());
        return;
    }
    match super::plot::draw() {
        Ok(path) => println!("plot of all figures so far: {}", path.display()),
        Err(error) => println!("the plot cannot be drawn: {error}"),
    }
}

/// Says that a benchmark was not made, and why.
pub(crate) fn skipped(benchmark: &str, why: &str) {
    println!("\n{benchmark}: skipped, {why}");
}

/// Where figures are kept.
pub(crate) fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target").join("performance")
}
