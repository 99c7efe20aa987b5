//! Transports: the trait that sends HTTP requests for a client, and its implementations.
//!
//! A client builds, signs and retries requests. A [`Transport`] sends one request and returns the
//! response. It is responsible for DNS, TLS, proxies and the pooling of connections. Set one with
//! [`ClientBuilder::transport`](crate::ClientBuilder::transport).
//!
//! | transport | use |
//! | --- | --- |
//! | `ReqwestTransport` | The default: HTTP and HTTPS with reqwest. Features `rustls` and `native-tls`. |
//! | `HyperTransport` | HTTP and HTTPS with hyper's client and rustls, at a lower cost per call. Feature `hyper`. |
//! | [`ScriptedTransport`] | Returns prepared responses and checks the requests, for tests of one exchange. |
//! | [`Faulty`] | Wraps another transport and injects [faults](Faults): broken connections, throttling, bad bodies. |
//! | [`Recorder`], [`Replay`] | Record the exchanges of another transport without secrets, and replay them in tests. |
//! | the module `fake` | The service in memory, for tests of several operations. Feature `fake`. |
//! | an implementation of [`Transport`] | Another HTTP library, or a wrapper that adds metrics. |

#[cfg(feature = "transport-check")]
mod check;
mod default_transport;
pub(crate) mod faults;
mod faulty;
#[cfg(feature = "_http")]
mod http;
#[cfg(feature = "hyper")]
mod hyper;
mod options;
mod process_variable;
mod proxy_url;
mod recorded;
mod recorder;
mod recording;
mod replay;
#[cfg(feature = "_reqwest")]
mod reqwest;
mod scripted;
mod send_state;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use ::http::{Request, Response};
use async_trait::async_trait;
use bytes::Bytes;

#[cfg(feature = "transport-check")]
pub use check::{
    CheckedRule, TransportCheck, TransportNeed, TransportSetup, TransportViolation, check_transport,
};
pub(crate) use default_transport::default_transport;
#[cfg(feature = "_http")]
pub(crate) use default_transport::transport_for_any_endpoint;
pub use faults::{FaultRule, Faults};
pub use faulty::Faulty;
#[cfg(feature = "hyper")]
pub use hyper::{HyperTransport, HyperTransportBuilder};
#[cfg(feature = "_http")]
#[doc(hidden)]
pub use options::HttpLibrary;
pub(crate) use options::{HttpOptions, ProxyChoice};
pub(crate) use process_variable::process_variable;
pub(crate) use proxy_url::ProxyUrl;
pub use recorded::RecordedRequest;
#[cfg(feature = "fake")]
pub(crate) use recorded::is_common_parameter;
pub(crate) use recorded::is_signature_parameter;
pub use recorder::Recorder;
pub use recording::{RecordingError, RecordingSummary};
pub use replay::Replay;
#[cfg(feature = "_reqwest")]
pub use reqwest::ReqwestTransport;
pub use scripted::ScriptedTransport;
pub(crate) use send_state::{FreshConnection, SendState};

use crate::rpc::clock::Clock;
use crate::rpc::report::{unshown, write_report};

