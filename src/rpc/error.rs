//! `Error`: the error of the client and of its calls.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use http::StatusCode;

use crate::rpc::operation::Safety;
use crate::rpc::report::{unshown, write_report};
use crate::rpc::value::one_line::one_line;
use crate::rpc::value::{ClientToken, InvalidValue};

/// The error of a call, or of building a client.
///
/// `Display` writes one line: `operation failed: why (code, HTTP status, request id, attempts);
/// what to do`. The [`source`](StdError::source) is the first underlying error that this line does
/// not show. `Debug` is a report: the line, then the sources; `{:#?}` shows the fields instead. All
/// error types of the crate follow this rule. None of it contains a secret.
///
/// # Examples
///
/// ```no_run
/// # async fn example(client: aliyun_dbs::Client, request: aliyun_dbs::operations::CreateBackupPlan) {
/// match client.send(request).await {
///     Ok(plan) => println!("{}", plan.backup_plan_id),
///     Err(error) if error.may_have_executed() => {
///         // Send the same request with the same token, now or after a restart: it buys one plan.
///         eprintln!("{error}; token {:?}", error.client_token());
///     }
///     Err(error) => eprintln!("{error}"),
/// }
/// # }
/// ```
pub struct Error(Box<ErrorInner>);

struct ErrorInner {
    kind: ErrorKind,
    operation: Option<Cow<'static, str>>,
    message: String,
    hint: Option<Cow<'static, str>>,
    code: Option<Box<str>>,
    request_id: Option<String>,
    http_status: Option<StatusCode>,
    attempts: u32,
    throttling: bool,
    retryable: bool,
    execution: Execution,
    client_token: Option<ClientToken>,
    /// Whether `Display` advises to send the request again with the same token.
    resend: bool,
    retry_after: Option<Duration>,
    /// The safety of the operation. `Display` omits "may have been executed" for a read.
    safety: Option<Safety>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The kind of failure of the last attempt.
///
/// Earlier attempts may have failed in other ways. [`Error::may_have_executed`] covers all
/// attempts.
///
/// `Display` writes the same as [`as_str`](Self::as_str).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The configuration of the client is invalid. Nothing was sent.
    Configuration,
    /// There are no usable credentials. The attempt sent nothing.
    ///
    /// The client retries if the provider reports a transient error.
    Credentials,
    /// The request is invalid, or cannot be encoded or signed. Nothing was sent.
    Request,
    /// The transport could not connect: DNS, TCP or TLS failed. The attempt sent nothing.
    ///
    /// The client retries, unless the transport reports a permanent error.
    Connect,
    /// The attempt or the whole call timed out.
    Timeout,
    /// The connection broke while or after sending the request, so its outcome is unknown.
    ///
    /// The client retries if a repetition is [harmless](crate::Safety), or if the server proved
    /// that it did not process the request.
    Interrupted,
    /// The response could not be read: not JSON, incomplete, empty, too large, or a redirect.
    Response,
    /// The service or its gateway rejected the request; [`Error::code`] is the reason.
    Service,
}

