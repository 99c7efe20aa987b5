//! From parameters to a signed HTTP request.

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, Request, Uri};
use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::Inner;
use crate::credentials::Credentials;
use crate::error::{Error, ErrorKind};
use crate::sign::{SignatureVersion, acs3, rpc_v1, timestamp};
use crate::wire::{Parameters, canonical_query};

/// The API version that every request names.
pub(crate) const API_VERSION: &str = "2019-03-06";

/// Longest query that is sent; beyond it parameters go into the body, where the gateway reads
/// them as well, because proxies and servers limit the length of a URL.
pub(super) const QUERY_LIMIT: usize = 8 * 1024;

const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A request ready to send, and what was signed, to compare with what the server signed.
pub(super) struct Signed {
    pub(super) request: Request<Bytes>,
    pub(super) string_to_sign: Zeroizing<String>,
}

type Pairs<'a> = Vec<(&'a str, &'a str)>;

/// Signs one attempt. All that differs between attempts is the time and the nonce.
pub(super) fn sign(
    client: &Inner,
    action: &str,
    parameters: &Parameters,
    credentials: &Credentials,
    at: OffsetDateTime,
    nonce: &str,
) -> Result<Signed, Error> {
    let (query, form) = place(client, parameters);
    match client.signature {
        SignatureVersion::Acs3 => sign_acs3(client, action, query, form, credentials, at, nonce),
        SignatureVersion::RpcV1 => sign_v1(client, action, query, form, credentials, at, nonce),
    }
}

/// Which parameters go into the query, which into the body.
fn place<'p>(client: &Inner, parameters: &'p Parameters) -> (Pairs<'p>, Pairs<'p>) {
    let mut query: Pairs<'p> = parameters.iter().collect();
    let mut form: Pairs<'p> = Vec::new();
    let secrets = parameters.secrets().map(|(name, secret)| (name, secret.expose()));
    if client.secrets_in_query {
        query.extend(secrets);
    } else {
        form.extend(secrets);
    }
    let length: usize = query.iter().map(|(name, value)| name.len() + value.len()).sum();
    if length > QUERY_LIMIT {
        form.append(&mut query);
    }
    (query, form)
}

fn sign_acs3(
    client: &Inner,
    action: &str,
    query: Pairs<'_>,
    form: Pairs<'_>,
    credentials: &Credentials,
    at: OffsetDateTime,
    nonce: &str,
) -> Result<Signed, Error> {
    let query = canonical_query(query);
    let body = Bytes::from(canonical_query(form));
    let hash = acs3::payload_hash(&body);
    let date = timestamp(at);
    let mut signed: Vec<(&str, &str)> = vec![
        ("host", client.endpoint.authority()),
        ("x-acs-action", action),
        ("x-acs-content-sha256", &hash),
        ("x-acs-date", &date),
        ("x-acs-signature-nonce", nonce),
        ("x-acs-version", API_VERSION),
    ];
    if let Some(token) = credentials.security_token() {
        signed.push(("x-acs-security-token", token.expose()));
        signed.push(("x-acs-accesskey-id", credentials.access_key_id()));
    }
    if !body.is_empty() {
        signed.push(("content-type", "application/x-www-form-urlencoded"));
    }
    let canonical = acs3::CanonicalRequest::new("POST", &query, &signed, &hash);
    let authorization = canonical
        .authorization(credentials.access_key_id(), credentials.access_key_secret().expose());

    let mut headers = HeaderMap::with_capacity(12);
    for (name, value) in signed {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unusable(name))?;
        let mut value = header(name.as_str(), value)?;
        value.set_sensitive(name == "x-acs-security-token");
        headers.insert(name, value);
    }
    let mut authorization = header("authorization", &authorization)?;
    authorization.set_sensitive(true);
    headers.insert(AUTHORIZATION, authorization);
    let string_to_sign = Zeroizing::new(canonical.string_to_sign());
    Ok(Signed { request: request(client, &query, headers, body)?, string_to_sign })
}

/// The protocol's own parameters of RPC V1, without token and signature.
pub(super) fn common_v1<'a>(
    access_key_id: &'a str,
    action: &'a str,
    nonce: &'a str,
    date: &'a str,
) -> [(&'a str, &'a str); 8] {
    [
        ("AccessKeyId", access_key_id),
        ("Action", action),
        ("Format", "JSON"),
        ("SignatureMethod", "HMAC-SHA1"),
        ("SignatureNonce", nonce),
        ("SignatureVersion", "1.0"),
        ("Timestamp", date),
        ("Version", API_VERSION),
    ]
}

fn sign_v1(
    client: &Inner,
    action: &str,
    query: Pairs<'_>,
    form: Pairs<'_>,
    credentials: &Credentials,
    at: OffsetDateTime,
    nonce: &str,
) -> Result<Signed, Error> {
    let date = timestamp(at);
    let (mut query, mut form) = (query, form);
    query.extend(common_v1(credentials.access_key_id(), action, nonce, &date));
    if let Some(token) = credentials.security_token() {
        let place = if client.secrets_in_query { &mut query } else { &mut form };
        place.push(("SecurityToken", token.expose()));
    }
    let all = Zeroizing::new(canonical_query(query.iter().chain(&form).copied()));
    let string_to_sign = Zeroizing::new(rpc_v1::string_to_sign("POST", &all));
    let signature = rpc_v1::signature(credentials.access_key_secret().expose(), &string_to_sign);
    query.push(("Signature", &signature));

    let query = canonical_query(query);
    let body = Bytes::from(canonical_query(form));
    let mut headers = HeaderMap::with_capacity(4);
    headers.insert(HOST, header("host", client.endpoint.authority())?);
    if !body.is_empty() {
        headers.insert(CONTENT_TYPE, FORM);
    }
    Ok(Signed { request: request(client, &query, headers, body)?, string_to_sign })
}

fn request(
    client: &Inner,
    query: &str,
    mut headers: HeaderMap,
    body: Bytes,
) -> Result<Request<Bytes>, Error> {
    let question = if query.is_empty() { "" } else { "?" };
    let uri = Uri::try_from(format!("{}/{question}{query}", client.endpoint)).map_err(|error| {
        Error::new(ErrorKind::Request, "the URL cannot be built").with_source(error)
    })?;
    headers.insert(ACCEPT, JSON);
    headers.insert(USER_AGENT, client.user_agent.clone());
    let mut request = Request::new(body);
    *request.method_mut() = Method::POST;
    *request.uri_mut() = uri;
    *request.headers_mut() = headers;
    Ok(request)
}

fn header(name: &str, value: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(value).map_err(|_| unusable(name))
}

/// What the user gave wrongly, if a header cannot be written.
fn unusable(header: &str) -> Error {
    let (kind, what) = match header {
        "x-acs-security-token" => (ErrorKind::Credentials, "the security token"),
        "x-acs-accesskey-id" | "authorization" => (ErrorKind::Credentials, "the access key id"),
        "x-acs-action" => (ErrorKind::Request, "the name of the operation"),
        _ => (ErrorKind::Request, "a header"),
    };
    Error::new(
        kind,
        format!(
            "{what} has a character that an HTTP header cannot carry; look for a line break at \
             its end"
        ),
    )
}
