//! `ProxyUrl`: the address of an HTTP proxy, with user and password apart.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use percent_encoding::percent_decode_str;
use url::{Position, Url};

/// The address of a proxy.
#[derive(Clone)]
pub(crate) struct ProxyUrl {
    /// Without user, password and path.
    address: Url,
    /// The value of `Proxy-Authorization`.
    authorization: Option<HeaderValue>,
}

impl ProxyUrl {
    /// Parses a URL. The last `@` separates user and password from the host.
    ///
    /// The error does not contain the password.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        const EXPECTED: &str = "expected `http://host:port` or `https://host:port`";
        // The string may contain a password, so the message does not repeat it.
        let invalid = || {
            let quoted = format!(" `{}`", text.escape_debug());
            format!("invalid proxy{}: {EXPECTED}", if text.contains('@') { "" } else { &quoted })
        };
        let url = Url::parse(text).map_err(|_| invalid())?;
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(invalid());
        }
        if url[Position::BeforePath..].contains('@') {
            return Err("invalid proxy: the user or the password contains `/`, `?` or `#`; write \
                        `%2F`, `%3F` or `%23`"
                .to_owned());
        }
        let authorization = authorization(&url).map_err(|()| invalid())?;
        let address = &url[Position::BeforeHost..Position::AfterPort];
        let address: Url =
            format!("{}://{address}/", url.scheme()).parse().map_err(|_| invalid())?;
        // The HTTP library connects directly if it cannot parse the address of the proxy.
        address.as_str().parse::<http::Uri>().map_err(|_| invalid())?;
        Ok(Self { address, authorization })
    }

    /// Parses the value of an environment variable, which may omit `http://`.
    #[cfg(feature = "_http")]
    pub(crate) fn parse_variable(text: &str) -> Result<Self, String> {
        // `http:///path` would have the host `path`.
        if text.contains("://") || text.starts_with('/') {
            Self::parse(text)
        } else {
            Self::parse(&format!("http://{text}"))
        }
    }

    /// Returns the address, without user and password.
    #[cfg(feature = "_http")]
    pub(crate) fn address(&self) -> &Url {
        &self.address
    }

    pub(crate) fn authorization(&self) -> Option<&HeaderValue> {
        self.authorization.as_ref()
    }
}

/// Returns the value of `Proxy-Authorization` for the user and password of a URL.
fn authorization(url: &Url) -> Result<Option<HeaderValue>, ()> {
    let (user, password) = (url.username(), url.password());
    if user.is_empty() && password.is_none() {
        return Ok(None);
    }
    let mut credentials: Vec<u8> = percent_decode_str(user).collect();
    credentials.push(b':');
    credentials.extend(percent_decode_str(password.unwrap_or_default()));
    let mut value = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(&credentials)))
        .map_err(|_| ())?;
    value.set_sensitive(true);
    Ok(Some(value))
}

impl fmt::Display for ProxyUrl {
    /// Writes scheme, host and port.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.address[..Position::AfterPort])
    }
}

impl fmt::Debug for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(all(test, feature = "_http"))]
mod tests {
    use super::*;

    #[test]
    fn last_at_sign_separates_the_password() {
        for (text, user_and_password, address) in [
            ("http://me:p@ss@host:3128", Some("me:p@ss"), "http://host:3128"),
            ("http://me:p%40ss@host:3128", Some("me:p@ss"), "http://host:3128"),
            ("http://me:p:a%2Fss@host", Some("me:p:a/ss"), "http://host"),
            ("https://me@host:443/", Some("me:"), "https://host"),
            ("http://:x@[::1]:3128", Some(":x"), "http://[::1]:3128"),
            ("http://me:100%|^{}@host", Some("me:100%|^{}"), "http://host"),
            ("http://me:wörd@host", Some("me:wörd"), "http://host"),
            ("HTTP://Host:80/ignored?x=1", None, "http://host"),
        ] {
            let proxy = ProxyUrl::parse(text).unwrap();
            let header = proxy.authorization().map(|value| value.to_str().unwrap().to_owned());
            let expected =
                user_and_password.map(|plain| format!("Basic {}", STANDARD.encode(plain)));
            assert_eq!((header, proxy.to_string()), (expected, address.to_owned()), "{text}");
        }
    }

    #[test]
    fn variable_may_omit_the_scheme() {
        for (text, address) in [
            ("proxy:3128", "http://proxy:3128"),
            ("me:p@ss@proxy:3128", "http://proxy:3128"),
            ("10.0.0.1", "http://10.0.0.1"),
            ("https://proxy", "https://proxy"),
        ] {
            assert_eq!(ProxyUrl::parse_variable(text).unwrap().to_string(), address);
        }
    }

    #[test]
    fn invalid_proxy_urls_are_rejected() {
        for text in [
            "",
            "proxy",
            "proxy:3128",
            "socks5://proxy:1080",
            "ftp://proxy",
            "http://",
            "http://a\"b",
            "http://host:99999",
        ] {
            let error = ProxyUrl::parse(text).unwrap_err();
            assert!(error.contains("http://host:port"), "{error}");
        }
        for text in ["http://me:12#hunter2@host", "http://me:12/hunter2@h", "http://me:1?hunter2@h"]
        {
            let error = ProxyUrl::parse(text).unwrap_err();
            assert!(error.contains("%23") && !error.contains("hunter2"), "{error}");
        }
    }
}
