//! `Client::presign`: URLs that execute a read when they are opened.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::call::reserved_parameter;
use super::handle::Client;
use super::keys::{self, check, no_credentials};
use super::message::{ActionInfo, QUERY_LIMIT, common_v1};
use crate::rpc::clock::{format_duration, within};
use crate::rpc::error::{Error, ErrorKind, FailedCall};
use crate::rpc::operation::{ApiRequest, Safety};
use crate::rpc::sign::{rpc_v1, timestamp};
use crate::rpc::transport::is_signature_parameter;
use crate::rpc::value::Secret;
use crate::rpc::wire::{Parameters, canonical_query};

/// The resolution of a time stamp.
const SHORTEST: Duration = Duration::from_secs(1);
/// How long the gateway accepts a time stamp.
const LONGEST: Duration = Duration::from_secs(15 * 60);

impl Client {
    /// Returns a URL that executes a read when it is opened.
    ///
    /// It can be opened with `curl` or a browser. Awaiting the returned [`Presign`] signs the URL and
    /// sends nothing.
    ///
    /// The gateway accepts the URL **once**, because it rejects a nonce that it has seen, and for 15
    /// minutes at most; [`expires_in`](Presign::expires_in) shortens that. Anyone who has the URL
    /// can execute this read, and nothing else.
    ///
    /// The URL has a signature of RPC version 1.0, whatever signature version the client uses.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(client: aliyun_dbs::Client) -> Result<(), aliyun_dbs::Error> {
    /// use aliyun_dbs::operations::DescribeBackupPlanList;
    ///
    /// let url = client.presign(DescribeBackupPlanList::builder().build()).await?;
    /// println!("curl '{url}'");
    /// # Ok(()) }
    /// ```
    pub fn presign<R: ApiRequest>(&self, request: R) -> Presign<R> {
        Presign { client: self.clone(), request, expires_in: LONGEST, with_security_token: false }
    }
}

/// A URL that is signed when it is awaited; returned by [`Client::presign`].
///
/// # Errors
///
/// Awaiting it returns an error if the request is not a read, its parameters are secret,
/// confidential or too long for a URL, or no usable credentials are available in time.
#[must_use = "a URL is not signed until it is awaited"]
pub struct Presign<R> {
    client: Client,
    request: R,
    expires_in: Duration,
    with_security_token: bool,
}

/// The future of a [`Presign`].
pub type PresignFuture = Pin<Box<dyn Future<Output = Result<PresignedUrl, Error>> + Send>>;

impl<R> Presign<R> {
    /// Sets how long the gateway accepts the URL: 1 second to 15 minutes. Defaults to 15 minutes.
    ///
    /// The gateway always accepts a time stamp for 15 minutes, so for a shorter duration the client
    /// sets the time stamp back.
    pub fn expires_in(mut self, duration: Duration) -> Self {
        self.expires_in = duration;
        self
    }

    /// Allows the security token of temporary credentials in the URL. Not allowed by default.
    ///
    /// Temporary credentials require their token in the URL, so without this call they are an
    /// error. The token grants nothing without the secret, but it stays valid as long as the
    /// credentials, and server logs and browser histories keep URLs.
    pub fn with_security_token(mut self) -> Self {
        self.with_security_token = true;
        self
    }
}

impl<R: ApiRequest> Presign<R> {
    async fn sign(self) -> Result<PresignedUrl, Error> {
        let action = self.request.action();
        let url = self.sign_action(&action).await;
        url.map_err(|error| error.in_call(FailedCall::unsent(action, self.request.safety())))
    }

