//! `Endpoint` and `Network`: the address that requests are sent to.

use std::fmt;
use std::str::FromStr;

use http::uri::Scheme;
use url::{Host, Url};

use crate::rpc::value::InvalidValue;
use crate::rpc::value::labels::labels;

/// The network through which a client reaches the service.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    serde_with::SerializeDisplay,
    serde_with::DeserializeFromStr,
)]
#[non_exhaustive]
pub enum Network {
    /// The Internet. This is the default.
    #[default]
    Public,
    /// The internal network of a virtual private cloud (VPC) in the region.
    Vpc,
}

labels! { Network as "network": Public = "public", Vpc = "vpc" }

/// The address that requests are sent to: a scheme, a host and an optional port.
///
/// # Examples
///
/// ```
/// use aliyun_dbs::Endpoint;
///
/// assert_eq!("127.0.0.1:8080".parse::<Endpoint>()?.to_string(), "https://127.0.0.1:8080");
/// # Ok::<(), aliyun_dbs::types::InvalidValue>(())
/// ```
#[derive(
    Clone,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    serde_with::SerializeDisplay,
    serde_with::DeserializeFromStr,
)]
pub struct Endpoint {
    scheme: &'static str,
    authority: String,
    loopback: bool,
}

impl Endpoint {
    /// Returns the HTTPS endpoint of a host that an endpoint list names.
    pub(crate) fn https(host: String) -> Self {
        Self { scheme: "https", authority: host, loopback: false }
    }

    /// Returns `host` or `host:port`, as in the URL and the signature.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Returns the scheme, `https` or `http`.
    pub(crate) fn scheme(&self) -> Scheme {
        if self.is_https() { Scheme::HTTPS } else { Scheme::HTTP }
    }

    /// Returns the host and the port, which defaults to that of the scheme.
    pub(crate) fn host_and_port(&self) -> (&str, u16) {
        let scheme_port = if self.is_https() { 443 } else { 80 };
        match self.authority.rsplit_once(':') {
            // A colon inside the brackets of an IPv6 address does not precede a port.
            Some((host, port)) if !port.ends_with(']') => {
                (host, port.parse().unwrap_or(scheme_port))
            }
            _ => (&self.authority, scheme_port),
        }
    }

    /// Returns whether the scheme is `https`.
    pub fn is_https(&self) -> bool {
        self.scheme == "https"
    }

    /// Returns why others could read the requests, and what to do about it.
    pub(crate) fn why_readable(&self, proxied: bool) -> Option<(String, &'static str)> {
        if self.is_https() {
            None
        } else if !self.is_loopback() {
            let why = format!("endpoint `{self}` is not encrypted");
            Some((why, "use `https`, or set `ClientBuilder::allow_plain_http`"))
        } else if proxied {
            // And so could everybody on the way to the proxy.
            let why =
                format!("endpoint `{self}` is not encrypted, so the proxy could read requests");
            Some((why, "remove the proxy, or set `ClientBuilder::allow_plain_http`"))
        } else {
            None
        }
    }

    /// Returns whether the host is this machine: `localhost` or a loopback address.
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.authority)
    }
}

impl FromStr for Endpoint {
    type Err = InvalidValue;

    /// Parses `https://host`, `http://host:port` or `host`, which means `https://host`.
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let invalid = |why: &'static str| InvalidValue::new("endpoint", without_secrets(text), why);
        let absolute =
            if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let url = Url::parse(&absolute)
            .map_err(|_| invalid("expected `https://host` or `https://host:port`"))?;
        let scheme = match url.scheme() {
            "https" => "https",
            "http" => "http",
            _ => return Err(invalid("expected the scheme `https` or `http`")),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(invalid("expected a host without user and password"));
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(invalid(
                "expected a host and an optional port, without path, query or fragment",
            ));
        }
        let host = url.host().ok_or_else(|| invalid("expected a host"))?;
        let loopback = is_loopback(&host);
        let authority = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_string(),
        };
        Ok(Self { scheme, authority, loopback })
    }
}

/// Returns whether a host is this machine.
pub(crate) fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// The string of an endpoint before it is parsed.
///
/// `Debug` omits what may be a password.
#[derive(Clone)]
pub(crate) struct UnparsedEndpoint(pub(crate) String);