/// Sends one signed HTTP request and returns the response, whatever its status.
///
/// A client calls one transport concurrently, from all of its calls.
///
/// # Contract
///
/// **Attempts.** Each call of [`send`](Self::send) is one attempt. The transport must not retry,
/// because the client does. It must not follow redirects, because the request is signed for one
/// host.
///
/// **Request.** The URL is absolute. The signature covers the method, the query, most headers and
/// the body, so all of them must arrive unchanged. The transport may add headers.
///
/// **Response.** A response of any status is `Ok`, with its complete body. The client reads the
/// error codes and decides about retries. The transport should limit the size of the body.
///
/// **Errors.** An error says whether the request may have reached the service, which decides
/// whether the client may repeat it without running an operation twice:
///
/// | error | when | the client retries |
/// | --- | --- | --- |
/// | [`TransportError::not_sent`] | No byte of the request reached the service, such as after a failed connection attempt. | every operation |
/// | [`TransportError::not_processed`] | The server proved that it did not process the request, such as by HTTP/2 `REFUSED_STREAM`. | every operation |
/// | [`TransportError::interrupted`] | The connection broke while the request was being sent, or afterwards. | only safe operations |
/// | [`TransportError::timeout`] | The request was sent, and the response took too long. | only safe operations |
/// | [`TransportError::invalid_response`] | A response arrived that is too large or not valid HTTP. | only safe operations |
///
/// Safe operations are reads, and writes that the service runs once per client token. The client
/// retries within its [`RetryPolicy`](crate::RetryPolicy), and never after an error that is
/// [`permanent`](TransportError::permanent). If in doubt, return `interrupted`: a wrong `not_sent`
/// can run an operation twice.
///
/// **Permanent errors.** An error is permanent if a certificate is rejected, and if a proxy rejects its
/// user (HTTP 407) or forbids the host (403). A retry would fail too, and could lock an account.
///
/// **Cancellation.** The client enforces its own timeouts: it drops the future of `send` when the
/// attempt timeout or the call timeout expires, and treats the request as possibly delivered.
/// Dropping the future must release its resources. The transport needs only a connect timeout,
/// shorter than the attempt timeout, so that an unreachable host is reported as `not_sent`.
/// The built-in transports also report requests that were dropped while they waited for a connection.
///
/// **Panics.** A panic of the transport passes through the call to its caller. The client stays
/// usable. While that panic unwinds, the client does not call the [`Observer`](crate::observe::Observer).
///
/// **Matching.** HTTP/1.1 matches responses to requests only by their order. If a server or a proxy
/// sends a second response to one request, a kept connection delivers it as the response to the
/// next one. The client cannot recognize that, because the service chooses the request id. Where
/// such proxies are on the path, use HTTP/2 or
/// [`fresh_connections_for_writes`](crate::ClientBuilder::fresh_connections_for_writes). With
/// `ReqwestTransport::from_client`, set `pool_max_idle_per_host(0)`.
///
/// **Context.** The extensions of the request contain an [`AttemptContext`], for logs and metrics,
/// unless [`uses_attempt_context`](Self::uses_attempt_context) returns `false`.
///
/// **Secrets.** The headers contain the signature and may contain a security token. The body, or
/// the query if the client is built with
/// [`secrets_in_query`](crate::ClientBuilder::secrets_in_query), contains passwords. The transport
/// must not log them, and its errors must not contain the URL or the body.
///
/// # Wrappers
///
/// A transport that passes requests on to another one implements [`inner`](Self::inner). Otherwise
/// a client that uses a wrapped fake waits in real time. The signature covers only the headers
/// `host`, `content-type` and `x-acs-…`, so a wrapper may add others:
///
/// ```
/// use aliyun_dbs::transport::{ScriptedTransport, Transport, TransportError};
/// use async_trait::async_trait;
/// use bytes::Bytes;
/// use http::{HeaderValue, Request, Response};
///
/// #[derive(Debug)]
/// struct WithHeader<T>(T);
///
/// #[async_trait]
/// impl<T: Transport> Transport for WithHeader<T> {
///     async fn send(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
///         request.headers_mut().insert("x-team", HeaderValue::from_static("backups"));
///         self.0.send(request).await
///     }
///
///     fn inner(&self) -> Option<&dyn Transport> {
///         Some(&self.0)
///     }
/// }
///
/// let transport = WithHeader(ScriptedTransport::new());
/// assert!(transport.inner().is_some());
/// ```
///
/// # Conformance
///
/// `check_transport` (feature `transport-check`) tests a transport with servers on the loopback that
/// refuse, break off, stall and send invalid responses. For example, a wrapper of a reqwest client:
///
/// ```no_run
/// # #[cfg(all(feature = "transport-check", feature = "rustls"))]
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// # use aliyun_dbs::transport::ReqwestTransport as MyTransport;
/// use aliyun_dbs::transport::{TransportError, TransportNeed, check_transport};
///
/// check_transport(|setup| {
///     // Without what `ReqwestTransport::from_client` cannot do: see its docs.
///     if matches!(setup.need, TransportNeed::Proxy | TransportNeed::LeavesStalled) {
///         return Ok(None);
///     }
///     let failed = |error: reqwest::Error| TransportError::not_sent(error.to_string());
///     let mut client = reqwest::Client::builder()
///         .redirect(reqwest::redirect::Policy::none())
///         .retry(reqwest::retry::never())
///         .connect_timeout(setup.connect_timeout)
///         .no_proxy();
///     if let Some(root) = setup.root_certificate_pem {
///         let root = reqwest::Certificate::from_pem(root.as_bytes()).map_err(failed)?;
///         client = client.tls_certs_merge([root]);
///     }
///     let transport = MyTransport::from_client(client.build().map_err(failed)?);
///     Ok(Some(transport.max_response_size(setup.max_response_size)))
/// })
/// .await?;
/// # Ok(()) }
/// ```
///
/// # Examples
///
/// A transport that uses another HTTP library:
///
/// ```
/// # mod my_http {
/// #     #[derive(Debug)]
/// #     pub struct Client;
/// #     #[derive(Debug)]
/// #     pub struct Error;
/// #     impl Error {
/// #         pub fn is_connect(&self) -> bool { true }
/// #         pub fn is_timeout(&self) -> bool { false }
/// #     }
/// #     impl std::fmt::Display for Error {
/// #         fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
/// #             f.write_str("connection refused")
/// #         }
/// #     }
/// #     impl std::error::Error for Error {}
/// #     impl Client {
/// #         pub async fn execute(
/// #             &self,
/// #             _: http::Request<bytes::Bytes>,
/// #         ) -> Result<http::Response<bytes::Bytes>, Error> {
/// #             Err(Error)
/// #         }
/// #     }
/// # }
/// use aliyun_dbs::transport::{AttemptContext, Transport, TransportError};
/// use async_trait::async_trait;
/// use bytes::Bytes;
/// use http::{Request, Response};
///
/// #[derive(Debug)]
/// struct MyTransport(my_http::Client);
///
/// #[async_trait]
/// impl Transport for MyTransport {
///     async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
///         if let Some(context) = request.extensions().get::<AttemptContext>() {
///             println!("{}: attempt {}", context.operation, context.attempt);
///         }
///         self.0.execute(request).await.map_err(|error| {
///             let failure = if error.is_connect() {
///                 TransportError::not_sent(format!("could not connect: {error}"))
///             } else if error.is_timeout() {
///                 TransportError::timeout("timed out waiting for the response")
///             } else {
///                 TransportError::interrupted(format!("the connection broke: {error}"))
///             };
///             failure.with_source(error)
///         })
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), aliyun_dbs::Error> {
/// # use aliyun_dbs::credentials::Credentials;
/// # use aliyun_dbs::{Client, RawRequest, Region, RetryPolicy};
/// let client = Client::builder()
///     .region(Region::Hangzhou)
///     .credentials(Credentials::new("id", "secret"))
///     .transport(MyTransport(my_http::Client))
/// #     .retry(RetryPolicy::never())
///     .build()?;
/// # let error = client.send(RawRequest::new("DescribeRegions")).await.unwrap_err();
/// # assert!(!error.may_have_executed() && error.to_string().contains("could not connect"));
/// # Ok(()) }
/// ```
#[async_trait]
pub trait Transport: fmt::Debug + Send + Sync {
    /// Sends a request and returns the complete response.
    ///
    /// # Errors
    ///
    /// Returns an error if no complete response arrived. The [contract](Self#contract) says which
    /// error to return.
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError>;

    /// Returns the transport that this one wraps. Defaults to `None`.
    ///
    /// A [wrapper](Self#wrappers) returns it, so that the other methods return what it does.
    fn inner(&self) -> Option<&dyn Transport> {
        None
    }

    /// Returns whether requests need an [`AttemptContext`]. Defaults to that of the wrapped
    /// transport, or `true`.
    ///
    /// `false` saves three allocations per request.
    fn uses_attempt_context(&self) -> bool {
        self.inner().is_none_or(Transport::uses_attempt_context)
    }

    /// Returns whether the transport uses the request's private state of sending.
    #[doc(hidden)]
    fn reports_sending(&self) -> bool {
        // A wrapper passes the state on with the other extensions.
        self.inner().map_or_else(|| self.uses_attempt_context(), Transport::reports_sending)
    }

    /// Returns the clock that a client without its own clock uses. Defaults to that of the wrapped
    /// transport, or `None`.
    ///
    /// Without it, the client uses the system clock. A fake returns its simulated clock, so that
    /// tests do not wait.
    fn clock(&self) -> Option<Arc<dyn Clock>> {
        self.inner()?.clock()
    }
}

#[async_trait]
impl<T: Transport + ?Sized> Transport for Arc<T> {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        (**self).send(request).await
    }

    fn inner(&self) -> Option<&dyn Transport> {
        (**self).inner()
    }

    fn uses_attempt_context(&self) -> bool {
        (**self).uses_attempt_context()
    }

    fn reports_sending(&self) -> bool {
        (**self).reports_sending()
    }

    fn clock(&self) -> Option<Arc<dyn Clock>> {
        (**self).clock()
    }
}

