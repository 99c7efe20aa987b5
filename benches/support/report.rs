//! Prints figures with their goals, and saves them as JSON for the plot.

#![expect(clippy::print_stdout, reason = "a benchmark prints its results")]

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// One measurement, with an optional floor and goal.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Figure {
    pub(crate) measure: String,
    pub(crate) unit: String,
    /// The cost without this crate, measured in the same run.
    pub(crate) floor: Option<f64>,
    pub(crate) ours: f64,
    pub(crate) goal: Option<Goal>,
}

/// The goal of a figure.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) enum Goal {
    /// At most this multiple of the floor.
    Times(f64),
    /// At least this multiple of the floor.
    LeastTimes(f64),
    /// At most this value.
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

    /// Returns whether the goal is met. A figure without a goal always meets it.
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

/// Prints the figures of a benchmark, and saves them in `target/performance`.
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
        println!("cannot save the figures in {}: {error}", directory.display());
        return;
    }
    match super::plot::draw() {
        Ok(path) => println!("plot of all saved figures: {}", path.display()),
        Err(error) => println!("cannot draw the plot: {error}"),
    }
}

/// Prints that a benchmark was skipped, and why.
pub(crate) fn skipped(benchmark: &str, why: &str) {
    println!("\n{benchmark}: skipped: {why}");
}

/// Returns the directory of the saved figures.
pub(crate) fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target").join("performance")
}
