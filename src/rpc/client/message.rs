//! From parameters to a signed HTTP request.

use std::borrow::Cow;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName};
use http::{HeaderMap, HeaderValue, Request};
use smallvec::SmallVec;
use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::inner::ClientInner;
use super::target::shared_header;
use crate::rpc::api::ApiInfo;
use crate::rpc::credentials::Credentials;
use crate::rpc::error::{Error, ErrorKind};
use crate::rpc::operation::ApiRequest;
use crate::rpc::sign::{SignatureVersion, acs3, hex_string, rpc_v1};
use crate::rpc::wire::{Pairs, Parameters, canonical_query, encoded_length};

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

/// The operation that a request is for.
#[derive(Clone, Copy)]
pub(super) struct Addressee<'a> {
    pub(super) action: &'a str,
    pub(super) version: &'a str,
    /// Whether parameters may travel in the body.
    pub(super) reads_body: bool,
    /// Whether all parameters travel in the body.
    pub(super) confidential: bool,
}

impl<'a> Addressee<'a> {
    pub(super) fn of(request: &'a impl ApiRequest, action: &'a str) -> Self {
        let ApiInfo { body_parameters, confidential, .. } = *request.api();
        let version = without_blanks(request.version());
        Self { action, version, reads_body: body_parameters, confidential }
    }
}

/// Signs one attempt. All that differs between attempts is the time and the nonce.
pub(super) fn sign(
    client: &ClientInner,
    to: Addressee<'_>,
    parameters: &Parameters,
    credentials: &Credentials,
    at: OffsetDateTime,
    nonce: &str,
) -> Result<Signed, Error> {
    let (query, form) = place(client, to, parameters)?;
    let date = client.timestamps.at(at);
    if credentials.is_anonymous() {
        return unsigned(client, to, &query, &form, &date);
    }
    match client.signature {
        SignatureVersion::Acs3 => sign_acs3(client, to, &query, &form, credentials, &date, nonce),
        SignatureVersion::RpcV1 => sign_v1(client, to, &query, &form, credentials, &date, nonce),
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

/// The parameters of a form in the body.
type Form<'p> = Vec<(&'p str, &'p str)>;

/// Which parameters go into the query, which into the body.
fn place<'p>(
    client: &ClientInner,
    to: Addressee<'_>,
    parameters: &'p Parameters,
) -> Result<(Query<'p>, Form<'p>), Error> {
    let secrets = || parameters.secrets().map(|(name, secret)| (name, secret.expose()));
    let in_query = || parameters.iter().chain(secrets().filter(|_| client.secrets_in_query));
    if !to.reads_body {
        return match secrets().next() {
            Some((name, _)) => Err(Error::new(
                ErrorKind::Request,
                format!(
                    "{name} is a secret, and this API reads parameters from the URL only, where \
                     it would be logged"
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

/// A request without a signature: its operation has another proof of identity.
fn unsigned(
    client: &ClientInner,
    to: Addressee<'_>,
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

/// What is sent is cut out of the one buffer that the signer wrote.
fn sign_acs3(
    client: &ClientInner,
    to: Addressee<'_>,
    query: &Query<'_>,
    form: &[(&str, &str)],
    credentials: &Credentials,
    date: &str,
    nonce: &str,
) -> Result<Signed, Error> {
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
    signed.push((ACTION, without_blanks(to.action)));
    signed.push((CONTENT_SHA256, &payload_hash));
    signed.push((SIGNATURE_DATE, date));
    if let Some(token) = token {
        signed.push((SECURITY_TOKEN, token));
    }
    signed.push((SIGNATURE_NONCE, nonce));
    signed.push((VERSION, to.version));

    let canonical = acs3::CanonicalRequest::write(
        "POST",
        query.length(),
        |text| query.write(text),
        &signed,
        &payload_hash,
    );
    let mut pieces = canonical.authorize(access_key_id, credentials.signing_key()).into_pieces();

    let mut headers = HeaderMap::with_capacity(12);
    for (name, value) in signed {
        let place = pieces.next_value(name.as_str(), value);
        let mut value = shared_header(name.as_str(), pieces.buffer.slice(place))?;
        if token.is_some() {
            value.set_sensitive(name == SECURITY_TOKEN);
        }
        headers.insert(name, value);
    }
    let authorization = pieces.buffer.slice(pieces.authorization);
    let mut authorization = shared_header("authorization", authorization)?;
    authorization.set_sensitive(true);
    headers.insert(AUTHORIZATION, authorization);
    let path_and_query = pieces.buffer.slice(pieces.path_and_query);
    let request = client.target.request(path_and_query, headers, body)?;
    Ok(Signed { request, string_to_sign: StringToSign::Acs3(pieces.hash) })
}

/// A value of a header as the other side reads it.
fn without_blanks(value: &str) -> &str {
    value.trim_matches([' ', '\t'])
}

/// The protocol's own parameters of RPC V1, without token and signature.
pub(super) fn common_v1<'a>(
    access_key_id: &'a str,
    to: Addressee<'a>,
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
    to: Addressee<'_>,
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
        let place = if client.secrets_in_query { &mut query } else { &mut form };
        place.push(("SecurityToken", token.expose()));
    }
    let all = Zeroizing::new(canonical_query(query.iter().chain(&form).copied()));
    let string_to_sign = Zeroizing::new(rpc_v1::string_to_sign("POST", &all));
    let signature = rpc_v1::signature(credentials.access_key_secret().expose(), &string_to_sign);

    let query = canonical_query(query.iter().copied().chain([("Signature", &*signature)]));
    let request = rpc_request(client, &query, form)?;
    Ok(Signed { request, string_to_sign: StringToSign::RpcV1(string_to_sign) })
}

/// A request whose operation and signature, if any, are in the query.
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
