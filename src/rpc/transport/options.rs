//! The settings of the built-in HTTP transport.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use url::Url;

use crate::rpc::value::Secret;

/// The settings of the built-in transport.
#[derive(Clone)]
pub(crate) struct HttpOptions {
    pub(crate) connect_timeout: Duration,
    pub(crate) proxy: ProxyChoice,
    /// PEM strings with one or more certificates each.
    pub(crate) root_certificates: Vec<Bytes>,
}

/// The proxy that requests go through.
#[derive(Clone, Default)]
pub(crate) enum ProxyChoice {
    /// The proxy of the environment variables.
    #[default]
    Environment,
    None,
    /// The proxy at a URL, which may contain a password.
    Url(Secret),
}

impl HttpOptions {
    /// The default connect timeout: 5 seconds.
    pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

    /// Returns the builder method of the first setting that only the built-in transport supports.
    pub(crate) fn first_custom_setting(&self) -> Option<&'static str> {
        match self.proxy {
            ProxyChoice::Url(_) => return Some("proxy"),
            ProxyChoice::None => return Some("no_proxy"),
            ProxyChoice::Environment => {}
        }
        (!self.root_certificates.is_empty()).then_some("root_certificate_pem")
    }
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Self::CONNECT_TIMEOUT,
            proxy: ProxyChoice::default(),
            root_certificates: Vec::new(),
        }
    }
}

impl fmt::Debug for HttpOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpOptions")
            .field("connect_timeout", &self.connect_timeout)
            .field("proxy", &self.proxy)
            .field("root_certificates", &self.root_certificates.len())
            .finish()
    }
}

impl fmt::Debug for ProxyChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment => f.write_str("Environment"),
            Self::None => f.write_str("None"),
            Self::Url(url) => f.write_str(&redact_proxy(url.expose())),
        }
    }
}

/// Parses the URL of a proxy.
pub(crate) fn parse_proxy(text: &str) -> Result<Url, String> {
    let expected = "expected `http://host:port` or `https://host:port`";
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.host().is_some() => Ok(url),
        // The string may contain a password, so the message does not repeat it.
        _ if text.contains('@') => Err(format!("invalid proxy: {expected}")),
        _ => Err(format!("invalid proxy `{text}`: {expected}")),
    }
}

/// Returns the URL of a proxy without its user and password.
fn redact_proxy(text: &str) -> String {
    let Ok(url) = parse_proxy(text) else { return "(invalid)".to_owned() };
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{}://{host}:{port}", url.scheme()),
        None => format!("{}://{host}", url.scheme()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_and_errors_hide_the_proxy_password() {
        for text in ["http://me:hunter2@proxy:3128", "http://me:hunter2@", "me:hunter2@proxy:3128"]
        {
            let options =
                HttpOptions { proxy: ProxyChoice::Url(text.into()), ..HttpOptions::default() };
            assert!(!format!("{options:?}").contains("hunter2"));
            assert!(!parse_proxy(text).is_err_and(|error| error.contains("hunter2")), "{text}");
        }
        let valid = ProxyChoice::Url("http://me:hunter2@proxy:3128".into());
        assert_eq!(format!("{valid:?}"), "http://proxy:3128");
    }

    #[test]
    fn invalid_proxy_urls_are_rejected() {
        for text in ["", "proxy", "proxy:3128", "socks5://proxy:1080", "http://"] {
            let error = parse_proxy(text).unwrap_err();
            assert!(error.contains("http://host:port"), "{error}");
        }
    }
}
