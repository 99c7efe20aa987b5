//! Who may look at the page and steer.

use std::net::{IpAddr, SocketAddr};

use http::header::{HOST, ORIGIN};
use http::request::Parts;

use super::shared::Shared;

/// Lets a request through, or says why not.
///
/// A browser on this machine is a client on this machine, whatever page it shows: requests that
/// come from another page, or by a name that such a page may have pointed here, are refused.
pub(super) fn check(shared: &Shared, peer: SocketAddr, parts: &Parts) -> Result<(), &'static str> {
    if parts.headers.contains_key(ORIGIN) {
        return Err("web pages of others may not do this");
    }
    if shared.allow_remote_control {
        return Ok(());
    }
    if !peer.ip().to_canonical().is_loopback() {
        return Err("only clients on the emulator's own machine may do this");
    }
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if !is_local(host) {
        return Err("use an address, or localhost, as the host's name");
    }
    Ok(())
}

/// Whether a `Host` is an address or a name that always means this machine.
fn is_local(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    bare.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::is_local;

    #[test]
    fn names_that_others_can_point_here_are_refused() {
        for host in ["127.0.0.1:80", "[::1]:80", "[::1]", "localhost", "LOCALHOST:1", "192.0.2.1"] {
            assert!(is_local(host), "{host}");
        }
        for host in ["", "evil.example", "localhost.evil.example:80", "[evil]:80", ":80"] {
            assert!(!is_local(host), "{host}");
        }
    }
}
