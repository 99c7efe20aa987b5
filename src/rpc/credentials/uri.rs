//! Credentials from a URI.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, StatusCode};
use serde::Deserialize;

use super::{Credentials, CredentialsError, CredentialsProvider, expiration};
use crate::rpc::outside::{Io, Route};
use crate::rpc::value::Secret;

const VARIABLE: &str = "ALIBABA_CLOUD_CREDENTIALS_URI";
/// How long the answer may take.
const LIMIT: Duration = Duration::from_secs(10);

/// Temporary credentials that a service of yours gives at a URI.
///
/// It answers `GET` with a JSON object: `Code` (`Success`, if it is there), `AccessKeyId`,
/// `AccessKeySecret`, `SecurityToken`, `Expiration`. Keep it in a [`Cached`](super::Cached), as
/// the chain does. A URI on this machine or its link (`localhost`, 127.0.0.0/8, 169.254.0.0/16)
/// is asked past any proxy. `Debug` shows no more of the URI than its host.
#[derive(Clone)]
pub struct UriProvider {
    uri: Secret,
    io: Io,
}

impl UriProvider {
    /// Asks this URI.
    pub fn new(uri: impl Into<Secret>, io: Io) -> Self {
        Self { uri: uri.into(), io }
    }

    /// As `ALIBABA_CLOUD_CREDENTIALS_URI` says.
    ///
    /// # Errors
    ///
    /// Not configured when the variable is not set.
    pub fn from_env(io: Io) -> Result<Self, CredentialsError> {
        match io.variable(VARIABLE) {
            Some(uri) => Ok(Self::new(uri, io)),
            None => Err(CredentialsError::not_configured(format!("{VARIABLE} is not set"))),
        }
    }

    /// The host, for messages: the rest may hold a token.
    fn host(&self) -> String {
        url::Url::parse(self.uri.expose())
            .ok()
            .and_then(|url| url.host_str().map(str::to_owned))
            .unwrap_or_else(|| "no host".to_owned())
    }

    /// Whether the host is this machine or on its link, where no proxy can reach it for us.
    fn is_beside_us(&self) -> bool {
        let url = url::Url::parse(self.uri.expose()).ok();
        match url.as_ref().and_then(url::Url::host) {
            Some(url::Host::Ipv4(ip)) => ip.is_loopback() || ip.is_link_local(),
            Some(url::Host::Ipv6(ip)) => ip.is_loopback() || ip.is_unicast_link_local(),
            Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            None => false,
        }
    }
}

/// What the metadata service and a credentials URI answer alike.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[derive(Default)]
pub(super) struct FetchedKeys {
    pub(super) code: Option<String>,
    access_key_id: Option<String>,
    access_key_secret: Option<Secret>,
    security_token: Option<Secret>,
    expiration: Option<String>,
}

impl FetchedKeys {
    /// The credentials, if all four members are there.
    pub(super) fn credentials(self) -> Option<Credentials> {
        let id = self.access_key_id.filter(|id| !id.is_empty())?;
        let secret = self.access_key_secret.filter(|secret| !secret.is_empty())?;
        let token = self.security_token.filter(|token| !token.is_empty())?;
        let at = expiration(&self.expiration?)?;
        Some(Credentials::new(id, secret).with_security_token(token).with_expiration(at))
    }
}

#[async_trait]
impl CredentialsProvider for UriProvider {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        let what = format!("the credentials URI at {}", self.host());
        let request = Request::get(self.uri.expose())
            .body(Bytes::new())
            .map_err(|_| CredentialsError::new(format!("{VARIABLE} is no URL")))?;
        let route = if self.is_beside_us() { Route::Direct } else { Route::Proxied };
        let response = self
            .io
            .send(route, request, LIMIT)
            .await
            .map_err(|error| CredentialsError::unanswered(&what, error))?;
        if response.status() != StatusCode::OK {
            let status = response.status();
            let why = format!("{what} answered HTTP {}", status.as_u16());
            return Err(CredentialsError::of_status(status, why));
        }
        let wrong = |why: &str| CredentialsError::new(format!("{what} answered {why}"));
        let answer: FetchedKeys = serde_json::from_slice(response.body())
            .map_err(|_| wrong("something else than the JSON of credentials"))?;
        if answer.code.as_deref().is_some_and(|code| code != "Success") {
            return Err(wrong("with another Code than Success"));
        }
        answer.credentials().ok_or_else(|| {
            wrong("without one of AccessKeyId, AccessKeySecret, SecurityToken, Expiration")
        })
    }
}

impl fmt::Debug for UriProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UriProvider").field("host", &self.host()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_beside_us_is_asked_past_the_proxy() {
        for (uri, beside) in [
            ("http://127.0.0.1:1/keys", true),
            ("http://localhost/keys", true),
            ("http://[::1]:80/", true),
            ("http://169.254.170.2/v2", true),
            ("http://10.0.0.1/", false),
            ("https://keys.example/", false),
            ("no url", false),
        ] {
            assert_eq!(UriProvider::new(uri, Io::system()).is_beside_us(), beside, "{uri}");
        }
    }
}
