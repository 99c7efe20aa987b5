//! `UriProvider`: temporary credentials from a URI.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, StatusCode};
use serde::Deserialize;

use super::{Credentials, CredentialsError, CredentialsProvider, parse_expiration};
use crate::rpc::outside::{Io, Route};
use crate::rpc::value::Secret;

const VARIABLE: &str = "ALIBABA_CLOUD_CREDENTIALS_URI";
/// The timeout of the request.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Fetches temporary credentials from a URI, such as a local credentials service.
///
/// The variable `ALIBABA_CLOUD_CREDENTIALS_URI` names the URI ([`from_env`](Self::from_env)). The
/// provider sends `GET`, and expects status 200 and a JSON object:
///
/// | field | value |
/// | --- | --- |
/// | `Code` | `Success`. Optional. |
/// | `AccessKeyId` | The id of the key. Required. |
/// | `AccessKeySecret` | The secret of the key. Required. |
/// | `SecurityToken` | The security token. Required. |
/// | `Expiration` | When the key expires, in RFC 3339. Required. |
///
/// It fetches at every call; wrap it in a [`Cached`](super::Cached), as the default chain does.
/// Requests to this machine or its local link (`localhost`, `127.0.0.0/8`, `::1`, `169.254.0.0/16`,
/// `fe80::/10`) bypass the proxy. `Debug` and error messages show only the host of the URI, because
/// the rest may contain a token.
///
/// # Errors
///
/// Fails if the URI is invalid, and if the response has another status or `Code`, or lacks a field.
/// A broken connection, no response within 10 seconds, and the statuses 429 and 5xx are
/// [transient](CredentialsError::is_transient).
#[derive(Clone)]
pub struct UriProvider {
    uri: Secret,
    io: Io,
}

impl UriProvider {
    /// Creates a provider that fetches from a URI.
    pub fn new(uri: impl Into<Secret>, io: Io) -> Self {
        Self { uri: uri.into(), io }
    }

    /// Creates a provider for the URI in `ALIBABA_CLOUD_CREDENTIALS_URI`.
    ///
    /// # Errors
    ///
    /// Returns an error that is [not configured](CredentialsError::is_not_configured) if the
    /// variable is unset.
    pub fn from_env(io: Io) -> Result<Self, CredentialsError> {
        match io.variable(VARIABLE) {
            Some(uri) => Ok(Self::new(uri, io)),
            None => Err(CredentialsError::not_configured(format!("{VARIABLE} is not set"))),
        }
    }

    /// Returns the host for messages; the rest of the URI may contain a token.
    fn host(&self) -> String {
        url::Url::parse(self.uri.expose())
            .ok()
            .and_then(|url| url.host_str().map(str::to_owned))
            .unwrap_or_else(|| "no host".to_owned())
    }

    /// Returns whether the host is this machine or on its local link.
    ///
    /// A proxy cannot reach such a host.
    fn is_local(&self) -> bool {
        let url = url::Url::parse(self.uri.expose()).ok();
        match url.as_ref().and_then(url::Url::host) {
            Some(url::Host::Ipv4(ip)) => ip.is_loopback() || ip.is_link_local(),
            Some(url::Host::Ipv6(ip)) => ip.is_loopback() || ip.is_unicast_link_local(),
            Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            None => false,
        }
    }
}

/// The response of the metadata service and of a credentials URI.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[derive(Default)]
pub(super) struct CredentialsResponse {
    pub(super) code: Option<String>,
    access_key_id: Option<String>,
    access_key_secret: Option<Secret>,
    security_token: Option<Secret>,
    expiration: Option<String>,
}

impl CredentialsResponse {
    /// Returns the credentials, or `None` if one of the four fields is missing or invalid.
    pub(super) fn into_credentials(self) -> Option<Credentials> {
        let id = self.access_key_id.filter(|id| !id.is_empty())?;
        let secret = self.access_key_secret.filter(|secret| !secret.is_empty())?;
        let token = self.security_token.filter(|token| !token.is_empty())?;
        let at = parse_expiration(&self.expiration?)?;
        Some(Credentials::new(id, secret).with_security_token(token).with_expiration(at))
    }
}

#[async_trait]
impl CredentialsProvider for UriProvider {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        let fetch = format!("request to the credentials URI at `{}`", self.host());
        let request = Request::get(self.uri.expose()).body(Bytes::new()).map_err(|_| {
            CredentialsError::new(format!(
                "invalid credentials URI: expected a URL such as `http://host/path`; check \
                 {VARIABLE}"
            ))
        })?;
        let route = if self.is_local() { Route::Direct } else { Route::Proxied };
        let response = self
            .io
            .send(route, request, TIMEOUT)
            .await
            .map_err(|error| CredentialsError::from_exchange(&fetch, error))?;
        if response.status() != StatusCode::OK {
            let status = response.status();
            let message = format!("{fetch} failed: expected HTTP 200, got {}", status.as_u16());
            return Err(CredentialsError::from_status(status, message));
        }
        let invalid = |reason: &str| {
            CredentialsError::new(format!("{fetch} failed: invalid response: {reason}"))
        };
        let response: CredentialsResponse = serde_json::from_slice(response.body())
            .map_err(|_| invalid("expected a JSON object with credentials"))?;
        if response.code.as_deref().is_some_and(|code| code != "Success") {
            return Err(invalid("expected `Code` to be `Success`"));
        }
        response.into_credentials().ok_or_else(|| {
            invalid(
                "expected `AccessKeyId`, `AccessKeySecret`, `SecurityToken` and `Expiration` \
                 (RFC 3339)",
            )
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
    fn local_hosts_bypass_the_proxy() {
        for (uri, local) in [
            ("http://127.0.0.1:1/keys", true),
            ("http://localhost/keys", true),
            ("http://[::1]:80/", true),
            ("http://169.254.170.2/v2", true),
            ("http://10.0.0.1/", false),
            ("https://keys.example/", false),
            ("no url", false),
        ] {
            assert_eq!(UriProvider::new(uri, Io::system()).is_local(), local, "{uri}");
        }
    }
}
