//! `UriProvider`: temporary credentials from a URI.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, StatusCode};
use serde::Deserialize;

use super::{Credentials, CredentialsError, CredentialsProvider, parse_expiration, server_ahead};
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
/// `fe80::/10`) bypass the proxy. `Debug` does not show the URI, and error messages show its host only
/// if it is an address or `localhost`, because any part may be or contain a token.
///
/// # Errors
///
/// Fails if the URI is invalid or contains a user, and if the response has another status, another `Code` or lacks a
/// field. A broken connection, no response within 10 seconds, and the statuses 429 and 5xx are
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

    /// Returns the URI, if it may be requested.
    ///
    /// A user and a password would be sent as a header and shown in logs of HTTP libraries. An
    /// unencoded `@` anywhere may end a password with other separators.
    fn url(&self) -> Result<url::Url, CredentialsError> {
        let invalid = |reason: &str| {
            CredentialsError::new(format!(
                "invalid credentials URI: {reason}; check {VARIABLE} or the profile"
            ))
        };
        let url = url::Url::parse(self.uri.expose().trim())
            .map_err(|_| invalid("expected a URL such as `http://host/path`"))?;
        if self.uri.expose().contains('@') {
            return Err(invalid(
                "expected no user and password before the host, and `%40` in place of any other `@`",
            ));
        }
        match (url.scheme(), url.host_str()) {
            ("http" | "https", Some(_)) => Ok(url),
            _ => Err(invalid("expected the scheme `http` or `https`, and a host")),
        }
    }
}

/// Returns the host for messages, if it is an address or this machine. A name may be a secret in a
/// wrong place, as the rest of the URI may contain a token.
fn shown_host(url: &url::Url) -> String {
    match url.host() {
        Some(url::Host::Ipv4(ip)) => format!(" at `{ip}`"),
        Some(url::Host::Ipv6(ip)) => format!(" at `{ip}`"),
        Some(url::Host::Domain("localhost")) => " at `localhost`".to_owned(),
        _ => String::new(),
    }
}

/// Returns whether the host is this machine or on its local link.
///
/// A proxy cannot reach such a host.
fn is_local(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback() || ip.is_link_local(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback() || ip.is_unicast_link_local(),
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
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
        let id = self.access_key_id.filter(|id| !id.trim().is_empty())?;
        let secret =
            self.access_key_secret.map(Secret::trimmed).filter(|secret| !secret.is_empty())?;
        let token = self.security_token.map(Secret::trimmed).filter(|token| !token.is_empty())?;
        let at = parse_expiration(&self.expiration?)?;
        Some(Credentials::new(id, secret).with_security_token(token).with_expiration(at))
    }
}

#[async_trait]
impl CredentialsProvider for UriProvider {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        let mut url = self.url()?;
        // Not part of a request.
        url.set_fragment(None);
        let fetch = format!("request to the credentials URI{}", shown_host(&url));
        let request = Request::get(url.as_str()).body(Bytes::new()).map_err(|_| {
            CredentialsError::new(format!(
                "invalid credentials URI: expected a URL such as `http://host/path`; check \
                 {VARIABLE}"
            ))
        })?;
        let route = if is_local(&url) { Route::Direct } else { Route::Proxied };
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
        let headers = response.headers();
        let response: CredentialsResponse = serde_json::from_slice(response.body())
            .map_err(|_| invalid("expected a JSON object with credentials"))?;
        if response.code.as_deref().is_some_and(|code| code != "Success") {
            return Err(invalid("expected `Code` to be `Success`"));
        }
        let ahead = server_ahead(headers, self.io.clock().now());
        response.into_credentials().map(|key| key.with_server_ahead(ahead)).ok_or_else(|| {
            invalid(
                "expected `AccessKeyId`, `AccessKeySecret`, `SecurityToken` and `Expiration` \
                 (RFC 3339)",
            )
        })
    }
}

impl fmt::Debug for UriProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UriProvider").finish_non_exhaustive()
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
        ] {
            assert_eq!(is_local(&uri.parse().unwrap()), local, "{uri}");
        }
    }

    #[test]
    fn user_in_the_uri_is_rejected() {
        for uri in [
            "http://user:hunter2@host/",
            "http://hunter2@host/",
            "http://user:hun/ter2@host/",
            "http://hunter2#@host/",
            "http://hunter2?@host/",
            "http://host/?user@hunter2",
            "ftp://hunter2/",
            "hunter2",
            "data:hunter2",
        ] {
            let provider = UriProvider::new(uri, Io::system());
            let error = provider.url().unwrap_err();
            let shown = format!("{error} {error:?} {provider:?}");
            assert!(
                shown.contains("invalid credentials URI") && !shown.contains("ter2"),
                "{shown}"
            );
        }
        let url = UriProvider::new(" http://host/x%40y?z\n", Io::system()).url().unwrap();
        assert_eq!(url.as_str(), "http://host/x%40y?z");
    }
}
