//! `WaitError`: why a wait failed.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use crate::rpc::error::Error;
use crate::rpc::report::{unshown, write_report};
use crate::rpc::value::labels::labels;

/// Why a wait failed, with its duration, its number of polls and the last state.
pub struct WaitError(Box<WaitErrorInner>);

struct WaitErrorInner {
    kind: WaitErrorKind,
    /// The subject of the condition. `None` for a wait that did not poll.
    subject: Option<String>,
    elapsed: Duration,
    polls: u32,
    last_state: Option<String>,
    reason: Option<String>,
    source: Option<Error>,
}

/// What ended a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WaitErrorKind {
    /// The timeout expired. The condition may still hold later: wait again, or longer.
    TimedOut,
    /// The resource failed or stayed missing, so the condition cannot hold; the message says why.
    Failed,
    /// A call failed with an error that is not retryable; [`WaitError::call`] returns it.
    Call,
}

labels! { WaitErrorKind: TimedOut = "timed_out", Failed = "failed", Call = "call" }

impl WaitError {
    pub(crate) fn new(
        kind: WaitErrorKind,
        subject: String,
        elapsed: Duration,
        polls: u32,
        last_state: Option<String>,
        source: Option<Error>,
    ) -> Self {
        Self(Box::new(WaitErrorInner {
            kind,
            subject: Some(subject),
            elapsed,
            polls,
            last_state,
            reason: None,
            source,
        }))
    }

    pub(super) fn with_reason(mut self, reason: &str) -> Self {
        self.0.reason = Some(reason.to_owned());
        self
    }

    /// Returns the error of a wait that a workflow's own timeout ended.
    pub(crate) fn timed_out(subject: String, elapsed: Duration, polls: u32) -> Self {
        Self::new(WaitErrorKind::TimedOut, subject, elapsed, polls, None, None)
    }

    /// Returns the error of a wait that did not poll.
    fn without_polls(kind: WaitErrorKind, reason: Option<String>, source: Option<Error>) -> Self {
        Self(Box::new(WaitErrorInner {
            kind,
            subject: None,
            elapsed: Duration::ZERO,
            polls: 0,
            last_state: None,
            reason,
            source,
        }))
    }

    /// Returns the error of a waiter that is awaited after its last poll.
    pub(crate) fn ended() -> Self {
        let reason = "the waiter has already ended; create a new one with `Client::wait_for`";
        Self::without_polls(WaitErrorKind::Failed, Some(reason.to_owned()), None)
    }

    /// Returns the error of a wait whose call failed before it polled.
    #[cfg(any(feature = "blocking", feature = "fake"))]
    pub(crate) fn not_started(error: Error) -> Self {
        Self::without_polls(WaitErrorKind::Call, None, Some(error))
    }

    /// Returns what ended the wait.
    pub fn kind(&self) -> WaitErrorKind {
        self.0.kind
    }

    /// Returns how long the wait lasted.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed
    }

    /// Returns the number of polls.
    pub fn polls(&self) -> u32 {
        self.0.polls
    }

    /// Returns a short summary of the state that the last poll saw.
    pub fn last_state(&self) -> Option<&str> {
        self.0.last_state.as_deref()
    }

    /// Returns the error of the last call, if it failed.
    pub fn call(&self) -> Option<&Error> {
        self.0.source.as_ref()
    }

    /// Returns whether the same wait may succeed if it is repeated later.
    ///
    /// `true` after a timeout, and if the failed [call](Self::call) is
    /// [retryable](Error::is_retryable). `false` if the resource failed or stayed missing.
    pub fn is_retryable(&self) -> bool {
        match self.0.kind {
            WaitErrorKind::TimedOut => true,
            WaitErrorKind::Failed => false,
            WaitErrorKind::Call => self.call().is_some_and(Error::is_retryable),
        }
    }

    /// Returns whether the service may have executed the failed [call](Self::call).
    pub fn may_have_executed(&self) -> bool {
        self.call().is_some_and(Error::may_have_executed)
    }
}

