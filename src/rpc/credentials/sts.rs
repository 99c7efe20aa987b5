//! The two calls to the Security Token Service that turn one identity into another.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use serde::Deserialize;

use super::{Credentials, CredentialsError, expiration};
use crate::rpc::clock::random_hex;
use crate::rpc::endpoint::Endpoint;
use crate::rpc::outside::{Io, Route};
use crate::rpc::sign::{acs3, timestamp};
use crate::rpc::value::{InvalidValue, Secret};
use crate::rpc::wire::{EnvelopeFields, canonical_query, read_envelope};

const VERSION: &str = "2015-04-01";
const FORM: &str = "application/x-www-form-urlencoded";
/// How long one call may take, connecting included.
const LIMIT: Duration = Duration::from_secs(10);
/// What the service takes if it is told nothing else.
const DEFAULT_DURATION: u32 = 3600;
/// The shortest session that the service gives.
const SHORTEST: u32 = 900;

/// Which endpoint of the Security Token Service is called.
///
/// Source: the vendor's credentials packages: `sts.aliyuncs.com`, or the region's own where one
/// is named, by the VPC where that is said.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct StsEndpoint {
    host: Option<String>,
    region: Option<String>,
    vpc: bool,
}

impl StsEndpoint {
    /// `sts.aliyuncs.com`.
    pub fn global() -> Self {
        Self::default()
    }

    /// The region's own: `sts.cn-hangzhou.aliyuncs.com`.
    pub fn region(region: impl Into<String>) -> Self {
        Self { region: Some(region.into()), ..Self::default() }
    }

    /// The region's own inside its VPC: `sts-vpc.cn-hangzhou.aliyuncs.com`.
    pub fn vpc(region: impl Into<String>) -> Self {
        Self { vpc: true, ..Self::region(region) }
    }

    /// Another host, or a URL of this machine such as `http://127.0.0.1:8080` for tests.
    pub fn host(host: impl Into<String>) -> Self {
        Self { host: Some(host.into()), ..Self::default() }
    }

    /// As `ALIBABA_CLOUD_STS_REGION` and `ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED` say.
    pub(super) fn from_variables(io: &Io) -> Self {
        Self {
            host: None,
            region: io.variable("ALIBABA_CLOUD_STS_REGION"),
            vpc: io.is_true("ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED"),
        }
    }

    /// What a profile says goes before what the variables say.
    pub(super) fn or_region(mut self, region: Option<String>, vpc: bool) -> Self {
        self.region = region.or(self.region);
        self.vpc |= vpc;
        self
    }

    /// Scheme and authority. A host is read as an endpoint of the service is, and a region must be
    /// one label, so that nothing of either says where the token goes.
    fn scheme_and_authority(&self) -> Result<(&'static str, String), CredentialsError> {
        if let Some(host) = &self.host {
            let endpoint: Endpoint = host.parse().map_err(|error: InvalidValue| {
                CredentialsError::new(format!("the endpoint of STS is wrong: {error}"))
            })?;
            let scheme = match (endpoint.is_https(), endpoint.is_loopback()) {
                (true, _) => "https",
                (false, true) => "http",
                (false, false) => {
                    return Err(CredentialsError::new(format!(
                        "the endpoint of STS, {endpoint}, is plain http on another machine, and \
                         the keys would travel readable: write https"
                    )));
                }
            };
            return Ok((scheme, endpoint.authority().to_owned()));
        }
        let vpc = if self.vpc { "-vpc" } else { "" };
        // The flag alone changes nothing, as in the vendor's packages.
        let authority = match &self.region {
            Some(region) if is_label(region) => format!("sts{vpc}.{region}.aliyuncs.com"),
            Some(region) => {
                return Err(CredentialsError::new(format!(
                    "{region:?} is no region for STS: write its id, such as cn-hangzhou"
                )));
            }
            None => "sts.aliyuncs.com".to_owned(),
        };
        Ok(("https", authority))
    }
}

fn is_label(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    !text.is_empty() && text.len() <= 63 && text.chars().all(plain)
}

