//! Prints figures with their goals, and saves them as JSON for the summary and the plot.

#![expect(clippy::print_stdout, reason = "a benchmark prints its results")]

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// The noise above which a run does not decide about a goal.
const NOISY: f64 = 0.03;

/// One measurement, with an optional floor and goal.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Figure {
    pub(crate) measure: String,
    /// What was measured, where a measure has several subjects.
    pub(crate) subject: Option<String>,
    pub(crate) unit: String,
    /// The cost without this crate, measured in the same run.
    pub(crate) floor: Option<f64>,
    pub(crate) ours: f64,
    pub(crate) ratio: Option<Ratio>,
    pub(crate) goal: Option<Goal>,
}

/// The ratio to the floor.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Ratio {
    pub(crate) median: f64,
    /// The quartiles of the ratios of all rounds.
    pub(crate) quartiles: Option<(f64, f64)>,
    /// By how much the ratio may be wrong.
    pub(crate) noise: Option<f64>,
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

/// Whether a figure meets its goal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Verdict {
    Met,
    MissedBy(f64),
    /// The run was too noisy to decide.
    Noisy,
}

impl Figure {
    pub(crate) fn new(measure: impl Into<String>, unit: &str, ours: f64) -> Self {
        let (measure, unit) = (measure.into(), unit.into());
        Self { measure, subject: None, unit, floor: None, ours, ratio: None, goal: None }
    }

    pub(crate) fn of(self, subject: &str) -> Self {
        Self { subject: Some(subject.to_owned()), ..self }
    }

    pub(crate) fn over(self, floor: f64) -> Self {
        let ratio = Ratio { median: self.ours / floor, quartiles: None, noise: None };
        Self { floor: Some(floor), ratio: Some(ratio), ..self }
    }

    pub(crate) fn goal(self, goal: impl Into<Option<Goal>>) -> Self {
        Self { goal: goal.into(), ..self }
    }

    /// Returns whether the goal is met, or `None` for a figure without a goal.
    pub(crate) fn verdict(&self) -> Option<Verdict> {
        let ratio = self.ratio.map_or(f64::NAN, |ratio| ratio.median);
        let excess = match self.goal? {
            Goal::Times(most) => ratio - most,
            Goal::LeastTimes(least) => least - ratio,
            Goal::Most(most) => self.ours - most,
        };
        let noise = self.ratio.and_then(|ratio| ratio.noise).unwrap_or_default();
        Some(match excess {
            _ if noise > NOISY => Verdict::Noisy,
            _ if excess <= 0.0 => Verdict::Met,
            _ => Verdict::MissedBy(excess),
        })
    }

    /// Returns the cells of a line, with the value of an earlier run.
    fn cells(&self, before: Option<f64>) -> Cells {
        let number = |value: Option<f64>, digits: usize| {
            value.map_or_else(String::new, |value| format!("{value:.digits$}"))
        };
        let ratio = self.ratio;
        let quartiles = ratio.and_then(|ratio| ratio.quartiles);
        let goal = match self.goal {
            None => String::new(),
            Some(Goal::Times(most)) => format!("at most {most} times"),
            Some(Goal::LeastTimes(least)) => format!("at least {least} times"),
            Some(Goal::Most(most)) => format!("at most {most}"),
        };
        let verdict = match self.verdict() {
            None => String::new(),
            Some(Verdict::Met) => ", met".to_owned(),
            Some(Verdict::MissedBy(excess)) => format!(", **missed by {excess:.2}**"),
            Some(Verdict::Noisy) => ", noisy".to_owned(),
        };
        [
            self.measure.clone(),
            self.subject.clone().unwrap_or_default(),
            number(self.floor, 2),
            format!("{:.2} {}", self.ours, self.unit),
            number(ratio.map(|ratio| ratio.median), 3),
            number(ratio.and_then(|ratio| ratio.noise), 3),
            goal + &verdict,
            quartiles.map_or_else(String::new, |(low, high)| format!("{low:.3} to {high:.3}")),
            number(before, 2),
        ]
    }
}

type Cells = [String; HEADING.len()];

const HEADING: [&str; 9] =
    ["measure", "of", "floor", "measured", "ratio", "noise", "goal", "quartiles", "last run"];
const WIDTHS: [usize; 9] = [46, 31, 10, 15, 6, 6, 38, 14, 10];
/// The columns of the summary.
const SHORT: usize = 7;

/// Prints a line of a Markdown table.
fn print_line(cells: &[impl AsRef<str>]) {
    let padded = cells.iter().zip(WIDTHS).map(|(cell, width)| format!("{:<width$}", cell.as_ref()));
    println!("| {} |", padded.collect::<Vec<_>>().join(" | "));
}

fn print_heading(columns: usize) {
    print_line(&HEADING[..columns]);
    print_line(&["---"; HEADING.len()][..columns]);
}

/// Prints the figures of a benchmark next to those of its last run, and saves them.
pub(crate) fn publish(benchmark: &str, figures: &[Figure]) {
    let before = saved(benchmark);
    println!("\n{benchmark}\n");
    print_heading(HEADING.len());
    for figure in figures {
        let same = |before: &&Figure| {
            (&before.measure, &before.subject) == (&figure.measure, &figure.subject)
        };
        print_line(&figure.cells(before.iter().find(same).map(|before| before.ours)));
    }
    let written = fs::create_dir_all(directory()).and_then(|()| {
        let json = serde_json::to_string_pretty(figures)?;
        fs::write(path(benchmark), json)
    });
    if let Err(error) = written {
        println!("cannot save the figures in {}: {error}", directory().display());
    }
}

/// Prints the figures that have a goal.
pub(crate) fn print_goals(figures: &[Figure]) {
    println!("\nall goals\n");
    print_heading(SHORT);
    for figure in figures.iter().filter(|figure| figure.goal.is_some()) {
        print_line(&figure.cells(None)[..SHORT]);
    }
    let count = |wanted: fn(Verdict) -> bool| {
        figures.iter().filter_map(Figure::verdict).filter(|verdict| wanted(*verdict)).count()
    };
    println!(
        "\n{} goals met, {} missed, {} undecided because of noise above {NOISY}",
        count(|verdict| verdict == Verdict::Met),
        count(|verdict| matches!(verdict, Verdict::MissedBy(_))),
        count(|verdict| verdict == Verdict::Noisy),
    );
}

/// Prints that a benchmark was skipped, and why.
pub(crate) fn skipped(benchmark: &str, why: &str) {
    println!("\n{benchmark}: skipped: {why}");
}

/// Returns the figures that a benchmark saved.
pub(crate) fn saved(benchmark: &str) -> Vec<Figure> {
    let json = fs::read_to_string(path(benchmark)).unwrap_or_default();
    serde_json::from_str(&json).unwrap_or_default()
}

fn path(benchmark: &str) -> PathBuf {
    directory().join(format!("{benchmark}.json"))
}

/// Returns the directory of the saved figures.
pub(crate) fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("target").join("performance")
}
