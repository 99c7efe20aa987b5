//! The signed HTTP request of an attempt.

use std::borrow::Cow;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName};
use http::{HeaderMap, HeaderValue, Request};
use smallvec::SmallVec;
use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::failure::AttemptError;
use super::inner::ClientInner;
use super::target::shared_header;
use crate::rpc::api::ApiInfo;
use crate::rpc::credentials::Credentials;
use crate::rpc::error::{Error, ErrorKind};
use crate::rpc::operation::ApiRequest;
use crate::rpc::sign::{SignatureVersion, acs3, hex_string, rpc_v1};
use crate::rpc::transport::AttemptContext;
use crate::rpc::value::Secret;
use crate::rpc::wire::{Pairs, Parameters, canonical_query, encoded_length};

/// The longest query that is sent, in bytes.
///
/// Proxies and servers limit the length of a URL, so longer parameters are sent in the body, where
/// the gateway reads them too.
pub(super) const QUERY_LIMIT: usize = 8 * 1024;

static ACCESS_KEY_ID: HeaderName = HeaderName::from_static("x-acs-accesskey-id");
static ACTION: HeaderName = HeaderName::from_static("x-acs-action");
static CONTENT_SHA256: HeaderName = HeaderName::from_static("x-acs-content-sha256");
static SIGNATURE_DATE: HeaderName = HeaderName::from_static("x-acs-date");
static SECURITY_TOKEN: HeaderName = HeaderName::from_static("x-acs-security-token");
static SIGNATURE_NONCE: HeaderName = HeaderName::from_static("x-acs-signature-nonce");
static VERSION: HeaderName = HeaderName::from_static("x-acs-version");

const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");
/// The hash of an empty body, the usual one.
const EMPTY_BODY: HeaderValue = HeaderValue::from_static(acs3::EMPTY_PAYLOAD_HASH);

/// A signed request, with the string that was signed to compare it with the server's.
struct Signed {
    request: Request<Bytes>,
    string_to_sign: StringToSign,
}

/// The string that was signed.
pub(super) enum StringToSign {
    /// The hash at its end; the rest is the same for all requests.
    Acs3([u8; 32]),
    RpcV1(Zeroizing<String>),
}

impl StringToSign {
    /// Returns the last line, which differs between requests.
    pub(super) fn last_line(&self) -> Zeroizing<String> {
        match self {
            Self::Acs3(hash) => hex_string(hash).into(),
            Self::RpcV1(string) => string.clone(),
        }
    }
}

/// The operation of a request, and how its API accepts parameters.
#[derive(Clone, Copy)]
pub(super) struct ActionInfo<'a> {
    pub(super) action: &'a str,
    pub(super) version: &'a str,
    /// Whether the gateway reads parameters from the body.
    pub(super) reads_body: bool,
    /// Whether all parameters are sent in the body.
    pub(super) confidential: bool,
}

impl<'a> ActionInfo<'a> {
    pub(super) fn of(request: &'a impl ApiRequest, action: &'a str) -> Self {
        let ApiInfo { body_parameters, confidential, .. } = *request.api();
        let version = trim_blanks(request.version());
        Self { action, version, reads_body: body_parameters, confidential }
    }
}

/// A signed request, with what is needed to read its response.
pub(super) struct Prepared {
    pub(super) request: Request<Bytes>,
    pub(super) string_to_sign: StringToSign,
    /// The server's time at the moment of signing.
    pub(super) now: OffsetDateTime,
}

/// Signs the request of an attempt, with the current time and a new nonce.
///
/// A separate function, so that the future of the call does not store its local variables.
pub(super) fn prepare(
    client: &ClientInner,
    to: ActionInfo<'_>,
    context: Option<AttemptContext>,
    parameters: &Parameters,
    credentials: &Credentials,
) -> Result<Prepared, AttemptError> {
    let mut digits = [0; 32];
    let now = client.server_time();
    let nonce = client.nonces.next(&*client.clock, now, &mut digits);
    let Signed { mut request, string_to_sign } =
        sign(client, to, parameters, credentials, now, nonce).map_err(AttemptError::unsent)?;
    if let Some(context) = context {
        request.extensions_mut().insert(context);
    }
    Ok(Prepared { request, string_to_sign, now })
}