/// The role that is taken on, and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct RoleSession {
    role_arn: String,
    session_name: Option<String>,
    duration_seconds: u32,
    policy: Option<String>,
    external_id: Option<String>,
}

impl RoleSession {
    /// A session of this role (`acs:ram::<account>:role/<name>`), one hour long.
    pub fn of(role_arn: impl Into<String>) -> Self {
        Self {
            role_arn: role_arn.into(),
            session_name: None,
            duration_seconds: DEFAULT_DURATION,
            policy: None,
            external_id: None,
        }
    }

    /// Name of the session in the audit log: 2 to 64 letters, digits, `.`, `@`, `-`, `_`. Left
    /// out: `ALIBABA_CLOUD_ROLE_SESSION_NAME`, or one that is made up.
    pub fn session_name(mut self, name: impl Into<String>) -> Self {
        self.session_name = Some(name.into()).filter(|name: &String| !name.is_empty());
        self
    }

    /// Length of the session in seconds, 900 at least; 0 means one hour.
    pub fn duration_seconds(mut self, seconds: u32) -> Self {
        self.duration_seconds = if seconds == 0 { DEFAULT_DURATION } else { seconds };
        self
    }

    /// A policy (JSON) that the session is narrowed to.
    pub fn policy(mut self, policy: impl Into<String>) -> Self {
        self.policy = Some(policy.into()).filter(|policy: &String| !policy.is_empty());
        self
    }

    /// The external id that the role's trust policy asks for. OIDC has none.
    pub fn external_id(mut self, id: impl Into<String>) -> Self {
        self.external_id = Some(id.into()).filter(|id: &String| !id.is_empty());
        self
    }

    pub(super) fn role_arn(&self) -> &str {
        &self.role_arn
    }

    /// The parameters that both calls have.
    fn parameters(&self, io: &Io) -> Result<Vec<(&'static str, String)>, CredentialsError> {
        if self.duration_seconds < SHORTEST {
            return Err(CredentialsError::new(format!(
                "the session of {} shall last {} seconds, and {SHORTEST} is the least",
                self.role_arn, self.duration_seconds
            )));
        }
        let name = self
            .session_name
            .clone()
            .or_else(|| io.variable("ALIBABA_CLOUD_ROLE_SESSION_NAME"))
            .unwrap_or_else(|| format!("aliyun-dbs-{}", io.clock().now().unix_timestamp()));
        let plain = |c: char| c.is_ascii_alphanumeric() || ".@-_".contains(c);
        if !(2..=64).contains(&name.len()) || !name.chars().all(plain) {
            return Err(CredentialsError::new(format!(
                "{name:?} is no session name: it has 2 to 64 letters, digits, '.', '@', '-', '_'"
            )));
        }
        let mut parameters = vec![
            ("DurationSeconds", self.duration_seconds.to_string()),
            ("RoleArn", self.role_arn.clone()),
            ("RoleSessionName", name),
        ];
        parameters.extend(self.policy.clone().map(|policy| ("Policy", policy)));
        Ok(parameters)
    }
}

/// `AssumeRole`: signed by a key, whose owner takes the role on.
///
/// The parameters travel in the body, under the hash that is signed, so any value is signed as
/// it is sent.
pub(super) async fn assume_role(
    io: &Io,
    endpoint: &StsEndpoint,
    by: &Credentials,
    session: &RoleSession,
) -> Result<Credentials, CredentialsError> {
    let mut parameters = session.parameters(io)?;
    parameters.extend(session.external_id.clone().map(|id| ("ExternalId", id)));
    let body = canonical_query(parameters.iter().map(|(name, value)| (*name, value.as_str())));
    let (scheme, authority) = endpoint.scheme_and_authority()?;
    let date = timestamp(io.clock().now());
    let nonce = random_hex(&**io.clock());
    let request = signed(scheme, &authority, by, body, &date, &nonce).map_err(|_| unusable())?;
    let what = format!("AssumeRole of {}", session.role_arn);
    exchange(io, &what, request).await
}

