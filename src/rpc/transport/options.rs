//! What can be set about the built-in HTTP transport, and what is wrong with it.

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
    /// PEM texts with one certificate or more each.
    pub(crate) roots: Vec<Bytes>,
}

/// Which proxy requests go through.
#[derive(Clone, Default)]
pub(crate) enum ProxyChoice {
    /// What the variables of the process say.
    #[default]
    Environment,
    None,
    /// A URL, which may hold a password.
    Url(Secret),
}

impl HttpOptions {
    /// Default of the connect timeout.
    pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

    /// The first setting that only the built-in transport can follow, by its builder's method.
    pub(crate) fn only_built_in(&self) -> Option<&'static str> {
        match self.proxy {
            ProxyChoice::Url(_) => return Some("proxy"),
            ProxyChoice::None => return Some("no_proxy"),
            ProxyChoice::Environment => {}
        }
        (!self.roots.is_empty()).then_some("root_certificate_pem")
    }
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Self::CONNECT_TIMEOUT,
            proxy: ProxyChoice::default(),
            roots: Vec::new(),
        }
    }
}

impl fmt::Debug for HttpOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpOptions")
            .field("connect_timeout", &self.connect_timeout)
            .field("proxy", &self.proxy)
            .field("roots", &self.roots.len())
            .finish()
    }
}

impl fmt::Debug for ProxyChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment => f.write_str("Environment"),
            Self::None => f.write_str("None"),
            Self::Url(url) => f.write_str(&shown_proxy(url.expose())),
        }
    }
}

/// The URL of a proxy, if it is one.
pub(crate) fn parse_proxy(text: &str) -> Result<Url, String> {
    let expected = "expected `http://host:port` or `https://host:port`";
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.host().is_some() => Ok(url),
        // A string that may contain a password is not repeated.
        _ if text.contains('@') => Err(format!("invalid proxy: {expected}")),
        _ => Err(format!("invalid proxy `{text}`: {expected}")),
    }
}

/// A proxy without the user and the password that its URL may hold.
fn shown_proxy(text: &str) -> String {
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
    fn a_proxys_password_is_not_shown() {
        for text in ["http://me:hunter2@proxy:3128", "http://me:hunter2@", "me:hunter2@proxy:3128"]
        {
            let options =
                HttpOptions { proxy: ProxyChoice::Url(text.into()), ..HttpOptions::default() };
            assert!(!format!("{options:?}").contains("hunter2"));
            assert!(!parse_proxy(text).is_err_and(|error| error.contains("hunter2")), "{text}");
        }
        let whole = ProxyChoice::Url("http://me:hunter2@proxy:3128".into());
        assert_eq!(format!("{whole:?}"), "http://proxy:3128");
    }

    #[test]
    fn what_is_no_proxy_is_refused() {
        for text in ["", "proxy", "proxy:3128", "socks5://proxy:1080", "http://"] {
            let error = parse_proxy(text).unwrap_err();
            assert!(error.contains("http://host:port"), "{error}");
        }
    }
}