/// Signs a request with this time and nonce.
fn sign(
    client: &ClientInner,
    to: ActionInfo<'_>,
    parameters: &Parameters,
    credentials: &Credentials,
    at: OffsetDateTime,
    nonce: &str,
) -> Result<Signed, Error> {
    let (query, form) = split(client, to, parameters)?;
    let date = client.timestamps.get(at);
    if credentials.is_anonymous() {
        return unsigned(client, to, &query, &form, &date);
    }
    match client.signature {
        SignatureVersion::Acs3 => sign_acs3(client, to, &query, &form, credentials, &date, nonce),
        SignatureVersion::RpcV1 => sign_v1(client, to, &query, &form, credentials, &date, nonce),
    }
}

/// The parameters of a query, in their order.
enum Query<'p> {
    /// All plain parameters of the request, the usual case.
    Parameters(&'p Parameters),
    /// Other parameters, by reference, because secrets must not be copied.
    Pairs(Vec<(&'p str, &'p str)>),
}

impl Query<'_> {
    fn write(&self, query: &mut String) {
        match self {
            Self::Parameters(parameters) => parameters.push_query(query),
            Self::Pairs(pairs) => {
                query.push_str(&Zeroizing::new(canonical_query(pairs.iter().copied())));
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

/// The parameters of a form in the body.
type Form<'p> = Vec<(&'p str, &'p str)>;

/// Splits the parameters into those of the query and those of the body.
fn split<'p>(
    client: &ClientInner,
    to: ActionInfo<'_>,
    parameters: &'p Parameters,
) -> Result<(Query<'p>, Form<'p>), Error> {
    let secrets = || parameters.secrets().map(|(name, secret)| (name, secret.expose()));
    let in_query = || parameters.iter().chain(secrets().filter(|_| client.secrets_in_query));
    if !to.reads_body {
        return match secrets().next() {
            Some((name, _)) => Err(Error::new(
                ErrorKind::Request,
                format!(
                    "cannot send the secret `{name}`: this API reads parameters only from the \
                     URL, which servers log"
                ),
            )),
            None => Ok((Query::Parameters(parameters), Vec::new())),
        };
    }
    if to.confidential {
        return Ok((Query::Pairs(Vec::new()), parameters.iter().chain(secrets()).collect()));
    }
    let surely_fits = !client.secrets_in_query && parameters.longest_query() <= QUERY_LIMIT;
    Ok(if !surely_fits && encoded_length(in_query()) > QUERY_LIMIT {
        (Query::Pairs(Vec::new()), parameters.iter().chain(secrets()).collect())
    } else if client.secrets_in_query && secrets().next().is_some() {
        (Query::Pairs(parameters.iter().chain(secrets()).collect()), Vec::new())
    } else {
        (Query::Parameters(parameters), secrets().collect())
    })
}

/// Returns a request without a signature, for an operation that authenticates in another way.
fn unsigned(
    client: &ClientInner,
    to: ActionInfo<'_>,
    query: &Query<'_>,
    form: &[(&str, &str)],
    date: &str,
) -> Result<Signed, Error> {
    let mut query = query.pairs();
    query.extend([
        ("Action", to.action),
        ("Format", "JSON"),
        ("Timestamp", date),
        ("Version", to.version),
    ]);
    let request = rpc_request(client, &canonical_query(query), form.iter().copied().collect())?;
    Ok(Signed { request, string_to_sign: StringToSign::RpcV1(Zeroizing::default()) })
}

/// Signs with ACS3. URL and headers are slices of the one buffer that the signer wrote.
fn sign_acs3(
    client: &ClientInner,
    to: ActionInfo<'_>,
    query: &Query<'_>,
    form: &[(&str, &str)],
    credentials: &Credentials,
    date: &str,
    nonce: &str,
) -> Result<Signed, Error> {
    let (body, payload_hash) = if form.is_empty() {
        (Bytes::new(), Cow::Borrowed(acs3::EMPTY_PAYLOAD_HASH))
    } else {
        let body = canonical_query(form.iter().copied());
        let hash = acs3::payload_hash(body.as_bytes());
        (Bytes::from(body), Cow::Owned(hash))
    };
    // Credentials have no whitespace around their parts.
    let access_key_id = credentials.access_key_id();
    let token = credentials.security_token().map(Secret::expose);

    let mut signed: SmallVec<[(&HeaderName, &str); 9]> = SmallVec::new();
    if !body.is_empty() {
        signed.push((&CONTENT_TYPE, "application/x-www-form-urlencoded"));
    }
    signed.push((&HOST, client.endpoint.authority()));
    if token.is_some() {
        signed.push((&ACCESS_KEY_ID, access_key_id));
    }
    signed.push((&ACTION, trim_blanks(to.action)));
    signed.push((&CONTENT_SHA256, &payload_hash));
    signed.push((&SIGNATURE_DATE, date));
    if let Some(token) = token {
        signed.push((&SECURITY_TOKEN, token));
    }
    signed.push((&SIGNATURE_NONCE, nonce));
    signed.push((&VERSION, to.version));

    let canonical = acs3::CanonicalRequest::write(
        "POST",
        query.length(),
        |buffer| query.write(buffer),
        &signed,
        &payload_hash,
    );
    let mut parts = canonical.authorize(access_key_id, credentials.signing_key()).into_parts();

    let mut headers = HeaderMap::with_capacity(12);
    for (name, value) in signed {
        let range = parts.next_header_value(name.as_str(), value);
        let mut value = if *name == HOST {
            client.target.host.clone()
        } else if *name == CONTENT_SHA256 && body.is_empty() {
            EMPTY_BODY
        } else {
            shared_header(name.as_str(), parts.buffer.slice(range))?
        };
        if token.is_some() {
            value.set_sensitive(*name == SECURITY_TOKEN);
        }
        headers.insert(name.clone(), value);
    }
    let authorization = parts.buffer.slice(parts.authorization);
    let mut authorization = shared_header("authorization", authorization)?;
    authorization.set_sensitive(true);
    headers.insert(AUTHORIZATION, authorization);
    let path_and_query = parts.buffer.slice(parts.path_and_query);
    let request = client.target.request(path_and_query, headers, body)?;
    Ok(Signed { request, string_to_sign: StringToSign::Acs3(parts.hash) })
}

/// Returns a header value as the server reads it, without blanks around it.
fn trim_blanks(value: &str) -> &str {
    value.trim_matches([' ', '\t'])
}

/// Returns the parameters of the RPC V1 protocol, without security token and signature.
pub(super) fn common_v1<'a>(
    access_key_id: &'a str,
    to: ActionInfo<'a>,
    nonce: &'a str,
    date: &'a str,
) -> [(&'a str, &'a str); 8] {
    [
        ("AccessKeyId", access_key_id),
        ("Action", to.action),
        ("Format", "JSON"),
        ("SignatureMethod", "HMAC-SHA1"),
        ("SignatureNonce", nonce),
        ("SignatureVersion", "1.0"),
        ("Timestamp", date),
        ("Version", to.version),
    ]
}

fn sign_v1(
    client: &ClientInner,
    to: ActionInfo<'_>,
    query: &Query<'_>,
    form: &[(&str, &str)],
    credentials: &Credentials,
    date: &str,
    nonce: &str,
) -> Result<Signed, Error> {
    let mut query = query.pairs();
    let mut form: Pairs<'_> = form.iter().copied().collect();
    query.extend(common_v1(credentials.access_key_id(), to, nonce, date));
    if let Some(token) = credentials.security_token() {
        let target = if client.secrets_in_query { &mut query } else { &mut form };
        target.push(("SecurityToken", token.expose()));
    }
    let all = Zeroizing::new(canonical_query(query.iter().chain(&form).copied()));
    let string_to_sign = Zeroizing::new(rpc_v1::string_to_sign("POST", &all));
    let signature = rpc_v1::signature(credentials.access_key_secret().expose(), &string_to_sign);

    let query = canonical_query(query.iter().copied().chain([("Signature", &*signature)]));
    let request = rpc_request(client, &query, form)?;
    Ok(Signed { request, string_to_sign: StringToSign::RpcV1(string_to_sign) })
}

/// Returns a request that has its operation and signature, if any, in the query.
fn rpc_request(
    client: &ClientInner,
    query: &str,
    form: Pairs<'_>,
) -> Result<Request<Bytes>, Error> {
    let body = Bytes::from(canonical_query(form));
    let mut headers = HeaderMap::with_capacity(4);
    headers.insert(HOST, client.target.host.clone());
    if !body.is_empty() {
        headers.insert(CONTENT_TYPE, FORM);
    }
    client.target.request(Bytes::from(format!("/?{query}")), headers, body)
}