impl ErrorKind {
    /// Returns the name of the kind in snake case, for labels of metrics.
    ///
    /// Spans have it as `error.type`, or the error code for [`Service`](Self::Service).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::Credentials => "credentials",
            Self::Request => "request",
            Self::Connect => "connect",
            Self::Timeout => "timeout",
            Self::Interrupted => "interrupted",
            Self::Response => "response",
            Self::Service => "service",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(ErrorInner {
            kind,
            operation: None,
            message: one_line(message.into()).into_owned(),
            hint: None,
            code: None,
            request_id: None,
            http_status: None,
            attempts: 0,
            throttling: false,
            retryable: false,
            execution: Execution::Unsent,
            client_token: None,
            resend: false,
            retry_after: None,
            safety: None,
            source: None,
        }))
    }

    /// Returns the kind of failure of the last attempt.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the error code that the service or its gateway sent.
    ///
    /// [`is`](Self::is) compares it with a known code.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// Returns whether the service or its gateway sent this error code, ignoring ASCII case.
    ///
    /// Takes a published code of an API, or a string for a code that this crate does not know:
    ///
    /// ```
    /// # fn example(error: &aliyun_dbs::Error) -> bool {
    /// use aliyun_dbs::types::ErrorCode;
    ///
    /// error.is(ErrorCode::BackupPlanNotCreate) || error.is("SomethingNew")
    /// # }
    /// ```
    pub fn is(&self, code: impl AsRef<str>) -> bool {
        self.code().is_some_and(|own| own.eq_ignore_ascii_case(code.as_ref()))
    }

    /// Returns the reason in one line, without the code and the hint.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Returns what to do about the error, if that is known.
    ///
    /// It does not contain the [`client_token`](Self::client_token); `Display` writes both.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// Returns the id of the failed request, which the vendor's support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// Returns the HTTP status of the last attempt, or `None` if it got no response.
    pub fn http_status(&self) -> Option<StatusCode> {
        self.0.http_status
    }

    /// Returns the operation that failed, or `None` if the error belongs to no call.
    pub fn operation(&self) -> Option<&str> {
        self.0.operation.as_deref()
    }

    /// Returns how many times the client passed the request to the transport.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Returns the idempotency token that all attempts carried, if the operation has one.
    ///
    /// Sending the same request with the same token again does not execute it twice.
    pub fn client_token(&self) -> Option<&ClientToken> {
        self.0.client_token.as_ref()
    }

    /// Returns the delay that the last response requested, if any.
    ///
    /// The response sends it as `x-acs-retry-after` or `Retry-After`. The client waits at
    /// least that long between its own attempts.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Returns whether the last attempt was rejected because of too many requests.
    ///
    /// [`Operation::RATE_LIMIT`](crate::Operation::RATE_LIMIT) is the published limit, which
    /// [`ClientBuilder::rate_limiting`](crate::ClientBuilder::rate_limiting) enforces.
    pub fn is_throttling(&self) -> bool {
        self.0.throttling
    }

    /// Returns whether the attempt or the whole call timed out.
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout
    }

    /// Returns whether the same call may succeed later.
    ///
    /// The client has already retried where that is safe. If [`may_have_executed`] is true as
    /// well, repeat a write only with the same [`client_token`].
    ///
    /// [`may_have_executed`]: Self::may_have_executed
    /// [`client_token`]: Self::client_token
    pub fn is_retryable(&self) -> bool {
        self.0.retryable
    }

    /// Returns whether the service may have executed one of the attempts.
    ///
    /// `false` is a guarantee: nothing was bought or changed. `true` means that an attempt reached
    /// the service, or may have, and that its outcome is unknown. After a write without an idempotency
    /// token ([`Safety::Mutating`]), find out whether it was executed before you send it again; if the
    /// API has a way to do so, the [`hint`](Self::hint) names it.
    pub fn may_have_executed(&self) -> bool {
        self.0.execution == Execution::Unknown
    }

    /// Returns the underlying error, whether or not `Display` shows it.
    ///
    /// Its type depends on the [`kind`](Self::kind), for example
    /// [`CredentialsError`](crate::credentials::CredentialsError).
    pub fn get_ref(&self) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        self.0.source.as_deref()
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.0.hint = Some(one_line(hint));
        self
    }

    /// Appends to the hint.
    pub(crate) fn and_hint(self, more: impl Into<Cow<'static, str>>) -> Self {
        match &self.0.hint {
            Some(hint) => {
                let both = format!("{hint}; {}", more.into());
                self.with_hint(both)
            }
            None => self.with_hint(more),
        }
    }

    pub(crate) fn with_code(mut self, code: impl Into<Box<str>>) -> Self {
        self.0.code = Some(code.into());
        self
    }

    pub(crate) fn with_request_id(mut self, request_id: Option<String>) -> Self {
        self.0.request_id = request_id;
        self
    }

    pub(crate) fn with_http_status(mut self, status: StatusCode) -> Self {
        self.0.http_status = Some(status);
        self
    }

    pub(crate) fn with_source(
        mut self,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub(crate) fn throttling(mut self, throttling: bool) -> Self {
        self.0.throttling = throttling;
        self
    }

    pub(crate) fn retryable(mut self, retryable: bool) -> Self {
        self.0.retryable = retryable;
        self
    }

    pub(crate) fn with_retry_after(mut self, delay: Option<Duration>) -> Self {
        self.0.retry_after = delay;
        self
    }

    pub(crate) fn in_call(mut self, call: FailedCall) -> Self {
        let FailedCall { operation, safety, attempts, execution, client_token, rejected } = call;
        let inner = &mut *self.0;
        inner.operation = Some(operation);
        inner.safety = Some(safety);
        inner.attempts = attempts;
        inner.execution = execution;
        inner.client_token = client_token;
        inner.resend = execution == Execution::Unknown
            && safety == Safety::IdempotentByToken
            && !rejected
            && inner.client_token.is_some();
        self
    }

    /// Omits the client token from `Display`, because the caller's own token determines it.
    pub(crate) fn of_derived_token(mut self) -> Self {
        self.0.resend = false;
        self
    }
}

