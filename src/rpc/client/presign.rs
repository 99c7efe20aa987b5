//! `Client::presign`: a read as a URL that anybody can open.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::handle::Client;
use super::keys::{check, no_credentials};
use super::message::{Addressee, QUERY_LIMIT, common_v1};
use crate::rpc::clock::within;
use crate::rpc::error::{Error, ErrorKind, FailedCall};
use crate::rpc::operation::{ApiRequest, Safety};
use crate::rpc::sign::{rpc_v1, timestamp};
use crate::rpc::transport::belongs_to_the_signature;
use crate::rpc::value::Secret;
use crate::rpc::wire::{Parameters, canonical_query};

/// What a time stamp can tell apart.
const SHORTEST: Duration = Duration::from_secs(1);
/// How long the gateway accepts a time stamp.
const LONGEST: Duration = Duration::from_secs(15 * 60);

impl Client {
    /// Prepares a URL that makes a read when it is opened, in `curl` or a browser; awaiting it
    /// signs the URL. Nothing is sent.
    ///
    /// The gateway accepts it for 15 minutes, or as long as
    /// [`expires_in`](Presign::expires_in) says, and **once**: it keeps the number of every
    /// request that it has seen. Whoever has the URL can make this one read, and nothing else.
    ///
    /// The URL has a signature of RPC version 1.0, whatever the client signs its calls with.
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

/// A URL that has been prepared and not yet signed; made by [`Client::presign`].
#[must_use = "there is no URL until it is awaited"]
pub struct Presign<R> {
    client: Client,
    request: R,
    expires_in: Duration,
    with_security_token: bool,
}

/// The future of a [`Presign`].
pub type PresignFuture = Pin<Box<dyn Future<Output = Result<PresignedUrl, Error>> + Send>>;

impl<R> Presign<R> {
    /// How long the gateway is to accept the URL: 1 second to 15 minutes, and 15 minutes if
    /// nothing is said.
    ///
    /// The time stamp cannot say so itself, so it is put back by the rest of the 15 minutes.
    pub fn expires_in(mut self, duration: Duration) -> Self {
        self.expires_in = duration;
        self
    }

    /// Lets the security token of a temporary key stand in the URL, which cannot do without it.
    ///
    /// The token alone opens nothing, but URLs end up in logs and histories, and it is good for
    /// as long as the key is. Without this, temporary credentials are refused.
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
            return Err(refuse(format!(
                "a URL cannot be valid for {:?}: the gateway accepts its time stamp for 15 \
                 minutes and has whole seconds, so ask for 1 second to 15 minutes",
                self.expires_in
            )));
        }
        let inner = &*self.client.inner;
        let clock = &*inner.clock;
        let credentials = within(clock, inner.call_timeout, inner.credentials.credentials())
            .await
            .ok_or_else(|| {
                let message = "the credentials provider took the whole time of a call";
                Error::new(ErrorKind::Timeout, message)
            })?
            .map_err(no_credentials)?;
        check(&credentials)?;
        let token = credentials.security_token().map(Secret::expose);
        if token.is_some() && !self.with_security_token {
            return Err(refuse(
                "these credentials are temporary, and their security token would stand in the \
                 URL: say Presign::with_security_token if it may",
            ));
        }

        let now = inner.server_time();
        let back = seconds(LONGEST.saturating_sub(self.expires_in));
        let stamped = now.checked_sub(back).unwrap_or(now);
        // Whole seconds, as the time stamp has them.
        let stamped = stamped.replace_nanosecond(0).unwrap_or(stamped);
        let stamp_ends = stamped.checked_add(seconds(LONGEST)).unwrap_or(stamped);
        // A temporary key may end before the stamp does.
        let expires_at = credentials.expiration().map_or(stamp_ends, |key| key.min(stamp_ends));
        let date = timestamp(stamped);
        let mut digits = [0; 32];
        let nonce = inner.nonces.next(clock, now, &mut digits);
        let mut query: Vec<(&str, &str)> = parameters.iter().collect();
        let to = Addressee::of(&self.request, action);
        query.extend(common_v1(credentials.access_key_id(), to, nonce, &date));
        query.extend(token.map(|token| ("SecurityToken", token)));
        let all = Zeroizing::new(canonical_query(query.iter().copied()));
        let string_to_sign = Zeroizing::new(rpc_v1::string_to_sign("GET", &all));
        let signature =
            rpc_v1::signature(credentials.access_key_secret().expose(), &string_to_sign);
        query.push(("Signature", &signature));
        let query = Zeroizing::new(canonical_query(query));
        if query.len() > QUERY_LIMIT {
            return Err(refuse(format!(
                "its parameters make a URL of {} bytes, and servers cut what is longer than {}: \
                 ask for less at once, or send it as a call",
                query.len(),
                QUERY_LIMIT
            )));
        }
        Ok(PresignedUrl {
            operation: action.to_owned(),
            host: inner.endpoint.authority().to_owned(),
            url: Secret::new(format!("{}/?{}", inner.endpoint, *query)),
            expires_at,
        })
    }

    /// The request's parameters, if they may stand in a URL.
    fn parameters(&self) -> Result<Parameters, Error> {
        if self.request.safety() != Safety::ReadOnly {
            return Err(refuse(
                "only reads can be presigned: a URL is opened by whoever finds it, by previews \
                 and by crawlers, and this operation changes something",
            ));
        }
        if self.request.api().confidential {
            return Err(refuse(
                "requests of this API are confidential, and a URL is kept in logs and histories: \
                 send it as a call",
            ));
        }
        let parameters = self
            .request
            .parameters()
            .map_err(|error| refuse(error.to_string()).with_source(error))?;
        if let Some((name, _)) = parameters.secrets().next() {
            return Err(refuse(format!(
                "{name} is a secret, and a URL is kept in logs and histories: send it as a call"
            )));
        }
        if let Some(name) = parameters.iter().map(|(name, _)| name).find(belongs_to_the_signature) {
            return Err(refuse(format!(
                "the parameter {name} belongs to the signature and is set by the client"
            )));
        }
        Ok(parameters)
    }
}

fn refuse(why: impl Into<String>) -> Error {
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

/// A URL that makes one read when it is opened with `GET`; see [`Client::presign`].
///
/// `Display` and [`as_str`](Self::as_str) give the URL, signature included: whoever has it can
/// make the read. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct PresignedUrl {
    operation: String,
    host: String,
    url: Secret,
    expires_at: OffsetDateTime,
}

impl PresignedUrl {
    /// The URL.
    pub fn as_str(&self) -> &str {
        self.url.expose()
    }

    /// When the gateway stops accepting it, to the second: the end of the asked time, or of the
    /// temporary key where that comes first.
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
