//! From parameters to a signed HTTP request.

use std::borrow::Cow;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName, USER_AGENT};
use http::uri::{self, Authority, PathAndQuery, Scheme};
use http::{HeaderMap, HeaderValue, Method, Request, Uri};
use smallvec::SmallVec;
use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::Inner;
use crate::rpc::credentials::Credentials;
use crate::rpc::endpoint::Endpoint;
use crate::rpc::error::{Error, ErrorKind};
use crate::rpc::sign::{SignatureVersion, acs3, hex_string, rpc_v1};
use crate::rpc::wire::{Pairs, Parameters, canonical_query, encoded_length};

/// The API version that every request names.
pub(crate) const API_VERSION: &str = "2019-03-06";

/// Longest query that is sent; beyond it parameters go into the body, where the gateway reads
/// them as well, because proxies and servers limit the length of a URL.
pub(super) const QUERY_LIMIT: usize = 8 * 1024;

const ACCESS_KEY_ID: HeaderName = HeaderName::from_static("x-acs-accesskey-id");
const ACTION: HeaderName = HeaderName::from_static("x-acs-action");
const CONTENT_SHA256: HeaderName = HeaderName::from_static("x-acs-content-sha256");
const SIGNATURE_DATE: HeaderName = HeaderName::from_static("x-acs-date");
const SECURITY_TOKEN: HeaderName = HeaderName::from_static("x-acs-security-token");
const SIGNATURE_NONCE: HeaderName = HeaderName::from_static("x-acs-signature-nonce");
const VERSION: HeaderName = HeaderName::from_static("x-acs-version");

const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A request ready to send, and what was signed, to compare with what the server signed.
pub(super) struct Signed {
    pub(super) request: Request<Bytes>,
    pub(super) string_to_sign: StringToSign,
}

/// What was signed.
pub(super) enum StringToSign {
    /// The hash that ends it: the rest is the same for all requests.
    Acs3([u8; 32]),
    RpcV1(Zeroizing<String>),
}

impl StringToSign {
    /// What tells it from others: its last line.
    pub(super) fn last_line(&self) -> Zeroizing<String> {
        match self {
            Self::Acs3(hash) => hex_string(hash).into(),
            Self::RpcV1(text) => text.clone(),
        }
    }
}

/// What all requests of a client have in common, made ready once.
pub(super) struct Target {
    scheme: Scheme,
    authority: Authority,
    host: HeaderValue,
    user_agent: HeaderValue,
}

impl Target {
    pub(super) fn new(endpoint: &Endpoint, user_agent: HeaderValue) -> Result<Self, Error> {
        let authority = Authority::try_from(endpoint.authority()).map_err(|error| {
            Error::new(ErrorKind::Configuration, "the endpoint cannot be written as a URL")
                .with_source(error)
        })?;
        let host = header("host", endpoint.authority())?;
        Ok(Self { scheme: endpoint.scheme(), authority, host, user_agent })
    }

    /// A request to this target.
    fn request(
        &self,
        path_and_query: Bytes,
        mut headers: HeaderMap,
        body: Bytes,
    ) -> Result<Request<Bytes>, Error> {
        let path_and_query =
            PathAndQuery::from_maybe_shared(path_and_query).map_err(unusable_url)?;
        let mut parts = uri::Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(path_and_query);
        headers.insert(ACCEPT, JSON);
        headers.insert(USER_AGENT, self.user_agent.clone());
        let mut request = Request::new(body);
        *request.method_mut() = Method::POST;
        *request.uri_mut() = Uri::from_parts(parts).map_err(unusable_url)?;
        *request.headers_mut() = headers;
        Ok(request)
    }
}

fn unusable_url(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::Request, "the URL cannot be built").with_source(error)
}

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
    let date = client.timestamps.at(at);
    match client.signature {
        SignatureVersion::Acs3 => {
            sign_acs3(client, action, &query, &form, credentials, &date, nonce)
        }
        SignatureVersion::RpcV1 => {
            sign_v1(client, action, &query, &form, credentials, &date, nonce)
        }
    }
}

/// The parameters of a query, which is written in their order.
enum Query<'p> {
    /// As they are: the usual case.
    Parameters(&'p Parameters),
    /// Others, which are not copied into a text of their own, since there are secrets among them.
    Pairs(Vec<(&'p str, &'p str)>),
}

impl Query<'_> {
    fn write(&self, text: &mut String) {
        match self {
            Self::Parameters(parameters) => parameters.push_query(text),
            Self::Pairs(pairs) => {
                text.push_str(&Zeroizing::new(canonical_query(pairs.iter().copied())));
            }
        }
    }

    fn length(&self) -> usize {
        match self {
            Self::Parameters(parameters) => parameters.query_length(),
            Self::Pairs(pairs) => {
                2 * pairs.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>()
            }
        }
    }

    fn pairs(&self) -> Pairs<'_> {
        match self {
            Self::Parameters(parameters) => parameters.iter().collect(),
            Self::Pairs(pairs) => pairs.iter().copied().collect(),
        }
    }
}