    async fn sign_action(&self, action: &str) -> Result<PresignedUrl, Error> {
        let parameters = self.parameters()?;
        if self.expires_in < SHORTEST || self.expires_in > LONGEST {
            return Err(invalid(format!(
                "invalid expires_in `{}`: expected 1 second to 15 minutes",
                format_duration(self.expires_in)
            )));
        }
        let inner = &*self.client.inner;
        let clock = &*inner.clock;
        let credentials = within(clock, inner.call_timeout, inner.credentials.credentials())
            .await
            .ok_or_else(|| Error::new(ErrorKind::Timeout, keys::TIMED_OUT))?
            .map_err(no_credentials)?;
        check(&credentials)?;
        let token = credentials.security_token().map(Secret::expose);
        if token.is_some() && !self.with_security_token {
            return Err(invalid(
                "temporary credentials need their security token in the URL, which server \
                 logs and browser histories keep",
            )
            .with_hint("allow it with `Presign::with_security_token`"));
        }

        let now = inner.server_time();
        let back = seconds(LONGEST.saturating_sub(self.expires_in));
        let stamped = now.checked_sub(back).unwrap_or(now);
        // The time stamp has whole seconds.
        let stamped = stamped.replace_nanosecond(0).unwrap_or(stamped);
        let stamp_ends = stamped.checked_add(seconds(LONGEST)).unwrap_or(stamped);
        // Temporary credentials may expire before the time stamp does.
        let expires_at = credentials.expiration().map_or(stamp_ends, |end| end.min(stamp_ends));
        let date = timestamp(stamped);
        let mut digits = [0; 32];
        let nonce = inner.nonces.next(clock, now, &mut digits);
        let mut query: Vec<(&str, &str)> = parameters.iter().collect();
        let to = ActionInfo::of(&self.request, action);
        query.extend(common_v1(credentials.access_key_id(), to, nonce, &date));
        query.extend(token.map(|token| ("SecurityToken", token)));
        let all = Zeroizing::new(canonical_query(query.iter().copied()));
        let string_to_sign = Zeroizing::new(rpc_v1::string_to_sign("GET", &all));
        let signature =
            rpc_v1::signature(credentials.access_key_secret().expose(), &string_to_sign);
        query.push(("Signature", &signature));
        let query = Zeroizing::new(canonical_query(query));
        if query.len() > QUERY_LIMIT {
            return Err(invalid(format!(
                "the query is too long for a URL: expected at most {QUERY_LIMIT} bytes, got {}",
                query.len()
            ))
            .with_hint("request fewer items at once, or send the request as a call"));
        }
        Ok(PresignedUrl {
            operation: action.to_owned(),
            host: inner.endpoint.authority().to_owned(),
            url: Secret::new(format!("{}/?{}", inner.endpoint, *query)),
            expires_at,
        })
    }

    /// Returns the parameters of the request, if a URL may contain them.
    fn parameters(&self) -> Result<Parameters, Error> {
        if self.request.safety() != Safety::ReadOnly {
            return Err(invalid(
                "only reads can be presigned: anyone who finds the URL, such as a crawler or a \
                 link preview, would execute this operation",
            ));
        }
        if self.request.api().confidential {
            return Err(invalid(
                "requests of this API cannot be presigned: they are confidential, and server \
                 logs and browser histories keep URLs",
            )
            .with_hint(SEND_INSTEAD));
        }
        let parameters = self
            .request
            .parameters()
            .map_err(|error| invalid(error.to_string()).with_source(error))?;
        if let Some((name, _)) = parameters.secrets().next() {
            return Err(invalid(format!(
                "the secret `{name}` cannot be presigned: server logs and browser histories keep \
                 URLs"
            ))
            .with_hint(SEND_INSTEAD));
        }
        if let Some(name) = parameters.iter().map(|(name, _)| name).find(is_signature_parameter) {
            return Err(reserved_parameter(name));
        }
        Ok(parameters)
    }
}

const SEND_INSTEAD: &str = "send the request as a call";

fn invalid(why: impl Into<String>) -> Error {
    Error::new(ErrorKind::Request, why)
}

fn seconds(duration: Duration) -> time::Duration {
    duration.try_into().unwrap_or(time::Duration::ZERO)
}

impl<R: ApiRequest + 'static> IntoFuture for Presign<R> {
    type Output = Result<PresignedUrl, Error>;
    type IntoFuture = PresignFuture;

    fn into_future(self) -> PresignFuture {
        Box::pin(self.sign())
    }
}

impl<R: fmt::Debug> fmt::Debug for Presign<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presign")
            .field("request", &self.request)
            .field("expires_in", &self.expires_in)
            .field("with_security_token", &self.with_security_token)
            .finish_non_exhaustive()
    }
}

/// A URL that executes a read when it is opened with `GET`; see [`Client::presign`].
///
/// `Display` and [`as_str`](Self::as_str) contain the signature: anyone who has the URL can execute
/// the read. `Debug` hides the URL.
#[derive(Clone, PartialEq, Eq)]
pub struct PresignedUrl {
    operation: String,
    host: String,
    url: Secret,
    expires_at: OffsetDateTime,
}

impl PresignedUrl {
    /// Returns the URL, including its signature.
    pub fn as_str(&self) -> &str {
        self.url.expose()
    }

    /// Returns the time when the gateway stops accepting the URL, in whole seconds.
    ///
    /// It is the end of [`expires_in`](Presign::expires_in), or the expiration of temporary
    /// credentials if that is earlier.
    pub fn expires_at(&self) -> OffsetDateTime {
        self.expires_at
    }
}

impl fmt::Display for PresignedUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for PresignedUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PresignedUrl")
            .field("operation", &self.operation)
            .field("host", &self.host)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
