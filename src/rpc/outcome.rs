//! What a failed attempt means: one table from the facts to kind and disposition.
//!
//! Every way in which an attempt can fail goes through [`judge`]. In doubt the outcome is unknown:
//! "not executed" is claimed only where it is proven.

use std::time::Duration;

use http::StatusCode;

use super::error::{ErrorKind, Execution};
use super::operation::Safety;

/// How an attempt failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// There were no usable credentials.
    NoCredentials,
    /// Time ran out before it was sent.
    NoTime,
    /// The request could not be written or signed.
    Unwritable,
    /// No connection.
    NotSent,
    /// No response in time.
    TimedOut,
    /// The connection broke.
    Interrupted,
    /// A response came that the transport could not take.
    Unusable,
    /// A redirect.
    Redirect,
    /// The gateway refused.
    GatewayRefusal,
    /// The service refused: `Success` is false.
    ServiceRefusal,
    /// A response that is not one of the service's.
    Unreadable,
}

/// The facts about a failed attempt that its meaning depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts<'a> {
    pub(crate) event: Event,
    /// The HTTP status, if a response came.
    pub(crate) status: Option<StatusCode>,
    /// The status that the body names, if it does.
    pub(crate) body_status: Option<u16>,
    /// The error code of a refusal; empty without one.
    pub(crate) code: &'a str,
    /// Whether the gateway asks to wait (`x-acs-retry-after`), which it does to throttle.
    pub(crate) throttled: bool,
    /// How long the server asks to wait, by any header.
    pub(crate) retry_after: Option<Duration>,
    /// Whether another attempt would fail in the same way, as far as is known.
    pub(crate) permanent: bool,
}

impl<'a> Facts<'a> {
    pub(crate) fn new(event: Event) -> Self {
        Self {
            event,
            status: None,
            body_status: None,
            code: "",
            throttled: false,
            retry_after: None,
            permanent: false,
        }
    }

    pub(crate) fn permanent(self, permanent: bool) -> Self {
        Self { permanent, ..self }
    }

    pub(crate) fn status(self, status: StatusCode) -> Self {
        Self { status: Some(status), ..self }
    }

    pub(crate) fn code(self, code: &'a str) -> Self {
        Self { code, ..self }
    }

    fn http_status(&self) -> u16 {
        self.status.map_or(0, |status| status.as_u16())
    }

    /// Whether a status says that the service failed. A body may say so beside HTTP 2xx. That does
    /// not prove that nothing was executed, so the outcome is unknown for 429 there too, unless the
    /// code or a header says that the gateway throttles.
    fn has_failed(&self) -> bool {
        let is_failure = |status| status == 408 || (500..600).contains(&status);
        let only_in_body = self.status.is_some_and(|status| status.is_success());
        is_failure(self.http_status())
            || self
                .body_status
                .filter(|_| only_in_body)
                .is_some_and(|status| is_failure(status) || (status == 429 && !self.is_held_back()))
    }

    /// Whether the code or a header says that the gateway throttles.
    fn is_held_back(&self) -> bool {
        REFUSALS.contains(&self.event) && (self.code.contains("Throttling") || self.throttled)
    }

    /// Whether the service or the gateway says that there are too many requests.
    fn is_throttling(&self) -> bool {
        self.http_status() == 429 || self.body_status == Some(429) || self.is_held_back()
    }
}

/// What a failed attempt means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) kind: ErrorKind,
    pub(crate) disposition: Disposition,
    pub(crate) execution: Execution,
    pub(crate) throttling: bool,
    /// How long to wait at least before the next attempt.
    pub(crate) wait: Option<Duration>,
}

/// What a failed attempt means for the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disposition {
    /// Refused, or broken beyond repair: not tried again, not executed.
    Final,
    /// Certainly not executed: always tried again.
    NotExecuted,
    /// Perhaps executed: tried again where that is harmless.
    Ambiguous,
    /// Perhaps executed, and trying again will not help.
    AmbiguousFinal,
}

impl Disposition {
    pub(crate) const fn may_have_executed(self) -> bool {
        matches!(self, Self::Ambiguous | Self::AmbiguousFinal)
    }

    /// Whether trying again may help at all.
    pub(crate) const fn is_passing(self) -> bool {
        matches!(self, Self::NotExecuted | Self::Ambiguous)
    }

    pub(crate) const fn allows_retry(self, safety: Safety) -> bool {
        match self {
            Self::NotExecuted => true,
            Self::Ambiguous => !matches!(safety, Safety::Mutating),
            Self::Final | Self::AmbiguousFinal => false,
        }
    }
}

/// Which failures a line of the table is about. The first line that fits decides.
struct Line {
    events: &'static [Event],
    status: StatusSet,
    codes: CodeSet,
    /// Whether the gateway asks to wait; `None` for either.
    throttled: Option<bool>,
    permanent: Option<bool>,
    kind: ErrorKind,
    disposition: Disposition,
}

enum StatusSet {
    Any,
    Is(&'static [u16]),
    /// 5xx and 408, also where only the body of a 2xx names it.
    Failure,
    /// 4xx.
    Client,
    /// 2xx.
    Success,
}

impl StatusSet {
    fn contains(&self, facts: &Facts<'_>) -> bool {
        let status = facts.http_status();
        match self {
            Self::Any => true,
            Self::Is(set) => set.contains(&status),
            Self::Failure => facts.has_failed(),
            Self::Client => (400..500).contains(&status),
            Self::Success => (200..300).contains(&status),
        }
    }
}

enum CodeSet {
    Any,
    Is(&'static [&'static str]),
    Containing(&'static str),
}

impl CodeSet {
    fn contains(&self, code: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Is(set) => set.iter().any(|known| known.eq_ignore_ascii_case(code)),
            Self::Containing(part) => code.contains(part),
        }
    }
}

