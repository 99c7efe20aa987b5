//! `Exploration`: what an exploration found.

use std::fmt;

use super::schedule::Schedule;

/// What [`explore`](super::explore) or [`replay`](super::replay) found.
#[must_use = "check it with `assert_passed`"]
#[derive(Clone, Debug, Default)]
pub struct Exploration {
    pub(super) schedules: usize,
    pub(super) points: usize,
    pub(super) failure: Option<ExploreFailure>,
}

/// The first schedule under which a scenario failed.
///
/// The exploration runs shorter schedules first, so none with fewer faults fails.
#[derive(Clone, Debug)]
pub struct ExploreFailure {
    pub(super) schedule: Schedule,
    pub(super) message: String,
    pub(super) trace: Vec<String>,
}

impl Exploration {
    /// Returns the number of schedules that were run.
    pub fn schedules(&self) -> usize {
        self.schedules
    }

    /// Returns the number of points that the scenario reaches without faults.
    ///
    /// After a [`replay`](super::replay), those that it reached.
    pub fn points(&self) -> usize {
        self.points
    }

    /// Returns the first failure, if a schedule failed.
    pub fn failure(&self) -> Option<&ExploreFailure> {
        self.failure.as_ref()
    }

    /// Panics with the schedule, the trace and the message if a schedule failed.
    ///
    /// # Panics
    ///
    /// If a schedule failed.
    #[track_caller]
    pub fn assert_passed(&self) {
        if let Some(failure) = &self.failure {
            panic!("{failure}");
        }
    }
}

impl ExploreFailure {
    /// Returns the schedule, for [`replay`](super::replay).
    pub fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    /// Returns the error of the scenario, its panic, or why it did not end.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the points that the run reached, with time and fault, one per line.
    pub fn trace(&self) -> &[String] {
        &self.trace
    }
}

impl fmt::Display for ExploreFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { schedule, message, trace } = self;
        writeln!(f, "the scenario failed: {message}")?;
        writeln!(f, "schedule: {schedule}")?;
        writeln!(f, "trace:")?;
        for point in trace {
            writeln!(f, "  {point}")?;
        }
        write!(f, "rerun: replay(&\"{schedule}\".parse().unwrap(), scenario).assert_passed()")
    }
}
