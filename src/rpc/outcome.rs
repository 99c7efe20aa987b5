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
    /// The server proved that it did not process the request.
    NotProcessed,
    /// The transport received no response in time.
    TimedOut,
    /// The connection broke after the request was sent.
    Interrupted,
    /// The transport could not accept the response.
    InvalidResponse,
    /// The server sent a redirect.
    Redirect,
    /// The gateway rejected the request, with its code and a request id.
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
    /// What the code says about earlier requests, by the lists of the API.
    pub(crate) busy: BusyCode,
    /// Whether the outcome of an earlier attempt of the call is unknown.
    pub(crate) after_unknown: bool,
}

/// What an error code says about requests that are still running.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum BusyCode {
    #[default]
    No,
    /// The resource or the service is busy.
    Resource,
    /// A request with the same client token is still running.
    Token,
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
            busy: BusyCode::No,
            after_unknown: false,
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
    /// Only the gateway proves by a status that nothing was executed. 429 is therefore a failure
    /// too, unless the code or a header shows that the gateway throttled.
    fn is_server_failure(&self) -> bool {
        let is_failure = |status| {
            status == 408
                || (500..600).contains(&status)
                || (status == 429 && !self.signals_throttling())
        };
        let only_in_body = self.status.is_some_and(|status| status.is_success());
        is_failure(self.http_status())
            || self.body_status.filter(|_| only_in_body).is_some_and(is_failure)
    }

    /// Returns whether the code or a header says that the gateway throttled.
    fn signals_throttling(&self) -> bool {
        ERROR_RESPONSES.contains(&self.cause)
            && (self.code.contains("Throttling")
                || self.code.eq_ignore_ascii_case("TooManyRequests")
                || self.throttled)
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
    /// An earlier request with the same token is still running; retried with that token until the
    /// deadline.
    InProgress,
    /// May have been executed; never retried.
    AmbiguousPermanent,
}

impl RetryClass {
    pub(crate) const fn may_have_executed(self) -> bool {
        matches!(self, Self::Ambiguous | Self::InProgress | Self::AmbiguousPermanent)
    }

    /// Returns whether a later attempt may succeed.
    pub(crate) const fn is_retryable(self) -> bool {
        matches!(self, Self::Transient | Self::Ambiguous | Self::InProgress)
    }

    pub(crate) const fn allows_retry(self, safety: Safety) -> bool {
        match self {
            Self::Transient => true,
            Self::Ambiguous | Self::InProgress => !matches!(safety, Safety::Mutating),
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
    /// Whether the rule needs an earlier attempt whose outcome is unknown.
    after_unknown: bool,
    kind: ErrorKind,
    retry_class: RetryClass,
}

enum StatusSet {
    Any,
    Is(&'static [u16]),
    /// 5xx, 408 and 429, also if only the body of a 2xx has it.
    ServerFailure,
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
            Self::Success => (200..300).contains(&status),
        }
    }
}

enum CodeSet {
    Any,
    Is(&'static [&'static str]),
    Containing(&'static str),
    /// One of these, or one of these after the last dot, such as `Backup.InternalError`.
    Internal(&'static [&'static str]),
    /// `Api::TOKEN_IN_USE_CODES`.
    TokenInUse,
    /// `Api::BUSY_CODES`.
    Busy,
}

impl CodeSet {
    fn contains(&self, attempt: &FailedAttempt<'_>) -> bool {
        match self {
            Self::Any => true,
            Self::Is(set) => set.iter().any(|known| known.eq_ignore_ascii_case(attempt.code)),
            Self::Containing(part) => attempt.code.contains(part),
            Self::Internal(set) => {
                let last = attempt.code.rsplit('.').next().unwrap_or_default();
                set.iter().any(|known| known.eq_ignore_ascii_case(last))
            }
            Self::TokenInUse => attempt.busy == BusyCode::Token,
            Self::Busy => attempt.busy == BusyCode::Resource,
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
            after_unknown: false,
            kind,
            retry_class,
        }
    }

    const fn permanent(self) -> Self {
        Self { permanent: Some(true), ..self }
    }

    const fn after_unknown(self) -> Self {
        Self { after_unknown: true, ..self }
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
            && self.codes.contains(attempt)
            && self.throttled.is_none_or(|throttled| throttled == attempt.throttled)
            && self.permanent.is_none_or(|permanent| permanent == attempt.permanent)
            && (!self.after_unknown || attempt.after_unknown)
    }
}