/// The operation and the attempt that a request belongs to.
///
/// A [`Transport`] reads it from the `extensions()` of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AttemptContext {
    /// The name of the operation.
    pub operation: Cow<'static, str>,
    /// The number of the attempt, starting at 1.
    pub attempt: u32,
}

impl AttemptContext {
    pub(crate) fn new(operation: Cow<'static, str>, attempt: u32) -> Self {
        Self { operation, attempt }
    }
}

/// The error of a [`Transport`] that received no complete response.
///
/// It says whether the request may have reached the service; see the
/// [contract](Transport#contract).
pub struct TransportError {
    kind: TransportErrorKind,
    permanent: bool,
    message: String,
    hint: Option<&'static str>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// How far a request got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TransportErrorKind {
    NotSent,
    NotProcessed,
    Interrupted,
    TimedOut,
    InvalidResponse,
}

impl TransportError {
    fn new(kind: TransportErrorKind, message: impl Into<String>) -> Self {
        Self { kind, permanent: false, message: message.into(), hint: None, source: None }
    }

    /// Creates an error for a request of which no byte reached the service.
    ///
    /// The client retries every operation after it, so use it only if that is certain, such as
    /// after a failed connection attempt.
    pub fn not_sent(message: impl Into<String>) -> Self {
        Self::new(TransportErrorKind::NotSent, message)
    }

