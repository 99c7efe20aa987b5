//! Errors for mocks of a caller's own traits.
//!
//! A client with a transport that always fails makes them, so that their properties cannot
//! contradict each other, or those of real errors.

use std::borrow::Cow;
use std::future::{Future, IntoFuture};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode};
use serde::de::IgnoredAny;
use tracing::dispatcher::{self, Dispatch};

use super::FakeClock;
use crate::rpc::api::ApiInfo;
use crate::rpc::client::{Client, ClientBuilder};
use crate::rpc::credentials::{Credentials, CredentialsError, CredentialsProvider};
use crate::rpc::error::{Error, ErrorKind};
use crate::rpc::operation::{ApiRequest, Operation, Safety};
use crate::rpc::retry::RetryPolicy;
use crate::rpc::transport::faults::apply::{connection_lost, connection_refused};
use crate::rpc::transport::faults::effect::InjectedError;
use crate::rpc::transport::faults::render::{self, Gateway};
use crate::rpc::transport::{Transport, TransportError};
use crate::rpc::value::ClientToken;
use crate::rpc::wait::{WaitError, WaitErrorKind};
use crate::rpc::wire::{EncodeError, Parameters};
use crate::v2019_03_06::operations::CreateBackupPlan;
use crate::v2019_03_06::region::Region;
use crate::v2019_03_06::types::BackupPlanId;
use crate::workflows::{ProvisionCause, ProvisionError, ProvisionStage};

/// Makes the [`Error`] of a call that failed, for mocks of your own traits.
///
/// [`build`](Self::build) makes a call of a client whose transport fails as described. The error is
/// therefore classified as a real one: [`is_retryable`](Error::is_retryable),
/// [`may_have_executed`](Error::may_have_executed), [`is_throttling`](Error::is_throttling), the hint
/// and the message agree. The call needs no runtime and no time, and logs nothing.
///
/// To test how a program handles failures of the service itself, inject them into a
/// [`FakeDbs`](super::FakeDbs) with [`faults`](super::FakeDbs::faults).
///
/// # Examples
///
/// A mock of a trait that fails with an unknown outcome:
///
/// ```
/// use aliyun_dbs::Error;
/// use aliyun_dbs::fake::ErrorBuilder;
///
/// trait Plans {
///     fn buy(&self, name: &str) -> Result<String, Error>;
/// }
///
/// struct BrokenConnection;
///
/// impl Plans for BrokenConnection {
///     fn buy(&self, _: &str) -> Result<String, Error> {
///         Err(ErrorBuilder::interrupted().build())
///     }
/// }
///
/// /// Returns the HTTP status of one's own service.
/// fn status(plans: &dyn Plans) -> u16 {
///     match plans.buy("orders") {
///         Ok(_) => 201,
///         Err(error) if error.may_have_executed() => 202,
///         Err(error) if error.is_retryable() => 503,
///         Err(_) => 500,
///     }
/// }
///
/// assert_eq!(status(&BrokenConnection), 202);
/// ```
///
/// An error of the service:
///
/// ```
/// use aliyun_dbs::fake::ErrorBuilder;
/// use aliyun_dbs::operations::DescribeBackupPlanList;
///
/// let error = ErrorBuilder::service("Throttling.User").operation::<DescribeBackupPlanList>().build();
/// assert!(error.is_throttling() && error.is_retryable() && !error.may_have_executed());
/// ```
#[derive(Clone, Debug)]
pub struct ErrorBuilder {
    failure: Failure,
    client: fn() -> ClientBuilder,
    operation: FailedOperation,
    http_status: Option<StatusCode>,
    message: Option<String>,
    request_id: String,
    attempts: u32,
    client_token: Option<ClientToken>,
    retry_after: Option<Duration>,
}

/// What fails.
#[derive(Clone, Debug)]
enum Failure {
    Service(String),
    Connect,
    Timeout,
    Interrupted,
    Credentials,
    Response,
}

/// A request for any operation, without parameters.
#[derive(Clone, Copy, Debug)]
struct FailedOperation {
    api: ApiInfo,
    action: &'static str,
    safety: Safety,
}

impl ErrorBuilder {
    fn new(failure: Failure) -> Self {
        Self {
            failure,
            client: Client::builder,
            operation: FailedOperation::of::<CreateBackupPlan>(),
            http_status: None,
            message: None,
            request_id: "fake".to_owned(),
            attempts: 1,
            client_token: None,
            retry_after: None,
        }
    }

