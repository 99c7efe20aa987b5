//! `RecordedRequest`: a request that a fake or a scripted transport received.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, Method, Request, Uri};
use url::form_urlencoded;

use super::AttemptContext;
use crate::rpc::sign::SignatureVersion;

/// Returns whether a parameter belongs to RPC signature version 1.0 and not to an operation.
pub(crate) fn is_common_parameter(name: &str) -> bool {
    name == "RegionId" || is_signature_parameter(&name)
}

/// Returns whether the client sets a parameter to sign a request.
///
/// `RegionId` is not one of them, because callers may set it.
pub(crate) fn is_signature_parameter(name: &&str) -> bool {
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

/// The replacement for a value that must not be shown.
const REDACTED: &str = "(secret)";

/// A request as the transport received it, with the parameters of its query and form body.
///
/// `Display` and `Debug` hide the values of the body, security tokens and most of the signature.
/// [`parameter`](Self::parameter) and [`body`](Self::body) return them, for assertions.
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

/// For a transport of one's own that records what it receives.
impl From<Request<Bytes>> for RecordedRequest {
    fn from(request: Request<Bytes>) -> Self {
        Self::new(request)
    }
}

impl RecordedRequest {
    pub(crate) fn new(request: Request<Bytes>) -> Self {
        let (parts, body) = request.into_parts();
        let pairs = |bytes: &[u8]| form_urlencoded::parse(bytes).into_owned().collect::<Vec<_>>();
        let query = pairs(parts.uri.query().unwrap_or_default().as_bytes());
        let is_form = parts
            .headers
            .get(CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
        let form = if is_form { pairs(&body) } else { Vec::new() };
        let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let parameter = |expected| {
            query.iter().chain(&form).find(|(name, _)| name == expected).map(|(_, v)| v.as_str())
        };
        // Some SDKs also send this header with signature version 1.0, which does not sign it.
        let action_header = header("x-acs-action");
        let is_acs3 = header("authorization").is_some_and(|text| text.starts_with("ACS3-"));
        let signature = match parameter("Signature") {
            Some(_) if !is_acs3 => Some(SignatureVersion::RpcV1),
            _ => (is_acs3 || action_header.is_some()).then_some(SignatureVersion::Acs3),
        };
        let operation = match parameter("Action") {
            Some(action) if signature != Some(SignatureVersion::Acs3) => Some(action),
            action => action_header.or(action),
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

    /// Returns the name of the operation, or an empty string if the request has none.
    pub fn operation(&self) -> &str {
        &self.operation
    }

    /// Returns the signature version, or `None` if the request is not signed.
    pub const fn signature_version(&self) -> Option<SignatureVersion> {
        self.signature
    }

    /// Returns the number of the attempt within its call, starting at 1.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Returns the HTTP method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Returns the URL.
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// Returns the headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the body, including secrets.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Returns the value of a header if it is a string.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Returns the value of any parameter of the query or the body, including secrets.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.all_parameters().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Returns the operation's own parameters of the query and the body, including secrets.
    ///
    /// They are sorted by name.
    pub fn parameters(&self) -> Vec<(&str, &str)> {
        let mut own: Vec<_> =
            self.all_parameters().filter(|(name, _)| !is_common_parameter(name)).collect();
        own.sort_unstable();
        own
    }

    pub(crate) fn all_parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.query.iter().chain(&self.form).map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub(crate) fn is_in_body(&self, name: &str) -> bool {
        self.form.iter().any(|(known, _)| known == name)
    }

    /// Returns the headers that are strings, without secrets.
    fn redacted_headers(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        self.headers.iter().filter_map(|(name, value)| {
            let text = value.to_str().ok()?;
            let redacted = if name == AUTHORIZATION {
                match text.rsplit_once("Signature=") {
                    Some((before, signature)) => {
                        let start = signature.get(..8).unwrap_or_default();
                        Cow::Owned(format!("{before}Signature={start}…"))
                    }
                    None => Cow::Borrowed(REDACTED),
                }
            } else if name == "x-acs-security-token" {
                Cow::Borrowed(REDACTED)
            } else {
                Cow::Borrowed(text)
            };
            Some((name.as_str(), redacted))
        })
    }
}

/// Returns a value of the query without secrets. A value of the body is never shown.
pub(super) fn redact<'a>(name: &str, value: &'a str) -> Cow<'a, str> {
    let lower = name.to_ascii_lowercase();
    if ["password", "secret", "securitytoken"].iter().any(|word| lower.contains(word)) {
        return Cow::Borrowed(REDACTED);
    }
    // Enough to tell two signatures apart, as in the header.
    let length = if name == "Signature" { 8 } else { 120 };
    match value.char_indices().nth(length) {
        Some((end, _)) => Cow::Owned(format!("{}…", &value[..end])),
        None => Cow::Borrowed(value),
    }
}

impl fmt::Display for RecordedRequest {
    /// Writes the request line, the headers and the parameters, one per line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.header("host").or_else(|| self.uri.host()).unwrap_or_default();
        let scheme = self.uri.scheme_str().unwrap_or("http");
        write!(f, "{} {scheme}://{host}/", self.method)?;
        for (name, value) in self.redacted_headers() {
            write!(f, "\n  {name}: {value}")?;
        }
        for (name, value) in &self.query {
            write!(f, "\n  query  {name} = {}", redact(name, value))?;
        }
        for (name, _) in &self.form {
            write!(f, "\n  body  {name} = {REDACTED}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let query = self.query.iter().map(|(name, value)| (name, redact(name, value)));
        let form = self.form.iter().map(|(name, _)| (name, Cow::Borrowed(REDACTED)));
        let parameters: Vec<_> = query.chain(form).collect();
        f.debug_struct("RecordedRequest")
            .field("operation", &self.operation)
            .field("attempt", &self.attempt)
            .field("method", &self.method)
            .field("headers", &self.redacted_headers().collect::<Vec<_>>())
            .field("parameters", &parameters)
            .finish_non_exhaustive()
    }
}