    /// Creates an error for a request that the server proved not to have processed.
    ///
    /// HTTP/2 proves it by resetting a stream with `REFUSED_STREAM`, or by a `GOAWAY` whose last
    /// stream is before that of the request. The client retries every operation after it.
    pub fn not_processed(message: impl Into<String>) -> Self {
        Self::new(TransportErrorKind::NotProcessed, message)
    }

    /// Creates an error for a request that may have reached the service before the connection
    /// broke.
    pub fn interrupted(message: impl Into<String>) -> Self {
        Self::new(TransportErrorKind::Interrupted, message)
    }

    /// Creates an error for a request that may have reached the service and got no response in
    /// time.
    pub fn timeout(message: impl Into<String>) -> Self {
        Self::new(TransportErrorKind::TimedOut, message)
    }

    /// Creates an error for a response that is too large or not valid HTTP.
    pub fn invalid_response(message: impl Into<String>) -> Self {
        Self::new(TransportErrorKind::InvalidResponse, message)
    }

    /// Marks the error as permanent, so that the client does not retry.
    #[must_use]
    pub fn permanent(mut self) -> Self {
        self.permanent = true;
        self
    }

    /// Sets the source of the error.
    ///
    /// It must not contain the URL or the body of the request.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Returns whether the service may have processed the request.
    pub fn may_have_arrived(&self) -> bool {
        !matches!(self.kind, TransportErrorKind::NotSent | TransportErrorKind::NotProcessed)
    }

    /// Sets what to do about the error.
    pub(crate) fn with_hint(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint);
        self
    }

    pub(crate) fn hint(&self) -> Option<&'static str> {
        self.hint
    }

    pub(crate) fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    pub(crate) fn is_permanent(&self) -> bool {
        self.permanent
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !f.alternate() {
            return write_report(f, self);
        }
        f.debug_struct("TransportError")
            .field("kind", &self.kind)
            .field("permanent", &self.permanent)
            .field("message", &self.message)
            .field("hint", &self.hint)
            .field("source", &self.source)
            .finish()
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        unshown(self, self.source.as_deref().map(|source| source as _))
    }
}