/// A signed call of `AssumeRole`; everything that differs between two of them is an input.
fn signed(
    scheme: &str,
    authority: &str,
    by: &Credentials,
    body: String,
    date: &str,
    nonce: &str,
) -> Result<Request<Bytes>, http::Error> {
    let hash = acs3::payload_hash(body.as_bytes());
    let mut headers = vec![
        ("content-type", FORM),
        ("host", authority),
        ("x-acs-action", "AssumeRole"),
        ("x-acs-content-sha256", &hash),
        ("x-acs-date", date),
        ("x-acs-signature-nonce", nonce),
        ("x-acs-version", VERSION),
    ];
    if let Some(token) = by.security_token() {
        headers.push(("x-acs-accesskey-id", by.access_key_id()));
        headers.push(("x-acs-security-token", token.expose()));
    }
    let canonical = acs3::CanonicalRequest::new("POST", "", &headers, &hash);
    let authorization =
        canonical.authorization(by.access_key_id(), by.access_key_secret().expose());
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(format!("{scheme}://{authority}/"))
        .header(ACCEPT, "application/json")
        .header(AUTHORIZATION, sensitive(&authorization)?);
    for (name, value) in headers {
        request = request.header(name, sensitive(value)?);
    }
    request.body(Bytes::from(body))
}

fn sensitive(value: &str) -> Result<HeaderValue, http::Error> {
    let mut value = HeaderValue::from_str(value)?;
    value.set_sensitive(true);
    Ok(value)
}

/// `AssumeRoleWithOIDC`: not signed; the token in the body is the proof, and stays out of the URL.
pub(super) async fn assume_role_with_oidc(
    io: &Io,
    endpoint: &StsEndpoint,
    provider_arn: &str,
    token: &Secret,
    session: &RoleSession,
) -> Result<Credentials, CredentialsError> {
    let mut parameters = session.parameters(io)?;
    parameters.push(("OIDCProviderArn", provider_arn.to_owned()));
    let parameters = parameters.iter().map(|(name, value)| (*name, value.as_str()));
    let body = canonical_query(parameters.chain([("OIDCToken", token.expose())]));
    let date = timestamp(io.clock().now());
    let query = canonical_query([
        ("Action", "AssumeRoleWithOIDC"),
        ("Format", "JSON"),
        ("Timestamp", &date),
        ("Version", VERSION),
    ]);
    let (scheme, authority) = endpoint.scheme_and_authority()?;
    let request = Request::builder()
        .method(Method::POST)
        .uri(format!("{scheme}://{authority}/?{query}"))
        .header(HOST, &authority)
        .header(ACCEPT, "application/json")
        .header(CONTENT_TYPE, FORM)
        .body(Bytes::from(body))
        .map_err(|_| unusable())?;
    let what = format!("AssumeRoleWithOIDC of {}", session.role_arn);
    exchange(io, &what, request).await
}

async fn exchange(
    io: &Io,
    what: &str,
    request: Request<Bytes>,
) -> Result<Credentials, CredentialsError> {
    let response = io
        .send(Route::Proxied, request, LIMIT)
        .await
        .map_err(|error| CredentialsError::unanswered(what, error))?;
    read(what, &response)
}

