//! `EnvironmentProxies`: the proxies that environment variables name.

use url::Url;

use super::no_proxy::NoProxy;
use crate::rpc::endpoint::is_loopback;
use crate::rpc::transport::proxy_url::ProxyUrl;

/// The proxies of `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`.
///
/// Each name is read in upper case first, as Go does, and then in lower case. An empty variable is
/// unset.
#[derive(Clone, Debug, Default)]
pub(crate) struct EnvironmentProxies {
    https: Option<Variable>,
    http: Option<Variable>,
    no_proxy: NoProxy,
}

/// A variable and the proxy that it names, or why its value is invalid.
#[derive(Clone, Debug)]
struct Variable {
    name: &'static str,
    proxy: Result<ProxyUrl, String>,
}

impl EnvironmentProxies {
    /// Reads the variables with a function.
    pub(crate) fn read(variable: &dyn Fn(&str) -> Option<String>) -> Self {
        let value = |name: &'static str| {
            let value = variable(name)?.trim().to_owned();
            (!value.is_empty()).then_some((name, value))
        };
        // A web server sets `HTTP_PROXY` of a CGI program from the header `Proxy` of a request.
        let is_cgi = variable("REQUEST_METHOD").is_some();
        let first = |names: [&'static str; 2]| {
            names.into_iter().filter(|name| !(is_cgi && *name == "HTTP_PROXY")).find_map(value)
        };
        let parse = |(name, value): (&'static str, String)| Variable {
            name,
            proxy: ProxyUrl::parse_variable(&value),
        };
        let all = first(["ALL_PROXY", "all_proxy"]).map(parse);
        let no_proxy = first(["NO_PROXY", "no_proxy"]);
        Self {
            https: first(["HTTPS_PROXY", "https_proxy"]).map(parse).or_else(|| all.clone()),
            http: first(["HTTP_PROXY", "http_proxy"]).map(parse).or(all),
            no_proxy: no_proxy.map(|(_, value)| NoProxy::parse(&value)).unwrap_or_default(),
        }
    }

    /// Returns whether no variable names a proxy.
    #[cfg(feature = "hyper")]
    pub(crate) fn is_empty(&self) -> bool {
        self.https.is_none() && self.http.is_none()
    }

    /// Returns the proxy for a URL, or why it is invalid.
    pub(crate) fn select(&self, url: &Url) -> Result<Option<&ProxyUrl>, String> {
        let is_https = url.scheme() == "https";
        let variable = if is_https { &self.https } else { &self.http };
        let (Some(variable), Some(host)) = (variable, url.host()) else { return Ok(None) };
        // A proxy could read unencrypted requests, which do not leave this machine otherwise.
        let stays_on_this_machine = !is_https && is_loopback(&host);
        if stays_on_this_machine || self.no_proxy.matches(&host, url.port_or_known_default()) {
            return Ok(None);
        }
        match &variable.proxy {
            Ok(proxy) => Ok(Some(proxy)),
            Err(why) => Err(format!("environment variable `{}`: {why}", variable.name)),
        }
    }

    /// Returns the valid proxies, each with the scheme of its URLs.
    #[cfg(feature = "_reqwest")]
    pub(crate) fn by_scheme(&self) -> impl Iterator<Item = (&'static str, &ProxyUrl)> {
        let both = [("https", &self.https), ("http", &self.http)];
        both.into_iter().filter_map(|(scheme, variable)| {
            Some((scheme, variable.as_ref()?.proxy.as_ref().ok()?))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> EnvironmentProxies {
        EnvironmentProxies::read(&|name| {
            let (_, value) = variables.iter().find(|(known, _)| *known == name)?;
            Some((*value).to_owned())
        })
    }

    fn selected(variables: &[(&str, &str)], url: &str) -> Result<Option<String>, String> {
        let proxies = read(variables);
        let proxy = proxies.select(&url.parse().unwrap())?;
        Ok(proxy.map(ToString::to_string))
    }

    #[test]
    fn variables_select_the_proxy_by_scheme() {
        let [https, http, all] =
            [("HTTPS_PROXY", "http://s:1"), ("HTTP_PROXY", "http://h:2"), ("ALL_PROXY", "a:3")];
        for (variables, url, proxy) in [
            (&[https, http, all][..], "https://x", Some("http://s:1")),
            (&[https, http, all], "http://x", Some("http://h:2")),
            (&[all], "https://x", Some("http://a:3")),
            (&[all], "http://x", Some("http://a:3")),
            (&[http], "https://x", None),
            (&[("https_proxy", "l:1")], "https://x", Some("http://l:1")),
            (&[("https_proxy", "l:1"), https], "https://x", Some("http://s:1")),
            (&[("https_proxy", "l:1"), ("HTTPS_PROXY", " ")], "https://x", Some("http://l:1")),
            (&[("HTTPS_PROXY", " http://s:1\r\n")], "https://x", Some("http://s:1")),
            (&[https, ("NO_PROXY", "x")], "https://x", None),
            (&[https, ("no_proxy", "10.0.0.0/8")], "https://10.1.2.3", None),
            (&[https, ("NO_PROXY", "10.0.0.0/8")], "https://11.1.2.3", Some("http://s:1")),
            (&[https, http], "http://127.0.0.1:80", None),
            (&[https, http], "http://localhost", None),
            (&[https], "https://127.0.0.1:80", Some("http://s:1")),
            (&[http, ("REQUEST_METHOD", "GET")], "http://x", None),
            (&[("http_proxy", "l:1"), ("REQUEST_METHOD", "GET")], "http://x", Some("http://l:1")),
        ] {
            assert_eq!(selected(variables, url).unwrap().as_deref(), proxy, "{variables:?} {url}");
        }
    }

    #[test]
    fn invalid_variable_is_an_error_where_it_applies() {
        for value in ["socks5://p:1080", "ftp://p", "http://", "http://p:x", "://", "http://a b"] {
            let variables = [("HTTPS_PROXY", value), ("NO_PROXY", "direct")];
            let error = selected(&variables, "https://x").unwrap_err();
            assert!(error.contains("`HTTPS_PROXY`") && error.contains(value), "{error}");
            assert_eq!(selected(&variables, "https://direct"), Ok(None));
            assert_eq!(selected(&variables, "http://x"), Ok(None));
        }
        let variables = [("all_proxy", "socks5://me:hunter2@p:1080")];
        let error = selected(&variables, "https://x").unwrap_err();
        assert!(error.contains("`all_proxy`") && !error.contains("hunter2"), "{error}");
        assert!(!format!("{:?}", read(&variables)).contains("hunter2"));
    }
}
