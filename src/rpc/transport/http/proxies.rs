//! `Proxies`: which proxy a request uses.

use std::sync::Arc;

#[cfg(feature = "hyper")]
use http::Uri;
#[cfg(feature = "hyper")]
use http::uri::Authority;
use url::Url;

use super::environment_proxies::EnvironmentProxies;
use crate::rpc::transport::options::ProxyChoice;
use crate::rpc::transport::proxy_url::ProxyUrl;

/// The proxies of a transport.
#[derive(Clone, Debug)]
pub(crate) enum Proxies {
    None,
    /// One proxy for all requests.
    All(Arc<ProxyUrl>),
    Environment(Arc<EnvironmentProxies>),
}

impl Proxies {
    /// Returns the proxies of a setting; `variable` reads the environment.
    pub(crate) fn of(
        choice: &ProxyChoice,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, String> {
        Ok(match choice {
            ProxyChoice::None => Self::None,
            ProxyChoice::Url(url) => Self::All(Arc::new(ProxyUrl::parse(url.expose())?)),
            ProxyChoice::Environment => {
                Self::Environment(Arc::new(EnvironmentProxies::read(variable)))
            }
        })
    }

    /// Returns the proxy for the URI of a request, or why the setting that applies is invalid.
    #[cfg(feature = "hyper")]
    pub(crate) fn for_uri(&self, uri: &Uri) -> Result<Option<&ProxyUrl>, String> {
        match self {
            Self::None => Ok(None),
            Self::All(proxy) => Ok(Some(proxy)),
            Self::Environment(proxies) if proxies.is_empty() => Ok(None),
            Self::Environment(proxies) => {
                let scheme = uri.scheme_str().unwrap_or_default();
                let authority = uri.authority().map_or("", Authority::as_str);
                let url: Url = format!("{scheme}://{authority}/")
                    .parse()
                    .map_err(|error| format!("invalid request URL: {error}"))?;
                proxies.select(&url)
            }
        }
    }

    /// Returns the proxy for a URL, or why the setting that applies is invalid.
    #[cfg(feature = "_reqwest")]
    pub(crate) fn select(&self, url: &Url) -> Result<Option<&ProxyUrl>, String> {
        match self {
            Self::None => Ok(None),
            Self::All(proxy) => Ok(Some(proxy)),
            Self::Environment(proxies) => proxies.select(url),
        }
    }
}
