//! `Failure`: a failed attempt, judged.

use std::time::Duration;

use time::OffsetDateTime;

use crate::rpc::error::{Error, ErrorKind, Execution};
use crate::rpc::outcome::{Disposition, Event, Facts, judge};

/// A failed attempt: the error that it is if no other follows, and what it means for the next.
pub(super) struct Failure {
    pub(super) error: Error,
    pub(super) disposition: Disposition,
    pub(super) execution: Execution,
    /// How long to wait at least before the next attempt.
    pub(super) retry_after: Option<Duration>,
    /// If the failure was about the time: the server's, and the one that was signed.
    pub(super) times: Option<Times>,
    /// Whether the refusal is about the credentials, so that others may help.
    pub(super) refuses_credentials: bool,
}

/// A request's time, which the server refused, and the server's own.
#[derive(Clone, Copy)]
pub(super) struct Times {
    pub(super) signed: OffsetDateTime,
    pub(super) server: OffsetDateTime,
}

impl Times {
    /// Whether they differ by more than the second that the stamp is rounded to.
    pub(super) fn differ(self) -> bool {
        (self.server - self.signed).abs() > time::Duration::SECOND
    }
}

impl Failure {
    /// A failure by its facts, with the reason in words.
    pub(super) fn judged(facts: &Facts<'_>, message: impl Into<String>) -> Self {
        let verdict = judge(facts);
        let mut error = Error::new(verdict.kind, message)
            .throttling(verdict.throttling)
            .with_retry_after(verdict.wait);
        if let Some(status) = facts.status {
            error = error.with_http_status(status);
        }
        Self {
            error,
            disposition: verdict.disposition,
            execution: verdict.execution,
            retry_after: verdict.wait,
            times: None,
            refuses_credentials: false,
        }
    }

    /// A failure before anything was sent, whose error says by its kind what it is about.
    pub(super) fn unsent(error: Error) -> Self {
        let facts = match error.kind() {
            ErrorKind::Credentials => Facts::new(Event::NoCredentials).permanent(true),
            _ => Facts::new(Event::Unwritable),
        };
        let verdict = judge(&facts);
        Self {
            error,
            disposition: verdict.disposition,
            execution: verdict.execution,
            retry_after: None,
            times: None,
            refuses_credentials: false,
        }
    }

    /// Changes the error, such as by a hint.
    pub(super) fn map(self, change: impl FnOnce(Error) -> Error) -> Self {
        Self { error: change(self.error), ..self }
    }
}
