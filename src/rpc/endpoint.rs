//! `Endpoint` and `Network`: the address that requests are sent to.

use std::fmt;
use std::str::FromStr;

use http::uri::Scheme;
use url::{Host, Url};

use crate::rpc::value::InvalidValue;

/// The network through which a client reaches the service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Network {
    /// The Internet. This is the default.
    #[default]
    Public,
    /// The internal network of a virtual private cloud (VPC) in the region.
    Vpc,
}

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
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
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
        let invalid =
            |why: &'static str| InvalidValue::new("endpoint", without_user_info(text), why);
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

/// Returns the part after the `@`, since the part before it may contain a password.
fn without_user_info(text: &str) -> &str {
    text.rsplit_once('@').map_or(text, |(_, host)| host)
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
        let error = "https://user:hunter2@h".parse::<Endpoint>().unwrap_err().to_string();
        assert!(!error.contains("hunter2"), "{error}");
    }
}
