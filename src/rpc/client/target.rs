//! `Target`: the parts that all requests of a client have in common.

use bytes::Bytes;
use http::header::{ACCEPT, USER_AGENT};
use http::uri::{self, Authority, PathAndQuery, Scheme};
use http::{HeaderMap, HeaderValue, Method, Request, Uri};

use crate::rpc::endpoint::Endpoint;
use crate::rpc::error::{Error, ErrorKind};

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The parts that all requests of a client have in common, prepared once.
pub(super) struct Target {
    scheme: Scheme,
    authority: Authority,
    pub(super) host: HeaderValue,
    user_agent: HeaderValue,
}

impl Target {
    pub(super) fn new(endpoint: &Endpoint, user_agent: HeaderValue) -> Result<Self, Error> {
        let authority = Authority::try_from(endpoint.authority()).map_err(|error| {
            Error::new(ErrorKind::Configuration, "invalid endpoint: it cannot be part of a URL")
                .with_source(error)
        })?;
        let host = header("host", endpoint.authority())?;
        Ok(Self { scheme: endpoint.scheme(), authority, host, user_agent })
    }

    /// Returns a request to this target.
    pub(super) fn request(
        &self,
        path_and_query: Bytes,
        mut headers: HeaderMap,
        body: Bytes,
    ) -> Result<Request<Bytes>, Error> {
        let path_and_query =
            PathAndQuery::from_maybe_shared(path_and_query).map_err(invalid_url)?;
        let mut parts = uri::Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(path_and_query);
        headers.insert(ACCEPT, JSON);
        headers.insert(USER_AGENT, self.user_agent.clone());
        let mut request = Request::new(body);
        *request.method_mut() = Method::POST;
        *request.uri_mut() = Uri::from_parts(parts).map_err(invalid_url)?;
        *request.headers_mut() = headers;
        Ok(request)
    }
}

fn invalid_url(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::Request, "the request cannot be written as a URL").with_source(error)
}

/// Returns a header value.
pub(super) fn header(name: &str, value: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(value).map_err(|_| invalid_header(name))
}

/// Returns a header value that is a slice of a buffer.
pub(super) fn shared_header(name: &str, value: Bytes) -> Result<HeaderValue, Error> {
    HeaderValue::from_maybe_shared(value).map_err(|_| invalid_header(name))
}

/// Returns the error for a header value that HTTP does not allow.
fn invalid_header(header: &str) -> Error {
    let (kind, what) = match header {
        "x-acs-security-token" => (ErrorKind::Credentials, "security token"),
        "x-acs-accesskey-id" | "authorization" => (ErrorKind::Credentials, "access key id"),
        "x-acs-action" => (ErrorKind::Request, "operation name"),
        "x-acs-version" => (ErrorKind::Request, "API version"),
        _ => (ErrorKind::Request, "header"),
    };
    let message =
        format!("invalid {what}: it contains a character that an HTTP header does not allow");
    Error::new(kind, message).with_hint("check it for a line break at its end")
}
