//! `NoProxy`: the hosts of the variable `NO_PROXY`, which are reached without a proxy.

use std::net::{IpAddr, Ipv6Addr};

use url::Host;

/// The rules of a `NO_PROXY` variable, as curl and Go read it.
///
/// | entry | matches |
/// | --- | --- |
/// | `example.com`, `.example.com` | the domain and its subdomains |
/// | `*.example.com` | its subdomains |
/// | `192.0.2.1`, `2001:db8::1`, `[2001:db8::1]` | the address |
/// | `192.0.2.0/24`, `2001:db8::/32` | the addresses of the network |
/// | one of these, and `:port` | the same with this port |
/// | `*` | all hosts |
///
/// Commas or whitespace separate entries. Case and a dot at the end of a name do not matter. Where
/// the two differ, the entry has the wider meaning: Go does not match `example.com` by
/// `.example.com`, and curl does not know ports and `*.`.
#[derive(Clone, Debug, Default)]
pub(crate) struct NoProxy {
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
struct Rule {
    hosts: Hosts,
    port: Option<u16>,
}

#[derive(Clone, Debug)]
enum Hosts {
    All,
    /// A domain, in lower case.
    Domain {
        name: String,
        subdomains_only: bool,
    },
    /// A network: its address as IPv6, and the length of its prefix.
    Network(Ipv6Addr, u32),
}

impl NoProxy {
    /// Parses the value of the variable. Ignores invalid entries, as curl and Go do.
    pub(crate) fn parse(text: &str) -> Self {
        let entries = text.split(|c: char| c == ',' || c.is_whitespace());
        Self { rules: entries.filter(|entry| !entry.is_empty()).filter_map(Rule::parse).collect() }
    }

    pub(crate) fn matches(&self, host: &Host<&str>, port: Option<u16>) -> bool {
        self.rules.iter().any(|rule| {
            rule.port.is_none_or(|expected| port == Some(expected)) && rule.hosts.contain(host)
        })
    }
}

impl Rule {
    fn parse(entry: &str) -> Option<Self> {
        if let Some(network) = parse_network(entry) {
            return Some(Self { hosts: network, port: None });
        }
        let (host, port) = match entry.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().ok()?)),
            None => (entry, None),
        };
        let hosts = match parse_network(host) {
            Some(network) => network,
            None if host == "*" => Hosts::All,
            None => {
                let (name, subdomains_only) = match host.strip_prefix("*.") {
                    Some(name) => (name, true),
                    None => (host.strip_prefix('.').unwrap_or(host), false),
                };
                let name = name.strip_suffix('.').unwrap_or(name);
                // Converts an international name, as the URL of the request does.
                let Ok(Host::Domain(name)) = Host::parse(name) else { return None };
                Hosts::Domain { name, subdomains_only }
            }
        };
        Some(Self { hosts, port })
    }
}

impl Hosts {
    fn contain(&self, host: &Host<&str>) -> bool {
        match (self, host) {
            (Self::All, _) => true,
            (Self::Domain { name, subdomains_only }, Host::Domain(host)) => {
                let host = host.strip_suffix('.').unwrap_or(host);
                let parent = host.strip_suffix(name.as_str());
                parent.is_some_and(|rest| match rest {
                    "" => !subdomains_only,
                    rest => rest.ends_with('.'),
                })
            }
            (Self::Network(network, prefix), Host::Ipv4(address)) => {
                shares_prefix(*network, address.to_ipv6_mapped(), *prefix)
            }
            (Self::Network(network, prefix), Host::Ipv6(address)) => {
                shares_prefix(*network, *address, *prefix)
            }
            _ => false,
        }
    }
}

/// Parses `address`, `[address]` or `address/prefix`.
fn parse_network(text: &str) -> Option<Hosts> {
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address, Some(prefix.parse::<u32>().ok()?)),
        None => (text, None),
    };
    let unbracketed = address.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let (address, bits) = match unbracketed.unwrap_or(address).parse::<IpAddr>().ok()? {
        IpAddr::V4(address) => (address.to_ipv6_mapped(), 32),
        IpAddr::V6(address) => (address, 128),
    };
    let prefix = prefix.unwrap_or(bits);
    // An IPv4 network is one of the mapped addresses.
    (prefix <= bits).then(|| Hosts::Network(address, 128 - bits + prefix))
}

