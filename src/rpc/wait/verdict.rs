//! `Verdict`: what a poll saw, and whether it is what is waited for.

use std::fmt;

/// What a poll saw, and the verdict on it.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_enums, reason = "there is something to see, or there is not")]
pub enum Look<S> {
    /// There is nothing to see yet, such as a plan that is not listed.
    Absent,
    /// Something was seen.
    Seen {
        /// What was seen.
        state: S,
        /// Whether it is what is waited for.
        verdict: Verdict,
    },
}

impl<S> Look<S> {
    /// A judge's look at something that may not be there.
    pub fn at(state: Option<S>, judge: impl FnOnce(&S) -> Verdict) -> Self {
        match state {
            None => Self::Absent,
            Some(state) => Self::Seen { verdict: judge(&state), state },
        }
    }

    /// The parts: what was seen, if anything, and the verdict.
    pub(crate) fn into_parts(self) -> (Option<S>, Verdict) {
        match self {
            Self::Absent => (None, Verdict::pending("it is not there yet")),
            Self::Seen { state, verdict } => (Some(state), verdict),
        }
    }
}

/// Whether what was seen is what is waited for, in a few words.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Verdict {
    outcome: Standing,
    summary: String,
    percent: Option<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Pending,
    Done,
    Failed,
}

impl Verdict {
    fn new(outcome: Standing, summary: impl fmt::Display) -> Self {
        Self { outcome, summary: summary.to_string(), percent: None }
    }

    /// Not yet.
    pub fn pending(summary: impl fmt::Display) -> Self {
        Self::new(Standing::Pending, summary)
    }

    /// The condition holds.
    pub fn done(summary: impl fmt::Display) -> Self {
        Self::new(Standing::Done, summary)
    }

    /// The condition will never hold, and why.
    pub fn failed(why: impl fmt::Display) -> Self {
        Self::new(Standing::Failed, why)
    }

    /// How much is done, percent.
    pub fn progress(mut self, percent: u8) -> Self {
        self.percent = Some(percent.min(100));
        self
    }

    /// Whether the condition holds.
    pub fn is_done(&self) -> bool {
        self.outcome == Standing::Done
    }

    /// Why the condition will never hold, if so.
    pub fn failure(&self) -> Option<&str> {
        (self.outcome == Standing::Failed).then_some(&self.summary)
    }

    /// What was seen, in a few words; with the progress where there is one.
    pub fn summary(&self) -> &str {
        &self.summary
    }

    /// How much is done, percent.
    pub fn percent(&self) -> Option<u8> {
        self.percent
    }
}