fn unusable() -> CredentialsError {
    CredentialsError::new(
        "the call to STS cannot be written: its endpoint or the access key has characters that \
         HTTP cannot carry",
    )
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    credentials: Keys,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Keys {
    access_key_id: String,
    access_key_secret: Secret,
    security_token: Secret,
    expiration: String,
}

fn read(what: &str, response: &Response<Bytes>) -> Result<Credentials, CredentialsError> {
    let status = response.status();
    if status != StatusCode::OK {
        return Err(refused(what, response));
    }
    let wrong = || CredentialsError::new(format!("{what}: the answer holds no credentials"));
    // Serde's words would quote what it read.
    let Answer { credentials } = serde_json::from_slice(response.body()).map_err(|_| wrong())?;
    let at = expiration(&credentials.expiration).ok_or_else(wrong)?;
    Ok(Credentials::new(credentials.access_key_id, credentials.access_key_secret)
        .with_security_token(credentials.security_token)
        .with_expiration(at))
}

/// What a service said no with: its code, status and request id. Its message may echo what was
/// sent, and is left out.
pub(super) fn refused(what: &str, response: &Response<Bytes>) -> CredentialsError {
    let word = |text: &str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
        (!text.is_empty() && text.len() <= 64 && text.chars().all(plain)).then(|| text.to_owned())
    };
    let refusal = read_envelope(response.body(), &EnvelopeFields::GATEWAY)
        .and_then(|envelope| envelope.refusal());
    let code = refusal.as_ref().and_then(|refusal| word(&refusal.code));
    let id = refusal.as_ref().and_then(|refusal| word(refusal.request_id.as_deref()?));
    let with = |before: &str, text: &Option<String>| {
        text.as_ref().map_or_else(String::new, |text| format!("{before}{text}"))
    };
    let message = format!(
        "{what} was refused{} (HTTP {}{})",
        with(": ", &code),
        response.status().as_u16(),
        with(", request id ", &id)
    );
    let advice = match code.as_deref() {
        Some("NoPermission" | "Forbidden.RAM") => {
            "; allow sts:AssumeRole, and this identity in the role's trust policy"
        }
        Some("EntityNotExist.Role") => "; there is no such role: check its ARN",
        Some(code) if code.contains("OIDCToken") => {
            "; check the token file, its audience, and the identity provider of the role"
        }
        _ => "",
    };
    let message = message + advice;
    match code {
        Some(code) if code.contains("Throttling") => CredentialsError::transient(message),
        _ => CredentialsError::of_status(response.status(), message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints() {
        for (endpoint, host) in [
            (StsEndpoint::global(), "sts.aliyuncs.com"),
            (StsEndpoint::region("cn-beijing"), "sts.cn-beijing.aliyuncs.com"),
            (StsEndpoint::vpc("cn-beijing"), "sts-vpc.cn-beijing.aliyuncs.com"),
            (StsEndpoint { vpc: true, ..StsEndpoint::default() }, "sts.aliyuncs.com"),
            (StsEndpoint::host("sts.example"), "sts.example"),
        ] {
            assert_eq!(endpoint.scheme_and_authority().unwrap(), ("https", host.to_owned()));
        }
        let local = StsEndpoint::host("http://127.0.0.1:1/");
        assert_eq!(local.scheme_and_authority().unwrap(), ("http", "127.0.0.1:1".to_owned()));
        for wrong in [
            StsEndpoint::host("http://sts.example"),
            StsEndpoint::host("https://"),
            StsEndpoint::host("ftp://sts.example"),
            StsEndpoint::region("evil.example/"),
            StsEndpoint::region(""),
        ] {
            assert!(wrong.scheme_and_authority().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_profile_goes_before_the_variables_and_keeps_what_it_does_not_say() {
        let named = || StsEndpoint::region("cn-beijing");
        assert_eq!(named().or_region(None, false), named());
        assert_eq!(named().or_region(None, true), StsEndpoint::vpc("cn-beijing"));
        let other = Some("cn-hangzhou".to_owned());
        assert_eq!(named().or_region(other, false), StsEndpoint::region("cn-hangzhou"));
    }

    /// The vendor's vector of a signed `AssumeRole` with its parameters in the body.
    #[test]
    fn the_signature_is_the_vendors() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../../tests/data/signing/vectors-v3.json"))
                .unwrap();
        let vector = vectors["vectors"]
            .as_array()
            .unwrap()
            .iter()
            .find(|vector| vector["name"] == "form-body")
            .unwrap();
        let text = |member: &str| vector["input"][member].as_str().unwrap();
        let by = Credentials::new(text("access_key_id"), text("access_key_secret"));
        let body = text("body").to_owned();
        let request =
            signed("https", text("host"), &by, body, text("date"), text("nonce")).unwrap();
        let authorization = request.headers()[AUTHORIZATION].to_str().unwrap();
        assert_eq!(vector["expected"]["authorization"], authorization);
    }
}
