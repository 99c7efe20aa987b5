//! Classification of failed attempts: one table of rules.
//!
//! [`classify`] maps what is known about a failed attempt to its error kind and retry class. In
//! doubt, the outcome is unknown: "not executed" is claimed only where it is proven.

use std::time::Duration;

use http::StatusCode;

use super::error::{ErrorKind, Execution};
use super::operation::Safety;

/// How an attempt failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailureCause {
    /// The provider returned no usable credentials.
    NoCredentials,
    /// The deadline of the call passed before the request was sent.
    DeadlineExceeded,
    /// The request could not be encoded or signed.
    InvalidRequest,
    /// The transport could not connect.
    NotConnected,
    /// The transport received no response in time.
    TimedOut,
    /// The connection broke after the request was sent.
    Interrupted,
    /// The transport could not accept the response.
    InvalidResponse,
    /// The server sent a redirect.
    Redirect,
    /// The gateway rejected the request.
    GatewayError,
    /// The service rejected the request: `Success` is false.
    ServiceError,
    /// The response does not have the form of the API.
    UnexpectedResponse,
}

/// What is known about a failed attempt, as far as its classification depends on it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FailedAttempt<'a> {
    pub(crate) cause: FailureCause,
    /// The HTTP status, if there is a response.
    pub(crate) status: Option<StatusCode>,
    /// The status in the body, if the body has one.
    pub(crate) body_status: Option<u16>,
    /// The error code; empty if the response has none.
    pub(crate) code: &'a str,
    /// Whether the response has `x-acs-retry-after`, which the gateway sends when it throttles.
    pub(crate) throttled: bool,
    /// The delay that the response asks for, in either header.
    pub(crate) retry_after: Option<Duration>,
    /// Whether another attempt is known to fail in the same way.
    pub(crate) permanent: bool,
}

impl<'a> FailedAttempt<'a> {
    pub(crate) fn new(cause: FailureCause) -> Self {
        Self {
            cause,
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

    /// Returns whether the HTTP status, or the status in the body of a 2xx, is a server failure.
    ///
    /// A status in the body does not prove that nothing was executed. That leaves the outcome
    /// unknown for 429 too, unless the code or a header shows that the gateway throttled.
    fn is_server_failure(&self) -> bool {
        let is_failure = |status| status == 408 || (500..600).contains(&status);
        let only_in_body = self.status.is_some_and(|status| status.is_success());
        is_failure(self.http_status())
            || self.body_status.filter(|_| only_in_body).is_some_and(|status| {
                is_failure(status) || (status == 429 && !self.signals_throttling())
            })
    }

    /// Returns whether the code or a header says that the gateway throttled.
    fn signals_throttling(&self) -> bool {
        ERROR_RESPONSES.contains(&self.cause)
            && (self.code.contains("Throttling") || self.throttled)
    }

    /// Returns whether the service or the gateway reports too many requests.
    fn is_throttling(&self) -> bool {
        self.http_status() == 429 || self.body_status == Some(429) || self.signals_throttling()
    }
}

/// The classification of a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Classification {
    pub(crate) kind: ErrorKind,
    pub(crate) retry_class: RetryClass,
    pub(crate) execution: Execution,
    pub(crate) throttling: bool,
    /// The shortest delay before the next attempt.
    pub(crate) retry_after: Option<Duration>,
}

/// Whether a failed attempt is retried, and whether it may have been executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RetryClass {
    /// Not executed; never retried.
    Permanent,
    /// Not executed; always retried.
    Transient,
    /// May have been executed; retried if a repetition is harmless.
    Ambiguous,
    /// May have been executed; never retried.
    AmbiguousPermanent,
}

impl RetryClass {
    pub(crate) const fn may_have_executed(self) -> bool {
        matches!(self, Self::Ambiguous | Self::AmbiguousPermanent)
    }

    /// Returns whether a later attempt may succeed.
    pub(crate) const fn is_retryable(self) -> bool {
        matches!(self, Self::Transient | Self::Ambiguous)
    }

    pub(crate) const fn allows_retry(self, safety: Safety) -> bool {
        match self {
            Self::Transient => true,
            Self::Ambiguous => !matches!(safety, Safety::Mutating),
            Self::Permanent | Self::AmbiguousPermanent => false,
        }
    }
}

/// A row of the table: the attempts that it matches, and their classification.
struct Rule {
    causes: &'static [FailureCause],
    status: StatusSet,
    codes: CodeSet,
    /// Whether `x-acs-retry-after` is present; `None` matches both.
    throttled: Option<bool>,
    permanent: Option<bool>,
    kind: ErrorKind,
    retry_class: RetryClass,
}

