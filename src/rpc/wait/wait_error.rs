//! `WaitError`: why a wait ended without what was waited for.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use crate::rpc::error::Error;

/// Why a wait ended without what was waited for: how long it was, how many looks there were, and
/// what the last one saw.
pub struct WaitError(Box<WaitErrorInner>);

struct WaitErrorInner {
    kind: WaitErrorKind,
    subject: String,
    waited: Duration,
    polls: u32,
    last: Option<String>,
    why: Option<String>,
    source: Option<Error>,
}

/// What ended a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WaitErrorKind {
    /// The time is out. What was waited for may still come; wait again, or longer.
    TimedOut,
    /// What was waited for has failed and will not come; the message says why.
    Failed,
    /// Looking failed in a way that does not pass; [`WaitError::call`] is the call's error.
    Call,
}

impl WaitError {
    pub(super) fn new(
        kind: WaitErrorKind,
        subject: String,
        waited: Duration,
        polls: u32,
        last: Option<String>,
        source: Option<Error>,
    ) -> Self {
        Self(Box::new(WaitErrorInner { kind, subject, waited, polls, last, why: None, source }))
    }

    pub(super) fn because(mut self, why: &str) -> Self {
        self.0.why = Some(why.to_owned());
        self
    }

    /// For a waiter that is awaited after it has given its last look.
    pub(crate) fn ended() -> Self {
        let subject = "a waiter that has ended already".to_owned();
        Self::new(WaitErrorKind::Failed, subject, Duration::ZERO, 0, None, None)
            .because("make a new one")
    }

    /// For a waiter that a blocking client could not run.
    #[cfg(feature = "blocking")]
    pub(crate) fn not_begun(error: Error) -> Self {
        let subject = "a condition".to_owned();
        Self::new(WaitErrorKind::Call, subject, Duration::ZERO, 0, None, Some(error))
    }

    /// What ended the wait.
    pub fn kind(&self) -> WaitErrorKind {
        self.0.kind
    }

    /// How long the wait was.
    pub fn elapsed(&self) -> Duration {
        self.0.waited
    }

    /// How many looks there were.
    pub fn polls(&self) -> u32 {
        self.0.polls
    }

    /// What the last look saw, in a few words.
    pub fn last_state(&self) -> Option<&str> {
        self.0.last.as_deref()
    }

    /// The error of the last call, if it failed.
    pub fn call(&self) -> Option<&Error> {
        self.0.source.as_ref()
    }
}

impl fmt::Display for WaitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let WaitErrorInner { kind, subject, waited, polls, last, why, source } = &*self.0;
        let waited = Duration::from_millis(waited.as_millis().try_into().unwrap_or(u64::MAX));
        let looks = if *polls == 1 { "look" } else { "looks" };
        let what = match kind {
            WaitErrorKind::TimedOut => "timed out",
            WaitErrorKind::Failed => "failed",
            WaitErrorKind::Call => "was given up",
        };
        write!(f, "waiting for {subject} {what} after {waited:?} and {polls} {looks}")?;
        if let Some(why) = why {
            write!(f, ": {why}")?;
        } else if let Some(last) = last {
            write!(f, "; last seen: {last}")?;
        }
        if let Some(error) = source {
            write!(f, "; the last call failed: {error}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for WaitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitError")
            .field("kind", &self.0.kind)
            .field("message", &self.to_string())
            .finish_non_exhaustive()
    }
}

impl StdError for WaitError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_ref().map(|error| error as &(dyn StdError + 'static))
    }
}
