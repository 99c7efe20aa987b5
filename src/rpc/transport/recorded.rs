//! `RecordedRequest`: what arrived at a fake or scripted transport.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, Method, Uri};
use url::form_urlencoded;

use super::AttemptContext;
use crate::rpc::sign::SignatureVersion;

/// Whether a parameter is one of RPC signature version 1.0 and not of an operation.
pub(crate) fn is_common(name: &str) -> bool {
    name == "RegionId" || belongs_to_the_signature(&name)
}

/// Whether a parameter is one that the client sets to sign; `RegionId` may be given.
pub(crate) fn belongs_to_the_signature(name: &&str) -> bool {
    matches!(
        *name,
        "AccessKeyId"
            | "Action"
            | "BearerToken"
            | "CredentialsProvider"
            | "Format"
            | "SecurityToken"
            | "Signature"
            | "SignatureMethod"
            | "SignatureNonce"
            | "SignatureType"
            | "SignatureVersion"
            | "Timestamp"
            | "Version"
    )
}

/// Stands for what must not be shown.
const HIDDEN: &str = "(secret)";

/// A request as it arrived, with its parameters read from query and form body.
///
/// `Display` and `Debug` hide what travels in the body, tokens and most of the signature;
/// [`parameter`](Self::parameter) and [`body`](Self::body) give it all, for assertions.
#[derive(Clone)]
pub struct RecordedRequest {
    operation: String,
    signature: Option<SignatureVersion>,
    attempt: u32,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
    query: Vec<(String, String)>,
    form: Vec<(String, String)>,
}

impl RecordedRequest {
    pub(crate) fn new(request: http::Request<Bytes>) -> Self {
        let (parts, body) = request.into_parts();
        let pairs = |bytes: &[u8]| form_urlencoded::parse(bytes).into_owned().collect::<Vec<_>>();
        let query = pairs(parts.uri.query().unwrap_or_default().as_bytes());
        let is_form = parts
            .headers
            .get(CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
        let form = if is_form { pairs(&body) } else { Vec::new() };
        let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let parameter = |wanted| {
            query.iter().chain(&form).find(|(name, _)| name == wanted).map(|(_, v)| v.as_str())
        };
        let named = header("x-acs-action");
        // Some SDKs send this header with signature version 1 as well, where nothing signs it.
        let by_header = header("authorization").is_some_and(|text| text.starts_with("ACS3-"));
        let signature = match parameter("Signature") {
            Some(_) if !by_header => Some(SignatureVersion::RpcV1),
            _ => (by_header || named.is_some()).then_some(SignatureVersion::Acs3),
        };
        let operation = match parameter("Action") {
            Some(action) if signature != Some(SignatureVersion::Acs3) => Some(action),
            action => named.or(action),
        };
        let operation = operation.unwrap_or_default().to_owned();
        let attempt = parts.extensions.get::<AttemptContext>().map_or(1, |context| context.attempt);
        Self {
            operation,
            signature,
            attempt,
            method: parts.method,
            uri: parts.uri,
            headers: parts.headers,
            body,
            query,
            form,
        }
    }

    /// Name of the operation; empty if the request has none.
    pub fn operation(&self) -> &str {
        &self.operation
    }

    /// The signature method, as far as the request has one.
    pub const fn signature_version(&self) -> Option<SignatureVersion> {
        self.signature
    }

    /// Number of the attempt within its call, counted from 1.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// The HTTP method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The URL.
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body, secrets included.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The text of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The text of any parameter, of query or body, secrets included.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.all_parameters().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// The operation's own parameters, of query and body, secrets included, by name.
    pub fn parameters(&self) -> Vec<(&str, &str)> {
        let mut own: Vec<_> = self.all_parameters().filter(|(name, _)| !is_common(name)).collect();
        own.sort_unstable();
        own
    }

    pub(crate) fn all_parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.query.iter().chain(&self.form).map(|(name, value)| (name.as_str(), value.as_str()))
    }

    #[cfg(feature = "fake")]
    pub(crate) fn is_in_body(&self, name: &str) -> bool {
        self.form.iter().any(|(known, _)| known == name)
    }

    /// What may be shown of a header, if it is worth it.
    fn shown_headers(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        self.headers.iter().filter_map(|(name, value)| {
            let text = value.to_str().ok()?;
            let shown = if name == AUTHORIZATION {
                match text.rsplit_once("Signature=") {
                    Some((before, signature)) => {
                        let start = signature.get(..8).unwrap_or_default();
                        Cow::Owned(format!("{before}Signature={start}…"))
                    }
                    None => Cow::Borrowed(HIDDEN),
                }
            } else if name == "x-acs-security-token" {
                Cow::Borrowed(HIDDEN)
            } else {
                Cow::Borrowed(text)
            };
            Some((name.as_str(), shown))
        })
    }
}

/// What may be shown of a parameter of the query; of one in the body, nothing may.
fn shown<'a>(name: &str, value: &'a str) -> Cow<'a, str> {
    let lower = name.to_ascii_lowercase();
    if ["password", "secret", "securitytoken"].iter().any(|word| lower.contains(word)) {
        return Cow::Borrowed(HIDDEN);
    }
    // As of the header: enough to tell two apart.
    let length = if name == "Signature" { 8 } else { 120 };
    match value.char_indices().nth(length) {
        Some((end, _)) => Cow::Owned(format!("{}…", &value[..end])),
        None => Cow::Borrowed(value),
    }
}

impl fmt::Display for RecordedRequest {
    /// A block of lines for people: the request line, the headers, the parameters.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.header("host").or_else(|| self.uri.host()).unwrap_or_default();
        let scheme = self.uri.scheme_str().unwrap_or("http");
        write!(f, "{} {scheme}://{host}/", self.method)?;
        for (name, value) in self.shown_headers() {
            write!(f, "\n  {name}: {value}")?;
        }
        for (name, value) in &self.query {
            write!(f, "\n  query  {name} = {}", shown(name, value))?;
        }
        for (name, _) in &self.form {
            write!(f, "\n  body  {name} = {HIDDEN}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let query = self.query.iter().map(|(name, value)| (name, shown(name, value)));
        let form = self.form.iter().map(|(name, _)| (name, Cow::Borrowed(HIDDEN)));
        let parameters: Vec<_> = query.chain(form).collect();
        f.debug_struct("RecordedRequest")
            .field("operation", &self.operation)
            .field("attempt", &self.attempt)
            .field("method", &self.method)
            .field("headers", &self.shown_headers().collect::<Vec<_>>())
            .field("parameters", &parameters)
            .finish_non_exhaustive()
    }
}