    /// Returns the error of a request that the gateway or the service rejected.
    ///
    /// The HTTP status defaults to 400, with which the gateway rejects a request. With a
    /// [status](Self::http_status) of 2xx, the service rejects it in the body of its response.
    pub fn service(code: impl AsRef<str>) -> Self {
        Self::new(Failure::Service(code.as_ref().to_owned()))
    }

    /// Returns the error of a connection that was refused. Nothing was sent.
    pub fn connect() -> Self {
        Self::new(Failure::Connect)
    }

    /// Returns the error of a response that did not arrive in time.
    pub fn timeout() -> Self {
        Self::new(Failure::Timeout)
    }

    /// Returns the error of a connection that broke after the request was sent.
    pub fn interrupted() -> Self {
        Self::new(Failure::Interrupted)
    }

    /// Returns the error of a provider that has no credentials, with its message.
    pub fn credentials(message: impl Into<String>) -> Self {
        Self::new(Failure::Credentials).message(message)
    }

    /// Returns the error of a response that could not be read: the page of a proxy.
    ///
    /// The HTTP status defaults to 502.
    pub fn response() -> Self {
        Self::new(Failure::Response)
    }

    /// Sets the operation that failed. Defaults to [`CreateBackupPlan`].
    ///
    /// Its [`Safety`] and [`Api`](crate::Api) decide how often the client would try, the hint, and what
    /// the message says about the outcome.
    #[must_use]
    pub fn operation<O: Operation>(mut self) -> Self {
        self.operation = FailedOperation::of::<O>();
        self.client = Client::builder_for::<O::Api>;
        self
    }

    /// Sets the HTTP status of the response. An error without a response ignores it.
    #[must_use]
    pub fn http_status(mut self, status: StatusCode) -> Self {
        self.http_status = Some(status);
        self
    }

    /// Sets what the service, the transport or the provider reports.
    ///
    /// Defaults to an empty message of the service, and to that of a typical failure otherwise.
    #[must_use]
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// Sets the request id of the service's response. Defaults to `fake`.
    ///
    /// Other errors have no request id.
    #[must_use]
    pub fn request_id(mut self, id: impl Into<String>) -> Self {
        self.request_id = id.into();
        self
    }

    /// Sets the number of attempts that the client may make. Defaults to 1; 0 means 1.
    ///
    /// An error that the client does not retry has one attempt, whatever this number is.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Sets the client token of the call. Defaults to a token if the operation has one.
    #[must_use]
    pub fn client_token(mut self, token: ClientToken) -> Self {
        self.client_token = Some(token);
        self
    }

    /// Sets the delay that the response asks for, in whole milliseconds. Defaults to none.
    ///
    /// The gateway asks for one when it throttles, so the error is then a throttling one. An error
    /// without a response ignores it.
    #[must_use]
    pub fn retry_after(mut self, delay: Duration) -> Self {
        self.retry_after = Some(delay);
        self
    }

    /// Returns the error.
    pub fn build(self) -> Error {
        // The error is not an event of the program.
        dispatcher::with_default(&Dispatch::none(), || self.fail())
    }

    /// Makes the call, which fails.
    fn fail(self) -> Error {
        let Self { client, operation, attempts, client_token, .. } = self.clone();
        let source = Arc::new(self);
        let client = client()
            .region(Region::Hangzhou)
            .credentials(FailingProvider(source.clone()))
            .transport(FailingTransport(source))
            .clock(Arc::new(FakeClock::seeded(0)))
            .retry(RetryPolicy::never().max_attempts(attempts))
            .build();
        let client = match client {
            Ok(client) => client,
            Err(error) => return error,
        };
        let mut call = client.send(operation);
        if let Some(token) = client_token {
            call = call.client_token(token);
        }
        match complete(call.into_future()) {
            Err(error) => error,
            Ok(_) => Error::new(ErrorKind::Response, "the fake transport returned a success"),
        }
    }

    fn message_or(
        &self,
        default: TransportError,
        of: fn(String) -> TransportError,
    ) -> TransportError {
        self.message.clone().map_or(default, of)
    }