impl fmt::Debug for UnparsedEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", without_secrets(&self.0))
    }
}

/// Returns an endpoint without the parts that may contain a secret.
///
/// They are the part before the last `@`, which may be encoded, a port that is not a number, the path,
/// the query and the fragment.
fn without_secrets(text: &str) -> String {
    let plain = text.rfind(['@', '\u{ff20}']);
    let encoded = text.rmatch_indices("40").map(|(start, _)| start);
    let encoded = encoded.into_iter().find(|start| is_encoded_percent(&text[..*start]));
    let at_sign = plain.max(encoded.map(|start| start + 1));
    let query = text.find(['?', '#']);
    let (host, is_cut) = match (at_sign, query) {
        // The password may contain `?` or `#`.
        (Some(at_sign), Some(query)) if query < at_sign => ("", true),
        (at_sign, query) => {
            let end = query.unwrap_or(text.len());
            let start = at_sign.and_then(|at| text[at..].chars().next().map(|c| at + c.len_utf8()));
            (&text[start.unwrap_or(0)..end], query.is_some())
        }
    };
    let (scheme, rest) = match host.find("://") {
        Some(end) => host.split_at(end + 3),
        None => ("", host),
    };
    let authority = rest.split(['/', '\\']).next().unwrap_or_default();
    let port = authority.rsplit_once(':').filter(|_| !authority.ends_with(']'));
    if port.is_some_and(|(_, port)| !port.bytes().all(|byte| byte.is_ascii_digit())) {
        return format!("{scheme}{}:…", authority.split(':').next().unwrap_or_default());
    }
    match &rest[authority.len()..] {
        "" | "/" if !is_cut => host.to_owned(),
        _ => format!("{scheme}{authority}…"),
    }
}

/// Returns whether a string ends with a percent sign, encoded any number of times.
fn is_encoded_percent(text: &str) -> bool {
    text.trim_end_matches("25").ends_with('%')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authority_is_normalized() {
        for (text, display, loopback) in [
            ("https://h:443", "https://h", false),
            ("http://h:80", "http://h", false),
            ("HTTP://H:8080/", "http://h:8080", false),
            ("http://127.0.0.1:1", "http://127.0.0.1:1", true),
            ("http://[::1]:1", "http://[::1]:1", true),
            ("localhost:1", "https://localhost:1", true),
        ] {
            let endpoint: Endpoint = text.parse().unwrap();
            assert_eq!(
                (endpoint.to_string().as_str(), endpoint.is_loopback()),
                (display, loopback)
            );
        }
    }

    #[test]
    fn host_and_port_are_separated() {
        for (text, host, port) in [
            ("https://h", "h", 443),
            ("http://h", "h", 80),
            ("h:8443", "h", 8443),
            ("http://[::1]", "[::1]", 80),
            ("http://[::1]:81", "[::1]", 81),
        ] {
            assert_eq!(text.parse::<Endpoint>().unwrap().host_and_port(), (host, port));
        }
    }

    #[test]
    fn invalid_endpoint_error_hides_the_password() {
        for text in ["", "https://", "ftp://h", "https://h/path", "https://h?x=1", "http://h:99999"]
        {
            assert!(text.parse::<Endpoint>().is_err(), "{text:?}");
        }
        for text in [
            "https://user:hunter2@h",
            "https://user:pa/hunter2@h",
            "https://h/hunter2",
            "https://h?x=y@hunter2",
            "h\\hunter2",
            "ftp://h/?hunter2",
            "https://user:hunter2%40h",
            "https://user:hunter2%2540h",
            "https://user%3Ahunter2%40h",
            "https://user:hunter2",
            "user:hunter2",
            "https://user:hunter2/h",
            "https://h?password=hunter2",
            "https://h#hunter2",
            "https://h/?a@b=hunter2",
        ] {
            let error = text.parse::<Endpoint>().unwrap_err().to_string();
            assert!(error.contains("invalid endpoint `"), "{error}");
            let shown = format!("{error} {:?}", UnparsedEndpoint(text.to_owned()));
            assert!(!shown.contains("hunter2"), "{shown}");
        }
        for text in ["ftp://h", "ftp://h/", "http://h:99999", "ftp://[::1]"] {
            assert_eq!(without_secrets(text), text);
        }
        assert_eq!(without_secrets("https://h/path"), "https://h…");
    }
}
