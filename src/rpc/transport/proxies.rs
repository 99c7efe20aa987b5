//! `Proxies`: which proxy a request uses.

use std::sync::Arc;

use url::Url;

use super::environment_proxies::EnvironmentProxies;
use super::options::ProxyChoice;
use super::proxy_url::ProxyUrl;

/// The proxies of a transport.
#[derive(Clone, Debug)]
pub(super) enum Proxies {
    None,
    /// One proxy for all requests.
    All(Arc<ProxyUrl>),
    Environment(Arc<EnvironmentProxies>),
}

impl Proxies {
    /// Returns the proxies of a setting; `variable` reads the environment.
    pub(super) fn of(
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

    /// Returns the proxy for a URL, or why the setting that applies is invalid.
    pub(super) fn select(&self, url: &Url) -> Result<Option<&ProxyUrl>, String> {
        match self {
            Self::None => Ok(None),
            Self::All(proxy) => Ok(Some(proxy)),
            Self::Environment(proxies) => proxies.select(url),
        }
    }

    /// Adds the proxies to a client, which reads none of its own.
    pub(super) fn add_to(&self, builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
        let builder = builder.no_proxy();
        match self {
            Self::None => builder,
            Self::All(proxy) => {
                let address = proxy.address().clone();
                builder.proxy(authorized(
                    reqwest::Proxy::custom(move |_| Some(address.clone())),
                    proxy,
                ))
            }
            Self::Environment(proxies) => {
                proxies.by_scheme().fold(builder, |builder, (scheme, proxy)| {
                    let proxies = proxies.clone();
                    // Selects for each request, because reqwest reads `NO_PROXY` differently.
                    let custom = reqwest::Proxy::custom(move |url| {
                        let selected = proxies.select(url).ok()??;
                        (url.scheme() == scheme).then(|| selected.address().clone())
                    });
                    builder.proxy(authorized(custom, proxy))
                })
            }
        }
    }
}

/// Adds the user and the password of a proxy.
fn authorized(proxy: reqwest::Proxy, url: &ProxyUrl) -> reqwest::Proxy {
    match url.authorization() {
        Some(value) => proxy.custom_http_auth(value.clone()),
        None => proxy,
    }
}
