//! The one error type.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use http::StatusCode;

use crate::rpc::operation::Safety;
use crate::rpc::value::{ClientToken, InvalidValue};

/// What a call failed with: what, why, and whether it may have been executed all the same.
///
/// `Display` is one line with the operation, the reason, the code and the request id; the cause,
/// where there is one, is the [`source`](StdError::source). Neither ever holds a secret.
///
/// ```no_run
/// # async fn example(client: aliyun_dbs::Client, request: aliyun_dbs::operations::CreateBackupPlan) {
/// match client.send(request).await {
///     Ok(plan) => println!("{}", plan.backup_plan_id),
///     Err(error) if error.may_have_executed() => {
///         // Send it again with the same token, now or after a restart: it is bought once.
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
    /// Whether sending it again with the same token is the way on.
    resend: bool,
    retry_after: Option<Duration>,
    /// Of the operation: an execution more or less of a read is all the same.
    safety: Option<Safety>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What kind of thing went wrong with the last attempt.
///
/// Attempts before it may have failed otherwise: whether one of them may have been executed, ask
/// [`may_have_executed`](Error::may_have_executed).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client cannot be built as asked. Nothing was sent. Fix the configuration.
    Configuration,
    /// There are no usable credentials, so this attempt sent nothing. Fix what the message names.
    Credentials,
    /// The request cannot be sent as it is. Nothing was sent. Fix the request.
    Request,
    /// No connection came about (address, refusal, TLS), so this attempt sent nothing; retried.
    Connect,
    /// Time ran out: an attempt's or the whole call's.
    Timeout,
    /// The connection broke after the request was sent, so the outcome is unknown. Retried where
    /// a repetition is harmless.
    Interrupted,
    /// An answer came that is none: not JSON, cut short, empty, too large, a redirect.
    Response,
    /// The service, or the gateway before it, refused; [`code`](Error::code) says why.
    Service,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(ErrorInner {
            kind,
            operation: None,
            message: message.into(),
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

    /// What kind of thing went wrong with the last attempt.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The error code of a refusal: the service's own, or the gateway's.
    ///
    /// Compare it with a known code by [`is`](Self::is).
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// Whether the service or the gateway refused with this code, in any case.
    ///
    /// Takes the published codes of an API, and the text of one that this version has no name for:
    ///
    /// ```
    /// # fn example(error: &aliyun_dbs::Error) -> bool {
    /// use aliyun_dbs::types::ErrorCode;
    ///
    /// error.is(ErrorCode::BackupPlanNotCreate) || error.is("SomethingNew")
    /// # }
    /// ```
    pub fn is(&self, code: impl AsRef<str>) -> bool {
        self.code().is_some_and(|given| given.eq_ignore_ascii_case(code.as_ref()))
    }

    /// The reason in words, in one line.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What to do about it, where that is known. The token to send it again with is apart, in
    /// [`client_token`](Self::client_token); `Display` has both.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// The id of the failed request, which the service's support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The HTTP status of the last answer, if one came.
    pub fn http_status(&self) -> Option<StatusCode> {
        self.0.http_status
    }

    /// The operation that failed; `None` for errors of the client itself.
    pub fn operation(&self) -> Option<&str> {
        self.0.operation.as_deref()
    }

    /// How many times the request was sent, or an attempt was made to; 0 if it never came to that.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The idempotency token that all attempts carried, if the operation has one.
    ///
    /// Sending the same request with the same token again cannot execute it twice.
    pub fn client_token(&self) -> Option<&ClientToken> {
        self.0.client_token.as_ref()
    }

    /// How long the service asked to wait before the next attempt, if it did.
    ///
    /// The client has waited as it was told where the call's time allowed it. What is given here
    /// is what the last answer asked for (`x-acs-retry-after` or `Retry-After`).
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Whether the last refusal was for too many requests.
    ///
    /// # Troubleshooting
    ///
    /// Send less often: each operation's `RATE_LIMIT` is what the service publishes.
    pub fn is_throttling(&self) -> bool {
        self.0.throttling
    }

    /// Whether time ran out, the call's or an attempt's.
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout
    }

    /// Whether the same call, made later, may succeed.
    ///
    /// The client has already retried where that is safe. If [`may_have_executed`] is true as
    /// well, repeat a changing operation only with the same [`client_token`].
    ///
    /// [`may_have_executed`]: Self::may_have_executed
    /// [`client_token`]: Self::client_token
    pub fn is_retryable(&self) -> bool {
        self.0.retryable
    }

    /// Whether one of the attempts may have been executed although the call failed.
    ///
    /// `false` is a promise: nothing was bought or changed. `true` means that an attempt reached
    /// the service, or may have, and its outcome is not known.
    pub fn may_have_executed(&self) -> bool {
        self.0.execution == Execution::Unknown
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Adds to what is to be done.
    pub(crate) fn and_hint(self, more: impl Into<Cow<'static, str>>) -> Self {
        match &self.0.hint {
            Some(hint) => {
                let both = format!("{hint}. {}", more.into());
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

    pub(crate) fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.0.retry_after = wait;
        self
    }

    pub(crate) fn in_call(mut self, call: FailedCall) -> Self {
        let FailedCall { operation, safety, attempts, execution, client_token, refused } = call;
        let inner = &mut *self.0;
        inner.operation = Some(operation);
        inner.safety = Some(safety);
        inner.attempts = attempts;
        inner.execution = execution;
        inner.client_token = client_token;
        inner.resend = execution == Execution::Unknown
            && safety == Safety::IdempotentByToken
            && !refused
            && inner.client_token.is_some();
        self
    }

    /// The error of a call whose token nobody needs to know, since it is derived from another.
    pub(crate) fn of_derived_token(mut self) -> Self {
        self.0.resend = false;
        self
    }
}

/// What came of the attempts of a call, as far as is known. The greater goes before the lesser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Execution {
    /// Nothing was sent.
    Unsent,
    /// It was refused, and not executed.
    Refused,
    /// It may have been executed.
    Unknown,
}

/// The call that an error ends.
pub(crate) struct FailedCall {
    pub(crate) operation: Cow<'static, str>,
    pub(crate) safety: Safety,
    pub(crate) attempts: u32,
    pub(crate) execution: Execution,
    pub(crate) client_token: Option<ClientToken>,
    /// Whether the last attempt was refused for good.
    pub(crate) refused: bool,
}

impl FailedCall {
    /// A call that was not made.
    pub(crate) fn unsent(operation: Cow<'static, str>, safety: Safety) -> Self {
        let execution = Execution::Unsent;
        Self { operation, safety, attempts: 0, execution, client_token: None, refused: false }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        if let Some(operation) = &inner.operation {
            write!(f, "{operation} failed: ")?;
        }
        if let Some(code) = &inner.code {
            write!(f, "{code}")?;
            if !inner.message.is_empty() {
                f.write_str(": ")?;
            }
        }
        f.write_str(&inner.message)?;

        let mut facts = Vec::new();
        if let Some(status) = inner.http_status {
            facts.push(format!("HTTP {}", status.as_u16()));
        }
        if let Some(id) = &inner.request_id {
            facts.push(format!("request id {id}"));
        }
        match inner.attempts {
            0 => {}
            1 => facts.push("1 attempt".to_owned()),
            many => facts.push(format!("{many} attempts")),
        }
        match inner.execution {
            Execution::Unknown if inner.safety != Some(Safety::ReadOnly) => {
                facts.push("it may have been executed".to_owned());
            }
            Execution::Unsent if inner.attempts > 0 => facts.push("nothing was sent".to_owned()),
            _ => {}
        }
        if !facts.is_empty() {
            write!(f, " ({})", facts.join(", "))?;
        }
        if let Some(hint) = &inner.hint {
            write!(f, ". {hint}")?;
        }
        if let (true, Some(token)) = (inner.resend, &inner.client_token) {
            write!(f, ". Send it again with client token {token}: it runs once")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
        self.0.source.as_deref().map(|source| source as _)
    }
}

/// So that values can be parsed with `?` where calls are made.
impl From<InvalidValue> for Error {
    fn from(error: InvalidValue) -> Self {
        Self::new(ErrorKind::Request, error.to_string()).with_source(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(execution: Execution) -> FailedCall {
        FailedCall {
            attempts: 1,
            execution,
            client_token: Some("order-7".parse().unwrap()),
            ..FailedCall::unsent("CreateBackupPlan".into(), Safety::IdempotentByToken)
        }
    }

    #[test]
    fn display_is_one_line_with_all_that_support_asks_for() {
        let error = Error::new(ErrorKind::Service, "plan could not be created")
            .with_code("BackupPlanNotCreate")
            .with_http_status(StatusCode::OK)
            .with_request_id(Some("7BCF".into()))
            .in_call(call(Execution::Refused));
        assert_eq!(
            error.to_string(),
            "CreateBackupPlan failed: BackupPlanNotCreate: plan could not be created \
             (HTTP 200, request id 7BCF, 1 attempt)"
        );
    }

    #[test]
    fn what_may_have_been_bought_is_said_with_the_token_that_buys_it_once() {
        let broken = || Error::new(ErrorKind::Interrupted, "broken");
        let line = |call| broken().with_hint("Wait").in_call(call).to_string();
        let unknown = || call(Execution::Unknown);
        assert_eq!(
            line(unknown()),
            "CreateBackupPlan failed: broken (1 attempt, it may have been executed). Wait. Send \
             it again with client token order-7: it runs once"
        );
        let last_was_refused = FailedCall { refused: true, ..unknown() };
        let read = FailedCall { safety: Safety::ReadOnly, ..unknown() };
        for (call, facts) in [
            (call(Execution::Refused), "1 attempt"),
            (call(Execution::Unsent), "1 attempt, nothing was sent"),
            (last_was_refused, "1 attempt, it may have been executed"),
            (read, "1 attempt"),
        ] {
            assert_eq!(line(call), format!("CreateBackupPlan failed: broken ({facts}). Wait"));
        }
        let derived = broken().in_call(unknown()).of_derived_token();
        assert!(derived.may_have_executed() && !derived.to_string().contains("order-7"));
    }

    #[test]
    fn the_error_is_one_pointer_wide() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }
}