fn shares_prefix(network: Ipv6Addr, address: Ipv6Addr, prefix: u32) -> bool {
    let differing = u128::from(network) ^ u128::from(address);
    differing.leading_zeros() >= prefix
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(list: &str, host: &str) -> bool {
        let url = url::Url::parse(&format!("http://{host}")).unwrap();
        NoProxy::parse(list).matches(&url.host().unwrap(), url.port_or_known_default())
    }

    /// The examples of Go's package `httpproxy` (`UseProxyTests`), without its rule on localhost.
    #[test]
    fn examples_of_go_match() {
        let list = "foobar.com, .barbaz.net, *.wildcard.io, 192.168.1.1, 192.168.1.2:81, \
                    192.168.1.3:80, 10.0.0.0/30, 2001:db8::52:0:1, [2001:db8::52:0:2]:443, \
                    [2001:db8::52:0:3]:80, 2002:db8:a::45/64";
        for (host, direct) in [
            ("[::2]", false),
            ("192.168.1.1", true),
            ("192.168.1.2", false),
            ("192.168.1.3", true),
            ("192.168.1.4", false),
            ("10.0.0.2", true),
            ("[2001:db8::52:0:1]", true),
            ("[2001:db8::52:0:2]", false),
            ("[2001:db8::52:0:3]", true),
            ("[2002:db8:a::123]", true),
            ("[fe80::424b:c8be:1643:a1b6]", false),
            ("www.barbaz.net", true),
            ("foobar.com", true),
            ("www.foobar.com", true),
            ("foofoobar.com", false),
            ("baz.com", false),
            ("localhost.net", false),
            ("local.localhost", false),
            ("barbarbaz.net", false),
            ("wildcard.io", false),
            ("nested.wildcard.io", true),
            ("awildcard.io", false),
        ] {
            assert_eq!(matches(list, host), direct, "{host}");
        }
    }

    /// The examples of curl's documentation and of its `unit1614`.
    #[test]
    fn examples_of_curl_match() {
        for (host, list, direct) in [
            ("www.example.com", "localhost,.example.com,.example.de", true),
            ("www.example.com.", "localhost,.example.com,.example.de", true),
            ("example.com", "localhost,.example.com,.example.de", true),
            ("example.com.", "localhost,.example.com,.example.de", true),
            ("www.example.com", "localhost,.example.com.,.example.de", true),
            ("example.com", "localhost .example.com .example.de", true),
            ("www.nonexample.com", "localhost,.example.com,.example.de", false),
            ("localhost", "localhost,.example.com", true),
            ("192.168.0.1", "foo, bar, 192.168.0.0/24", true),
            ("192.160.0.1", "foo, bar, 192.168.0.0/24", false),
            ("192.160.0.1", "192.160.0.1/33", false),
            ("192.160.0.1", "192.160.0.1", true),
            ("[fe80::1]", "foo, bar, fe80::/10", true),
            ("[2001:db8::1]", "fe80::/10", false),
            ("anything.example", "*", true),
        ] {
            assert_eq!(matches(list, host), direct, "{host}: {list}");
        }
    }

    #[test]
    fn odd_entries_match_what_they_name() {
        for (host, list, direct) in [
            ("10.1.2.3", "3", false),
            ("10.1.2.3", "2.3,.2.3", false),
            ("10.1.2.3", "10.0.0.0/8", true),
            ("10.1.2.3:8080", "10.0.0.0/8", true),
            ("10.1.2.3", "::ffff:10.1.2.3", true),
            ("[::ffff:10.1.2.3]", "10.0.0.0/8", true),
            ("[::1]", "0.0.0.0/0", false),
            ("10.1.2.3", "0.0.0.0/0", true),
            ("Example.COM", "EXAMPLE.com", true),
            ("bücher.example", "BÜCHER.example", true),
            ("example.com:8443", "example.com:8443", true),
            ("example.com", "example.com:8443", false),
            ("example.com", "other.com ,\t,, example.com", true),
            ("other.com", "a.com,*", true),
            ("example.com:8443", "*:8443", true),
            ("example.com", "10.0.0.0/33,x:y,/,[,:80", false),
            ("example.com", "", false),
        ] {
            assert_eq!(matches(list, host), direct, "{host}: {list}");
        }
    }
}
