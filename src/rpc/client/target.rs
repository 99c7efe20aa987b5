//! `Target`: what all requests of a client have in common.

use bytes::Bytes;
use http::header::{ACCEPT, USER_AGENT};
use http::uri::{self, Authority, PathAndQuery, Scheme};
use http::{HeaderMap, HeaderValue, Method, Request, Uri};

use crate::rpc::endpoint::Endpoint;
use crate::rpc::error::{Error, ErrorKind};

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// What all requests of a client have in common, made ready once.
pub(super) struct Target {
    scheme: Scheme,
    authority: Authority,
    pub(super) host: HeaderValue,
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
    pub(super) fn request(
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

/// A header out of what the user gave.
pub(super) fn header(name: &str, value: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(value).map_err(|_| unusable(name))
}

/// A header whose value is a slice of a buffer.
pub(super) fn shared_header(name: &str, value: Bytes) -> Result<HeaderValue, Error> {
    HeaderValue::from_maybe_shared(value).map_err(|_| unusable(name))
}

/// What the user gave wrongly, if a header cannot be written.
fn unusable(header: &str) -> Error {
    let (kind, what) = match header {
        "x-acs-security-token" => (ErrorKind::Credentials, "the security token"),
        "x-acs-accesskey-id" | "authorization" => (ErrorKind::Credentials, "the access key id"),
        "x-acs-action" => (ErrorKind::Request, "the name of the operation"),
        "x-acs-version" => (ErrorKind::Request, "the API version"),
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