/// Which parameters go into the query, which into the body.
fn place<'p>(client: &Inner, parameters: &'p Parameters) -> (Query<'p>, Vec<(&'p str, &'p str)>) {
    let secrets = || parameters.secrets().map(|(name, secret)| (name, secret.expose()));
    let in_query = || parameters.iter().chain(secrets().filter(|_| client.secrets_in_query));
    let surely_fits = !client.secrets_in_query && parameters.longest_query() <= QUERY_LIMIT;
    if !surely_fits && encoded_length(in_query()) > QUERY_LIMIT {
        (Query::Pairs(Vec::new()), parameters.iter().chain(secrets()).collect())
    } else if client.secrets_in_query && secrets().next().is_some() {
        (Query::Pairs(parameters.iter().chain(secrets()).collect()), Vec::new())
    } else {
        (Query::Parameters(parameters), secrets().collect())
    }
}

/// The canonical request is one buffer, and what is sent is cut out of it: path and query, the
/// values of the headers, and behind it the value of `Authorization`.
fn sign_acs3(
    client: &Inner,
    action: &str,
    query: &Query<'_>,
    form: &[(&str, &str)],
    credentials: &Credentials,
    date: &str,
    nonce: &str,
) -> Result<Signed, Error> {
    /// Stands in front of path and query.
    const METHOD: &str = "POST";

    let body = Bytes::from(canonical_query(form.iter().copied()));
    let payload_hash = if body.is_empty() {
        Cow::Borrowed(acs3::EMPTY_PAYLOAD_HASH)
    } else {
        Cow::Owned(acs3::payload_hash(&body))
    };
    let access_key_id = without_blanks(credentials.access_key_id());
    let token = credentials.security_token().map(|token| without_blanks(token.expose()));

    let mut signed: SmallVec<[(HeaderName, &str); 9]> = SmallVec::new();
    if !body.is_empty() {
        signed.push((CONTENT_TYPE, "application/x-www-form-urlencoded"));
    }
    signed.push((HOST, client.endpoint.authority()));
    if token.is_some() {
        signed.push((ACCESS_KEY_ID, access_key_id));
    }
    signed.push((ACTION, without_blanks(action)));
    signed.push((CONTENT_SHA256, &payload_hash));
    signed.push((SIGNATURE_DATE, date));
    if let Some(token) = token {
        signed.push((SECURITY_TOKEN, token));
    }
    signed.push((SIGNATURE_NONCE, nonce));
    signed.push((VERSION, API_VERSION));

    let canonical = acs3::CanonicalRequest::write(
        METHOD,
        query.length(),
        |text| query.write(text),
        &signed,
        &payload_hash,
    );
    let acs3::AuthorizedRequest { text, headers: lines, authorization, hash } =
        canonical.authorize(access_key_id, credentials.signing_key());

    let mut buffer = text.into_bytes();
    // "POST\n/\n<query>\n" becomes "POST\n/?<query>\n": the path with the query behind it.
    let path = METHOD.len() + 1;
    let end_of_query = lines.start - 1;
    let path_and_query = if end_of_query == path + 2 {
        path..path + 1
    } else {
        buffer[path + 1] = b'?';
        path..end_of_query
    };
    let buffer = Bytes::from(buffer);
    let mut headers = HeaderMap::with_capacity(12);
    let mut line = lines.start;
    for (name, value) in signed {
        let start = line + name.as_str().len() + 1;
        let end = start + value.len();
        line = end + 1;
        let mut value = shared_header(name.as_str(), buffer.slice(start..end))?;
        if token.is_some() {
            value.set_sensitive(name == SECURITY_TOKEN);
        }
        headers.insert(name, value);
    }
    let mut authorization = shared_header("authorization", buffer.slice(authorization))?;
    authorization.set_sensitive(true);
    headers.insert(AUTHORIZATION, authorization);
    let request = client.target.request(buffer.slice(path_and_query), headers, body)?;
    Ok(Signed { request, string_to_sign: StringToSign::Acs3(hash) })
}

/// A value of a header as the other side reads it.
fn without_blanks(value: &str) -> &str {
    value.trim_matches([' ', '\t'])
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
    query: &Query<'_>,
    form: &[(&str, &str)],
    credentials: &Credentials,
    date: &str,
    nonce: &str,
) -> Result<Signed, Error> {
    let mut query = query.pairs();
    let mut form: Pairs<'_> = form.iter().copied().collect();
    query.extend(common_v1(credentials.access_key_id(), action, nonce, date));
    if let Some(token) = credentials.security_token() {
        let place = if client.secrets_in_query { &mut query } else { &mut form };
        place.push(("SecurityToken", token.expose()));
    }
    let all = Zeroizing::new(canonical_query(query.iter().chain(&form).copied()));
    let string_to_sign = Zeroizing::new(rpc_v1::string_to_sign("POST", &all));
    let signature = rpc_v1::signature(credentials.access_key_secret().expose(), &string_to_sign);

    let query = canonical_query(query.iter().copied().chain([("Signature", &*signature)]));
    let body = Bytes::from(canonical_query(form));
    let mut headers = HeaderMap::with_capacity(4);
    headers.insert(HOST, client.target.host.clone());
    if !body.is_empty() {
        headers.insert(CONTENT_TYPE, FORM);
    }
    let request = client.target.request(Bytes::from(format!("/?{query}")), headers, body)?;
    Ok(Signed { request, string_to_sign: StringToSign::RpcV1(string_to_sign) })
}

fn header(name: &str, value: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(value).map_err(|_| unusable(name))
}

fn shared_header(name: &str, value: Bytes) -> Result<HeaderValue, Error> {
    HeaderValue::from_maybe_shared(value).map_err(|_| unusable(name))
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