/// Whether the attempts of a call were executed. The call takes the maximum of its attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Execution {
    /// Nothing was sent.
    Unsent,
    /// The service rejected the request and did not execute it.
    Rejected,
    /// The service may have executed the request.
    Unknown,
}

/// The call that failed with an error.
pub(crate) struct FailedCall {
    pub(crate) operation: Cow<'static, str>,
    pub(crate) safety: Safety,
    pub(crate) attempts: u32,
    pub(crate) execution: Execution,
    pub(crate) client_token: Option<ClientToken>,
    /// Whether the last attempt was rejected, and a repetition would be too.
    pub(crate) rejected: bool,
}

impl FailedCall {
    /// Returns a call that sent nothing.
    pub(crate) fn unsent(operation: Cow<'static, str>, safety: Safety) -> Self {
        let execution = Execution::Unsent;
        Self { operation, safety, attempts: 0, execution, client_token: None, rejected: false }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        if let Some(operation) = inner.operation.as_deref().filter(|name| !name.trim().is_empty()) {
            // A name that a caller made up must not break the line.
            write!(f, "{} failed: ", operation.escape_debug())?;
        }
        // A message of the service ends with a full stop.
        match inner.message.trim_end_matches('.') {
            "" => f.write_str("the service rejected the request")?,
            message => f.write_str(message)?,
        }

        let mut details = Vec::new();
        if let Some(code) = &inner.code {
            details.push(code.to_string());
        }
        if let Some(status) = inner.http_status {
            details.push(format!("HTTP {}", status.as_u16()));
        }
        if let Some(id) = &inner.request_id {
            details.push(format!("request id {id}"));
        }
        match inner.attempts {
            0 => {}
            1 => details.push("1 attempt".to_owned()),
            many => details.push(format!("{many} attempts")),
        }
        match inner.execution {
            Execution::Unknown if inner.safety != Some(Safety::ReadOnly) => {
                details.push("may have been executed".to_owned());
            }
            Execution::Unsent if inner.attempts > 0 => details.push("nothing was sent".to_owned()),
            _ => {}
        }
        if !details.is_empty() {
            write!(f, " ({})", details.join(", "))?;
        }
        if let Some(hint) = &inner.hint {
            write!(f, "; {hint}")?;
        }
        if let (true, Some(token)) = (inner.resend, &inner.client_token) {
            write!(f, "; send it again with client token `{token}`, and the service runs it once")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !f.alternate() {
            return write_report(f, self);
        }
        let inner = &*self.0;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("operation", &inner.operation)
            .field("code", &inner.code)
            .field("message", &inner.message)
            .field("hint", &inner.hint)
            .field("request_id", &inner.request_id)
            .field("http_status", &inner.http_status)
            .field("attempts", &inner.attempts)
            .field("throttling", &inner.throttling)
            .field("retryable", &inner.retryable)
            .field("may_have_executed", &self.may_have_executed())
            .field("client_token", &inner.client_token)
            .field("retry_after", &inner.retry_after)
            .field("source", &inner.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        unshown(self, self.get_ref().map(|source| source as _))
    }
}

/// Lets `?` parse values in functions that return this error.
impl From<InvalidValue> for Error {
    fn from(error: InvalidValue) -> Self {
        Self::new(ErrorKind::Request, error.to_string()).with_source(error)
    }
}

#[cfg(test)]
mod tests;