enum StatusSet {
    Any,
    Is(&'static [u16]),
    /// 5xx and 408, also if only the body of a 2xx has it.
    ServerFailure,
    /// 4xx.
    Client,
    /// 2xx.
    Success,
}

impl StatusSet {
    fn contains(&self, attempt: &FailedAttempt<'_>) -> bool {
        let status = attempt.http_status();
        match self {
            Self::Any => true,
            Self::Is(set) => set.contains(&status),
            Self::ServerFailure => attempt.is_server_failure(),
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

impl Rule {
    /// Returns a rule for these causes, with any status and code.
    const fn new(
        causes: &'static [FailureCause],
        kind: ErrorKind,
        retry_class: RetryClass,
    ) -> Self {
        Self {
            causes,
            status: StatusSet::Any,
            codes: CodeSet::Any,
            throttled: None,
            permanent: None,
            kind,
            retry_class,
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

    fn matches(&self, attempt: &FailedAttempt<'_>) -> bool {
        self.causes.contains(&attempt.cause)
            && self.status.contains(attempt)
            && self.codes.contains(attempt.code)
            && self.throttled.is_none_or(|throttled| throttled == attempt.throttled)
            && self.permanent.is_none_or(|permanent| permanent == attempt.permanent)
    }
}

const ERROR_RESPONSES: &[FailureCause] = &[FailureCause::GatewayError, FailureCause::ServiceError];

/// The rules in the order in which they are tried. `docs/architecture.md` prints them.
const RULES: &[Rule] = {
    use ErrorKind::{Connect, Credentials, Interrupted, Request, Response, Service, Timeout};
    use FailureCause::{
        DeadlineExceeded, InvalidRequest, InvalidResponse, NoCredentials, NotConnected, Redirect,
        ServiceError, TimedOut, UnexpectedResponse,
    };
    use RetryClass::{Ambiguous, AmbiguousPermanent, Permanent, Transient};
    &[
        // Nothing was sent.
        Rule::new(&[NoCredentials], Credentials, Permanent).permanent(),
        Rule::new(&[NoCredentials], Credentials, Transient),
        Rule::new(&[DeadlineExceeded], Timeout, Transient),
        Rule::new(&[InvalidRequest], Request, Permanent),
        // The transport has no response.
        Rule::new(&[NotConnected], Connect, Permanent).permanent(),
        Rule::new(&[NotConnected], Connect, Transient),
        Rule::new(&[TimedOut], Timeout, AmbiguousPermanent).permanent(),
        Rule::new(&[TimedOut], Timeout, Ambiguous),
        Rule::new(&[FailureCause::Interrupted], Interrupted, AmbiguousPermanent).permanent(),
        Rule::new(&[FailureCause::Interrupted], Interrupted, Ambiguous),
        Rule::new(&[InvalidResponse], Response, AmbiguousPermanent).permanent(),
        Rule::new(&[InvalidResponse], Response, Ambiguous),
        Rule::new(&[Redirect], Response, Permanent),
        // The gateway or the service rejected the request.
        Rule::new(ERROR_RESPONSES, Service, Transient)
            .codes(CodeSet::Is(&["ServiceUnavailable", "ServiceUnavailableTemporary"])),
        // The rule for `x-acs-retry-after` is below the server failures: a service that failed may
        // have executed the request, even if the response has that header.
        Rule::new(ERROR_RESPONSES, Service, Transient)
            .status(StatusSet::Is(&[429]))
            .throttled(false),
        Rule::new(ERROR_RESPONSES, Service, Transient)
            .codes(CodeSet::Containing("Throttling"))
            .throttled(false),
        // Each attempt has a new nonce, so a known one means that the network delivered this
        // request twice: the first copy may have been executed.
        Rule::new(ERROR_RESPONSES, Service, Ambiguous).codes(CodeSet::Is(&["SignatureNonceUsed"])),
        // A rejection by the service is final, but after an internal error it may have done part
        // of the work.
        Rule::new(&[ServiceError], Service, AmbiguousPermanent)
            .codes(CodeSet::Is(&["InternalError"]))
            .status(StatusSet::Success),
        Rule::new(ERROR_RESPONSES, Service, Ambiguous)
            .codes(CodeSet::Is(&["InternalError", "InternalFailure"])),
        Rule::new(ERROR_RESPONSES, Service, Transient).status(StatusSet::Is(&[503])),
        Rule::new(ERROR_RESPONSES, Service, Ambiguous).status(StatusSet::ServerFailure),
        Rule::new(ERROR_RESPONSES, Service, Transient).throttled(true),
        Rule::new(ERROR_RESPONSES, Service, Permanent),
        // The response does not have the form of the API.
        Rule::new(&[UnexpectedResponse], Response, Transient).status(StatusSet::Is(&[503, 429])),
        Rule::new(&[UnexpectedResponse], Response, Ambiguous).status(StatusSet::ServerFailure),
        Rule::new(&[UnexpectedResponse], Response, Permanent).status(StatusSet::Client),
        Rule::new(&[UnexpectedResponse], Response, Ambiguous),
    ]
};

/// Classifies a failed attempt by the first rule that matches.
pub(crate) fn classify(attempt: &FailedAttempt<'_>) -> Classification {
    let rule = RULES.iter().find(|rule| rule.matches(attempt));
    // A test proves that a rule always matches; the fallback claims nothing.
    let (kind, retry_class) = rule
        .map_or((ErrorKind::Response, RetryClass::AmbiguousPermanent), |rule| {
            (rule.kind, rule.retry_class)
        });
    let execution = if retry_class.may_have_executed() {
        Execution::Unknown
    } else if attempt.status.is_some() {
        Execution::Rejected
    } else {
        Execution::Unsent
    };
    Classification {
        kind,
        retry_class,
        execution,
        throttling: attempt.is_throttling(),
        retry_after: attempt.retry_after,
    }
}

#[cfg(test)]
mod tests;