/// A connection on which a proxy demands a password: another attempt could lock the account.
const PROXY_AUTHENTICATION: StatusSet = StatusSet::Is(&[407]);

const ERROR_RESPONSES: &[FailureCause] = &[FailureCause::GatewayError, FailureCause::ServiceError];

/// The rules in the order in which they are tried. `docs/architecture.md` prints them.
const RULES: &[Rule] = {
    use ErrorKind::{Connect, Credentials, Interrupted, Request, Response, Service, Timeout};
    use FailureCause::{
        DeadlineExceeded, GatewayError, InvalidRequest, InvalidResponse, NoCredentials,
        NotConnected, NotProcessed, Redirect, ServiceError, TimedOut, UnexpectedResponse,
    };
    use RetryClass::{Ambiguous, AmbiguousPermanent, InProgress, Permanent, Transient};
    const UNAVAILABLE: CodeSet =
        CodeSet::Is(&["ServiceUnavailable", "ServiceUnavailableTemporary"]);
    &[
        // Nothing was sent.
        Rule::new(&[NoCredentials], Credentials, Permanent).permanent(),
        Rule::new(&[NoCredentials], Credentials, Transient),
        Rule::new(&[DeadlineExceeded], Timeout, Transient),
        Rule::new(&[InvalidRequest], Request, Permanent),
        // The transport has no response.
        Rule::new(&[NotConnected], Connect, Permanent).permanent(),
        Rule::new(&[NotConnected], Connect, Transient),
        Rule::new(&[NotProcessed], Interrupted, Permanent).permanent(),
        Rule::new(&[NotProcessed], Interrupted, Transient),
        Rule::new(&[TimedOut], Timeout, AmbiguousPermanent).permanent(),
        Rule::new(&[TimedOut], Timeout, Ambiguous),
        Rule::new(&[FailureCause::Interrupted], Interrupted, AmbiguousPermanent).permanent(),
        Rule::new(&[FailureCause::Interrupted], Interrupted, Ambiguous),
        Rule::new(&[InvalidResponse], Response, AmbiguousPermanent).permanent(),
        Rule::new(&[InvalidResponse], Response, Ambiguous),
        // A proxy may have forwarded the request and then redirected to its login page.
        Rule::new(&[Redirect], Response, Ambiguous),
        // An earlier request with the token, of this call or of another one, is still running.
        Rule::new(ERROR_RESPONSES, Service, InProgress).codes(CodeSet::TokenInUse),
        Rule::new(ERROR_RESPONSES, Service, InProgress).codes(CodeSet::Busy).after_unknown(),
        // The gateway or the service rejected the request. Only the gateway proves by a status or
        // by being unavailable that nothing was executed.
        Rule::new(&[GatewayError], Service, Transient).codes(UNAVAILABLE),
        // The rule for `x-acs-retry-after` is below the server failures: a service that failed may
        // have executed the request, even if the response has that header.
        Rule::new(&[GatewayError], Service, Transient)
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
            .codes(CodeSet::Internal(&["InternalError"]))
            .status(StatusSet::Success),
        Rule::new(ERROR_RESPONSES, Service, Ambiguous)
            .codes(CodeSet::Internal(&["InternalError", "InternalFailure"])),
        Rule::new(&[ServiceError], Service, Ambiguous).codes(UNAVAILABLE),
        Rule::new(&[GatewayError], Service, Transient).status(StatusSet::Is(&[503])),
        // They say that something failed, and not that nothing was done.
        Rule::new(ERROR_RESPONSES, Service, Ambiguous).codes(CodeSet::Is(&[
            "undefined",
            "UnknownError",
            "SystemBusy",
            "TooManyRequests",
        ])),
        Rule::new(ERROR_RESPONSES, Service, Ambiguous).status(StatusSet::ServerFailure),
        // A failure without a code says nothing about what was done.
        Rule::new(&[ServiceError], Service, Ambiguous)
            .codes(CodeSet::Is(&[""]))
            .status(StatusSet::Success),
        Rule::new(ERROR_RESPONSES, Service, Transient).throttled(true),
        Rule::new(ERROR_RESPONSES, Service, Permanent),
        // The response does not have the form of the API: something on the way sent it, perhaps
        // after the service executed the request. Its status proves nothing.
        Rule::new(&[UnexpectedResponse], Response, AmbiguousPermanent).status(PROXY_AUTHENTICATION),
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
    } else if attempt.status.is_some() || attempt.cause == FailureCause::NotProcessed {
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