impl Line {
    /// A line for events of one kind, whatever their status and code.
    const fn of(events: &'static [Event], kind: ErrorKind, disposition: Disposition) -> Self {
        Self {
            events,
            status: StatusSet::Any,
            codes: CodeSet::Any,
            throttled: None,
            permanent: None,
            kind,
            disposition,
        }
    }

    const fn permanent(self) -> Self {
        Self { permanent: Some(true), ..self }
    }

    const fn status(self, status: StatusSet) -> Self {
        Self { status, ..self }
    }

    const fn codes(self, codes: CodeSet) -> Self {
        Self { codes, ..self }
    }

    const fn throttled(self, throttled: bool) -> Self {
        Self { throttled: Some(throttled), ..self }
    }

    fn fits(&self, facts: &Facts<'_>) -> bool {
        self.events.contains(&facts.event)
            && self.status.contains(facts)
            && self.codes.contains(facts.code)
            && self.throttled.is_none_or(|throttled| throttled == facts.throttled)
            && self.permanent.is_none_or(|permanent| permanent == facts.permanent)
    }
}

const REFUSALS: &[Event] = &[Event::GatewayRefusal, Event::ServiceRefusal];

/// Every line, in the order in which they are tried. `docs/architecture.md` prints it.
const TABLE: &[Line] = {
    use Disposition::{Ambiguous, AmbiguousFinal, Final, NotExecuted};
    use ErrorKind::{Connect, Credentials, Interrupted, Request, Response, Service, Timeout};
    use Event::{NoCredentials, NoTime, Redirect, ServiceRefusal, Unreadable, Unwritable};
    &[
        // Nothing was sent.
        Line::of(&[NoCredentials], Credentials, Final).permanent(),
        Line::of(&[NoCredentials], Credentials, NotExecuted),
        Line::of(&[NoTime], Timeout, NotExecuted),
        Line::of(&[Unwritable], Request, Final),
        // No response came, or none that could be taken.
        Line::of(&[Event::NotSent], Connect, Final).permanent(),
        Line::of(&[Event::NotSent], Connect, NotExecuted),
        Line::of(&[Event::TimedOut], Timeout, AmbiguousFinal).permanent(),
        Line::of(&[Event::TimedOut], Timeout, Ambiguous),
        Line::of(&[Event::Interrupted], Interrupted, AmbiguousFinal).permanent(),
        Line::of(&[Event::Interrupted], Interrupted, Ambiguous),
        Line::of(&[Event::Unusable], Response, AmbiguousFinal).permanent(),
        Line::of(&[Event::Unusable], Response, Ambiguous),
        Line::of(&[Redirect], Response, Final),
        // A refusal.
        Line::of(REFUSALS, Service, NotExecuted)
            .codes(CodeSet::Is(&["ServiceUnavailable", "ServiceUnavailableTemporary"])),
        // One that asks to wait is below the failures: a service that failed and asks to wait may
        // have executed the request.
        Line::of(REFUSALS, Service, NotExecuted).status(StatusSet::Is(&[429])).throttled(false),
        Line::of(REFUSALS, Service, NotExecuted)
            .codes(CodeSet::Containing("Throttling"))
            .throttled(false),
        // The nonce is new with each attempt, so one that is known means that the network
        // delivered this very request twice: the first copy may have been executed.
        Line::of(REFUSALS, Service, Ambiguous).codes(CodeSet::Is(&["SignatureNonceUsed"])),
        // The service's own refusal is final, but a service that failed may have done half.
        Line::of(&[ServiceRefusal], Service, AmbiguousFinal)
            .codes(CodeSet::Is(&["InternalError"]))
            .status(StatusSet::Success),
        Line::of(REFUSALS, Service, Ambiguous)
            .codes(CodeSet::Is(&["InternalError", "InternalFailure"])),
        Line::of(REFUSALS, Service, NotExecuted).status(StatusSet::Is(&[503])),
        Line::of(REFUSALS, Service, Ambiguous).status(StatusSet::Failure),
        Line::of(REFUSALS, Service, NotExecuted).throttled(true),
        Line::of(REFUSALS, Service, Final),
        // A response that is not one of the service's.
        Line::of(&[Unreadable], Response, NotExecuted).status(StatusSet::Is(&[503, 429])),
        Line::of(&[Unreadable], Response, Ambiguous).status(StatusSet::Failure),
        Line::of(&[Unreadable], Response, Final).status(StatusSet::Client),
        Line::of(&[Unreadable], Response, Ambiguous),
    ]
};

/// What a failed attempt means, by the first line of the table that fits.
pub(crate) fn judge(facts: &Facts<'_>) -> Verdict {
    let line = TABLE.iter().find(|line| line.fits(facts));
    // A test proves that no facts are without a line; if they were, nothing would be claimed.
    let (kind, disposition) = line
        .map_or((ErrorKind::Response, Disposition::AmbiguousFinal), |line| {
            (line.kind, line.disposition)
        });
    let execution = if disposition.may_have_executed() {
        Execution::Unknown
    } else if facts.status.is_some() {
        Execution::Refused
    } else {
        Execution::Unsent
    };
    let throttling = facts.is_throttling();
    Verdict { kind, disposition, execution, throttling, wait: facts.retry_after }
}

#[cfg(test)]
mod tests;
