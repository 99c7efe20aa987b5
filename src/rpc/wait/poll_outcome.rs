//! `PollOutcome` and `PollStatus`: what one poll saw, and whether the wait continues.

use std::fmt;

/// What one poll of a [`Condition`](super::Condition) saw.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_enums, reason = "a resource exists or it does not")]
pub enum PollOutcome<S> {
    /// The resource does not exist yet, such as a plan that is not listed.
    Missing,
    /// The resource exists.
    Found {
        /// The state of the resource.
        state: S,
        /// Whether this state ends the wait.
        status: PollStatus,
    },
}

/// The state of a resource that is missing.
pub(crate) const NOT_YET: &str = "it does not exist yet";

impl<S> PollOutcome<S> {
    /// Returns `Missing` for `None`, and otherwise `Found` with the status that `evaluate` returns.
    pub fn from_option(state: Option<S>, evaluate: impl FnOnce(&S) -> PollStatus) -> Self {
        match state {
            None => Self::Missing,
            Some(state) => Self::Found { status: evaluate(&state), state },
        }
    }

    pub(crate) fn into_parts(self) -> (Option<S>, PollStatus) {
        match self {
            Self::Missing => (None, PollStatus::pending(NOT_YET)),
            Self::Found { state, status } => (Some(state), status),
        }
    }
}

/// Whether a wait is pending, done or failed, with a short summary for people.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct PollStatus {
    phase: Phase,
    summary: String,
    percent: Option<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Pending,
    Done,
    Failed,
}

impl PollStatus {
    fn new(phase: Phase, summary: impl fmt::Display) -> Self {
        Self { phase, summary: summary.to_string(), percent: None }
    }

    /// Returns a status that continues the wait.
    pub fn pending(summary: impl fmt::Display) -> Self {
        Self::new(Phase::Pending, summary)
    }

    /// Returns a status that ends the wait successfully.
    pub fn done(summary: impl fmt::Display) -> Self {
        Self::new(Phase::Done, summary)
    }

    /// Returns a status that ends the wait with an error.
    ///
    /// Use it when the condition can never hold.
    pub fn failed(reason: impl fmt::Display) -> Self {
        Self::new(Phase::Failed, reason)
    }

    /// Sets the progress in percent. Values above 100 become 100.
    pub fn progress(mut self, percent: u8) -> Self {
        self.percent = Some(percent.min(100));
        self
    }

    /// Returns whether the condition holds.
    pub fn is_done(&self) -> bool {
        self.phase == Phase::Done
    }

    /// Returns why the condition can never hold, or `None` if it still can.
    pub fn failure(&self) -> Option<&str> {
        (self.phase == Phase::Failed).then_some(&self.summary)
    }

    /// Returns the summary of the state that the poll saw.
    pub fn summary(&self) -> &str {
        &self.summary
    }

    /// Returns the progress in percent, if the service reports one.
    pub fn percent(&self) -> Option<u8> {
        self.percent
    }
}