impl fmt::Display for WaitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.write_str("waiting")?;
        if let Some(subject) = &inner.subject {
            write!(f, " for {subject}")?;
        }
        let timed_out = inner.kind == WaitErrorKind::TimedOut;
        f.write_str(if inner.subject.is_some() { ": " } else { " " })?;
        f.write_str(if timed_out { "timed out" } else { "failed" })?;
        if inner.subject.is_some() {
            let polls = if inner.polls == 1 { "poll" } else { "polls" };
            write!(f, " after {} and {} {polls}", Rounded(inner.elapsed), inner.polls)?;
        }
        if let Some(reason) = &inner.reason {
            write!(f, ": {reason}")?;
        }
        match &inner.source {
            Some(error) if inner.kind == WaitErrorKind::Call => write!(f, ": {error}")?,
            Some(error) => write!(f, ": the last poll failed: {error}")?,
            None => {}
        }
        match &inner.last_state {
            Some(state) if inner.reason.is_none() => write!(f, "; last state: {state}"),
            _ => Ok(()),
        }
    }
}

/// Formats a duration for people: `250ms`, `5.25s`, `1m30s`, `10m`, `2h5m`.
pub(crate) struct Rounded(pub(crate) Duration);

impl fmt::Display for Rounded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, millis) = (self.0.as_secs(), self.0.subsec_millis());
        if self.0.as_millis() == 0 {
            return f.write_str("0s");
        }
        if seconds < 60 {
            return write!(f, "{:?}", Duration::new(seconds, millis * 1_000_000));
        }
        let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")];
        for (number, unit) in parts.into_iter().filter(|(number, _)| *number > 0) {
            write!(f, "{number}{unit}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for WaitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !f.alternate() {
            return write_report(f, self);
        }
        f.debug_struct("WaitError")
            .field("kind", &self.0.kind)
            .field("message", &self.to_string())
            .finish_non_exhaustive()
    }
}

impl StdError for WaitError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        unshown(self, self.call().map(|error| error as _))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rpc::error::ErrorKind;

    fn error(kind: WaitErrorKind, last_state: Option<&str>, source: Option<Error>) -> WaitError {
        let subject = "backup plan `p1` to run".to_owned();
        let last_state = last_state.map(str::to_owned);
        WaitError::new(kind, subject, Duration::from_secs(600), 12, last_state, source)
    }

    #[test]
    fn message_says_what_failed_why_and_what_to_do() {
        let call = || Error::new(ErrorKind::Service, "no permission");
        for (error, message) in [
            (
                error(WaitErrorKind::TimedOut, Some("init"), None),
                "waiting for backup plan `p1` to run: timed out after 10m and 12 polls; last \
                 state: init",
            ),
            (
                error(WaitErrorKind::TimedOut, Some("init"), Some(call())),
                "waiting for backup plan `p1` to run: timed out after 10m and 12 polls: the last \
                 poll failed: no permission; last state: init",
            ),
            (
                error(WaitErrorKind::Failed, Some("stop"), None).with_reason("it is locked"),
                "waiting for backup plan `p1` to run: failed after 10m and 12 polls: it is locked",
            ),
            (
                error(WaitErrorKind::Call, None, Some(call())),
                "waiting for backup plan `p1` to run: failed after 10m and 12 polls: no permission",
            ),
            (
                WaitError::ended(),
                "waiting failed: the waiter has already ended; create a new one with \
                 `Client::wait_for`",
            ),
        ] {
            assert_eq!(error.to_string(), message);
        }
    }

    #[test]
    fn durations_are_rounded_for_people() {
        for (millis, shown) in [
            (0, "0s"),
            (250, "250ms"),
            (5250, "5.25s"),
            (60_000, "1m"),
            (90_900, "1m30s"),
            (7_500_000, "2h5m"),
        ] {
            assert_eq!(Rounded(Duration::from_millis(millis)).to_string(), shown);
        }
    }

    #[test]
    fn timeouts_and_retryable_calls_are_retryable() {
        let call = |retryable| Error::new(ErrorKind::Connect, "refused").retryable(retryable);
        for (error, retryable) in [
            (error(WaitErrorKind::TimedOut, None, None), true),
            (error(WaitErrorKind::TimedOut, None, Some(call(true))), true),
            (error(WaitErrorKind::Failed, None, None), false),
            (error(WaitErrorKind::Call, None, Some(call(false))), false),
            (error(WaitErrorKind::Call, None, Some(call(true))), true),
            (WaitError::ended(), false),
        ] {
            assert_eq!(error.is_retryable(), retryable, "{error}");
        }
    }
}