    /// Returns what the transport returns for each attempt.
    fn exchange(&self, host: &str) -> Result<Response<Bytes>, TransportError> {
        let status = |default| self.http_status.unwrap_or(default);
        let mut response = match &self.failure {
            Failure::Connect => {
                return Err(self.message_or(connection_refused(), TransportError::not_sent));
            }
            Failure::Timeout => {
                let default = TransportError::timeout("no response within 10s");
                return Err(self.message_or(default, TransportError::timeout));
            }
            Failure::Interrupted | Failure::Credentials => {
                return Err(self.message_or(connection_lost(), TransportError::interrupted));
            }
            Failure::Response => {
                let status = status(StatusCode::BAD_GATEWAY);
                let page = render::html(status.as_u16());
                let Some(message) = &self.message else { return Ok(page) };
                page.map(|_| Bytes::from(format!("<html><body>{message}</body></html>")))
            }
            Failure::Service(code) => {
                let (code, status) = (code.clone(), status(StatusCode::BAD_REQUEST));
                let message = self.message.clone().unwrap_or_default();
                let error = if status.is_success() {
                    InjectedError::Business { code, message }
                } else {
                    InjectedError::Gateway { status: status.as_u16(), code, message }
                };
                let mut response =
                    render::error(&self.request_id, Gateway { host, product: None }, &error);
                *response.status_mut() = status;
                response
            }
        };
        if let Some(delay) = self.retry_after {
            let millis = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
            response.headers_mut().insert("x-acs-retry-after", HeaderValue::from(millis));
        }
        Ok(response)
    }
}

impl FailedOperation {
    fn of<O: Operation>() -> Self {
        Self { api: const { ApiInfo::of::<O::Api>() }, action: O::ACTION, safety: O::SAFETY }
    }
}

impl ApiRequest for FailedOperation {
    type Response = IgnoredAny;

    fn api(&self) -> &ApiInfo {
        &self.api
    }

    fn action(&self) -> Cow<'static, str> {
        self.action.into()
    }

    fn safety(&self) -> Safety {
        self.safety
    }

    fn parameters(&self) -> Result<Parameters, EncodeError> {
        Ok(Parameters::new())
    }
}

#[derive(Debug)]
struct FailingTransport(Arc<ErrorBuilder>);

#[async_trait]
impl Transport for FailingTransport {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        self.0.exchange(request.uri().host().unwrap_or_default())
    }
}

#[derive(Debug)]
struct FailingProvider(Arc<ErrorBuilder>);

#[async_trait]
impl CredentialsProvider for FailingProvider {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        match self.0.failure {
            Failure::Credentials => {
                Err(CredentialsError::new(self.0.message.clone().unwrap_or_default()))
            }
            // No message contains this secret, so the client does not remove a part of it.
            _ => Ok(Credentials::new("fake-access-key", "0f3b5d2c9a7e41868c5d1e0b7a94f236")),
        }
    }
}

/// Runs a call that waits for nothing but the fake clock.
fn complete<F: Future>(call: F) -> F::Output {
    // Within a task of Tokio, its budget could otherwise make the call wait for the runtime.
    let mut call = pin!(tokio::task::unconstrained(call));
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = call.as_mut().poll(&mut context) {
            return output;
        }
    }
}

/// Returns the error of a wait that ended in this way, for mocks of your own traits.
///
/// The subject is what the wait was for, such as ``backup plan `dbs1` to run``. A failed
/// [`Call`](WaitErrorKind::Call) is that of [`ErrorBuilder::timeout`]; [`wait_error_of`] takes
/// another one. The wait lasted 10 minutes, with 60 polls.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::fake;
/// use aliyun_dbs::wait::WaitErrorKind;
///
/// let error = fake::wait_error(WaitErrorKind::TimedOut, "backup plan `dbs1` to run");
/// assert!(error.is_retryable());
/// ```
pub fn wait_error(kind: WaitErrorKind, subject: impl Into<String>) -> WaitError {
    let call = (kind == WaitErrorKind::Call).then(|| ErrorBuilder::timeout().build());
    WaitError::new(kind, subject.into(), Duration::from_secs(600), 60, None, call)
}

/// Returns the error of a wait whose first call failed, for mocks of your own traits.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::fake::{self, ErrorBuilder};
///
/// let error = fake::wait_error_of(ErrorBuilder::service("NoPermission").build());
/// assert!(!error.is_retryable());
/// ```
pub fn wait_error_of(error: Error) -> WaitError {
    WaitError::not_started(error)
}

/// Returns the error of a provisioning that failed, for mocks of your own traits.
///
/// `plan` is the plan, if one was bought. The client token of the provisioning is `fake`. An
/// [`Error`] and a [`WaitError`] convert into the cause.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::fake::{self, ErrorBuilder};
/// use aliyun_dbs::workflows::ProvisionStage;
///
/// let lost = ErrorBuilder::interrupted().build();
/// let error = fake::provision_error(ProvisionStage::Create, None, lost);
/// assert!(error.may_have_bought() && error.is_retryable());
/// ```
pub fn provision_error(
    stage: ProvisionStage,
    plan: Option<BackupPlanId>,
    cause: impl Into<ProvisionCause>,
) -> ProvisionError {
    ProvisionError::new(stage, plan, ClientToken::new("fake").ok(), cause.into())
}
